"""Histograms from counts, several in one figure, each with its own axes and its own title."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

import numpy as np

from nbutils.figures.palette import ACCENT, ERROR, INK, MUTED

GAP_ACROSS, GAP_DOWN = 0.12, 0.26
SMALL, LARGE = 1e-3, 1e4  # numbers beyond are written with a power of ten
FAR = 0.3  # of the axis, between the label at an end and the one at 0


@dataclass(frozen=True)
class Histogram:
    """Counts between edges.

    title : what is counted; line : what stands under it
    note : beside the title, coloured by `colour`, which says nothing that the note does not say
    edges : (bins + 1,), float, evenly spaced
    counts : (bins,), whole numbers
    """

    title: str
    edges: np.ndarray
    counts: np.ndarray
    line: str = ""
    note: str = ""
    colour: str = INK


def draw_histograms(histograms: Sequence[Histogram], columns: int = 3, log: bool = False) -> tuple[dict, str]:
    """Return histograms in rows as one plotly figure, and the alt text.

    log : whether the counts are drawn logarithmically, so that a thin tail is seen
    Raises ValueError for edges and counts that do not fit.
    """
    rows = ceil(len(histograms) / columns)
    layout: dict = {
        "bargap": 0,
        "showlegend": False,
        "annotations": [],
        "margin": {"l": 22, "r": 22, "t": 40, "b": 22},
    }
    traces = []
    for place, histogram in enumerate(histograms):
        _check(histogram)
        suffix = str(place + 1) if place else ""
        across, down = _domain(place % columns, columns, GAP_ACROSS), _domain(place // columns, rows, GAP_DOWN)
        down = [1 - down[1], 1 - down[0]]
        layout[f"xaxis{suffix}"] = {
            "domain": across,
            "anchor": f"y{suffix}",
            "tickfont": {"size": 11},
            "tickangle": 0,
            "zerolinecolor": MUTED,
            "automargin": False,
        } | _ticks(histogram)
        layout[f"yaxis{suffix}"] = {
            "domain": down,
            "anchor": f"x{suffix}",
            "showticklabels": False,
            "rangemode": "tozero",
            "automargin": False,
        } | ({"type": "log", "dtick": 1} if log else {})
        traces.append(_bars(histogram, suffix, log))
        layout["annotations"].append(_title(histogram, across, down))
        if not _is_finite(histogram):
            layout["annotations"].append(_not_finite(across, down))
    return {"data": traces, "layout": layout}, "; ".join(_describe(histogram) for histogram in histograms) + "."


def _check(histogram: Histogram) -> None:
    if len(histogram.edges) != len(histogram.counts) + 1:
        raise ValueError(
            f'the histogram "{histogram.title}" has {len(histogram.counts)} counts and {len(histogram.edges)} edges; '
            "wanted one edge more than counts."
        )


def _domain(place: int, number: int, gap: float) -> list[float]:
    size = (1 - gap * (number - 1)) / number
    return [place * (size + gap), place * (size + gap) + size]


def _is_finite(histogram: Histogram) -> bool:
    return bool(np.isfinite(histogram.edges).all() and np.sum(histogram.counts) > 0)


def _bars(histogram: Histogram, suffix: str, log: bool) -> dict:
    """Return bars that are sent as a beginning, a width and counts."""
    trace = {"type": "bar", "xaxis": f"x{suffix}", "yaxis": f"y{suffix}", "marker": {"color": ACCENT}}
    if not _is_finite(histogram):
        return trace | {"x": [], "y": []}
    first, last = float(histogram.edges[0]), float(histogram.edges[-1])
    width = (last - first) / len(histogram.counts) or 1e-12
    return trace | {
        "x0": float(f"{first + width / 2:.7g}"),
        "dx": float(f"{width:.7g}"),
        "width": float(f"{width:.7g}"),
        "y": [int(count) if count or not log else None for count in histogram.counts],
        "hovertemplate": "about %{x:.3g}: %{y:,}<extra></extra>",
    }


def _ticks(histogram: Histogram) -> dict:
    """Return ticks at both ends, which short numbers fit, and at 0 where it is far from them."""
    if not _is_finite(histogram):
        return {"showticklabels": False}
    low, high = float(histogram.edges[0]), float(histogram.edges[-1])
    far = FAR * (high - low)
    places = [low, 0.0, high] if low + far < 0 < high - far else [low, high]
    return {"tickvals": places, "ticktext": _short(places), "range": [low, high]}


def _short(places: Sequence[float]) -> list[str]:
    """Return numbers in as few digits as tell them apart."""
    for digits in range(1, 6):
        texts = [_shorten(place, digits) for place in places]
        if len(set(texts)) == len(texts):
            return texts
    return texts


def _shorten(value: float, digits: int) -> str:
    if 0 < abs(value) < SMALL or abs(value) >= LARGE:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    return f"{value:.{max(digits + 1, len(str(int(abs(value)))))}g}"


def _title(histogram: Histogram, across: Sequence[float], down: Sequence[float]) -> dict:
    note = f" <span style='color: {histogram.colour}'>{escape(histogram.note)}</span>" if histogram.note else ""
    line = f"<br>{escape(histogram.line)}" if histogram.line else ""
    return {
        "text": f"<b>{escape(histogram.title)}</b>{note}{line}",
        "x": across[0],
        "xref": "paper",
        "xanchor": "left",
        "align": "left",
        "y": down[1],
        "yref": "paper",
        "yanchor": "bottom",
        "xshift": -16,
        "showarrow": False,
        "font": {"size": 12, "color": INK},
    }


def _not_finite(across: Sequence[float], down: Sequence[float]) -> dict:
    return {
        "text": "no finite number",
        "x": sum(across) / 2,
        "xref": "paper",
        "y": sum(down) / 2,
        "yref": "paper",
        "showarrow": False,
        "font": {"size": 12, "color": ERROR},
    }


def _describe(histogram: Histogram) -> str:
    said = ", ".join(part for part in (histogram.title, histogram.line, histogram.note) if part)
    if not _is_finite(histogram):
        return f"{said}: no finite number"
    return f"{said}: from {histogram.edges[0]:.3g} to {histogram.edges[-1]:.3g}"
