import itertools

import numpy as np
import pytest
import torch

from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.samplers import gibbs
from nbutils.boltzmann.tempering import inverse_temperatures, swap_rates, temper
from tests.boltzmann import brute_force, exact

CHAINS = 10_000


def last_of(sweeps):
    *_, last = sweeps
    return last


def tempered(machine, inverse):
    return Machine(machine.weights * inverse, machine.visible_bias * inverse, machine.hidden_bias * inverse)


def two_modes():
    """All units on, or all off: from one to the other a Gibbs chain needs thousands of steps."""
    weights = torch.full((4, 3), 5.0)
    return Machine(weights, -weights.sum(1) / 2, -weights.sum(0) / 2)


def test_temperatures_go_from_the_machine_to_independent_units():
    assert inverse_temperatures(5).tolist() == [1, 0.75, 0.5, 0.25, 0]


@pytest.mark.parametrize("temperatures", [2, 3, 4, 5])
def test_tempered_chains_have_the_shares_of_the_machine(temperatures):
    machine = brute_force.make_machine(4, 3, kind=torch.float32)
    got = last_of(temper(machine, torch.zeros(CHAINS, 4), 40, seed=1, temperatures=temperatures, every=40))
    assert exact.chi_square(got.visible, exact.joint(machine).sum(1)) > 0.001


def test_tempered_chains_of_a_gaussian_machine_have_its_means():
    machine = brute_force.make_machine(3, 3, gaussian=True, scale=0.5, kind=torch.float32)
    weights, b, c = exact.parts_of(machine)
    hidden = brute_force.states(3)
    pushed = hidden @ weights.T
    shares = np.exp(hidden @ c + pushed @ b + (pushed**2).sum(1) / 2)
    means = b + shares @ pushed / shares.sum()
    got = last_of(temper(machine, torch.zeros(CHAINS, 3), 40, seed=2, temperatures=4, every=40)).visible
    assert np.all(np.abs(got.mean(0).numpy() - means) < 4 * got.std(0).numpy() / CHAINS**0.5)


def test_swaps_are_accepted_as_often_as_the_tables_say():
    """In equilibrium: the mean of min(1, ratio) over independent states of two neighbouring temperatures."""
    machine = brute_force.make_machine(4, 3, scale=1.5, kind=torch.float32)
    inverse = inverse_temperatures(4).tolist()
    weights = [exact.joint(tempered(machine, one)).sum(1) for one in inverse]
    expected = [
        sum(p[v] * q[w] * min(1, p[w] * q[v] / (p[v] * q[w])) for v in range(16) for w in range(16))
        for p, q in itertools.pairwise(weights)
    ]
    sweeps = list(temper(machine, torch.zeros(4000, 4), 60, seed=3, temperatures=4, every=30))
    # The first thirty steps lead to equilibrium; what both countings differ by was counted there.
    late = [2 * after - before for before, after in zip(sweeps[0].swap_rates, sweeps[1].swap_rates, strict=True)]
    np.testing.assert_allclose(late, expected, atol=0.01)
    assert min(expected) < 0.9


def test_tempered_chains_leave_a_mode_in_which_gibbs_chains_stay():
    machine = two_modes()
    begin = torch.ones(500, 4)
    stuck = last_of(gibbs(machine, begin, 60, seed=4, every=60)).visible
    free = last_of(temper(machine, begin, 60, seed=4, temperatures=8, every=60)).visible
    assert stuck.mean() > 0.95
    assert exact.joint(machine).sum(1) @ brute_force.states(4).mean(1) == pytest.approx(0.5)
    assert 0.4 < free.mean() < 0.6


def test_a_seed_gives_its_chains_again_and_the_start_is_left_alone():
    machine, begin = brute_force.make_machine(4, 3, kind=torch.float32), torch.zeros(20, 4)
    one, two, other = (last_of(temper(machine, begin, 5, seed)) for seed in (1, 1, 2))
    assert torch.equal(one.visible, two.visible)
    assert one.swap_rates == two.swap_rates
    assert not torch.equal(one.visible, other.visible)
    assert not begin.any()


def test_swap_rates_before_any_swap_are_0():
    assert swap_rates(torch.zeros(2, 3, dtype=torch.int64)) == (0, 0, 0)


def test_one_temperature_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="temperatures must be 2 or more, got 1"):
        next(temper(brute_force.make_machine(4, 3), torch.zeros(2, 4), 1, seed=0, temperatures=1))
