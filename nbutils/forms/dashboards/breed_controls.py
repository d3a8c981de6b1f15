"""What can be set for breeding: how children differ, and how shapes are drawn."""

from collections.abc import Callable

import ipywidgets as ipw

from nbutils.forms.view import FIELDS, MODES, RESOLUTIONS, View
from nbutils.widgets.controls import segmented, switch
from nbutils.widgets.fields import bring, control_field
from nbutils.widgets.fold import Fold

WORDS = {"coarse": "8 × 16", "thesis": "15 × 30", "fine": "32 × 64", "finer": "64 × 128"}
MODE_WORDS = {"smooth": "smooth", "thesis": "as in the thesis"}
CROSSING = {
    False: "Every child has one parent: Table 3.1 of the thesis has MutateOnlyProbability 1.0.",
    True: "Half of the children get links of two parents, matched by their innovation numbers. The thesis' text speaks "
    "of swapping subtrees, which is genetic programming; its table switches crossover off.",
}
RESOLUTION = (
    "A network answers at every point, so a shape has no resolution of its own. Voxels across × up; the thesis has "
    "15 × 30."
)
MODE = {
    "smooth": "The surface lies where the network's answer is 0.",
    "thesis": "Each corner is only inside or outside, as in the thesis: surfaces have steps.",
}


class BreedControls:
    """Sliders and switches; changed(name, value) is called with what a person sets."""

    def __init__(self, changed: Callable[[str, object], object]) -> None:
        self._changed, self._setting = changed, False
        self.parts = {
            "strength": control_field(FIELDS["strength"]),
            "crossover": switch("Crossover"),
            "resolution": segmented("Voxels", [(WORDS[name], name) for name in RESOLUTIONS]),
            "mode": segmented("Surface", [(MODE_WORDS[name], name) for name in MODES]),
        }
        self.crossing, self.mode = ipw.HTML(), ipw.HTML()
        drawing = [self.parts["resolution"], _quiet(RESOLUTION), self.parts["mode"], self.mode]
        self.folds = [
            Fold("How children differ", [self.parts["strength"], self.parts["crossover"], self.crossing], is_open=True),
            Fold("How shapes are drawn", drawing),
        ]
        for name, part in self.parts.items():
            part.observe(lambda change, name=name: self._tell(name, change["new"]), "value")

    def show(self, view: View) -> None:
        """Bring every control to a view without answering to them."""
        self._setting = True
        try:
            for name, part in self.parts.items():
                bring(part, getattr(view, name))
        finally:
            self._setting = False
        self.crossing.value = _say(CROSSING[view.crossover])
        self.mode.value = _say(MODE[view.mode])

    def _tell(self, name: str, value: object) -> None:
        if not self._setting:
            self._changed(name, value)


def _say(text: str) -> str:
    return f"<p class='dv-quiet'>{text}</p>"


def _quiet(text: str) -> ipw.HTML:
    return ipw.HTML(_say(text))
