"""Grids over the canvas: cubic voxels, the middle at zero, sides that are checked."""

import numpy as np
import pytest

from nbutils.forms.grids import GRIDS, THESIS, Grid


def test_the_grid_of_the_thesis_has_one_more_corner_than_voxels():
    assert THESIS.voxels == (15, 15, 30)
    assert THESIS.corners == (16, 16, 31)


@pytest.mark.parametrize("name", GRIDS)
def test_voxels_are_cubes_and_the_canvas_is_the_same_at_every_resolution(name):
    axes = GRIDS[name].axes()
    assert [len(axis) for axis in axes] == list(GRIDS[name].corners)
    for axis, reach in zip(axes, (1, 1, 2), strict=True):
        np.testing.assert_allclose([axis[0], axis[-1], axis.mean()], [-reach, reach, 0], atol=1e-6)
        np.testing.assert_allclose(np.diff(axis), GRIDS[name].edge, rtol=1e-4)


@pytest.mark.parametrize("side", [1, 257, -3, 2.0, True, "15", None])
def test_a_side_that_is_no_number_of_voxels_is_refused(side):
    with pytest.raises(ValueError, match="2 to 256 voxels"):
        Grid((15, 15, side))
