"""Fields become closed surfaces that a printer can fill: marching cubes at the level set, every mesh checked."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from nbutils.forms.fields import LEVEL, mark_inside, measure_field
from nbutils.forms.grids import THESIS, Grid
from nbutils.neat import Genome

Mode = Literal["smooth", "thesis"]
MODES = ("smooth", "thesis")
# Values on the level make holes (scikit-image, issue 8116); values far off it put vertices on the corners.
NEAREST, FARTHEST = 1e-4, 4.0
RIM = (
    0.01  # edges of voxels that vertices keep from corners, and that the canvas' walls lie outside of its last corners
)
MOST_TRIES = 4


@dataclass(frozen=True)
class Body:
    """A closed surface.

    vertices : (vertices, 3), float32, units of the canvas
    triangles : (triangles, 3), uint32, counter-clockwise seen from outside
    """

    vertices: np.ndarray
    triangles: np.ndarray


def make_body(genome: Genome, grid: Grid = THESIS, mode: Mode = "smooth", level: float = LEVEL) -> Body:
    """Return the surface of a genome's shape on a grid. Raises ValueError as `mesh_field` and `measure_field` do."""
    return mesh_field(measure_field(genome, grid), grid, level, mode)


def mesh_field(field: np.ndarray, grid: Grid, level: float = LEVEL, mode: Mode = "smooth") -> Body:
    """Return the closed surface around all that is inside, checked to be watertight.

    field : (x, y, z) corners of the grid, float; inside is at most the level, outside is the rest and all beyond
    mode : "smooth" puts vertices where the field crosses the level along an edge; "thesis" tells only inside from
        outside (section 3.3.3), with the cases of Lorensen and Cline (1987) and vertices half-way along edges
    Raises ValueError for a field of another size, for one without inside, and where no closed surface is found.
    """
    if field.shape != grid.corners:
        raise ValueError(f"The field has {field.shape} corners, the grid {grid.corners}.")
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}; got {str(mode)[:40]!r}.")
    inside = mark_inside(field, level)
    if not inside.any():
        raise ValueError("The shape is empty on this grid: no corner is inside. A finer grid may show more.")
    box = _bound(inside)
    heights = _prepare(field[box], inside[box], level, mode)
    begin = np.array([side.start for side in box])
    for attempt in range(MOST_TRIES):
        body = _march(heights, begin, grid, mode, attempt)
        if is_watertight(body):
            return body
    raise ValueError("No closed surface was found on this grid: choose a finer or coarser one.")


def is_watertight(body: Body) -> bool:
    """Return whether every edge is passed once in either direction and the volume inside is positive."""
    first = body.triangles.astype(np.int64)
    second = np.roll(first, -1, axis=1)
    lower, upper = np.minimum(first, second), np.maximum(first, second)
    keys = np.sort(((lower * len(body.vertices) + upper) * 2 + (first > second)).ravel())
    if len(keys) % 2 or not len(keys):
        return False
    there, back = keys[::2], keys[1::2]
    paired = bool(np.all(there % 2 == 0) and np.all(back == there + 1) and np.all(there[1:] > back[:-1]))
    return paired and volume(body) > 0


def volume(body: Body) -> float:
    """Return the volume inside a closed surface in cubed units of the canvas: a sum of signed tetrahedra."""
    a, b, c = (body.vertices[body.triangles[:, place]].astype(np.float64) for place in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c))) / 6


def _bound(inside: np.ndarray) -> tuple[slice, ...]:
    """Return the smallest box of corners with all that is inside and, where the grid has one, a layer around it."""
    found = []
    for axis in range(3):
        filled = np.flatnonzero(inside.any(axis=tuple({0, 1, 2} - {axis})))
        found.append(slice(max(0, int(filled[0]) - 1), int(filled[-1]) + 2))
    return tuple(found)


def _prepare(field: np.ndarray, inside: np.ndarray, level: float, mode: Mode) -> np.ndarray:
    """Return heights over the level, float32, one layer outside around them, none of them on the level."""
    if mode == "thesis":
        return np.pad(np.where(inside, np.float32(-1), np.float32(1)), 1, constant_values=1)
    size = np.clip(np.abs(np.nan_to_num(field - level, nan=FARTHEST)), NEAREST, FARTHEST).astype(np.float32)
    return np.pad(np.where(inside, -size, size), 1, constant_values=FARTHEST)


def _march(heights: np.ndarray, begin: np.ndarray, grid: Grid, mode: Mode, attempt: int) -> Body:
    from skimage.measure import marching_cubes

    if attempt:
        heights = heights * np.random.default_rng(attempt).uniform(0.9, 1.1, heights.shape).astype(np.float32)
    method = "lorensen" if mode == "thesis" else "lewiner"
    vertices, triangles, _, _ = marching_cubes(heights, 0.0, method=method)
    corners = vertices + (begin - 1)
    if mode == "smooth":
        corners = _straighten(corners, grid)
    placed = (corners - np.array(grid.voxels) / 2) * grid.edge
    return Body(placed.astype(np.float32), triangles.astype(np.uint32))


def _straighten(corners: np.ndarray, grid: Grid) -> np.ndarray:
    """Return vertices in edges of voxels, the canvas' walls flat and none so near a corner that two would coincide."""
    whole = np.floor(corners)
    part = corners - whole
    kept = np.where(part > 0, whole + np.clip(part, RIM, 1 - RIM), corners)
    last = np.array(grid.voxels)
    return np.where(corners < 0, -RIM, np.where(corners > last, last + RIM, kept))
