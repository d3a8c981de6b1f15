"""Frequencies in filters and pictures: power spectra, their rings, and what tells an edge from a blob of colour."""

from dataclasses import dataclass
from functools import cache

import numpy as np

GRID = 128  # points a side of a filter's spectrum, so that a frequency is read to 1/128 cycle a pixel
MEASURES = ("peak", "centroid")


@dataclass(frozen=True)
class FilterShapes:
    """What the spectra of filters say.

    peak : (filters,), float64, cycles a pixel: the frequency of the grating that the filter answers most to
    centroid : (filters,), float64, cycles a pixel: mean frequency, weighted by power
    colour : (filters,), float64, 0 to 1: share of the energy that a grey picture cannot reach
    coherence : (filters,), float64: 0 where no direction leads, as in a round spot, 1 for a grating
    norm : (filters,), float64: Euclidean length of the weights
    profiles : (filters, GRID // 2 + 1), float64: mean power in rings of 1 / GRID cycles a pixel
    """

    peak: np.ndarray
    centroid: np.ndarray
    colour: np.ndarray
    coherence: np.ndarray
    norm: np.ndarray
    profiles: np.ndarray


def describe_filters(filters: np.ndarray) -> FilterShapes:
    """Return frequency, colour and orientation of filters.

    The coherence is that of the structure tensor (J. Bigun and G. Granlund, "Optimal orientation detection of linear
    symmetry", 1987), which is by Parseval the second moments of the power spectrum:
    sqrt((Jxx - Jyy)^2 + 4 Jxy^2) / (Jxx + Jyy).

    filters : (filters, colours, height, width), float; no filter all zero
    Raises ValueError for another shape or for a filter that is all zero.
    """
    if filters.ndim != 4 or max(filters.shape[2:]) > GRID:
        raise ValueError(
            f"Filters must have the axes (filters, colours, height, width), at most {GRID} high and wide; "
            f"got {filters.shape}."
        )
    energy = (filters.astype(float) ** 2).sum((1, 2, 3))
    if not energy.all():
        raise ValueError(f"Filter {int(np.argmin(energy))} is all zero and has no frequency.")
    power = power_spectrum(filters, GRID)
    across, down = frequency_axes(GRID)
    distance = np.hypot(across, down)

    def moment(values: np.ndarray) -> np.ndarray:
        return (power * values).sum((1, 2)) / power.sum((1, 2))

    xx, yy, xy = moment(across**2), moment(down**2), moment(across * down)
    grey = (filters.astype(float).sum(1) ** 2).sum((1, 2)) / filters.shape[1]
    return FilterShapes(
        peak=distance.ravel()[power.reshape(len(filters), -1).argmax(1)],
        centroid=moment(distance),
        colour=1 - grey / energy,
        coherence=np.hypot(xx - yy, 2 * xy) / np.maximum(xx + yy, 1e-30),
        norm=np.sqrt(energy),
        profiles=ring_means(power),
    )


def power_spectrum(maps: np.ndarray, side: int) -> np.ndarray:
    """Return the power at every frequency, summed over colours: (..., side, side), float64.

    maps : (..., colours, height, width), float; what is smaller than `side` is continued with zeros
    """
    return (np.abs(np.fft.fft2(maps, (side, side))) ** 2).sum(-3)


def frequency_axes(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the frequencies of a spectrum's points, across and down: two of (side, side), cycles a pixel."""
    one = np.fft.fftfreq(side)
    across, down = np.meshgrid(one, one)
    return across, down


@cache
def ring_places(side: int) -> np.ndarray:
    """Return the ring of every point of a spectrum: (side, side), int64; ring k lies around k / side cycles a pixel."""
    across, down = frequency_axes(side)
    places = np.round(np.hypot(across, down) * side).astype(np.int64)
    places.flags.writeable = False
    return places


def ring_sizes(side: int) -> np.ndarray:
    """Return how many points each ring has: (side // 2 + 1,), int64; the corners of the spectrum are left out."""
    return np.bincount(ring_places(side).ravel())[: side // 2 + 1]


def ring_frequencies(side: int) -> np.ndarray:
    """Return the frequency of each ring: (side // 2 + 1,), float64, cycles a pixel."""
    return np.arange(side // 2 + 1) / side


def ring_means(power: np.ndarray) -> np.ndarray:
    """Return the mean power in each ring: (..., side // 2 + 1), float64.

    power : (..., side, side), float
    """
    side = power.shape[-1]
    places, rings = ring_places(side).ravel(), side // 2 + 1
    rows = power.reshape(-1, side * side)
    sums = np.stack([np.bincount(places, row)[:rings] for row in rows])
    return (sums / ring_sizes(side)).reshape(*power.shape[:-2], rings)


def normalize(profile: np.ndarray, side: int) -> np.ndarray:
    """Return a profile of rings whose power, the mean level left out, sums to one over all points: (..., rings)."""
    kept = profile.copy()
    kept[..., 0] = 0
    total = (kept * ring_sizes(side)).sum(-1, keepdims=True)
    return np.divide(kept, total, out=np.zeros_like(kept), where=total > 0)


def share_above(profile: np.ndarray, side: int, frequency: float) -> float:
    """Return the share of the power in rings of that frequency or higher, the mean level left out.

    profile : (side // 2 + 1,), float, mean power of each ring
    """
    power = normalize(profile, side) * ring_sizes(side)
    return float(power[ring_frequencies(side) >= frequency].sum())


def fit_slope(profile: np.ndarray, side: int, low: float, high: float) -> float:
    """Return the exponent a of power ~ frequency^a between two frequencies, each octave counting the same.

    profile : (side // 2 + 1,), float, above zero between the two
    """
    frequencies = ring_frequencies(side)
    inside = (frequencies >= low) & (frequencies <= high)
    x, y = np.log(frequencies[inside]), np.log(profile[inside])
    # Rings lie evenly over frequency, so over its logarithm there are as many as the frequency is high.
    return float(np.polyfit(x, y, 1, w=frequencies[inside] ** -0.5)[0])


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return Spearman's correlation of ranks, -1 to 1; ties share their mean rank."""
    return float(np.corrcoef(_rank(one), _rank(other))[0, 1])


def _rank(values: np.ndarray) -> np.ndarray:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[places]
