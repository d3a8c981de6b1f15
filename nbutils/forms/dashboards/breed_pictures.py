"""Shapes as the page shows them: meshes for a stage, small pictures for strips and cards."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from nbutils.figures import palette
from nbutils.figures.scenes import PLAIN, Mesh, parse_colour
from nbutils.forms.grids import THESIS
from nbutils.forms.meshing import Body
from nbutils.forms.pictures import draw_shape, to_png
from nbutils.neat import Genome

# The canvas, which all shapes of a stage share: a coarse mesh and a fine one stand in the same place.
BOX = ((-1.0, -1.0, -2.0), (1.0, 1.0, 2.0))
SIDE = 72  # pixels of a small picture
MOST_TOGETHER = 4


def to_mesh(body: Body | None, mode: str) -> Mesh | None:
    """Return a body for a stage; in thesis mode every triangle is flat, as its corners are all that is known."""
    return None if body is None else Mesh(body.vertices, body.triangles, colour=PLAIN, flat=mode == "thesis")


@lru_cache(maxsize=2_000)
def draw_small(genome: Genome) -> np.ndarray:
    """Return a small picture of a shape: (SIDE, SIDE, 3), uint8."""
    pixels = draw_shape(genome, SIDE, grid=THESIS)
    pixels.setflags(write=False)
    return pixels


def draw_together(genomes: Sequence[Genome]) -> bytes:
    """Return one PNG of a few shapes: one alone, two side by side, or the first four in two rows."""
    pictures = [draw_small(genome) for genome in genomes[:MOST_TOGETHER]]
    if len(pictures) == 1:
        return to_png(pictures[0])
    pictures += [_leave_empty(SIDE, SIDE)] * (len(pictures) % 2)
    rows = [np.hstack(pictures[first : first + 2]) for first in range(0, len(pictures), 2)]
    if len(rows) == 1:
        margin = _leave_empty(SIDE // 2, 2 * SIDE)
        rows = [margin, *rows, margin]
    return to_png(np.vstack(rows))


def _leave_empty(height: int, width: int) -> np.ndarray:
    return np.broadcast_to(np.uint8(parse_colour(palette.STAGE)), (height, width, 3))
