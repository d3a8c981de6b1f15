"""How much arithmetic a network does for one answer."""

from math import prod

from torch import nn

from nbutils.probe.layers import Layer

_WEIGHTED = (nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Linear)


def count_multiplications(network: nn.Module, known: tuple[Layer, ...]) -> int:
    """Return how many multiplications the weights of the network's layers take part in during one pass.

    Counted are convolutions and linear layers, each weight once at every place of the answer. What attention
    multiplies besides is left out: beside its projections it is little at the sizes of pictures.
    """
    modules = dict(network.named_modules())
    return sum(_count(modules.get(layer.name.split("@")[0]), layer) for layer in known)


def _count(module: nn.Module | None, layer: Layer) -> int:
    return module.weight.numel() * prod(layer.shape[1:]) if isinstance(module, _WEIGHTED) else 0
