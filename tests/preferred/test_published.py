from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from nbutils import zoo
from nbutils.preferred import published
from nbutils.preferred.asking import Answer
from nbutils.preferred.maximizing import every_step, maximize
from nbutils.preferred.presets import PRINTED, TUNED
from nbutils.preferred.recipe import Recipe
from tests.preferred import published_reference as reference

SIZE = (11, 9)
UNIT = 3
STEPS = 13
STARTS = {"mean plus noise": "mean_plus_rand", "uniform": "randu", "zero": "mean"}
OPTIONS = {
    "decay": "decay",
    "blur": "blur_radius",
    "blur_every": "blur_every",
    "small_values": "small_val_percentile",
    "small_norm": "small_norm_percentile",
    "signed_contribution": "px_benefit_percentile",
    "small_contribution": "px_abs_benefit_percentile",
}
POLICIES = {
    "constant": {"rate": "lr"},
    "progress": {"rate": "max_lr", "progress": "desired_prog"},
    "progress01": {"rate": "max_lr", "progress": "early_prog", "late_progress": "late_prog_mult"},
}


def twin_of(network):
    """The tiny network of the reference as a torch module, in double precision."""
    maps, channels = network.first.shape[:2]
    module = nn.Sequential(
        nn.Conv2d(channels, maps, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(maps, maps, 3, stride=2, padding=1, bias=False),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(network.last.shape[1], len(network.last), bias=False),
    ).double()
    values = (network.first, network.bias, network.second, network.last)
    module.load_state_dict(
        {name: torch.from_numpy(value) for name, value in zip(module.state_dict(), values, strict=True)}
    )
    return module


def asker(network, softmax=False):
    """The twin asked with autograd, for pictures in grey levels less the mean."""
    module, scale = twin_of(network), torch.from_numpy(255 * network.std)[:, None, None]

    def ask(pictures):
        pictures = pictures.detach().requires_grad_()
        answers = module(pictures / scale)
        probabilities = answers.softmax(1)[:, UNIT]
        objectives = probabilities if softmax else answers[:, UNIT]
        (gradients,) = torch.autograd.grad(objectives.sum(), pictures)
        passes = torch.ones(len(objectives), dtype=torch.int64)
        return Answer(objectives.detach(), gradients, probabilities.detach(), passes)

    return ask


def climb(network, recipe, seeds=(0,), steps=STEPS, softmax=False):
    mean = torch.from_numpy(255 * network.mean)[:, None, None]
    starts = [published.make_start(recipe.start, seed, mean, SIZE) for seed in seeds]
    at = published.begin(torch.stack(starts))
    for _ in range(steps):
        at = published.climb(asker(network, softmax), at, mean, recipe)
        yield at


def follow(network, recipe, seed=0, steps=STEPS, softmax=False):
    """The reference with the same settings."""
    x0 = reference.start_at(network, SIZE, STARTS[recipe.start], seed)
    numbers = {theirs: getattr(recipe, ours) for ours, theirs in POLICIES[recipe.policy].items()}
    options = {theirs: getattr(recipe, ours) for ours, theirs in OPTIONS.items()}
    return list(reference.optimize(network, x0, UNIT, recipe.policy, numbers, steps, softmax, **options))


def find_differences(steps, expected):
    """Return what differs from the reference, with the number of the step."""
    found = []
    for number, (step, (x, objective, rate, best)) in enumerate(zip(steps, expected, strict=True)):
        same = {
            "picture": np.allclose(step.now.pictures[0], x, rtol=1e-7, atol=1e-8),
            "best picture": np.allclose(step.best.pictures[0], best, rtol=1e-7, atol=1e-8),
            "objective": step.now.objectives.item() == pytest.approx(objective, rel=1e-9),
            "rate": step.rates.item() == pytest.approx(rate, rel=1e-9),
        }
        found += [(number, what) for what, is_same in same.items() if not is_same]
    return found


def recipe_of(**fields):
    return Recipe(**{"method": "published", "start": "mean plus noise", "policy": "constant", "rate": 100.0} | fields)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_and_start_climbs_as_the_tool_did(policy, start):
    network = reference.make_network(3, SIZE)
    recipe = recipe_of(policy=policy, start=start, rate=300.0, progress=0.3, late_progress=0.1)
    softmax = policy == "progress01"
    expected = follow(network, recipe, softmax=softmax)
    assert expected[-1][1] > expected[0][1]
    assert find_differences(climb(network, recipe, softmax=softmax), expected) == []


@pytest.mark.parametrize("channels", [1, 3, 5])
@pytest.mark.parametrize("row", range(4))
def test_the_rows_of_the_table_climb_as_the_tool_did(row, channels):
    options, policy, numbers, _ = reference.TABLE[row]
    network = reference.make_network(channels, SIZE, seed=row)
    fields = {ours: options[theirs] for ours, theirs in OPTIONS.items() if theirs in options}
    fields |= {ours: numbers[theirs] for ours, theirs in POLICIES[policy].items()}
    recipe = recipe_of(policy=policy, **fields)
    assert find_differences(climb(network, recipe), follow(network, recipe)) == []


def test_rates_are_numbers_where_nothing_is_left_to_gain():
    recipe = recipe_of(policy="progress01", rate=7.0)
    gradients = torch.zeros(2, 3, 4, 4)
    assert published.choose_rates(torch.tensor([1.0, 0.5]), gradients, recipe).tolist() == [0, 7]


@pytest.mark.parametrize("field", ["small_values", "signed_contribution", "small_norm", "small_contribution", "decay"])
def test_each_regularizer_alone_does_as_the_tool_did(field):
    network = reference.make_network(3, SIZE, seed=5)
    recipe = recipe_of(**{field: 0.1 if field == "decay" else 30})
    expected = follow(network, recipe)
    plain = follow(network, recipe_of())
    assert np.abs(expected[-1][0] - plain[-1][0]).max() > 1
    assert find_differences(climb(network, recipe), expected) == []


def test_a_batch_climbs_like_its_pictures_one_by_one():
    network, recipe = reference.make_network(3, SIZE), recipe_of(policy="progress", small_contribution=50)
    together = list(climb(network, recipe, seeds=(4, 5)))
    for place, seed in enumerate((4, 5)):
        for step, (x, objective, rate, best) in zip(together, follow(network, recipe, seed), strict=True):
            np.testing.assert_allclose(step.now.pictures[place], x, atol=1e-8)
            np.testing.assert_allclose(step.best.pictures[place], best, atol=1e-8)
            assert (step.now.objectives[place].item(), step.rates[place].item()) == pytest.approx((objective, rate))


def test_a_picture_without_a_gradient_stops_and_the_others_go_on():
    network = reference.make_network(3, SIZE)
    ask = asker(network)

    def ask_with_a_silent_second(pictures):
        answer = ask(pictures)
        answer.gradients[1] = 0
        return answer

    mean = torch.from_numpy(255 * network.mean)[:, None, None]
    first = published.begin(torch.stack([published.make_start("mean plus noise", seed, mean, SIZE) for seed in (0, 1)]))
    once = published.climb(ask_with_a_silent_second, first, mean, recipe_of(decay=0.1))
    twice = published.climb(ask, once, mean, recipe_of(decay=0.1))
    assert once.stopped.tolist() == twice.stopped.tolist() == [False, True]
    assert torch.equal(twice.now.pictures[1], once.now.pictures[1])
    assert not torch.equal(twice.now.pictures[0], once.now.pictures[0])
    assert (twice.rates[1], twice.removed["decay"][1]) == (0, 0)
    assert twice.removed["decay"][0] > 0


def test_the_best_picture_is_kept_where_the_objective_falls_again():
    network, recipe = reference.make_network(3, SIZE), recipe_of(decay=0.3, blur=2.0, blur_every=4)
    steps = list(climb(network, recipe, steps=14))  # the last of them comes after a blur
    best = max(range(14), key=lambda step: steps[step].now.objectives.item())
    assert 0 < best < 13
    assert steps[-1].best.steps.item() == best
    assert torch.equal(steps[-1].best.pictures, steps[best].now.pictures)
    assert steps[-1].best.objectives == steps[best].now.objectives
    assert steps[-1].best.probabilities == steps[best].now.probabilities


def test_what_each_regularizer_takes_away_is_told_in_grey_levels():
    pictures = torch.full((1, 3, 4, 4), 8.0)
    moved, removed = published.regularize(pictures, torch.ones_like(pictures), recipe_of(decay=0.25), step=0)
    assert torch.equal(moved, torch.full_like(pictures, 6.0))
    assert {name: norm.item() for name, norm in removed.items()} == {"decay": pytest.approx(2 * 48**0.5)}


def test_blur_comes_with_the_first_step_and_then_every_so_many():
    pictures = torch.rand(1, 3, 6, 6)
    recipe = recipe_of(blur=1.0, blur_every=4)
    blurred = [step for step in range(9) if published.regularize(pictures, pictures, recipe, step)[1]]
    assert blurred == [0, 4, 8]


def wrapped(network):
    """The twin as a network of one's own, in single precision."""
    return zoo.wrap(twin_of(network).float(), size=SIZE, mean=network.mean, std=network.std)


@pytest.mark.parametrize("row", range(4))
def test_the_loop_shows_what_the_tool_asked_and_ends_with_its_best_picture(row):
    network, printed = reference.make_network(3, SIZE, seed=row), list(PRINTED.values())[row]
    recipe = replace(printed, size=max(SIZE), steps=STEPS, objectives=(f"logit({UNIT})",), seeds=(7,))
    snapshots = list(every_step(wrapped(network), recipe))
    expected = follow(network, recipe, seed=7)
    grey = [255 * (snapshot.pictures[0] - network.mean[:, None, None]) for snapshot in snapshots]
    for picture, snapshot, (x, objective, _, _) in zip(grey[:-1], snapshots[:-1], expected[:-1], strict=True):
        np.testing.assert_allclose(picture, x, atol=0.01)
        assert snapshot.objectives[0] == pytest.approx(objective, rel=1e-4)
    np.testing.assert_allclose(grey[-1], expected[-1][3], atol=0.01)
    assert snapshots[-1].objectives[0] == pytest.approx(max(objective for _, objective, _, _ in expected), rel=1e-4)
    assert snapshots[-1].finished


def test_probabilities_climb_by_progress01():
    network = reference.make_network(3, SIZE)
    recipe = recipe_of(policy="progress01", rate=1e6, progress=0.05, size=11, steps=60, objectives=("probability(3)",))
    last = list(maximize(wrapped(network), recipe))[-1]
    assert last.objectives[0] > 0.95


def test_going_on_makes_what_a_longer_run_makes():
    network = wrapped(reference.make_network(3, SIZE))
    recipe = recipe_of(decay=0.1, blur=1.0, blur_every=4, size=11, steps=9, objectives=("logit(1)",), seeds=(1, 2))
    whole = list(every_step(network, recipe))[-1]
    half = list(every_step(network, replace(recipe, steps=5)))[-1]
    resumed = list(every_step(network, recipe, start=half))
    assert [snapshot.step for snapshot in resumed] == [6, 7, 8, 9]
    np.testing.assert_array_equal(resumed[-1].pictures, whole.pictures)
    np.testing.assert_array_equal(resumed[-1].objectives, whole.objectives)


def test_a_run_that_ends_when_settled_ends_with_its_best_picture():
    network = wrapped(reference.make_network(3, SIZE))
    recipe = recipe_of(decay=0.5, blur=2.0, blur_every=2, size=11, steps=400, objectives=("logit(1)",), settle=True)
    *before, last = every_step(network, recipe)
    best = max(before, key=lambda snapshot: snapshot.objectives[0])
    assert last.finished
    assert last.step < 400
    assert last.objectives[0] == best.objectives[0]
    np.testing.assert_array_equal(last.pictures, best.pictures)


def test_a_run_ends_where_every_gradient_is_zero():
    network = reference.make_network(3, SIZE)
    silenced = replace(network, bias=np.full(4, -1e6))
    last = list(every_step(wrapped(silenced), recipe_of(size=11, steps=STEPS, objectives=("logit(1)",))))[-1]
    assert (last.step, last.finished, last.silent.tolist()) == (1, True, [True])


@pytest.mark.parametrize(
    ("name", "objective"),
    [
        ("mobilenet_v2", 'logit("strawberry")'),
        ("efficientnet_lite0", 'logit("strawberry")'),
        ("alexnet", 'channel("conv5", 12)'),
        ("vgg16", 'unit("conv4_3", 12)'),
    ],
)
def test_networks_of_the_zoo_are_climbed(name, objective):
    recipe = recipe_of(policy="progress", rate=1e8, size=64, steps=6, network=name, objectives=(objective,))
    first, *_, last = every_step(zoo.load(name), recipe)
    assert last.objectives[0] > first.objectives[0]
    assert np.abs(last.pictures - first.pictures).max() > 0.5 / 255


def test_printed_recipes_have_the_numbers_of_the_table_and_tuned_ones_its_regularizers():
    for recipe, tuned, row in zip(PRINTED.values(), TUNED.values(), reference.TABLE, strict=True):
        options, policy, numbers, iterations = row
        assert {theirs: getattr(recipe, ours) for ours, theirs in OPTIONS.items()} == reference.DEFAULTS | options
        assert {theirs: getattr(recipe, ours) for ours, theirs in POLICIES[policy].items()} == numbers
        assert (recipe.policy, recipe.steps) == (policy, iterations)
        same = {"steps": tuned.steps, "rate": tuned.rate, "progress": tuned.progress}
        assert replace(recipe, **same) == tuned
    assert list(PRINTED) == list(TUNED)


def test_tuned_recipes_climb_a_class_and_differ_in_style():
    network = zoo.load("mobilenet_v2")
    grey = np.array(network.mean, np.float32)[:, None, None]
    empty, high = {}, {}
    for name, recipe in TUNED.items():
        first, *_, last = every_step(network, replace(recipe, size=96, steps=32, objectives=("logit(949)",)))
        assert last.objectives[0] > first.objectives[0] + 3
        offsets = last.pictures[0] - grey
        empty[name] = (np.abs(offsets) < 1e-6).all(0).mean()
        power = np.abs(np.fft.fft2(offsets - offsets.mean((1, 2), keepdims=True))).sum(0) ** 2
        far = np.hypot(np.fft.fftfreq(96)[:, None], np.fft.fftfreq(96)[None]) > 0.125
        high[name] = power[far].sum() / power.sum()
    assert sorted(high, key=high.get)[:: len(high) - 1] == ["low frequency", "high frequency"]
    assert empty["low frequency"] < 0.01
    assert empty["sparse regions"] == pytest.approx(0.5, abs=0.05)
    assert empty["sparse outlines"] == pytest.approx(0.9, abs=0.05)


def test_a_start_that_the_tool_did_not_have_is_a_sentence():
    with pytest.raises(ValueError, match="starts from mean plus noise, uniform, zero"):
        next(
            every_step(
                wrapped(reference.make_network(3, SIZE)), recipe_of(start="noise", size=11, objectives=("logit(1)",))
            )
        )


def test_a_regularizer_that_is_moved_on_the_way_acts_from_the_next_step_on():
    network, numbers = reference.make_network(3, SIZE), iter([0.0, 0.0, 0.9, 0.9])
    recipe = recipe_of(size=11, steps=4, objectives=("logit(1)",))
    steered = list(every_step(wrapped(network), recipe, steer=lambda: {"decay": next(numbers)}))
    assert [set(snapshot.removed) for snapshot in steered] == [set(), set(), {"decay"}, {"decay"}]
    again = list(every_step(wrapped(network), steered[-1].recipe))
    np.testing.assert_array_equal(again[-1].pictures, steered[-1].pictures)
