"""The thesis' three-dimensional spheres (section 4.4), on any grid and with any radii."""

import numpy as np
import torch
from torch import Tensor

GRIDS = (4, 20)  # voxels along an edge
SMALLEST_RADIUS = 0.5
MOST_VALUES = 60_000_000  # 240 MB of float32, a little more than the thesis' 50,000 examples of 1000 voxels
_CHUNK_VALUES = 2_000_000


def make_spheres(number: int, seed: int = 0, grid: int = 10, smallest: float = 1.0, largest: float = 10 / 3) -> Tensor:
    """Return spheres on a cube of voxels : (number, grid ** 3), float32, 1 inside and 0 outside, in the order x, y, z.

    The centre is one of the voxels, each as likely as any other; the radius is drawn uniformly from `smallest` to
    `largest` voxels; a voxel is inside when it is no farther from the centre than the radius; what lies outside the
    cube is ignored. Source: thesis, section 4.4. The first of many spheres are those of few with the same seed.
    Raises ValueError for a grid, a number or radii out of range.
    """
    _check(number, grid, smallest, largest)
    drawn = np.random.default_rng(seed).random((number, 4))
    centres = np.floor(drawn[:, :3] * grid).astype(np.int16)
    radii = smallest + (largest - smallest) * drawn[:, 3]
    reaches = np.floor(radii**2).astype(np.int16)  # squared distances between voxels are whole numbers
    spheres = np.empty((number, grid, grid, grid), np.float32)
    chunk = max(1, _CHUNK_VALUES // grid**3)
    for start in range(0, number, chunk):
        part = slice(start, start + chunk)
        np.less_equal(_squared_distances(centres[part], grid), reaches[part, None, None, None], out=spheres[part])
    return torch.from_numpy(spheres.reshape(number, -1))


def _squared_distances(centres: np.ndarray, grid: int) -> np.ndarray:
    """Return how far each voxel is from each centre, squared : (n, grid, grid, grid), int16.

    centres : (n, 3), int16, voxels
    """
    along = (np.arange(grid, dtype=np.int16) - centres[:, :, None]) ** 2
    return along[:, 0, :, None, None] + along[:, 1, None, :, None] + along[:, 2, None, None, :]


def _check(number: int, grid: int, smallest: float, largest: float) -> None:
    """Raise ValueError with a sentence for what cannot be made."""
    if not GRIDS[0] <= grid <= GRIDS[1]:
        raise ValueError(f"The cube can have {GRIDS[0]} to {GRIDS[1]} voxels along an edge, got {grid}.")
    if not SMALLEST_RADIUS <= smallest <= largest <= grid:
        raise ValueError(
            f"The radii must go up, from at least {SMALLEST_RADIUS} to at most the {grid} voxels of an edge; "
            f"got {smallest:g} to {largest:g}."
        )
    if number < 1:
        raise ValueError(f"At least one sphere must be made, got {number}.")
    if number * grid**3 > MOST_VALUES:
        raise ValueError(
            f"{number:,} spheres of {grid**3:,} voxels do not fit into the memory set aside for them; "
            f"on this grid at most {MOST_VALUES // grid**3:,} can be made."
        )
