"""What a simulated user without a model in mind looks for: one body, symmetry, parts that come again, something new."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from nbutils.forms.fields import mark_shape
from nbutils.forms.grids import THESIS
from nbutils.forms.measures import measure_repeats
from nbutils.forms.users import measure_overlap
from nbutils.neat import Genome

FILLED = (0.05, 0.32)  # of the canvas: less looks lost, more like a block
STEEP = 0.1
NEW = 0.7  # less than the rest of 1 in common with any known shape, and a shape counts as wholly new
LEAST = 0.01  # what a shape without any merit of a kind has of it, so that the others still count


@dataclass(frozen=True)
class Taste:
    """What somebody likes to see.

    repeats : along which direction parts come again: "x", "y", "z" or "round"
    surface : how many of the corners inside lie at the surface, 0 to 1: smooth bodies 0.3, thin and branching ones 0.8
    mirrored : whether a half must be the mirror image of the other; else a half turn will do
    """

    repeats: str
    surface: float
    mirrored: bool = True


def like_looks(taste: Taste, known: Sequence[np.ndarray] = ()) -> Callable[[Genome], float]:
    """Return the liking of a user with a taste.

    known : shapes that the user has seen and does not want again: (x, y, z) corners of the grid of the thesis, bool
    """
    return partial(_like, taste=taste, known=tuple(known))


def measure_looks(inside: np.ndarray, taste: Taste, known: Sequence[np.ndarray] = ()) -> dict[str, float]:
    """Return how well a shape does in everything that a taste asks for, 0 to 1 each.

    inside : (x, y, z) corners of the grid of the thesis, bool, not empty
    """
    mirrored = [measure_overlap(inside, np.flip(inside, axis)) for axis in (0, 1)]
    turned = [] if taste.mirrored else [measure_overlap(inside, np.flip(inside, (0, 1)))]
    share = inside.mean()
    found = {
        "filled": float(np.clip(min(share / FILLED[0], (FILLED[1] + STEEP - share) / STEEP), 0, 1)),
        "one body": _measure_largest(inside),
        "whole": 1 - _measure_cut(inside),
        "symmetry": max(mirrored + turned),
        "repetition": measure_repeats(inside, THESIS, taste.repeats),
        "surface": 1 - abs(_measure_surface(inside) - taste.surface),
    }
    if known:
        found["new"] = min(1.0, (1 - max(measure_overlap(inside, other) for other in known)) / NEW)
    return found


def _like(genome: Genome, taste: Taste, known: Sequence[np.ndarray]) -> float:
    inside = mark_shape(genome)
    if not inside.any():
        return 0.0
    merits = measure_looks(inside, taste, known).values()
    return float(np.prod([max(LEAST, merit) for merit in merits]) ** (1 / len(merits)))


def _measure_largest(inside: np.ndarray) -> float:
    """Return the share of the largest body among all that hang together."""
    from scipy.ndimage import label

    bodies, _ = label(inside)
    return float(np.bincount(bodies.ravel())[1:].max() / np.count_nonzero(inside))


def _measure_cut(inside: np.ndarray) -> float:
    """Return the share of the canvas' sides and its top at which a shape is cut off; on the floor it may stand."""
    sides = [inside[0], inside[-1], inside[:, 0], inside[:, -1], inside[:, :, -1]]
    return sum(np.count_nonzero(side) for side in sides) / sum(side.size for side in sides)


def _measure_surface(inside: np.ndarray) -> float:
    """Return the share of corners inside that have a neighbour outside."""
    padded = np.pad(inside, 1)
    core = inside.copy()
    for axis in range(3):
        for step in (-1, 1):
            core &= np.roll(padded, step, axis)[1:-1, 1:-1, 1:-1]
    return 1 - np.count_nonzero(core) / np.count_nonzero(inside)
