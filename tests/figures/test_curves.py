"""Curves: what is drawn, what cannot be drawn, and what is written beside them."""

import json

import numpy as np
import pytest

from nbutils.figures.curves import MOST_MARKS, MOST_POINTS, Axes, Band, Curve, Level, Mark, draw_curves, tell_marks
from nbutils.figures.palette import ERROR

LOG = Axes("epochs", "error", log=True)
PLAIN = Axes("epochs", "share")


def texts(figure):
    return [annotation["text"] for annotation in figure["layout"]["annotations"]]


def test_points_stand_where_they_were_measured():
    figure, alt = draw_curves([Curve("run", [0, 0.04, 1, 2], [253, 40.5, 10, 8])], "Error", LOG)
    assert figure["data"][0]["x"] == [0, 0.04, 1, 2]
    assert figure["data"][0]["y"] == [253, 40.5, 10, 8]
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert alt == "Error: run from 253 to 8."


def test_what_a_logarithmic_axis_cannot_hold_is_left_out_and_counted():
    figure, alt = draw_curves([Curve("run", range(5), [1, 0, -2, np.nan, 4])], "Error", LOG)
    assert figure["data"][0]["y"] == [1, None, None, None, 4]
    assert texts(figure) == ["run: 2 of 0 or less not drawn"]
    assert "2 of 0 or less" in alt
    json.dumps(figure, allow_nan=False)


@pytest.mark.parametrize(
    ("values", "ticks"), [([253, 8], "D2"), ([10, 20], "D2"), ([31, 49], None), ([1e-3, 1e3], None), ([np.nan], None)]
)
def test_a_logarithmic_axis_has_ticks_at_1_2_and_5_where_some_but_not_too_many_have_room(values, ticks):
    figure, _ = draw_curves([Curve("run", range(len(values)), values)], "Error", LOG)
    assert figure["layout"]["yaxis"].get("dtick") == ticks


def test_the_same_numbers_have_their_place_on_a_plain_axis():
    figure, _ = draw_curves([Curve("run", range(3), [1, 0, -2])], "Gap", PLAIN)
    assert figure["data"][0]["y"] == [1, 0, -2]
    assert texts(figure) == []
    assert "type" not in figure["layout"]["yaxis"]


def test_an_explosion_is_said_in_red_and_in_words():
    figure, alt = draw_curves([Curve("run", [0, 1, 2, 3], [1, 2, np.inf, np.inf])], "Error", LOG)
    assert figure["data"][0]["y"] == [1, 2, None, None]
    assert texts(figure) == ["run: infinite from 2 on"]
    assert figure["layout"]["annotations"][0]["font"]["color"] == ERROR
    assert "infinite from 2 on" in alt
    json.dumps(figure, allow_nan=False)


@pytest.mark.parametrize("y", [[], [np.nan, np.nan]])
def test_nothing_to_draw_is_said(y):
    figure, alt = draw_curves([Curve("run", range(len(y)), y)], "Error", LOG)
    assert texts(figure) == [["No point yet."], ["run: no number"]][bool(y)]
    assert alt in ("Error: no point yet.", "Error: run: no number.")


def test_a_level_is_a_line_that_the_axis_makes_room_for():
    figure, alt = draw_curves([Curve("run", [0, 3], [253, 8])], "Error", LOG, levels=[Level(39.6, "mean image")])
    line = figure["data"][1]
    assert (line["x"], line["y"]) == ([0, 3], [39.6, 39.6])
    assert figure["layout"]["annotations"][0]["y"] == pytest.approx(np.log10(39.6))
    assert "mean image: 39.6" in alt
    plain, _ = draw_curves([Curve("run", [0, 3], [1, 2])], "Share", PLAIN, levels=[Level(0.5, "half")])
    assert plain["layout"]["annotations"][0]["y"] == 0.5


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_a_level_without_a_place_is_left_out(value):
    figure, _ = draw_curves([Curve("run", [0, 3], [253, 8])], "Error", LOG, levels=[Level(value, "mean image")])
    assert len(figure["data"]) == 1
    assert texts(figure) == []
    json.dumps(figure, allow_nan=False)


def test_marks_say_what_was_changed_and_where():
    marks = [Mark(2.5, "rate .001 to .01"), Mark(1.0, "k 1 to 2"), Mark(2.5, "momentum 0 to .5")]
    figure, alt = draw_curves([Curve("run", [0, 3], [1, 2])], "Error", LOG, marks=marks)
    rules = figure["layout"]["shapes"]
    assert [rule["x0"] for rule in rules] == [1.0, 2.5] == [rule["x1"] for rule in rules]
    assert texts(figure) == ["1 k 1 to 2", "2 rate .001 to .01, momentum 0 to .5"]
    assert "changed at 1: k 1 to 2; changed at 2.5: rate .001 to .01, momentum 0 to .5" in alt


def test_marks_without_room_have_numbers_and_the_words_stand_beside():
    marks = [Mark(2, "rate .001 to .01"), Mark(2.1, "k 1 to <2>")]
    figure, _ = draw_curves([Curve("run", [0, 10], [1, 2])], "Error", LOG, marks=marks)
    assert texts(figure) == ["<b>1</b>", "<b>2</b>"]
    small, _ = draw_curves([Curve("run", [0, 10], [1, 2])], "Error", LOG, marks=marks[:1], spelled=False)
    assert texts(small) == ["<b>1</b>"]
    told = tell_marks(marks, "epoch")
    assert "<b>1</b> rate .001 to .01 (epoch 2); <b>2</b> k 1 to &lt;2&gt; (epoch 2.1)." in told
    assert tell_marks([], "epoch") == ""


@pytest.mark.parametrize(("x", "side"), [(0.2, "left"), (5, "right"), (10, "right")])
def test_the_words_of_a_mark_stay_within_the_plot(x, side):
    figure, _ = draw_curves([Curve("run", [0, 10], [1, 2])], "Error", LOG, marks=[Mark(x, "k 1 to 2")])
    assert texts(figure) == ["1 k 1 to 2"]
    assert figure["layout"]["annotations"][0]["xanchor"] == side


def test_of_many_marks_the_last_are_shown():
    marks = [Mark(place, f"change {place}") for place in range(30)]
    figure, _ = draw_curves([Curve("run", [0, 30], [1, 2])], "Error", LOG, marks=marks)
    assert len(figure["layout"]["shapes"]) == MOST_MARKS
    assert [annotation["hovertext"] for annotation in figure["layout"]["annotations"]][-1] == "change 29"


def test_a_band_is_shaded_between_its_own_values():
    figure, alt = draw_curves([Curve("W", [0, 3], [500, 800])], "Ratio", LOG, bands=[Band(100, 10_000, "in order")])
    shade = figure["layout"]["shapes"][0]
    assert (shade["y0"], shade["y1"], shade["layer"]) == (100, 10_000, "below")
    assert texts(figure) == ["in order"]
    assert "in order: 100 to 10000" in alt


def test_curves_and_runs_are_told_apart_by_more_than_colour():
    curves = [Curve("dead", [0, 1], [2, 1]), Curve("saturated", [0, 1], [3, 2], 1)]
    beside = [Curve("dead, before", [0, 1], [2, 2], beside=True)]
    figure, _ = draw_curves([*curves, *beside], "Units", LOG)
    dead, saturated, before = figure["data"]
    assert figure["layout"]["showlegend"]
    assert dead["line"]["color"] != saturated["line"]["color"]
    assert dead["marker"]["symbol"] != saturated["marker"]["symbol"]
    assert before["line"]["color"] == dead["line"]["color"]
    assert (before["line"]["dash"], before["marker"]["symbol"]) == ("dash", "circle-open")
    assert dead["line"]["dash"] == "solid"


def test_long_runs_are_thinned_and_keep_both_ends():
    x = np.arange(5_000)
    figure, _ = draw_curves([Curve("run", x, x + 1.0)], "Error", LOG)
    drawn = figure["data"][0]
    assert len(drawn["x"]) == MOST_POINTS
    assert (drawn["x"][0], drawn["x"][-1]) == (0, 4_999)
    assert len(json.dumps(figure)) < 12_000


def test_texts_cannot_carry_markup():
    figure, _ = draw_curves([Curve("<b>x", [0, 1], [1, 1])], "<i>t", LOG, marks=[Mark(0.5, "<a href=x>" + "y" * 90)])
    assert figure["data"][0]["name"] == "&lt;b&gt;x"
    assert figure["layout"]["title"]["text"] == "&lt;i&gt;t"
    assert texts(figure)[0].startswith("1 &lt;a href=x&gt;")
    assert texts(figure)[0].endswith("…")
