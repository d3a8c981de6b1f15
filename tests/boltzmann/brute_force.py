"""Small machines, and what they are by definition: sums over every state, one term after another, in numpy."""

import itertools

import numpy as np
import torch

from nbutils.boltzmann.machine import Machine


def make_machine(visible=6, hidden=5, seed=0, gaussian=False, scale=0.7, kind=torch.float64):
    rng = np.random.default_rng(seed)
    parts = (rng.normal(0, scale, (visible, hidden)), rng.normal(0, 1, visible), rng.normal(0, 1, hidden))
    return Machine(*(torch.tensor(part, dtype=kind) for part in parts), gaussian)


def states(units):
    return np.array(list(itertools.product([0.0, 1.0], repeat=units)))


def energy(machine, visible, hidden):
    weights, b, c = (part.double().numpy() for part in machine.parameters)
    total = 0.0
    for i, v in enumerate(visible):
        total += (v - b[i]) ** 2 / 2 if machine.gaussian else -v * b[i]
        for j, h in enumerate(hidden):
            total -= v * weights[i, j] * h
    return total - sum(h * c[j] for j, h in enumerate(hidden))


def weight(machine, visible):
    """The unnormalized probability of one visible state."""
    return sum(np.exp(-energy(machine, visible, hidden)) for hidden in states(machine.hidden))


def log_partition(machine):
    """By the sum over all states of both sides; binary machines only."""
    return np.log(sum(weight(machine, visible) for visible in states(machine.visible)))
