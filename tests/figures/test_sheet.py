import numpy as np
import pytest

from nbutils.figures.palette import STAGE, lookup
from nbutils.figures.sheet import RING, Column, Picture, Shares, Words, break_lines, draw_sheet, lay_tiles

DARK = tuple(bytes.fromhex(STAGE[1:]))


def place_of(part, whole):
    """Return (row, column) where a picture stands in another; None where it does not."""
    high, wide = part.shape[:2]
    corners = np.argwhere((whole[: len(whole) - high + 1, : whole.shape[1] - wide + 1] == part[0, 0]).all(-1))
    for row, column in corners:
        if np.array_equal(whole[row : row + high, column : column + wide], part):
            return row, column
    return None


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def test_a_picture_stands_on_the_sheet_pixel_by_pixel_on_dark_ground():
    picture = noise(100, 100, 3)
    sheet = draw_sheet("title", "more", [Column(150, (Picture(picture),))], "foot")
    row, column = place_of(picture, sheet)
    assert tuple(sheet[row - 5, column]) == tuple(sheet[row, column - 5]) == DARK
    assert tuple(sheet[0, 0]) != DARK


def test_a_small_picture_is_enlarged_by_a_whole_factor_and_a_large_one_fits_its_column():
    small = noise(7, 7, 3)
    sheet = draw_sheet("", "", [Column(100, (Picture(small),))], "")
    assert place_of(small.repeat(11, 0).repeat(11, 1), sheet) is not None
    wide = draw_sheet("", "", [Column(100, (Picture(noise(10, 900, 3)),))], "")
    assert wide.shape[1] == draw_sheet("", "", [Column(100, ())], "").shape[1]


def test_columns_stand_side_by_side_and_a_sheet_has_a_widest():
    left, right = noise(50, 50, 3), noise(50, 50, 3) // 2
    columns = [Column(70, (Picture(left),)), Column(70, (Words("over"), Picture(right)))]
    sheet = draw_sheet("title", "more", columns, "foot")
    (above, first), (below, second) = place_of(left, sheet), place_of(right, sheet)
    assert first < second
    assert above < below
    with pytest.raises(ValueError, match="at most 4000 pixels wide"):
        draw_sheet("", "", [Column(5000, ())], "")


def test_bars_are_as_long_as_their_shares():
    sheet = draw_sheet("", "", [Column(200, (Shares((("cat", 0.75), ("dog", 0.25), ("odd", 7.0))),))], "")
    blue = (np.abs(sheet.astype(int) - (0x1A, 0x6F, 0xB5)).max(-1) == 0).sum(1)
    lengths = list(np.unique(blue[blue > 0]))
    assert lengths == pytest.approx([50, 150, 200], abs=1)


def test_lines_are_no_wider_than_told_and_long_ones_end_in_an_ellipsis():
    assert break_lines("one two three", 1000, 17) == ["one two three"]
    lines = break_lines("many words " * 60, 200, 17)
    assert len(lines) == 4
    assert lines[-1].endswith("…")
    assert break_lines("x" * 500, 100, 17, 1)[0].endswith("…")
    assert break_lines("", 100, 17) == [""]
    assert break_lines("line\nbreak\ttab", 1000, 17) == ["line break tab"]


def test_tiles_are_laid_in_rows_in_their_colours_and_one_is_ringed():
    tiles, table = noise(7, 5, 4), lookup("inferno")
    grid = lay_tiles(tiles, table, 3, 100, None)
    assert grid.shape[1] <= 100
    factor = (100 - 2 * 3) // (3 * 4)
    for tile in tiles:
        assert place_of(table[tile].repeat(factor, 0).repeat(factor, 1), grid) is not None
    ringed = lay_tiles(tiles, table, 3, 100, 4)
    rows, columns = np.nonzero((ringed == tuple(bytes.fromhex(RING[1:]))).all(-1))
    high, wide = 5 * factor + 2, 4 * factor + 2
    assert high - 1 <= rows.min() < rows.max() <= 2 * high
    assert wide - 1 <= columns.min() < columns.max() <= 2 * wide


def test_units_of_one_number_and_more_tiles_than_fit_are_laid_too():
    assert lay_tiles(noise(1000, 1, 1), lookup("gray"), 36, 500, 999).shape[1] <= 500
    assert lay_tiles(noise(4000, 1, 1), lookup("gray"), 300, 200, 0).shape[1] == 300 * 3
