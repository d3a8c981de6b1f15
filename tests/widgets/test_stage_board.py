"""A chess board without a browser: what stands where, what is sent once, and what a page may select."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.figures.chessboard import pack_piece
from nbutils.widgets import stage_board
from nbutils.widgets.stage import Mesh
from nbutils.widgets.stage_board import BoardStage, Piece

TRIANGLES = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])
KING, PAWN = (Mesh(np.eye(4, 3) * size, TRIANGLES, label=label) for size, label in ((3, "king"), (1, "pawn")))
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.lists(st.integers(), max_size=3)
)
LIGHT, DARK = "#ddd3bd", "#3f6f9e"


def start():
    board = BoardStage("Two kings and a pawn")
    board.show_board([Piece(KING, 4, 0, LIGHT), Piece(KING, 4, 7, DARK, "dark king"), Piece(PAWN, 0, 1, LIGHT)])
    return board


HELD = start()


def test_a_mesh_that_two_pieces_share_is_sent_once_and_each_has_its_colour():
    board = start().board
    assert len(board["meshes"]) == 2
    assert board["meshes"][0].items() >= pack_piece(KING).state().items()
    assert board["pieces"] == [[0, 4, 0], [0, 4, 7], [1, 0, 1]]
    assert board["colours"][0] == board["colours"][2] != board["colours"][1] == [0x3F, 0x6F, 0x9E]
    assert board["labels"] == ["king, e1", "dark king, e8", "pawn, a2"]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Piece(KING, 8, 0, LIGHT), "columns and rows 0 to 7, got column 8"),
        (lambda: Piece(KING, 0, -1, LIGHT), "row -1"),
        (lambda: Piece(KING, 0, 0, "light"), "#rrggbb"),
        (lambda: BoardStage("x").show_board([Piece(KING, 1, 2, LIGHT), Piece(PAWN, 1, 2, DARK)]), "two on b3"),
        (lambda: BoardStage(""), "alt text"),
    ],
)
def test_what_no_board_can_show_is_refused_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_more_triangles_than_a_page_draws_are_refused_and_the_board_stays(monkeypatch):
    monkeypatch.setattr(stage_board, "MOST_TRIANGLES", 10)
    board = BoardStage("Kings")
    board.show_board([Piece(KING, 0, 0, LIGHT), Piece(KING, 1, 0, LIGHT)])
    before = board.board
    with pytest.raises(ValueError, match=r"12 triangles.*coarser grid"):
        board.show_board([Piece(KING, column, 0, LIGHT) for column in range(3)])
    assert board.board is before


def test_a_new_board_takes_the_place_of_the_old_one_in_one_message():
    board = start()
    board.selected = 2
    first = board.board["show"]
    board.show_board([Piece(PAWN, 0, 0, DARK)])
    assert (board.selected, board.board["show"] > first) == (0, True)
    board.clear("No shapes are tagged yet.")
    assert (board.board, board.selected, board.empty) == ({}, -1, "No shapes are tagged yet.")


def test_a_selected_piece_is_told_and_letting_go_of_it_is_not():
    board, told = start(), []
    board.on_select(told.append)
    for sent in (1, -1, 99, "0", None, float("nan"), 10**400):
        board.set_state({"selected": sent})
    assert told == [1, 2]


@settings(max_examples=60, deadline=None)
@given(value=ANYTHING)
def test_a_page_sets_only_what_is_meant(value):
    before = {name: state for name, state in HELD.get_state().items() if name not in ("selected", "visible")}
    HELD.set_state(dict.fromkeys(HELD.keys, value))
    assert {name: HELD.get_state()[name] for name in before} == before
    assert HELD.selected in range(-1, 3)


def test_a_page_changes_nothing_of_what_the_board_is_made_of():
    for part in HELD._canvas.parts:
        before = part.get_state()
        part.set_state(dict.fromkeys(part.keys, "intruder"))
        after = part.get_state()
        assert all(after[name] is before[name] or np.array_equal(after[name], before[name]) for name in before)


def test_marked_pieces_are_pieces_of_the_board_and_no_page_marks_any():
    board = BoardStage("A board")
    board.mark([3])
    assert board.marked == []
    board = start()
    board.mark([2, 0, 0])
    assert board.marked == [0, 2]
    board.set_state({"marked": [1]})
    assert board.marked == [0, 2]
    board.show_board([Piece(PAWN, 0, 0, LIGHT)])
    assert board.marked == []
