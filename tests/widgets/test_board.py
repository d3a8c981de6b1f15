"""Boards without a browser: one script, figures that change alone, and events that are checked."""

import gzip
import json
from importlib.resources import files

import numpy as np
import plotly.graph_objects as go
import pytest

from nbutils.widgets import Board
from nbutils.widgets.board import LARGEST_FIGURE, TEMPLATE

CURVE = {"data": [{"type": "scatter", "x": [1, 2, 3], "y": [1, 4, 9]}], "layout": {"title": {"text": "squares"}}}


def click(board, event="click", **payload):
    message = {"event": event, "name": "curve", "trace": 0, "point": 1, "x": 2, "y": 4.0, **payload}
    board._handle_custom_msg(message, [])


def listening():
    board, seen = Board(), []
    board.set("curve", CURVE, alt="A curve that rises.")
    board.on_click(lambda *point: seen.append(point))
    return board, seen


def shown(board, name="curve"):
    return json.loads(next(pane.figure for pane in board.panes if pane.name == name))


def test_all_boards_share_one_script_which_is_plotly_s_own():
    first, second = Board(), Board()
    assert first.script is second.script
    script = (files("plotly") / "package_data" / "plotly.min.js").read_bytes()
    assert gzip.decompress(first.script.packed) == script


def test_a_figure_is_shown_in_the_suite_s_look():
    board, _ = listening()
    assert shown(board)["data"] == CURVE["data"]
    assert shown(board)["layout"]["title"] == {"text": "squares"}
    assert shown(board)["layout"]["template"] == TEMPLATE
    assert board.panes[0].alt == "A curve that rises."


def test_a_figure_object_is_taken_without_its_heavy_default_template():
    board = Board()
    board.set("curve", go.Figure(go.Scatter(y=np.arange(5.0))), alt="A line.")
    assert shown(board)["layout"]["template"] == TEMPLATE
    assert "bdata" in shown(board)["data"][0]["y"]
    board.set("dark", go.Figure(layout={"template": "plotly_dark"}), alt="Dark.")
    assert shown(board, "dark")["layout"]["template"] != TEMPLATE


def test_arrays_and_nan_are_sent_as_json():
    board = Board()
    board.set("curve", {"data": [{"x": np.arange(3), "y": np.array([1.0, np.nan, np.inf])}]}, alt="Gaps.")
    assert shown(board)["data"] == [{"x": [0, 1, 2], "y": [1.0, None, None]}]


def test_setting_again_changes_that_figure_alone():
    board, _ = listening()
    board.set("other", CURVE, alt="Another.")
    changed = []
    for pane in board.panes:
        pane.observe(lambda change: changed.append(change["owner"].name), "figure")
    board.observe(lambda change: changed.append("board"))
    board.set("curve", {"data": []}, alt="Nothing now.")
    assert changed == ["curve"]
    assert board.panes[0].alt == "Nothing now."


def test_the_given_figure_is_left_as_it_was():
    figure = {"data": [], "layout": {"title": {"text": "a"}}}
    Board().set("curve", figure, alt="A.")
    assert figure == {"data": [], "layout": {"title": {"text": "a"}}}


def test_removing_a_figure_leaves_the_others():
    board, _ = listening()
    board.set("other", CURVE, alt="Another.")
    board.remove("curve")
    board.remove("never there")
    assert [pane.name for pane in board.panes] == ["other"]


def test_clicks_and_hovers_are_told_apart():
    board, clicks = listening()
    hovers = []
    board.on_hover(lambda *point: hovers.append(point))
    click(board)
    click(board, "hover", point=[2, 3], x="cat", y=None)
    assert clicks == [("curve", 0, 1, 2, 4.0)]
    assert hovers == [("curve", 0, [2, 3], "cat", None)]


@pytest.mark.parametrize(
    "payload",
    [
        {"name": "other"},
        {"name": None},
        {"name": ["curve"]},
        {"trace": None},
        {"trace": "0"},
        {"trace": 0.5},
        {"point": "1"},
        {"point": [1, 2, 3, 4]},
        {"point": float("nan")},
        {"x": float("nan")},
        {"x": {"a": 1}},
        {"y": "y" * 201},
        {"y": True},
    ],
    ids=str,
)
def test_a_point_that_cannot_be_is_not_told(payload):
    board, seen = listening()
    click(board, **payload)
    assert seen == []


@pytest.mark.parametrize("alt", ["", "   "])
def test_a_figure_needs_an_alt_text(alt):
    with pytest.raises(ValueError, match="needs an alt text"):
        Board().set("curve", CURVE, alt=alt)


@pytest.mark.parametrize("figure", [None, 3, "curve", [], {"data": "curve"}])
def test_what_is_no_figure_is_refused(figure):
    with pytest.raises(TypeError, match="must be a plotly Figure or a dict"):
        Board().set("curve", figure, alt="A.")


def test_a_figure_that_is_too_large_is_refused_and_the_old_one_stays():
    board, _ = listening()
    with pytest.raises(ValueError, match="show fewer points"):
        board.set("curve", {"data": [{"text": "x" * LARGEST_FIGURE}]}, alt="A.")
    assert shown(board)["data"] == CURVE["data"]


def test_a_board_is_bounded():
    board = Board()
    for number in range(24):
        board.set(f"figure {number}", {"data": []}, alt="Empty.")
    with pytest.raises(ValueError, match="holds 24 figures"):
        board.set("one more", {"data": []}, alt="Empty.")
    with pytest.raises(ValueError, match="at most 60 characters"):
        Board().set("x" * 61, {"data": []}, alt="Empty.")


@pytest.mark.parametrize("columns", [0, 7])
def test_columns_are_one_to_six(columns):
    with pytest.raises(ValueError, match="1 to 6 columns"):
        Board(columns=columns)
