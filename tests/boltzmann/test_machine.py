import numpy as np
import pytest
import torch
from scipy import stats

from nbutils.boltzmann.machine import (
    Machine,
    copy_to,
    hidden_probabilities,
    initialize,
    is_finite,
    subtract,
    visible_means,
)
from tests.boltzmann import brute_force


def test_weights_begin_uniformly_in_their_range():
    machine = initialize(300, 200, weight_range=0.022, seed=3)
    values = machine.weights.double().flatten().numpy()
    assert (machine.weights.dtype, machine.visible, machine.hidden) == (torch.float32, 300, 200)
    assert stats.kstest(values, stats.uniform(-0.022, 0.044).cdf).pvalue > 0.001


def test_biases_begin_where_they_are_told_to():
    machine = initialize(3, 2, visible_bias=torch.tensor([1.0, 2.0, 3.0]), hidden_bias=-4)
    assert machine.visible_bias.tolist() == [1, 2, 3]
    assert machine.hidden_bias.tolist() == [-4, -4]
    assert initialize(3, 2, visible_bias=-1).visible_bias.tolist() == [-1, -1, -1]


def test_a_seed_gives_its_weights_again():
    assert torch.equal(initialize(9, 8, seed=4).weights, initialize(9, 8, seed=4).weights)
    assert not torch.equal(initialize(9, 8, seed=4).weights, initialize(9, 8, seed=5).weights)


def test_hidden_probabilities_are_conditional_probabilities():
    machine = brute_force.make_machine(4, 3)
    for visible in brute_force.states(4):
        kinds = brute_force.states(3)
        table = np.array([np.exp(-brute_force.energy(machine, visible, hidden)) for hidden in kinds])
        expected = table @ kinds / table.sum()
        np.testing.assert_allclose(hidden_probabilities(machine, torch.tensor(visible)[None])[0], expected)


def test_visible_means_are_conditional_means():
    machine = brute_force.make_machine(4, 3)
    for hidden in brute_force.states(3):
        kinds = brute_force.states(4)
        table = np.array([np.exp(-brute_force.energy(machine, visible, hidden)) for visible in kinds])
        np.testing.assert_allclose(visible_means(machine, torch.tensor(hidden)[None])[0], table @ kinds / table.sum())


def test_gaussian_visible_units_are_normal_around_their_means_with_unit_variance():
    """exp(-E) as a function of one visible unit is, but for a factor, the density of that normal distribution."""
    machine = brute_force.make_machine(1, 3, gaussian=True)
    grid = np.linspace(-3, 3, 13)
    for hidden in brute_force.states(3):
        mean = visible_means(machine, torch.tensor(hidden)[None]).item()
        ours = np.array([-brute_force.energy(machine, [v], hidden) for v in grid])
        np.testing.assert_allclose(ours - ours[0], stats.norm(mean).logpdf(grid) - stats.norm(mean).logpdf(grid[0]))


def test_a_copy_shares_no_memory_and_a_difference_is_one():
    machine = initialize(4, 3)
    copy = copy_to(machine, "cpu")
    machine.weights.add_(1)
    assert torch.allclose(subtract(machine, copy).weights, torch.ones(4, 3))
    assert subtract(machine, copy).hidden_bias.tolist() == [0, 0, 0]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
@pytest.mark.parametrize("part", ["weights", "visible_bias", "hidden_bias"])
def test_one_bad_number_anywhere_is_found(part, bad):
    machine = initialize(4, 3)
    assert is_finite(machine)
    getattr(machine, part).view(-1)[1] = bad
    assert not is_finite(machine)


def test_what_is_no_machine_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match=r"got \(4, 3\), \(3,\) and \(3,\)"):
        Machine(torch.zeros(4, 3), torch.zeros(3), torch.zeros(3))
    with pytest.raises(ValueError, match=r"got \(4,\), \(4,\) and \(0,\)"):
        Machine(torch.zeros(4), torch.zeros(4), torch.zeros(0))
    with pytest.raises(ValueError, match="got bfloat16: convert them"):
        Machine(*(torch.zeros(shape, dtype=torch.bfloat16) for shape in ((4, 3), (4,), (3,))))
    with pytest.raises(ValueError, match="got float32, float64"):
        Machine(torch.zeros(4, 3), torch.zeros(4).double(), torch.zeros(3))
