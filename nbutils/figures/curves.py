"""Curves over time: with levels to compare with, bands to stay in, and marks where something was changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import ceil, floor, isfinite, log10

import numpy as np

from nbutils.figures.palette import ACCENT, CATEGORIES, DASHES, ERROR, INK, MARKERS, MUTED

MOST_POINTS = 400
MOST_MARKS = 8
MOST_MARKERS = 24  # on one curve; with more they hide the line
LONGEST_MARK = 44
ROOM = 0.05  # of the axis, for words that stand upright
SHADE = f"{ACCENT}1c"
_FEWEST_TICKS, _MOST_TICKS = 2, 10


@dataclass(frozen=True)
class Curve:
    """A name with its points; curves of the same slot have the same colour and marker in every figure.

    x, y : (n,), float; y may hold numbers that are not finite
    beside : whether it is drawn to be compared with: thin and dashed, with open markers
    listed : whether the legend names it
    colour, marker : of its own, in place of those of the slot
    """

    name: str
    x: Sequence[float] | np.ndarray
    y: Sequence[float] | np.ndarray
    slot: int = 0
    beside: bool = False
    listed: bool = True
    colour: str = ""
    marker: str = ""


@dataclass(frozen=True)
class Mark:
    """A place on the x axis where something was changed, and what."""

    x: float
    text: str


@dataclass(frozen=True)
class Level:
    """A horizontal line to compare with; its text stands above it, or below."""

    y: float
    text: str
    below: bool = False


@dataclass(frozen=True)
class Band:
    """A range of y in which a curve should stay."""

    low: float
    high: float
    text: str


@dataclass(frozen=True)
class Axes:
    """What stands at the axes; y_range fixes the ends of a linear y axis."""

    x: str
    y: str
    log: bool = False
    y_range: tuple[float, float] | None = None


def draw_curves(
    curves: Sequence[Curve],
    title: str,
    axes: Axes,
    *,
    marks: Sequence[Mark] = (),
    levels: Sequence[Level] = (),
    bands: Sequence[Band] = (),
    spelled: bool = True,
) -> tuple[dict, str]:
    """Return curves as a plotly figure, and the alt text.

    On a logarithmic axis what is 0 or less has no place: it is left out, and the figure says how many. What is not
    finite is left out everywhere, and the figure says from where on. Marks have the numbers of `tell_marks`, and their
    words where these are wanted (spelled) and have room.
    """
    points = [_points(curve, axes.log) for curve in curves]
    traces = [_trace(curve, x, y) for curve, (x, y) in zip(curves, points, strict=True)]
    reach = _reach(points)
    lines = _possible(levels, axes.log)
    traces += [_level(level, reach, place) for place, level in enumerate(lines)]
    remarks = _remark(curves, axes.log)
    shown, several = merge_marks(marks), sum(curve.listed for curve in curves) > 1
    spelled = spelled and _have_room(shown, reach)
    layout = {
        "title": {"text": escape(title)},
        "xaxis": {"title": {"text": escape(axes.x)}},
        "yaxis": _y_axis(axes, [value for _, y in points for value in y if value is not None]),
        "showlegend": several,
        "legend": {"orientation": "h", "yref": "container", "y": 1, "yanchor": "top", "font": {"size": 12}},
        "shapes": [*(_shade(band) for band in bands), *(_rule(mark) for mark in shown)],
        "annotations": [
            *(_say_level(level, axes.log) for level in lines),
            *(_say_band(band, axes.log) for band in bands),
            *(_say_mark(number, mark, spelled, _is_first(mark, reach)) for number, mark in enumerate(shown, 1)),
            *_say_remarks(remarks if any(len(curve.x) for curve in curves) else ["No point yet."]),
        ],
        "margin": {"l": 52, "r": 14, "t": 36 if title else 14, "b": 40},
    }
    return {"data": traces, "layout": layout}, _describe(curves, title, marks, levels, bands, remarks)


def _points(curve: Curve, log: bool) -> tuple[list[float], list[float | None]]:
    """Return at most MOST_POINTS of the points, first and last among them; None where there is nothing to draw."""
    x, y = np.asarray(curve.x, float), np.asarray(curve.y, float)
    kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_POINTS)).round().astype(int)) if len(x) else []
    drawn = np.isfinite(y) & ((y > 0) | (not log))
    return (
        [float(f"{value:.6g}") for value in x[kept]],
        [float(f"{value:.5g}") if there else None for value, there in zip(y[kept], drawn[kept], strict=True)],
    )


def _trace(curve: Curve, x: list[float], y: list[float | None]) -> dict:
    place = curve.slot % len(CATEGORIES)
    colour, name = curve.colour or CATEGORIES[place], escape(curve.name)
    marker = curve.marker or MARKERS[place]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "showlegend": curve.listed,
        "x": x,
        "y": y,
        "line": {"color": colour, "dash": "dash" if curve.beside else "solid", "width": 1.5 if curve.beside else 2},
        "marker": {
            "symbol": f"{marker.removesuffix('-open')}-open" if curve.beside else marker,
            "size": 6,
            "color": colour,
            "maxdisplayed": MOST_MARKERS,
        },
        "hovertemplate": f"{name}<br>%{{x:.4g}}: %{{y:.4g}}<extra></extra>",
    }


def _reach(points: Sequence[tuple[list[float], list[float | None]]]) -> tuple[float, float]:
    places = [value for x, _ in points for value in x]
    return (min(places), max(places)) if places else (0.0, 1.0)


def _possible(levels: Sequence[Level], log: bool) -> list[Level]:
    return [level for level in levels if isfinite(level.y) and (level.y > 0 or not log)]


def _level(level: Level, reach: tuple[float, float], place: int) -> dict:
    """Return the line as a trace, so that the axis makes room for it."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(reach),
        "y": [level.y, level.y],
        "line": {"color": INK, "width": 1, "dash": DASHES[1 + place % 3]},
        "showlegend": False,
        "hovertemplate": f"{escape(level.text)}: %{{y:.4g}}<extra></extra>",
    }


def _y_axis(axes: Axes, values: Sequence[float]) -> dict:
    axis = {"title": {"text": escape(axes.y)}}
    if axes.log:
        # By itself plotly writes 60, 70, 80 and 90, too, which run over each other.
        ticks = {"dtick": "D2"} if _FEWEST_TICKS <= _count_ticks(values) <= _MOST_TICKS else {}
        return axis | {"type": "log", "tickformat": "~g"} | ticks
    return axis | ({"range": list(axes.y_range)} if axes.y_range else {})


def _count_ticks(values: Sequence[float]) -> int:
    """Return how many numbers of 1, 2 and 5 times a power of ten lie between the smallest and the largest value."""
    if not values:
        return 0
    low, high = min(values), max(values)
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    return sum(low <= digit * 10.0**power <= high for power in powers for digit in (1, 2, 5))


def _height(y: float, log: bool) -> float:
    """Return where an annotation stands: on a logarithmic axis plotly counts in powers of ten."""
    return log10(y) if log else y


def _say_level(level: Level, log: bool) -> dict:
    return {
        "text": escape(level.text),
        "x": 1,
        "xref": "paper",
        "xanchor": "right",
        "y": _height(level.y, log),
        "yanchor": "top" if level.below else "bottom",
        "showarrow": False,
        "font": {"size": 12, "color": INK},
    }


def _shade(band: Band) -> dict:
    """Return the shaded ground of a band; shapes take the values themselves on a logarithmic axis, too."""
    return {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": band.low,
        "y1": band.high,
        "fillcolor": SHADE,
        "line": {"width": 0},
        "layer": "below",
    }


def _say_band(band: Band, log: bool) -> dict:
    return {
        "text": escape(band.text),
        "x": 1,
        "xref": "paper",
        "xanchor": "right",
        "y": _height(band.low, log),
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12, "color": ACCENT},
    }


def merge_marks(marks: Sequence[Mark]) -> list[Mark]:
    """Return the last MOST_MARKS marks in order, those at one place as one."""
    texts: dict[float, list[str]] = {}
    for mark in sorted(marks, key=lambda mark: mark.x):
        texts.setdefault(mark.x, []).append(mark.text)
    return [Mark(x, ", ".join(said)) for x, said in texts.items()][-MOST_MARKS:]


def tell_marks(marks: Sequence[Mark], axis: str) -> str:
    """Return what the numbers of the marks in a figure stand for, as HTML; an empty text without marks.

    axis : what x counts, in the singular
    """
    said = [
        f"<b>{number}</b> {escape(mark.text)} ({escape(axis)} {mark.x:.3g})"
        for number, mark in enumerate(merge_marks(marks), 1)
    ]
    return f"<p class='dv-quiet'>Marks: {'; '.join(said)}.</p>" if said else ""


def _have_room(marks: Sequence[Mark], reach: tuple[float, float]) -> bool:
    """Return whether words that stand upright beside their lines would not run over each other."""
    room = ROOM * (reach[1] - reach[0])
    ends = [(mark.x, mark.x + room) if _is_first(mark, reach) else (mark.x - room, mark.x) for mark in marks]
    return all(before[1] <= after[0] for before, after in pairwise(ends))


def _is_first(mark: Mark, reach: tuple[float, float]) -> bool:
    """Return whether a mark is so near to the beginning that its words stand at its right."""
    return mark.x - reach[0] < ROOM * (reach[1] - reach[0])


def _rule(mark: Mark) -> dict:
    return {
        "type": "line",
        "x0": mark.x,
        "x1": mark.x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": {"color": MUTED, "width": 1, "dash": "dot"},
    }


def _say_mark(number: int, mark: Mark, spelled: bool, first: bool) -> dict:
    said = f"{number} {mark.text}"
    words = said if len(said) <= LONGEST_MARK else f"{said[: LONGEST_MARK - 1]}…"
    return {
        "text": escape(words) if spelled else f"<b>{number}</b>",
        "hovertext": escape(mark.text),
        "x": mark.x,
        "xanchor": "left" if first else "right",
        "y": 1,
        "yref": "paper",
        "yanchor": "top",
        "textangle": -90 if spelled else 0,
        "showarrow": False,
        "font": {"size": 11, "color": MUTED},
    }


def _remark(curves: Sequence[Curve], log: bool) -> list[str]:
    """Return what could not be drawn, in words."""
    said = []
    for curve in curves:
        x, y = np.asarray(curve.x, float), np.asarray(curve.y, float)
        infinite = np.flatnonzero(np.isinf(y))
        if len(infinite):
            said.append(f"{curve.name}: infinite from {x[infinite[0]]:.3g} on")
        below = int((np.isfinite(y) & (y <= 0)).sum()) if log else 0
        if below:
            said.append(f"{curve.name}: {below} of 0 or less not drawn")
        if len(y) and np.isnan(y).all():
            said.append(f"{curve.name}: no number")
    return said


def _say_remarks(remarks: Sequence[str]) -> list[dict]:
    if not remarks:
        return []
    return [
        {
            "text": "<br>".join(escape(remark) for remark in remarks),
            "x": 0.5,
            "xref": "paper",
            "y": 0.5,
            "yref": "paper",
            "showarrow": False,
            "font": {"size": 13, "color": ERROR if any("infinite" in remark for remark in remarks) else MUTED},
            "bgcolor": "#ffffffd0",
        }
    ]


def _describe(
    curves: Sequence[Curve],
    title: str,
    marks: Sequence[Mark],
    levels: Sequence[Level],
    bands: Sequence[Band],
    remarks: Sequence[str],
) -> str:
    said = []
    for curve in curves:
        y = np.asarray(curve.y, float)
        there = y[np.isfinite(y)]
        if len(there):
            said.append(f"{curve.name} from {there[0]:.3g} to {there[-1]:.3g}")
    said += [f"{level.text}: {level.y:.3g}" for level in levels if isfinite(level.y)]
    said += [f"{band.text}: {band.low:g} to {band.high:g}" for band in bands]
    said += [f"changed at {mark.x:.3g}: {mark.text}" for mark in merge_marks(marks)]
    return f"{title}: {'; '.join([*said, *remarks]) or 'no point yet'}."
