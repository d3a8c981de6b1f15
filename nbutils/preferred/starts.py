"""Where pictures begin: noise of several kinds, the mean picture, or a photograph."""

import numpy as np
import torch
from torch import Tensor

from nbutils import zoo
from nbutils.preferred.pictures import Canvas, discolour, learn, learned_shape, paint
from nbutils.preferred.randomness import draw_from
from nbutils.zoo.preparing import LUMA

FAINT = 0.01  # standard deviation of a spectrum that begins as noise, as in lucid's fft_image
PIXEL_NOISE = 10 / 255  # that of the published tool's noise around the mean picture, in the unit in which white is 1


def make_start(canvas: Canvas, start: str, seed: int, photo: str = "") -> Tensor:
    """Return the learned numbers with which one picture begins, in the shape of `learned_shape`.

    "noise" is a faint random spectrum, "uniform" any colour alike, "mean plus noise" normal noise of 10 grey levels
    around the mean picture, "zero" the mean picture, "photograph" the middle of a photograph of the collections.
    Raises ValueError for a photograph that there is not.
    """
    random = draw_from(seed, 0)
    if start == "noise":
        return _faint_noise(canvas, random)
    shape = (canvas.channels, canvas.height, canvas.width)
    mean = canvas.mean.cpu()
    if start == "uniform":
        picture = torch.rand(shape, generator=random)
    elif start == "mean plus noise":
        picture = (mean + PIXEL_NOISE * torch.randn(shape, generator=random)).clamp(0, 1)
    elif start == "zero":
        picture = mean.expand(shape)
    else:
        picture = _read(canvas, photo)
    return learn(canvas, discolour(canvas, picture[None].to(canvas.mean)))[0]


def _faint_noise(canvas: Canvas, random: torch.Generator) -> Tensor:
    """Return a faint random spectrum, or for pixels the picture that it makes."""
    waves = canvas if canvas.kind == "fourier" else Canvas("fourier", canvas.height, canvas.width, canvas.mean)
    spectrum = (FAINT * torch.randn(learned_shape(waves), generator=random)).to(canvas.mean.device)
    if canvas.kind == "fourier":
        return spectrum
    return paint(waves, spectrum[None], canvas.height, canvas.width)[0] / waves.white


def _read(canvas: Canvas, name: str) -> Tensor:
    """Return the middle of a photograph as the canvas has it: (channels, height, width), 0..1."""
    album = zoo.photos()
    found = next((photo for photo in album if photo.name == name), None)
    if found is None:
        raise ValueError(f'There is no photograph "{name[:60]}" among the {len(album)} of the collections.')
    larger = max(canvas.height, canvas.width)
    pixels = zoo.read_photo(found, larger)
    top, left = (larger - canvas.height) // 2, (larger - canvas.width) // 2
    cut = pixels[top : top + canvas.height, left : left + canvas.width]
    colours = torch.from_numpy(np.ascontiguousarray(cut)).float().permute(2, 0, 1) / 255
    if canvas.channels == 1:
        return (colours * torch.tensor(LUMA)[:, None, None]).sum(0, keepdim=True)
    return torch.cat([colours, canvas.mean[3:].cpu().expand(-1, canvas.height, canvas.width)])
