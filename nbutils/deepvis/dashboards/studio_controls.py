"""The controls of a recipe: a slider with a number box for each number, a list for each word, in folds."""

from collections.abc import Callable, Sequence

import ipywidgets as ipw
import torch

from nbutils.deepvis import studio_settings as settings
from nbutils.preferred.fields import CHOICES, FIELDS, STEERED
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe
from nbutils.widgets.controls import choice
from nbutils.widgets.fields import bring, control_field
from nbutils.widgets.fold import Fold

THESIS = ("decay", "blur", "blur_every", "small_norm", "small_contribution")
BEYOND = (
    "total_variation",
    "sparsity",
    "jitter",
    "rotation",
    "zoom",
    "branch_gradient",
    "gradient_blur",
    "colour_bound",
    "small_values",
    "signed_contribution",
)
STEPS = ("size", "steps", "settle", "start", "photo", "picture", "method", "policy")
RATES = ("rate", "progress", "late_progress")
FINER = ("slope", "octaves", "octave_scale", "coarse_size", "coarse_steps", "device", "half", "threads")
FOLDS = {
    "Regularizers of the thesis": THESIS,
    "Regularizers beyond it": BEYOND,
    "Picture and steps": STEPS + RATES,
    "Octaves, first steps, computer": FINER,
}
# Sliders end where most people stop; a recipe from elsewhere may lie beyond and stretches its slider.
USUAL = {
    "size": (32, 512),
    "steps": (8, 512),
    "rate": (1e-3, 1e4),
    "progress": (1e-2, 1e3),
    "late_progress": (1e-3, 1e3),
    "decay": (0, 0.5),
    "blur": (0, 4),
    "blur_every": (0, 16),
    "total_variation": (0, 4),
    "sparsity": (0, 100),
    "gradient_blur": (0, 12),
    "jitter": (0, 32),
    "rotation": (0, 45),
    "zoom": (0, 0.5),
    "coarse_size": (0, 512),
    "coarse_steps": (0, 256),
    "threads": (0, 16),
}
TITLES = {
    "method": "Method",
    "picture": "Picture is made of",
    "start": "It begins as",
    "policy": "Length of steps",
    "device": "Computed on",
    "photo": "Photograph",
}
WORDS = {
    "modern": "this page's",
    "published": "as the published tool",
    "fourier": "waves (Fourier)",
    "adam": "Adam",
    "constant": "rate times gradient",
    "progress": "by wanted progress",
    "progress01": "by wanted progress, 0 to 1",
}
ACTS_ON_PUBLISHED = frozenset(
    (*THESIS, "small_values", "signed_contribution", "size", "steps", "settle", "start", "method", "policy", "rate")
)
AS_SET = ""
PLAIN = Recipe()  # without any regularizer
UNITS = {"percent": "%"}


class RecipeControls:
    """Everything of a recipe but network, objectives and seeds.

    changed : changed(name, value) is called with what a person sets
    """

    def __init__(self, photos: Sequence[str], changed: Callable[[str, object], object]) -> None:
        self._photos, self._changed = tuple(photos), changed
        self.setting = False
        self.preset = choice("Recipe", [("as set", AS_SET), *((name, name) for name in PRESETS)])
        self.parts: dict[str, ipw.Widget] = {
            name: self._make(name) for names in FOLDS.values() for name in names if self._is_offered(name)
        }
        self.folds = {
            title: Fold(title, [self.parts[name] for name in names if name in self.parts], is_open=names is THESIS)
            for title, names in FOLDS.items()
        }
        for name, part in self.parts.items():
            part.observe(lambda change, name=name: self._tell(name, change["new"]), "value")

    def show(self, recipe: Recipe) -> None:
        """Bring every control to a recipe without answering to them."""
        self.setting = True
        try:
            self.preset.value = settings.name_of(recipe)
            for name, part in self.parts.items():
                bring(part, getattr(recipe, name))
                part.disabled = not _acts(recipe, name)
        finally:
            self.setting = False
        for title, names in FOLDS.items():
            if names in (THESIS, BEYOND):
                used = sum(getattr(recipe, name) != getattr(PLAIN, name) for name in names if name != "blur_every")
                self.folds[title].heading.note = f"{used} in use" if used else "none in use"

    def _tell(self, name: str, value: object) -> None:
        if not self.setting:
            self._changed(name, value)

    def _is_offered(self, name: str) -> bool:
        if name == "photo":
            return bool(self._photos)
        return name not in ("device", "half") or len(_devices()) > 1

    def _make(self, name: str) -> ipw.Widget:
        """Return the control of one field."""
        if name == "photo":
            return choice(TITLES[name], [("none", ""), *self._photos])
        if name in CHOICES:
            offered = _devices() if name == "device" else CHOICES[name]
            return choice(TITLES[name], [(WORDS.get(word, word), word) for word in offered])
        field = FIELDS[name]
        unit = UNITS.get(field.unit, field.unit)
        return control_field(field, usual=USUAL.get(name), unit=unit, wait=name not in STEERED)


def _acts(recipe: Recipe, name: str) -> bool:
    """Return whether a field does anything in a recipe."""
    if name == "photo":
        return recipe.start == "photograph"
    if name == "blur_every":
        return recipe.blur > 0
    if name == "blur":
        return True
    if name == "progress":
        return recipe.policy in ("progress", "progress01")
    if name == "late_progress":
        return recipe.policy == "progress01"
    if name == "octave_scale":
        return recipe.octaves > 1
    if name == "slope":
        return recipe.picture == "fourier"
    return recipe.method == "modern" or name in ACTS_ON_PUBLISHED or name in ("device", "half", "threads")


def _devices() -> tuple[str, ...]:
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return tuple(name for name, is_there in there.items() if is_there)
