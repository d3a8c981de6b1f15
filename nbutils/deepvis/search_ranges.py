"""What a random search draws from: a range for each field of a recipe, as text and as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, isfinite, log

import numpy as np

from nbutils.preferred.fields import FIELDS
from nbutils.preferred.recipe import Recipe

MOST_COMBINATIONS = 10_000
MOST_SEED = 2**32 - 1
DIGITS = 3  # of a drawn number: more make no difference to see, and long lines of Python
SEARCHED = (
    "rate",
    "progress",
    "slope",
    "decay",
    "blur",
    "blur_every",
    "small_norm",
    "signed_contribution",
    "small_contribution",
    "total_variation",
    "sparsity",
    "gradient_blur",
    "jitter",
    "rotation",
    "zoom",
    "colour_bound",
    "branch_gradient",
)


@dataclass(frozen=True)
class Range:
    """Where one field of a recipe is drawn from.

    logarithmic : every factor alike likely, as for rates, in place of every difference
    off : the probability that the field is 0 instead, so that each regularizer is missing in some combinations
    """

    least: float
    most: float
    logarithmic: bool = False
    off: float = 0.0


# The four regularizers of thesis 6.4, around the rows of Table 6.1 (decay 0 to .3, blur 0 to 1 pixels every 4 steps,
# small norm 0 to 50 percent, small contribution 0 to 90 percent); the thesis does not print the ranges it drew from.
# The rate is searched too: 100, the published one, suits the gradients of the published network, and those of
# MobileNetV2 with respect to grey levels are smaller.
PUBLISHED = {
    "rate": Range(1_000, 300_000, logarithmic=True),
    "decay": Range(0.0001, 0.3, logarithmic=True, off=0.4),
    "blur": Range(0.3, 1.5, off=0.3),
    "blur_every": Range(1, 8),
    "small_norm": Range(5, 70, off=0.5),
    "small_contribution": Range(5, 95, off=0.5),
}
MODERN = {
    "rate": Range(0.01, 0.2, logarithmic=True),
    "slope": Range(0.5, 1.5),
    "decay": Range(0.0001, 0.1, logarithmic=True, off=0.7),
    "blur": Range(0.3, 1.5, off=0.7),
    "blur_every": Range(1, 8),
    "small_norm": Range(5, 50, off=0.8),
    "small_contribution": Range(5, 70, off=0.8),
    "total_variation": Range(0.05, 3, logarithmic=True, off=0.3),
    "sparsity": Range(1, 60, logarithmic=True, off=0.7),
    "jitter": Range(2, 32, off=0.2),
    "rotation": Range(2, 30, off=0.2),
    "zoom": Range(0.02, 0.3, off=0.2),
    "branch_gradient": Range(0.25, 1),
}
RANGES = {"modern": MODERN, "published": PUBLISHED}


def check_range(name: str, range_: Range) -> Range:
    """Return the range if the field can be drawn from it; ValueError says what is wrong with which field."""
    if name not in SEARCHED:
        raise ValueError(f'These fields can be searched: {", ".join(SEARCHED)}; got "{name[:40]}".')
    field = FIELDS[name]
    if not field.least <= range_.least <= range_.most <= field.most:
        raise ValueError(
            f"The range of {name} must lie within {field.least:g} to {field.most:g} and begin with its smaller end, "
            f"got {range_.least:g} to {range_.most:g}."
        )
    if field.kind is int and (range_.least % 1 or range_.most % 1):
        raise ValueError(f"{name} is a whole number, and so are the ends of its range: got {_write(name, range_)}.")
    if range_.logarithmic and range_.least <= 0:
        raise ValueError(f"A logarithmic range begins above 0, got {range_.least:g} for {name}.")
    if not 0 <= range_.off <= 1:
        raise ValueError(f"{name} is left out with a probability from 0 to 1, got {range_.off:g}.")
    if range_.off and field.least > 0:
        raise ValueError(f"{name} cannot be left out: it is at least {field.least:g}.")
    return range_


def draw_recipes(base: Recipe, ranges: Mapping[str, Range], n: int, seed: int) -> tuple[Recipe, ...]:
    """Return n recipes by chance: the base with every field of the ranges drawn anew.

    The numbers of a combination depend on the seed and on its place alone, and those of a field not on other ranges:
    a longer search begins with the recipes of a shorter one, and changing one range leaves the others as they are.
    Raises ValueError for a range that cannot be drawn from, for n or seed out of bounds, and for a base of several
    pictures.
    """
    if base.pictures != 1:
        raise ValueError(f"A search makes one picture from each combination; this recipe makes {base.pictures}.")
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= MOST_COMBINATIONS:
        raise ValueError(f"A search has 1 to {MOST_COMBINATIONS} combinations, got {str(n)[:40]}.")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
        raise ValueError(f"A seed is a whole number from 0 to {MOST_SEED}, got {str(seed)[:40]}.")
    for name, range_ in ranges.items():
        check_range(name, range_)
    return tuple(_draw_recipe(base, ranges, np.random.default_rng((seed, place))) for place in range(n))


def to_text(ranges: Mapping[str, Range]) -> str:
    """Return ranges as one line, such as "decay 0.0001 0.3 log off 0.4, blur 0.3 1.5"."""
    return ", ".join(_write(name, range_) for name, range_ in ranges.items())


def from_text(text: str) -> dict[str, Range]:
    """Read what `to_text` wrote. Raises ValueError for anything else."""
    ranges = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, range_ = _read(part)
        ranges[name] = check_range(name, range_)
    if not ranges:
        raise ValueError("A search needs the range of one field at least.")
    return ranges


def _draw_recipe(base: Recipe, ranges: Mapping[str, Range], rng: np.random.Generator) -> Recipe:
    # Every field has its two numbers, drawn or not.
    numbers = {name: rng.random(2) for name in SEARCHED}
    values = {name: _draw(name, ranges[name], *numbers[name]) for name in SEARCHED if name in ranges}
    if "blur_every" in values and not values.get("blur", base.blur):
        values["blur_every"] = 0
    return replace(base, **values)


def _draw(name: str, range_: Range, chance: float, share: float) -> int | float:
    """Return a field's value for two numbers in 0..1: whether it is left out, and where in its range it lies."""
    if chance < range_.off:
        return 0
    low, high = range_.least, range_.most
    if FIELDS[name].kind is int:
        low, high = low - 0.5, high + 0.5  # both ends as likely as what lies between
    value = exp(log(low) + share * (log(high) - log(low))) if range_.logarithmic else low + share * (high - low)
    value = round(value) if FIELDS[name].kind is int else float(f"{value:.{DIGITS}g}")
    return min(max(value, range_.least), range_.most)


def _write(name: str, range_: Range) -> str:
    shape = " log" if range_.logarithmic else ""
    off = f" off {range_.off:g}" if range_.off else ""
    return f"{name} {range_.least:g} {range_.most:g}{shape}{off}"


def _read(part: str) -> tuple[str, Range]:
    words = part.split()
    wrong = ValueError(f'A range reads as "decay 0.0001 0.3 log off 0.4", got "{part[:60]}".')
    if len(words) < 3:
        raise wrong
    name, low, high, *rest = words
    logarithmic = rest[:1] == ["log"]
    rest = rest[logarithmic:]
    if rest and (len(rest) != 2 or rest[0] != "off"):
        raise wrong
    try:
        numbers = [float(word) for word in (low, high, *rest[1:])]
    except ValueError:
        raise wrong from None
    if not all(map(isfinite, numbers)):
        raise wrong
    return name, Range(numbers[0], numbers[1], logarithmic, numbers[2] if rest else 0.0)
