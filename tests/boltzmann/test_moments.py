import math

import numpy as np
import pytest
import torch
from scipy import stats

from nbutils.boltzmann import moments
from nbutils.boltzmann.machine import initialize


def test_bimodality_of_known_distributions():
    rng = np.random.default_rng(0)
    assert moments.bimodality(torch.tensor(rng.normal(3, 0.1, 200_000))) == pytest.approx(1 / 3, abs=0.01)
    assert moments.bimodality(torch.tensor(rng.uniform(-5, 1, 200_000))) == pytest.approx(5 / 9, abs=0.01)
    assert moments.bimodality(torch.tensor([-1.0, 1.0, 1.0, -1.0])) == pytest.approx(1)
    assert moments.bimodality(initialize(300, 200).weights) == pytest.approx(5 / 9, abs=0.01)


def test_bimodality_is_one_for_two_spikes_of_any_size():
    assert moments.bimodality(torch.tensor([0.0] * 9 + [7.0])) == pytest.approx(1)


def test_bimodality_is_made_of_scipys_moments():
    values = np.random.default_rng(1).gamma(2, size=500)
    expected = (stats.skew(values) ** 2 + 1) / stats.kurtosis(values, fisher=False)
    assert moments.bimodality(torch.tensor(values)) == pytest.approx(expected)
    assert moments.bimodality(torch.tensor(values * 1e30 - 5e29).float()) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("values", [torch.zeros(400), torch.full((3,), 0.1, dtype=torch.float64), torch.ones(1)])
def test_bimodality_says_nothing_of_values_that_are_all_alike(values):
    assert math.isnan(moments.bimodality(values))


def correlate_neighbours(image):
    """The definition, pair by pair, for one filter."""
    centred = image - image.mean()
    axes = []
    for axis in range(image.ndim):
        pairs = [
            centred[place] * centred[(*place[:axis], place[axis] + 1, *place[axis + 1 :])]
            for place in np.ndindex(image.shape)
            if place[axis] + 1 < image.shape[axis]
        ]
        axes.append(np.mean(pairs))
    return np.mean(axes) / (centred**2).mean()


@pytest.mark.parametrize("shape", [(4, 5), (3, 4, 5), (1, 4, 5)])
def test_neighbours_are_correlated_pair_by_pair(shape):
    filters = np.random.default_rng(0).normal(size=(6, *shape)).cumsum(-1)
    weights = torch.tensor(filters.reshape(6, -1).T)
    expected = np.mean([correlate_neighbours(image.squeeze()) for image in filters])
    assert moments.neighbour_correlation(weights, shape) == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(10, 10), (10, 10, 10)])
def test_a_checkerboard_is_minus_one_and_noise_is_nothing(shape):
    board = torch.tensor((-1.0) ** np.indices(shape).sum(0)).reshape(-1, 1)
    assert moments.neighbour_correlation(board, shape) == pytest.approx(-1)
    noise = initialize(board.numel(), 200).weights
    assert moments.neighbour_correlation(noise, shape) == pytest.approx(0, abs=0.02)
    ball = torch.tensor(np.exp(-((np.indices(shape) - 4.5) ** 2).sum(0) / 20)).reshape(-1, 1)
    assert moments.neighbour_correlation(ball, shape) > 0.8


def test_constant_filters_do_not_count():
    board = torch.tensor((-1.0) ** np.indices((4, 4)).sum(0)).reshape(-1, 1)
    weights = torch.cat([board, torch.full_like(board, 0.3)], 1)
    assert moments.neighbour_correlation(weights, (4, 4)) == pytest.approx(-1)
    assert math.isnan(moments.neighbour_correlation(torch.zeros(16, 3), (4, 4)))


@pytest.mark.parametrize("shape", [(), (16,), (1, 16)])
def test_without_a_picture_there_are_no_neighbours(shape):
    assert math.isnan(moments.neighbour_correlation(torch.rand(16, 3), shape))
