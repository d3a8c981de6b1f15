"""The fourth plot: how far examples are from what the machine makes of them, against the mean image."""

from html import escape

import ipywidgets as ipw

from nbutils.boltzmann.reconstruction import DEFAULT, ERRORS
from nbutils.figures.curves import Axes, Level, draw_curves, tell_marks
from nbutils.rbm.dashboards.curves_of import curves_of, marks_of
from nbutils.rbm.running import Followed
from nbutils.widgets import Board, choice

HEADING = "<h3>4 Reconstruction error</h3>"
LEGEND = "<p class='dv-quiet'>It should fall below that of the mean image, which takes no notice of what comes in.</p>"
EMPTY = "Press Start: the error appears here, every 100 updates of the first epoch and after each epoch."


class ErrorPane:
    """The reconstruction error over the epochs on a logarithmic axis, by one of five definitions."""

    def __init__(self) -> None:
        self._shown: tuple[Followed, Followed | None] | None = None
        self._drawn: tuple[object, ...] = ()
        self.board = Board(columns=1, height=300, empty=EMPTY)
        self.error = choice("Error", [(error.title, name) for name, error in ERRORS.items()], DEFAULT)
        self.help = ipw.HTML()
        head = ipw.Box([ipw.HTML(HEADING), self.error]).add_class("dv-plot-head")
        self.box = ipw.VBox([head, ipw.HTML(LEGEND), self.board, self.help]).add_class("dv-stack")
        self.error.observe(lambda _change: self._draw(), "value")

    def show(self, followed: Followed, beside: Followed | None = None) -> None:
        """Show the error of a run up to now; nothing is drawn anew while there is nothing new."""
        self._shown = (followed, beside)
        what = (followed.points, followed.snapshot.settings.changes, beside)
        if what != self._drawn:
            self._drawn = what
            self._draw()

    def clear(self) -> None:
        """Take the curve away."""
        self._shown, self._drawn = None, ()
        self.board.remove("error")
        self.help.value = ""

    def _draw(self) -> None:
        if self._shown is None:
            return
        followed, beside = self._shown
        name = self.error.value
        title = ERRORS[name].title
        curves = curves_of(followed, beside, {"this run": lambda measures: measures.error[name]})
        baseline = Level(followed.points[-1].measures.baseline[name], "mean image")
        axes = Axes("epochs", title, log=True)
        marks = marks_of(followed)
        figure, alt = draw_curves(curves, "", axes, marks=marks, levels=[baseline])
        self.board.set("error", figure, f"Reconstruction error{alt}")
        help_text = f"<p class='dv-quiet'>{escape(ERRORS[name].help)}</p>"
        self.help.value = f"{tell_marks(marks, 'epoch')}{help_text}"
