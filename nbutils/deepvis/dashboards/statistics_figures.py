"""The figures and words of one channel among all: its histogram, and the channels that answer with it."""

from collections.abc import Sequence

import numpy as np

from nbutils.deepvis.statistics import ChannelStatistics
from nbutils.figures.palette import ACCENT, CATEGORIES

LESS = CATEGORIES[1]


def histogram(found: ChannelStatistics, channel: int, title: str) -> tuple[dict, str]:
    """Return a channel's histogram over all positions of all photographs, and its alt text."""
    edges, counts = found.edges[channel], found.counts[channel]
    trace = {
        "type": "bar",
        "x": ((edges[:-1] + edges[1:]) / 2).tolist(),
        "y": [int(number) or None for number in counts],
        "width": np.diff(edges).tolist(),
        "marker": {"color": ACCENT},
        "hovertemplate": "about %{x:.3g}: %{y:,} positions<extra></extra>",
    }
    layout = {
        "title": {"text": title},
        "bargap": 0,
        "xaxis": {"title": {"text": "answer at one position; the outer bars are open"}},
        "yaxis": {"title": {"text": "positions, logarithmic"}, "type": "log", "dtick": 1},
    }
    low, high = found.lowest[channel], found.highest[channel]
    reach = f"{found.positions:,} answers from {low:.3g} to {high:.3g}"
    alt = f"Histogram of {title}: {reach}, {share_above(found, channel):.1%} above zero."
    return {"data": [trace], "layout": layout}, alt


def related(correlations: np.ndarray, channels: Sequence[int], title: str) -> tuple[dict, str]:
    """Return bars of the channels most correlated with one, the first on top, and the alt text.

    correlations : (channels,), float, -1 to 1
    """
    values = [float(correlations[channel]) for channel in channels]
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": values,
        "y": [f"{channel}" for channel in channels],
        "text": [f"{value:+.2f}" for value in values],
        "textposition": "outside",
        "textfont": {"size": 11},
        "cliponaxis": False,
        "marker": {"color": [ACCENT if value > 0 else LESS for value in values]},
        "hovertemplate": "channel %{y}: %{x:+.3f}; click to select<extra></extra>",
    }
    layout = {
        "title": {"text": title},
        "xaxis": {"title": {"text": "correlation"}, "range": [-1.3, 1.3], "tickvals": [-1, -0.5, 0, 0.5, 1]},
        "yaxis": {"title": {"text": "channel"}, "type": "category", "autorange": "reversed", "dtick": 1},
    }
    if not values:
        layout["annotations"] = [{"text": "A channel that never changes is related to none.", "showarrow": False}]
    told = ", ".join(f"channel {channel} {value:+.2f}" for channel, value in zip(channels, values, strict=True))
    return {"data": [trace], "layout": layout}, f"{title}: {told or 'none'}."


def share_above(found: ChannelStatistics, channel: int) -> float:
    """Return the share of a channel's answers that were above zero."""
    return float(found.above[channel] / found.positions)


def tell_channel(found: ChannelStatistics, channel: int) -> str:
    """Return what one channel did over the photographs, as HTML."""
    if found.silent[channel]:
        return "<p>It never answered above zero on any of these photographs.</p>"
    if found.constant[channel]:
        return f"<p>It always answered with {found.highest[channel]:.3g}.</p>"
    mean, low, high = found.means[:, channel].mean(), found.lowest[channel], found.highest[channel]
    return (
        f"<p class='dv-numbers'>above zero at <b>{share_above(found, channel):.1%}</b> of the positions<br>"
        f"mean <b>{mean:.3g}</b><br>from <b>{low:.3g}</b> to <b>{high:.3g}</b></p>"
    )


def hover_names(found: ChannelStatistics, names: Sequence[str]) -> list[str]:
    """Return what the wall says of every channel when the pointer is on it, beside number and range."""
    said = []
    for channel in range(len(found.counts)):
        if found.silent[channel]:
            told = "never above zero"
        elif found.constant[channel]:
            told = "always the same"
        else:
            told = f"above zero at {share_above(found, channel):.1%}"
        said.append(f"{names[channel]}, {told}" if names else told)
    return said
