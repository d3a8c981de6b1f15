import numpy as np
import pytest
import torch
from scipy import stats

from nbutils.boltzmann.machine import visible_means
from nbutils.boltzmann.samplers import draw_noise, from_noise, gibbs, sample_hidden, sample_visible
from nbutils.boltzmann.uniforms import random_numbers
from tests.boltzmann import brute_force, exact

CHAINS = 20_000


@pytest.fixture(scope="module")
def machine():
    return brute_force.make_machine(4, 3, kind=torch.float32)


def last_of(sweeps):
    *_, last = sweeps
    return last


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_chains_have_the_shares_that_the_table_of_transitions_says(machine, steps):
    begin = torch.tensor([[1.0, 0, 1, 1]])
    shares = np.linalg.matrix_power(exact.transition(machine), steps)[exact.places(begin)[0]]
    got = last_of(gibbs(machine, begin.repeat(CHAINS, 1), steps, seed=1))
    assert exact.chi_square(got.visible, shares) > 0.001


def test_long_chains_have_the_shares_of_the_machine():
    machine = brute_force.make_machine(4, 3, scale=1.5, kind=torch.float32)
    shares = exact.joint(machine).sum(1)
    one_step = last_of(gibbs(machine, torch.zeros(CHAINS, 4), 1, seed=2))
    assert exact.chi_square(one_step.visible, shares) < 1e-6, "the test can tell shares apart"
    got = last_of(gibbs(machine, torch.zeros(CHAINS, 4), 100, seed=2, every=100))
    assert exact.chi_square(got.visible, shares) > 0.001


def test_chains_from_noise_begin_with_fair_coins_and_end_in_the_machine(machine):
    assert exact.chi_square(draw_noise(machine, CHAINS, seed=3), np.ones(16)) > 0.001
    got = last_of(from_noise(machine, CHAINS, 40, seed=3))
    assert exact.chi_square(got.visible, exact.joint(machine).sum(1)) > 0.001


def test_both_sides_are_drawn_with_their_conditional_probabilities(machine):
    weights, b, c = exact.parts_of(machine)
    visible, hidden = torch.tensor([[1.0, 1, 0, 1]]), torch.tensor([[0.0, 1, 1]])
    got = sample_hidden(machine, visible.repeat(CHAINS, 1), random_numbers(4))
    assert exact.chi_square(got, exact.chances(exact.logistic(visible.numpy() @ weights + c))[0]) > 0.001
    got = sample_visible(machine, hidden.repeat(CHAINS, 1), random_numbers(5))
    assert exact.chi_square(got, exact.chances(exact.logistic(hidden.numpy() @ weights.T + b))[0]) > 0.001


def test_gaussian_chains_have_the_mixture_of_normal_distributions_of_the_machine():
    """With the visible units integrated out, p(h) is proportional to exp(c h + b W h + |W h|^2 / 2)."""
    machine = brute_force.make_machine(3, 3, gaussian=True, scale=0.5, kind=torch.float32)
    weights, b, c = exact.parts_of(machine)
    hidden = brute_force.states(3)
    pushed = hidden @ weights.T
    shares = np.exp(hidden @ c + pushed @ b + (pushed**2).sum(1) / 2)
    shares /= shares.sum()
    got = last_of(gibbs(machine, draw_noise(machine, CHAINS, seed=6), 40, seed=7)).visible.double().numpy()
    for unit in range(3):
        mixture = lambda x, unit=unit: stats.norm.cdf(x[:, None], b[unit] + pushed[:, unit]) @ shares  # noqa: E731
        assert stats.kstest(got[:, unit], mixture).pvalue > 0.001
    assert exact.chi_square(sample_hidden(machine, torch.tensor(got).float(), random_numbers(8)), shares) > 0.001


def test_gaussian_noise_is_standard_normal():
    machine = brute_force.make_machine(3, 3, gaussian=True, kind=torch.float32)
    assert stats.kstest(draw_noise(machine, 5000, 9).flatten().numpy(), "norm").pvalue > 0.001


def test_a_sweep_tells_the_means_its_samples_were_drawn_with(machine):
    got = last_of(gibbs(machine, torch.zeros(CHAINS, 4), 3, seed=10))
    possible = visible_means(machine, torch.tensor(brute_force.states(3)).float())
    assert all(torch.isclose(possible, row).all(1).any() for row in got.means[:50])
    spread = ((got.means * (1 - got.means)).sum(0) ** 0.5).numpy()
    assert np.all(np.abs((got.visible - got.means).sum(0).numpy()) < 4 * spread)


def test_sweeps_come_every_so_many_steps_and_at_the_end(machine):
    assert [sweep.step for sweep in gibbs(machine, torch.zeros(2, 4), 7, seed=0, every=3)] == [3, 6, 7]
    assert [sweep.step for sweep in from_noise(machine, 2, 3, seed=0)] == [1, 2, 3]


def test_sweeps_stay_as_they_were_yielded(machine):
    sweeps = list(gibbs(machine, torch.zeros(50, 4), 5, seed=0))
    again = [sweep.visible.clone() for sweep in gibbs(machine, torch.zeros(50, 4), 5, seed=0)]
    assert all(torch.equal(sweep.visible, other) for sweep, other in zip(sweeps, again, strict=True))
    assert not torch.equal(again[3], again[4])


def test_a_seed_gives_its_chains_again_and_the_start_is_left_alone(machine):
    begin = torch.zeros(20, 4)
    one, two, other = (last_of(gibbs(machine, begin, 4, seed)).visible for seed in (1, 1, 2))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    assert not begin.any()


def test_what_no_chain_can_begin_with_is_refused_with_a_sentence(machine):
    with pytest.raises(ValueError, match=r"Chains begin at \(chains, 4\) visible units, got \(3, 5\)"):
        next(gibbs(machine, torch.zeros(3, 5), 1, seed=0))
    with pytest.raises(ValueError, match=r"got \(0, 4\)"):
        next(gibbs(machine, torch.zeros(0, 4), 1, seed=0))
    with pytest.raises(ValueError, match="steps and every must be 1 or more, got 0 and 1"):
        next(gibbs(machine, torch.zeros(3, 4), 0, seed=0))
    with pytest.raises(ValueError, match="chains must be 1 or more, got 0"):
        next(from_noise(machine, 0, 1, seed=0))
