from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nbutils.figures.solids import cover_mesh, cover_voxels, vertex_normals

OPAQUE = np.arange(256) == 4
KINDS = arrays.arrays(np.uint8, st.tuples(*[st.integers(1, 4)] * 3), elements=st.integers(0, 4))


def solid(*shape):
    return np.full(shape, 4, np.uint8)


def faces(surface):
    assert len(surface.triangles) % 2 == 0
    return len(surface.triangles) // 2


def corners(surface):
    """Return the three corners of each triangle: (m, 3, 3)."""
    return surface.vertices[surface.triangles]


def facing(surface):
    """Return twice the area of each triangle along its side seen from outside: (m, 3)."""
    first, second, third = corners(surface).swapaxes(0, 1)
    return np.cross(second - first, third - first)


def volume(surface):
    """Return what a closed surface encloses, by the divergence theorem."""
    first, second, third = corners(surface).swapaxes(0, 1)
    return (first * np.cross(second, third)).sum() / 6


def unmatched_edges(surface):
    """Return the edges that the triangles do not run along as often in one direction as in the other."""
    edges = Counter()
    for triangle in corners(surface).round(4).tolist():
        for start, end in zip(triangle, triangle[1:] + triangle[:1], strict=True):
            edges[tuple(start), tuple(end)] += 1
    return [edge for edge in edges if edges[edge] != edges[edge[::-1]]]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (solid(1, 1, 1), 6),
        (solid(2, 1, 1), 10),
        (solid(3, 3, 3), 54),
        (solid(2, 3, 4), 2 * (6 + 8 + 12)),
        (np.zeros((3, 3, 3), np.uint8), 0),
    ],
)
def test_a_block_shows_its_outside_only(kinds, expected):
    assert faces(cover_voxels(kinds, OPAQUE)) == expected


def test_a_hole_inside_has_walls():
    kinds = solid(3, 3, 3)
    kinds[1, 1, 1] = 0
    surface = cover_voxels(kinds, OPAQUE)
    assert faces(surface) == 54 + 6
    assert volume(surface) == pytest.approx(26)


def test_two_cubes_that_touch_along_an_edge_hide_nothing_of_each_other():
    kinds = np.zeros((2, 2, 1), np.uint8)
    kinds[0, 0], kinds[1, 1] = 4, 4
    assert faces(cover_voxels(kinds, OPAQUE)) == 12


def test_translucent_voxels_of_one_kind_are_one_body_and_opaque_ones_are_seen_through_them():
    assert faces(cover_voxels(np.full((2, 1, 1), 2, np.uint8), OPAQUE)) == 10
    behind = cover_voxels(np.uint8([[[2]], [[4]]]), OPAQUE)
    # The opaque cube keeps the face towards the translucent one, which has none towards it.
    assert Counter(behind.kinds[::4].tolist()) == {4: 6, 2: 5}


def test_both_faces_between_two_translucent_kinds_are_kept_as_each_is_seen_from_one_side():
    between = cover_voxels(np.uint8([[[1]], [[2]]]), OPAQUE)
    assert Counter(between.kinds[::4].tolist()) == {1: 6, 2: 6}


@given(kinds=KINDS)
def test_an_opaque_body_is_watertight_and_encloses_its_voxels(kinds):
    kinds = np.where(kinds > 2, 4, 0).astype(np.uint8)
    surface = cover_voxels(kinds, OPAQUE)
    assert unmatched_edges(surface) == []
    assert volume(surface) == pytest.approx((kinds > 0).sum())


@given(kinds=KINDS)
def test_each_face_is_seen_from_outside_with_its_own_normal_and_lies_on_its_voxel(kinds):
    surface = cover_voxels(kinds, OPAQUE)
    normals = surface.normals[surface.triangles]
    assert (normals == normals[:, :1]).all()
    np.testing.assert_array_equal(facing(surface), normals[:, 0])  # a unit square is two triangles of area one half
    middles = corners(surface).reshape(-1, 6, 3).mean(1)
    cells = surface.cells[::2]
    np.testing.assert_allclose(middles - cells - 0.5, normals[::2, 0] / 2, atol=0.2)
    assert (kinds[tuple(cells.T)] == surface.kinds[::4]).all()


@given(kinds=KINDS)
def test_no_face_lies_against_the_same_kind_or_against_an_opaque_voxel(kinds):
    surface, padded = cover_voxels(kinds, OPAQUE), np.pad(kinds, 1)
    beside = padded[tuple((surface.cells[::2] + 1 + surface.normals[::4].astype(int)).T)]
    assert (beside != surface.kinds[::4]).all()
    assert not OPAQUE[beside].any()


def test_a_mesh_gets_the_normals_of_its_triangles_weighted_by_area():
    # A corner of a box: three faces of areas 1, 2 and 3 halves meet at the origin.
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 2.0]])
    triangles = np.array([[0, 2, 1], [0, 3, 2], [0, 1, 3]])
    expected = -np.array([2, 2, 1]) / 3
    np.testing.assert_allclose(vertex_normals(vertices, triangles)[0], expected, atol=1e-6)


def test_normals_of_a_ball_point_away_from_its_middle():
    from skimage.measure import marching_cubes

    distances = np.linalg.norm(np.mgrid[-8:9, -8:9, -8:9], axis=0)
    vertices, triangles, _, _ = marching_cubes(distances, 5.6)
    ball, inside_out = cover_mesh(vertices, triangles), cover_mesh(vertices, triangles[:, ::-1])
    if volume(ball) < 0:
        ball, inside_out = inside_out, ball
    outwards = (vertices - 8) / 5.6
    assert (ball.normals * outwards).sum(1).min() > 0.97
    assert (inside_out.normals * outwards).sum(1).max() < -0.97
    assert unmatched_edges(ball) == []


def test_a_vertex_that_no_triangle_touches_has_no_normal():
    normals = vertex_normals(np.eye(3), np.array([[0, 0, 1]]))
    assert not normals.any()
