"""Parallel tempering: chains at several temperatures that change places, so that they leave a mode they are caught in.

At inverse temperature t all weights and biases are multiplied by t. At t = 1 this is the machine; at t = 0 its visible
units are fair coins, or standard normal where they are Gaussian, and one step draws them anew.
After G. Desjardins et al., "Tempered Markov chain Monte Carlo for training of restricted Boltzmann machines", 2010.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from nbutils.boltzmann.machine import Machine, hidden_inputs, visible_inputs
from nbutils.boltzmann.samplers import check_start, draw_binary, draw_visible
from nbutils.boltzmann.uniforms import RandomNumbers, random_numbers


@dataclass(frozen=True, eq=False)
class Tempered:
    """Where the chains at inverse temperature 1 are after some steps of all.

    visible, means : (chains, visible), float, as in `samplers.Sweep`
    swap_rates : for each pair of neighbouring temperatures, the share of swaps that were accepted so far, 0..1
    """

    step: int
    visible: Tensor
    means: Tensor
    swap_rates: tuple[float, ...]


def inverse_temperatures(number: int) -> Tensor:
    """Return (number,), float32: from 1, where the machine is, to 0, where its visible units are independent."""
    return torch.linspace(1, 0, number)


def temper(
    machine: Machine, start: Tensor, steps: int, seed: int, temperatures: int = 8, every: int = 1
) -> Iterator[Tempered]:
    """Yield chains at inverse temperature 1 after each `every` steps and after the last.

    Every temperature has as many chains as `start` has rows, and all begin there.
    start : (chains, visible), float
    Raises ValueError for a start of another shape, fewer than one step and fewer than two temperatures.
    """
    visible = check_start(machine, start, steps, every)
    if temperatures < 2:
        raise ValueError(f"temperatures must be 2 or more, got {temperatures}.")
    states = visible.repeat(temperatures, 1, 1)
    inverse = inverse_temperatures(temperatures).to(states)
    swaps = count_swaps(temperatures, states.device)
    numbers = random_numbers((seed, 5), states.device)
    for step in range(1, steps + 1):
        means = sweep(machine, states, inverse, swaps, numbers)
        if step % every == 0 or step == steps:
            yield Tempered(step, states[0].clone(), means, swap_rates(swaps))


def count_swaps(temperatures: int, device: torch.device) -> Tensor:
    """Return counters at zero: (2, temperatures - 1), int64, accepted and tried swaps of neighbouring temperatures."""
    return torch.zeros(2, temperatures - 1, dtype=torch.int64, device=device)


def swap_rates(swaps: Tensor) -> tuple[float, ...]:
    """Return the share of accepted swaps of each pair of neighbouring temperatures; 0 where none was tried."""
    return tuple((swaps[0].double() / swaps[1].clamp(min=1)).tolist())


def sweep(machine: Machine, states: Tensor, inverse: Tensor, swaps: Tensor, numbers: RandomNumbers) -> Tensor:
    """Let neighbouring temperatures change places, then make one Gibbs step at each; states and swaps are changed.

    states : (temperatures, chains, visible), float
    inverse : (temperatures,), float, 1..0
    Returns (chains, visible), the means that the visible units at inverse temperature 1 were drawn with.
    """
    flat = states.flatten(0, 1)
    inputs = hidden_inputs(machine, flat).unflatten(0, states.shape[:2])
    for first in (0, 1):
        _exchange(machine, states, inputs, inverse, swaps, numbers, first)
    scale = inverse[:, None, None]
    hidden = draw_binary(inputs.mul_(scale).sigmoid_(), numbers)
    means = visible_inputs(machine, hidden.flatten(0, 1)).view_as(states).mul_(scale)
    if not machine.gaussian:
        means.sigmoid_()
    states.copy_(draw_visible(machine, means, numbers))
    return means[0]


def _exchange(
    machine: Machine, states: Tensor, inputs: Tensor, inverse: Tensor, swaps: Tensor, numbers: RandomNumbers, first: int
) -> None:
    """Swap the chains of temperatures first, first + 2, ... with their next neighbours by the Metropolis rule.

    Hidden units are summed out: the logarithm of a state's weight is t b v plus the sum of softplus(t x) over the
    inputs x of the hidden units, and what does not depend on t.
    inputs : (temperatures, chains, hidden), c + vW of the states, which move with them
    """
    last = len(inverse) - 1
    if first >= last:
        return
    hot, cold = slice(first + 1, None, 2), slice(first, last, 2)
    cold_inverse, hot_inverse = inverse[cold, None, None], inverse[hot, None, None]
    gain = softplus(hot_inverse * inputs[cold]) + softplus(cold_inverse * inputs[hot])
    gain -= softplus(cold_inverse * inputs[cold]) + softplus(hot_inverse * inputs[hot])
    push = (states[cold] - states[hot]) @ machine.visible_bias
    chance = (gain.sum(2) + (hot_inverse - cold_inverse)[..., 0] * push).exp_()
    accepted = numbers.uniforms(chance) < chance
    for values in (states, inputs):
        moved = torch.where(accepted[..., None], values[hot], values[cold])
        values[hot] = torch.where(accepted[..., None], values[cold], values[hot])
        values[cold] = moved
    swaps[0, cold] += accepted.sum(1)
    swaps[1, cold] += accepted.shape[1]
