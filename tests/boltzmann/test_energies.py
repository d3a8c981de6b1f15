import numpy as np
import pytest
import torch
from scipy import integrate

from nbutils.boltzmann import energies
from nbutils.boltzmann.machine import hidden_probabilities, visible_inputs, visible_means
from tests.boltzmann import brute_force


@pytest.fixture(scope="module", params=[False, True], ids=["binary", "gaussian"])
def machine(request):
    return brute_force.make_machine(gaussian=request.param)


@pytest.fixture(scope="module")
def visible(machine):
    rng = np.random.default_rng(1)
    return rng.normal(0, 2, (7, 6)) if machine.gaussian else rng.integers(0, 2, (7, 6)).astype(float)


def test_the_energy_is_the_sum_of_its_terms(machine, visible):
    hidden = np.random.default_rng(2).integers(0, 2, (7, 5)).astype(float)
    expected = [brute_force.energy(machine, v, h) for v, h in zip(visible, hidden, strict=True)]
    np.testing.assert_allclose(energies.energy(machine, torch.tensor(visible), torch.tensor(hidden)), expected)


def test_the_free_energy_sums_out_every_hidden_state(machine, visible):
    expected = [-np.log(brute_force.weight(machine, v)) for v in visible]
    np.testing.assert_allclose(energies.free_energy(machine, torch.tensor(visible)), expected)


def test_the_hidden_free_energy_of_a_binary_machine_sums_out_every_visible_state():
    machine, hidden = brute_force.make_machine(), [1.0, 0.0, 1.0, 1.0, 0.0]
    expected = -np.log(sum(np.exp(-brute_force.energy(machine, v, hidden)) for v in brute_force.states(6)))
    assert energies.hidden_free_energy(machine, torch.tensor([hidden]).double()).item() == pytest.approx(expected)


def test_the_hidden_free_energy_of_a_gaussian_machine_is_an_integral():
    machine, hidden = brute_force.make_machine(2, 3, gaussian=True), [1.0, 0.0, 1.0]
    total, _ = integrate.dblquad(lambda x, y: np.exp(-brute_force.energy(machine, (x, y), hidden)), -12, 12, -12, 12)
    found = energies.hidden_free_energy(machine, torch.tensor([hidden]).double()).item()
    assert found == pytest.approx(-np.log(total), abs=1e-6)


def test_energies_give_the_probabilities_that_units_are_drawn_with(machine, visible):
    """p(h_j = 1 | v) is the logistic function of how much lower the energy is with h_j = 1."""
    found = hidden_probabilities(machine, torch.tensor(visible))
    off, on = np.zeros(5), np.eye(5)
    for row, v in enumerate(visible):
        lower = [brute_force.energy(machine, v, off) - brute_force.energy(machine, v, on[j]) for j in range(5)]
        np.testing.assert_allclose(found[row], 1 / (1 + np.exp(-np.array(lower))))


def test_a_gaussian_machine_expects_what_has_the_lowest_energy():
    machine, hidden = brute_force.make_machine(gaussian=True), torch.tensor([[0.0, 1.0, 1.0, 0.0, 1.0]]).double()
    means = visible_means(machine, hidden).requires_grad_()
    energies.energy(machine, means, hidden).sum().backward()
    np.testing.assert_allclose(means.grad, 0, atol=1e-12)
    torch.testing.assert_close(visible_inputs(machine, hidden), means.detach())


def test_single_precision_keeps_six_digits_with_a_thousand_units():
    exact = brute_force.make_machine(1000, 400, scale=0.1)
    rounded = brute_force.make_machine(1000, 400, scale=0.1, kind=torch.float32)
    visible = torch.from_numpy(np.random.default_rng(0).integers(0, 2, (10, 1000))).float()
    found = energies.free_energy(rounded, visible)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.double(), energies.free_energy(exact, visible.double()), rtol=1e-6, atol=1e-3)
