"""The controls of the three-dimensional view; only those that the chosen view reads are seen."""

from collections.abc import Callable

import ipywidgets as ipw

from nbutils.rbm.dashboards.space_drawing import Subject
from nbutils.rbm.space import ABOVE, FIELDS, READ, Space
from nbutils.widgets.controls import choice, segmented
from nbutils.widgets.fields import control_field

VIEWS = {"exemplars": "Exemplars", "filters": "Filters", "samples": "Samples"}
WORDS = {
    "run": ("Machine", {"sum": "thesis, rate on the sum", "mean": "thesis, rate on the mean"}),
    "order": ("Order", {"strength": "strongest first", "number": "by number"}),
    "sign": ("Response", {"positive": "wants filled", "negative": "wants empty", "both": "both"}),
    "scale": ("Largest response", {"own": "of each filter", "shared": "of all filters"}),
    "start": ("Chains begin", {"data": "at an example", "noise": "at noise"}),
    "shown": ("Shown as", {"side by side": "side by side", "film": "a film"}),
    "values": ("Voxels", {"samples": "as drawn, 0 or 1", "means": "as their means"}),
}
SEEDS = 1_000
SOLID_ONLY = ("sign", "threshold", "scale", "shown")


class SpaceControls:
    """A control for each field of a `Space`.

    changed : changed(name=value) is called with what a person sets
    """

    def __init__(self, changed: Callable[..., object]) -> None:
        self._changed = changed
        self._setting = False
        self.view = segmented("Show", [(text, view) for view, text in VIEWS.items()])
        self.parts: dict[str, ipw.Widget] = {}
        for name in ("run", "start", "shown", "order", "sign", "threshold", "scale", "objects", "first"):
            self.parts[name] = _make(name)
        for name in ("between", "samples", "chains", "values", "seed"):
            self.parts[name] = _make(name)
        for name, part in {"view": self.view, **self.parts}.items():
            part.observe(lambda change, name=name: self._tell(name, change["new"]), "value")

    def show(self, space: Space, subject: Subject) -> None:
        """Bring every control to a record without answering to them."""
        self._setting = True
        try:
            self.view.value = space.view
            self._fit(space, subject)
            for name, part in self.parts.items():
                if part.value != getattr(space, name):
                    part.value = getattr(space, name)
                seen = name in READ[space.view] and (subject.solid or name not in SOLID_ONLY)
                part.layout.display = None if seen else "none"
        finally:
            self._setting = False

    def offer_run_above(self) -> None:
        """Offer the machine that is trained on the page, beside the stored ones."""
        part = self.parts["run"]
        _title, options = WORDS["run"]
        self._setting = True
        try:
            part.offer([("the run above", ABOVE), *_rows(options)], part.value)
        finally:
            self._setting = False

    def _fit(self, space: Space, subject: Subject) -> None:
        """Let sliders end where the machine does, but not before what is set."""
        hidden = 0 if subject.machine is None else subject.machine.hidden
        self.parts["first"].max = max(hidden - space.objects, space.first, 1)
        self.parts["seed"].max = max(SEEDS, space.seed)

    def _tell(self, name: str, value: object) -> None:
        if not self._setting:
            self._changed(**{name: value})


def _make(name: str) -> ipw.Widget:
    """Return the control of one field."""
    if name in WORDS:
        title, options = WORDS[name]
        return choice(title, _rows(options))
    return control_field(FIELDS[name], wait=name in ("between", "samples", "chains"))


def _rows(options: dict[str, str]) -> list[tuple[str, str]]:
    return [(text, value) for value, text in options.items()]
