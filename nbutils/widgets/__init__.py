"""The parts that every dashboard is made of; they know no chapter and no torch."""

from nbutils.widgets.bars import Bars
from nbutils.widgets.board import Board
from nbutils.widgets.camera import Camera
from nbutils.widgets.cards import Card, Cards
from nbutils.widgets.controls import button, choice, segmented, slider, switch
from nbutils.widgets.diagram import Diagram, DiagramLink, DiagramNode
from nbutils.widgets.download import Download
from nbutils.widgets.entry import Entry
from nbutils.widgets.errors import ErrorLine, dashboard, guard
from nbutils.widgets.exercise import Exercise, Verdict, check, show, to_number
from nbutils.widgets.film import Film
from nbutils.widgets.identity import Identity
from nbutils.widgets.job import Job
from nbutils.widgets.link import Link
from nbutils.widgets.markup import Markup
from nbutils.widgets.picker import Picker
from nbutils.widgets.player import Player
from nbutils.widgets.shell import Shell, shell
from nbutils.widgets.stars import Stars
from nbutils.widgets.status import StatusLine
from nbutils.widgets.tree import Tree
from nbutils.widgets.turns import Turns
from nbutils.widgets.wall import Wall

__all__ = [
    "Bars",
    "Board",
    "Camera",
    "Card",
    "Cards",
    "Diagram",
    "DiagramLink",
    "DiagramNode",
    "Download",
    "Entry",
    "ErrorLine",
    "Exercise",
    "Film",
    "Identity",
    "Job",
    "Link",
    "Markup",
    "Picker",
    "Player",
    "Shell",
    "Stars",
    "StatusLine",
    "Tree",
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
