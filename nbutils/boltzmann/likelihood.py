"""How likely a machine finds data: with log Z known, without it by pseudo-likelihood, and against other data."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from nbutils.boltzmann.energies import free_energy
from nbutils.boltzmann.machine import Machine, hidden_inputs

# The density of one Gaussian visible unit given the others is a mixture of unit Gaussians, whose sum at whole steps is
# its integral up to 2 exp(-2 pi^2) = 5e-9 (Poisson's summation formula), if it goes this far beyond the means.
MARGIN = 6
MOST_STEPS = 1024
AT_ONCE = 2**22  # numbers in a temporary array


@dataclass(frozen=True)
class Gap:
    """By how much the machine prefers the data that it learns from.

    nats : mean free energy of the validation data less that of the training data; above 0 once it learns by heart
    deviations : the same over the standard deviation of the free energy of the training data, to compare machines with
    """

    nats: float
    deviations: float


def log_likelihood(machine: Machine, visible: Tensor, log_partition: float) -> Tensor:
    """Return the log-probability of each visible state, of a density where units are Gaussian: (n,), float, nats.

    visible : (n, visible), float
    log_partition : log Z, from `partition`
    """
    return -free_energy(machine, visible) - log_partition


def free_energy_gap(machine: Machine, train: Tensor, valid: Tensor) -> Gap:
    """Return how much higher the free energy of data is from which the machine does not learn.

    Log Z cancels in the difference (G. Hinton, "A Practical Guide to Training Restricted Boltzmann Machines", 2010,
    section 6).

    train, valid : (n, visible), float
    """
    return compare_free_energies(free_energy(machine, train), free_energy(machine, valid))


def compare_free_energies(train: Tensor, valid: Tensor) -> Gap:
    """Return the gap between free energies that are known already.

    train, valid : (n,), float, nats
    """
    train, valid = train.double(), valid.double()
    gap = valid.mean() - train.mean()
    return Gap(nats=float(gap), deviations=float(gap / train.std(correction=0)))


def pseudo_likelihood(machine: Machine, visible: Tensor, seed: int) -> float:
    """Return the log pseudo-likelihood, estimated from one unit a row drawn by chance; mean over rows, nats.

    The log pseudo-likelihood of a row is the sum over visible units of the log-probability of each given all others,
    so what one drawn unit gives is multiplied by their number. scikit-learn's `BernoulliRBM.score_samples` is scaled
    so, too; numbers for data of another size cannot be compared.

    visible : (n, visible), float, 0..1 for binary units; a grey value counts as the probability of being on
    """
    return pseudo_likelihood_of(machine, visible, hidden_inputs(machine, visible), seed)


def pseudo_likelihood_of(machine: Machine, visible: Tensor, inputs: Tensor, seed: int) -> float:
    """Return `pseudo_likelihood` for rows whose inputs to the hidden units are known already.

    It is nan where binary units are given numbers outside 0..1, which they cannot take.

    visible : (n, visible), float
    inputs : (n, hidden), float, as `hidden_inputs` returns them
    """
    rows, units = visible.shape
    places = torch.from_numpy(np.random.default_rng(seed).integers(units, size=rows)).to(visible.device)
    return units * float(conditionals(machine, visible, inputs, places).double().mean())


def conditionals(machine: Machine, visible: Tensor, inputs: Tensor, places: Tensor) -> Tensor:
    """Return the log-probability of one visible unit of each row given all others of the row: (n,), float, nats.

    For Gaussian units it is the logarithm of a density, nan where weights are so large that it cannot be summed up.

    visible : (n, visible), float
    inputs : (n, hidden), float, as `hidden_inputs` returns them
    places : (n,), int64: the unit of each row
    """
    values = visible.gather(1, places[:, None])[:, 0]
    weights, bias = machine.weights[places], machine.visible_bias[places]
    without = inputs - values[:, None] * weights
    if machine.gaussian:
        return _gaussian_conditionals(values, bias, weights, without)
    logits = bias + F.softplus(without + weights).sum(1) - F.softplus(without).sum(1)
    found = values * logits - F.softplus(logits)
    return torch.where((values >= 0) & (values <= 1), found, torch.nan)


def _gaussian_conditionals(values: Tensor, bias: Tensor, weights: Tensor, without: Tensor) -> Tensor:
    """Return the log-density of one Gaussian unit of each row given the others, by the trapezoidal rule: (n,), nats.

    values, bias : (n,), float: of the unit
    weights, without : (n, hidden), float: of the unit, and the inputs to the hidden units without it
    """
    lowest = bias + weights.clamp(max=0).sum(1) - MARGIN
    highest = bias + weights.clamp(min=0).sum(1) + MARGIN
    widest = float((highest - lowest).max())
    if not widest < MOST_STEPS:
        return torch.full_like(values, torch.nan)
    steps = torch.arange(int(widest) + 2, dtype=values.dtype, device=values.device)
    rows = max(1, AT_ONCE // (len(steps) * weights.shape[1]))
    parts = []
    for start in range(0, len(values), rows):
        part = slice(start, start + rows)
        points = torch.cat([values[part, None], lowest[part, None] + steps], 1)
        hidden = F.softplus(without[part, None] + points[..., None] * weights[part, None]).sum(2)
        logs = hidden - (points - bias[part, None]).square() / 2
        parts.append(logs[:, 0] - torch.logsumexp(logs[:, 1:], 1))
    return torch.cat(parts)
