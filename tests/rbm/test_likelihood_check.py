"""The likelihood of examples against the exact sum, and modes that annealing has missed."""

import math

import pytest
import torch

from nbutils.boltzmann.machine import Machine, initialize
from nbutils.boltzmann.monitors import watch
from nbutils.boltzmann.partition import exact_log_partition
from nbutils.rbm.likelihood_check import estimate_likelihood


def two_modes():
    """All twenty units off, or all on with a hundred nats more; as in tests/boltzmann/test_partition.py.

    Whoever has twelve units on falls into the second mode, which annealing from few does not find.
    """
    return Machine(torch.full((20, 10), 2.0), torch.full((20,), -5.0), torch.full((10,), -20.0))


def test_the_likelihood_is_that_of_the_exact_partition_function():
    machine = initialize(12, 10, weight_range=0.8, seed=3)
    examples = torch.bernoulli(torch.full((300, 12), 0.4), generator=torch.Generator().manual_seed(1))
    *_, found = estimate_likelihood(machine, watch(examples[:200], examples[200:]), steps=60, temperatures=400)
    exact = exact_log_partition(machine)
    assert found.finished
    assert found.share == 1
    assert found.log_partition == pytest.approx(exact, abs=0.05)
    energy = examples @ machine.visible_bias + torch.nn.functional.softplus(
        examples @ machine.weights + machine.hidden_bias
    ).sum(1)
    assert found.train == pytest.approx(float(energy[:200].mean()) - exact, abs=0.06)
    assert found.valid == pytest.approx(float(energy[200:].mean()) - exact, abs=0.06)
    assert found.bound.holds
    assert found.exact == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize(
    ("place", "filled"),
    [pytest.param(99, 20, id="an example that no chain begins at"), pytest.param(0, 12, id="a chain that falls into")],
)
def test_a_missed_mode_is_found_by(place, filled):
    machine, examples = two_modes(), torch.zeros(100, 20)
    examples[place, :filled] = 1
    *_, found = estimate_likelihood(machine, watch(examples, torch.zeros(5, 20)), steps=10, temperatures=300)
    exact = exact_log_partition(machine)
    assert found.exact == pytest.approx(exact)
    assert found.log_partition < exact - 50
    assert not found.bound.holds
    assert found.bound.largest == pytest.approx(exact, abs=0.5)
    assert found.bound.missing == pytest.approx(found.bound.largest - found.log_partition)


def test_a_mode_that_nothing_visits_is_not_found():
    """What the check cannot know: without that example all agree on an estimate that is a hundred nats too small."""
    *_, found = estimate_likelihood(two_modes(), watch(torch.zeros(100, 20), torch.zeros(5, 20)), steps=10)
    assert found.bound.holds
    assert found.log_partition < found.exact - 50


def test_snapshots_come_while_it_works_and_shares_grow(cubes):
    machine = initialize(27, 130)
    found = list(estimate_likelihood(machine, watch(cubes.train, cubes.valid)))
    shares = [one.share for one in found]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert math.isnan(found[-1].exact)


def test_parameters_that_are_no_numbers_have_no_likelihood(cubes):
    machine = initialize(27, 5)
    machine.weights[0, 0] = math.nan
    with pytest.raises(ValueError, match="not all finite"):
        next(estimate_likelihood(machine, watch(cubes.train, cubes.valid)))
