"""What an objective is worth: numbers from a network's answers, which autograd can follow back."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from nbutils import probe
from nbutils.preferred.objectives import Objective, layers_of
from nbutils.probe.backward import check_unit


def evaluate(objective: Objective, answers: Mapping[str, Tensor], place: int) -> Tensor:
    """Return the objective of one picture of a batch: a number, differentiable.

    answers : of each layer of `layers_of`: (n, channels, height, width) or (n, units), float
    place : which picture of the batch
    Raises ValueError for a class, channel or position that the answers do not have, and for a class by its label.
    """
    if objective.word in _VALUES:
        (name,) = layers_of(objective)
        return _VALUES[objective.word](answers[name][place : place + 1], objective)
    left, right = (evaluate(part, answers, place) if isinstance(part, Objective) else part for part in objective.parts)
    if objective.word == "*":
        return left * right
    return left + right if objective.word == "+" else left - right


def _logit(answer: Tensor, objective: Objective) -> Tensor:
    return _class_scores(answer, objective)[objective.parts[0]]


def _probability(answer: Tensor, objective: Objective) -> Tensor:
    return probe.to_shares(_class_scores(answer, objective).float()[None])[0, objective.parts[0]]


def _class_scores(answer: Tensor, objective: Objective) -> Tensor:
    """Return the last answer as one number for each class: (classes,), float."""
    (number,) = objective.parts
    if not isinstance(number, int):
        raise ValueError(f'The class "{number}" has no number yet: resolve the objective with the network\'s labels.')
    if answer.dim() != 2:
        raise ValueError(f"{objective} needs classes, and this network ends with a map: choose a layer and a channel.")
    if not 0 <= number < answer.shape[1]:
        raise ValueError(f"The last answer has the units 0 to {answer.shape[1] - 1}, got {number}.")
    return answer[0]


def _unit(answer: Tensor, objective: Objective) -> Tensor:
    name, number, *position = objective.parts
    if not position and answer.dim() == 4:
        position = [answer.shape[2] // 2, answer.shape[3] // 2]
    check_unit(probe.Unit(name, number, tuple(position) or None), answer)
    return answer[(0, number, *position)]


def _channel(answer: Tensor, objective: Objective) -> Tensor:
    name, number = objective.parts
    check_unit(probe.Unit(name, number), answer)
    return answer[0, number].float().mean()


def _direction(answer: Tensor, objective: Objective) -> Tensor:
    name, towards = objective.parts
    channels = answer.shape[1]
    if isinstance(towards, int):
        drawn = np.random.default_rng(towards).standard_normal(channels)
        towards = drawn / np.linalg.norm(drawn)
    if len(towards) != channels:
        raise ValueError(f'"{name}" has {channels} channels, and the direction has {len(towards)} numbers.')
    means = answer[0].float().flatten(1).mean(1) if answer.dim() == 4 else answer[0].float()
    return means @ torch.as_tensor(np.asarray(towards), dtype=means.dtype, device=means.device)


def _layer(answer: Tensor, _objective: Objective) -> Tensor:
    return answer[0].float().square().mean()


_VALUES: dict[str, Callable[[Tensor, Objective], Tensor]] = {
    "logit": _logit,
    "probability": _probability,
    "unit": _unit,
    "channel": _channel,
    "direction": _direction,
    "layer": _layer,
}
