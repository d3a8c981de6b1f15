"""Every sphere that section 4.4 can make, how likely each is, and how near another shape comes to one of them."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from skimage import measure
from torch import Tensor

ON = 0.5


@dataclass(frozen=True)
class Shapes:
    """All different spheres of a cube.

    voxels : (shapes, grid ** 3), float32, 0 or 1, in the order x, y, z
    chances : (shapes,), float64, how likely each is; together 1
    partial : (shapes,), bool, whether the sphere reaches out of the cube
    """

    voxels: Tensor
    chances: Tensor
    partial: Tensor
    grid: int

    @property
    def entropy(self) -> float:
        """The entropy of the data in nats: no model can give them a mean log-likelihood above its negative."""
        return float(-(self.chances * self.chances.log()).sum())

    @property
    def partial_share(self) -> float:
        """The share of examples that reach out of the cube."""
        return float(self.chances[self.partial].sum())


@lru_cache(maxsize=2)  # of twelve voxels an edge they take 150 MB
def list_shapes(grid: int = 10, smallest: float = 1.0, largest: float = 10 / 3) -> Shapes:
    """Return all spheres that `spheres.make_spheres` can make with these settings, equal ones once."""
    found: dict[bytes, list] = {}
    along = np.arange(grid)
    offsets = np.stack(np.meshgrid(along, along, along, indexing="ij"), -1).reshape(-1, 3)
    distances = ((offsets[:, None] - offsets[None]) ** 2).sum(-1)  # every voxel is a centre: (centres, voxels)
    for reach, chance in _reaches(smallest, largest).items():
        for centre, row in zip(offsets, distances <= reach, strict=True):
            span = math.isqrt(reach)
            cut = bool((centre < span).any() or (centre + span >= grid).any())
            entry = found.setdefault(np.packbits(row).tobytes(), [row, 0.0, cut])
            entry[1] += chance / grid**3
    rows, chances, partial = zip(*found.values(), strict=True)
    voxels = torch.from_numpy(np.array(rows, dtype=np.float32))
    return Shapes(voxels, torch.tensor(chances, dtype=torch.float64), torch.tensor(partial), grid)


def _reaches(smallest: float, largest: float) -> dict[int, float]:
    """Return {squared distance up to which voxels are inside: how likely}; the radius is uniform, distances whole."""
    reaches = {}
    for reach in range(math.floor(smallest**2), math.floor(largest**2) + 1):
        low, high = max(math.sqrt(reach), smallest), min(math.sqrt(reach + 1), largest)
        if high > low:
            reaches[reach] = (high - low) / (largest - smallest)
    return reaches


def sphere_likeness(voxels: Tensor, shapes: Shapes, chunk: int = 256) -> Tensor:
    """Return how well the best sphere covers each shape : (n,), float32, 0 to 1, intersection over union.

    voxels : (n, grid ** 3), float, filled where above a half; an empty shape has 0
    """
    volumes = shapes.voxels.sum(1)
    best = []
    for part in voxels.split(chunk):
        filled = (part > ON).float()
        common = filled @ shapes.voxels.T
        union = filled.sum(1, keepdim=True) + volumes - common
        best.append((common / union).amax(1))
    return torch.cat(best)


def count_components(voxels: Tensor, grid: int) -> np.ndarray:
    """Return into how many pieces each shape falls : (n,), int; voxels that touch with a face hang together.

    voxels : (n, grid ** 3), float, filled where above a half
    """
    cubes = (voxels > ON).numpy().reshape(-1, grid, grid, grid)
    return np.array([measure.label(cube, connectivity=1).max() for cube in cubes])
