"""Machines on top of machines, and the visible pattern that a unit of an upper one answers most to.

A second machine is trained, by `training.train`, on what `encode` makes of the examples with the first; both then are
the layers of a deep belief network. Thesis, end of section 4.3.4; D. Erhan et al., "Visualizing Higher-Layer Features
of a Deep Network", 2009, sections 3 and 5.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from nbutils.boltzmann.machine import Machine, hidden_inputs, hidden_probabilities
from nbutils.boltzmann.uniforms import random_numbers

RATE = 0.1  # of the length of a pattern, in which a step moves it
BEAT = 0.2  # seconds between two snapshots
LEAST_LENGTH = 1e-30


@dataclass(frozen=True, eq=False)
class Maximized:
    """The patterns after some steps.

    patterns : (units, starts, visible), float32, each of the length that was asked for
    activations : (units, starts), float32: what the units receive, before the logistic function
    """

    step: int
    patterns: Tensor
    activations: Tensor
    finished: bool


def encode(layers: Sequence[Machine], visible: Tensor) -> Tensor:
    """Return the hidden probabilities of the last layer, each layer given those of the one below: (n, hidden), 0..1.

    visible : (n, visible), float
    Raises ValueError for no layer and for layers that do not fit on each other.
    """
    _check(layers)
    for layer in layers:
        visible = hidden_probabilities(layer, visible)
    return visible


def combine_filters(layers: Sequence[Machine], strongest: int | None = None) -> Tensor:
    """Return for each unit of the last layer the weighted sum of the filters of the layer below: (visible, units).

    It passes over what lies between layers (H. Lee et al., "Sparse deep belief net model for visual area V2", 2008).

    strongest : how many filters of each layer below a sum is made of, those of the largest absolute weights; None = all
    Raises ValueError as `encode` does, and for fewer than one filter.
    """
    _check(layers)
    if strongest is not None and strongest < 1:
        raise ValueError(f"A sum is made of 1 or more filters, got {strongest}.")
    filters = layers[0].weights
    for layer in layers[1:]:
        weights = layer.weights
        if strongest is not None and strongest < len(weights):
            places = weights.abs().topk(strongest, 0).indices
            weights = torch.zeros_like(weights).scatter(0, places, weights.gather(0, places))
        filters = filters @ weights
    return filters


def maximize_activation(
    layers: Sequence[Machine],
    units: Sequence[int],
    length: float,
    *,
    starts: int = 9,
    steps: int = 300,
    seed: int = 0,
) -> Iterator[Maximized]:
    """Yield patterns of a fixed length that excite units of the last layer more and more, from noise.

    Each step goes along the gradient of what the unit receives, a tenth of the pattern's length far, and back to the
    length. Patterns are no examples: they have negative numbers, too.

    length : Euclidean, such as the mean length of the examples
    starts : how many patterns a unit gets, each from other normal numbers
    Raises ValueError as `encode` does, for units that there are not, and for a length or numbers that are not positive.
    """
    _check(layers)
    last = layers[-1].hidden - 1
    if not len(units) or not 0 <= min(units) <= max(units) <= last:
        raise ValueError(f"The last layer has the units 0 to {last}, got {', '.join(map(str, units)) or 'none'}.")
    if not length > 0 or starts < 1 or steps < 1:
        raise ValueError(f"length, starts and steps must be above 0, got {length:g}, {starts} and {steps}.")
    patterns = layers[0].weights.new_empty(len(units) * starts, layers[0].visible)
    patterns = random_numbers((seed, 8), patterns.device).normals(patterns)
    patterns = _scale(patterns, length)
    repeated = torch.tensor(list(units), device=patterns.device).repeat_interleave(starts)
    told = time.perf_counter()
    for step in range(1, steps + 1):
        patterns = _scale(patterns + _scale(_slope(layers, repeated, patterns), RATE * length), length)
        if step == steps or time.perf_counter() - told >= BEAT:
            activations = receive(layers, patterns).gather(1, repeated[:, None])[:, 0]
            yield Maximized(
                step, patterns.unflatten(0, (-1, starts)), activations.unflatten(0, (-1, starts)), step == steps
            )
            told = time.perf_counter()


def receive(layers: Sequence[Machine], visible: Tensor) -> Tensor:
    """Return what the units of the last layer receive, before the logistic function: (n, units).

    visible : (n, visible), float
    """
    for layer in layers[:-1]:
        visible = hidden_probabilities(layer, visible)
    return hidden_inputs(layers[-1], visible)


def _slope(layers: Sequence[Machine], units: Tensor, patterns: Tensor) -> Tensor:
    """Return the gradient of what each unit receives from its pattern: (n, visible).

    units : (n,), int64
    patterns : (n, visible), float
    """
    below, answers = patterns, []
    for layer in layers[:-1]:
        below = hidden_probabilities(layer, below)
        answers.append(below)
    slope = layers[-1].weights.T[units]
    for layer, answer in zip(reversed(layers[:-1]), reversed(answers), strict=True):
        slope = (slope * answer * (1 - answer)) @ layer.weights.T
    return slope


def _scale(vectors: Tensor, length: float) -> Tensor:
    """Return vectors of that length in the same directions; those of no length stay as they are."""
    return vectors * (length / torch.linalg.vector_norm(vectors, dim=1, keepdim=True).clamp(min=LEAST_LENGTH))


def _check(layers: Sequence[Machine]) -> None:
    if not layers:
        raise ValueError("A stack has at least one layer, got none.")
    for place, (below, above) in enumerate(pairwise(layers), 1):
        if below.hidden != above.visible or above.gaussian:
            kind = "Gaussian" if above.gaussian else "binary"
            raise ValueError(
                f"Layer {place + 1} must have {below.hidden} binary visible units, as layer {place} has hidden ones, "
                f"got {above.visible} {kind} ones."
            )
