"""Meshes in 16 bits: as exact as a step, in one canvas, on the squares of a board."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nbutils.figures.chessboard import HIGHEST, SQUARES, WIDEST, make_squares, pack_piece
from nbutils.figures.packing import STEPS, WIDE, check_box, pack_mesh
from nbutils.figures.scenes import Mesh

TRIANGLES = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])
CANVAS = ((-1.0, -1.0, -2.0), (1.0, 1.0, 2.0))
POINTS = arrays.arrays(np.float32, (4, 3), elements=st.floats(-1000, 1000, width=32))


def tetrahedron(size=1.0, **more):
    return Mesh(np.eye(4, 3) * size, TRIANGLES, **more)


@given(points=POINTS)
def test_a_page_draws_every_vertex_within_half_a_step_of_where_it_is(points):
    packed = pack_mesh(Mesh(points, TRIANGLES))
    low, high = points.min(0).astype(float), points.max(0).astype(float)
    diameter = max(np.linalg.norm(high - low), 2e-6)
    expected = (points - (low + high) / 2) / diameter
    np.testing.assert_allclose(packed.vertices(), expected, atol=0.5001 * packed.step + 1e-9)
    assert packed.step <= 1 / STEPS + 1e-12


@given(points=POINTS)
def test_whichever_way_a_mesh_is_turned_it_stays_in_a_ball_of_diameter_1(points):
    packed = pack_mesh(Mesh(points, TRIANGLES))
    assert np.linalg.norm(packed.vertices(), axis=1).max() <= 0.5 + 2 * packed.step


def test_the_longest_side_takes_all_steps_and_none_too_many():
    packed = pack_mesh(Mesh(np.array([[0, 0, 0], [1, 2, 8], [1, 0, 4], [0.5, 1, 2]]), TRIANGLES))
    assert packed.positions.dtype == np.uint16
    assert packed.positions[:, 2].tolist() == [0, STEPS, 32768, 16384]
    assert packed.positions.max(0).tolist() == [8192, 16384, STEPS]


def test_meshes_in_one_canvas_keep_their_sizes_and_their_places_in_it():
    small, large = (pack_mesh(tetrahedron(size), CANVAS).vertices() for size in (0.5, 1.0))
    np.testing.assert_allclose(2 * small, large, atol=1e-4)
    # Half of the canvas' diagonal is the square root of 6: the corner (1, 0, 0) lies so far from its middle.
    np.testing.assert_allclose(large[0], [1 / (2 * 6**0.5), 0, 0], atol=1e-4)


def test_a_coarse_and_a_fine_mesh_of_one_body_lie_in_one_place():
    coarse = Mesh(np.array([[-0.9, -0.8, -1.9], [0.9, -0.8, 0], [0, 0.8, 1.9], [0, 0, 0]]), TRIANGLES)
    fine = Mesh(np.concatenate([coarse.vertices, coarse.vertices * 0.7]), TRIANGLES)
    np.testing.assert_allclose(
        pack_mesh(coarse, CANVAS).vertices(), pack_mesh(fine, CANVAS).vertices()[:4], atol=2 / STEPS
    )


@pytest.mark.parametrize(("vertices", "kind"), [(WIDE - 1, np.uint16), (WIDE, np.uint32)])
def test_triangles_take_16_bits_until_vertices_are_too_many(vertices, kind):
    mesh = Mesh(np.random.default_rng(0).normal(size=(vertices, 3)), np.array([[0, 1, vertices - 1]]))
    packed = pack_mesh(mesh)
    assert packed.triangles.dtype == kind
    assert packed.triangles.tolist() == [[0, 1, vertices - 1]]


def test_fifteen_busy_shapes_take_less_than_a_megabyte_and_a_half():
    # 7,000 faces and half as many vertices: as in a closed surface, where Euler says V = F / 2 + 2.
    rng = np.random.default_rng(0)
    mesh = Mesh(rng.normal(size=(3_502, 3)), rng.integers(0, 3_502, (7_000, 3)))
    packed = pack_mesh(mesh)
    assert 15 * packed.bytes <= 1_000_000
    state = packed.state()
    assert len(state["positions"]) + len(state["triangles"]) == packed.bytes
    assert "normal" not in " ".join(state)


def test_what_a_page_reads_says_colour_and_shading():
    state = pack_mesh(tetrahedron(colour="#102030", flat=True)).state()
    assert state["colour"] == [16, 32, 48]
    assert state["flat"] is True
    assert np.frombuffer(state["triangles"], np.uint16).reshape(-1, 3).tolist() == TRIANGLES.tolist()


def test_a_mesh_without_a_size_is_a_point():
    packed = pack_mesh(Mesh(np.ones((3, 3)), np.array([[0, 1, 2]])))
    np.testing.assert_allclose(packed.vertices(), 0, atol=1e-9)


@pytest.mark.parametrize(
    "box", [((0, 0, 0),), ((0, 0, 0), (1, 1)), ((0, 0, 0), (1, np.nan, 1)), ((0, 0, 0), (1, -1, 1)), "box"]
)
def test_what_is_no_box_is_refused_with_a_sentence(box):
    with pytest.raises(ValueError, match="least and its largest corner"):
        check_box(box)


@pytest.mark.parametrize("stretch", [(1, 1, 1), (5, 1, 1), (1, 1, 9), (0.01, 3, 0.2)])
def test_a_piece_stands_upright_on_the_middle_of_a_square_and_fills_it(stretch):
    standing = pack_piece(Mesh((np.random.default_rng(1).random((50, 3)) + 3) * stretch, TRIANGLES)).vertices()
    low, high = standing.min(0), standing.max(0)
    np.testing.assert_allclose((low + high)[:2], 0, atol=1e-3)
    assert low[2] == pytest.approx(0, abs=1e-3)
    sides = (high - low)[:2].max() / WIDEST, high[2] / HIGHEST
    assert max(sides) == pytest.approx(1, abs=1e-3)


def test_a_board_has_64_squares_light_and_dark_in_turn_with_its_top_at_0():
    attributes, triangles = make_squares()
    position, tint = attributes["position"], attributes["tint"]
    assert np.abs(position[:, :2]).max() == SQUARES / 2
    top = (position[triangles][:, :, 2] == 0).all(1)
    assert top.sum() == 2 * SQUARES**2
    middles = position[triangles[top]].reshape(-1, 6, 3).mean(1)
    squares = np.floor(middles[:, :2] + SQUARES / 2).astype(int)
    brightness = tint[triangles[top][::2, 0], :3].astype(int).sum(1)
    light = brightness > brightness.mean()
    np.testing.assert_array_equal(light, squares.sum(1) % 2 == 1)
    assert len(set(map(tuple, squares.tolist()))) == SQUARES**2
