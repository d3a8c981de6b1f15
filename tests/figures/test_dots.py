"""Dots, the lines through their means, the bands around these, and what a click on each of them brings."""

import math

import pytest

from nbutils.figures.dots import Dots, Frame, Ruler, draw_dots, find_range
from nbutils.widgets.board import encode_figure

NAN = math.nan
FIRST = Dots(
    "first",
    "#112233",
    x=(0.9, 1.1, 2.0),
    y=(0.5, 0.7, 0.8),
    keys=("a", "b", "c"),
    notes=("run a", "run <b>", "run c"),
    mean_x=(0, 1, 2, 3),
    mean=(0.4, 0.6, 0.8, 0.9),
    low=(NAN, 0.5, 0.7, NAN),
    high=(NAN, 0.7, 0.9, NAN),
)
SECOND = Dots(
    "second", "#445566", "diamond", x=(1,), y=(0.3,), keys=("d",), mean_x=(1,), mean=(0.3,), low=(NAN,), high=(NAN,)
)
FRAME = Frame("n", "share", ticks={0: "base", 1: "1", 2: "2", 3: "3"})


def traces(drawn, **wanted):
    return [trace for trace in drawn.figure["data"] if all(trace.get(name) == value for name, value in wanted.items())]


def test_every_dot_brings_its_key():
    drawn = draw_dots([FIRST, SECOND], FRAME)
    found = {}
    for place, trace in enumerate(drawn.figure["data"]):
        for point, (x, y) in enumerate(zip(trace["x"], trace["y"], strict=True)):
            if key := drawn.key_at(place, point):
                found[key] = (x, y)
    assert found == {"a": (0.9, 0.5), "b": (1.1, 0.7), "c": (2.0, 0.8), "d": (1, 0.3)}


@pytest.mark.parametrize(("trace", "point"), [(0, 0), (99, 0), (-1, 0), (3, 99), (3, -1), (3, None), (3, [0, 1])])
def test_what_is_no_dot_brings_nothing(trace, point):
    assert draw_dots([FIRST, SECOND], FRAME).key_at(trace, point) == ""


def test_a_band_stands_only_where_there_are_several():
    (band,) = traces(draw_dots([FIRST, SECOND], FRAME), fill="toself")
    assert (band["x"], band["y"]) == ([1, 2, 2, 1], [0.7, 0.9, 0.7, 0.5])
    assert band["fillcolor"].startswith("#112233")


def test_bands_lie_under_lines_and_lines_under_dots():
    kinds = [
        "band" if trace.get("fill") else trace["mode"] for trace in draw_dots([FIRST, SECOND], FRAME).figure["data"]
    ]
    assert kinds == ["band", "lines", "lines+markers", "markers", "markers"]


def test_the_axis_follows_dots_means_and_rulers_but_not_bands():
    wide = Dots("wide", "#000000", x=(1,), y=(0.5,), keys=("",), mean_x=(1,), mean=(0.5,), low=(-9.0,), high=(9.0,))
    low, high = find_range([wide, FIRST], Frame("n", "share", rulers=[Ruler(0.2, "chance")]))
    assert 0.1 < low < 0.2
    assert 0.9 < high < 1.0


def test_one_value_does_not_fill_the_axis_with_noise():
    same = Dots("same", "#000000", x=(1, 1), y=(0.5, 0.50001), keys=("", ""))
    low, high = find_range([same], FRAME)
    assert high - low > 0.015


def test_on_a_logarithmic_axis_the_ends_are_powers_of_ten():
    frame = Frame("n", "share", logarithmic_x=True, logarithmic_y=True, rulers=[Ruler(0.01, "chance")])
    layout = draw_dots([FIRST], frame).figure["layout"]
    assert layout["yaxis"]["range"] == pytest.approx([math.log10(0.01 / 1.3), math.log10(0.9 * 1.3)])
    assert layout["annotations"][0]["y"] == -2


def test_marks_are_shaded_and_can_be_clicked():
    drawn = draw_dots([FIRST], Frame("n", "share", marked=[2], markable=range(1, 4)))
    (shade,) = [shape for shape in drawn.figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert shade["x0"] < 2 < shade["x1"]
    place = len(drawn.figure["data"]) - 1
    assert [drawn.key_at(place, point) for point in range(3)] == ["mark 1", "mark 2", "mark 3"]
    assert "marked at 2" in drawn.alt


def test_the_selected_dot_has_a_ring():
    (ring,) = traces(draw_dots([FIRST], Frame("n", "share", selected=(1.1, 0.7))), mode="markers", x=[1.1])
    assert (ring["y"], ring["marker"]["symbol"]) == ([0.7], "circle-open")


def test_texts_are_escaped_and_the_alternative_tells_the_numbers():
    drawn = draw_dots([FIRST], Frame("n", "share", rulers=[Ruler(0.1, "<chance>")], title="<i>Title"))
    text = encode_figure("dots", drawn.figure)
    assert "<b>" not in text
    assert "<i>" not in text
    assert "first, 3 measured: 0: 0.400, 1: 0.600, 2: 0.800, 3: 0.900" in drawn.alt
    assert "<chance>: 0.100" in drawn.alt


def test_without_a_dot_it_says_why():
    drawn = draw_dots([], Frame("n", "share", remark="Not measured yet."))
    assert "Not measured yet." in drawn.alt
    assert drawn.figure["layout"]["annotations"][0]["text"] == "Not measured yet."
