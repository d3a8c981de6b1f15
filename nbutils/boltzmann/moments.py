"""What the shape of a machine's parameters tells: how far they spread, in how many clusters, and how smoothly."""

import math

import torch
from torch import Tensor


def bimodality(values: Tensor) -> float:
    """Return Sarle's bimodality coefficient, (skewness^2 + 1) / kurtosis; nan where all values are alike.

    It is 1/3 for a Gaussian, 5/9 = .555 for a uniform distribution (which weights are drawn from), and 1 for two
    spikes (R. Pfister et al., "Good things peak in pairs: a note on the bimodality coefficient", 2013; without its
    correction for small samples).

    values : any shape, float
    """
    values = values.double()
    centred = values - values.mean()
    deviation = centred.square().mean().sqrt()
    # What rounding leaves of a mean is no spread.
    if not float(deviation) > 1e-7 * float(values.abs().max()):
        return math.nan
    scaled = centred / deviation
    squares = scaled.square()
    skewness, kurtosis = (squares * scaled).mean(), squares.square().mean()
    return float((skewness.square() + 1) / kurtosis)


def neighbour_correlation(weights: Tensor, shape: tuple[int, ...]) -> float:
    """Return how alike neighbours in a filter are: the autocorrelation at lag 1, mean over axes and filters.

    It is 1 for a filter that changes slowly, about 0 for noise and -1 for a checkerboard; filters that are constant
    do not count. nan where the examples have fewer than two axes with neighbours.

    weights : (visible, hidden), float
    shape : of one example, such as (28, 28) or (10, 10, 10); its product is visible
    """
    axes = [axis for axis, length in enumerate(shape) if length > 1]
    if len(axes) < 2:
        return math.nan
    centred = weights - weights.mean(0)
    variances = centred.square().mean(0)
    filters = centred.reshape(*shape, -1)
    products = torch.zeros_like(variances)
    for axis in axes:
        pairs = shape[axis] - 1
        product = filters.narrow(axis, 0, pairs) * filters.narrow(axis, 1, pairs)
        products += product.reshape(-1, len(variances)).mean(0)
    return float((products / len(axes) / variances)[variances > 0].mean())
