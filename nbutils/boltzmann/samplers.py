"""Gibbs sampling: both sides of a machine drawn in turn, from examples or from noise."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from nbutils.boltzmann.machine import Machine, hidden_probabilities, visible_means
from nbutils.boltzmann.uniforms import RandomNumbers, random_numbers


@dataclass(frozen=True, eq=False)
class Sweep:
    """Where chains are after some Gibbs steps.

    visible : (chains, visible), float, the samples: 0 or 1, real numbers where visible units are Gaussian
    means : (chains, visible), float, the means that the samples were drawn with
    """

    step: int
    visible: Tensor
    means: Tensor


def sample_hidden(machine: Machine, visible: Tensor, numbers: RandomNumbers) -> Tensor:
    """Return hidden units drawn with p(h | v): (n, hidden), float, 0 or 1.

    visible : (n, visible), float
    """
    return draw_binary(hidden_probabilities(machine, visible), numbers)


def sample_visible(machine: Machine, hidden: Tensor, numbers: RandomNumbers) -> Tensor:
    """Return visible units drawn with p(v | h): (n, visible), float, 0 or 1, or real numbers of a Gaussian machine.

    hidden : (n, hidden), float, 0 or 1
    """
    return draw_visible(machine, visible_means(machine, hidden), numbers)


def draw_binary(probabilities: Tensor, numbers: RandomNumbers) -> Tensor:
    """Return 0 or 1 with the given probabilities of 1, in their shape and type."""
    uniforms = numbers.uniforms(probabilities)
    return torch.lt(uniforms, probabilities, out=uniforms)


def draw_visible(machine: Machine, means: Tensor, numbers: RandomNumbers) -> Tensor:
    """Return visible units drawn with the given means, as `sample_visible` does."""
    if not machine.gaussian:
        return draw_binary(means, numbers)
    return numbers.normals(means).add_(means)


def gibbs(machine: Machine, start: Tensor, steps: int, seed: int, every: int = 1) -> Iterator[Sweep]:
    """Yield chains that begin at the given visible units, after each `every` Gibbs steps and after the last.

    A step draws the hidden units and then the visible ones. The same seed gives the same chains.
    start : (chains, visible), float, such as examples
    Raises ValueError for a start of another shape, and for fewer than one step.
    """
    visible = check_start(machine, start, steps, every)
    numbers = random_numbers((seed, 3), machine.weights.device)
    for step in range(1, steps + 1):
        means = visible_means(machine, sample_hidden(machine, visible, numbers))
        visible = draw_visible(machine, means, numbers)
        if step % every == 0 or step == steps:
            yield Sweep(step, visible, means)


def from_noise(machine: Machine, chains: int, steps: int, seed: int, every: int = 1) -> Iterator[Sweep]:
    """Yield what `gibbs` does for chains that begin with noise: fair coins, or standard normal numbers if Gaussian.

    Raises ValueError for fewer than one chain or one step.
    """
    if chains < 1:
        raise ValueError(f"chains must be 1 or more, got {chains}.")
    yield from gibbs(machine, draw_noise(machine, chains, seed), steps, seed, every)


def draw_noise(machine: Machine, chains: int, seed: int) -> Tensor:
    """Return (chains, visible), float: fair coins, or standard normal numbers where visible units are Gaussian."""
    centre = machine.visible_bias.new_full((chains, machine.visible), 0.0 if machine.gaussian else 0.5)
    return draw_visible(machine, centre, random_numbers((seed, 4), machine.weights.device))


def check_start(machine: Machine, start: Tensor, steps: int, every: int) -> Tensor:
    """Return the start of chains in the machine's type and on its device.

    Raises ValueError as `gibbs` does.
    """
    if start.dim() != 2 or start.shape[1] != machine.visible or not len(start):
        raise ValueError(f"Chains begin at (chains, {machine.visible}) visible units, got {tuple(start.shape)}.")
    if steps < 1 or every < 1:
        raise ValueError(f"steps and every must be 1 or more, got {steps} and {every}.")
    return start.to(machine.weights)
