"""Fields: values at the corners of any grid, and what counts as a shape."""

import numpy as np
import pytest

from nbutils.forms.fields import judge_genome, judge_inside, mark_inside, measure_field
from nbutils.forms.grids import COARSE, FINE, FINER, THESIS, Grid
from nbutils.neat import PLANE, Evolution, Registry, compile_genome, evaluate, fill_inputs, make_first
from tests.forms.bred import BALL, breed, make_genome
from tests.neat.growing import grow


@pytest.mark.parametrize("grid", [COARSE, THESIS, FINE, FINER], ids=lambda grid: f"{grid.voxels}")
def test_a_network_that_answers_with_the_distance_measures_a_ball_at_the_corners(grid):
    x, y, z = np.meshgrid(*grid.axes(), indexing="ij")
    field = measure_field(BALL, grid)
    assert field.shape == grid.corners
    assert field.dtype == np.float32
    np.testing.assert_allclose(field, np.sqrt(x**2 + y**2 + z**2) - 0.7, atol=1e-5)


@pytest.mark.parametrize("axis", range(3))
def test_each_axis_of_a_field_is_that_of_its_coordinate(axis):
    field = measure_field(make_genome("linear", **{"xyz"[axis]: 1.0}), THESIS)
    along = np.moveaxis(field, axis, 0)
    np.testing.assert_allclose(along, np.broadcast_to(THESIS.axes()[axis][:, None, None], along.shape), atol=1e-6)


def test_a_large_grid_is_measured_slab_by_slab_with_the_same_values():
    genome, grid = grow(4, 30), Grid((60, 60, 30))
    x, y, z = (axis.ravel() for axis in np.meshgrid(*grid.axes(), indexing="ij"))
    at_once = evaluate(compile_genome(genome), fill_inputs(genome.ends, {"x": x, "y": y, "z": z}))[0]
    np.testing.assert_array_equal(measure_field(genome, grid), at_once.reshape(grid.corners))


def test_one_genome_has_the_same_value_where_the_corners_of_two_grids_meet():
    genome = grow(7, 40)
    coarse, fine = measure_field(genome, Grid((16, 16, 32))), measure_field(genome, FINE)
    np.testing.assert_allclose(coarse, fine[::2, ::2, ::2], atol=1e-3)


def test_a_network_with_three_outputs_is_no_shape():
    painter = make_first(Registry(PLANE), np.random.default_rng(0), Evolution())
    with pytest.raises(ValueError, match="has one output, this one has 3"):
        measure_field(painter, THESIS)


def test_what_is_on_the_level_is_inside_and_what_is_not_finite_is_outside():
    field = np.array([-1, 0, 0.2, np.nan, np.inf, -np.inf])
    assert mark_inside(field).tolist() == [True, True, False, False, False, False]
    assert mark_inside(field, 0.2).tolist() == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("inside", "judged"), [(0, "empty"), (1, "speck"), (4, "speck"), (5, ""), (500, ""), (995, ""), (996, "full")]
)
def test_a_shape_fills_from_half_a_percent_of_the_corners_to_all_but_that(inside, judged):
    corners = np.arange(1000) < inside
    assert judge_inside(corners.reshape(10, 10, 10)) == judged


def test_genomes_are_judged_by_their_fields():
    assert judge_genome(BALL) == ""
    assert judge_genome(make_genome("linear", bias=1)) == "empty"
    assert judge_genome(make_genome("linear", bias=-1)) == "full"
    assert judge_genome(make_genome("linear", r_xyz=1, bias=-0.15)) == "speck"


def test_fields_are_finite_with_the_largest_weights_there_are():
    wild = Evolution(weight_start=10, weight_power=10, weight_limit=1000, functions=("linear", "abs", "tanh"))
    for seed in range(20):
        assert np.isfinite(measure_field(grow(seed, 40, wild), COARSE)).all()


def test_table_3_1_breeds_shapes_that_are_shapes():
    assert all(judge_genome(organism.genome) == "" for organism in breed(3, 6).organisms)
