"""The plots beyond the four, small and folded away until they are wanted."""

from html import escape

import ipywidgets as ipw

from nbutils.figures.curves import draw_curves, tell_marks
from nbutils.rbm.dashboards.curves_of import curves_of, marks_of, tell_runs
from nbutils.rbm.dashboards.monitors import MONITORS, Monitor
from nbutils.rbm.running import Followed
from nbutils.widgets import Board

EMPTY = "It is drawn when training runs."


class MonitorPane:
    """One small plot for each monitor, with what it would show if something were broken."""

    def __init__(self) -> None:
        self._drawn: tuple[object, ...] = ()
        self.boards = {monitor.name: Board(columns=1, height=200, empty=EMPTY) for monitor in MONITORS}
        cells = [_lay_out(monitor, self.boards[monitor.name]) for monitor in MONITORS]
        self.told = ipw.HTML()
        self.box = ipw.VBox([self.told, ipw.Box(cells).add_class("dv-monitors")]).add_class("dv-stack")

    def show(self, followed: Followed, beside: Followed | None = None) -> None:
        """Draw every monitor of a run; nothing is drawn anew while there is nothing new."""
        what = (followed.points, followed.snapshot.settings.changes, beside)
        if what == self._drawn:
            return
        self._drawn = what
        marks = marks_of(followed)
        for monitor in MONITORS:
            curves = curves_of(
                followed, beside, monitor.reads, listed=len(monitor.reads) > 1, whole_epochs=monitor.whole_epochs
            )
            figure, alt = draw_curves(
                curves, "", monitor.axes, marks=marks, levels=monitor.levels, bands=monitor.bands, spelled=False
            )
            self.boards[monitor.name].set(monitor.name, figure, f"{monitor.title}{alt}")
        self.told.value = tell_runs(beside) + tell_marks(marks, "epoch")

    def clear(self) -> None:
        """Take the plots away."""
        self._drawn, self.told.value = (), ""
        for name, board in self.boards.items():
            board.remove(name)


def _lay_out(monitor: Monitor, board: Board) -> ipw.Widget:
    title = ipw.HTML(f"<h3>{escape(monitor.title)}</h3>")
    told = ipw.HTML(f"<p class='dv-quiet'>{escape(monitor.broken)}</p>")
    return ipw.VBox([title, board, told]).add_class("dv-stack")
