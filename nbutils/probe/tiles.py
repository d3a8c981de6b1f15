"""Turn the answer of a layer into one grey tile a channel, no larger than the screen can show."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Tiles:
    """The grey tiles of one layer, ready to be drawn."""

    pixels: np.ndarray  # (channels, height, width), uint8; 0 is dark
    ranges: np.ndarray  # (channels, 2), float32: smallest and largest answer of each channel
    signed: bool  # whether grey 128 means zero (otherwise grey 0 does)


def make_tiles(answer: Tensor, room: int, share: float = 0.0, signed: bool = False) -> Tiles:
    """Return one grey tile a channel, averaged down by the whole factor that brings it nearest to `room` pixels.

    answer : (channels, height, width) or (units,), float
    room : pixels that a tile gets on the screen
    share : 0 scales every channel by the layer's largest answer, 1 each channel by its own
    signed : grey 128 stands for zero; set where answers may be negative. Turned on when they are.
    Raises ValueError for another number of axes or an answer that is not finite.
    """
    maps = answer.detach()
    if maps.dim() == 1:
        maps = maps[:, None, None]
    if maps.dim() != 3 or not maps.numel():
        raise ValueError(f"An answer must have the axes (channels, height, width), got shape {tuple(answer.shape)}.")
    lowest, highest = maps.amin((1, 2)), maps.amax((1, 2))
    if not bool(torch.isfinite(lowest).all() & torch.isfinite(highest).all()):
        raise ValueError("The layer answered with NaN or infinity: look at the network's weights and at the picture.")
    signed = signed or bool((lowest < 0).any())
    strength = torch.maximum(highest, -lowest)
    scale = share * strength + (1 - share) * strength.max()
    grey = _shrink(maps, room) * (1 / scale.clamp_min(1e-12))[:, None, None]
    grey = grey * 127.5 + 128 if signed else grey * 255.5
    return Tiles(
        pixels=grey.clamp_(0, 255).to(torch.uint8).contiguous().cpu().numpy(),
        ranges=torch.stack([lowest, highest], 1).float().cpu().numpy(),
        signed=signed,
    )


def _shrink(maps: Tensor, room: int) -> Tensor:
    """Average maps (channels, height, width) over squares, to a longer side as near to `room` as whole factors go."""
    factor = max(1, round(max(maps.shape[1:]) / max(1, room)))
    return F.avg_pool2d(maps[None], factor, ceil_mode=True)[0] if factor > 1 else maps
