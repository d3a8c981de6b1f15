"""Bars in groups: a few things compared under a few conditions."""

from collections.abc import Mapping
from html import escape

from nbutils.figures.palette import CATEGORIES, INK

# Beside colours: what tells series apart in print and for the colour-blind.
HATCHES = ("", "/", "x", ".", "-", "|")


def draw_groups(groups: Mapping[str, Mapping[str, float]], y: str, percent: bool = False) -> tuple[dict, str]:
    """Return bars as a plotly figure, each with its number, and the alt text.

    groups : group -> series -> number, 0 or more; all groups have the same series
    y : what the numbers are
    percent : whether they are shares, to be written as percent
    Raises ValueError for no group, for groups of other series, and for more series than can be told apart.
    """
    series = list(next(iter(groups.values()), {}))
    if not series or any(list(group) != series for group in groups.values()):
        raise ValueError("Bars stand in groups that all have the same series, at least one.")
    if len(series) > len(HATCHES):
        raise ValueError(f"{len(HATCHES)} series can be told apart, got {len(series)}.")
    traces = [_trace(place, name, groups, percent) for place, name in enumerate(series)]
    # Above the highest bar there is room for its number.
    top = max(1.2 * max(max(group.values()) for group in groups.values()), 1e-6)
    layout = {
        "barmode": "group",
        "xaxis": {"type": "category"},
        "yaxis": {"title": {"text": escape(y)}, "range": [0, top], **({"tickformat": ".0%"} if percent else {})},
        "showlegend": len(series) > 1,
        "legend": {"orientation": "h", "yref": "container", "y": 1, "yanchor": "top", "font": {"size": 12}},
        "margin": {"l": 52, "r": 14, "t": 14, "b": 40},
    }
    said = [
        f"{group}: " + ", ".join(f"{name} {_write(value, percent)}" for name, value in values.items())
        for group, values in groups.items()
    ]
    return {"data": traces, "layout": layout}, f"{y}. {'; '.join(said)}."


def _trace(place: int, name: str, groups: Mapping[str, Mapping[str, float]], percent: bool) -> dict:
    values = [float(f"{group[name]:.5g}") for group in groups.values()]
    return {
        "type": "bar",
        "name": escape(name),
        "x": [escape(group) for group in groups],
        "y": values,
        "text": [_write(value, percent) for value in values],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {
            "color": CATEGORIES[place],
            "pattern": {"shape": HATCHES[place], "fgcolor": INK, "size": 6, "solidity": 0.15},
        },
        "hovertemplate": f"{escape(name)}<br>%{{x}}: %{{text}}<extra></extra>",
    }


def _write(value: float, percent: bool) -> str:
    if not percent:
        return f"{value:.3g}"
    return f"{value:.0%}" if value >= 0.1 or value == 0 else f"{value:.1%}"
