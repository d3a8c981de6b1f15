"""How well a machine reconstructs data: five definitions of the error, and what the mean image alone would give.

Which one the thesis plots (section 4.3.5) is not said. Each is summed over visible units and averaged over examples.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from nbutils.boltzmann.machine import Machine, hidden_probabilities, visible_inputs, visible_means
from nbutils.boltzmann.samplers import draw_binary, draw_visible
from nbutils.boltzmann.uniforms import random_numbers

DEFAULT = "squared, sampled hidden"
LEAST_MEAN = 1e-6  # a pixel that is never on in the data must not make one that is on infinitely surprising


@dataclass(frozen=True)
class Error:
    """A definition of the reconstruction error."""

    name: str
    title: str
    help: str

    def measure(self, machine: Machine, visible: Tensor, seed: int) -> float:
        """Return the error of a machine, mean over examples.

        visible : (n, visible), float
        """
        return measure_errors(machine, visible, hidden_probabilities(machine, visible), seed)[self.name]


ERRORS = {
    error.name: error
    for error in (
        Error(
            "squared, mean field",
            "squared error, mean field",
            "Squared difference to the means that the probabilities of the hidden units give: no chance is in it.",
        ),
        Error(
            DEFAULT,
            "squared error",
            "Squared difference to the means that hidden units give, once these are drawn.",
        ),
        Error(
            "squared, sampled visible",
            "squared error of samples",
            "Squared difference to visible units drawn from these means; in black and white, how many are wrong.",
        ),
        Error(
            "cross entropy",
            "cross-entropy",
            "How much the data surprise one who knows the drawn hidden units, in nats.",
        ),
        Error(
            "absolute",
            "absolute error",
            "Absolute difference to the means that hidden units give, once these are drawn.",
        ),
    )
}


def measure_errors(machine: Machine, visible: Tensor, probabilities: Tensor, seed: int) -> dict[str, float]:
    """Return every error of ERRORS under its name, mean over examples.

    visible : (n, visible), float
    probabilities : (n, hidden), float, 0..1: of the hidden units given these
    """
    numbers = random_numbers((seed, 6), visible.device)
    expected = visible_means(machine, probabilities)
    inputs = visible_inputs(machine, draw_binary(probabilities, numbers))
    surprise = _surprise(visible, inputs, machine.gaussian)
    means = inputs if machine.gaussian else inputs.sigmoid_()
    samples = draw_visible(machine, means, numbers)
    # In place: these arrays are large, and getting memory for one more takes longer than its arithmetic.
    difference = means.sub_(visible)
    sums = (
        _squares(expected.sub_(visible)),
        _squares(difference),
        _squares(samples.sub_(visible)),
        surprise,
        difference.abs().sum(),
    )
    return _average(sums, len(visible))


def baseline(visible: Tensor, name: str, gaussian: bool = False) -> float:
    """Return the error, by one of ERRORS, of who answers every example with the mean image.

    visible : (n, visible), float
    """
    return measure_baselines(visible, gaussian)[name]


def measure_baselines(visible: Tensor, gaussian: bool = False) -> dict[str, float]:
    """Return `baseline` for every error: what a machine reaches whose visible biases alone have learned.

    So the mean of binary units is cut to 0..1, and where visible units are drawn their variance is added.

    visible : (n, visible), float
    """
    means = visible.mean(0) if gaussian else visible.mean(0).clamp(0, 1)
    variances = torch.ones_like(means) if gaussian else means * (1 - means)
    difference = visible - means
    squares = _squares(difference)
    sums = (
        squares,
        squares,
        squares + len(visible) * variances.sum(),
        _surprise(visible, means if gaussian else torch.logit(means, LEAST_MEAN), gaussian),
        difference.abs().sum(),
    )
    return _average(sums, len(visible))


def _squares(difference: Tensor) -> Tensor:
    return torch.linalg.vector_norm(difference).square()


def _surprise(visible: Tensor, inputs: Tensor, gaussian: bool) -> Tensor:
    """Return minus the log-probability of the data given the inputs of visible units, or minus the log-density.

    visible : (n, visible), float
    inputs : (n, visible) or (visible,), float
    """
    if gaussian:
        return _squares(visible - inputs) / 2 + visible.numel() / 2 * math.log(2 * math.pi)
    return torch.addcmul(F.softplus(inputs), visible, inputs, value=-1).sum()


def _average(sums: tuple[Tensor, ...], examples: int) -> dict[str, float]:
    """Return the mean over examples of each sum, under the names of ERRORS."""
    return {name: float(total) / examples for name, total in zip(ERRORS, sums, strict=True)}
