"""A restricted Boltzmann machine: its parameters, how it begins, and what each side of it expects of the other."""

from dataclasses import dataclass

import torch
from torch import Tensor

from nbutils.boltzmann.uniforms import random_numbers

KINDS = (torch.float32, torch.float64)
PARAMETERS = ("visible_bias", "weights", "hidden_bias")  # in the order of the thesis' plots


@dataclass(frozen=True, eq=False)
class Machine:
    """A restricted Boltzmann machine with binary hidden units.

    weights : (visible, hidden), float32 (float64 where something is to be proved)
    visible_bias : (visible,), hidden_bias : (hidden,), of the same type
    gaussian : whether visible units are Gaussian with unit variance; else they are binary
    Raises ValueError for shapes that do not fit together and for other types of numbers.
    """

    weights: Tensor
    visible_bias: Tensor
    hidden_bias: Tensor
    gaussian: bool = False

    def __post_init__(self) -> None:
        _check_shapes(self.weights, self.visible_bias, self.hidden_bias)

    @property
    def parameters(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return weights, visible bias and hidden bias."""
        return self.weights, self.visible_bias, self.hidden_bias

    @property
    def visible(self) -> int:
        """Return the number of visible units."""
        return self.weights.shape[0]

    @property
    def hidden(self) -> int:
        """Return the number of hidden units."""
        return self.weights.shape[1]


def initialize(
    visible: int,
    hidden: int,
    *,
    weight_range: float = 0.022,
    visible_bias: float | Tensor = 0.0,
    hidden_bias: float = 0.0,
    gaussian: bool = False,
    seed: int = 0,
    device: str | torch.device = "cpu",
) -> Machine:
    """Return a machine whose weights are drawn uniformly from -weight_range to weight_range (thesis, Table 4.2).

    The same seed gives the same weights on every device.
    visible_bias : one number for all visible units, or (visible,) float
    """
    weights = random_numbers((seed, 0)).uniforms(torch.empty(visible, hidden)).mul_(2).sub_(1).mul_(weight_range)
    return Machine(
        # A copy, as torch lays its tensors where a cache line begins and numpy, which drew these, does not: matrix
        # products are slower there, and need not add in the same order.
        weights=weights.to(device, copy=True),
        visible_bias=(torch.zeros(visible) + visible_bias).float().to(device),
        hidden_bias=torch.full((hidden,), float(hidden_bias), device=device),
        gaussian=gaussian,
    )


def hidden_probabilities(machine: Machine, visible: Tensor) -> Tensor:
    """Return p(h = 1 | v) of each hidden unit for each example: the logistic function of c + vW.

    visible : (n, visible), float, as examples are
    Returns (n, hidden), float, 0..1.
    """
    return hidden_inputs(machine, visible).sigmoid_()


def visible_means(machine: Machine, hidden: Tensor) -> Tensor:
    """Return the mean of each visible unit given hidden units: logistic(b + hW') if binary, b + hW' if Gaussian.

    hidden : (n, hidden), float, 0..1
    Returns (n, visible), float.
    """
    means = visible_inputs(machine, hidden)
    return means if machine.gaussian else means.sigmoid_()


def hidden_inputs(machine: Machine, visible: Tensor) -> Tensor:
    """Return what each hidden unit receives, c + vW, whose sigmoid is its probability: (n, hidden), float.

    visible : (n, visible), float
    """
    return torch.addmm(machine.hidden_bias, visible, machine.weights)


def visible_inputs(machine: Machine, hidden: Tensor) -> Tensor:
    """Return what each visible unit receives, b + hW', the mean of a Gaussian one: (n, visible), float.

    hidden : (n, hidden), float
    """
    return torch.addmm(machine.visible_bias, hidden, machine.weights.T)


def copy_to(machine: Machine, device: str | torch.device) -> Machine:
    """Return a copy that shares no memory with the machine."""
    return Machine(*(part.to(device, copy=True) for part in machine.parameters), machine.gaussian)


def subtract(machine: Machine, other: Machine) -> Machine:
    """Return the difference of the parameters of two machines of the same size."""
    differences = (ours - theirs for ours, theirs in zip(machine.parameters, other.parameters, strict=True))
    return Machine(*differences, machine.gaussian)


def is_finite(machine: Machine) -> bool:
    """Say whether every parameter is a finite number."""
    return all(bool(torch.isfinite(part).all()) for part in machine.parameters)


def _check_shapes(weights: Tensor, visible_bias: Tensor, hidden_bias: Tensor) -> None:
    shapes = [tuple(part.shape) for part in (weights, visible_bias, hidden_bias)]
    if weights.dim() != 2 or 0 in shapes[0] or shapes[1:] != [shapes[0][:1], shapes[0][1:]]:
        raise ValueError(
            "A machine has weights (visible, hidden), visible biases (visible,) and hidden biases (hidden,); "
            f"got {shapes[0]}, {shapes[1]} and {shapes[2]}."
        )
    kinds = {part.dtype for part in (weights, visible_bias, hidden_bias)}
    if len(kinds) > 1 or not kinds <= set(KINDS):
        got = ", ".join(sorted(str(kind).removeprefix("torch.") for kind in kinds))
        raise ValueError(f"The parameters of a machine are all float32 or all float64, got {got}: convert them.")
