"""One update against plain numpy that is given the same random numbers, and on average against tables over states."""

import numpy as np
import pytest
import torch

from nbutils.boltzmann.learners import begin
from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.tempering import count_swaps, inverse_temperatures
from nbutils.boltzmann.uniforms import random_numbers
from nbutils.boltzmann.updates import Learner, make_workspace, update
from tests.boltzmann import brute_force, exact

OPTIONS = {
    "plain": {},
    "sum": {"rate_on": "sum"},
    "k": {"k": 3},
    "probabilities": {"sample_visible": False},
    "momentum": {"momentum": 0.7},
    "decay": {"weight_decay": 0.05},
    "momentum and decay": {"momentum": 0.5, "weight_decay": 0.1, "rate_on": "sum"},
    "sparsity": {"sparsity_target": 0.1, "sparsity_cost": 0.5},
    "sparsity and momentum on the sum": {
        "sparsity_target": 0.2,
        "sparsity_cost": 0.3,
        "momentum": 0.9,
        "rate_on": "sum",
    },
    "persistent": {"sampler": "pcd", "k": 2},
    "persistent chains are samples even so": {"sampler": "pcd", "sample_visible": False},
    "persistent with momentum": {"sampler": "pcd", "momentum": 0.5},
    "gaussian": {"gaussian": True},
    "gaussian, persistent": {"gaussian": True, "sampler": "pcd", "weight_decay": 0.01},
    "gaussian means": {"gaussian": True, "sample_visible": False},
}


class Reference:
    """The update rule of Hinton's guide, written with loops over nothing but formulas, in float64."""

    def __init__(self, settings, machine, chains, numbers):
        self.settings, self.numbers = settings, numbers
        self.weights, self.b, self.c = exact.parts_of(machine)
        self.moves = [np.zeros_like(part) for part in (self.weights, self.b, self.c)]
        self.activity = np.full(len(self.c), settings.sparsity_target)
        self.chains = chains

    def draw(self, means):
        return (self.numbers.uniforms(torch.empty(means.shape)).double().numpy() < means).astype(float)

    def reconstruct(self, hidden):
        inputs = self.b + hidden @ self.weights.T
        sampled = self.settings.sample_visible or self.settings.sampler == "pcd"
        if self.settings.gaussian:
            return inputs + self.numbers.normals(torch.empty(inputs.shape)).double().numpy() if sampled else inputs
        return self.draw(exact.logistic(inputs)) if sampled else exact.logistic(inputs)

    def expect(self, visible):
        return exact.logistic(self.c + visible @ self.weights)

    def update(self, data):
        settings = self.settings
        positive = self.expect(data)
        hidden = self.draw(positive) if settings.sampler == "cd" else self.chains
        for step in range(settings.k):
            visible = self.reconstruct(hidden)
            negative = self.expect(visible)
            if step < settings.k - 1 or settings.sampler == "pcd":
                hidden = self.draw(negative)
        self.chains = hidden
        pulls = np.zeros_like(positive)
        if settings.sparsity_cost:
            self.activity = 0.95 * self.activity + 0.05 * positive.mean(0)
            pulls += settings.sparsity_cost * (self.activity - settings.sparsity_target)
        number = len(data) if settings.rate_on == "mean" else 1
        gradients = (
            (data.T @ (positive - pulls) - visible.T @ negative) / number,
            (data - visible).sum(0) / number,
            (positive - pulls - negative).sum(0) / number,
        )
        shrinks = (settings.weight_decay * self.weights, 0, 0)
        for part, move, gradient, shrink in zip(
            (self.weights, self.b, self.c), self.moves, gradients, shrinks, strict=True
        ):
            move[...] = settings.momentum * move + settings.rate * (gradient - shrink)
            part += move


@pytest.mark.parametrize("name", OPTIONS)
def test_updates_are_those_of_the_formulas_step_by_step(name):
    settings = Training(hidden=7, batch=10, rate=0.1, weight_range=0.3, hidden_bias=-0.2, seed=3, **OPTIONS[name])
    rng = np.random.default_rng(4)
    examples = rng.normal(0, 1, (30, 12)) if settings.gaussian else rng.integers(0, 2, (30, 12)).astype(float)
    learner = begin(torch.tensor(examples).float(), settings)
    numbers = random_numbers((settings.seed, 1))
    if settings.sampler == "pcd":  # the chains begin at examples: two draws before the first update
        for like in (torch.empty(10), torch.empty(10, 7)):
            numbers.uniforms(like)
    reference = Reference(settings, learner.machine, learner.chains.double().numpy(), numbers)
    space = make_workspace(learner.machine, settings.batch)
    for step in range(6):
        batch = examples[step % 3 * 10 :][:10]
        space.data.copy_(torch.tensor(batch))
        update(learner, space, settings)
        reference.update(batch.astype(np.float32).astype(float))
        for ours, theirs in zip(
            exact.parts_of(learner.machine), (reference.weights, reference.b, reference.c), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, atol=2e-6)
    assert np.abs(reference.weights).max() > 0.31, "the weights moved"
    np.testing.assert_allclose(learner.activity, reference.activity, atol=1e-6)


def double_learner(machine, settings, chains, seed=0):
    """A learner with twice the precision, so that the tiniest rate leaves the machine as it is and tells its update."""
    temperatures = settings.temperatures if settings.sampler == "tempering" else 1
    device = machine.weights.device
    zeros = Machine(*(torch.zeros_like(part) for part in machine.parameters))
    return Learner(
        machine=machine,
        velocity=zeros,
        activity=torch.zeros_like(machine.hidden_bias),
        chains=chains,
        inverse=inverse_temperatures(temperatures).to(machine.weights),
        swaps=count_swaps(temperatures, device),
        numbers=random_numbers(seed),
    )


def mean_gradients(machine, settings, data, chains, updates, skipped=0):
    """The mean and its standard error of what updates add for one example, the machine being held where it is.

    The error is that of the means of 20 blocks, which are nearly independent where single updates are not.
    """
    learner = double_learner(machine, settings, chains)
    space = make_workspace(machine, settings.batch)
    parts = machine.parameters
    kept = [part.clone() for part in parts]
    found = []
    for number in range(updates):
        space.data.copy_(data)
        update(learner, space, settings)
        if number >= skipped:
            found.append([(part - one).numpy() / settings.rate for part, one in zip(parts, kept, strict=True)])
        for part, one in zip(parts, kept, strict=True):
            part.copy_(one)
    blocks = [np.array(one).reshape(20, -1, *one[0].shape).mean(1) for one in zip(*found, strict=True)]
    return [(one.mean(0), one.std(0, ddof=1) / 20**0.5) for one in blocks]


def data_shares(seed=5):
    """1000 examples of four units with known shares."""
    counts = np.random.default_rng(seed).multinomial(1000, np.random.default_rng(seed + 1).dirichlet(np.ones(16)))
    examples = np.repeat(brute_force.states(4), counts, axis=0)
    return torch.tensor(examples), counts / 1000


def assert_near(found, expected):
    for (mean, error), wanted in zip(found, expected, strict=True):
        assert np.all(np.abs(mean - wanted) < 6 * error), np.abs((mean - wanted) / error).max()


@pytest.fixture(scope="module")
def machine():
    return brute_force.make_machine(4, 3, seed=2, scale=1.5)


@pytest.mark.parametrize("k", [1, 3])
def test_contrastive_divergence_is_on_average_what_the_tables_say(machine, k):
    examples, data = data_shares()
    reached = data @ np.linalg.matrix_power(exact.transition(machine), k)
    settings = Training(hidden=3, batch=1000, rate=1e-8, k=k)
    found = mean_gradients(machine, settings, examples, torch.empty(0), 400)
    assert_near(found, exact.gradients(machine, data, reached))
    exact_gradients = exact.gradients(machine, data, exact.joint(machine).sum(1))
    with pytest.raises(AssertionError):  # a few steps are not the gradient of the likelihood, and the test can tell
        assert_near(found, exact_gradients)


@pytest.mark.parametrize(("sampler", "k"), [("cd", 25), ("pcd", 1), ("tempering", 1)])
def test_long_and_persistent_chains_give_the_gradient_of_the_likelihood(machine, sampler, k):
    examples, data = data_shares()
    settings = Training(hidden=3, batch=1000, rate=1e-8, sampler=sampler, k=k, temperatures=3)
    chains = {
        "cd": torch.empty(0),
        "pcd": torch.zeros(1000, 3).double(),
        "tempering": torch.zeros(3, 1000, 4).double(),
    }
    found = mean_gradients(machine, settings, examples, chains[sampler], 260, skipped=60)
    assert_near(found, exact.gradients(machine, data, exact.joint(machine).sum(1)))


def test_the_gradient_of_the_tables_is_that_of_the_likelihood(machine):
    """By finite differences of the log-likelihood that brute force sums up."""
    _, data = data_shares()

    def likelihood(part, place, shift):
        parts = [one.clone() for one in machine.parameters]
        parts[part][place] += shift
        moved = Machine(*parts)
        logs = np.log([brute_force.weight(moved, v) for v in brute_force.states(4)])
        return data @ logs - np.log(np.exp(logs).sum())

    gradients = exact.gradients(machine, data, exact.joint(machine).sum(1))
    for part, place in ((0, (0, 0)), (0, (3, 2)), (0, (1, 1)), (1, 2), (2, 0)):
        slope = (likelihood(part, place, 1e-4) - likelihood(part, place, -1e-4)) / 2e-4
        assert slope == pytest.approx(gradients[part][place], abs=1e-6)
