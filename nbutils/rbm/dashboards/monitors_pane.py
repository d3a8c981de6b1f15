"""The plots beyond the four, small and folded away until they are wanted."""

from html import escape

import ipywidgets as ipw

from nbutils.figures.curves import draw_curves
from nbutils.rbm.dashboards.curves_of import curves_of, marks_of
from nbutils.rbm.dashboards.monitors import MONITORS, Monitor
from nbutils.rbm.running import Followed
from nbutils.widgets import Board

EMPTY = "It is drawn when training runs."


class MonitorPane:
    """One small plot for each monitor, with what it would show if something were broken."""

    def __init__(self) -> None:
        self._drawn: tuple[object, ...] = ()
        self.boards = {monitor.name: Board(columns=1, height=220, empty=EMPTY) for monitor in MONITORS}
        cells = [_lay_out(monitor, self.boards[monitor.name]) for monitor in MONITORS]
        self.box = ipw.Box(cells).add_class("dv-monitors")

    def show(self, followed: Followed, beside: Followed | None = None) -> None:
        """Draw every monitor of a run; nothing is drawn anew while there is nothing new."""
        what = (followed.points, followed.snapshot.settings.changes, beside)
        if what == self._drawn:
            return
        self._drawn = what
        marks = marks_of(followed)
        for monitor in MONITORS:
            curves = curves_of(followed, beside, monitor.reads)
            figure, alt = draw_curves(
                curves, monitor.title, monitor.axes, marks=marks, levels=monitor.levels, bands=monitor.bands
            )
            self.boards[monitor.name].set(monitor.name, figure, alt)

    def clear(self) -> None:
        """Take the plots away."""
        self._drawn = ()
        for name, board in self.boards.items():
            board.remove(name)


def _lay_out(monitor: Monitor, board: Board) -> ipw.Widget:
    told = ipw.HTML(f"<p class='dv-quiet'>{escape(monitor.broken)}</p>")
    return ipw.VBox([board, told]).add_class("dv-stack")
