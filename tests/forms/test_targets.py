"""What simulated users have in mind, against geometry."""

import numpy as np
import pytest

from nbutils.forms.grids import FINE, THESIS, Grid
from nbutils.forms.targets import (
    TARGETS,
    THINGS,
    ball,
    block,
    carve,
    chess_pieces,
    cut_out,
    fill,
    join,
    turned,
)

SMALL = Grid((40, 40, 80))
VOXEL = SMALL.edge**3


def test_a_ball_has_the_volume_of_a_ball():
    assert fill(ball(0.8), SMALL).sum() * VOXEL == pytest.approx(4 / 3 * np.pi * 0.8**3, rel=0.03)


def test_what_a_lathe_turns_has_the_volume_of_a_cone_and_a_square_one_more_by_four_over_pi():
    cone = [(-1, 0.9), (1, 0)]
    held = fill(turned(cone), SMALL).sum() * VOXEL
    assert held == pytest.approx(np.pi * 0.9**2 * 2 / 3, rel=0.06)
    assert fill(turned(cone, corners=60), SMALL).sum() * VOXEL == pytest.approx(held * 4 / np.pi, rel=0.08)


def test_an_outline_holds_what_lies_within_it():
    triangle = cut_out([(-0.8, -1), (0.8, -1), (0, 1.3)], depth=0.525)
    assert fill(triangle, SMALL).sum() * VOXEL == pytest.approx(0.5 * 1.6 * 2.3 * 1.05, rel=0.06)
    x, z = np.array([0.0, 0.0, 0.5, 0.9]), np.array([0.0, -1.5, 0.9, -0.9])
    assert triangle(x, np.zeros(4), z).tolist() == [True, False, False, False]


def test_the_half_of_an_outline_is_mirrored():
    inside = fill(cut_out([(0.1, -1), (0.7, -0.4), (0.2, 0.9)], 0.3, mirrored=True), SMALL)
    assert inside.any()
    np.testing.assert_array_equal(inside, inside[::-1])


def test_volumes_are_joined_and_carved_as_sets():
    one, other = fill(ball(0.6), THESIS), fill(block((0, 1), (-1, 1), (-1, 1)), THESIS)
    np.testing.assert_array_equal(fill(join(ball(0.6), block((0, 1), (-1, 1), (-1, 1))), THESIS), one | other)
    np.testing.assert_array_equal(fill(carve(ball(0.6), block((0, 1), (-1, 1), (-1, 1))), THESIS), one & ~other)


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_is_seen_on_the_grid_of_the_thesis_and_fits_the_canvas(name):
    inside = fill(TARGETS[name], THESIS)
    assert 0.01 < inside.mean() < 0.6
    assert not inside[:, :, -1].any()
    for side in (inside[0], inside[-1], inside[:, 0], inside[:, -1]):
        assert side.mean() < 0.1


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_is_one_body(name):
    from scipy.ndimage import label

    _, bodies = label(fill(TARGETS[name], THESIS), np.ones((3, 3, 3)))
    assert bodies == 1


def test_the_heart_is_wider_than_deep_with_a_notch_above_and_a_tip_below():
    x, _, z = np.nonzero(fill(THINGS["heart"], SMALL))
    middle = SMALL.corners[0] // 2
    assert z[x == middle].max() < z.max()
    assert z[x == middle].min() == z.min()


def test_all_chess_pieces_have_one_foot():
    feet = [fill(piece, THESIS)[:, :, :6] for piece in chess_pieces().values()]
    assert all((foot == feet[0]).all() for foot in feet)


def test_a_king_is_taller_than_a_queen_and_a_pawn_is_the_smallest():
    heights = {name: np.nonzero(fill(piece, FINE))[2].max() for name, piece in chess_pieces().items()}
    assert heights["king"] > heights["queen"] > heights["bishop"] > heights["rook"] > heights["pawn"]
