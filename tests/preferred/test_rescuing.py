from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nbutils import zoo
from nbutils.preferred.asking import PICTURES_A_PASS
from nbutils.preferred.maximizing import every_step
from nbutils.preferred.recipe import Recipe
from nbutils.preferred.rescuing import redirected
from tests.preferred import networks

GIVEN = torch.tensor([[-1.0, 2.0, 0.5], [-1.0, -2.0, -3.0]])
ARRIVING = torch.tensor([[5.0, 6.0, -7.0], [5.0, -6.0, 7.0]])
# lucid's rule: the first picture has a gradient of its own, which stays; in the second, which has none, what would
# raise an input that is too low passes.
WANTED = torch.tensor([[0.0, 6.0, -7.0], [5.0, 0.0, 7.0]])


@pytest.mark.parametrize(
    "rectify",
    [
        F.relu,
        torch.relu,
        lambda x: x.relu(),
        lambda x: F.relu(x.clone(), inplace=True),
        nn.ReLU(),
        nn.ReLU6(),
        lambda x: x.clamp(min=0),
    ],
)
def test_only_what_is_blocked_altogether_is_redirected(rectify):
    given = GIVEN.clone().requires_grad_()
    with redirected():
        answer = rectify(given)
    (leaving,) = torch.autograd.grad(answer, given, ARRIVING)
    assert torch.equal(leaving, WANTED)
    assert torch.equal(answer, GIVEN.clamp(min=0))


def test_above_six_what_lowers_an_input_passes():
    given = torch.tensor([[7.0, 8.0, -1.0]]).requires_grad_()
    with redirected():
        answer = F.relu6(given)
    (leaving,) = torch.autograd.grad(answer, given, torch.tensor([[1.0, -2.0, 3.0]]))
    assert torch.equal(leaving, torch.tensor([[0.0, -2.0, 3.0]]))


def test_the_rule_ends_with_the_block():
    with redirected():
        pass
    given = GIVEN.clone().requires_grad_()
    (leaving,) = torch.autograd.grad(F.relu(given), given, ARRIVING)
    assert torch.equal(leaving, ARRIVING * (GIVEN > 0))


RECIPE = Recipe(size=16, steps=40, objectives=('channel("1", 0)', 'channel("1", 1)'), rate=0.1)


def test_a_silent_unit_is_rescued_in_the_first_steps():
    network = networks.make_dead()
    made = list(every_step(network, RECIPE))
    alone = list(every_step(network, replace(RECIPE, objectives=('channel("1", 1)',))))
    assert made[0].objectives[0] == 0
    assert made[-1].objectives[0] > 0
    assert not made[-1].silent.any()
    assert 40 < made[-1].passes[0] <= 56  # each rescue is one pass more
    assert made[-1].passes[1] == 40
    np.testing.assert_allclose(made[-1].pictures[1], alone[-1].pictures[0], atol=2e-3)


def test_a_unit_that_nothing_wakes_is_reported_and_its_picture_stays():
    network = networks.make_dead()
    with torch.no_grad():
        network.module[0].bias[0] = -1000.0
    made = list(every_step(network, replace(RECIPE, steps=60)))
    assert made[-1].silent.tolist() == [True, False]
    assert made[-1].step == 60
    np.testing.assert_array_equal(made[-1].pictures[0], made[20].pictures[0])
    assert made[-1].objectives[1] > made[0].objectives[1]


@pytest.mark.parametrize("line", ['channel("0", 0)', '-1 * channel("1", 0)'])
def test_a_run_of_units_without_any_gradient_ends_early_and_says_so(line):
    network = networks.make_dead()
    with torch.no_grad():
        network.module[0].weight[0] = 0.0
    last = list(every_step(network, replace(RECIPE, steps=500, objectives=(line,))))[-1]
    assert last.step == 32
    assert last.finished
    assert last.silent.all()


def test_an_answer_that_does_not_depend_on_the_picture_is_silent():
    class Constant(nn.Module):
        def forward(self, x):
            """Return ones whatever the picture."""
            return torch.ones(len(x), 4)

    network = zoo.wrap(Constant(), size=8, mean=0.5, std=0.5, channels=3, name="constant")
    first, *_ = every_step(network, Recipe(size=8, steps=2, objectives=("logit(1)",)))
    assert first.silent.all()


def test_the_published_method_is_not_rescued_and_says_that_it_stopped():
    network = networks.make_dead()
    recipe = Recipe(
        size=16, steps=40, objectives=('channel("1", 0)',), method="published", policy="constant", start="zero"
    )
    last = list(every_step(network, recipe))[-1]
    assert last.silent.all()
    assert last.finished


def test_pictures_of_one_pass_do_not_depend_on_those_of_another():
    """Ten pictures, some of them silent, are to the bit those of the passes that they are asked in."""
    network = networks.make_dead()
    lines = ('channel("1", 0)', 'channel("1", 1)', 'channel("0", 1)', 'channel("1", 1)', 'channel("1", 0)') * 2
    recipe = replace(RECIPE, objectives=lines, seeds=tuple(range(10)), steps=12)
    *_, whole = every_step(network, recipe)
    for first in range(0, 10, PICTURES_A_PASS["cpu"]):
        part = slice(first, first + PICTURES_A_PASS["cpu"])
        *_, alone = every_step(network, replace(recipe, objectives=lines[part], seeds=recipe.seeds[part]))
        assert whole.pictures[part].tobytes() == alone.pictures.tobytes()
        np.testing.assert_array_equal(whole.passes[part], alone.passes)
