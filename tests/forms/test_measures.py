"""Symmetry, repetition, holes and likeness of shapes whose answers are known."""

import numpy as np
import pytest

from nbutils.forms import corners, grids, measures
from nbutils.forms.drifting import drift
from nbutils.forms.meshing import mesh_field
from nbutils.neat import SPACE, Evolution, Genome, Link, Node
from nbutils.neat.innovations import number_link

GRID = grids.FINE
X, Y, Z = np.meshgrid(*GRID.axes(), indexing="ij")
BALL = np.sqrt(X**2 + Y**2 + Z**2) < 0.8
DISC = (np.hypot(X, Y) < 0.7) & (abs(Z) < 0.3)
WHEEL = (np.hypot(Y, Z) < 0.7) & (abs(X) < 0.3)
EGG = np.hypot(X, Y) < 0.5 - 0.2 * Z
STAIRS = (X > Z / 2) & (Y > 0)


def test_a_ball_is_symmetric_in_all_ways():
    found = measures.measure_symmetry(BALL, GRID)
    assert found.mirror == found.half_turn == (1, 1, 1)
    assert min(found.revolution) > 0.93
    assert found.sphere > 0.9
    assert found.rotational == max(found.revolution)


@pytest.mark.parametrize(("shape", "axis"), [(DISC, 2), (WHEEL, 0), (EGG, 2)], ids=["disc", "wheel", "egg"])
def test_a_shape_of_revolution_is_known_by_its_axis(shape, axis):
    found = measures.measure_symmetry(shape, GRID)
    assert np.argmax(found.revolution) == axis
    assert found.revolution[axis] > 0.9
    assert max(found.sphere, *(found.revolution[other] for other in range(3) if other != axis)) < 0.8


def test_an_egg_has_no_mirror_between_its_ends_and_stairs_have_none_at_all():
    egg = measures.measure_symmetry(EGG, GRID)
    assert egg.mirror[:2] == (1, 1)
    assert egg.mirror[2] < 0.5
    assert max(measures.measure_symmetry(STAIRS, GRID).mirror) < 0.6


def test_chance_alone_is_as_symmetric_as_it_should_be():
    """Of independent voxels of which the share p is inside, p² is inside both of two and 2p - p² inside either."""
    share = 0.3
    found = measures.measure_symmetry(np.random.default_rng(0).random(GRID.corners) < share, GRID)
    expected = share**2 / (2 * share - share**2)
    for value in (*found.mirror, *found.half_turn, *found.revolution, found.sphere):
        assert value == pytest.approx(expected, abs=0.03)


def test_what_comes_again_along_an_axis_is_found_along_that_axis_alone():
    rings = np.hypot(X, Y) < 0.5 + 0.3 * np.sin(2 * np.pi * Z)
    found = measures.measure_repetition(rings, GRID)
    assert found["z"] > 0.95
    assert found["round"] == 0
    assert max(found["x"], found["y"]) < 0.5


@pytest.mark.parametrize("arms", [3, 4, 5])
def test_what_comes_again_around_the_axis_is_found(arms):
    star = (np.hypot(X, Y) < 0.5 + 0.4 * np.cos(arms * np.arctan2(Y, X))) & (abs(Z) < 1)
    assert measures.measure_repetition(star, GRID)["round"] > 0.75


@pytest.mark.parametrize(
    "shape", [EGG, np.hypot(X - 0.3, Y) < 0.4 + 0.1 * Z, np.ones(GRID.corners, bool)], ids=["egg", "cone", "full"]
)
def test_what_comes_once_does_not_repeat_upwards(shape):
    assert measures.measure_repetition(shape, GRID)["z"] < 0.1


def mesh(field):
    return mesh_field(np.asarray(field, np.float32), GRID)


@pytest.mark.parametrize(
    ("field", "holes"),
    [
        (np.sqrt(X**2 + Y**2 + Z**2) - 0.8, 0),
        (np.hypot(np.hypot(X, Y) - 0.6, Z) - 0.2, 1),
        (np.minimum(np.hypot(np.hypot(X, Y) - 0.6, Z - 1) - 0.2, np.hypot(np.hypot(X, Y) - 0.6, Z + 1) - 0.2), 2),
        (np.maximum(np.sqrt(X**2 + Y**2 + Z**2) - 0.8, 0.4 - np.sqrt(X**2 + Y**2 + Z**2)), 0),
    ],
    ids=["ball", "ring", "two rings", "hollow ball"],
)
def test_holes_are_counted_and_so_are_nodes_links_and_triangles(field, holes):
    links = tuple(
        Link(number_link(source, 8), source, 8, 1.0, enabled) for source, enabled in ((3, True), (7, True), (0, False))
    )
    genome = Genome(SPACE, (Node(8, "cosine"),), tuple(sorted(links, key=lambda link: link.innovation)))
    body = mesh(field)
    assert measures.measure_complexity(genome, body) == measures.Complexity(1, 2, len(body.triangles), holes)


def test_likeness_does_not_depend_on_where_a_shape_lies():
    assert measures.visual_distance(BALL, BALL) == 0
    assert measures.visual_distance(DISC, np.roll(DISC, (3, -2, 9), (0, 1, 2))) == 0
    small = np.sqrt(X**2 + Y**2 + Z**2) < 0.4
    assert measures.visual_distance(BALL, small) == pytest.approx(1 - 1 / 8, abs=0.02)
    assert measures.visual_distance(small, BALL) == measures.visual_distance(BALL, small)


@pytest.mark.parametrize("other", [np.zeros(GRID.corners, bool), np.ones((3, 3, 3), bool)], ids=["empty", "size"])
def test_what_cannot_be_compared_is_a_sentence(other):
    with pytest.raises(ValueError, match=r"^Two shapes are compared on the same grid"):
        measures.visual_distance(BALL, other)


def test_patterns_of_corners_are_as_many_as_polya_and_lorensen_and_cline_say():
    """Pólya: (2^8 + 17 · 2^4 + 6 · 2^2) / 24 = 23 up to rotation; the thesis' 15 take inside for outside, too."""
    assert corners.count_patterns() == {
        "patterns": 256,
        "up to rotation": (2**8 + 17 * 2**4 + 6 * 2**2) // 24,
        "up to rotation and mirroring": 22,
        "up to rotation and inside for outside": 15,
        "up to rotation, mirroring and inside for outside": 14,
    }


def test_the_symmetries_of_a_cube_are_a_group_of_48_of_which_24_are_rotations():
    turns = dict(corners.list_symmetries())
    assert len(turns) == 48
    assert sum(turns.values()) == 24
    assert all(tuple(one[two[place]] for place in range(8)) in turns for one in turns for two in turns)


def test_drift_is_the_same_for_a_seed_and_selects_one_to_three():
    first, again = (list(drift(7, 12)) for _ in range(2))
    assert [generation.id for generation in first] == [generation.id for generation in again]
    assert {len(generation.selected) for generation in first[1:]} == {1, 2, 3}
    assert next(drift(8, 0)).id != first[0].id
    assert [len(generation.organisms) for generation in drift(7, 2, Evolution(population_size=4))] == [4] * 3
