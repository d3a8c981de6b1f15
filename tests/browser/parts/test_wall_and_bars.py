"""Bars, and walls of every kind: colour, an atlas, marks, zoom."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.seeing import read_pixels

SIDE, TILES = 32, 12
MARKED = [1, 4, 6, 11]


def wall_named(page, name):
    wall = page.get_by_role("application", name=name, exact=True)
    wall.scroll_into_view_if_needed()
    page.wait_for_function("(wall) => Number(wall.dataset.painted) > 0", arg=wall.element_handle())
    return wall


def read_tiles(wall):
    """Return the tiles that the canvas shows: (n, side, side, 3), uint8, sRGB; and the number of columns."""
    shown = read_pixels(wall.locator("canvas"))
    columns = shown.shape[1] // SIDE
    pixels = shown.reshape(-1, SIDE, columns, SIDE, 4)
    assert (pixels[..., 3] == 255).all()
    return pixels.swapaxes(1, 2).reshape(-1, SIDE, SIDE, 4)[:TILES, ..., :3], columns


@pytest.fixture(scope="module")
def tints():
    """The tiles as the notebook makes them, written in another way."""
    pixels = np.zeros((TILES, SIDE, SIDE, 3), np.uint8)
    pixels[..., 0] = 8 * np.arange(SIDE)
    pixels[..., 1] = 8 * np.arange(SIDE)[:, None]
    pixels[..., 2] = 20 * np.arange(TILES)[:, None, None]
    return pixels


@pytest.mark.parametrize("name", ["12 tints", "12 tints of an atlas"])
def test_the_canvas_shows_the_colours_that_were_given(parts, tints, name):
    shown, _ = read_tiles(wall_named(parts, name))
    np.testing.assert_array_equal(shown, tints)


def test_marks_stand_on_the_tiles_that_were_marked(parts):
    wall = wall_named(parts, "12 tints of an atlas")
    _, columns = read_tiles(wall)
    marks = wall.locator(".dv-wall-ring.marked")
    expect(marks).to_have_count(len(MARKED))
    expect(marks.first).to_have_css("border-top-style", "dashed")
    field = wall.locator(".dv-wall-field").bounding_box()
    side = field["width"] / columns
    places = []
    for mark in marks.all():
        box = mark.bounding_box()
        assert box["width"] == pytest.approx(side + 1, abs=1)
        across, down = (box["x"] - field["x"]) / side, (box["y"] - field["y"]) / side
        assert across == pytest.approx(round(across), abs=0.05)
        places.append(round(down) * columns + round(across))
    assert places == MARKED


def test_an_atlas_tells_the_names_of_its_tiles(parts):
    wall = wall_named(parts, "12 tints of an atlas")
    wall.press("Home")
    wall.press("ArrowRight")
    expect(wall.locator(".dv-wall-said")).to_have_text("tint 1 · blue 20 selected")
    wall.press("Home")


def test_plus_minus_and_zero_change_the_size_of_the_tiles(parts):
    wall = wall_named(parts, "12 tints")

    def side():
        """Return the side of a tile in CSS pixels, once the page has drawn what the key asked for."""
        parts.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return wall.locator(".dv-wall-ring.selected").bounding_box()["width"] - 1

    wall.press("0")
    first = side()
    wall.press("+")
    larger = side()
    assert larger == pytest.approx(1.5 * first, rel=0.1)
    wall.press("+")
    assert side() == pytest.approx(2.25 * first, rel=0.1)
    wall.press("-")
    assert side() == pytest.approx(larger, rel=0.1)
    wall.press("0")
    assert side() == pytest.approx(first, rel=0.02)
    wall.press("-")
    assert side() == pytest.approx(first, rel=0.02)


def test_bars_are_as_long_as_their_shares(parts):
    bars = parts.get_by_role("list", name="Best guesses")
    bars.scroll_into_view_if_needed()
    rows = bars.get_by_role("listitem")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("tabby")
    assert [row.locator(".share").inner_text() for row in rows.all()] == ["0.62", "0.21", "0.04"]
    lengths = [row.locator(".bar").bounding_box()["width"] for row in rows.all()]
    assert lengths[1] / lengths[0] == pytest.approx(0.21 / 0.62, rel=0.05)
    assert lengths[2] / lengths[0] == pytest.approx(0.04 / 0.62, rel=0.2)
