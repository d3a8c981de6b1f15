"""The parts that every dashboard is made of; they know no chapter and no torch."""

from nbutils.widgets.bars import Bars
from nbutils.widgets.board import Board
from nbutils.widgets.camera import Camera
from nbutils.widgets.controls import button, choice, segmented, slider, switch
from nbutils.widgets.download import Download
from nbutils.widgets.errors import ErrorLine, dashboard, guard
from nbutils.widgets.exercise import Exercise, Verdict, check, show, to_number
from nbutils.widgets.film import Film
from nbutils.widgets.job import Job
from nbutils.widgets.link import Link
from nbutils.widgets.picker import Picker
from nbutils.widgets.player import Player
from nbutils.widgets.shell import Shell, shell
from nbutils.widgets.status import StatusLine
from nbutils.widgets.turns import Turns
from nbutils.widgets.wall import Wall

__all__ = [
    "Bars",
    "Board",
    "Camera",
    "Download",
    "ErrorLine",
    "Exercise",
    "Film",
    "Job",
    "Link",
    "Picker",
    "Player",
    "Shell",
    "StatusLine",
    "Turns",
    "Verdict",
    "Wall",
    "button",
    "check",
    "choice",
    "dashboard",
    "guard",
    "segmented",
    "shell",
    "show",
    "slider",
    "switch",
    "to_number",
]
