"""Networks of eight layers, as the thesis numbers them, written down as plans."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Layer:
    """One of the eight: a convolution or a linear map, and what follows it until the next.

    width : channels or units; 0 is as many as there are classes
    kernel, stride, padding, groups : of a convolution
    pool, normalize : whether the largest of 3 x 3 at every second place is taken, and then normalized
    dropout : whether half of what it gives is dropped in training, on its way into the next layer
    spread : standard deviation of its first weights; 0 is that of He et al. (2015), sqrt(2 / inputs)
    bias : its first biases
    """

    kind: str
    width: int
    kernel: int = 0
    stride: int = 1
    padding: int = 0
    groups: int = 1
    pool: bool = False
    normalize: bool = False
    dropout: bool = False
    spread: float = 0.0
    bias: float = 0.0


@dataclass(frozen=True)
class Plan:
    """A network to be built.

    size : pixels of a side of its pictures; channels : 1 (grey) or 3 (red, green, blue)
    mean, scale : a pixel p of 0 to 255 goes in as (p - mean) / scale
    pool_padding : zeros around what is pooled
    response : alpha of the local response normalization
    """

    name: str
    size: int
    channels: int
    layers: tuple[Layer, ...]
    mean: float
    scale: float
    pool_padding: int
    response: float


# The thesis' own (section 5.6): Caffe's reference network, with normalization after pooling, and the first weights and
# biases of the published files. alpha 1e-4 is Caffe's, and so is that pixels go in as they are, less their mean:
# there a mean picture, near 123, 117 and 104 in red, green and blue, here one grey of 120.
_ALEXNET = (
    Layer("conv", 96, 11, 4, pool=True, normalize=True, spread=0.01),
    Layer("conv", 256, 5, padding=2, groups=2, pool=True, normalize=True, spread=0.01, bias=1.0),
    Layer("conv", 384, 3, padding=1, spread=0.01),
    Layer("conv", 384, 3, padding=1, groups=2, spread=0.01, bias=1.0),
    Layer("conv", 256, 3, padding=1, groups=2, pool=True, spread=0.01, bias=1.0),
    Layer("linear", 4096, dropout=True, spread=0.005, bias=1.0),
    Layer("linear", 4096, dropout=True, spread=0.005, bias=1.0),
    Layer("linear", 0, spread=0.01),
)

# The same eight for small pictures: first stride, groups, poolings and normalizations at the same places.
_SMALL = (
    Layer("conv", 48, 5, 2, padding=2, pool=True, normalize=True),
    Layer("conv", 96, 5, padding=2, groups=2, pool=True, normalize=True),
    Layer("conv", 128, 3, padding=1),
    Layer("conv", 128, 3, padding=1, groups=2),
    Layer("conv", 96, 3, padding=1, groups=2, pool=True),
    Layer("linear", 256, dropout=True),
    Layer("linear", 256, dropout=True),
    Layer("linear", 0),
)

# First layers as Zeiler and Fergus (2013) had them and as Krizhevsky et al. (2012) had (thesis, section 5.6).
_FINE = (replace(_SMALL[0], kernel=7, stride=2, padding=3), *_SMALL[1:])
_COARSE = (replace(_SMALL[0], kernel=11, stride=4, padding=5), *_SMALL[1:])

# Round numbers near the mean (114 to 125) and the standard deviation (62 to 67) of CIFAR-10's pixels.
_MEAN, _SCALE = 120.0, 64.0

PLANS = {
    "alexnet_227": Plan("alexnet_227", 227, 3, _ALEXNET, 120.0, 1.0, 0, 1e-4),
    # alpha grows with the square of what pixels are divided by, so that the same contrast is answered alike.
    "small_32": Plan("small_32", 32, 3, _SMALL, _MEAN, _SCALE, 1, 1e-4 * _SCALE**2),
    "small_32_7x7": Plan("small_32_7x7", 32, 3, _FINE, _MEAN, _SCALE, 1, 1e-4 * _SCALE**2),
    "small_32_11x11": Plan("small_32_11x11", 32, 3, _COARSE, _MEAN, _SCALE, 1, 1e-4 * _SCALE**2),
    "small_28": Plan("small_28", 28, 1, _SMALL, _MEAN, _SCALE, 1, 1e-4 * _SCALE**2),
}
