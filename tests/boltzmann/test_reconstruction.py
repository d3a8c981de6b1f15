import numpy as np
import pytest
import torch

from nbutils.boltzmann import reconstruction
from nbutils.boltzmann.machine import Machine, hidden_probabilities
from tests.boltzmann import brute_force

EXAMPLES = torch.tensor(brute_force.states(6)[[3, 17, 40, 62]])


def logistic(inputs):
    return 1 / (1 + np.exp(-inputs))


def loss(name, machine, visible, inputs):
    """The error of one example by its definition, visible units not drawn but averaged over."""
    means = inputs if machine.gaussian else logistic(inputs)
    variances = np.ones(6) if machine.gaussian else means * (1 - means)
    if name == "cross entropy":
        densities = (
            np.exp(-((visible - means) ** 2) / 2) / np.sqrt(2 * np.pi)
            if machine.gaussian
            else np.where(visible == 1, means, 1 - means)
        )
        return -np.log(densities).sum()
    if name == "absolute":
        return np.abs(visible - means).sum()
    return ((visible - means) ** 2).sum() + (variances.sum() if name == "squared, sampled visible" else 0)


def expected_error(name, machine, visible):
    """The mean over every hidden state, weighed by its probability."""
    weights, b, c = (part.numpy() for part in machine.parameters)
    errors = []
    for v in visible.numpy():
        p = logistic(c + v @ weights)
        if name == "squared, mean field":
            errors.append(loss(name, machine, v, b + weights @ p))
            continue
        chances = [np.prod(np.where(h == 1, p, 1 - p)) for h in brute_force.states(5)]
        errors.append(
            sum(
                chance * loss(name, machine, v, b + weights @ h)
                for chance, h in zip(chances, brute_force.states(5), strict=True)
            )
        )
    return np.mean(errors)


@pytest.mark.parametrize("gaussian", [False, True])
@pytest.mark.parametrize("name", reconstruction.ERRORS)
def test_each_error_is_the_mean_over_all_hidden_states(name, gaussian):
    machine = brute_force.make_machine(gaussian=gaussian)
    often = EXAMPLES.repeat(5000, 1)
    found = reconstruction.ERRORS[name].measure(machine, often, seed=1)
    by_mean_field = name == "squared, mean field"
    assert found == pytest.approx(expected_error(name, machine, EXAMPLES), rel=1e-9 if by_mean_field else 0.01)


def test_the_same_seed_draws_the_same_units():
    machine = brute_force.make_machine()
    again = [
        reconstruction.measure_errors(machine, EXAMPLES, hidden_probabilities(machine, EXAMPLES), seed)
        for seed in (1, 1, 2)
    ]
    assert again[0] == again[1]
    assert [name for name in again[0] if again[0][name] == again[2][name]] == ["squared, mean field"]


def test_examples_and_probabilities_stay_as_they_are():
    machine, examples = brute_force.make_machine(), EXAMPLES.clone()
    probabilities = hidden_probabilities(machine, examples)
    before = probabilities.clone()
    reconstruction.measure_errors(machine, examples, probabilities, 0)
    assert torch.equal(examples, EXAMPLES)
    assert torch.equal(probabilities, before)


def test_the_mean_image_is_what_visible_biases_alone_reach():
    """A machine without weights whose biases fit the mean has the errors of the mean image."""
    rng = np.random.default_rng(0)
    visible = torch.tensor(rng.integers(0, 2, (20_000, 6)).astype(float))
    for gaussian in (False, True):
        mean = visible.mean(0)
        bias = mean if gaussian else torch.logit(mean)
        machine = Machine(torch.zeros(6, 5).double(), bias, torch.zeros(5).double(), gaussian)
        for name, error in reconstruction.ERRORS.items():
            found = reconstruction.baseline(visible, name, gaussian)
            assert found == pytest.approx(error.measure(machine, visible, seed=0), rel=0.02)


def test_the_squared_error_of_the_mean_image_is_the_variance():
    visible = torch.rand(50, 6, generator=torch.Generator().manual_seed(0))
    expected = float(visible.var(0, correction=0).sum())
    assert reconstruction.baseline(visible, "squared, mean field") == pytest.approx(expected)
    assert reconstruction.baseline(visible, reconstruction.DEFAULT) == pytest.approx(expected)


def test_a_pixel_that_is_never_on_costs_nothing():
    visible = torch.tensor([[0.0, 1.0], [0.0, 0.0]])
    assert reconstruction.baseline(visible, "cross entropy") == pytest.approx(np.log(2), abs=1e-5)


def test_the_mean_of_binary_units_is_at_most_one():
    visible = torch.tensor([[255.0, 0.5], [0.0, 0.5]])
    assert reconstruction.baseline(visible, "squared, mean field") == pytest.approx((254**2 + 1) / 2)
    assert reconstruction.baseline(visible, "squared, mean field", gaussian=True) == pytest.approx(127.5**2)


def test_errors_are_finite_for_pixels_of_255():
    machine, visible = brute_force.make_machine(), 255 * EXAMPLES
    found = reconstruction.measure_errors(machine, visible, hidden_probabilities(machine, visible), 0)
    assert np.isfinite(list(found.values())).all()
    assert np.isfinite(list(reconstruction.measure_baselines(visible).values())).all()
