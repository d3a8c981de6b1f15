"""Several recipes for the same unit and seeds: two to compare, the rows of Table 6.1, and sweeps of one regularizer."""

from dataclasses import dataclass, replace

import numpy as np

from nbutils.preferred.fields import FIELDS
from nbutils.preferred.presets import PRESETS, TUNED
from nbutils.preferred.recipe import Recipe

STRENGTHS = 6
# Figure 6.3 of the thesis goes from no regularization to so strong a one that pictures get worse, and gives no numbers.
STRONGEST = {"decay": 0.5, "blur": 2.0, "small_norm": 95.0, "small_contribution": 95.0}
SWEPT = "sparse regions"  # whose policy finds the length of its steps itself, with regularizers and without
SUBJECT = ("network", "objectives", "seeds", "device", "half", "threads")  # for which pictures, not how


@dataclass(frozen=True)
class Group:
    """Recipes that stand together.

    names : of each recipe, for the captions
    """

    title: str
    names: tuple[str, ...]
    recipes: tuple[Recipe, ...]


def apply(named: Recipe, recipe: Recipe) -> Recipe:
    """Return a named recipe for the pictures that another one is for."""
    return replace(named, **{field: getattr(recipe, field) for field in SUBJECT})


def pair(recipe: Recipe, name: str, other: str) -> tuple[Group, ...]:
    """Return a recipe, called so, and a preset for the same unit and seeds."""
    return (Group(name, (name,), (recipe,)), Group(other, (other,), (apply(PRESETS[other], recipe),)))


def four_rows(recipe: Recipe) -> tuple[Group, ...]:
    """Return the rows of Table 6.1 of the thesis for a recipe's unit and seeds, with steps for the networks here."""
    return tuple(Group(name, (name,), (apply(row, recipe),)) for name, row in TUNED.items())


def sweeps(recipe: Recipe, steps: int | None = None) -> tuple[Group, ...]:
    """Return one group for each regularizer of the thesis, alone, from none to strong, in STRENGTHS equal steps.

    The first picture of each group is the same, so that groups can be read from left to right.
    steps : of each picture, those of the recipe when None
    """
    base = apply(TUNED[SWEPT], replace(recipe, seeds=recipe.seeds[:1], objectives=recipe.objectives[:1]))
    base = replace(base, size=recipe.size, steps=steps or recipe.steps, **dict.fromkeys(STRONGEST, 0.0))
    return tuple(_sweep(base, field, strongest) for field, strongest in STRONGEST.items())


def _sweep(base: Recipe, field: str, strongest: float) -> Group:
    """Return one regularizer alone from none to so strong."""
    values = [float(f"{value:.3g}") for value in np.linspace(0, strongest, STRENGTHS)]
    known = FIELDS[field]
    return Group(
        title=f"{known.title}, {known.unit}".removesuffix(", "),
        names=tuple(f"{value:g}" for value in values),
        recipes=tuple(replace(base, **{field: value}) for value in values),
    )
