"""First layers as pictures, as numbers, and as a plot of these."""

from collections.abc import Sequence

import numpy as np

from nbutils.figures.dots import Dots, Drawn, Frame, Ruler, draw_dots
from nbutils.figures.palette import CATEGORIES, MUTED
from nbutils.transfer.dashboards.tables import draw_table
from nbutils.transfer.filters import Fit, describe, share_colour

X, Y = "share of colour", "like a Gabor function, R²"
SIDES = ((CATEGORIES[1], "circle"), (CATEGORIES[4], "diamond"))
ROWS = (
    ("like a Gabor function, median R²", "median_quality", ".2f"),
    ("above what 1 of 20 random ones reaches", "like_gabor", ".0%"),
    ("share of colour, median", "median_colour", ".2f"),
    ("mostly colour", "coloured", ".0%"),
)


def to_pixels(filters: np.ndarray) -> np.ndarray:
    """Return filters as pictures in which zero is grey and each filter's largest weight is full: uint8, sRGB.

    filters : (n, channels, y, x), float, of 3 channels (red, green, blue) or 1 (grey); the result (n, y, x, 3)
    """
    largest = np.abs(filters).reshape(len(filters), -1).max(1)
    shares = filters / np.maximum(largest, 1e-12)[:, None, None, None]
    pixels = np.round(128 + 127 * shares).astype(np.uint8).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:3], 3)))


def order_by_colour(filters: np.ndarray) -> np.ndarray:
    """Return the places of filters from grey to coloured: (n,), int."""
    return np.argsort([share_colour(each) for each in filters], kind="stable")


def draw_scatter(
    names: Sequence[str], fits: Sequence[Sequence[Fit]], controls: Sequence[Fit], rare: float, chosen: int
) -> Drawn:
    """Return every filter of both layers by its share of colour and its likeness to a Gabor function.

    fits : of the left and of the right layer; controls : of random filters
    chosen : the filter of the right layer that is selected
    """
    groups = [_dots("random filters", MUTED, "x-thin-open", controls, "")]
    groups += [
        _dots(name, *SIDES[side], found, ("left", "right")[side])
        for side, (name, found) in enumerate(zip(names, fits, strict=True))
        if found
    ]
    right = fits[1]
    selected = (right[chosen].colour, right[chosen].quality) if chosen < len(right) else None
    rulers = [Ruler(rare, "1 of 20 random ones is above", MUTED, left=True)]
    return draw_dots(groups, Frame(X, Y, legend="above", rulers=rulers, selected=selected))


def draw_waiting() -> Drawn:
    """Return the plot before the first filter is fitted."""
    return draw_dots((), Frame(X, Y, remark="The filters are being fitted."))


def _dots(name: str, colour: str, marker: str, fits: Sequence[Fit], side: str) -> Dots:
    return Dots(
        name,
        colour,
        marker,
        x=[each.colour for each in fits],
        y=[each.quality for each in fits],
        keys=[f"{side} {place}" if side else "" for place in range(len(fits))],
        notes=[f"{name}, filter {place + 1}" for place in range(len(fits))],
        size=6 if not side else 8,
    )


def draw_numbers(names: Sequence[str], fits: Sequence[Sequence[Fit]], controls: Sequence[Fit], rare: float) -> str:
    """Return what both layers, and random filters, are like as a table."""
    found = [describe(each, rare) for each in (*fits, controls)]
    rows = [[title, *(format(each[name], form) for each in found)] for title, name, form in ROWS]
    return draw_table(("", *names, "random"), rows, "The filters of each layer together")


def tell_filter(name: str, place: int, fit: Fit | None) -> str:
    """Return what one filter is like, in a sentence; None where nothing was fitted to it yet."""
    told = f"<b>{name}, filter {place + 1}</b>"
    if fit is None:
        return f"{told}."
    wave = f"a wave of {fit.wavelength:.1f} pixels at {fit.angle:.0f}°" if fit.wavelength < 10 else "a blob or an edge"
    return (
        f"{told}; at its right the Gabor function of one colour that is most like it, {wave}: R² {fit.quality:.2f}. "
        f"{fit.colour:.0%} of its energy is colour."
    )
