"""The likelihood of examples by annealed importance sampling, with the check that shows where it cannot be true."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from nbutils.boltzmann.likelihood import log_likelihood
from nbutils.boltzmann.machine import Machine, is_finite
from nbutils.boltzmann.monitors import Watch
from nbutils.boltzmann.partition import Bound, Estimate, check_bound, estimate_log_partition, exact_log_partition
from nbutils.boltzmann.samplers import gibbs

TEMPERATURES, CHAINS = 1_000, 100
# Chains that begin at examples and look for modes which AIS has missed: after 1,500 steps of 64 chains a machine that
# had been trained on the sum had 19 of them in a mode far from every example.
WALKERS, STEPS, EVERY = 64, 1_500, 50
WALKED = 0.4  # the share of the work that the walk is
ENUMERATED = 16  # units of the smaller side, whose states are summed up in a moment
BEAT = 0.2  # seconds between two snapshots


@dataclass(frozen=True)
class Likelihood:
    """How far an estimate has come, and what it says once it is finished; nan and None stand there before.

    share : 0..1, of the work
    log_partition, standard_deviation : of log Z, nats
    effective : effective number of the chains
    bound : whether any visited state contradicts the estimate
    train, valid : mean log-likelihood of the watched examples, nats
    exact : log Z summed up over all states, nats; nan where these are too many
    """

    share: float
    log_partition: float = math.nan
    standard_deviation: float = math.nan
    effective: float = math.nan
    bound: Bound | None = None
    train: float = math.nan
    valid: float = math.nan
    exact: float = math.nan

    @property
    def finished(self) -> bool:
        """Whether there is an estimate."""
        return self.bound is not None


def estimate_likelihood(
    machine: Machine, watch: Watch, seed: int = 0, *, steps: int = STEPS, temperatures: int = TEMPERATURES
) -> Iterator[Likelihood]:
    """Yield how far the work has come, and at last the likelihood of the watched examples.

    steps : Gibbs steps of the chains that look for missed modes; temperatures : of annealed importance sampling
    Raises ValueError for examples that the visible units cannot hold, and for parameters that are no finite numbers.
    """
    if not is_finite(machine):
        raise ValueError("The parameters are not all finite numbers: this machine gives no example a probability.")
    visited = [watch.train, watch.valid]
    told = time.perf_counter()
    for sweep in gibbs(machine, watch.train[:WALKERS], steps, seed, 1):
        if sweep.step % EVERY == 0 or sweep.step == steps:
            visited.append(sweep.visible)
        if time.perf_counter() - told >= BEAT:
            yield Likelihood(WALKED * sweep.step / steps)
            told = time.perf_counter()
    for estimate in estimate_log_partition(machine, watch.train, temperatures=temperatures, chains=CHAINS, seed=seed):
        yield Likelihood(min(WALKED + (1 - WALKED) * estimate.share, 0.99))
    yield _judge(machine, watch, estimate, torch.cat([*visited, estimate.states]))


def _judge(machine: Machine, watch: Watch, estimate: Estimate, visited: Tensor) -> Likelihood:
    """Return what a finished estimate says.

    visited : (n, visible), float: every state that was seen on the way
    """
    means = {
        name: float(log_likelihood(machine, examples, estimate.log_partition).mean())
        for name, examples in (("train", watch.train), ("valid", watch.valid))
    }
    return Likelihood(
        1.0,
        estimate.log_partition,
        estimate.standard_deviation,
        estimate.effective,
        check_bound(estimate.log_partition, machine, visited),
        **means,
        exact=exact_log_partition(machine) if _is_small(machine) else math.nan,
    )


def _is_small(machine: Machine) -> bool:
    return min(machine.hidden, math.inf if machine.gaussian else machine.visible) <= ENUMERATED
