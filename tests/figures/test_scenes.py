import numpy as np
import pytest

from nbutils.figures import scenes
from nbutils.figures.scenes import Mesh, Voxels, check_frames, pack, pack_boxes, place_objects

CUBE = Voxels(np.ones((2, 2, 2)), "cube")
TETRAHEDRON = Mesh(np.eye(4, 3), np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]]), label="tetrahedron")


def places(number, columns=2):
    return place_objects(number, columns, "rows")


@pytest.mark.parametrize(
    ("value", "level"), [(0.01, 1), (0.25, 1), (0.26, 2), (0.5, 2), (0.75, 3), (0.76, 4), (1.0, 4), (-0.3, 6), (-1, 8)]
)
def test_the_size_of_a_value_is_its_opacity_and_its_sign_the_colour(value, level):
    kinds = Voxels(np.full((1, 1, 1), value)).cover().kinds
    assert kinds.tolist() == [level] * 24


def test_a_value_of_zero_is_empty():
    assert len(Voxels(np.zeros((2, 2, 2))).cover().triangles) == 0


def test_tints_hold_both_colours_in_four_opacities():
    tints = Voxels(np.ones((1, 1, 1)), colours=("#ff0000", "#0000ff")).tints()
    assert tints[1:5, :3].tolist() == [[255, 0, 0]] * 4
    assert tints[5:, :3].tolist() == [[0, 0, 255]] * 4
    assert tints[4, 3] == tints[8, 3] == 255
    assert (np.diff(tints[1:5, 3].astype(int)) > 0).all()


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Voxels(np.ones((2, 2))), "axes"),
        (lambda: Voxels(np.ones((0, 2, 2))), "axes"),
        (lambda: Voxels(np.ones((scenes.LARGEST_GRID + 1, 1, 1))), "axes"),
        (lambda: Voxels(np.full((1, 1, 1), np.nan)), "finite"),
        (lambda: Voxels(np.full((1, 1, 1), 1.5)), "-1 to 1"),
        (lambda: Voxels(np.ones((1, 1, 1)), colours=("red", "blue")), "#rrggbb"),
        (lambda: Voxels(np.ones((1, 1, 1)), colours=("#zzzzzz", "#000000")), "#rrggbb"),
        (lambda: Mesh(np.ones((3, 2)), np.zeros((1, 3), int)), "axes"),
        (lambda: Mesh(np.full((3, 3), np.inf), np.zeros((1, 3), int)), "finite"),
        (lambda: Mesh(np.ones((3, 3)), np.array([[0, 1, 3]])), "0 to 2"),
        (lambda: Mesh(np.ones((3, 3)), np.array([[-1, 1, 2]])), "0 to 2"),
        (lambda: Mesh(np.ones((3, 3)), np.array([[0, 1, 2]]), normals=np.ones((2, 3))), "2 normals"),
    ],
)
def test_what_is_no_object_is_refused_with_a_sentence(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


@pytest.mark.parametrize(
    ("frames", "columns", "order", "sentence"),
    [
        ([], 1, "rows", "frames"),
        ([[]], 1, "rows", "objects"),
        ([[CUBE] * (scenes.MOST_OBJECTS + 1)], 1, "rows", "objects"),
        ([[CUBE], [CUBE, CUBE]], 1, "rows", "same number"),
        ([[CUBE]], 0, "rows", "columns"),
        ([[CUBE]], scenes.MOST_COLUMNS + 1, "rows", "columns"),
        ([[CUBE, TETRAHEDRON]], 2, "rows", "not both"),
        ([[CUBE]], 1, "diagonal", "order"),
    ],
)
def test_what_no_stage_can_show_is_refused_with_a_sentence(frames, columns, order, sentence):
    with pytest.raises(ValueError, match=sentence):
        check_frames(frames, columns, order)


def test_objects_stand_in_rows_or_go_up_and_then_to_the_right():
    assert place_objects(5, 3, "rows").tolist() == [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1]]
    # Figure 4.7: consecutive samples from bottom to top, left to right.
    assert place_objects(6, 2, "columns up").tolist() == [[0, 2], [0, 1], [0, 0], [1, 2], [1, 1], [1, 0]]


def test_every_object_fits_into_a_ball_of_diameter_1_around_its_place_and_the_largest_fills_it():
    packed = pack([[CUBE, Voxels(np.ones((4, 2, 1)))]], places(2))
    reach = np.linalg.norm(packed.attributes["position"], axis=1)
    assert reach.max() == pytest.approx(0.5)
    small = packed.attributes["position"][(packed.attributes["place"] == [0, 0]).all(1)]
    np.testing.assert_allclose(small.max(0) + small.min(0), 0, atol=1e-6)
    # One scale for all, so that sizes can be compared: voxels are as wide in both.
    assert np.ptp(small[:, 0]) * 2 == pytest.approx(np.ptp(packed.attributes["position"][:, 0]))


def test_frames_lie_one_after_the_other_and_all_attributes_have_a_row_a_vertex():
    packed = pack([[CUBE, CUBE], [CUBE, Voxels(np.zeros((2, 2, 2)))]], places(2))
    assert packed.starts == [0, 96, 144]
    assert len(packed.cells) == 144
    rows = {name: len(array) for name, array in packed.attributes.items()}
    assert set(rows.values()) == {1 + 3 * 24 * 4}
    assert packed.triangles.max() == 3 * 24 * 4
    types = {name: array.dtype for name, array in packed.attributes.items()}
    assert types == {"position": "f4", "normal": "i1", "tint": "u1", "place": "i2", "rim": "u1"}
    assert packed.triangles.dtype == np.uint32


def test_an_empty_scene_still_has_a_vertex_and_draws_no_triangle():
    packed = pack([[Voxels(np.zeros((2, 2, 2)))]], places(1))
    assert packed.starts == [0, 0]
    assert packed.triangles.tolist() == [[0, 0, 0]]
    assert len(packed.attributes["position"]) == 1


def test_a_mesh_is_neither_sorted_nor_rimmed_nor_outlined():
    packed = pack([[TETRAHEDRON]], places(1))
    assert packed.starts == [0, 4]
    assert packed.cells.shape == (0, 3)
    assert (packed.attributes["rim"] == 128).all()
    np.testing.assert_allclose(np.linalg.norm(packed.attributes["normal"][1:] / 127, axis=1), 1, atol=0.01)
    assert not pack_boxes([[TETRAHEDRON]], places(1))["position"].any()


def test_a_grid_has_the_twelve_edges_of_its_box():
    lines = pack_boxes([[Voxels(np.zeros((4, 2, 2)))]], places(1))["position"][2:].reshape(-1, 2, 3)
    assert len(lines) == 12
    assert len({tuple(map(tuple, sorted(line.round(4).tolist()))) for line in lines}) == 12
    lengths = np.abs(lines[:, 1] - lines[:, 0])
    assert ((lengths > 0).sum(1) == 1).all()
    assert np.sort(lengths.max(1)) == pytest.approx([2 / 24**0.5] * 8 + [4 / 24**0.5] * 4)


def test_more_triangles_than_can_be_sent_are_refused():
    checkered = Voxels((np.indices((42, 42, 42)).sum(0) % 2).astype(float))
    with pytest.raises(ValueError, match="show fewer objects or frames, or less of each"):
        pack([[checkered]], places(1))
