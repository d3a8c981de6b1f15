"""Surfaces to draw: the visible faces of voxels, and normals of a mesh."""

from dataclasses import dataclass

import numpy as np

# The four corners of a voxel's face, counter-clockwise for who looks at it from outside: -x, +x, -y, +y, -z, +z.
CORNERS = np.array(
    [
        [[0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 0]],
        [[1, 0, 0], [1, 1, 0], [1, 1, 1], [1, 0, 1]],
        [[0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]],
        [[0, 1, 0], [0, 1, 1], [1, 1, 1], [1, 1, 0]],
        [[0, 0, 0], [0, 1, 0], [1, 1, 0], [1, 0, 0]],
        [[0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]],
    ],
    np.float32,
)
NORMALS = np.array([[-1, 0, 0], [1, 0, 0], [0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]], np.float32)


@dataclass(frozen=True)
class Surface:
    """Triangles that face outwards.

    vertices : (n, 3), float32, in the object's own units
    normals : (n, 3), float32, length 1
    triangles : (m, 3), uint32, counter-clockwise from outside
    cells : (m, 3), uint8, the voxel that a triangle belongs to; (0, 3) for a mesh
    kinds : (n,), uint8, the kind of that voxel; zeros for a mesh
    """

    vertices: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    cells: np.ndarray
    kinds: np.ndarray


def cover_voxels(kinds: np.ndarray, opaque: np.ndarray) -> Surface:
    """Return the faces of voxels that can be seen: those towards a voxel of another kind that is not opaque.

    Two voxels of one kind have no face between them, so that a translucent block looks like one body.
    kinds : (x, y, z), uint8; 0 is empty
    opaque : (256,), bool, whether nothing is seen through voxels of that kind
    Four vertices a face: a face has a normal of its own.
    """
    padded = np.pad(kinds, 1)
    cells, sides = [], []
    for side, step in enumerate(NORMALS.astype(int)):
        beside = padded[tuple(slice(1 + by, 1 + by + length) for by, length in zip(step, kinds.shape, strict=True))]
        found = np.argwhere((kinds != 0) & (kinds != beside) & ~opaque[beside])
        cells.append(found)
        sides.append(np.full(len(found), side))
    cells, sides = np.concatenate(cells), np.concatenate(sides)
    first = 4 * np.arange(len(cells), dtype=np.uint32)[:, None, None]
    return Surface(
        vertices=(cells[:, None] + CORNERS[sides]).reshape(-1, 3).astype(np.float32),
        normals=np.repeat(NORMALS[sides], 4, 0),
        triangles=(first + np.uint32([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3),
        cells=np.repeat(cells, 2, 0).astype(np.uint8),
        kinds=np.repeat(kinds[tuple(cells.T)], 4).astype(np.uint8),
    )


def cover_mesh(vertices: np.ndarray, triangles: np.ndarray, normals: np.ndarray | None = None) -> Surface:
    """Return a mesh as a surface; normals are the mean of the triangles around a vertex when None.

    vertices : (n, 3), float; triangles : (m, 3), whole numbers; normals : (n, 3), float
    """
    vertices, triangles = np.asarray(vertices, np.float32), np.asarray(triangles, np.uint32)
    normals = vertex_normals(vertices, triangles) if normals is None else np.asarray(normals, np.float32)
    return Surface(vertices, normals, triangles, np.zeros((0, 3), np.uint8), np.zeros(len(vertices), np.uint8))


def vertex_normals(vertices: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Return the normal at each vertex: the mean of its triangles' normals, weighted by their areas.

    vertices : (n, 3), float; triangles : (m, 3), whole numbers
    returns : (n, 3), float32, length 1; 0 where no triangle with an area touches
    """
    first, second, third = (vertices[triangles[:, corner]].astype(float) for corner in range(3))
    areas = np.cross(second - first, third - first)
    sums = np.zeros((len(vertices), 3))
    for corner in range(3):
        np.add.at(sums, triangles[:, corner], areas)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.divide(sums, lengths, out=np.zeros_like(sums), where=lengths > 0).astype(np.float32)
