"""Why gradients are full of high frequencies: filters, answers, onward weights and gradients by frequency.

Source: section 6.5 of the thesis; section S1 of the paper's supplement.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from nbutils.deepvis import channel_shapes, spectra
from nbutils.deepvis.channel_shapes import LayerAnswers
from nbutils.deepvis.spectra import FilterShapes
from nbutils.zoo import Network, prepare

NETWORK = "alexnet"  # the one at hand whose first filters are large enough to have a frequency
FIRST, ONWARD = "conv1", "conv2"
UNITS = ("conv2", "conv3", "conv4", "conv5")  # where gradients start
RECTIFIED = ("relu1", "relu2", "relu3", "relu4", "relu5")
# What of the trained weights a gradient passes on its way from conv2 to the picture.
VARIANTS = ("as trained", "equal filters", "equal onward weights", "both equal")


@dataclass(frozen=True)
class FirstLayer:
    """The filters of the first convolution and what the second makes of them.

    filters : (filters, colours, height, width), float32
    bias : (filters,), float32
    onward : (filters,), float64: Euclidean length of all weights from a filter's channel to the second convolution
    """

    filters: np.ndarray
    bias: np.ndarray
    onward: np.ndarray
    shapes: FilterShapes


@dataclass(frozen=True)
class Measurement:
    """What photographs have shown so far; the sums are over photographs.

    answers : what the channels of each layer in RECTIFIED have answered
    pictures : (rings,), float64, power of the photographs, that of each summing to one
    gradients : (units, variants, rings), float64, power of the gradients of UNITS, each summing to one
    passed : (units,), int64: how many gradients were not zero everywhere
    side : height and width of the pictures in pixels; ring k is k / side cycles a pixel
    """

    photographs: int
    answers: tuple[LayerAnswers, ...]
    pictures: np.ndarray
    gradients: np.ndarray
    passed: np.ndarray
    side: int


def read_first_layer(network: Network) -> FirstLayer:
    """Return the filters of a network's first convolution with their frequencies and onward weights."""
    first, second = (getattr(network.module, name) for name in (FIRST, ONWARD))
    filters = first.weight.detach().cpu().numpy()
    return FirstLayer(
        filters=filters,
        bias=first.bias.detach().cpu().numpy(),
        onward=np.sqrt((second.weight.detach().double() ** 2).sum((0, 2, 3)).cpu().numpy()),
        shapes=spectra.describe_filters(filters),
    )


def measure(network: Network, number: int, read: Callable[[int], np.ndarray], seed: int = 0) -> Iterator[Measurement]:
    """Yield what has been seen after each photograph.

    On each photograph one gradient is taken, from the layers of UNITS in turn; its channel depends on seed and place.

    number : how many photographs there are
    read : read(place) returns photograph number place: (size, size, 3), uint8, sRGB
    Raises ValueError where there is no photograph, or for an answer that is not finite.
    """
    if number < 1:
        raise ValueError("There is no photograph to measure on.")
    weights = vary_weights(network)
    found: Measurement | None = None
    for place in range(number):
        pixels = prepare(network, read(place))
        answers = run_layers(network.module, pixels)
        if found is None:
            found = _begin(answers, pixels.shape[-1])
        rng = np.random.default_rng((seed, place))
        turn = place % len(UNITS)
        power = _gradient_spectra(network.module, pixels, answers, weights, UNITS[turn], rng)
        is_turn = np.arange(len(UNITS)) == turn
        found = replace(
            found,
            photographs=found.photographs + 1,
            answers=tuple(
                channel_shapes.add_answers(held, answers[held.layer].detach()[0].flatten(1).cpu().numpy())
                for held in found.answers
            ),
            pictures=found.pictures + picture_spectrum(pixels[0].cpu().numpy()),
            gradients=found.gradients + is_turn[:, None, None] * power,
            passed=found.passed + (is_turn & bool(power.any())),
        )
        yield found


def run_layers(module: nn.Module, pixels: Tensor) -> dict[str, Tensor]:
    """Return the answer of every layer to one picture; gradients can be asked for from conv2 on.

    pixels : (1, channels, height, width), float
    """
    answers: dict[str, Tensor] = {}
    with torch.enable_grad():
        for name, layer in module.named_children():
            pixels = layer(pixels)
            if name == ONWARD:
                pixels = pixels.detach().requires_grad_(True)
            answers[name] = pixels
    return answers


def vary_weights(network: Network) -> dict[str, tuple[Tensor, Tensor]]:
    """Return filters and onward weights of each of VARIANTS.

    "equal" brings all filters, or the onward weights of all first channels, to one length: the root of the mean
    square of their lengths.
    """
    filters, onward = (getattr(network.module, name).weight.detach() for name in (FIRST, ONWARD))
    level, spread = _equalize(filters, (1, 2, 3)), _equalize(onward, (0, 2, 3))
    pairs = ((filters, onward), (level, onward), (filters, spread), (level, spread))
    return dict(zip(VARIANTS, pairs, strict=True))


def pull_back(
    module: nn.Module, pixels: Tensor, first: Tensor, arriving: Tensor, filters: Tensor, onward: Tensor
) -> Tensor:
    """Return the gradient at the pixels for one that arrives at the second convolution, through given weights.

    Rectifier and pooling between the two convolutions let through what they let through for this picture.

    pixels : (1, colours, height, width), float
    first, arriving : answer of the first convolution, and gradient at the answer of the second
    filters, onward : weights in place of those of the two convolutions
    """
    leaf = first.detach().requires_grad_(True)
    between = leaf
    with torch.enable_grad():
        for name, layer in module.named_children():
            if name == ONWARD:
                break
            between = between if name == FIRST else layer(between)
    gradient = _convolve_back(module, ONWARD, between.shape, onward, arriving)
    (gradient,) = torch.autograd.grad(between, leaf, gradient)
    return _convolve_back(module, FIRST, pixels.shape, filters, gradient)


def picture_spectrum(values: np.ndarray) -> np.ndarray:
    """Return the power of a picture in rings, summing to one over all points: (side // 2 + 1,), float64.

    The mean of each colour is taken off and the edges are faded out (Hann), or their jump from right to left and from
    bottom to top would count as high frequencies.

    values : (colours, side, side), float
    """
    side = values.shape[-1]
    fade = np.hanning(side + 2)[1:-1]
    centred = values - values.mean((1, 2), keepdims=True)
    return spectra.normalize(spectra.ring_means(spectra.power_spectrum(centred * np.outer(fade, fade), side)), side)


def _gradient_spectra(
    module: nn.Module,
    pixels: Tensor,
    answers: dict[str, Tensor],
    weights: dict[str, tuple[Tensor, Tensor]],
    name: str,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the power of the gradient of one unit in a layer of UNITS by variant: (variants, rings), float64.

    The unit is the centre neuron of a channel by chance, before the rectifier; its receptive field lies within the
    picture, so nothing is faded out.
    """
    side, answer = pixels.shape[-1], answers[name]
    unit = answer[0, int(rng.integers(answer.shape[1])), answer.shape[2] // 2, answer.shape[3] // 2]
    (arriving,) = torch.autograd.grad(unit, answers[ONWARD])
    gradients = [pull_back(module, pixels, answers[FIRST], arriving, *pair) for pair in weights.values()]
    power = spectra.power_spectrum(torch.cat(gradients).cpu().numpy(), side)
    return spectra.normalize(spectra.ring_means(power), side)


def _convolve_back(module: nn.Module, name: str, shape: torch.Size, weight: Tensor, gradient: Tensor) -> Tensor:
    """Return the gradient at the input of a convolution with other weights."""
    layer = getattr(module, name)
    return nn.grad.conv2d_input(shape, weight, gradient, stride=layer.stride, padding=layer.padding)


def _equalize(weight: Tensor, axes: tuple[int, ...]) -> Tensor:
    lengths = (weight**2).sum(axes, keepdim=True).sqrt()
    return weight / lengths * (lengths**2).mean().sqrt()


def _begin(answers: dict[str, Tensor], side: int) -> Measurement:
    rings = side // 2 + 1
    return Measurement(
        photographs=0,
        answers=tuple(channel_shapes.no_answers(name, answers[name].shape[1]) for name in RECTIFIED),
        pictures=np.zeros(rings),
        gradients=np.zeros((len(UNITS), len(VARIANTS), rings)),
        passed=np.zeros(len(UNITS), np.int64),
        side=side,
    )
