"""What a machine dreams of: chains of Gibbs samples that begin at spheres, and how much like spheres they stay."""

from dataclasses import dataclass

import torch
from torch import Tensor

from nbutils.boltzmann.machine import Machine
from nbutils.boltzmann.samplers import gibbs
from nbutils.rbm.sphere_shapes import ON, Shapes, count_components, sphere_likeness

GOOD = 0.8  # intersection over union with the best sphere, from which on a shape counts as one


@dataclass(frozen=True, eq=False)
class Chains:
    """Chains of samples beside each other.

    samples : (kept, chains, visible), float32, 0 or 1: after each `every` steps
    means : (chains, visible), float32, 0..1: of the last step
    """

    samples: Tensor
    means: Tensor
    every: int
    steps: int


@dataclass(frozen=True)
class Dreams:
    """What shapes are like.

    empty : share of them without a filled voxel
    likeness : mean overlap with the best sphere of those that are not empty, intersection over union; nan without any
    good : share of all whose overlap is above 0.8
    components : mean number of pieces of those that are not empty
    filled : mean number of filled voxels
    """

    empty: float
    likeness: float
    good: float
    components: float
    filled: float


def dream(machine: Machine, start: Tensor, steps: int, every: int, seed: int) -> Chains:
    """Return chains that begin at examples.

    start : (chains, visible), float32
    """
    sweeps = list(gibbs(machine, start, steps, seed, every))
    return Chains(torch.stack([sweep.visible for sweep in sweeps]), sweeps[-1].means, every, steps)


def judge(voxels: Tensor, shapes: Shapes) -> Dreams:
    """Return what shapes are like.

    voxels : (n, grid ** 3), float, filled where above a half
    """
    filled = (voxels > ON).sum(1)
    there = voxels[filled > 0]
    likeness = sphere_likeness(there, shapes) if len(there) else torch.empty(0)
    return Dreams(
        empty=float((filled == 0).float().mean()),
        likeness=float(likeness.mean()),
        good=float((likeness > GOOD).sum() / len(voxels)),
        components=float(count_components(there, shapes.grid).mean()) if len(there) else float("nan"),
        filled=float(filled.float().mean()),
    )
