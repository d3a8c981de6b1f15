"""What a machine dreams of: chains of Gibbs samples that begin at spheres, and how much like spheres they stay."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.samplers import gibbs
from nbutils.rbm.sphere_shapes import Shapes
from nbutils.rbm.voxels import compare_with_spheres

GOOD = 0.8  # intersection over union with the best sphere, from which on a shape counts as one


@dataclass(frozen=True, eq=False)
class Chains:
    """Chains of samples beside each other.

    samples : (kept, chains, visible), float32, 0 or 1
    means : (chains, visible), float32, 0..1: of the last step
    """

    samples: Tensor
    means: Tensor


@dataclass(frozen=True)
class Dreams:
    """What shapes are like.

    empty : share of them without a filled voxel
    likeness : mean overlap with the best sphere of those that are not empty, intersection over union; nan without any
    good : share of all whose overlap is above 0.8
    components : mean number of pieces of those that are not empty; nan without any
    filled : mean number of filled voxels
    """

    empty: float
    likeness: float
    good: float
    components: float
    filled: float


def dream(machine: Machine, start: Tensor, steps: int, every: int, seed: int) -> Chains:
    """Return chains that begin at examples, with a sample after each `every` steps and after the last.

    start : (chains, visible), float32
    """
    sweeps = list(gibbs(machine, start, steps, seed, every))
    return Chains(torch.stack([sweep.visible for sweep in sweeps]), sweeps[-1].means)


def judge(voxels: Tensor, shapes: Shapes) -> Dreams:
    """Return what shapes are like.

    voxels : (n, grid ** 3), float, filled where above a half
    """
    found = compare_with_spheres(voxels, shapes)
    there = found.filled > 0
    return Dreams(
        empty=float((~there).mean()),
        likeness=float(found.overlaps[there].mean()) if there.any() else math.nan,
        good=float((found.overlaps > GOOD).mean()),
        components=float(found.pieces[there].mean()) if there.any() else math.nan,
        filled=float(found.filled.mean()),
    )
