"""The network that is selected: the drawing of its treatment, its numbers, and how it learned."""

from collections.abc import Callable

import ipywidgets as ipw

from nbutils.transfer.dashboards import run_words, treatment_diagram
from nbutils.transfer.dashboards.learning import Learning
from nbutils.transfer.halves import Halves
from nbutils.transfer.records import LAYERS, TREATMENTS, Run, RunSettings
from nbutils.transfer.view import View
from nbutils.widgets import Markup, choice, segmented

LEGEND = "Orange: learned on A. Violet: learned on B. Dashed: new. Lock: frozen. Ellipses: activations."


class RunPane:
    """The drawing follows treatment and n, or the selected run; a run that is only rested on is drawn beside it.

    change : called with fields of the view that a control or a click in the drawing sets
    """

    def __init__(self, change: Callable[..., object]) -> None:
        self._change = change
        self._setting = False
        self.treatment = choice("Treatment", list(TREATMENTS), "AnB")
        self.n = segmented("n, layers copied", [(str(n), n) for n in range(1, LAYERS)], 3)
        self.treatment.layout.width, self.n.layout.width = "110px", "auto"  # beside each other
        self.drawing, self.words = Markup(), ipw.HTML().add_class("dv-told")
        self.facts, self.python = ipw.HTML(), ipw.HTML()
        self.learning = Learning(empty=run_words.NOTHING)
        legend = ipw.HTML(f"<p class='dv-quiet'>{LEGEND}</p>")
        choosing = ipw.Box([self.treatment, self.n]).add_class("dv-row")
        drawn = ipw.VBox([choosing, self.drawing, self.words, legend]).add_class("dv-stack")
        learned = ipw.VBox([self.learning.board, self.facts, self.python]).add_class("dv-stack")
        self.page = ipw.Box([drawn, learned]).add_class("dv-quarters")

    def connect(self, guarded: Callable) -> None:
        """Listen to the controls; guarded shows what goes wrong."""
        choose = guarded(lambda name, value: self._change(**{name: value}, run=""))
        for name, control in (("treatment", self.treatment), ("n", self.n)):
            control.observe(lambda change, name=name: None if self._setting else choose(name, change["new"]), "value")
        self.drawing.on_press(lambda part: choose("n", int(part.removeprefix("n "))))

    def show(self, view: View, halves: Halves, run: Run | None, here: bool = False) -> None:
        """Show a view's treatment and n, and the selected run.

        here : whether the selected run was trained on this page
        """
        self._set_controls(view)
        settings = run.settings if run else example(view, halves)
        self.drawing.markup = treatment_diagram.draw(settings, halves.sides)
        self.words.value = f"<p>{treatment_diagram.describe(settings, halves.sides)}</p>"
        self.facts.value = run_words.tell_run(run, here) if run else ""
        self.python.value = run_words.show_python(run.settings) if run else ""
        self.learning.show(run)

    def _set_controls(self, view: View) -> None:
        self._setting = True
        try:
            self.treatment.value, self.n.value = view.treatment, view.n
            self.n.disabled = view.treatment == "base"
        finally:
            self._setting = False


def example(view: View, halves: Halves) -> RunSettings:
    """Return a network of the view's treatment and n, to be drawn where no run is selected."""
    split = "nature" if halves.kind == "nature" else "random-0"
    n = 0 if view.treatment == "base" else view.n
    return RunSettings(data=halves.data, split=split, target="B", treatment=view.treatment, n=n)
