"""The 256 cases of marching cubes (Lorensen and Cline, 1987), made by walking around the faces of a cube.

A corner (x, y, z) of a cube is bit 4x + 2y + z of a case, set where the corner is inside. On a face whose inside
corners are two opposite ones, the printed table of 1987 leaves holes (Dürst, 1988); here the two are always kept
apart. What a face looks like then depends on its own four corners alone, so that neighbouring cubes fit together.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product

Corner = tuple[int, int, int]
Edge = tuple[int, Corner]  # along which axis, from which corner
Triangle = tuple[Edge, Edge, Edge]

CORNERS: tuple[Corner, ...] = tuple(product((0, 1), repeat=3))


@lru_cache(maxsize=1)
def list_cases() -> tuple[tuple[Triangle, ...], ...]:
    """Return the triangles of every case by the edges that they join, counter-clockwise seen from outside."""
    return tuple(_find_triangles(case) for case in range(256))


def _find_triangles(case: int) -> tuple[Triangle, ...]:
    inside = {corner for place, corner in enumerate(CORNERS) if case >> place & 1}
    following = dict(segment for face in _walk_faces() for segment in _cut_face(face, inside))
    triangles: list[Triangle] = []
    while following:
        begin = next(iter(following))
        loop = [begin]
        while (edge := following.pop(loop[-1])) != begin:
            loop.append(edge)
        triangles.extend(next(found for found in _divide(tuple(loop)) if _keeps_inside(found, loop)))
    return tuple(triangles)


def _walk_faces() -> Iterator[tuple[Corner, ...]]:
    """Yield the corners of each face, counter-clockwise seen from outside."""
    for axis, side in product(range(3), (0, 1)):
        for walk in [((0, 0), (1, 0), (1, 1), (0, 1))[:: 1 if side else -1]]:
            yield tuple(_place(axis, side, step) for step in walk)


def _place(axis: int, side: int, step: tuple[int, int]) -> Corner:
    corner = [0, 0, 0]
    corner[axis], corner[(axis + 1) % 3], corner[(axis + 2) % 3] = side, *step
    return (corner[0], corner[1], corner[2])


def _cut_face(face: tuple[Corner, ...], inside: set[Corner]) -> Iterator[tuple[Edge, Edge]]:
    """Yield a segment around each run of inside corners, from the edge where the walk enters it to where it leaves."""
    for place in range(4):
        if face[place - 1] not in inside and face[place] in inside:
            last = next(place + step for step in range(4) if face[(place + step + 1) % 4] not in inside)
            yield _join(face[place - 1], face[place]), _join(face[last % 4], face[(last + 1) % 4])


def _join(first: Corner, second: Corner) -> Edge:
    axis = next(axis for axis in range(3) if first[axis] != second[axis])
    return axis, min(first, second)


def _divide(loop: tuple[Edge, ...]) -> Iterator[tuple[Triangle, ...]]:
    """Yield all ways to divide a loop into triangles."""
    if len(loop) < 3:
        yield ()
        return
    for place in range(1, len(loop) - 1):
        for left, right in product(_divide(loop[: place + 1]), _divide(loop[place:])):
            yield (*left, (loop[0], loop[place], loop[-1]), *right)


def _keeps_inside(triangles: tuple[Triangle, ...], loop: list[Edge]) -> bool:
    """Return whether no side of a triangle lies in a face of the cube, where a neighbour may have the same side."""
    rim = {frozenset((loop[place - 1], loop[place])) for place in range(len(loop))}
    sides = {frozenset(pair) for a, b, c in triangles for pair in ((a, b), (b, c), (c, a))}
    return not any(_share_face(*side) for side in sides - rim)


def _share_face(first: Edge, second: Edge) -> bool:
    return any(first[0] != axis != second[0] and first[1][axis] == second[1][axis] for axis in range(3))
