"""What the changes of many photographs under noise amount to, as numbers that fit a file and a figure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbutils.deepvis.noise import Change

LOW, HIGH = 10, 90  # percentiles of a band


@dataclass(frozen=True)
class Band:
    """Median and the 10th to 90th percentile over photographs.

    median, low, high : arrays of one shape, float
    """

    median: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class NoiseSummary:
    """How one network changes with noise, over photographs.

    places : where the change was measured, in execution order
    kinds : the kind of each layer among them; "picture" and "probabilities" for the two ends
    relative : Band of (strengths, places): relative change
    share : Band of (strengths, places): the same divided by the change to another photograph
    other : (places,), the median change to another photograph
    moved : Band of (strengths,): total variation distance of the probabilities; empty without classes
    flipped : (strengths,), share of photographs whose first guess changed; empty without classes
    """

    network: str
    title: str
    photographs: int
    strengths: tuple[float, ...]
    places: tuple[str, ...]
    kinds: tuple[str, ...]
    relative: Band
    share: Band
    other: np.ndarray
    moved: Band
    flipped: np.ndarray


def summarize(
    changes: Sequence[Change],
    *,
    network: str,
    title: str,
    strengths: Sequence[float],
    places: Sequence[str],
    kinds: Sequence[str],
) -> NoiseSummary:
    """Return the summary of these changes.

    Raises ValueError when there is none.
    """
    if not changes:
        raise ValueError("There is nothing to sum up: no photograph has been measured yet.")
    relative = np.stack([change.relative for change in changes])
    other = np.stack([change.other for change in changes])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = relative / other[:, None, :]
    share[~np.isfinite(share)] = np.nan
    return NoiseSummary(
        network=network,
        title=title,
        photographs=len(changes),
        strengths=tuple(strengths),
        places=tuple(places),
        kinds=tuple(kinds),
        relative=band(relative),
        share=band(share),
        other=band(other).median,
        moved=band(np.stack([change.moved for change in changes])),
        flipped=np.stack([change.flipped for change in changes]).mean(0),
    )


def band(values: np.ndarray) -> Band:
    """Return median and percentiles over the first axis; nan is left out, and is the answer where nothing is left.

    values : (photographs, ...), float
    """
    if not values[0].size:
        return Band(*(np.zeros(values.shape[1:]) for _ in range(3)))
    empty = np.isnan(values).all(0)
    filled = np.where(empty, 0, values)
    low, median, high = (np.where(empty, np.nan, row) for row in np.nanpercentile(filled, (LOW, 50, HIGH), axis=0))
    return Band(median, low, high)


def to_json(summary: NoiseSummary) -> dict:
    """Return a summary as plain lists and numbers of four digits."""
    bands = {name: getattr(summary, name) for name in ("relative", "share", "moved")}
    return {
        "network": summary.network,
        "title": summary.title,
        "photographs": summary.photographs,
        "strengths": list(summary.strengths),
        "places": list(summary.places),
        "kinds": list(summary.kinds),
        "other": _plain(summary.other),
        "flipped": _plain(summary.flipped),
        **{
            name: {part: _plain(getattr(found, part)) for part in ("median", "low", "high")}
            for name, found in bands.items()
        },
    }


def from_json(held: dict) -> NoiseSummary:
    """Return the summary that `to_json` wrote; raises KeyError, TypeError or ValueError for anything else."""
    bands = {name: Band(*(_array(held[name][part]) for part in ("median", "low", "high"))) for name in _BANDS}
    return NoiseSummary(
        network=str(held["network"]),
        title=str(held["title"]),
        photographs=int(held["photographs"]),
        strengths=tuple(float(strength) for strength in held["strengths"]),
        places=tuple(held["places"]),
        kinds=tuple(held["kinds"]),
        other=_array(held["other"]),
        flipped=_array(held["flipped"]),
        **bands,
    )


_BANDS = ("relative", "share", "moved")


def _plain(values: np.ndarray) -> list:
    """Return an array as nested lists; nan, which JSON does not know, becomes None."""
    if values.ndim > 1:
        return [_plain(row) for row in values]
    return [None if np.isnan(value) else float(f"{value:.4g}") for value in values]


def _array(held: list) -> np.ndarray:
    return np.array(held, float)
