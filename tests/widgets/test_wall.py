import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbutils.widgets.wall import MOST_BYTES, MOST_TILES, Wall, fit_columns


def grey(number, height=4, width=4):
    return np.arange(number * height * width, dtype=np.uint8).reshape(number, height, width)


def test_grey_tiles_lie_in_one_buffer():
    wall, tiles = Wall(), grey(6)
    wall.show(tiles, ranges=np.array([[0, 1]] * 6), names=list("abcdef"))
    assert wall.shape == [6, 4, 4]
    assert wall.format == "gray"
    assert bytes(wall.data) == tiles.tobytes()
    assert np.frombuffer(wall.ranges, np.float32).reshape(6, 2)[3].tolist() == [0, 1]
    assert wall.names == list("abcdef")


def test_colour_tiles():
    wall = Wall()
    wall.show(np.zeros((2, 3, 5, 3), np.uint8))
    assert wall.format == "rgb"
    assert wall.shape == [2, 3, 5]
    assert len(wall.data) == 90


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 3, 3)),
        np.zeros((3, 3), np.uint8),
        np.zeros((0, 3, 3), np.uint8),
        np.zeros((2, 3, 3, 4), np.uint8),
        np.zeros((MOST_TILES + 1, 1, 1), np.uint8),
        np.zeros((2, MOST_BYTES // 4, 3), np.uint8),
    ],
)
def test_what_is_no_wall_of_tiles_is_refused_with_a_sentence(wrong):
    wall = Wall()
    with pytest.raises(ValueError, match=r"[Tt]iles"):
        wall.show(wrong)
    assert wall.shape[0] == 0


def test_a_selection_beyond_the_new_tiles_moves_to_the_last():
    wall = Wall()
    wall.show(grey(9))
    wall.selected = 8
    wall.show(grey(3))
    assert wall.selected == 2


def test_clear_says_how_to_fill_the_wall():
    wall = Wall()
    wall.show(grey(3))
    wall.clear("Choose a photograph.")
    assert (wall.shape[0], bytes(wall.data), wall.empty) == (0, b"", "Choose a photograph.")


def test_256_square_tiles_stand_in_16_rows_of_16():
    assert fit_columns(256, 600, 600) == 16


def test_least_makes_a_wall_that_scrolls():
    wall = Wall(least=50)
    wall.set_state({"room": [500.0, 100.0, 1.0]})
    wall.show(grey(100))
    assert wall.columns == 10


def test_room_decides_columns_and_pixels():
    wall = Wall()
    wall.set_state({"room": [800.0, 200.0, 2.0]})
    wall.show(grey(4))
    assert wall.columns == 4
    assert wall.tile_room(4) == 400
    wall.set_state({"room": [200.0, 800.0, 1.0]})
    assert wall.columns == 1


@given(st.integers(1, 3000), st.floats(50, 3000), st.floats(50, 3000), st.floats(0.2, 5))
def test_columns_are_as_good_as_any(number, width, height, aspect):
    def side(columns):
        return min(width / columns, height * aspect / -(-number // columns))

    columns = fit_columns(number, width, height, aspect)
    assert 1 <= columns <= number
    assert side(columns) == max(side(c) for c in range(1, min(number, 500) + 1))


@pytest.mark.parametrize(
    "state",
    [
        {"room": [1e9, -5, 1]},
        {"room": "wide"},
        {"room": [float("nan"), 1, 1]},
        {"selected": 10**9},
        {"selected": "3"},
        {"selected": -4},
        {"zoom": float("inf")},
        {"zoom": 1e9},
        {"data": b"x" * 100},
        {"shape": [10**9, 1, 1]},
        {"names": ["<script>"]},
        {"visible": "no"},
        {"least": 5},
        ["not a dict"],
    ],
)
def test_a_hostile_page_cannot_bring_a_wall_out_of_bounds(state):
    wall = Wall()
    wall.show(grey(5))
    wall.set_state(state)
    assert 0 <= wall.selected < 5
    assert 1 <= wall.zoom <= 8
    assert 40 <= wall.room[0] <= 4000
    assert wall.shape == [5, 4, 4]
    assert (wall.names, wall.least, wall.visible) == ([], 0, True)
    assert bytes(wall.data) == grey(5).tobytes()


def test_page_keys_are_told_and_nothing_else_is():
    wall, steps = Wall(), []
    wall.on_page(steps.append)
    for content in ({"page": 1}, {"page": -1}, {"page": 500}, {"page": "1"}, "page", None, {}):
        wall._handle_custom_msg(content, [])
    assert steps == [1, -1]
