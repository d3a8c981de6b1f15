import itertools
import math

import numpy as np
import pytest
import torch

from nbutils.boltzmann import mixing
from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.reconstruction import DEFAULT, ERRORS
from nbutils.boltzmann.samplers import gibbs
from tests.boltzmann import brute_force


def make_switches(stay, steps=4000, chains=20, seed=0):
    """Two units, each 0 or 1 with the same chance, that keep their value with a probability at every step."""
    rng = np.random.default_rng(seed)
    flips = rng.random((steps, chains, 2)) >= stay
    flips[0] = rng.random((chains, 2)) < 0.5
    return torch.tensor(flips.cumsum(0) % 2).float()


def test_what_moved_is_counted_by_hand():
    chains = [
        [[0, 0, 0, 0], [1, 1, 0, 0]],
        [[0, 0, 0, 0], [1, 0, 0, 0]],  # one of two chains changed, one of eight units
        [[1, 1, 1, 1], [0, 0, 0, 0]],  # both, and five
    ]
    found = mixing.measure_mixing(torch.tensor(chains).float(), lags=1)
    assert found.changed == pytest.approx((1 / 2 + 1) / 2)
    assert found.moved == pytest.approx((1 / 8 + 5 / 8) / 2)


def test_the_autocorrelation_is_that_of_its_definition():
    samples = np.random.default_rng(0).normal(size=(9, 3, 4)).cumsum(0)
    centred = samples - samples.mean((0, 1))
    for lag, found in enumerate(mixing.autocorrelate(torch.tensor(samples), 5)):
        pairs = [(centred[step] * centred[step + lag]).mean() for step in range(9 - lag)]
        assert found == pytest.approx(np.mean(pairs) / (centred**2).mean())


@pytest.mark.parametrize("stay", [0.5, 0.8, 0.95])
def test_units_that_keep_their_value_with_a_known_chance(stay):
    """A switch has the correlation r = 2 stay - 1 at lag 1, r^k at lag k, and (1 + r) / (1 - r) when summed up."""
    r = 2 * stay - 1
    found = mixing.measure_mixing(make_switches(stay), lags=100)
    np.testing.assert_allclose(found.autocorrelation[:20], r ** np.arange(20.0), atol=0.05)
    assert found.autocorrelation_time == pytest.approx((1 + r) / (1 - r), rel=0.15, abs=0.1)
    assert found.moved == pytest.approx(1 - stay, abs=0.01)
    assert found.changed == pytest.approx(1 - stay**2, abs=0.01)


def test_the_autocorrelation_time_ends_where_noise_begins():
    """At the first pair of lags whose sum is not positive; what comes after is noise."""
    assert mixing.integrate((1.0, 0.5, 0.1, -0.2, 0.4, 0.3)) == pytest.approx(1 + 2 * 0.5)
    assert mixing.integrate((1.0, 0.5, 0.25)) == pytest.approx(1 + 2 * 0.75)


def test_chains_that_stay_apart_are_correlated_at_every_lag():
    noise = torch.rand(200, 2, 3, generator=torch.Generator().manual_seed(0))
    apart = noise + torch.tensor([0.0, 100.0])[:, None]
    assert min(mixing.autocorrelate(apart, 50)) > 0.99
    assert max(mixing.autocorrelate(noise, 50)[1:]) < 0.2


def test_samples_that_never_change_have_no_autocorrelation():
    found = mixing.measure_mixing(torch.ones(5, 2, 3), lags=2)
    assert (found.changed, found.moved) == (0, 0)
    assert np.isnan(found.autocorrelation).all()
    assert math.isnan(found.autocorrelation_time)


def gibbs_autocorrelation(machine, lags):
    """Exact, by the transition matrix of a Gibbs step over all visible states."""
    visible, hidden = brute_force.states(machine.visible), brute_force.states(machine.hidden)
    joint = np.exp([[-brute_force.energy(machine, v, h) for h in hidden] for v in visible])
    chances = joint.sum(1) / joint.sum()
    step = (joint / joint.sum(1, keepdims=True)) @ (joint / joint.sum(0)).T
    centred = visible - chances @ visible
    powers = itertools.accumulate([step] * lags, np.matmul, initial=np.eye(len(visible)))
    covariances = [np.sum(chances[:, None] * centred * (power @ centred)) for power in powers]
    return np.array(covariances) / covariances[0]


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_gibbs_chains_forget_as_their_transition_matrix_says(scale):
    machine = brute_force.make_machine(4, 3, seed=2, scale=scale, kind=torch.float32)
    start = torch.zeros(400, 4)
    samples = torch.stack([sweep.visible for sweep in gibbs(machine, start, 550, seed=0)])[50:]
    expected = gibbs_autocorrelation(machine, 10)
    np.testing.assert_allclose(mixing.autocorrelate(samples, 10), expected, atol=0.02)


def test_larger_weights_reconstruct_better_and_mix_more_slowly():
    weights = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    times, errors = [], []
    for size in (1.0, 3.0, 6.0):
        machine = Machine(size * weights, torch.full((4,), -size / 2), torch.full((2,), -size))
        samples = torch.stack([sweep.visible for sweep in gibbs(machine, torch.zeros(50, 4), 500, seed=1)])
        times.append(mixing.measure_mixing(samples, lags=100).autocorrelation_time)
        errors.append(ERRORS[DEFAULT].measure(machine, samples[100:].flatten(0, 1), seed=0))
    assert errors == sorted(errors, reverse=True)
    assert times == sorted(times)
    assert times[2] > 5 * times[0]


@pytest.mark.parametrize(("steps", "lags"), [(1, 1), (5, 0), (5, 5)])
def test_too_few_samples_are_refused_in_words(steps, lags):
    with pytest.raises(ValueError, match=rf"got \({steps}, 2, 3\) and {lags} lags"):
        mixing.measure_mixing(torch.zeros(steps, 2, 3), lags)
