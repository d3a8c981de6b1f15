"""The figures of the study of frequencies."""

from collections.abc import Sequence

import numpy as np

from nbutils.deepvis import spectra
from nbutils.deepvis.dashboards.frequencies_words import KIND_WORDS
from nbutils.deepvis.frequencies import VARIANTS, FirstLayer
from nbutils.deepvis.frequency_summaries import (
    ENDS,
    HIGH_FREQUENCY,
    THESIS_HIGH,
    THESIS_LOW,
    THESIS_RATIO,
    EdgeRule,
    Ends,
    Findings,
    compare_ends,
    sort_edges,
    weigh,
)
from nbutils.figures.palette import ACCENT, CATEGORIES, DASHES, INK, MARKERS, MUTED

FREQUENCY = "frequency of the filter, cycles a pixel"
VARIANT_WORDS = dict(zip(VARIANTS, ("gradient", "equal filters", "equal onward", "both equal"), strict=True))
WEIGHT_WORDS = {
    "onward": "length of the weights to conv2",
    "carried": "length of the weights to conv2 × mean answer",
    "own": "length of the filter's own weights",
    "both": "length of the filter × length of the weights to conv2",
}


def sort_kinds(first: FirstLayer, rule: EdgeRule) -> dict[str, np.ndarray]:
    """Return the channels by kind, "edge", "colour" or "other": edges in order of frequency, the others by number."""
    edges = sort_edges(first.shapes, rule)
    colour = np.flatnonzero(first.shapes.colour > rule.colour)
    return {"edge": edges, "colour": colour, "other": np.setdiff1d(np.arange(len(first.bias)), [*edges, *colour])}


def means(first: FirstLayer, found: Findings, rule: EdgeRule, channel: int) -> tuple[dict, str]:
    """Return mean answers against frequency with the five edges at each end beside the thesis', and the alt text."""
    frequency = getattr(first.shapes, rule.measure)
    kinds = sort_kinds(first, rule)
    traces = _scatter(kinds, frequency, found.means, channel)
    title = "Mean answer by frequency"
    scaled = "the thesis' levels are brought to ours at the left end"
    layout = _against_frequency(f"{title}<br><sup>{scaled}</sup>", "mean answer", log=True)
    if len(kinds["edge"]) < 2 * ENDS:
        return {"data": traces, "layout": layout}, f"{title}: too few filters count as edges."
    ends = compare_ends(kinds["edge"], found.means)
    lines, layout["annotations"] = _mark_ends(ends, frequency)
    traces += lines
    alt = (
        f"{title}: the five edges of lowest frequency {ends.low_mean:.2f}, of highest {ends.high_mean:.2f}, "
        f"factor {ends.ratio:.1f}; the thesis {THESIS_LOW:g} and {THESIS_HIGH:g}, factor {THESIS_RATIO:g}."
    )
    return {"data": traces, "layout": layout}, alt


def onward(first: FirstLayer, found: Findings, rule: EdgeRule, weights: str, channel: int) -> tuple[dict, str]:
    """Return some weights against frequency, and the alt text with the correlation of ranks among edges."""
    frequency = getattr(first.shapes, rule.measure)
    values, kinds = weigh(first, found, weights), sort_kinds(first, rule)
    title = f"{WEIGHT_WORDS[weights][0].upper()}{WEIGHT_WORDS[weights][1:]}"
    told = tell_ranks(frequency, values, kinds["edge"])
    layout = _against_frequency(f"{title}<br><sup>{told}</sup>", "length")
    layout["yaxis"]["rangemode"] = "tozero"
    return {"data": _scatter(kinds, frequency, values, channel), "layout": layout}, f"{title} by frequency: {told}."


def tell_ranks(frequency: np.ndarray, values: np.ndarray, edges: np.ndarray) -> str:
    """Return how values go with frequency among the edges, in words."""
    if len(edges) < 3:
        return "too few edges to rank"
    found = spectra.rank_correlation(frequency[edges], values[edges])
    return f"rank correlation with frequency among {len(edges)} edges: {found:+.2f}"


def spectra_of(first: FirstLayer, found: Findings, unit: str) -> tuple[dict, str]:
    """Return the power of photographs, filters and gradients over frequency, both logarithmic, and the alt text."""
    filters = spectra.normalize(first.shapes.profiles.sum(0), spectra.GRID)
    curves = [("photographs", found.pictures, found.side, INK, "solid")]
    curves += [
        (VARIANT_WORDS[variant], found.spectrum(unit, variant), found.side, CATEGORIES[place], DASHES[place])
        for place, variant in enumerate(VARIANTS)
    ]
    curves.append(("filters", filters, spectra.GRID, MUTED, "dot"))
    traces = [_power(name, profile, side, colour, dash) for name, profile, side, colour, dash in curves]
    layout = {
        "title": {"text": f"Power by frequency, gradients of {unit}"},
        "xaxis": {
            "title": {"text": "frequency, cycles a pixel"},
            "type": "log",
            **_ticks((0.01, 0.03, 0.1, 0.25, 0.5)),
        },
        "yaxis": {"title": {"text": "power; white noise is 1"}, "type": "log", "dtick": 1, "exponentformat": "power"},
        "legend": {"orientation": "h", "y": -0.25},
    }
    shares = [
        f"{name} {spectra.share_above(profile, side, HIGH_FREQUENCY):.0%}" for name, profile, side, _, _ in curves
    ]
    what = f"Power over frequency of photographs, filters and gradients of {unit}"
    alt = f"{what}; share at {HIGH_FREQUENCY:g} cycles a pixel and above: {', '.join(shares)}."
    return {"data": traces, "layout": layout}, alt


def sorted_means(found: Findings) -> tuple[dict, str]:
    """Return the mean answers of every layer's channels from the largest to the smallest, and the alt text."""
    traces, told = [], []
    for place, shapes in enumerate(found.layers):
        values = np.sort(shapes.means)[::-1]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": np.linspace(0, 1, len(values)).round(4).tolist(),
                "y": [round(float(value), 5) or None for value in values],
                "name": shapes.layer,
                "line": {"color": CATEGORIES[place], "dash": DASHES[place], "width": 2},
            }
        )
        told.append(f"{shapes.layer} from {values[0]:.3g} to {values[-1]:.2g}")
    layout = {
        "title": {"text": "Mean answers of all channels, sorted"},
        "xaxis": {"title": {"text": "from the most active channel (0) to the least (1)"}},
        "yaxis": {"title": {"text": "mean answer"}, "type": "log", "dtick": 1},
        "legend": {"orientation": "h", "y": -0.25},
    }
    return {"data": traces, "layout": layout}, f"Mean answers sorted: {'; '.join(told)}."


def filter_spectrum(first: FirstLayer, channel: int) -> tuple[dict, str]:
    """Return the power spectrum of one filter in rings with peak and centroid, and the alt text."""
    shapes = first.shapes
    frequencies = spectra.ring_frequencies(spectra.GRID)
    profile = shapes.profiles[channel] / shapes.profiles[channel].max()
    peak, centroid = float(shapes.peak[channel]), float(shapes.centroid[channel])
    lines = [
        {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": colour, "dash": dash}}
        for at, colour, dash in ((peak, CATEGORIES[2], "solid"), (centroid, CATEGORIES[4], "dash"))
    ]
    trace = {
        "type": "scatter",
        "mode": "lines",
        "x": frequencies.tolist(),
        "y": profile.round(4).tolist(),
        "line": {"color": ACCENT, "width": 2},
        "hovertemplate": "%{x:.3f} cycles a pixel: %{y:.2f}<extra></extra>",
    }
    layout = {
        "title": {"text": f"Spectrum of filter {channel}<br><sup>peak (solid) and centroid (dashed)</sup>"},
        "xaxis": {"title": {"text": "cycles a pixel"}, "range": [0, 0.5]},
        "yaxis": {"title": {"text": "mean power"}, "range": [0, 1.05]},
        "shapes": lines,
        "margin": {"t": 52},
    }
    alt = f"Spectrum of filter {channel}: peak at {peak:.3f}, centroid at {centroid:.3f} cycles a pixel."
    return {"data": [trace], "layout": layout}, alt


def draw_filters(filters: np.ndarray) -> np.ndarray:
    """Return filters as tiles whose grey is zero, each scaled to its largest weight: (n, height, width, 3), uint8.

    filters : (n, 3, height, width), float
    """
    largest = np.maximum(np.abs(filters).max((1, 2, 3), keepdims=True), 1e-12)
    return np.round(128 + 127 * filters / largest).astype(np.uint8).transpose(0, 2, 3, 1)


def _scatter(kinds: dict[str, np.ndarray], x: np.ndarray, y: np.ndarray, chosen: int) -> list[dict]:
    """Return one trace a kind, then a ring around the chosen filter."""
    colours = {"edge": ACCENT, "colour": CATEGORIES[1], "other": CATEGORIES[3]}
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": x[channels].round(4).tolist(),
            "y": [float(f"{value:.4g}") for value in y[channels]],
            "text": [f"channel {channel}" for channel in channels],
            "name": KIND_WORDS[kind],
            "marker": {"color": colours[kind], "symbol": MARKERS[place], "size": 9},
            "hovertemplate": "%{text}: %{y:.3g} at %{x:.3f}; click to select<extra></extra>",
        }
        for place, (kind, channels) in enumerate(kinds.items())
    ]
    ring = {"color": "rgba(0,0,0,0)", "size": 17, "line": {"color": INK, "width": 2}}
    return [
        *traces,
        {
            "type": "scatter",
            "mode": "markers",
            "x": [float(x[chosen])],
            "y": [float(y[chosen])],
            "marker": ring,
            "hoverinfo": "skip",
            "showlegend": False,
        },
    ]


def _mark_ends(ends: Ends, frequency: np.ndarray) -> tuple[list[dict], list[dict]]:
    """Return lines and words at the level of the five edges at each end, and at the thesis' levels.

    The thesis' levels are brought to our scale: its low end to the height of ours.
    """
    scale = ends.low_mean / THESIS_LOW
    traces, words = [], []
    for side, ours, theirs in (("low", ends.low_mean, THESIS_LOW), ("high", ends.high_mean, THESIS_HIGH)):
        places = frequency[list(getattr(ends, side))]
        span = [float(places.min()) - 0.012, float(places.max()) + 0.012]
        levels = (
            (ours, f"ours {ours:.2f}", INK, "solid", "top"),
            (theirs * scale, f"thesis {theirs:g}", CATEGORIES[2], "dash", "bottom"),
        )
        for level, text, colour, dash, anchor in levels:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "x": span,
                    "y": [level, level],
                    "showlegend": False,
                    "line": {"color": colour, "dash": dash, "width": 3},
                    "hoverinfo": "skip",
                }
            )
            words.append(
                {
                    "x": span[1],
                    "y": float(np.log10(level)),
                    "text": text,
                    "font": {"color": colour, "size": 12},
                    "showarrow": False,
                    "xanchor": "left",
                    "yanchor": anchor,
                }
            )
    return traces, words


def _against_frequency(title: str, axis: str, log: bool = False) -> dict:
    return {
        "title": {"text": title},
        "margin": {"t": 52},
        "xaxis": {"title": {"text": FREQUENCY}, "range": [0, 0.48]},
        "yaxis": {"title": {"text": axis}, **({"type": "log", **_ticks((0.03, 0.1, 0.3, 1, 3))} if log else {})},
        "legend": {"orientation": "h", "y": -0.25},
    }


def _power(name: str, profile: np.ndarray, side: int, colour: str, dash: str) -> dict:
    """Return a curve of power against frequency, the mean level left out."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": spectra.ring_frequencies(side)[1:].round(5).tolist(),
        "y": [float(f"{value * side**2:.4g}") or None for value in profile[1:]],
        "name": name,
        "line": {"color": colour, "dash": dash, "width": 2},
    }


def _ticks(values: Sequence[float]) -> dict:
    return {"tickvals": list(values), "ticktext": [f"{value:g}" for value in values]}
