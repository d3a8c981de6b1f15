"""The figures and words of the study of noise."""

from collections.abc import Sequence
from html import escape

import numpy as np

from nbutils import zoo
from nbutils.deepvis.noise import PICTURE, PROBABILITIES
from nbutils.deepvis.summaries import Band, NoiseSummary
from nbutils.figures.palette import CATEGORIES, DASHES, INK, MARKERS

AXIS_OF = {
    "share": "change; 1 is as far as another photograph",
    "relative": "relative change |f(x + n) − f(x)| / |f(x)|",
}
KIND_OF = {"convolutions": "convolution", "activations": "activation"}


def choose_places(summary: NoiseSummary, places: str) -> list[int]:
    """Return which places of a summary are drawn: the two ends, what follows the last convolution, and a kind."""
    last = max((index for index, kind in enumerate(summary.kinds) if kind == "convolution"), default=0)
    kind = KIND_OF.get(places)
    return [
        index
        for index, found in enumerate(summary.kinds)
        if kind is None or found in (kind, PICTURE, PROBABILITIES) or index > last
    ]


def curves(
    summaries: Sequence[NoiseSummary], strength: float, measure: str, places: str, own: NoiseSummary | None
) -> tuple[dict, str]:
    """Return one curve with its band for each network over depth, and the alt text.

    own : one's own run, of one strength, drawn in ink
    """
    traces, told = [], []
    for summary in summaries:
        at = summary.strengths.index(strength)
        number = place_of(summary.network)
        traces += _curve(summary, getattr(summary, measure), at, places, number, summary.title)
        told.append(f"{summary.title} {_tell_ends(summary, getattr(summary, measure).median[at])}")
    if own is not None:
        name = f"your run: {own.title}, {own.strengths[0]:g} levels, {own.photographs} photographs"
        traces += _curve(own, getattr(own, measure), 0, places, None, name)
    layout = {
        "title": {"text": f"Noise of {strength:g} grey levels: medians and the middle 80% of the photographs"},
        "xaxis": {"title": {"text": "depth: from the picture (0) to the last answer (1)"}, "range": [-0.02, 1.02]},
        "yaxis": {"title": {"text": AXIS_OF[measure]}, "rangemode": "tozero"},
        "legend": {"orientation": "h", "y": -0.22},
    }
    return {"data": traces, "layout": layout}, f"{AXIS_OF[measure]} over depth: {'; '.join(told)}."


def against_strength(summaries: Sequence[NoiseSummary], what: str) -> tuple[dict, str]:
    """Return how far the probabilities move ("moved"), or how often the first guess changes ("flipped")."""
    traces, told = [], []
    for summary in summaries:
        if not len(summary.flipped):
            continue
        number = place_of(summary.network)
        values = summary.moved.median if what == "moved" else summary.flipped
        strengths = list(summary.strengths)
        if what == "moved":
            traces.append(_band(strengths, summary.moved, number, None))
        traces.append(_line(strengths, values, number, summary.title, [f"{s:g} levels" for s in strengths]))
        told.append(f"{summary.title} from {values[0]:.2f} to {values[-1]:.2f}")
    title = {"moved": "How far the probabilities move", "flipped": "How often the first guess changes"}[what]
    axis = {"moved": "total variation distance", "flipped": "share of photographs"}[what]
    layout = {
        "title": {"text": title},
        "xaxis": {
            "title": {"text": "noise, grey levels"},
            "type": "log",
            "tickvals": strengths,
            "ticktext": [f"{s:g}" for s in strengths],
        },
        "yaxis": {"title": {"text": axis}, "range": [0, 1]},
        "legend": {"orientation": "h", "y": -0.3},
    }
    return {"data": traces, "layout": layout}, f"{title} with the strength of noise: {'; '.join(told)}."


def table(summaries: Sequence[NoiseSummary], strength: float, measure: str) -> str:
    """Return the medians of a few places of each network as an HTML table."""
    rows = []
    for summary in summaries:
        at = summary.strengths.index(strength) if strength in summary.strengths else 0
        row = getattr(summary, measure).median[at]
        convolutions = [index for index, kind in enumerate(summary.kinds) if kind == "convolution"]
        ends = [
            row[0],
            row[convolutions[0]],
            row[convolutions[-1]],
            _at(summary, row, "linear"),
            _at(summary, row, PROBABILITIES),
        ]
        moved = summary.moved.median[at] if len(summary.flipped) else np.nan
        flipped = f"{summary.flipped[at]:.0%}" if len(summary.flipped) else "none"
        numbers = [f"{summary.photographs}", *map(_number, (*ends, moved)), flipped]
        cells = "".join(f"<td>{number}</td>" for number in numbers)
        rows.append(f"<tr><th scope='row'>{escape(summary.title.partition(',')[0])}</th>{cells}</tr>")
    names = (
        "network",
        "n",
        "picture",
        "first conv.",
        "last conv.",
        "scores",
        "probabilities",
        "distance",
        "new guess",
    )
    head = "".join(f"<th scope='col'>{name}</th>" for name in names)
    distance = "distance: how far the probabilities move (total variation)"
    caption = f"Medians at {strength:g} grey levels: {AXIS_OF[measure]}; {distance}"
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    held = f"<table class='dv-table'><caption>{escape(caption)}</caption>{body}</table>"
    inside = "style='overflow-x: auto; contain: inline-size' tabindex='0' role='region' aria-label='medians in numbers'"
    return f"<div {inside}>{held}</div>"


def _curve(summary: NoiseSummary, found: Band, at: int, places: str, number: int | None, name: str) -> list[dict]:
    """Return band and line of one network over depth."""
    chosen = choose_places(summary, places)
    depth = [index / (len(summary.places) - 1) for index in chosen]
    part = Band(*(getattr(found, edge)[at][chosen] for edge in ("median", "low", "high")))
    names = [summary.places[index] for index in chosen]
    return [_band(depth, part, number, name), _line(depth, part.median, number, name, names)]


def _line(x: list[float], y: np.ndarray, number: int | None, name: str, texts: list[str]) -> dict:
    colour, marker, dash = _style(number)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x,
        "y": _plain(y),
        "text": texts,
        "name": name,
        "legendgroup": name,
        "line": {"color": colour, "dash": dash, "width": 2},
        "marker": {"symbol": marker, "size": 6, "color": colour},
        "hovertemplate": f"{escape(name)}<br>%{{text}}: %{{y:.3f}}<extra></extra>",
    }


def _band(x: list[float], found: Band, number: int | None, name: str | None) -> dict:
    colour, _, _ = _style(number)
    return {
        "type": "scatter",
        "x": [*x, *reversed(x)],
        "y": [*_plain(found.high), *reversed(_plain(found.low))],
        "fill": "toself",
        "fillcolor": f"{colour}22",
        "line": {"width": 0, "color": colour},
        "mode": "lines",
        "hoverinfo": "skip",
        "showlegend": False,
        "legendgroup": name or "",
    }


def place_of(network: str) -> int:
    """Return the place of a network among those of the zoo, which gives it one colour in every figure."""
    return [entry.name for entry in zoo.entries() if entry.kind == "network"].index(network)


def _style(number: int | None) -> tuple[str, str, str]:
    """Return colour, marker and dash of a network by its place in the zoo; ink for one's own run."""
    return (INK, "circle-open", "dot") if number is None else (CATEGORIES[number], MARKERS[number], DASHES[number])


def _tell_ends(summary: NoiseSummary, row: np.ndarray) -> str:
    return f"{_number(row[0])} at the picture, {_number(row[-1])} at {summary.places[-1]}"


def _at(summary: NoiseSummary, row: np.ndarray, kind: str) -> float:
    places = [index for index, found in enumerate(summary.kinds) if found == kind]
    return float(row[places[-1]]) if places else float("nan")


def _number(value: float) -> str:
    return "none" if np.isnan(value) else f"{value:.3f}"


def _plain(values: np.ndarray) -> list:
    return [None if np.isnan(value) else round(float(value), 5) for value in values]
