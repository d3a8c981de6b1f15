"""How networks learned: the validations of the one that is selected, and of one that is rested on beside it."""

from nbutils.figures.curves import Axes, Curve, draw_curves
from nbutils.transfer.dashboards.telling import tell
from nbutils.transfer.records import Run
from nbutils.widgets import Board

EMPTY = "How a network learned appears here: rest on a point."
AXES = Axes("epochs", "share that is right")


class Learning:
    """A board with one figure; it is drawn anew only where another run is to be seen."""

    def __init__(self, height: int = 230, empty: str = EMPTY) -> None:
        self._shown: tuple[Run | None, Run | None] = (None, None)
        self.board = Board(columns=1, height=height, empty=empty)

    def show(self, selected: Run | None, rested: Run | None = None) -> None:
        """Draw the curve of the selected run, and dashed that of the one that is rested on."""
        shown = (selected, None if rested is selected else rested)
        if all(one is before for one, before in zip(shown, self._shown, strict=True)):
            return
        self._shown = shown
        curves = [
            Curve(tell(run.settings), run.epochs, run.accuracy, slot, beside=slot > 0)
            for slot, run in enumerate(shown)
            if run is not None
        ]
        if curves:
            self.board.set("learning", *draw_curves(curves, "", AXES))
        else:
            self.board.remove("learning")
