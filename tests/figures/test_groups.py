"""Bars in groups: each with its number, told apart by more than colour, and told in words."""

import json

import pytest

from nbutils.figures.groups import HATCHES, draw_groups

SHARES = {"round": {"with": 0.51, "without": 0.253}, "mirrored": {"with": 0.974, "without": 0.0155}}


def test_every_bar_has_its_number_and_its_group():
    figure, _ = draw_groups(SHARES, "share of shapes", percent=True)
    assert [trace["name"] for trace in figure["data"]] == ["with", "without"]
    assert figure["data"][1]["x"] == ["round", "mirrored"]
    assert figure["data"][1]["y"] == [0.253, 0.0155]
    assert figure["data"][1]["text"] == ["25%", "1.6%"]
    json.dumps(figure, allow_nan=False)


def test_the_axis_leaves_room_above_small_shares():
    figure, _ = draw_groups({"a": {"x": 0.06, "y": 0.01}}, "share", percent=True)
    assert figure["layout"]["yaxis"]["range"] == [0, pytest.approx(0.072)]


def test_series_differ_in_colour_and_in_hatching():
    figure, _ = draw_groups(SHARES, "share", percent=True)
    markers = [trace["marker"] for trace in figure["data"]]
    assert markers[0]["color"] != markers[1]["color"]
    assert markers[0]["pattern"]["shape"] != markers[1]["pattern"]["shape"]


def test_words_say_all_numbers():
    _, alt = draw_groups({"a": {"x": 12.345}}, "nodes")
    assert alt == "nodes. a: x 12.3."


def test_markup_is_text():
    figure, _ = draw_groups({"<b>": {"<i>": 1}}, "<u>")
    assert "<" not in figure["data"][0]["name"] + figure["data"][0]["x"][0]
    assert "<" not in figure["layout"]["yaxis"]["title"]["text"]


@pytest.mark.parametrize(
    "groups", [{}, {"a": {}}, {"a": {"x": 1}, "b": {"y": 1}}, {"a": dict.fromkeys("abcdefgh"[: len(HATCHES) + 1], 1)}]
)
def test_what_are_no_groups_is_a_sentence(groups):
    with pytest.raises(ValueError, match="series"):
        draw_groups(groups, "share")
