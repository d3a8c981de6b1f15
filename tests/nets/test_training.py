"""The training loop: its steps by hand, what is frozen, its order, and what goes wrong."""

import math
from collections import Counter
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from nbutils.nets import training as loop
from nbutils.nets.examples import pass_through
from nbutils.nets.schedules import Dropping
from nbutils.nets.training import Training, choose_batches, draw_masks, train
from tests.nets.tiny import (
    DEVICES,
    are_equal,
    build_tiny,
    copy_parameters,
    last_of,
    make_tiny,
    make_training,
)


@pytest.mark.parametrize("device", DEVICES)
def test_steps_are_those_of_the_formula(device):
    """v <- .9 v + slope + 5e-4 w (weights), w <- w - rate v; biases: twice the rate and no decay (thesis, 5.6)."""
    network, examples = build_tiny(device=device), make_tiny(device=device)
    training = replace(make_training(4, frozen=1), schedule=Dropping(0.02, 2, 4))
    by_hand, speed = build_tiny(device=device), {}
    batches = choose_batches(examples, training, 0)
    for step in range(4):
        places, labels = next(batches)
        masks = draw_masks(by_hand, 16, training, step)
        loss = F.cross_entropy(by_hand(examples.take(places), masks), labels)
        learning = {name: value for name, value in by_hand.named_parameters() if not name.startswith("layers.0.")}
        slopes = torch.autograd.grad(loss, list(learning.values()))
        rate = 0.02 if step < 2 else 0.002
        with torch.no_grad():
            for (name, value), slope in zip(learning.items(), slopes, strict=True):
                bias = name.endswith("bias")
                pull = slope if bias else slope + 5e-4 * value
                speed[name] = 0.9 * speed.get(name, 0) + pull
                value -= (2 * rate if bias else rate) * speed[name]
    last = last_of(train(network, examples, examples, training))
    for name, value in by_hand.named_parameters():
        torch.testing.assert_close(network.get_parameter(name), value, atol=1e-6, rtol=1e-4)
    assert last.momentum.keys() == speed.keys()
    assert last.points[-1].step == last.steps == 4


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("frozen", [0, 1, 4, 7])
def test_what_is_frozen_does_not_move_and_all_else_does(device, frozen):
    network = build_tiny(device=device)
    before = copy_parameters(network)
    last = last_of(train(network, make_tiny(device=device), make_tiny(9, device=device), make_training(2, frozen)))
    moved = {name: not torch.equal(value, network.get_parameter(name)) for name, value in before.items()}
    assert moved == {name: int(name.split(".")[1]) >= frozen for name in before}
    assert set(last.momentum) == {name for name, wanted in moved.items() if wanted}


@pytest.mark.parametrize("frozen", [2, 5, 7])
def test_a_prefix_run_once_trains_what_a_prefix_run_in_every_step_does(frozen):
    """Bit for bit: what a picture gives does not depend on which others go through with it."""
    network, again = build_tiny(), build_tiny()
    examples, few = make_tiny(), make_tiny(9)
    run_each = last_of(train(network, examples, few, make_training(6, frozen)))
    kept = [pass_through(again, one, frozen) for one in (examples, few)]
    run_once = last_of(train(again, *kept, make_training(6, frozen)))
    assert are_equal(copy_parameters(network), copy_parameters(again))
    assert run_once.points == run_each.points


def test_a_pass_takes_every_example_once_each_in_some_version():
    examples, training = make_tiny(50, 4), make_training(batch=8, seed=3)
    batches = choose_batches(examples, training, 0)
    passes = [[next(batches) for _ in range(6)] for _ in range(20)]
    for one in passes:
        places = torch.cat([places for places, _ in one])
        assert len(set((places % 50).tolist())) == 48
        assert torch.equal(torch.cat([labels for _, labels in one]), examples.labels[places % 50])
    assert not torch.equal(passes[0][0][0], passes[1][0][0])
    versions = Counter(int(place) // 50 for one in passes for places, _ in one for place in places)
    assert ([versions[at] for at in range(4)]) == pytest.approx([240] * 4, abs=4 * (960 * 3 / 16) ** 0.5)


def test_examples_that_are_too_few_for_a_batch_fill_it_by_coming_up_again():
    batches = choose_batches(make_tiny(5, 4), make_training(batch=128), 0)
    places, labels = next(batches)
    assert len(places) == len(labels) == 128
    times = Counter(int(place) % 5 for place in places)
    assert sorted(times.values()) == [25, 25, 26, 26, 26]
    assert len({int(place) // 5 for place in places}) == 4
    assert not torch.equal(next(batches)[0], places)


def test_from_any_step_the_same_examples_are_chosen():
    examples, training = make_tiny(), make_training()
    whole = choose_batches(examples, training, 0)
    wanted = [next(whole) for _ in range(8)]
    for step in (1, 3, 5):
        assert torch.equal(next(choose_batches(examples, training, step))[0], wanted[step][0])
    other = choose_batches(examples, replace(training, seed=9), 0)
    assert not torch.equal(next(other)[0], wanted[0][0])


@pytest.mark.parametrize("device", DEVICES)
def test_half_of_a_layer_is_dropped_and_the_rest_doubled(device):
    network = build_tiny(device=device)
    masks = draw_masks(network, 64, make_training(), 3)
    assert set(masks) == {5, 6}
    for mask in masks.values():
        assert mask.shape == (64, 256)
        assert set(mask.unique().tolist()) == {0, 2}
        assert mask.mean().item() == pytest.approx(1, abs=4 / (64 * 256) ** 0.5)
        assert mask.device.type == device
    assert not torch.equal(masks[5], masks[6])
    assert not torch.equal(masks[5], draw_masks(network, 64, make_training(), 4)[5])
    assert set(draw_masks(network, 64, make_training(frozen=6), 3)) == {5, 6}
    later = draw_masks(network, 64, make_training(frozen=7), 3)
    assert set(later) == {6}
    assert torch.equal(later[6], masks[6])


@pytest.mark.parametrize("device", DEVICES)
def test_it_learns_what_can_be_learned(device):
    training = make_training(30, validate_every=10)
    last = last_of(
        train(build_tiny(device=device), make_tiny(96, device=device), make_tiny(30, 1, 5, device=device), training)
    )
    assert last.points[-1].accuracy > 0.8
    assert [point.step for point in last.points] == [10, 20, 30]
    assert last.images == 30 * 16
    assert last.finished
    assert last.images_per_s > 0


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_with_products_of_16_bits_it_learns_nearly_the_same_and_goes_on_bit_for_bit(device, precision):
    def run(precision, start=None):
        training = make_training(3, batch=4, validate_every=1, precision=precision)
        network = start.network if start else build_tiny(device=device)
        return train(network, make_tiny(device=device), make_tiny(9, device=device), training, start)

    wide, narrow, steps = last_of(run("float32")), last_of(run(precision)), run(precision)
    assert narrow.points[0].loss == pytest.approx(wide.points[0].loss, abs=0.1)
    assert narrow.points[0].loss != wide.points[0].loss
    assert all(value.dtype == torch.float32 for value in narrow.network.parameters())
    assert bool(narrow.scaling) == (precision == "float16")
    again = last_of(run(precision, next(steps)))
    assert are_equal(copy_parameters(again.network), copy_parameters(narrow.network))


def test_a_loss_that_is_no_number_is_a_sentence():
    network = build_tiny()
    with torch.no_grad():
        network.layers[7][1].bias.fill_(math.nan)
    with pytest.raises(FloatingPointError, match="no number any more at step 3: take a smaller learning rate"):
        last_of(train(network, make_tiny(), make_tiny(9), make_training()))


@pytest.mark.parametrize(("learned", "tested"), [(0, 3), (3, 0)])
def test_without_examples_it_says_so(learned, tested):
    with pytest.raises(ValueError, match="no examples to learn from"):
        next(train(build_tiny(), make_tiny(learned), make_tiny(tested), make_training()))


@pytest.mark.parametrize("count", [1, 5])
def test_few_examples_are_learned_from_in_batches_as_large_as_ever(count):
    last = last_of(train(build_tiny(), make_tiny(count), make_tiny(1), make_training(4)))
    assert (last.step, last.images) == (4, 4 * make_training(4).batch)


def test_a_long_stretch_without_validation_is_told_of(monkeypatch):
    monkeypatch.setattr(loop, "BEAT", 0.0)
    seen = list(train(build_tiny(), make_tiny(), make_tiny(9), make_training(4, validate_every=4)))
    assert [one.step for one in seen] == [1, 2, 3, 4]
    assert [len(one.points) for one in seen] == [0, 0, 0, 1]
    assert [one.losses for one in seen] == [1, 2, 3, 0]


@pytest.mark.parametrize(
    "wrong",
    [{"precision": "float8"}, {"batch": 0}, {"validate_every": 0}, {"frozen": -1}, {"schedule": Dropping(1, 1, 0)}],
)
def test_trainings_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        Training(**{"batch": 1, "schedule": Dropping(1, 1, 1), "validate_every": 1} | wrong)
