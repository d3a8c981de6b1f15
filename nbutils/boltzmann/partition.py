"""The partition function Z, by which unnormalized probabilities are divided: exact, estimated, and checked."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional as F

from nbutils.boltzmann.energies import free_energy, hidden_free_energy, visible_energy
from nbutils.boltzmann.machine import Machine, hidden_inputs, visible_inputs
from nbutils.boltzmann.samplers import draw_binary, draw_visible
from nbutils.boltzmann.uniforms import RandomNumbers, random_numbers

MOST_UNITS = 20  # of the side that is enumerated: a million states
AT_ONCE = 2**21  # numbers in a temporary array
BEAT = 0.2  # seconds between two snapshots
SLACK = 0.01  # nats by which an estimate in single precision may be off without having missed anything


@dataclass(frozen=True)
class Enumeration:
    """How far summing up all states of one side has come.

    share : 0..1, of the states
    log_partition : log of the sum so far, nats; log Z when share is 1
    """

    share: float
    log_partition: float


@dataclass(frozen=True, eq=False)
class Estimate:
    """How far annealed importance sampling has come.

    share : of the temperatures, 0..1, which is the inverse temperature reached, too
    log_partition : estimate of log Z of the distribution at that inverse temperature, nats; of the machine at 1
    standard_deviation : of log_partition, from how the weights of the chains differ (delta method), nats. It knows
        nothing of modes that no chain has found: see `check_bound`
    spread : standard deviation of the logarithms of the weights, nats
    effective : effective sample size, 1 to the number of chains: (sum of weights)^2 / sum of squared weights
    states : (chains, visible), float: where the chains are
    """

    share: float
    log_partition: float
    standard_deviation: float
    spread: float
    effective: float
    states: Tensor

    @property
    def finished(self) -> bool:
        """Whether the estimate is that of the machine itself."""
        return self.share == 1


@dataclass(frozen=True)
class Bound:
    """Whether an estimate of log Z can be true, given states that were visited.

    holds : whether the estimate is at least as large as what one visited state alone gives
    largest : the largest lower bound of log Z that a visited state gives, nats
    missing : by how many nats the estimate is too small at least; 0 where it holds
    """

    holds: bool
    largest: float
    missing: float


def exact_log_partition(machine: Machine) -> float:
    """Return log Z, summed up in double precision over all states of the smaller side, nats.

    Where visible units are Gaussian it is the hidden side, whatever its size.
    Raises ValueError where that side has more than 20 units.
    """
    found = math.nan
    for step in enumerate_log_partition(machine):
        found = step.log_partition
    return found


def enumerate_log_partition(machine: Machine) -> Iterator[Enumeration]:
    """Yield the sum over more and more states of the side of `exact_log_partition`.

    Raises ValueError as it does.
    """
    by_hidden = machine.gaussian or machine.hidden <= machine.visible
    units, others = (machine.hidden, machine.visible) if by_hidden else (machine.visible, machine.hidden)
    if units > MOST_UNITS:
        raise ValueError(
            f"log Z is summed up over at most {MOST_UNITS} {'hidden' if machine.gaussian else 'visible or hidden'} "
            f"units, got {machine.visible} visible and {machine.hidden} hidden ones: estimate it instead."
        )
    machine, told = _in_double(machine), time.perf_counter()
    total = machine.weights.new_tensor(-math.inf)
    free_energies = hidden_free_energy if by_hidden else free_energy
    rows = max(1, AT_ONCE // others)
    for start in range(0, 2**units, rows):
        end = min(start + rows, 2**units)
        states = number_states(start, end, units, machine.weights.device)
        total = torch.logaddexp(total, torch.logsumexp(-free_energies(machine, states), 0))
        if end == 2**units or time.perf_counter() - told >= BEAT:
            yield Enumeration(end / 2**units, float(total))
            told = time.perf_counter()


def number_states(start: int, end: int, units: int, device: str | torch.device = "cpu") -> Tensor:
    """Return the binary states number start to end - 1, the first unit being the lowest digit: (n, units), float64."""
    numbers = torch.arange(start, end, device=device)
    return ((numbers[:, None] >> torch.arange(units, device=device)) & 1).double()


def estimate_log_partition(
    machine: Machine, data: Tensor, *, temperatures: int = 1000, chains: int = 100, seed: int = 0
) -> Iterator[Estimate]:
    """Yield estimates of log Z by annealed importance sampling, of hotter distributions before that of the machine.

    Chains begin in a model of visible biases alone that fits the mean of the data, and make one Gibbs sweep at each of
    evenly spaced inverse temperatures of the geometric path to the machine (R. Salakhutdinov and I. Murray, "On the
    quantitative analysis of deep belief networks", 2008, section 4.1). Too few temperatures make it too small.

    data : (n, visible), float
    Raises ValueError for fewer than 1 temperature or 2 chains, or for more than 1,000,000 or 10,000; for no data, and
    for data that binary units cannot have.
    """
    if not (1 <= temperatures <= 1_000_000 and 2 <= chains <= 10_000):
        raise ValueError(
            "log Z is estimated at 1 to 1,000,000 temperatures with 2 to 10,000 chains, "
            f"got {temperatures} and {chains}."
        )
    _check_visible(machine, data)
    base = replace(machine, weights=torch.zeros_like(machine.weights), visible_bias=_fit_biases(machine, data))
    path = _Path(machine, base, random_numbers((seed, 7), machine.weights.device))
    states = path.sweep(machine.weights.new_zeros(chains, machine.visible), 0.0)
    logs, told = torch.zeros(chains, dtype=torch.float64, device=states.device), time.perf_counter()
    for step in range(temperatures):
        hotter, colder = step / temperatures, (step + 1) / temperatures
        logs += path.log_ratio(states, hotter, colder)
        states = path.sweep(states, colder)
        if step + 1 == temperatures or time.perf_counter() - told >= BEAT:
            yield _judge(logs, path.log_partition(), colder, states)
            told = time.perf_counter()


@dataclass(frozen=True, eq=False)
class _Path:
    """The distributions with energy (1 - t) times that of the base and t times that of the machine."""

    machine: Machine
    base: Machine
    numbers: RandomNumbers

    def log_partition(self) -> float:
        """Return log Z where t is 0: hidden units then are on or off with the same probability."""
        nothing = torch.zeros(1, self.base.hidden, dtype=torch.float64, device=self.base.weights.device)
        return -float(hidden_free_energy(_in_double(self.base), nothing)) + self.base.hidden * math.log(2)

    def log_ratio(self, states: Tensor, hotter: float, colder: float) -> Tensor:
        """Return by how much the log of the unnormalized probability of states grows: (chains,), float64."""
        inputs = hidden_inputs(self.machine, states)
        hidden = F.softplus(colder * inputs).sub_(F.softplus(hotter * inputs)).sum(1, dtype=torch.float64)
        visible = visible_energy(self.base, states) - visible_energy(self.machine, states)
        return hidden + (colder - hotter) * visible.double()

    def sweep(self, states: Tensor, t: float) -> Tensor:
        """Return states after all hidden and all visible units have been drawn once: (chains, visible)."""
        hidden = draw_binary((t * hidden_inputs(self.machine, states)).sigmoid_(), self.numbers)
        inputs = t * visible_inputs(self.machine, hidden) + (1 - t) * self.base.visible_bias
        return draw_visible(self.machine, inputs if self.machine.gaussian else inputs.sigmoid_(), self.numbers)


def _fit_biases(machine: Machine, data: Tensor) -> Tensor:
    """Return the visible biases with which a machine without weights has the mean of the data: (visible,).

    A binary unit that is always on, or never, is given a probability of (n + 1) / (n + 2), or 1 / (n + 2): else no
    chain could ever move it (Laplace's rule of succession).
    """
    if machine.gaussian:
        return data.mean(0)
    return torch.logit((data.sum(0) + 1) / (len(data) + 2))


def _judge(logs: Tensor, base: float, share: float, states: Tensor) -> Estimate:
    """Return what the logarithms of the chains' weights tell: (chains,), float64."""
    weights, chains = torch.softmax(logs, 0), len(logs)
    return Estimate(
        share=share,
        log_partition=base + float(torch.logsumexp(logs, 0)) - math.log(chains),
        standard_deviation=float(weights.std()) * math.sqrt(chains),
        spread=float(logs.std()),
        effective=1 / float(weights.square().sum()),
        states=states,
    )


def check_bound(estimate: float, machine: Machine, visited: Tensor) -> Bound:
    """Say whether an estimate of log Z is at least as large as -F of every visited state, as Z is a sum over states.

    A state that breaks it lies in a mode that the estimate has missed, however well its chains agree. The bound holds
    for grey values, too, because -F is convex. Where units are Gaussian, -F + visible / 2 * log(2 pi) is a bound: each
    unit Gaussian of the mixture is at most (2 pi)^(-visible / 2).

    visited : (n, visible), float, 0..1 for binary units, such as data and the states of Gibbs chains
    Raises ValueError for no state, and for values of binary units outside 0..1.
    """
    _check_visible(machine, visited)
    exact = _in_double(machine)
    rows = max(1, AT_ONCE // machine.visible)
    largest = max(float((-free_energy(exact, part.double())).max()) for part in visited.split(rows))
    if machine.gaussian:
        largest += machine.visible / 2 * math.log(2 * math.pi)
    missing = largest - estimate
    holds = missing <= SLACK
    return Bound(holds=holds, largest=largest, missing=0.0 if holds else missing)


def _check_visible(machine: Machine, visible: Tensor) -> None:
    """Raise ValueError for no state, or for values that binary visible units cannot have."""
    if not len(visible):
        raise ValueError("At least one visible state is needed, got none.")
    low, high = float(visible.min()), float(visible.max())
    if not machine.gaussian and not (low >= 0 and high <= 1):
        raise ValueError(f"The states of binary units lie in 0 to 1, got {low:g} to {high:g}.")


def _in_double(machine: Machine) -> Machine:
    return Machine(*(part.double() for part in machine.parameters), machine.gaussian)
