"""How networks learned: the validations of the one that is selected, and of one that is rested on beside it."""

from nbutils.figures.curves import Axes, Curve, draw_curves
from nbutils.transfer.dashboards.styles import STYLES
from nbutils.transfer.dashboards.telling import tell
from nbutils.transfer.records import Run
from nbutils.widgets import Board

EMPTY = "Rest on a point of a plot: how that network learned appears here."
UNSAID = "How a network learned appears here."
AXES = Axes("epochs", "share named right")


class Learning:
    """A board with one figure; it is drawn anew only where another run is to be seen."""

    def __init__(self, height: int = 230, empty: str = UNSAID) -> None:
        self._shown: tuple[Run | None, Run | None] = (None, None)
        self.board = Board(columns=1, height=height, empty=empty)

    def rest(self, selected: Run | None, rested: Run | None) -> None:
        """Draw the run that is rested on beside the selected one; without any, what was drawn last stays."""
        if selected is not None or rested is not None:
            self.show(selected, rested)

    def show(self, selected: Run | None, rested: Run | None = None) -> None:
        """Draw the curve of the selected run, and dashed that of the one that is rested on."""
        shown = (selected, None if rested is selected else rested)
        if all(one is before for one, before in zip(shown, self._shown, strict=True)):
            return
        self._shown = shown
        curves = [_draw_curve(run, beside=run is rested) for run in shown if run is not None]
        if curves:
            title = curves[0].name if len(curves) == 1 else ""
            self.board.set("learning", *draw_curves(curves, title, AXES))
        else:
            self.board.remove("learning")


def _draw_curve(run: Run, beside: bool) -> Curve:
    """Return how a run learned, in the colour of its treatment."""
    style = STYLES[run.settings.treatment]
    name = tell(run.settings)
    return Curve(name, run.epochs, run.accuracy, beside=beside, colour=style.colour, marker=style.marker)
