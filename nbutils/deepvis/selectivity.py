"""How well single channels tell two kinds of photographs apart."""

from dataclasses import dataclass

import numpy as np

SELECTIVE = 0.9


@dataclass(frozen=True)
class Selectivity:
    """How many channels of a layer tell two kinds of photographs apart, and how many seem to by chance.

    areas : (channels,), float, 0 to 1: area under the curve, 1 where every photograph of the first kind answers more
    share : of channels with an area above SELECTIVE or below 1 - SELECTIVE
    by_chance : the same after the kinds were dealt out anew at random
    """

    areas: np.ndarray
    share: float
    by_chance: float


def areas_under_curve(strengths: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Return each channel's area under the receiver operating characteristic: (channels,), float, 0 to 1.

    It is the chance that a photograph of the first kind answers more than one of the second, ties counting half
    (J. Hanley and B. McNeil, "The meaning and use of the area under a ROC curve", 1982).

    strengths : (photographs, channels), float
    first : (photographs,), bool
    Raises ValueError where one of the kinds has no photograph.
    """
    number = int(first.sum())
    if not 0 < number < len(first):
        raise ValueError(f"Both kinds need a photograph, got {number} and {len(first) - number}.")
    return np.array([_area(column, first, number) for column in strengths.T])


def _area(column: np.ndarray, first: np.ndarray, number: int) -> float:
    _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
    middle_ranks = np.cumsum(counts) - (counts - 1) / 2
    excess = middle_ranks[inverse][first].sum() - number * (number + 1) / 2
    return float(excess / (number * (len(column) - number)))


def measure_selectivity(strengths: np.ndarray, first: np.ndarray, seed: int = 0) -> Selectivity:
    """Return the selectivity of a layer's channels for one of two kinds of photographs, with its control.

    strengths : (photographs, channels), float
    first : (photographs,), bool
    """
    areas = areas_under_curve(strengths, first)
    dealt = areas_under_curve(strengths, np.random.default_rng(seed).permutation(first))
    return Selectivity(areas, share_selective(areas), share_selective(dealt))


def share_selective(areas: np.ndarray, above: float = SELECTIVE) -> float:
    """Return the share of channels that prefer either kind with an area above a bound."""
    return float((np.abs(areas - 0.5) > above - 0.5).mean())
