"""The canvas that shapes live in, and grids over it: the thesis' own, and coarser and finer ones."""

from dataclasses import dataclass

import numpy as np

LEAST_VOXELS, MOST_VOXELS = 2, 256
HALF_WIDTH = 1.0  # x and y run from -1 to 1: the unit of the canvas


@dataclass(frozen=True)
class Grid:
    """So many cubic voxels along x, y and z; z is upright. A function is asked at their corners.

    Raises ValueError for a side that is no whole number from 2 to 256.
    """

    voxels: tuple[int, int, int]

    def __post_init__(self) -> None:
        for side in self.voxels:
            if isinstance(side, bool) or not isinstance(side, int) or not LEAST_VOXELS <= side <= MOST_VOXELS:
                raise ValueError(
                    f"A side of a grid has {LEAST_VOXELS} to {MOST_VOXELS} voxels, got {str(side)[:20]} in "
                    f"{str(self.voxels)[:60]}."
                )

    @property
    def corners(self) -> tuple[int, int, int]:
        """Return how many corners there are along x, y and z: one more than voxels."""
        x, y, z = self.voxels
        return x + 1, y + 1, z + 1

    @property
    def edge(self) -> float:
        """Return the edge of a voxel in units of the canvas, of which x spans two."""
        return 2 * HALF_WIDTH / self.voxels[0]

    def axes(self) -> tuple[np.ndarray, ...]:
        """Return where the corners lie along x, y and z: three of (corners,), float32, 0 in the middle.

        Voxels are cubes, so that a sphere in r_xyz is one to the eye, too: x from -1 to 1, z from -2 to 2 where the
        grid is twice as high as wide.
        """
        return tuple(np.float32(self.edge) * (np.arange(n + 1, dtype=np.float32) - n / 2) for n in self.voxels)


THESIS = Grid((15, 15, 30))  # section 3.3.3
EARLY = Grid((10, 10, 20))  # section 3.3.3, footnote 1: the first shapes of the site
COARSE = Grid((8, 8, 16))
FINE = Grid((32, 32, 64))
FINER = Grid((64, 64, 128))
FINEST = Grid((96, 96, 192))
GRIDS = {"coarse": COARSE, "early": EARLY, "thesis": THESIS, "fine": FINE, "finer": FINER, "finest": FINEST}
