"""The controls of the training dashboard: what acts from the next update on, what from the next Start, and the data."""

from collections.abc import Callable

import ipywidgets as ipw
import torch

from nbutils.boltzmann.fields import CHOICES, FIELDS, MEANINGS, STEERED
from nbutils.rbm import view as views
from nbutils.rbm.view import DATA_FIELDS, TrainingView
from nbutils.runs.fields import Field
from nbutils.widgets.controls import choice, segmented
from nbutils.widgets.fields import bring, control_field
from nbutils.widgets.fold import Fold

RATE = "rate"  # the one that is turned most; it stands beside Start
AT_ONCE = ("momentum", "k", "weight_decay", "sparsity_target", "sparsity_cost")
RUN = ("rate_on", "sampler", "temperatures", "batch", "epochs", "hidden")
BEGINNING = ("weight_range", "hidden_bias", "visible_start", "visible_bias", "gaussian")
COMPUTER = ("seed", "sample_visible", "device", "threads")
NEXT_UPDATE, NEXT_START = "acts at once", "acts at Start"
# Sliders end where most people stop; settings from elsewhere may lie beyond and stretch their slider.
USUAL = {
    "hidden": (1, 1000),
    "batch": (1, 200),
    "epochs": (1, 100),
    "rate": (1e-6, 1),
    "k": (1, 25),
    "temperatures": (2, 16),
    "weight_decay": (0, 0.01),
    "sparsity_cost": (0, 5),
    "weight_range": (0, 2),
    "hidden_bias": (-20, 20),
    "visible_bias": (-20, 20),
    "seed": (0, 1000),
    "threads": (0, 16),
    "data_seed": (0, 1000),
}
TITLES = {
    "k": "Gibbs steps k",
    "weight_range": "Initial weights, up to ±",
    "rate_on": "The rate multiplies",
    "sampler": "Negative phase",
    "visible_start": "Visible bias begins",
    "device": "Computed on",
}
WORDS = {
    "mean": "the mean",
    "sum": "the sum",
    "cd": "CD, from the data",
    "pcd": "PCD, chains that go on",
    "tempering": "parallel tempering",
    "number": "at a number",
    "data": "at the data's mean",
    "cpu": "processor",
    "cuda": "GPU",
}
SIDE_BY_SIDE = ("rate_on", "visible_start")


class TrainingControls:
    """Everything of a view but the kind of the examples and the run beside it.

    changed : changed(name, value) is called with what a person sets
    """

    def __init__(self, changed: Callable[[str, object], object]) -> None:
        self._changed = changed
        self.setting = False
        names = (RATE, *AT_ONCE, *RUN, *BEGINNING, *COMPUTER, *DATA_FIELDS)
        self.parts: dict[str, ipw.Widget] = {name: _make(name) for name in names if _is_offered(name)}
        self.meanings = {name: ipw.HTML() for name in ("rate_on", "sampler")}
        self.folds = {
            "run": self._fold("While it trains", AT_ONCE, NEXT_UPDATE),
            "start": self._fold("The next run", RUN, NEXT_START),
            "beginning": self._fold("Where it begins", BEGINNING, NEXT_START, is_open=False),
            "computer": self._fold("Seed, computer", COMPUTER, NEXT_START, is_open=False),
        }
        for name, part in self.parts.items():
            part.observe(lambda change, name=name: self._tell(name, change["new"]), "value")

    def data(self) -> list[ipw.Widget]:
        """Return the controls of the examples."""
        return [self.parts[name] for name in DATA_FIELDS]

    def show(self, view: TrainingView, own: bool) -> None:
        """Bring every control to a view without answering to them.

        own : whether the examples are a person's own, of which nothing can be set
        """
        self.setting = True
        try:
            for name, value in views.to_fields(view).items():
                part = self.parts.get(name)
                if part is None:
                    continue
                bring(part, value)
                part.disabled = not _acts(view, name)
                if name in DATA_FIELDS:
                    read = not own and name in views.READ[view.source.kind]
                    part.layout.display = None if read else "none"
        finally:
            self.setting = False
        self.meanings["rate_on"].value = f"<p class='dv-quiet'>{_explain_rate(view)}</p>"
        self.meanings["sampler"].value = f"<p class='dv-quiet'>{MEANINGS['sampler'][view.training.sampler]}</p>"

    def fold_of(self, name: str) -> Fold | None:
        """Return the fold in which the control of a field stands; None for one that stands in the open."""
        part = self.parts[name]
        return next((fold for fold in self.folds.values() if part in fold.children[1].children), None)

    def _tell(self, name: str, value: object) -> None:
        if not self.setting:
            self._changed(name, value)

    def _fold(self, title: str, names: tuple[str, ...], when: str, *, is_open: bool = True) -> Fold:
        parts = []
        for name in names:
            if name in self.parts:
                parts.append(self.parts[name])
            if name in self.meanings:
                parts.append(self.meanings[name])
        fold = Fold(title, parts, is_open=is_open)
        fold.heading.note = when
        return fold


def _make(name: str) -> ipw.Widget:
    """Return the control of one field."""
    if name in CHOICES:
        make = segmented if name in SIDE_BY_SIDE else choice
        return make(TITLES[name], [(WORDS[word], word) for word in CHOICES[name]])
    field: Field = {**FIELDS, **DATA_FIELDS}[name]
    title, unit = (TITLES[name], "") if name in TITLES else ("", None)
    return control_field(field, title, usual=USUAL.get(name), unit=unit, wait=name not in STEERED)


def _is_offered(name: str) -> bool:
    """Return whether there is anything to choose for a field on this computer."""
    return name != "device" or torch.cuda.is_available()


def _acts(view: TrainingView, name: str) -> bool:
    """Return whether a field does anything with the other settings."""
    training = view.training
    if name == "temperatures":
        return training.sampler == "tempering"
    if name == "visible_bias":
        return training.visible_start == "number"
    if name == "sparsity_cost":
        return training.sparsity_target > 0
    if name == "sample_visible":
        return training.sampler == "cd"
    return True


def _explain_rate(view: TrainingView) -> str:
    """Return what the rate multiplies, and which rate would do the same with the other choice."""
    training = view.training
    other, same = (
        ("sum", training.rate / training.batch)
        if training.rate_on == "mean"
        else ("mean", training.rate * training.batch)
    )
    return (
        f"With {training.batch} examples in a mini-batch, a rate of {training.rate:.3g} on the {training.rate_on} of "
        f"their gradients is one of {same:.3g} on the {other}. The thesis does not say which it used."
    )
