"""Draw what came back at the pixels, in the four ways of the published toolbox."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

SHOWN = ("raw", "gray", "norm", "blurred norm")

# Standard deviation of the blur, and the side of the pictures it was chosen for. Source: J. Yosinski's Deep
# Visualization Toolbox (2015), caffevis_grad_norm_blur_radius with CaffeNet.
_BLUR_SIGMA, _BLUR_SIDE = 4.0, 227


def draw_backward(pixels: Tensor, shown: str) -> np.ndarray:
    """Return differences at the pixels of one picture as a picture: (height, width, 3), uint8.

    "raw" and "gray" (the mean of the colours) stand around 0 = grey 128, scaled by the largest of either sign;
    "norm" is the length over the colours from its smallest to its largest value, "blurred norm" the same after a
    Gaussian blur of 4 pixels in a picture of 227. Pictures of other than three channels are drawn grey in "raw", too.
    pixels : (channels, height, width) or (1, channels, height, width), float
    Raises ValueError for another number of axes, another word, or pixels that are not finite.
    """
    if shown not in SHOWN:
        raise ValueError(f'What came back is shown as {", ".join(SHOWN)}; got "{shown}".')
    values = pixels.detach().float()
    if values.dim() == 4 and len(values) == 1:
        values = values[0]
    if values.dim() != 3 or not values.numel():
        raise ValueError(f"Pixels must have the axes (channels, height, width), got shape {tuple(pixels.shape)}.")
    if not bool(torch.isfinite(values).all()):
        raise ValueError("NaN or infinity came back at the pixels: look at the network's weights and at the picture.")
    if shown in ("raw", "gray"):
        colours = values if shown == "raw" and len(values) == 3 else values.mean(0, keepdim=True)
        drawn = 128 + colours * (127.5 / colours.abs().amax().clamp_min(1e-30))
    else:
        norm = values.norm(dim=0, keepdim=True)
        norm = _blur(norm) if shown == "blurred norm" else norm
        norm = norm - norm.amin()
        drawn = norm * (255.5 / norm.amax().clamp_min(1e-30))
    drawn = drawn.clamp(0, 255).to(torch.uint8).expand(3, -1, -1)
    return drawn.permute(1, 2, 0).contiguous().cpu().numpy()


def _blur(map_: Tensor) -> Tensor:
    """Blur a map (1, height, width) with a Gaussian cut off at four standard deviations, mirrored at its border."""
    sigma = _BLUR_SIGMA * max(map_.shape) / _BLUR_SIDE
    radius = max(1, round(4 * sigma))
    border = "reflect" if radius < min(map_.shape[1:]) else "replicate"  # a mirror needs as much to show
    kernel = torch.exp(-0.5 * (torch.arange(-radius, radius + 1, device=map_.device) / sigma) ** 2)
    kernel = kernel / kernel.sum()
    for shape, padding in (((1, 1, -1, 1), (0, 0, radius, radius)), ((1, 1, 1, -1), (radius, radius, 0, 0))):
        padded = F.pad(map_[None], padding, mode=border)
        map_ = F.conv2d(padded, kernel.reshape(shape))[0]
    return map_
