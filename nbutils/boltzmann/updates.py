"""One update of a machine by contrastive divergence, persistent or not, or by parallel tempering: the inner loop."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.tempering import sweep
from nbutils.boltzmann.uniforms import RandomNumbers

# The share of a hidden unit's mean activity that is kept from update to update (Hinton, "A practical guide to training
# restricted Boltzmann machines", 2010, section 11.1: 0.9 to 0.99).
KEPT_ACTIVITY = 0.95


@dataclass(frozen=True, eq=False)
class Learner:
    """What training changes, in place, from update to update.

    velocity : the last update where momentum is in force, else 0
    activity : (hidden,), float32, 0..1, a running mean of each hidden unit's probability, for the sparsity target
    chains : hidden units (batch, hidden) of "pcd"; visible units (temperatures, batch, visible) of "tempering"; else
        empty
    inverse : (temperatures,), float32, 1..0; the samplers other than "tempering" have one temperature
    swaps : (2, temperatures - 1), int64, accepted and tried since the last counting
    """

    machine: Machine
    velocity: Machine
    activity: Tensor
    chains: Tensor
    inverse: Tensor
    swaps: Tensor
    numbers: RandomNumbers


@dataclass(frozen=True, eq=False)
class Workspace:
    """The memory of a machine's updates, laid out once: but for random numbers nothing is allocated on the way.

    Data lie above what the chains reached, so that one matrix product makes the difference of both phases.
    visible : (2 * batch, visible), examples above fantasies
    hidden : (2 * batch, hidden), probabilities of the examples above minus those of the fantasies
    ones, signs : (2 * batch,), 1, and 1 for examples and -1 for fantasies
    samples : (batch, hidden), float32, 0 or 1
    visible_transposed, hidden_transposed, weights_transposed : views, made once as each costs a microsecond or two
    """

    visible: Tensor
    hidden: Tensor
    data: Tensor
    fantasies: Tensor
    positive: Tensor
    negative: Tensor
    ones: Tensor
    signs: Tensor
    samples: Tensor
    visible_transposed: Tensor
    hidden_transposed: Tensor
    weights_transposed: Tensor


def make_workspace(machine: Machine, batch: int) -> Workspace:
    """Return the memory for updates of a machine, in place, with mini-batches of that size."""
    empty = machine.weights.new_empty
    visible, hidden = empty(2 * batch, machine.visible), empty(2 * batch, machine.hidden)
    signs = machine.weights.new_ones(2 * batch)
    signs[batch:] = -1
    return Workspace(
        visible=visible,
        hidden=hidden,
        data=visible[:batch],
        fantasies=visible[batch:],
        positive=hidden[:batch],
        negative=hidden[batch:],
        ones=torch.ones_like(signs),
        signs=signs,
        samples=empty(batch, machine.hidden),
        visible_transposed=visible.T,
        hidden_transposed=hidden.T,
        weights_transposed=machine.weights.T,
    )


def update(learner: Learner, space: Workspace, settings: Training) -> None:
    """Change the machine by one update from the mini-batch that lies in `space.data`.

    settings : those in force at this update
    """
    for _ in update_slowly(learner, space, settings):
        pass


def update_slowly(learner: Learner, space: Workspace, settings: Training) -> Iterator[None]:
    """Do as `update` does, and yield between the Gibbs steps, so that the caller may look at the clock."""
    machine = learner.machine
    torch.addmm(machine.hidden_bias, space.data, machine.weights, out=space.positive).sigmoid_()
    yield from _FANTASIZE[settings.sampler](learner, space, settings)
    if settings.sparse:
        _pull_to_target(learner, space, settings)
    space.negative.neg_()
    _learn(learner, space, settings)


def _contrast(learner: Learner, space: Workspace, settings: Training) -> Iterator[None]:
    """Let fantasies begin at the mini-batch: contrastive divergence."""
    _draw_hidden(space.positive, space.samples, learner.numbers)
    yield from _walk(learner, space, space.samples, settings.k, settings.sample_visible)


def _persist(learner: Learner, space: Workspace, settings: Training) -> Iterator[None]:
    """Let fantasies go on where those of the last update ended: persistent contrastive divergence."""
    yield from _walk(learner, space, learner.chains, settings.k, sampled=True)
    _draw_hidden(space.negative, learner.chains, learner.numbers)


def _temper(learner: Learner, space: Workspace, settings: Training) -> Iterator[None]:
    """Take fantasies from persistent chains at several temperatures that change places."""
    for step in range(settings.k):
        if step:
            yield
        sweep(learner.machine, learner.chains, learner.inverse, learner.swaps, learner.numbers)
    space.fantasies.copy_(learner.chains[0])
    _expect_hidden(learner.machine, space)


_FANTASIZE = {"cd": _contrast, "pcd": _persist, "tempering": _temper}


def _walk(learner: Learner, space: Workspace, samples: Tensor, k: int, sampled: bool) -> Iterator[None]:
    """Make k Gibbs steps from samples of the hidden units, which are overwritten on the way."""
    machine = learner.machine
    for step in range(k):
        if step:
            yield
            _draw_hidden(space.negative, samples, learner.numbers)
        torch.addmm(machine.visible_bias, samples, space.weights_transposed, out=space.fantasies)
        _draw_visible(machine, space, learner.numbers, sampled)
        _expect_hidden(machine, space)


def _expect_hidden(machine: Machine, space: Workspace) -> None:
    torch.addmm(machine.hidden_bias, space.fantasies, machine.weights, out=space.negative).sigmoid_()


def _draw_hidden(probabilities: Tensor, out: Tensor, numbers: RandomNumbers) -> None:
    torch.lt(numbers.uniforms(probabilities), probabilities, out=out)


def _draw_visible(machine: Machine, space: Workspace, numbers: RandomNumbers, sampled: bool) -> None:
    """Turn the inputs of the fantasies into their means or into samples, in place."""
    if not machine.gaussian:
        space.fantasies.sigmoid_()
    if not sampled:
        return
    if machine.gaussian:
        space.fantasies.add_(numbers.normals(space.fantasies))
    else:
        torch.lt(numbers.uniforms(space.fantasies), space.fantasies, out=space.fantasies)


def _pull_to_target(learner: Learner, space: Workspace, settings: Training) -> None:
    """Take the gradient of the sparsity penalty from the positive phase (Hinton, 2010, section 11.1).

    The penalty is the cross entropy between the target and the unit's running mean activity; its gradient with respect
    to the unit's input is activity - target, which reaches biases and weights as the data do.
    """
    learner.activity.lerp_(space.positive.mean(0), 1 - KEPT_ACTIVITY)
    pull = (learner.activity - settings.sparsity_target).mul_(settings.sparsity_cost)
    space.positive.sub_(pull)


def _learn(learner: Learner, space: Workspace, settings: Training) -> None:
    """Add the difference of both phases to the parameters, with momentum and weight decay where they are in force."""
    machine, velocity = learner.machine, learner.velocity
    step = settings.rate / settings.batch if settings.rate_on == "mean" else settings.rate
    decay = settings.rate * settings.weight_decay
    if not settings.momentum:
        machine.weights.addmm_(space.visible_transposed, space.hidden, beta=1 - decay, alpha=step)
        machine.hidden_bias.addmv_(space.hidden_transposed, space.ones, alpha=step)
        machine.visible_bias.addmv_(space.visible_transposed, space.signs, alpha=step)
        return
    kept = settings.momentum
    velocity.weights.addmm_(space.visible_transposed, space.hidden, beta=kept, alpha=step)
    velocity.weights.add_(machine.weights, alpha=-decay)
    velocity.hidden_bias.addmv_(space.hidden_transposed, space.ones, beta=kept, alpha=step)
    velocity.visible_bias.addmv_(space.visible_transposed, space.signs, beta=kept, alpha=step)
    machine.weights.add_(velocity.weights)
    machine.hidden_bias.add_(velocity.hidden_bias)
    machine.visible_bias.add_(velocity.visible_bias)
