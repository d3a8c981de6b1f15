"""The parts that every dashboard is made of; they know no chapter and no torch."""

from nbutils.widgets.controls import button, choice, segmented, slider, switch
from nbutils.widgets.errors import ErrorLine, dashboard, guard
from nbutils.widgets.link import Link
from nbutils.widgets.shell import Shell, shell
from nbutils.widgets.status import StatusLine

__all__ = [
    "ErrorLine",
    "Link",
    "Shell",
    "StatusLine",
    "button",
    "choice",
    "dashboard",
    "guard",
    "segmented",
    "shell",
    "slider",
    "switch",
]
