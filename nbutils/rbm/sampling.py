"""What a machine dreams of: chains of Gibbs samples that begin at spheres, and how much like spheres they stay."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.samplers import gibbs
from nbutils.rbm.sphere_shapes import ON, Shapes, count_components, sphere_likeness

GOOD = 0.8  # intersection over union with the best sphere, from which on a shape counts as one


@dataclass(frozen=True)
class Dreams:
    """What became of chains that began at examples.

    step : how many Gibbs steps were made
    empty : share of chains without a filled voxel
    likeness : mean overlap with the best sphere, of chains that are not empty; nan where all are
    good : share of all chains whose overlap is above 0.8
    components : mean number of pieces of chains that are not empty
    filled : mean number of filled voxels
    """

    step: int
    empty: float
    likeness: float
    good: float
    components: float
    filled: float


def dream(machine: Machine, start: Tensor, steps: int, seed: int, shapes: Shapes) -> Dreams:
    """Return what becomes of chains that begin at examples.

    start : (chains, visible), float32
    """
    *_, last = gibbs(machine, start, steps, seed, every=steps)
    return judge(last.means, last.step, shapes)


def judge(voxels: Tensor, step: int, shapes: Shapes) -> Dreams:
    """Return what shapes are like.

    voxels : (chains, grid ** 3), float, filled where above a half
    """
    filled = (voxels > ON).sum(1)
    there = voxels[filled > 0]
    likeness = sphere_likeness(there, shapes) if len(there) else torch.empty(0)
    return Dreams(
        step=step,
        empty=float((filled == 0).float().mean()),
        likeness=float(likeness.mean()),
        good=float((likeness > GOOD).sum() / len(voxels)),
        components=float(count_components(there, shapes.grid).mean()) if len(there) else float("nan"),
        filled=float(filled.float().mean()),
    )


def keep_chain(machine: Machine, start: Tensor, steps: int, every: int, seed: int) -> Tensor:
    """Return the samples of chains after each `every` steps: (steps / every, chains, visible), float32.

    start : (chains, visible), float32
    """
    return torch.stack([sweep.visible for sweep in gibbs(machine, start, steps, seed, every)])


def autocorrelate(samples: Tensor, lags: tuple[int, ...]) -> dict[int, float]:
    """Return how alike the samples of a chain are at some distances: 1 is the same, 0 no more alike than other chains.

    The overlap of two samples, less what samples of different chains overlap by, over the same at distance 0.
    samples : (steps, chains, visible), float, 0 or 1
    """
    mean = samples.mean((0, 1))
    centred = samples - mean
    variance = centred.square().mean()
    found = {}
    for lag in lags:
        products = centred[: len(samples) - lag] * centred[lag:]
        found[lag] = float(products.mean() / variance)
    return found


def half_life(correlations: dict[int, float]) -> float:
    """Return the first distance at which samples are alike by less than a half, nan where that is none of them."""
    return next((float(lag) for lag, value in sorted(correlations.items()) if value < 0.5), np.nan)
