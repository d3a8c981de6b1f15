import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from nbutils.boltzmann import partition
from nbutils.boltzmann.energies import free_energy
from nbutils.boltzmann.machine import Machine, initialize
from nbutils.boltzmann.samplers import gibbs
from tests.boltzmann import brute_force

REFUSED = (
    (torch.zeros(0, 6), "At least one visible state"),
    (torch.tensor([[0.0, 255, 0, 0, 0, 0]]), "lie in 0 to 1, got 0 to 255"),
    (torch.tensor([[0.0, math.nan, 0, 0, 0, 0]]), "lie in 0 to 1, got nan to nan"),
)


def estimate(machine, data, **settings):
    return list(partition.estimate_log_partition(machine, data, **settings))[-1]


def transpose(machine):
    return Machine(machine.weights.T.contiguous(), machine.hidden_bias, machine.visible_bias)


def two_modes():
    """All units off, or all on with a hundred nats more, and nothing in between.

    -F(v) = -5 k + 10 softplus(2 k - 20) for k visible units that are on: 0 at k = 0, -43 at k = 10, 100 at k = 20. As
    many as the states at k = 10 are (12 nats), chains that begin near k = 0 have 31 nats to cross.
    """
    return Machine(torch.full((20, 10), 2.0), torch.full((20,), -5.0), torch.full((10,), -20.0))


def test_log_z_is_the_sum_over_all_states_of_both_sides():
    machine = brute_force.make_machine()
    expected = brute_force.log_partition(machine)
    assert partition.exact_log_partition(machine) == pytest.approx(expected)
    assert partition.exact_log_partition(transpose(machine)) == pytest.approx(expected)


def test_log_z_of_a_gaussian_machine_is_an_integral():
    machine = brute_force.make_machine(2, 3, gaussian=True)
    line = np.arange(-12, 12, 0.5)
    total = sum(brute_force.weight(machine, (x, y)) for x in line for y in line) * 0.5**2
    assert partition.exact_log_partition(machine) == pytest.approx(np.log(total))


def test_states_are_summed_up_in_parts(monkeypatch):
    machine = brute_force.make_machine()
    monkeypatch.setattr(partition, "AT_ONCE", 42)  # 7 of 32 states
    monkeypatch.setattr(partition, "BEAT", 0)
    steps = list(partition.enumerate_log_partition(machine))
    assert [step.share for step in steps] == [7 / 32, 14 / 32, 21 / 32, 28 / 32, 1]
    assert all(a.log_partition < b.log_partition for a, b in pairwise(steps))
    assert steps[-1].log_partition == pytest.approx(brute_force.log_partition(machine))


def test_every_state_has_a_number():
    found = torch.cat([partition.number_states(0, 11, 5), partition.number_states(11, 32, 5)])
    assert {tuple(row) for row in found.tolist()} == {tuple(row) for row in brute_force.states(5)}


@pytest.mark.parametrize(("visible", "hidden", "gaussian"), [(30, 21, False), (4, 21, True)])
def test_too_many_units_are_refused_in_words(visible, hidden, gaussian):
    with pytest.raises(ValueError, match=f"at most 20 .*got {visible} visible and 21 hidden ones: estimate it"):
        partition.exact_log_partition(initialize(visible, hidden, gaussian=gaussian))


def test_few_visible_units_of_any_number_of_hidden_ones_are_summed_up():
    machine = initialize(3, 1000)
    expected = 3 * math.log(2) + 1000 * math.log(2)  # weights near 0
    assert partition.exact_log_partition(machine) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(("visible", "hidden", "scale"), [(20, 10, 0.5), (100, 15, 0.3)])
@pytest.mark.parametrize("gaussian", [False, True])
def test_annealing_agrees_with_the_exact_sum_within_its_error(visible, hidden, scale, gaussian):
    scale = scale / 2 if gaussian else scale
    machine = brute_force.make_machine(visible, hidden, 3, gaussian, scale, torch.float32)
    data = (torch.rand(200, visible, generator=torch.Generator().manual_seed(0)) < 0.3).float()
    found = estimate(machine, data, temperatures=500, chains=100, seed=1)
    missed = found.log_partition - partition.exact_log_partition(machine)
    assert found.standard_deviation < 0.1
    assert abs(missed) < 4 * found.standard_deviation
    assert found.share == 1
    assert found.finished


def test_the_error_is_how_much_estimates_of_other_seeds_differ():
    machine = brute_force.make_machine(20, 10, 3, scale=0.7, kind=torch.float32)
    data = torch.full((100, 20), 0.3)
    found = [estimate(machine, data, temperatures=20, chains=50, seed=seed) for seed in range(60)]
    spread = np.std([one.log_partition for one in found])
    assert np.mean([one.standard_deviation for one in found]) == pytest.approx(spread, rel=0.35)


def test_weights_that_are_all_alike_have_the_full_sample_size():
    """Without weights, and with the mean of the data where the biases have it, the path is one distribution."""
    data = (torch.rand(1000, 8, generator=torch.Generator().manual_seed(0)) < 0.4).float()
    fitted = (data.sum(0) + 1) / 1002
    machine = Machine(torch.zeros(8, 4), torch.logit(fitted), torch.zeros(4))
    found = estimate(machine, data, temperatures=5, chains=30)
    assert found.effective == pytest.approx(30)
    assert found.standard_deviation == pytest.approx(0, abs=1e-5)
    assert found.log_partition == pytest.approx(partition.exact_log_partition(machine), abs=1e-4)


def test_snapshots_come_on_the_way(monkeypatch):
    monkeypatch.setattr(partition, "BEAT", 0)
    machine, data = brute_force.make_machine(kind=torch.float32), torch.full((10, 6), 0.5)
    steps = list(partition.estimate_log_partition(machine, data, temperatures=4, chains=10, seed=1))
    assert [step.share for step in steps] == [0.25, 0.5, 0.75, 1]
    assert [step.finished for step in steps] == [False, False, False, True]
    assert steps[-1].states.shape == (10, 6)
    again = estimate(machine, data, temperatures=4, chains=10, seed=1)
    assert again.log_partition == steps[-1].log_partition
    assert estimate(machine, data, temperatures=4, chains=10, seed=2).log_partition != again.log_partition


@pytest.mark.parametrize(("temperatures", "chains"), [(0, 10), (10, 1), (2_000_000, 10), (10, 20_000)])
def test_numbers_out_of_range_are_refused_in_words(temperatures, chains):
    machine = brute_force.make_machine(kind=torch.float32)
    with pytest.raises(ValueError, match=f"got {temperatures} and {chains}"):
        estimate(machine, torch.zeros(3, 6), temperatures=temperatures, chains=chains)


def test_a_missed_mode_looks_perfect_to_the_sample_size_and_is_found_by_the_bound():
    machine = two_modes()
    exact = partition.exact_log_partition(machine)
    assert exact == pytest.approx(100, abs=0.01)
    found = estimate(machine, torch.zeros(100, 20), temperatures=1000, chains=100)
    assert found.effective > 90
    assert found.standard_deviation < 0.1
    assert found.log_partition < 1
    # The states that annealing itself has seen do not contradict it: only another chain knows the mode.
    assert partition.check_bound(found.log_partition, machine, found.states).holds
    *_, sweep = gibbs(machine, torch.ones(4, 20), steps=10, seed=0)
    bound = partition.check_bound(found.log_partition, machine, sweep.visible)
    assert not bound.holds
    assert bound.largest == pytest.approx(exact, abs=0.5)
    assert bound.missing == pytest.approx(exact - found.log_partition, abs=0.5)


@pytest.mark.parametrize("gaussian", [False, True])
def test_the_exact_sum_holds_for_every_state(gaussian):
    machine = brute_force.make_machine(gaussian=gaussian)
    rng = np.random.default_rng(0)
    visited = torch.tensor(rng.normal(0, 3, (500, 6)) if gaussian else rng.uniform(0, 1, (500, 6)))
    exact = partition.exact_log_partition(machine)
    bound = partition.check_bound(exact, machine, visited)
    constant = 3 * math.log(2 * math.pi) if gaussian else 0
    assert bound.holds
    assert bound.missing == 0
    assert bound.largest == pytest.approx(float(-free_energy(machine, visited).min()) + constant)
    below = partition.check_bound(bound.largest - 2, machine, visited)
    assert not below.holds
    assert below.missing == pytest.approx(2)


def test_the_bound_of_gaussian_units_is_reached_where_there_is_one_gaussian():
    machine = Machine(torch.zeros(4, 1), torch.ones(4), torch.tensor([-50.0]), gaussian=True)
    bound = partition.check_bound(0.0, machine, torch.ones(1, 4))
    assert bound.largest == pytest.approx(partition.exact_log_partition(machine))


def test_the_bound_refuses_what_it_cannot_judge():
    machine = brute_force.make_machine(kind=torch.float32)
    for visible, said in REFUSED:
        with pytest.raises(ValueError, match=said):
            partition.check_bound(0.0, machine, visible)


def test_annealing_refuses_data_that_its_base_cannot_fit():
    for visible, said in REFUSED:
        with pytest.raises(ValueError, match=said):
            next(partition.estimate_log_partition(brute_force.make_machine(kind=torch.float32), visible))


def test_a_machine_that_is_not_finite_has_no_log_z():
    weights = torch.zeros(6, 5)
    weights[0, 0] = math.nan
    machine = Machine(weights, torch.zeros(6), torch.zeros(5))
    assert math.isnan(partition.exact_log_partition(machine))
    found = estimate(machine, torch.zeros(3, 6), temperatures=3, chains=3)
    assert math.isnan(found.log_partition)
    assert not partition.check_bound(found.log_partition, machine, torch.zeros(1, 6)).holds
