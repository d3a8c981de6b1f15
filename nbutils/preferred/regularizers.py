"""What is done to pictures while they are optimized, so that people recognise more in them: small pure functions.

Pictures are (n, channels, height, width), float, of any number of channels. Zero stands for the mean picture: what is
set to zero shows nothing. Formulas called "thesis, 6.4" are those of section 6.4; where it leaves something open, the
function does what the tool published with the 2015 paper (arXiv 1506.06579) does.
"""

import math

import torch
from torch import Generator, Tensor

GRADIENT_KERNELS = (3, 7, 9)
FEWEST_GRADIENT_BLURS = 3
_TRUNCATE = 4.0  # where scipy.ndimage.gaussian_filter ends its kernel, in standard deviations


def l2_decay(pictures: Tensor, decay: float) -> Tensor:
    """Return the pictures with every number made smaller by the same share: (1 - decay) x (thesis, 6.4).

    decay : the share taken away, 0..1
    """
    return pictures * (1 - decay)


def gaussian_blur(pictures: Tensor, width: float) -> Tensor:
    """Return each channel of each picture convolved with a Gaussian: GaussianBlur(x, width) (thesis, 6.4).

    The kernel is exp(-d^2 / (2 width^2)) for distances d up to 4 widths, made to sum to 1. Beyond the border the
    picture is mirrored, its last pixel repeated, as scipy.ndimage.gaussian_filter does by default.

    width : standard deviation of the Gaussian in pixels; 0 changes nothing
    """
    radius = int(_TRUNCATE * width + 0.5)
    return _blur(pictures, _gaussian(width, radius), times=1) if radius else pictures


def clip_small_values(pictures: Tensor, percentile: float) -> Tensor:
    """Return the pictures with the numbers set to zero that are nearest to it: those with |x| below the percentile.

    The published tool's `small-val-percentile`, "not discussed in paper".

    percentile : of |x| over all pixels and channels of one picture, 0..100; 0 changes nothing
    """
    sizes = pictures.abs()
    return pictures.masked_fill(_is_below(sizes, percentile), 0)


def clip_small_norm(pictures: Tensor, percentile: float) -> Tensor:
    """Return the pictures with pixels of small norm set to zero: sqrt(sum_c x^2) below the percentile (thesis, 6.4).

    percentile : of the norms of one picture's pixels, 0..100; 0 changes nothing
    """
    norms = pictures.norm(dim=1, keepdim=True)
    return pictures.masked_fill(_is_below(norms, percentile), 0)


def clip_small_contribution(pictures: Tensor, gradients: Tensor, percentile: float) -> Tensor:
    """Return the pictures without pixels that hardly matter: |sum_c x o gradient| below the percentile (thesis, 6.4).

    x o gradient says, to first order, how much the objective loses where a pixel is set to zero.

    gradients : (n, channels, height, width), of the objective with respect to the pictures
    percentile : of the contributions of one picture's pixels, 0..100; 0 changes nothing
    """
    contributions = (pictures * gradients).sum(dim=1, keepdim=True).abs()
    return pictures.masked_fill(_is_below(contributions, percentile), 0)


def clip_signed_contribution(pictures: Tensor, gradients: Tensor, percentile: float) -> Tensor:
    """Return the pictures without the pixels that help most: sum_c -x o gradient below the percentile.

    The published tool's `px-benefit-percentile`, "mentioned briefly in paper but not used". The sum is what the
    objective gains, to first order, where a pixel is set to zero: the lowest sums are the pixels it would miss most.

    gradients : (n, channels, height, width), of the objective with respect to the pictures
    percentile : of the gains of one picture's pixels, 0..100; 0 changes nothing
    """
    gains = -(pictures * gradients).sum(dim=1, keepdim=True)
    return pictures.masked_fill(_is_below(gains, percentile), 0)


def bound_colour(pictures: Tensor, bound: float) -> Tensor:
    """Return the pictures with no pixel's norm above the bound: x min(1, bound / sqrt(sum_c x^2)), which keeps the hue.

    Mahendran and Vedaldi, "Visualizing deep convolutional neural networks using natural pre-images" (2016), hold the
    norms of pixels in a bounded range like this.

    bound : the largest norm of a pixel, in the unit of the pictures; above 0
    """
    norms = pictures.norm(dim=1, keepdim=True)
    return pictures * (bound / norms.clamp_min(bound))


def total_variation(pictures: Tensor) -> Tensor:
    """Return how rough each picture is, (n,): the mean |difference| of pixels side by side plus that of pixels stacked.

    Total variation in its anisotropic form (Rudin, Osher and Fatemi, 1992; for pictures of networks Mahendran and
    Vedaldi, 2014), as a mean over pixels and channels so that it does not grow with the size. In the unit of the
    pictures; 0 along an axis of one pixel.
    """
    return sum(
        (pictures.diff(dim=axis).abs().mean(dim=(1, 2, 3)) for axis in (2, 3) if pictures.shape[axis] > 1),
        start=pictures.new_zeros(len(pictures)),
    )


def sparsity(pictures: Tensor) -> Tensor:
    """Return the L1 norm of each picture over its numbers, (n,): mean |x|, in the unit of the pictures."""
    return pictures.abs().mean(dim=(1, 2, 3))


def blur_gradient(gradients: Tensor, kernel: int, times: int) -> Tensor:
    """Return the gradients blurred `times` times by a Gaussian of `kernel` x `kernel` pixels.

    Garon's deep dream blurs the gradient, not the picture (MathGaron/neural-network-visualization--Torch). The width
    belongs to the kernel's size as in OpenCV's GaussianBlur with sigma 0: .3 ((kernel - 1) / 2 - 1) + .8 pixels.

    gradients : (n, channels, height, width)
    kernel : side of the kernel in pixels, odd
    times : how often; 0 changes nothing
    """
    radius = kernel // 2
    return _blur(gradients, _gaussian(0.3 * (radius - 1) + 0.8, radius), times)


def draw_gradient_blur(generator: Generator, most: int) -> tuple[int, int]:
    """Return a random kernel, 3, 7 or 9 pixels, and how often to blur with it, 3 to `most` times, as Garon draws them.

    most : at least 1; where it is below 3, exactly that often
    """
    place = int(torch.randint(len(GRADIENT_KERNELS), (), generator=generator))
    times = int(torch.randint(min(FEWEST_GRADIENT_BLURS, most), most + 1, (), generator=generator))
    return GRADIENT_KERNELS[place], times


def _is_below(values: Tensor, percentile: float) -> Tensor:
    """Return which values lie below a percentile of their own picture, as numpy.percentile interpolates it."""
    flat = values.flatten(1)
    position = percentile / 100 * (flat.shape[1] - 1)
    lower = math.floor(position)
    threshold = flat.kthvalue(lower + 1, dim=1).values  # its first is 1
    if position > lower:
        threshold = torch.lerp(threshold, flat.kthvalue(lower + 2, dim=1).values, position - lower)
    return values < threshold[:, None, None, None]


def _gaussian(width: float, radius: int) -> list[float]:
    """Return the weights of a Gaussian kernel for the distances -radius..radius in pixels, which sum to 1."""
    weights = [math.exp(-0.5 * (distance / width) ** 2) for distance in range(-radius, radius + 1)]
    return [weight / sum(weights) for weight in weights]


def _blur(pictures: Tensor, weights: list[float], times: int) -> Tensor:
    """Return the pictures convolved `times` times with a symmetric kernel along both axes, mirrored at their borders.

    As a product with a matrix for each axis: on one core eight times faster than torch's convolution of single planes.
    """
    height, width = (
        torch.linalg.matrix_power(_blur_matrix(pictures, side, weights), times) for side in pictures.shape[2:]
    )
    return height @ pictures @ width.T


def _blur_matrix(like: Tensor, length: int, weights: list[float]) -> Tensor:
    """Return the matrix (length, length) that convolves a line of pixels, mirrored as d c b a | a b c d | d c b a."""
    radius = len(weights) // 2
    places = torch.arange(-radius, length + radius, device=like.device) % (2 * length)
    sources = torch.minimum(places, 2 * length - 1 - places).unfold(0, len(weights), 1)
    return like.new_zeros(length, length).scatter_add(1, sources, like.new_tensor(weights).expand(length, -1))
