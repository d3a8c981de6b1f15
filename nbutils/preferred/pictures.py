"""How the numbers that are learned become pictures: plain pixels, or a Fourier spectrum with decorrelated colours.

In between lie offsets from the mean picture, (n, channels, height, width): zero shows nothing, as in section 6.4 of
the thesis. Pixels are offsets themselves, in the unit in which white is 1. A spectrum makes offsets in logits, and the
picture is sigmoid(offsets + logit(mean)), so that no colour leaves its range; about 0 a logit is a quarter of white.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

# The amplitudes that the colours of natural pictures have in common, from the covariance of ImageNet's pixels. Source:
# tensorflow/lucid, optvis/param/color.py, divided by the largest length of a column as there.
_COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]])
_COLOURS = _COLOURS / _COLOURS.norm(dim=0).max()
_CONTRAST = 4  # lucid divides the inverse transform by it
_FAINTEST = 0.02  # colours nearer to black and white than this start a little inside: their logits would be endless
_OUTERMOST = 0.1  # beyond, the sigmoid is so flat that a spectrum would hardly leave the mean picture
LOGITS_PER_WHITE = 4.0  # the inverse of the sigmoid's slope at 0


@dataclass(frozen=True)
class Canvas:
    """What pictures are made on.

    kind : "fourier" or "pixels"
    mean : (channels, 1, 1), float32, the colour of the mean picture, 0..1
    slope : frequency f learns at a pace of f to the power of minus this, f in cycles over the larger side
    """

    kind: str
    height: int
    width: int
    mean: Tensor
    slope: float = 1.0

    @property
    def channels(self) -> int:
        """Return how many channels its pictures have."""
        return len(self.mean)

    @property
    def white(self) -> float:
        """Return how many units of an offset make about the distance from black to white."""
        return LOGITS_PER_WHITE if self.kind == "fourier" else 1.0

    def sides(self, larger: int) -> tuple[int, int]:
        """Return height and width of the same picture whose larger side has so many pixels."""
        largest = max(self.height, self.width)
        return tuple(max(1, round(side * larger / largest)) for side in (self.height, self.width))


def paint(canvas: Canvas, learned: Tensor, height: int, width: int) -> Tensor:
    """Return the offsets that learned numbers stand for: (n, channels, height, width); differentiable.

    A picture smaller than the canvas is the same one without its high frequencies.
    learned : (n, *learned_shape(canvas))
    """
    if canvas.kind == "pixels":
        same = (height, width) == (canvas.height, canvas.width)
        return learned if same else F.interpolate(learned, (height, width), mode="bilinear", antialias=True)
    spectrum = torch.view_as_complex(learned * _paces(canvas)[..., None])
    if (height, width) != (canvas.height, canvas.width):
        spectrum = _crop(spectrum, height, width)
    waves = torch.fft.irfft2(spectrum, s=(height, width), norm="forward") / _CONTRAST
    return _mix(waves, _COLOURS) if canvas.channels == 3 else waves


def learn(canvas: Canvas, offsets: Tensor) -> Tensor:
    """Return the learned numbers that stand for offsets of the canvas's own size, the inverse of `paint`."""
    if canvas.kind == "pixels":
        return offsets
    waves = _mix(offsets, torch.linalg.inv(_COLOURS)) if canvas.channels == 3 else offsets
    spectrum = torch.fft.rfft2(waves * _CONTRAST, norm="forward")
    return torch.view_as_real(spectrum) / _paces(canvas)[..., None]


def colour(canvas: Canvas, offsets: Tensor) -> Tensor:
    """Return the picture of offsets, 0..1, in the same shape; pixels leave that range where their offsets do."""
    if canvas.kind == "pixels":
        return offsets + canvas.mean
    return torch.sigmoid(offsets + _logits_of_zero(canvas))


def discolour(canvas: Canvas, pictures: Tensor) -> Tensor:
    """Return the offsets of pictures (n, channels, height, width), 0..1, the inverse of `colour`."""
    if canvas.kind == "pixels":
        return pictures - canvas.mean
    return torch.logit(pictures.clamp(_FAINTEST, 1 - _FAINTEST)) - _logits_of_zero(canvas)


def _logits_of_zero(canvas: Canvas) -> Tensor:
    """Return the logits of the mean picture; a network whose mean is said to be black or white starts from near it."""
    return torch.logit(canvas.mean.clamp(_OUTERMOST, 1 - _OUTERMOST))


def learned_shape(canvas: Canvas) -> tuple[int, ...]:
    """Return the shape of the learned numbers of one picture: its pixels, or its frequencies' two parts."""
    if canvas.kind == "pixels":
        return canvas.channels, canvas.height, canvas.width
    return canvas.channels, canvas.height, canvas.width // 2 + 1, 2


def _paces(canvas: Canvas) -> Tensor:
    """Return how fast each frequency learns, (height, width // 2 + 1), 1 at one cycle over the larger side."""
    larger, device = max(canvas.height, canvas.width), canvas.mean.device
    down = torch.fft.fftfreq(canvas.height, device=device) * larger
    across = torch.fft.rfftfreq(canvas.width, device=device) * larger
    return torch.hypot(down[:, None], across[None]).clamp_min(1) ** -canvas.slope


def _crop(spectrum: Tensor, height: int, width: int) -> Tensor:
    """Return the low frequencies of a spectrum that a smaller picture can hold: (n, channels, height, width // 2 + 1).

    The highest frequency of an even side is left out, because its phase cannot be told there.
    """
    down, across = (height + 1) // 2, (width + 1) // 2
    low = torch.cat(
        [
            spectrum[:, :, :down, :across],
            spectrum.new_zeros(*spectrum.shape[:2], height - 2 * down + 1, across),
            spectrum[:, :, spectrum.shape[2] - down + 1 :, :across],
        ],
        dim=2,
    )
    return F.pad(low, (0, width // 2 + 1 - across))


def _mix(values: Tensor, matrix: Tensor) -> Tensor:
    """Return pictures (n, 3, height, width) with their channels mixed by a matrix (3, 3)."""
    return (matrix.to(values) @ values.flatten(2)).view_as(values)
