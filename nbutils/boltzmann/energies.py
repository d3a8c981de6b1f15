"""Energy and free energy of a restricted Boltzmann machine: what is low is likely."""

import math

from torch import Tensor
from torch.nn import functional as F

from nbutils.boltzmann.machine import Machine, hidden_inputs, visible_inputs


def energy(machine: Machine, visible: Tensor, hidden: Tensor) -> Tensor:
    """Return the energy of each pair of visible and hidden states: (n,), float, nats.

    Binary visible units: -v b - h c - v W h; Gaussian ones of unit variance: |v - b|^2 / 2 - h c - v W h
    (G. Hinton, "A Practical Guide to Training Restricted Boltzmann Machines", 2010, eqs. 1 and 17).

    visible : (n, visible), float
    hidden : (n, hidden), float
    """
    joint = ((visible @ machine.weights) * hidden).sum(1)
    return visible_energy(machine, visible) - hidden @ machine.hidden_bias - joint


def free_energy(machine: Machine, visible: Tensor) -> Tensor:
    """Return -log of the sum of exp(-energy) over all hidden states, for each visible state: (n,), float, nats.

    visible : (n, visible), float
    """
    return free_energy_of(machine, visible, hidden_inputs(machine, visible))


def hidden_free_energy(machine: Machine, hidden: Tensor) -> Tensor:
    """Return -log of the sum (Gaussian: the integral) of exp(-energy) over all visible states: (n,), float, nats.

    hidden : (n, hidden), float
    """
    inputs = visible_inputs(machine, hidden)
    if machine.gaussian:
        squares = (inputs.square() - machine.visible_bias.square() + math.log(2 * math.pi)).sum(1)
        return -(hidden @ machine.hidden_bias) - squares / 2
    return -(hidden @ machine.hidden_bias) - F.softplus(inputs).sum(1)


def free_energy_of(machine: Machine, visible: Tensor, inputs: Tensor) -> Tensor:
    """Return the free energy of visible states whose inputs to the hidden units are known already: (n,), float, nats.

    visible : (n, visible), float
    inputs : (n, hidden), float, as `hidden_inputs` returns them
    """
    return visible_energy(machine, visible) - F.softplus(inputs).sum(1)


def visible_energy(machine: Machine, visible: Tensor) -> Tensor:
    """Return the part of the energy that does not depend on hidden units: (n,), float, nats.

    visible : (n, visible), float
    """
    if machine.gaussian:
        return (visible - machine.visible_bias).square().sum(1) / 2
    return -(visible @ machine.visible_bias)
