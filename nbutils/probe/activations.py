"""What the layers of a network answer to a picture."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nbutils.probe.layers import layers
from nbutils.probe.sites import say_nearest
from nbutils.probe.tokens import arrange, aspect_of
from nbutils.probe.watching import watch


class _AllReachedError(Exception):
    """Raised inside a forward pass to leave it as soon as everything asked for is there."""


def activations(network: nn.Module, pictures: Tensor, names: Sequence[str]) -> dict[str, Tensor]:
    """Return what the named layers answer, as maps (n, channels, height, width) or units (n, units).

    The pass stops at the deepest of them. The answers are the caller's own: later in-place layers do not change them.
    The tokens of a transformer become the grid of their patches (see `arrange`); names are those of `watch`.
    pictures : (n, channels, height, width), float, as the network takes it
    Raises ValueError for a layer that the network does not have, or that this pass never reached.
    """
    asked = set(names)
    answers: dict[str, Tensor] = {}

    def keep(name: str, answer: Tensor) -> None:
        maps = arrange(answer, len(pictures), aspect_of(pictures))
        is_last = len(answers) + 1 == len(asked)
        answers[name] = maps if is_last else maps.clone()
        if is_last:
            raise _AllReachedError

    try:
        with torch.inference_mode(), watch(network, names, keep):
            network(pictures)
    except _AllReachedError:
        return answers
    missed = [name for name in asked if name not in answers]
    known = [layer.name for layer in layers(network, pictures)]
    raise ValueError(
        f"These layers never ran or answered with no tensor: {', '.join(missed)}.{say_nearest(missed[0], known)}"
    )
