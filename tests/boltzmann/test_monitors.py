import math
import time
from dataclasses import fields

import numpy as np
import pytest
import torch

from nbutils.boltzmann import likelihood, monitors, reconstruction
from nbutils.boltzmann.machine import Machine, initialize
from tests.boltzmann import brute_force

# Four visible units in every state, so that two of them are never correlated.
EXAMPLES = torch.tensor(brute_force.states(4)).float()
WATCH = monitors.watch(EXAMPLES, EXAMPLES[:5], (2, 2))
NUMBERS = ("gray", "pegged", "dead", "saturated", "constant", "sparsity", "similarity", "gap", "relative_gap", "pseudo")


def make_deaf(*probabilities):
    """Hidden units that have these probabilities whatever they see."""
    chances = torch.tensor(probabilities)
    return Machine(torch.zeros(4, len(chances)), torch.zeros(4), torch.logit(chances))


def make_followers(*weights):
    """Hidden units that are on where the weighted sum of visible units is above a half, and off below."""
    columns = 100 * torch.tensor(weights).float().T
    return Machine(columns, torch.zeros(4), torch.full((len(weights),), -50.0))


def measure(machine, last=None, previous=None, watch=WATCH, seed=0):
    zeros = Machine(*(torch.zeros_like(p) for p in machine.parameters))
    return monitors.measure(machine, last or zeros, watch, previous, seed)


def test_units_that_answer_always_alike_are_counted_by_what_they_answer():
    found = measure(make_deaf(0.005, 0.015, 0.39, 0.41, 0.59, 0.61, 0.025, 0.975, 0.985, 0.995, 0.9999))
    assert found.gray == pytest.approx(2 / 11)
    assert found.pegged == pytest.approx(5 / 11)
    assert found.dead == pytest.approx(1 / 11)
    assert found.saturated == pytest.approx(2 / 11)
    assert found.constant == 1
    assert found.sparsity == pytest.approx(5.9999 / 11)
    assert found.similarity == pytest.approx(0, abs=0.01)
    assert found.finite


def test_units_that_follow_their_input_are_not_constant_but_pegged():
    found = measure(make_followers([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]))
    assert (found.gray, found.pegged, found.dead, found.saturated, found.constant) == (0, 1, 0, 0, 0)
    assert found.sparsity == pytest.approx(0.5)
    assert found.similarity == pytest.approx(0, abs=1e-6)


def test_units_that_follow_the_same_input_are_similar():
    assert measure(make_followers([1, 0, 0, 0], [1, 0, 0, 0])).similarity == pytest.approx(1)
    one_pair_of_three = measure(make_followers([1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0]))
    assert one_pair_of_three.similarity == pytest.approx(1 / 3)
    opposed = make_followers([1, 0, 0, 0], [-1, 0, 0, 0])
    opposed.hidden_bias[1] = 50
    assert measure(opposed).similarity == pytest.approx(1)
    assert math.isnan(measure(make_followers([1, 0, 0, 0])).similarity)


def test_similarity_is_the_mean_absolute_correlation():
    machine = brute_force.make_machine(4, 5, kind=torch.float32)
    chances = torch.sigmoid(machine.hidden_bias + EXAMPLES @ machine.weights).numpy()
    correlations = np.abs(np.corrcoef(chances.T))
    expected = (correlations.sum() - 5) / 20
    assert measure(machine).similarity == pytest.approx(expected, rel=1e-4)


def test_flicker_is_how_far_probabilities_moved():
    before = measure(make_deaf(0.2, 0.5, 0.9))
    assert math.isnan(before.flicker)
    assert measure(make_deaf(0.2, 0.5, 0.9), previous=before).flicker == 0
    assert measure(make_deaf(0.3, 0.5, 0.7), previous=before).flicker == pytest.approx(0.1, abs=1e-3)
    assert math.isnan(measure(make_deaf(0.3, 0.5), previous=before).flicker)


def test_kept_probabilities_are_those_of_the_first_examples():
    machine = brute_force.make_machine(4, 5, kind=torch.float32)
    watch = monitors.watch(EXAMPLES, EXAMPLES, batch=3)
    found = measure(machine, watch=watch).probabilities
    expected = torch.sigmoid(machine.hidden_bias + EXAMPLES[:3] @ machine.weights)
    assert found.dtype == np.float16
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_gray_is_counted_in_the_kept_probabilities_alone():
    """Unit 0 is gray where its input is off: in the first 8 of 16 examples."""
    machine = Machine(torch.tensor([[9.0], [0.0], [0.0], [0.0]]), torch.zeros(4), torch.zeros(1))
    assert measure(machine).gray == pytest.approx(0.5)
    assert measure(machine, watch=monitors.watch(EXAMPLES, EXAMPLES, batch=10)).gray == pytest.approx(0.8)


def test_magnitudes_ratios_and_largest_are_those_of_each_parameter():
    machine = Machine(torch.tensor([[1.0, -3.0]] * 4), torch.tensor([0.0, 0, 4, -4]), torch.tensor([5.0, -6.0]))
    last = Machine(torch.full((4, 2), -0.01), torch.full((4,), 0.1), torch.zeros(2))
    found = measure(machine, last)
    expected = {
        "visible_bias": 2,
        "weights": 2,
        "hidden_bias": 5.5,
        "visible_bias_update": 0.1,
        "weights_update": 0.01,
        "hidden_bias_update": 0,
    }
    assert found.mean_magnitudes == pytest.approx(expected)
    assert found.ratios == pytest.approx({"visible_bias": 20, "weights": 200, "hidden_bias": math.inf})
    assert found.ratio_weights == found.ratios["weights"]
    assert found.largest == {"visible_bias": 4, "weights": 3, "hidden_bias": 6}
    assert found.largest_weight == 3
    assert found.bimodality["hidden_bias"] == pytest.approx(1)


def test_before_the_first_update_there_is_no_ratio():
    found = measure(initialize(4, 3))
    assert all(math.isnan(ratio) for ratio in found.ratios.values())
    assert math.isnan(found.bimodality["visible_bias"])


def test_the_checkerboard_shows_where_examples_have_a_shape():
    machine = Machine(torch.tensor([[1.0], [-1.0], [-1.0], [1.0]]), torch.zeros(4), torch.zeros(1))
    assert measure(machine).checkerboard == pytest.approx(-1)
    assert math.isnan(measure(machine, watch=monitors.watch(EXAMPLES, EXAMPLES)).checkerboard)


@pytest.mark.parametrize("gaussian", [False, True])
def test_measures_are_what_their_own_functions_say(gaussian):
    machine = brute_force.make_machine(4, 5, gaussian=gaussian, kind=torch.float32)
    found = measure(machine, seed=7)
    gap = likelihood.free_energy_gap(machine, EXAMPLES, EXAMPLES[:5])
    assert (found.gap, found.relative_gap) == (gap.nats, gap.deviations)
    assert found.pseudo == likelihood.pseudo_likelihood(machine, EXAMPLES, 7)
    assert found.error == {name: error.measure(machine, EXAMPLES, 7) for name, error in reconstruction.ERRORS.items()}
    assert found.baseline == {name: reconstruction.baseline(EXAMPLES, name, gaussian) for name in reconstruction.ERRORS}
    assert (found.input_smallest, found.input_largest) == (0, 1)


def test_an_input_of_255_is_told_and_everything_else_measured():
    watch = monitors.watch(255 * EXAMPLES, 255 * EXAMPLES, (2, 2))
    found = measure(brute_force.make_machine(4, 5, kind=torch.float32), watch=watch)
    assert found.input_largest == 255
    assert math.isnan(found.pseudo)
    assert np.isfinite([found.gray, found.pegged, found.similarity, found.gap, *found.error.values()]).all()


@pytest.mark.parametrize("gaussian", [False, True])
@pytest.mark.parametrize("broken", ["weights", "visible_bias", "hidden_bias"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_machine_that_is_not_finite_has_measures_that_say_so(gaussian, broken, value):
    machine = brute_force.make_machine(4, 5, gaussian=gaussian, kind=torch.float32)
    getattr(machine, broken)[0] = value
    found = measure(machine, previous=measure(brute_force.make_machine(4, 5, kind=torch.float32)))
    assert not found.finite
    assert np.isnan([getattr(found, name) for name in NUMBERS]).all()
    assert np.isnan([*found.error.values(), *found.mean_magnitudes.values(), *found.ratios.values()]).all()
    assert found.probabilities.shape == (16, 5)
    assert found.input_largest == 1


def test_measures_after_a_broken_machine_have_no_flicker():
    broken = measure(Machine(torch.full((4, 3), math.nan), torch.zeros(4), torch.zeros(3)))
    assert math.isnan(measure(make_deaf(0.3, 0.5, 0.7), previous=broken).flicker)


@pytest.mark.parametrize("gaussian", [False, True])
@pytest.mark.parametrize("scale", [0.0, 1e5, 1e20, 3e38])
def test_no_machine_of_finite_numbers_is_too_large_to_be_measured(gaussian, scale):
    machine = Machine(torch.full((4, 3), scale), torch.full((4,), -scale), torch.full((3,), scale), gaussian)
    machine.weights[::2] *= -1
    found = measure(machine, machine)
    assert found.finite
    assert found.largest_weight == torch.tensor(scale)


def test_one_example_and_one_unit_are_enough():
    watch = monitors.watch(EXAMPLES[5:6], EXAMPLES[6:7])
    found = measure(initialize(4, 1), watch=watch)
    assert found.finite
    assert {type(getattr(found, field.name)) for field in fields(found)} == {bool, float, dict, np.ndarray}


@pytest.mark.parametrize(
    ("train", "valid", "shape", "said"),
    [
        (torch.zeros(0, 4), EXAMPLES, None, "1 to 1000 training examples"),
        (torch.zeros(1001, 4), EXAMPLES, None, r"got \(1001, 4\)"),
        (EXAMPLES, torch.zeros(4), None, "1 to 1000 validation examples"),
        (EXAMPLES, torch.zeros(3, 5), None, "have 4 numbers, validation examples 5"),
        (EXAMPLES, EXAMPLES, (3, 3), "4 numbers do not have the shape"),
    ],
)
def test_examples_that_cannot_be_watched_are_refused_in_words(train, valid, shape, said):
    with pytest.raises(ValueError, match=said):
        monitors.Watch(train, valid, shape)


def test_of_many_examples_the_first_thousand_are_watched():
    watch = monitors.watch(torch.arange(2400.0).reshape(1200, 2), torch.zeros(5, 2))
    assert torch.equal(watch.train, torch.arange(2000.0).reshape(1000, 2))
    assert len(watch.valid) == 5


def test_a_machine_of_another_size_is_refused_in_words():
    with pytest.raises(ValueError, match="machine has 7 visible units, the watched examples 4 numbers"):
        measure(initialize(7, 3))


def test_measuring_costs_a_few_times_its_matrix_products():
    """In process time, as other programs run: four products with the weights are needed, and one for similarity."""
    machine = initialize(1000, 400, weight_range=0.1)
    examples = (torch.rand(1000, 1000, generator=torch.Generator().manual_seed(0)) < 0.05).float()
    watch = monitors.watch(examples, examples, (10, 10, 10))

    def spend(work):
        spent = []
        for _ in range(5):
            start = time.process_time()
            work()
            spent.append(time.process_time() - start)
        return min(spent)

    product = spend(lambda: examples @ machine.weights)
    assert spend(lambda: measure(machine, machine, watch=watch)) < 5 * 4 * product
