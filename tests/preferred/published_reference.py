"""The published tool once more, in plain numpy: a tiny network with its own way back, and the loop of 2015 around it.

Written after optimize/gradient_optimizer.py line by line and not after nbutils: one picture at a time, blur by
scipy.ndimage, percentiles by numpy.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter


@dataclass(frozen=True)
class TinyNetwork:
    """Two rectified convolutions 3 x 3, the second with stride 2, and a linear layer; what goes in is x / (255 std)."""

    first: np.ndarray  # (maps, channels, 3, 3)
    second: np.ndarray  # (maps, maps, 3, 3)
    last: np.ndarray  # (classes, units)
    bias: np.ndarray  # (maps,), of the first convolution
    mean: np.ndarray  # (channels,), 0..1
    std: np.ndarray  # (channels,), 0..1


def make_network(channels, size, seed=0, classes=5, maps=4):
    draw = np.random.default_rng(seed)
    units = maps * ((size[0] + 1) // 2) * ((size[1] + 1) // 2)
    return TinyNetwork(
        first=draw.normal(0, 0.4, (maps, channels, 3, 3)),
        second=draw.normal(0, 0.3, (maps, maps, 3, 3)),
        last=draw.normal(0, 0.4, (classes, units)),
        bias=draw.normal(0, 0.1, maps),
        mean=draw.uniform(0.3, 0.6, channels),
        std=draw.uniform(0.2, 0.3, channels),
    )


def convolve(maps, kernels, stride):
    """What a convolution padded by one answers; one output channel, place and tap at a time."""
    height, width = maps.shape[1:]
    padded = np.pad(maps, ((0, 0), (1, 1), (1, 1)))
    answer = np.zeros((len(kernels), (height - 1) // stride + 1, (width - 1) // stride + 1))
    for row in range(answer.shape[1]):
        for column in range(answer.shape[2]):
            patch = padded[:, row * stride : row * stride + 3, column * stride : column * stride + 3]
            answer[:, row, column] = (kernels * patch).sum((1, 2, 3))
    return answer


def convolve_back(arrived, kernels, stride, shape):
    """The gradient at a convolution's input, from that at its answer."""
    padded = np.zeros((shape[0], shape[1] + 2, shape[2] + 2))
    for row in range(arrived.shape[1]):
        for column in range(arrived.shape[2]):
            patch = (kernels * arrived[:, row, column, None, None, None]).sum(0)
            padded[:, row * stride : row * stride + 3, column * stride : column * stride + 3] += patch
    return padded[:, 1:-1, 1:-1]


def ask(network, x, unit, softmax):
    """The unit's answer to x, grey levels less the mean, and the gradient with respect to x."""
    scale = 255 * network.std[:, None, None]
    first = convolve(x / scale, network.first, 1) + network.bias[:, None, None]
    middle = np.maximum(first, 0)
    second = convolve(middle, network.second, 2)
    top = np.maximum(second, 0)
    answers = network.last @ top.ravel()
    seed = np.eye(len(answers))[unit]
    if softmax:
        answers = np.exp(answers - answers.max())
        answers = answers / answers.sum()
        seed = answers[unit] * (seed - answers)
    at_second = (network.last.T @ seed).reshape(top.shape) * (second > 0)
    at_first = convolve_back(at_second, network.second, 2, middle.shape) * (first > 0)
    return answers[unit], convolve_back(at_first, network.first, 1, x.shape) / scale


def start_at(network, size, where, seed):
    np.random.seed(seed)  # noqa: NPY002 - the generator that the tool used
    shape = (len(network.mean), *size)
    if where == "mean_plus_rand":
        return np.random.normal(0, 10, shape)  # noqa: NPY002
    if where == "randu":
        return np.random.uniform(0, 255, shape) - 255 * network.mean[:, None, None]  # noqa: NPY002
    return np.zeros(shape)


DEFAULTS = {
    "decay": 0,
    "blur_radius": 0,
    "blur_every": 0,
    "small_val_percentile": 0,
    "small_norm_percentile": 0,
    "px_benefit_percentile": 0,
    "px_abs_benefit_percentile": 0,
}


def optimize(network, x0, unit, lr_policy, lr_params, max_iter, softmax=False, **options):
    """Yield x, its objective, the rate and the best x so far, of every iteration; the last x is yielded once more."""
    p = DEFAULTS | options
    data_mean = 255 * network.mean[:, None, None]
    xx, best_obj, best_xx = x0.copy(), None, None
    for ii in range(max_iter):
        xx = np.minimum(255.0, np.maximum(0.0, xx + data_mean)) - data_mean
        obj, grad = ask(network, xx, unit, softmax)
        if best_obj is None or obj > best_obj:
            best_obj, best_xx = obj, xx.copy()
        if np.linalg.norm(grad) == 0:
            yield xx, obj, 0.0, best_xx
            return
        square = np.linalg.norm(grad) ** 2
        if lr_policy == "progress01":
            late_prog = lr_params["late_prog_mult"] * (1 - obj)
            desired_prog = min(lr_params["early_prog"], late_prog)
            lr = min(lr_params["max_lr"], desired_prog / square)
        elif lr_policy == "progress":
            lr = min(lr_params["max_lr"], lr_params["desired_prog"] / square)
        else:
            lr = lr_params["lr"]
        yield xx, obj, lr, best_xx
        if ii < max_iter - 1:
            xx = regularize(xx + lr * grad, grad, ii, p)


def regularize(xx, grad, ii, p):
    xx = xx * (1 - p["decay"])
    if p["blur_every"] != 0 and p["blur_radius"] > 0 and ii % p["blur_every"] == 0:
        xx = np.stack([gaussian_filter(channel, p["blur_radius"]) for channel in xx])
    if p["small_val_percentile"] > 0:
        xx = xx - xx * (abs(xx) < np.percentile(abs(xx), p["small_val_percentile"]))
    if p["small_norm_percentile"] > 0:
        pxnorms = np.linalg.norm(xx, axis=0)
        xx = xx - xx * (pxnorms < np.percentile(pxnorms, p["small_norm_percentile"]))
    if p["px_benefit_percentile"] > 0:
        px_benefit = (grad * -xx).sum(0)
        xx = xx - xx * (px_benefit < np.percentile(px_benefit, p["px_benefit_percentile"]))
    if p["px_abs_benefit_percentile"] > 0:
        px_benefit = abs((grad * -xx).sum(0))
        xx = xx - xx * (px_benefit < np.percentile(px_benefit, p["px_abs_benefit_percentile"]))
    return xx


# The command lines of doc/running-optimize-image.md, as Table 6.1 has them: options, policy, its numbers, iterations.
TABLE = (
    (
        {"decay": 0, "blur_radius": 0.5, "blur_every": 4, "small_norm_percentile": 50},
        "progress",
        {"max_lr": 100.0, "desired_prog": 2.0},
        500,
    ),
    ({"decay": 0.3, "small_norm_percentile": 20}, "constant", {"lr": 100.0}, 750),
    ({"decay": 0.0001, "blur_radius": 1.0, "blur_every": 4}, "constant", {"lr": 100.0}, 1000),
    (
        {"decay": 0, "blur_radius": 0.5, "blur_every": 4, "px_abs_benefit_percentile": 90},
        "progress",
        {"max_lr": 100000000, "desired_prog": 2.0},
        1000,
    ),
)
