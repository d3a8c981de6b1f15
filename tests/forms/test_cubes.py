"""The 256 cases of marching cubes, against counts of Lorensen and Cline and against what must fit together."""

from collections import Counter
from itertools import product

import numpy as np
import pytest

from nbutils.forms.cubes import CORNERS, list_cases

CASES = list_cases()
POINTS = {
    (axis, corner): np.array(corner) + 0.5 * np.eye(3)[axis]
    for axis in range(3)
    for corner in CORNERS
    if corner[axis] == 0
}


def sides(triangles):
    return Counter((triangle[place - 1], triangle[place]) for triangle in triangles for place in range(3))


def open_sides(case):
    counted = sides(CASES[case])
    return {side for side in counted if side[::-1] not in counted}


def on_face(edge, axis, side):
    return edge[0] != axis and edge[1][axis] == side


def test_there_are_256_cases_of_at_most_five_triangles():
    assert len(CASES) == 256
    assert [len(CASES[case]) for case in (0, 255)] == [0, 0]
    assert max(map(len, CASES)) == 5
    assert all(len(CASES[1 << corner]) == 1 for corner in range(8))


@pytest.mark.parametrize("corner", range(8))
def test_a_lone_corner_is_cut_off_by_a_triangle_that_faces_away_from_it(corner):
    (triangle,) = CASES[1 << corner]
    a, b, c = (POINTS[edge] for edge in triangle)
    assert np.dot(np.cross(b - a, c - a), a - np.array(CORNERS[corner])) > 0


def test_vertices_are_on_the_edges_with_one_end_inside_and_on_no_others():
    for case, triangles in enumerate(CASES):
        inside = {corner for place, corner in enumerate(CORNERS) if case >> place & 1}
        crossed = set()
        for axis, corner in POINTS:
            other = tuple(np.array(corner) + np.eye(3, dtype=int)[axis])
            if (corner in inside) != (other in inside):
                crossed.add((axis, corner))
        assert {edge for triangle in triangles for edge in triangle} == crossed


def test_all_sides_are_shared_but_those_in_a_face_of_the_cube():
    for case in range(256):
        counted = sides(CASES[case])
        assert max(counted.values(), default=1) == 1
        for side in counted:
            faces = [face for face in product(range(3), (0, 1)) if all(on_face(edge, *face) for edge in side)]
            assert bool(faces) == (side[::-1] not in counted)


@pytest.mark.parametrize("axis", range(3))
def test_neighbours_close_each_other_whatever_their_corners_are(axis):
    def list_at(case, side):
        """Return the open sides in a face, with the corners that are inside there."""
        there = {pair for pair in open_sides(case) if all(on_face(edge, axis, side) for edge in pair)}
        flat = {tuple((edge[0], *np.delete(edge[1], axis)) for edge in pair) for pair in there}
        inside = tuple(case >> place & 1 for place, corner in enumerate(CORNERS) if corner[axis] == side)
        return inside, flat

    seen = {}
    for case in range(256):
        inside, pairs = list_at(case, 1)
        assert seen.setdefault(inside, pairs) == pairs
    assert len(seen) == 16
    for case in range(256):
        inside, pairs = list_at(case, 0)
        assert {pair[::-1] for pair in pairs} == seen[inside]
