"""A plan as a network that torch computes."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from nbutils.nets.normalization import LocalResponse
from nbutils.nets.plans import Layer, Plan

KEPT = 0.5  # of what a layer with dropout gives, in training (thesis, section 5.6; Hinton et al. 2012)


class AbsTanh(nn.Module):
    """abs(tanh(x)), the rectification of Jarrett et al. 2009 (thesis, section 5.5.3)."""

    def forward(self, x: Tensor) -> Tensor:
        """Return abs(tanh(x))."""
        return torch.tanh(x).abs()


NONLINEARITIES = {"relu": nn.ReLU, "abs_tanh": AbsTanh}


class Network(nn.Module):
    """Eight layers, each with the nonlinearity, pooling and normalization that follow it.

    drops : the layers, counted from 0, of whose outputs half is dropped in training on the way into the next
    """

    def __init__(self, layers: list[nn.Module], drops: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.drops = drops

    def forward(self, x: Tensor, masks: Mapping[int, Tensor] | None = None, first: int = 0, last: int = 8) -> Tensor:
        """Return what layer `last` gives when layer `first` gave x; the pictures are what layer 0 gave.

        x : (n, channels, y, x) or (n, units), float32
        masks : layer, counted from 0 -> (n, units), 0 or 1 / KEPT, its output is multiplied by it; None drops nothing
        """
        for place in range(first, last):
            if masks and place - 1 in masks:
                x = x * masks[place - 1]
            x = self.layers[place](x)
        return x


def build(plan: Plan, classes: int, seed: int, nonlinearity: str = "relu") -> Network:
    """Return a new network with weights drawn from a seed, channels last in memory."""
    chance = torch.Generator().manual_seed(seed)
    layers = []
    channels, size = plan.channels, plan.size
    for layer in plan.layers:
        width = layer.width or classes
        if layer.kind == "linear":
            inputs = channels * size * size
            parts: list[nn.Module] = [nn.Flatten()]
            map_ = nn.Linear(inputs, width)
            size = 1
        else:
            inputs = channels // layer.groups * layer.kernel**2
            parts = []
            map_ = nn.Conv2d(channels, width, layer.kernel, layer.stride, layer.padding, groups=layer.groups)
            size = (size + 2 * layer.padding - layer.kernel) // layer.stride + 1
            if layer.pool:
                size = (size + 2 * plan.pool_padding - 3) // 2 + 1
        _draw(map_, layer, inputs, chance)
        layers.append(nn.Sequential(*parts, map_, *_after(layer, width, plan, nonlinearity)))
        channels = width
    drops = tuple(place for place, layer in enumerate(plan.layers) if layer.dropout)
    return Network(layers, drops).to(memory_format=torch.channels_last)


def _draw(map_: nn.Module, layer: Layer, inputs: int, chance: torch.Generator) -> None:
    """Draw first weights and set first biases as the plan wants them."""
    with torch.no_grad():
        map_.weight.normal_(0, layer.spread or (2 / inputs) ** 0.5, generator=chance)
        map_.bias.fill_(layer.bias)


def _after(layer: Layer, width: int, plan: Plan, nonlinearity: str) -> list[nn.Module]:
    """Return what follows a map until the next one; nothing follows the last, whose outputs are scores of classes."""
    if not layer.width:
        return []
    parts: list[nn.Module] = [NONLINEARITIES[nonlinearity]()]
    if layer.pool:
        parts.append(nn.MaxPool2d(3, 2, plan.pool_padding))
    if layer.normalize:
        parts.append(LocalResponse(width, plan.response))
    return parts
