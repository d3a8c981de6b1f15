"""What comes back through a residual branch is weakened, and nothing else is."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from nbutils import zoo
from nbutils.preferred.branches import weakened
from nbutils.preferred.maximizing import every_step
from nbutils.preferred.recipe import Recipe


def slope(function, share, at=2.0):
    """Return the derivative of a function of one number with weakened branches."""
    x = torch.tensor([at], requires_grad=True)
    with weakened(share):
        answer = function(x * 1)  # an answer, which a bare picture is not
    (gradient,) = torch.autograd.grad(answer.sum(), x)
    return gradient.item()


def add_in_place(x):
    branch = 3 * x
    branch += x
    return branch


@pytest.mark.parametrize(
    "block",
    [
        lambda x: x + 3 * x,
        lambda x: 3 * x + x,
        lambda x: torch.add(x, 3 * x),
        lambda x: (3 * x).add(x),
        add_in_place,
        lambda x: x + 3 * x.relu().exp().log(),
    ],
)
def test_of_a_residual_block_the_branch_alone_is_weakened(block):
    assert slope(block, 0.5) == pytest.approx(1 + 3 * 0.5)
    assert slope(block, 0) == pytest.approx(1)
    assert slope(block, 1) == pytest.approx(4)


def test_the_shares_of_blocks_one_after_the_other_multiply():
    assert slope(lambda x: (y := x + 3 * x) + 5 * y, 0.5) == pytest.approx((1 + 3 * 0.5) * (1 + 5 * 0.5))


@pytest.mark.parametrize(
    "sum_of_two",
    [lambda x: 2 * x + 3 * x, lambda x: 3 * x + 2, lambda x: x + torch.ones(1), lambda x: 3 * x - 2 * x],
)
def test_other_sums_are_left_alone(sum_of_two):
    assert slope(sum_of_two, 0.5) == slope(sum_of_two, 1)


def test_a_channel_that_is_added_to_a_whole_map_is_no_block():
    x = torch.rand(1, 2, 3, 3, requires_grad=True)
    answer = x * 1
    with weakened(0.5):
        total = answer + answer.mean((2, 3), keepdim=True)
    (gradient,) = torch.autograd.grad(total.sum(), x)
    torch.testing.assert_close(gradient, torch.full_like(x, 2.0))


def test_answers_do_not_change_and_nothing_is_left_behind():
    network, picture = zoo.load("mobilenet_v2").module, torch.rand(1, 3, 64, 64, requires_grad=True)
    plain = network(picture)
    (true,) = torch.autograd.grad(plain[0, 5], picture)
    with weakened(0.5):
        inside = network(picture)
    (weak,) = torch.autograd.grad(inside[0, 5], picture)
    (after,) = torch.autograd.grad(network(picture)[0, 5], picture)
    assert torch.equal(inside, plain)
    assert torch.equal(after, true)
    assert not torch.allclose(weak, true)


def test_the_blocks_of_the_zoo_are_found():
    network, inside = zoo.load("mobilenet_v2").module, {}

    def hold(block, _given, answer):
        inside[block] = answer

    blocks = {one.depthwise: one.adds_input for one in network.modules() if hasattr(one, "adds_input")}
    for inner in blocks:
        inner.register_forward_hook(hold)
    with weakened(0.0):
        answer = network(torch.rand(1, 3, 64, 64, requires_grad=True))
    gradients = torch.autograd.grad(answer[0, 5], list(inside.values()))
    through = {inner: bool(gradient.any()) for inner, gradient in zip(inside, gradients, strict=True)}
    assert through == {inner: not adds for inner, adds in blocks.items()}
    assert sum(blocks.values()) == 10


def test_attention_blocks_count():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, norm_first=True)
    x = torch.rand(1, 4, 8, requires_grad=True)
    with weakened(0.0):
        answer = layer(x * 1)
    (gradient,) = torch.autograd.grad(answer.sum(), x)
    torch.testing.assert_close(gradient, torch.ones_like(x))


def follow(recipe):
    """Return the pictures of each step of a recipe, and the objectives."""
    network = zoo.load(recipe.network)
    return [(snapshot.pictures, snapshot.objectives) for snapshot in every_step(network, recipe)]


def test_a_recipe_weakens_from_its_first_step_on():
    recipe = Recipe(size=32, steps=3)
    plain, weak = follow(recipe), follow(replace(recipe, branch_gradient=0.5))
    np.testing.assert_array_equal(weak[0][0], plain[0][0])  # what the network says of the same start
    np.testing.assert_array_equal(weak[0][1], plain[0][1])
    assert not np.allclose(weak[1][0], plain[1][0], atol=1e-4)


def test_a_change_on_the_way_acts_from_its_step_on():
    recipe = Recipe(size=32, steps=3)
    plain, changed = follow(recipe), follow(replace(recipe, changes=((2, "branch_gradient", 0.5),)))
    np.testing.assert_array_equal(changed[1][0], plain[1][0])
    assert not np.allclose(changed[2][0], plain[2][0], atol=1e-4)


def test_a_network_without_residual_blocks_is_not_changed_by_it():
    recipe = Recipe(network="alexnet", objectives=('channel("conv3", 5)',), size=64, steps=3)
    for plain, weak in zip(follow(recipe), follow(replace(recipe, branch_gradient=0.0)), strict=True):
        np.testing.assert_array_equal(weak[0], plain[0])
