"""Fields become closed surfaces that a printer can fill: marching cubes at the level set, every mesh checked."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from nbutils.forms.cubes import list_cases
from nbutils.forms.fields import LEVEL, mark_inside, measure_field
from nbutils.forms.grids import THESIS, Grid
from nbutils.neat import Genome

Mode = Literal["smooth", "thesis"]
MODES = ("smooth", "thesis")
LEAST_DEPTH, FARTHEST = 1e-30, 1e6  # from the level, so that shares of sums are finite numbers
# In edges of a voxel: how far vertices keep from corners, so that no two coincide, and how far beyond its last corners
# the walls of the canvas are.
RIM = 0.01


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
        outside (section 3.3.3) and puts vertices half-way along edges, as Lorensen and Cline (1987) do with such data
    Raises ValueError for a field of another size, for one without inside, and where a surface is not closed.
    """
    if field.shape != grid.corners:
        raise ValueError(f"The field has {field.shape} corners, the grid {grid.corners}.")
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}; got {str(mode)[:40]!r}.")
    inside = _surround(mark_inside(field, level), False)
    if not inside.any():
        raise ValueError("The shape is empty on this grid: no corner is inside. A finer grid may show more.")
    # Of a number and NaN, fmin returns the number.
    depths = np.ones(field.shape) if mode == "thesis" else np.fmin(np.abs(field - np.float32(level)), FARTHEST)
    body = _march(inside, _surround(depths.astype(np.float32, copy=False), np.float32(1)), grid)
    if not is_watertight(body):
        raise ValueError("No closed surface was found on this grid: choose a finer or coarser one.")
    return body


def is_watertight(body: Body) -> bool:
    """Return whether every edge is passed once in either direction and the volume inside is positive."""
    return _is_closed(body) and volume(body) > 0


def volume(body: Body) -> float:
    """Return the volume inside a closed surface, in cubed units of the canvas: that between its triangles and z = 0."""
    x, y, z = np.ascontiguousarray(body.vertices.T)
    a, b, c = np.ascontiguousarray(body.triangles.T.astype(np.intp))
    shadows = (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a])
    return float(((z[a] + z[b] + z[c]) * shadows).sum(dtype=np.float64)) / 6


def find_shells(body: Body) -> np.ndarray:
    """Return to which part of a surface, hanging together, each triangle belongs: (triangles,), int32, from 0 on."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    vertices, triangles = len(body.vertices), body.triangles.astype(np.int32)
    begins, ends = triangles.ravel(), triangles[:, [1, 2, 0]].ravel()
    joined = coo_array((np.ones(len(begins), np.int8), (begins, ends)), shape=(vertices, vertices))
    return connected_components(joined, directed=False)[1][triangles[:, 0]]


def _is_closed(body: Body) -> bool:
    """Return whether every edge is passed once in either direction.

    The edges are the entries of a matrix, from which vertex to which; sorted by rows it is read forwards, sorted by
    columns backwards, and both are to be the same. Sparse matrices sort by counting, ten times as fast as np.sort.
    """
    from scipy.sparse import coo_array

    vertices, triangles = len(body.vertices), body.triangles.astype(np.int32)
    begins, ends = triangles.ravel(), triangles[:, [1, 2, 0]].ravel()
    edges = coo_array((np.ones(len(begins), np.int8), (begins, ends)), shape=(vertices, vertices))
    edges.has_canonical_format = True  # or edges that are passed twice would be added up
    forwards = edges.tocsc().tocsr()
    backwards = forwards.tocsc()
    again = forwards.indices[1:] == forwards.indices[:-1]
    rows = forwards.indptr[1:-1]
    again[rows[(rows > 0) & (rows < len(begins))] - 1] = False
    same = np.array_equal(forwards.indptr, backwards.indptr) and np.array_equal(forwards.indices, backwards.indices)
    return bool(len(begins) and same and not again.any())


def _surround(values: np.ndarray, beyond: object) -> np.ndarray:
    """Return values at the corners with one more layer on all sides."""
    surrounded = np.full([side + 2 for side in values.shape], beyond, values.dtype)
    surrounded[1:-1, 1:-1, 1:-1] = values
    return surrounded


def _march(inside: np.ndarray, depths: np.ndarray, grid: Grid) -> Body:
    """Return the surface between corners inside and outside, by the cases of marching cubes.

    inside, depths : (x, y, z) corners, bool and float32: how far from the level each is; the outermost are outside
    """
    # Corners are worked with in one row: as a row ends outside and the next one begins outside, no edge and no cube
    # is found between the two.
    strides = (inside.shape[1] * inside.shape[2], inside.shape[2], 1)
    bits, depths = inside.ravel().view(np.uint8), depths.ravel()
    numbers = np.empty(3 * len(bits), np.int32)
    vertices, known = [], 0
    for axis, stride in enumerate(strides):
        edges = np.flatnonzero(bits[:-stride] != bits[stride:])
        numbers[edges + axis * len(bits)] = np.arange(known, known + len(edges), dtype=np.int32)
        known += len(edges)
        vertices.append(_place_vertices(edges, axis, stride, depths, grid))
    for place, stride in enumerate(reversed(strides)):
        bits = bits[:-stride] | bits[stride:] << (1 << place)
    return Body(np.concatenate(vertices), _join_vertices(bits, numbers, strides))


def _place_vertices(edges: np.ndarray, axis: int, stride: int, depths: np.ndarray, grid: Grid) -> np.ndarray:
    """Return where the surface crosses edges: (edges, 3), float32, units of the canvas."""
    first, second = depths[edges], depths[edges + stride]
    along = np.clip(first / np.maximum(first + second, LEAST_DEPTH), RIM, 1 - RIM)
    corners = np.stack(np.unravel_index(edges, [side + 2 for side in grid.corners]), axis=1).astype(np.float32) - 1
    corners[:, axis] += along
    np.clip(corners, -RIM, np.float32(grid.voxels) + RIM, out=corners)
    return (corners - np.float32(grid.voxels) / 2) * np.float32(grid.edge)


def _join_vertices(cases: np.ndarray, numbers: np.ndarray, strides: tuple[int, int, int]) -> np.ndarray:
    """Return the triangles of all cubes: (triangles, 3), uint32.

    cases : (cubes,), uint8
    numbers : (3 x corners,), int32, the number of the vertex on the edge from a corner along x, y and z
    """
    counts, steps = _keep_steps(strides, len(numbers) // 3)
    cubes = np.flatnonzero(counts[cases])
    found = cases[cubes]
    most = counts[found]
    triangles = []
    for place in range(int(most.max())):
        having = most > place
        cubes, found, most = cubes[having], found[having], most[having]
        triangles.append(numbers[cubes[:, None] + steps[found, place]])
    return np.concatenate(triangles).view(np.uint32)


@lru_cache(maxsize=8)
def _keep_steps(strides: tuple[int, int, int], corners: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how many triangles the cases have, and how far from a cube's first corner their vertices are in a row."""
    cases = list_cases()
    counts = np.array([len(case) for case in cases])
    steps = np.zeros((len(cases), counts.max(), 3), np.intp)
    for number, case in enumerate(cases):
        for place, triangle in enumerate(case):
            steps[number, place] = [axis * corners + np.dot(corner, strides) for axis, corner in triangle]
    return counts, steps
