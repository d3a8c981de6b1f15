"""Networks trained in one stack: the same as one by one, whatever they differ in."""

import math
from dataclasses import replace

import pytest
import torch

from nbutils.nets.examples import pass_through
from nbutils.nets.networks import build
from nbutils.nets.plans import PLANS
from nbutils.nets.stacking import train_stacked
from nbutils.nets.training import train
from tests.nets.tiny import (
    DEVICES,
    SMALL,
    are_equal,
    build_tiny,
    copy_parameters,
    last_of,
    make_tiny,
    make_training,
)


def make_stack(device="cpu", frozen=0, kept=False, **more):
    """Return three networks with seeds, examples and validations of their own; the last has fewer to validate with."""
    networks = [build_tiny(seed, device=device) for seed in (1, 2, 3)]
    examples = [make_tiny(24, 2, seed, device=device) for seed in (1, 2, 3)]
    validation = [make_tiny(count, 1, 7 + count, device=device) for count in (30, 30, 12)]
    trainings = [make_training(4, frozen, seed, batch=8, validate_every=2, **more) for seed in (4, 5, 6)]
    if kept:
        examples = [pass_through(*pair, frozen) for pair in zip(networks, examples, strict=True)]
        validation = [pass_through(*pair, frozen) for pair in zip(networks, validation, strict=True)]
    return networks, examples, validation, trainings


def train_each(stack):
    return [last_of(train(*one)) for one in zip(*stack, strict=True)]


def assert_near(found, wanted, most=2e-5):
    for one, other in zip(found, wanted, strict=True):
        assert [point.step for point in one.points] == [point.step for point in other.points]
        assert [point.loss for point in one.points] == pytest.approx([point.loss for point in other.points], abs=1e-4)
        assert [point.accuracy for point in one.points] == [point.accuracy for point in other.points]
        for name, value in one.network.named_parameters():
            torch.testing.assert_close(value, other.network.get_parameter(name), atol=most, rtol=1e-3)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("frozen", "kept"), [(0, False), (2, False), (2, True), (7, True)])
def test_a_stack_finds_what_each_finds_alone(device, frozen, kept):
    alone = train_each(make_stack(device, frozen, kept))
    together = last_of(train_stacked(*make_stack(device, frozen, kept)))
    assert_near(together, alone)
    for one, other in zip(together, alone, strict=True):
        assert one.momentum.keys() == other.momentum.keys()
        assert one.images == other.images


def test_what_is_frozen_stays_bit_for_bit():
    stack = make_stack(frozen=3)
    before = [copy_parameters(network) for network in stack[0]]
    for held, after in zip(before, last_of(train_stacked(*stack)), strict=True):
        moved = {name: not torch.equal(value, after.network.get_parameter(name)) for name, value in held.items()}
        assert moved == {name: int(name.split(".")[1]) >= 3 for name in held}


def test_a_stack_goes_on_from_where_it_stood():
    whole = last_of(train_stacked(*make_stack()))
    half = next(train_stacked(*make_stack()))
    assert half[0].step < 4
    stack = make_stack()
    for network, snapshot in zip(stack[0], half, strict=True):
        network.load_state_dict(snapshot.network.state_dict())
    again = last_of(train_stacked(*stack, start=half))
    for one, other in zip(again, whole, strict=True):
        assert are_equal(copy_parameters(one.network), copy_parameters(other.network))
        assert one.points == other.points


def test_a_network_that_comes_apart_spoils_no_other():
    networks, examples, validation, trainings = make_stack()
    alone = train_each(make_stack())
    with torch.no_grad():
        networks[1].layers[0][0].weight.fill_(math.nan)
    found = last_of(train_stacked(networks, examples, validation, trainings))
    assert math.isnan(found[1].points[-1].loss)
    assert_near([found[0], found[2]], [alone[0], alone[2]])


@pytest.mark.parametrize("device", DEVICES)
def test_with_products_of_16_bits_it_learns_nearly_the_same(device):
    wide = last_of(train_stacked(*make_stack(device)))
    narrow = last_of(train_stacked(*make_stack(device, precision="bfloat16")))
    for one, other in zip(narrow, wide, strict=True):
        assert one.points[-1].loss == pytest.approx(other.points[-1].loss, abs=0.3)
        assert one.points[-1].loss != other.points[-1].loss


def test_one_network_is_a_stack_too():
    alone = train_each([part[:1] for part in make_stack()])
    assert_near(last_of(train_stacked(*[part[:1] for part in make_stack()])), alone)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda stack: stack[0].__setitem__(1, build_tiny(classes=4)), "layers and classes"),
        (lambda stack: stack[0].__setitem__(1, build(SMALL, 3, 0, "abs_tanh")), "nonlinearity"),
        (lambda stack: stack[1].__setitem__(1, replace(stack[1][1], plan=PLANS["small_28"])), "plan"),
        (lambda stack: stack[1].__setitem__(1, make_tiny(5)), "batch"),
        (lambda stack: stack[3].__setitem__(1, make_training(5, batch=8)), "schedule"),
        (lambda stack: stack[3].__setitem__(1, make_training(4, frozen=1, batch=8, validate_every=2)), "frozen"),
        (lambda stack: stack[3].pop(), "number of examples and trainings"),
    ],
)
def test_what_does_not_fit_into_one_stack_is_said(change, word):
    stack = make_stack()
    change(stack)
    with pytest.raises(ValueError, match=word):
        next(train_stacked(*stack))


def test_without_examples_it_says_so():
    networks, examples, validation, trainings = make_stack()
    with pytest.raises(ValueError, match="no examples"):
        next(train_stacked(networks, examples, [*validation[:2], make_tiny(0)], trainings))
