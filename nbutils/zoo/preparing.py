"""From a square of pixels to what a network takes, whatever its channels, its height and its width."""

import itertools

import numpy as np
import torch
from torch import Tensor, nn

from nbutils.zoo.networks import Network

# Weights of red, green and blue in a grey. Source: ITU-R BT.601 (luma), as in Pillow's convert("L").
LUMA = (0.299, 0.587, 0.114)


def prepare(network: Network, pixels: np.ndarray) -> Tensor:
    """Return pixels as the network takes them: (n, channels, height, width), float, normalised, channels last.

    The middle height x width is cut out. A network with one channel gets the luma of the colours; with more than
    three, the further channels hold their mean, which is 0 once normalised. A network that was wrapped with a
    `prepare` of its own gets what that makes of the pixels.
    pixels : (n, size, size, 3) or (size, size, 3), uint8, 0..255
    Raises ValueError for another shape or type.
    """
    wanted = (network.size, network.size, 3)
    if pixels.dtype != np.uint8 or pixels.shape[-3:] != wanted or pixels.ndim not in (3, 4):
        raise ValueError(
            f"{network.title} takes uint8 pixels of shape {wanted} or (n, {', '.join(map(str, wanted))}); "
            f"these are {pixels.dtype} of shape {pixels.shape}."
        )
    cut = _cut_middle(pixels.reshape(-1, *wanted), network.shape[1:])
    held = cut if cut.flags.writeable and cut.flags.c_contiguous else np.array(cut, order="C")
    if network.prepare is not None:
        return _ask(network, held)
    device, kind = place_of(network.module)
    colours = torch.from_numpy(held).to(device).to(kind)
    return _normalise(network, colours).permute(0, 3, 1, 2)


def place_of(module: nn.Module) -> tuple[torch.device, torch.dtype]:
    """Return the device and the type of a module's weights; the processor and float32 where it has none."""
    for values in itertools.chain(module.parameters(), module.buffers()):
        if values.is_floating_point():
            return values.device, values.dtype
    return torch.device("cpu"), torch.float32


def _cut_middle(pixels: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the middle height x width of pictures : (n, size, size, 3), uint8."""
    top, left = ((side - wanted) // 2 for side, wanted in zip(pixels.shape[1:3], shape, strict=True))
    return pixels[:, top : top + shape[0], left : left + shape[1]]


def _normalise(network: Network, colours: Tensor) -> Tensor:
    """Return (n, height, width, channels), normalised, for colours : (n, height, width, 3), float, 0..255."""
    channels = network.shape[0]
    if channels == 1:
        colours = (colours * colours.new_tensor(LUMA)).sum(-1, keepdim=True)
    seen = min(channels, 3)
    scale = colours.new_tensor([1 / (255 * std) for std in network.std[:seen]])
    shift = colours.new_tensor([-mean / std for mean, std in zip(network.mean[:seen], network.std[:seen], strict=True)])
    values = torch.addcmul(shift, colours, scale)
    return values if channels == seen else nn.functional.pad(values, (0, channels - seen))


def _ask(network: Network, pixels: np.ndarray) -> Tensor:
    """Return what the network's own preparation makes of pixels : (n, height, width, 3), uint8."""
    made = network.prepare(pixels)
    if not isinstance(made, np.ndarray | Tensor):
        raise ValueError(f"prepare must return an array or a tensor, it returned {type(made).__name__}.")
    device, kind = place_of(network.module)
    values = torch.as_tensor(made).to(device).to(kind)
    if values.shape != (len(pixels), *network.shape):
        wanted = (len(pixels), *network.shape)
        raise ValueError(f"prepare must return pictures of shape {wanted}, these have {tuple(values.shape)}.")
    return values
