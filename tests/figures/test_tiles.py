"""Filters as tiles: the chapter's own snippet, written out, is what they are compared with."""

import numpy as np
import pytest

from nbutils.figures.tiles import BORDER, draw_tiles, lay_out, to_pictures


def by_the_thesis(filters, rows, columns):
    """Return section 4.3.4's picture of 10 x 10 patches, as its snippet lays it out."""
    tiled = np.ones((11 * rows, 11 * columns), dtype="uint8") * 51
    for row in range(rows):
        for column in range(columns):
            patch = filters[row * columns + column].reshape((10, 10))
            normal = (patch - patch.min()) / (patch.max() - patch.min() + 1e-6)
            tiled[row * 11 : row * 11 + 10, column * 11 : column * 11 + 10] = normal * 255
    return tiled


def test_tiles_are_the_picture_of_the_thesis():
    filters = np.random.default_rng(0).normal(0, 0.1, (100, 100)).astype(np.float32)
    tiles, _ = draw_tiles(filters.reshape(-1, 10, 10))
    assert tiles.shape == (100, 11, 11)
    np.testing.assert_array_equal(lay_out(tiles, 10), by_the_thesis(filters, 10, 10))


def test_the_border_is_dark_gray_and_every_tile_has_its_own_scale():
    pictures = np.array([[[0, 1], [2, 4]], [[-1, 0], [0.5, 1]]], float)
    tiles, ranges = draw_tiles(pictures)
    assert (tiles[:, 2, :] == 51).all()
    assert (tiles[:, :, 2] == 51).all()
    assert BORDER == 51
    assert tiles[0, :2, :2].tolist() == [[0, 63], [127, 254]]
    assert tiles[1, :2, :2].tolist() == [[0, 127], [191, 254]]
    assert ranges.tolist() == [[0, 4], [-1, 1]]


def test_a_flat_filter_is_black_and_one_that_is_not_finite_is_all_border():
    pictures = np.stack([np.full((3, 3), 7.0), np.full((3, 3), np.nan), np.where(np.eye(3), np.inf, 0)])
    tiles, _ = draw_tiles(pictures)
    assert (tiles[0, :3, :3] == 0).all()
    assert (tiles[1:3] == BORDER).all()
    spread, _ = draw_tiles(np.array([[[-3e38, 3e38]]]))
    assert (spread == BORDER).all()


def test_places_left_over_are_border():
    sheet = lay_out(np.zeros((3, 4, 4), np.uint8), 2)
    assert sheet.shape == (8, 8)
    assert (sheet[4:, 4:] == BORDER).all()
    assert (sheet[:4] == 0).all()


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_layer_of_a_solid_is_cut_across_the_axis_asked_for(axis):
    solids = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    cut = to_pictures(solids.reshape(2, -1), (3, 4, 5), axis, 2)
    for solid, picture in zip(solids, cut, strict=True):
        np.testing.assert_array_equal(picture, [solid[2], solid[:, 2], solid[:, :, 2]][axis])


def test_images_keep_their_shape_and_rows_of_numbers_become_near_squares():
    assert to_pictures(np.zeros((5, 784)), (28, 28)).shape == (5, 28, 28)
    pictures = to_pictures(np.arange(1, 8)[None], (7,))
    assert pictures.tolist() == [[[1, 2, 3], [4, 5, 6], [7, 0, 0]]]


@pytest.mark.parametrize(
    ("filters", "shape", "layer", "said"),
    [((2, 30), (3, 3, 3), 0, r"must be \(n, 27\), got \(2, 30\)"), ((2, 27), (3, 3, 3), 3, "no layer 3 across axis 0")],
)
def test_what_does_not_fit_is_refused_in_a_sentence(filters, shape, layer, said):
    with pytest.raises(ValueError, match=said):
        to_pictures(np.zeros(filters), shape, 0, layer)
    with pytest.raises(ValueError, match="must have the axes"):
        draw_tiles(np.zeros((3, 4)))
