import numpy as np
import pytest
import torch

from nbutils.boltzmann import gibbs, initialize
from nbutils.boltzmann.samplers import draw_noise
from nbutils.rbm.spheres import make_spheres
from nbutils.rbm.voxels import draw_samples, filter_opacities, is_cube, judge_roundness, largest_response, order_units

WEIGHTS = torch.tensor([[4.0, 0.0], [3.0, 0.0], [1.0, 0.0], [-8.0, 0.0]])
SHAPE = (2, 2, 1)


@pytest.mark.parametrize(
    ("sign", "threshold", "expected"),
    [
        # Of the largest response, 4: shares 1, 3/4, 1/4; from a threshold of 1/2 on, linear to 1.
        ("positive", 0.5, [1, 0.5, 0, 0]),
        ("positive", 0.0, [1, 0.75, 0.25, 0]),
        ("negative", 0.0, [0, 0, 0, -1]),
        ("both", 0.0, [0.5, 0.375, 0.125, -1]),
        ("both", 0.375, [0.2, 0, 0, -1]),
    ],
)
def test_the_largest_response_is_opaque_and_the_threshold_is_empty(sign, threshold, expected):
    opacities = filter_opacities(WEIGHTS, SHAPE, threshold, sign)
    assert opacities.shape == (2, 2, 2, 1)
    np.testing.assert_allclose(opacities[0].ravel(), expected, atol=1e-6)
    assert not opacities[1].any()


def test_filters_can_share_one_scale():
    weights = torch.tensor([[4.0, 1.0], [2.0, -5.0]])
    largest = largest_response(weights, "positive")
    assert largest == 4
    opacities = filter_opacities(weights, (2, 1, 1), 0.0, "positive", largest)
    assert opacities[:, 0, 0, 0].tolist() == [1, 0.25]
    assert largest_response(weights, "negative") == 5
    assert largest_response(weights, "both") == 5
    assert largest_response(-weights.abs(), "positive") == 0


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_any_more_are_told_so(bad):
    with pytest.raises(ValueError, match="smaller rate"):
        filter_opacities(torch.full((4, 1), bad), SHAPE, 0.3)


def test_units_stand_by_number_or_by_the_length_of_their_weights():
    weights = torch.tensor([[1.0, 3.0, 0.0], [1.0, 0.0, -2.0]])
    assert order_units(weights, "number").tolist() == [0, 1, 2]
    assert order_units(weights, "strength").tolist() == [1, 2, 0]


@pytest.mark.parametrize("between", [1, 7, 250])
def test_chains_are_those_of_the_sampler_each_so_many_sweeps(between):
    machine, start = initialize(27, 9, weight_range=0.5), torch.ones(2, 27)
    *_, last = (samples for samples in draw_samples(machine, start, 2, 4, between, seed=5) if samples)
    assert last.sweeps == (0, between, 2 * between, 3 * between)
    expected = [sweep.visible for sweep in gibbs(machine, start, 3 * between, 5, every=between)]
    assert torch.equal(last.visible, torch.stack([start, *expected]))
    assert last.means.shape == (4, 2, 27)
    assert ((last.means[1:] > 0) & (last.means[1:] < 1)).all()


def test_chains_begin_at_noise_where_nothing_else_is_given():
    machine = initialize(27, 9)
    only = list(draw_samples(machine, None, 3, 1, 10, seed=5))
    assert [samples.sweeps for samples in only] == [(0,)]
    assert torch.equal(only[0].visible[0], draw_noise(machine, 3, 5))


def test_a_long_way_between_samples_is_made_in_steps():
    made = list(draw_samples(initialize(8, 4), None, 1, 2, 1000, seed=0))
    assert made.count(None) == 9
    assert made[-1].sweeps == (0, 1000)


def test_spheres_are_round_and_nothing_and_noise_are_not():
    spheres = make_spheres(20, seed=1)
    noise = torch.from_numpy((np.random.default_rng(0).random((1, 1000)) < 0.5).astype(np.float32))
    judged = judge_roundness(torch.cat([spheres, torch.zeros(1, 1000), noise]), 10)
    assert (judged.overlaps[:20] == 1).all()
    assert judged.overlaps[20] == judged.pieces[20] == judged.filled[20] == 0
    assert judged.overlaps[21] < 0.25
    assert judged.pieces[21] > 1
    assert (judged.filled[:20] == spheres.sum(1).numpy()).all()
    # Voxels whose distance from a voxel in the middle is at most a radius just below 10/3: all with a square up to 11.
    assert judged.largest == (np.square(np.mgrid[-4:5, -4:5, -4:5]).sum(0) <= 11).sum()


def test_a_hole_makes_a_sphere_as_much_less_round_as_it_is_large():
    sphere = torch.zeros(10, 10, 10)
    sphere[3:6, 3:6, 3:6] = 1
    sphere[[3, 3, 3, 3, 5, 5, 5, 5], [3, 3, 5, 5, 3, 3, 5, 5], [3, 5, 3, 5, 3, 5, 3, 5]] = 0
    sphere[4, 4, 4] = 0
    # The 19 voxels at most the root of two from the middle, without the middle one.
    assert judge_roundness(sphere.reshape(1, -1), 10).overlaps[0] == pytest.approx(18 / 19)


def test_large_cubes_are_not_judged():
    assert judge_roundness(torch.zeros(1, 13**3), 13) is None


@pytest.mark.parametrize(("shape", "cube"), [((4, 4, 4), True), ((4, 4, 5), False), ((28, 28), False), ((64,), False)])
def test_what_is_a_cube(shape, cube):
    assert is_cube(shape) is cube
