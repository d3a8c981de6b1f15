"""Histograms in rows: counts, places, titles, and numbers that are not finite."""

import json

import numpy as np
import pytest

from nbutils.figures.histograms import Histogram, draw_histograms
from nbutils.figures.palette import STALE


def made(title="W", low=-1.0, high=1.0, counts=(1, 5, 3, 1), **fields):
    return Histogram(title, np.linspace(low, high, len(counts) + 1), np.array(counts), **fields)


def test_bars_stand_at_the_middle_of_their_bins():
    figure, _ = draw_histograms([made()])
    bars = figure["data"][0]
    assert (bars["x0"], bars["dx"], bars["width"]) == (-0.75, 0.5, 0.5)
    assert bars["y"] == [1, 5, 3, 1]


def test_six_histograms_stand_in_two_rows_of_three():
    figure, _ = draw_histograms([made(str(place)) for place in range(6)])
    layout = figure["layout"]
    lefts = [layout[f"xaxis{place or ''}"]["domain"][0] for place in ("", 2, 3, 4, 5, 6)]
    floors = [layout[f"yaxis{place or ''}"]["domain"][0] for place in ("", 2, 3, 4, 5, 6)]
    assert lefts[:3] == lefts[3:] == sorted(lefts[:3])
    assert min(floors[:3]) > max(layout[f"yaxis{place}"]["domain"][1] for place in (4, 5, 6))
    assert [trace["xaxis"] for trace in figure["data"]] == ["x", "x2", "x3", "x4", "x5", "x6"]


def test_a_note_stands_beside_the_title_in_colour_and_in_words():
    figure, alt = draw_histograms([made("W", line="mm = 0.01", note="too high", colour=STALE)])
    text = figure["layout"]["annotations"][0]["text"]
    assert text == f"<b>W</b> <span style='color: {STALE}'>too high</span><br>mm = 0.01"
    assert alt == "W, mm = 0.01, too high: from -1 to 1."


def test_a_thin_tail_is_seen_where_counts_are_logarithmic():
    figure, _ = draw_histograms([made(counts=(100_000, 0, 1))], log=True)
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert figure["data"][0]["y"] == [100_000, None, 1]


@pytest.mark.parametrize(
    ("edges", "counts"), [([np.nan, 0, 1], [1, 2]), ([-np.inf, 0, 1], [1, 2]), ([0, 0.5, 1], [0, 0])]
)
def test_where_no_finite_number_was_counted_it_is_said(edges, counts):
    figure, alt = draw_histograms([Histogram("W", np.array(edges), np.array(counts))])
    assert figure["data"][0]["y"] == []
    assert figure["layout"]["annotations"][1]["text"] == "no finite number"
    assert alt == "W: no finite number."
    json.dumps(figure, allow_nan=False)


def test_equal_numbers_have_a_bar_of_some_width():
    figure, _ = draw_histograms([Histogram("hBias", np.zeros(3), np.array([400, 0]))])
    assert figure["data"][0]["width"] > 0


def test_six_histograms_are_small_to_send():
    rng = np.random.default_rng(0)
    found = [made(str(place), counts=rng.integers(0, 99_999, 60)) for place in range(6)]
    assert len(json.dumps(draw_histograms(found)[0])) < 8_000


def test_edges_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="4 counts and 4 edges"):
        draw_histograms([Histogram("W", np.arange(4.0), np.arange(4))])


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (-1, 1, ["-1", "0", "1"]),
        (0.4712, 0.5, ["0.47", "0.5"]),
        (-0.01, 9e-5, ["-0.01", "9e-5"]),
        (0.2701, 0.2714, ["0.27", "0.271"]),
    ],
)
def test_ticks_stand_at_both_ends_and_at_zero_where_it_has_room(low, high, told):
    figure, _ = draw_histograms([made(low=low, high=high)])
    assert figure["layout"]["xaxis"]["ticktext"] == told
    assert figure["layout"]["xaxis"]["range"] == [low, high]
