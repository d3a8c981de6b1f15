"""The words and numbers of the study of frequencies, as HTML."""

from collections.abc import Sequence
from html import escape

import numpy as np

from nbutils.deepvis.frequencies import FirstLayer
from nbutils.deepvis.frequency_summaries import (
    ENDS,
    THESIS_HIGH,
    THESIS_LOW,
    THESIS_RATIO,
    EdgeRule,
    Findings,
    compare_ends,
    sort_edges,
)

RIGHT = "style='text-align: right'"
COLUMNS = ("mean answers", "five lowest", "five highest", "factor")
VARIANTS_EXPLAINED = (
    "<p class='dv-quiet'>Power: “gradient” goes through the weights as they were trained; “equal filters” and “equal "
    "onward” through weights of which all filters, or all that lead on from a filter to conv2, have one length.</p>"
)
EDGES_EXPLAINED = "<p class='dv-quiet'>Coherence is 1 for a grating, 0 for a round spot.</p>"
KIND_WORDS = {"edge": "edges", "colour": "colours", "other": "neither"}


def table(rows: Sequence[tuple[str, FirstLayer, Findings]], rule: EdgeRule) -> str:
    """Return the means of the five edges at each end beside the thesis' as an HTML table.

    rows : name, first layer and findings of each measurement
    """
    lines = [("thesis: four networks, ImageNet", f"{THESIS_LOW:g}", f"{THESIS_HIGH:g}", f"{THESIS_RATIO:g}")]
    for name, first, found in rows:
        edges = sort_edges(first.shapes, rule)
        if len(edges) < 2 * ENDS:
            lines.append((name, "too few edges", "-", "-"))
            continue
        for words, values in ((name, found.means), ("... for filters of one length", found.means / first.shapes.norm)):
            ends = compare_ends(edges, values)
            lines.append((words, f"{ends.low_mean:.3f}", f"{ends.high_mean:.3f}", f"{ends.ratio:.1f}"))
    caption = "Edge filters of lowest and of highest frequency; the scales of two networks differ, compare the factors"
    return _draw_table(caption, COLUMNS, lines)


def shapes_table(found: Findings) -> str:
    """Return how alike the channels of each layer are as an HTML table."""
    lines = [
        (
            shapes.layer,
            f"{shapes.middle:.1f}",
            f"{shapes.by_unusual:.0%}",
            f"{np.nanmedian(shapes.unscaled):.3f}",
            f"{np.nanmedian(shapes.scaled):.3f}",
        )
        for shapes in found.layers
    ]
    caption = (
        "How alike channels are: the 90th percentile of their means over the 10th; what the most unusual 5% have of "
        "the variance; distance of a channel's answers above zero from its layer's, median"
    )
    return _draw_table(caption, ("layer", "90th / 10th", "unusual 5%", "as they are", "divided by mean"), lines)


def _draw_table(caption: str, columns: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return an HTML table whose first column names the rows; every text is escaped."""
    head = "".join(f"<th scope='col' {RIGHT if at else ''}>{escape(word)}</th>" for at, word in enumerate(columns))
    body = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>{''.join(f'<td {RIGHT}>{escape(cell)}</td>' for cell in cells)}</tr>"
        for name, *cells in lines
    )
    inner = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    inside = (
        f"style='overflow-x: auto; contain: inline-size' tabindex='0' role='region' aria-label='{escape(columns[0])}'"
    )
    return f"<div {inside}><table class='dv-table'>{inner}</table></div>"


def tell_filter(first: FirstLayer, found: Findings, kind: str, channel: int) -> str:
    """Return the numbers of one filter as HTML."""
    shapes = first.shapes
    noun = {"edge": "an edge", "colour": "a colour", "other": "neither edge nor colour"}[kind]
    numbers = (
        ("peak", shapes.peak[channel], " cycles a pixel"),
        ("centroid", shapes.centroid[channel], " cycles a pixel"),
        ("colour", shapes.colour[channel], " of its energy"),
        ("coherence", shapes.coherence[channel], ""),
        ("length", shapes.norm[channel], ""),
        ("bias", first.bias[channel], ""),
        ("mean answer", found.means[channel], ""),
        ("weights to conv2", first.onward[channel], ""),
    )
    told = "<br>".join(f"{name} <b>{value:.3g}</b>{unit}" for name, value, unit in numbers)
    return f"<p class='dv-numbers'>counts as <b>{noun}</b><br>{told}</p>"


def tell_choice(first: FirstLayer, found: Findings, rule: EdgeRule, channel: int) -> str:
    """Return the line under the wall, as HTML: how it is sorted, and the chosen filter in short."""
    frequency = getattr(first.shapes, rule.measure)[channel]
    return (
        "<p class='dv-quiet'>All 64 filters, lowest frequency first. Dashed: the five edges at either end.<br>"
        f"<b>Filter {channel}</b>: {frequency:.3f} cycles a pixel, mean answer {found.means[channel]:.2f}, "
        f"length of its weights to conv2 {first.onward[channel]:.2f}</p>"
    )


def hover_names(first: FirstLayer, order: np.ndarray, kinds: dict[str, np.ndarray], measure: str) -> list[str]:
    """Return what the wall says of each tile: channel, frequency and kind."""
    kind_of = {int(channel): KIND_WORDS[kind] for kind, channels in kinds.items() for channel in channels}
    frequency = getattr(first.shapes, measure)
    return [f"channel {channel}, {frequency[channel]:.3f} cycles a pixel, {kind_of[int(channel)]}" for channel in order]
