import numpy as np
import pytest
import torch
from scipy import integrate

from nbutils.boltzmann import likelihood
from nbutils.boltzmann.energies import free_energy
from nbutils.boltzmann.machine import hidden_inputs
from nbutils.boltzmann.partition import exact_log_partition
from tests.boltzmann import brute_force


@pytest.fixture(scope="module")
def binary():
    return brute_force.make_machine()


@pytest.fixture(scope="module")
def gaussian():
    return brute_force.make_machine(gaussian=True)


def place_all(visible):
    """Every row once for each of its units, and the units."""
    rows, units = visible.shape
    return visible.repeat_interleave(units, 0), torch.arange(units).repeat(rows)


def sum_conditionals(machine, visible):
    repeated, places = place_all(visible)
    found = likelihood.conditionals(machine, repeated, hidden_inputs(machine, repeated), places)
    return found.reshape(visible.shape).sum(1)


def log_conditional(machine, visible, place):
    """log p(v_i | all others), from the weights of the two states; binary."""
    other = visible.copy()
    other[place] = 1 - other[place]
    here, there = brute_force.weight(machine, visible), brute_force.weight(machine, other)
    return np.log(here / (here + there))


def log_conditional_density(machine, visible, place):
    """log p(v_i | all others), over an integral; Gaussian."""

    def weigh(value):
        return brute_force.weight(machine, np.where(np.arange(len(visible)) == place, value, visible))

    total, _ = integrate.quad(weigh, -20, 20, points=[-3, 0, 3], limit=200)
    return np.log(weigh(visible[place]) / total)


def test_probabilities_of_all_states_add_up_to_one(binary):
    every = torch.tensor(brute_force.states(6))
    logs = likelihood.log_likelihood(binary, every, exact_log_partition(binary))
    assert logs.exp().sum().item() == pytest.approx(1)
    weights = np.array([brute_force.weight(binary, v) for v in every.numpy()])
    np.testing.assert_allclose(logs.exp(), weights / weights.sum())


def test_densities_integrate_to_one():
    machine = brute_force.make_machine(2, 3, gaussian=True)
    line = torch.arange(-12, 12, 0.25).double()
    grid = torch.cartesian_prod(line, line)
    logs = likelihood.log_likelihood(machine, grid, exact_log_partition(machine))
    assert logs.exp().sum().item() * 0.25**2 == pytest.approx(1)


def test_the_conditionals_of_binary_units_are_those_of_two_states(binary):
    visible = torch.tensor(brute_force.states(6)[::7])
    expected = [sum(log_conditional(binary, v, place) for place in range(6)) for v in visible.numpy()]
    np.testing.assert_allclose(sum_conditionals(binary, visible), expected)


def test_the_conditionals_of_gaussian_units_are_densities():
    machine = brute_force.make_machine(3, 4, gaussian=True, scale=1.5)
    visible = np.random.default_rng(1).normal(0, 2, (2, 3))
    expected = [sum(log_conditional_density(machine, v, place) for place in range(3)) for v in visible]
    np.testing.assert_allclose(sum_conditionals(machine, torch.tensor(visible)), expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["binary", "gaussian"])
def test_drawn_units_give_the_sum_over_all_on_average(name, request):
    machine = request.getfixturevalue(name)
    visible = torch.tensor(brute_force.states(6)[::9])
    exact = float(sum_conditionals(machine, visible).mean())
    often = visible.repeat(2000, 1)
    repeated, places = place_all(visible)
    single = 6 * likelihood.conditionals(machine, repeated, hidden_inputs(machine, repeated), places)
    error = float(single.std()) / len(often) ** 0.5
    found = likelihood.pseudo_likelihood(machine, often, seed=3)
    assert found == pytest.approx(exact, abs=4 * error)
    assert error < 0.02 * abs(exact)
    assert found == likelihood.pseudo_likelihood(machine, often, seed=3)
    assert found != likelihood.pseudo_likelihood(machine, often, seed=4)


def test_grey_counts_as_the_probability_of_being_on(binary):
    """The place of a grey unit: the mean over its two values, weighed by it, with all others as they are."""
    row = np.array([1.0, 0.0, 0.25, 1.0, 0.0, 1.0])
    on, off = (np.where(np.arange(6) == 2, value, row) for value in (1.0, 0.0))
    expected = 0.25 * log_conditional(binary, on, 2) + 0.75 * log_conditional(binary, off, 2)
    visible = torch.tensor(row)[None]
    found = likelihood.conditionals(binary, visible, hidden_inputs(binary, visible), torch.tensor([2]))
    assert found.item() == pytest.approx(expected)


def test_binary_units_have_no_probability_of_255(binary):
    assert np.isnan(likelihood.pseudo_likelihood(binary, 255 * torch.ones(10, 6).double(), seed=0))


def test_huge_weights_of_gaussian_units_give_nan_and_no_huge_array(gaussian):
    huge = brute_force.make_machine(gaussian=True, scale=1e6)
    assert np.isnan(likelihood.pseudo_likelihood(huge, torch.zeros(10, 6).double(), seed=0))


def test_many_rows_of_gaussian_units_are_integrated_in_parts(gaussian, monkeypatch):
    visible = torch.tensor(np.random.default_rng(5).normal(0, 1, (50, 6)))
    whole = likelihood.pseudo_likelihood(gaussian, visible, seed=1)
    monkeypatch.setattr(likelihood, "AT_ONCE", 300)
    assert likelihood.pseudo_likelihood(gaussian, visible, seed=1) == pytest.approx(whole)


@pytest.mark.parametrize("name", ["binary", "gaussian"])
def test_the_gap_is_the_difference_of_mean_log_probabilities(name, request):
    machine = request.getfixturevalue(name)
    every = torch.tensor(brute_force.states(6))
    train, valid = every[:20], every[40:]
    gap = likelihood.free_energy_gap(machine, train, valid)
    logs = [np.log([brute_force.weight(machine, v) for v in part.numpy()]) for part in (train, valid)]
    assert gap.nats == pytest.approx(logs[0].mean() - logs[1].mean())
    assert gap.deviations == pytest.approx(gap.nats / logs[0].std())


def test_there_is_no_gap_to_the_same_data(binary):
    train = torch.tensor(brute_force.states(6))
    assert likelihood.free_energy_gap(binary, train, train) == likelihood.Gap(0.0, 0.0)
    assert float(free_energy(binary, train).std()) > 0
