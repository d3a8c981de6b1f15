"""Single measurements as dots, lines through their means, and bands around these: groups measured at several places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from math import isfinite, log10

from nbutils.figures.palette import ACCENT, INK, MUTED

BAND_SHADE = "26"  # in hex after a colour: faint enough for five bands over each other
SELECTED_SIZE = 18
ROOM = 0.06  # of the range of values, above and below them
LEAST_RANGE = 0.02  # of the axis, so that noise does not fill it
BESIDE = 8  # pixels of a letter at the right of the plot
FOOT = 0.03  # of the axis: how high triangles stand
MARK_HALF = 0.42  # of the way to the next place


@dataclass(frozen=True)
class Dots:
    """A group of measurements.

    x, y : (n,), float: the dots; keys : (n,), what a click on each brings; notes : (n,), what resting on each tells
    mean_x, mean : (m,), float: the line through the means
    low, high : (m,), float: the band around them, NaN where there is none; empty where there are no bands at all
    """

    name: str
    colour: str
    marker: str = "circle"
    dash: str = "solid"
    x: Sequence[float] = ()
    y: Sequence[float] = ()
    keys: Sequence[str] = ()
    notes: Sequence[str] = ()
    mean_x: Sequence[float] = ()
    mean: Sequence[float] = ()
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    size: int = 8


@dataclass(frozen=True)
class Ruler:
    """A horizontal line to compare with; its words stand above it, at the right or at the left.

    beside : whether they stand at the right of the plot, where nothing can lie under them
    """

    y: float
    text: str
    colour: str = INK
    dash: str = "dot"
    left: bool = False
    beside: bool = False


@dataclass(frozen=True)
class Frame:
    """What stands around the dots.

    title : above them, none where it is empty
    ticks : place -> what stands there; none leaves that to the axis
    legend : where the names of the groups stand: "left", the lower left corner, "right", the upper right one, or
        "above"; "" for nowhere
    marked : places that are shaded; markable : places at whose foot a triangle can be clicked, with the key "mark X"
    """

    x: str
    y: str
    ticks: Mapping[float, str] = field(default_factory=dict)
    logarithmic_x: bool = False
    logarithmic_y: bool = False
    legend: str = ""
    rulers: Sequence[Ruler] = ()
    marked: Sequence[int] = ()
    markable: Sequence[int] = ()
    selected: tuple[float, float] | None = None
    remark: str = ""
    title: str = ""


@dataclass(frozen=True)
class Drawn:
    """A plotly figure with its alt text.

    keys : trace -> the key of each of its points
    """

    figure: dict
    alt: str
    keys: Mapping[int, tuple[str, ...]]

    def key_at(self, trace: int, point: object) -> str:
        """Return what was clicked or rested on; "" for what is no dot."""
        keys = self.keys.get(trace, ())
        return keys[point] if isinstance(point, int) and 0 <= point < len(keys) else ""


def draw_dots(groups: Sequence[Dots], frame: Frame) -> Drawn:
    """Return the groups over each other: all bands lie under all lines, and these under all dots."""
    low, high = find_range(groups, frame)
    traces = [trace for group in groups for trace in _bands(group)]
    traces += [_line(group) for group in groups if len(group.mean)]
    keys: dict[int, tuple[str, ...]] = {}
    for group in groups:
        if len(group.x):
            keys[len(traces)] = tuple(group.keys)
            traces.append(_dots(group, listed=not len(group.mean)))
    if frame.selected is not None:
        traces.append(_ring(*frame.selected))
    if frame.markable:
        keys[len(traces)] = tuple(f"mark {place}" for place in frame.markable)
        traces.append(_triangles(frame, low, high))
    layout = {
        "title": {"text": escape(frame.title)},
        "xaxis": _x_axis(groups, frame),
        "yaxis": {"title": {"text": escape(frame.y)}, **_y_range(low, high, frame.logarithmic_y)},
        "showlegend": bool(frame.legend),
        "legend": _legend(frame.legend),
        "shapes": [*(_shade(place) for place in frame.marked), *(_rule(ruler) for ruler in frame.rulers)],
        "annotations": [*(_say(ruler, frame.logarithmic_y) for ruler in frame.rulers), *_say_remark(frame.remark)],
        "margin": {"l": 56, "r": _find_margin(frame.rulers), "t": 44 if frame.title else 14, "b": 44},
        "hoverdistance": 12,
    }
    return Drawn({"data": traces, "layout": layout}, _describe(groups, frame), keys)


def find_range(groups: Sequence[Dots], frame: Frame) -> tuple[float, float]:
    """Return the ends of the y axis: all dots, means and rulers with a little room; bands may leave it."""
    values = [y for group in groups for y in (*group.y, *group.mean)] + [ruler.y for ruler in frame.rulers]
    values = [y for y in values if isfinite(y) and (y > 0 or not frame.logarithmic_y)]
    if not values:
        return (0.1, 1.0) if frame.logarithmic_y else (0.0, 1.0)
    low, high = min(values), max(values)
    if frame.logarithmic_y:
        return low / 1.3, high * 1.3
    room = ROOM * (high - low) + max(0.0, LEAST_RANGE - (high - low)) / 2
    # The triangles stand at the foot.
    return low - room * (2.6 if frame.markable else 1), high + room


def _bands(group: Dots) -> list[dict]:
    """Return the band as areas, one for each stretch of places that have one."""
    stretches: list[list[tuple[float, float, float]]] = [[]]
    for x, low, high in zip(group.mean_x, group.low, group.high, strict=False):
        if isfinite(low) and isfinite(high):
            stretches[-1].append((x, low, high))
        elif stretches[-1]:
            stretches.append([])
    return [_band(group, stretch) for stretch in stretches if stretch]


def _band(group: Dots, stretch: list[tuple[float, float, float]]) -> dict:
    if len(stretch) == 1:
        ((x, low, high),) = stretch
        stretch = [(x - 0.12, low, high), (x + 0.12, low, high)]
    there = [(x, high) for x, _, high in stretch] + [(x, low) for x, low, _ in reversed(stretch)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for x, _ in there],
        "y": [_round(y) for _, y in there],
        "fill": "toself",
        "fillcolor": group.colour + BAND_SHADE,
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _line(group: Dots) -> dict:
    return {
        "type": "scatter",
        "mode": "lines" if len(group.mean) > 1 and len(group.x) else "lines+markers",
        "name": escape(group.name),
        "x": list(group.mean_x),
        "y": [_round(y) for y in group.mean],
        "line": {"color": group.colour, "dash": group.dash, "width": 2},
        "marker": {"symbol": group.marker, "color": group.colour, "size": group.size},
        "hoverinfo": "skip" if len(group.x) else "all",
        "hovertemplate": None if len(group.x) else f"{escape(group.name)}, mean<br>%{{x}}: %{{y:.4f}}<extra></extra>",
    }


def _dots(group: Dots, listed: bool) -> dict:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": escape(group.name),
        "showlegend": listed,
        "x": list(group.x),
        "y": [_round(y) for y in group.y],
        "text": [escape(note) for note in group.notes],
        "marker": {
            "symbol": group.marker,
            "color": group.colour,
            "size": group.size,
            "line": {"color": "#ffffff" if "open" not in group.marker else group.colour, "width": 1.2},
        },
        "hovertemplate": "%{text}<br>%{y:.4f}<extra></extra>" if group.notes else "%{x}: %{y:.4f}<extra></extra>",
    }


def _ring(x: float, y: float) -> dict:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x],
        "y": [_round(y)],
        "marker": {"symbol": "circle-open", "size": SELECTED_SIZE, "color": ACCENT, "line": {"width": 3}},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _triangles(frame: Frame, low: float, high: float) -> dict:
    marked = set(frame.marked)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(frame.markable),
        "y": [low + FOOT * (high - low)] * len(frame.markable),
        "marker": {
            "symbol": ["triangle-up" if place in marked else "triangle-up-open" for place in frame.markable],
            "size": 15,
            "color": ACCENT,
            "line": {"width": 1.5},
        },
        "text": ["marked" if place in marked else "mark here" for place in frame.markable],
        "hovertemplate": "n = %{x}: %{text}<extra></extra>",
        "showlegend": False,
    }


def _x_axis(groups: Sequence[Dots], frame: Frame) -> dict:
    axis: dict = {"title": {"text": escape(frame.x)}, "separatethousands": True, "tickangle": 0}
    if frame.logarithmic_x:
        axis["type"] = "log"
    if frame.ticks:
        axis |= {
            "tickmode": "array",
            "tickvals": list(frame.ticks),
            "ticktext": list(map(escape, frame.ticks.values())),
        }
        if not frame.logarithmic_x:
            axis["range"] = [min(frame.ticks) - 0.5, max(frame.ticks) + 0.5]
    return axis


def _y_range(low: float, high: float, logarithmic: bool) -> dict:
    if not logarithmic:
        return {"range": [low, high]}
    return {"type": "log", "range": [log10(low), log10(high)], "tickformat": "~g", "dtick": 1}


def _legend(place: str) -> dict:
    """Return where the names stand; many would take the height of the plot if they stood above it."""
    if place == "above":
        return {"orientation": "h", "x": 1, "xanchor": "right", "y": 1, "yanchor": "bottom", "font": {"size": 12}}
    right, left = {"x": 1, "xanchor": "right", "y": 1, "yanchor": "top"}, {"x": 0, "y": 0, "yanchor": "bottom"}
    return (right if place == "right" else left) | {"font": {"size": 12}, "bgcolor": "#ffffffc8"}


def _shade(place: int) -> dict:
    return {
        "type": "rect",
        "x0": place - MARK_HALF,
        "x1": place + MARK_HALF,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "fillcolor": f"{ACCENT}20",
        "line": {"width": 0},
        "layer": "below",
    }


def _rule(ruler: Ruler) -> dict:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": ruler.y,
        "y1": ruler.y,
        "line": {"color": ruler.colour, "width": 1.2, "dash": ruler.dash},
        "layer": "below",
    }


def _find_margin(rulers: Sequence[Ruler]) -> int:
    """Return how many pixels are left at the right, for words beside the plot."""
    return 14 + max((BESIDE * len(ruler.text) for ruler in rulers if ruler.beside), default=0)


def _say(ruler: Ruler, logarithmic: bool) -> dict:
    place = {"x": 1, "xanchor": "right", "yanchor": "bottom"}
    if ruler.beside:
        place = {"x": 1, "xanchor": "left", "yanchor": "middle", "xshift": 4}
    elif ruler.left:
        place |= {"x": 0, "xanchor": "left"}
    return {
        "text": escape(ruler.text),
        "xref": "paper",
        **place,
        "y": log10(ruler.y) if logarithmic else ruler.y,
        "showarrow": False,
        "font": {"size": 12, "color": ruler.colour},
    }


def _say_remark(remark: str) -> list[dict]:
    if not remark:
        return []
    place = {"x": 0.5, "xref": "paper", "y": 0.5, "yref": "paper", "showarrow": False}
    return [{"text": escape(remark), **place, "font": {"size": 13, "color": MUTED}, "bgcolor": "#ffffffd0"}]


def _describe(groups: Sequence[Dots], frame: Frame) -> str:
    said = []
    for group in groups:
        means = [f"{place:g}: {mean:.3f}" for place, mean in zip(group.mean_x, group.mean, strict=True)]
        dots = [f"{place:g}: {y:.3f}" for place, y in zip(group.x, group.y, strict=True)]
        count = f", {len(group.x)} measured" if group.x else ""
        said.append(f"{group.name}{count}: {', '.join(means or dots[:12])}")
    said += [f"{ruler.text}: {ruler.y:.3f}" for ruler in frame.rulers]
    if frame.marked:
        said.append(f"marked at {', '.join(map(str, frame.marked))}")
    title = f"{frame.title}: " if frame.title else ""
    return f"{title}{frame.y} by {frame.x}. {'; '.join(said) or frame.remark or 'Nothing measured yet'}."


def _round(value: float) -> float | None:
    return float(f"{value:.5g}") if isfinite(value) else None
