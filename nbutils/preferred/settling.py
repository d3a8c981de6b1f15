"""When there is nothing more to wait for: objectives that no longer rise, units that never answered."""

from dataclasses import dataclass

import numpy as np

WINDOW = 16  # steps
# The mean objective of one window lies less than this share of itself above that of the window before.
FLAT = 0.05


@dataclass(frozen=True)
class Past:
    """What the end of a run depends on.

    side : of the pictures in the last step, in pixels
    objectives : (k, n), float32, of the last steps at that size, at most 2 * WINDOW
    quiet : (n,), int64, for how many steps in a row nothing came back to a picture
    """

    side: int
    objectives: np.ndarray
    quiet: np.ndarray


def begin(pictures: int) -> Past:
    """Return what is known before the first step."""
    return Past(0, np.empty((0, pictures), np.float32), np.zeros(pictures, np.int64))


def follow(past: Past, side: int, objectives: np.ndarray, silent: np.ndarray) -> Past:
    """Return what is known after one more step.

    side : of the pictures in this step
    objectives, silent : (n,), of this step
    """
    before = past.objectives if side == past.side else past.objectives[:0]
    return Past(side, np.vstack([before, objectives])[-2 * WINDOW :], np.where(silent, past.quiet + 1, 0))


def has_settled(past: Past) -> bool:
    """Say whether no objective rose by more than FLAT, as a share of itself, from one window to the next."""
    if len(past.objectives) < 2 * WINDOW:
        return False
    before, after = past.objectives[:WINDOW].mean(0), past.objectives[WINDOW:].mean(0)
    return bool((after - before <= FLAT * np.abs(after)).all())


def are_silent(past: Past, step: int) -> np.ndarray:
    """Say of each picture whether nothing came back in the last WINDOW steps, or since the start: (n,), bool."""
    return past.quiet >= min(step, WINDOW)


def is_hopeless(past: Past) -> bool:
    """Say whether no picture had a gradient for two windows, the first of which may have been spent on rescuing."""
    return bool((past.quiet >= 2 * WINDOW).all())
