"""A second layer on the first: what its units look for, and how much of that their picture tells."""

from dataclasses import dataclass

import torch
from torch import Tensor

from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.moments import neighbour_correlation
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.stack import encode, maximize_activation, receive
from nbutils.boltzmann.training import train
from nbutils.rbm.examples import Examples

HIDDEN, EPOCHS, RATE = 100, 10, 0.02
UNITS, STARTS, STEPS, MOST = 36, 4, 200, 500


@dataclass(frozen=True)
class SecondLayer:
    """How the pictures of units of a first and a second layer relate to what the units answer.

    smooth : correlation of neighbouring voxels of a unit's strongest pattern, mean over units
    alike : mean correlation of the patterns that a unit gets from several starts
    told : correlation, over balls, of what a unit receives and how much the ball is like the unit's pattern: 1 where
        the picture tells all that the unit does, mean over units; of the first layer 1 as its units only add up
    """

    first_smooth: float
    second_smooth: float
    second_alike: float
    first_told: float
    second_told: float


def measure_second_layer(first: Machine, examples: Examples, seed: int) -> SecondLayer:
    """Return what becomes of pictures of units above the first layer."""
    codes = encode([first], examples.train)
    *_, last = train(codes, Training(hidden=HIDDEN, epochs=EPOCHS, rate=RATE, seed=seed))
    shown = examples.valid[:MOST]
    length = float(torch.linalg.vector_norm(shown, dim=1).mean())
    found = {}
    for name, stack in (("first", [first]), ("second", [first, last.machine])):
        units = list(range(UNITS))
        *_, made = maximize_activation(stack, units, length, starts=STARTS, steps=STEPS, seed=seed)
        best = made.patterns[torch.arange(UNITS), made.activations.argmax(1)]
        found[f"{name}_smooth"] = neighbour_correlation(best.T, examples.shape)
        found[f"{name}_told"] = _correlate(receive(stack, shown)[:, :UNITS], shown @ best.T)
        if name == "second":
            found["second_alike"] = _alike(made.patterns)
    return SecondLayer(**found)


def _correlate(answers: Tensor, wanted: Tensor) -> float:
    """Return the mean correlation over examples of two answers of each unit: (n, units), float."""
    first, second = (values - values.mean(0) for values in (answers, wanted))
    products = (first * second).sum(0) / (first.norm(dim=0) * second.norm(dim=0)).clamp(min=1e-12)
    return float(products.mean())


def _alike(patterns: Tensor) -> float:
    """Return how alike the patterns of a unit are: (units, starts, visible), float."""
    centred = patterns - patterns.mean(2, keepdim=True)
    centred = centred / centred.norm(dim=2, keepdim=True)
    between = centred @ centred.transpose(1, 2)
    starts = patterns.shape[1]
    off = (between.sum((1, 2)) - starts) / (starts * (starts - 1))
    return float(off.mean())
