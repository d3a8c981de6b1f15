import numpy as np
import pytest
import torch

from nbutils.boltzmann import stack
from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.training import train
from tests.boltzmann import brute_force


@pytest.fixture(scope="module")
def layers():
    return [brute_force.make_machine(8, 6, 1), brute_force.make_machine(6, 5, 2), brute_force.make_machine(5, 3, 3)]


def last_of(steps):
    *_, last = steps
    return last


def logistic(inputs):
    return 1 / (1 + np.exp(-inputs))


def run_up(layers, visible):
    """What the last layer receives, by numpy."""
    for place, layer in enumerate(layers):
        visible = logistic(visible) if place else visible
        visible = layer.hidden_bias.numpy() + visible @ layer.weights.numpy()
    return visible


def test_each_layer_answers_to_the_one_below(layers):
    visible = np.random.default_rng(0).random((7, 8))
    np.testing.assert_allclose(stack.encode(layers, torch.tensor(visible)), logistic(run_up(layers, visible)))
    np.testing.assert_allclose(stack.receive(layers, torch.tensor(visible)), run_up(layers, visible))


def test_filters_are_combined_by_the_weights_above(layers):
    first, second, third = (layer.weights.numpy() for layer in layers)
    np.testing.assert_allclose(stack.combine_filters(layers[:1]), first)
    np.testing.assert_allclose(stack.combine_filters(layers), first @ second @ third)
    strongest = stack.combine_filters(layers[:2], strongest=2)
    for unit in range(5):
        two = np.argsort(-np.abs(second[:, unit]))[:2]
        np.testing.assert_allclose(strongest[:, unit], first[:, two] @ second[two, unit])
    torch.testing.assert_close(stack.combine_filters(layers[:2], strongest=6), stack.combine_filters(layers[:2]))


def test_what_excites_a_unit_of_the_first_layer_most_is_its_filter(layers):
    found = last_of(stack.maximize_activation(layers[:1], [4, 0], length=3.0, starts=2))
    filters = layers[0].weights.T[[4, 0]]
    expected = 3 * filters / filters.norm(dim=1, keepdim=True)
    torch.testing.assert_close(found.patterns, expected[:, None].expand(2, 2, 8), atol=1e-6, rtol=0)
    best = layers[0].hidden_bias[[4, 0]] + 3 * filters.norm(dim=1)
    torch.testing.assert_close(found.activations, best[:, None].expand(2, 2))


@pytest.mark.parametrize("depth", [2, 3])
def test_no_pattern_of_that_length_nearby_excites_an_upper_unit_more(layers, depth):
    """At the maximum on a sphere the gradient, by autograd, points along the pattern."""
    units = list(range(layers[depth - 1].hidden))
    found = last_of(stack.maximize_activation(layers[:depth], units, length=2.0, starts=3, steps=500))
    patterns = found.patterns.flatten(0, 1).requires_grad_()
    activations = stack.receive(layers[:depth], patterns)[torch.arange(3 * len(units)), np.repeat(units, 3)]
    activations.sum().backward()
    torch.testing.assert_close(activations.detach(), found.activations.flatten())
    torch.testing.assert_close(patterns.detach().norm(dim=1), torch.full((3 * len(units),), 2.0).double())
    along = torch.cosine_similarity(patterns.grad, patterns.detach())
    assert along.min() > 0.99999


def test_an_upper_unit_is_excited_more_than_by_any_of_many_random_patterns(layers):
    found = last_of(stack.maximize_activation(layers, [1], length=2.0))
    noise = torch.randn(20_000, 8, generator=torch.Generator().manual_seed(0)).double()
    noise *= 2 / noise.norm(dim=1, keepdim=True)
    assert found.activations.max() > stack.receive(layers, noise)[:, 1].max()


def test_the_same_seed_gives_the_same_patterns(layers):
    made = [last_of(stack.maximize_activation(layers, [0], 1.0, steps=3, seed=seed)).patterns for seed in (1, 1, 2)]
    assert torch.equal(made[0], made[1])
    assert not torch.equal(made[0], made[2])


def test_snapshots_come_on_the_way(layers, monkeypatch):
    monkeypatch.setattr(stack, "BEAT", 0)
    steps = list(stack.maximize_activation(layers, [0, 2], 1.0, starts=4, steps=20))
    assert [step.step for step in steps] == list(range(1, 21))
    assert [step.finished for step in steps] == [False] * 19 + [True]
    assert steps[0].patterns.shape == (2, 4, 8)
    assert (steps[-1].activations > steps[0].activations).all()


def test_a_unit_without_weights_keeps_its_noise():
    deaf = Machine(torch.zeros(4, 2), torch.zeros(4), torch.zeros(2))
    found = last_of(stack.maximize_activation([deaf], [0], 1.0, steps=2))
    assert torch.isfinite(found.patterns).all()


def test_a_second_layer_learns_which_units_of_the_first_go_together():
    """Four blocks of pixels, of which the first two and the last two are on together: each is seen by one unit."""
    first = Machine(8 * torch.eye(4).repeat_interleave(3, 0), torch.zeros(12), torch.full((4,), -12.0))
    pairs = torch.tensor([[1.0, 1, 0, 0], [0, 0, 1, 1]]).repeat(200, 1)
    examples = pairs.repeat_interleave(3, 1)
    codes = stack.encode([first], examples)
    torch.testing.assert_close(codes, pairs, atol=1e-4, rtol=0)
    settings = Training(hidden=2, batch=20, epochs=30, rate=0.2, weight_range=0.1, seed=1)
    second = last_of(train(codes, settings)).machine
    weights = second.weights
    assert (weights[0] * weights[1] > 0).all()
    assert (weights[2] * weights[3] > 0).all()
    assert (weights[0] * weights[2] < 0).all()
    patterns = stack.combine_filters([first, second])
    torch.testing.assert_close(patterns, 8 * weights.repeat_interleave(3, 0))


def test_what_cannot_be_stacked_is_refused_in_words(layers):
    with pytest.raises(ValueError, match="at least one layer"):
        stack.encode([], torch.zeros(1, 8))
    with pytest.raises(ValueError, match=r"Layer 2 must have 6 binary .* got 5 binary"):
        stack.combine_filters([layers[0], layers[2]])
    gaussian = brute_force.make_machine(6, 2, gaussian=True)
    with pytest.raises(ValueError, match="got 6 Gaussian ones"):
        stack.encode([layers[0], gaussian], torch.zeros(1, 8))
    with pytest.raises(ValueError, match="1 or more filters, got 0"):
        stack.combine_filters(layers, strongest=0)


@pytest.mark.parametrize(
    ("units", "length", "said"),
    [([3], 1.0, "units 0 to 2, got 3"), ([], 1.0, "got none"), ([-1], 1.0, "got -1"), ([0], 0.0, "got 0, 9 and 300")],
)
def test_patterns_that_cannot_be_made_are_refused_in_words(layers, units, length, said):
    with pytest.raises(ValueError, match=said):
        list(stack.maximize_activation(layers, units, length))
