"""Meshes: watertight whatever the field, where the field crosses the level, as scikit-image and trimesh see it."""

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import marching_cubes

from nbutils.forms.fields import measure_field
from nbutils.forms.grids import COARSE, EARLY, FINE, THESIS, Grid
from nbutils.forms.meshing import MODES, Body, is_watertight, make_body, mesh_field, volume
from tests.forms.bred import BALL, breed, make_genome

SMALL = Grid((4, 4, 4))
TETRAHEDRON = Body(
    np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32),
    np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], np.uint32),
)


def read(body, merge=False):
    return trimesh.Trimesh(body.vertices, body.triangles, process=merge)


def find_faults(body):
    """Return what trimesh finds amiss, also after vertices at the same place became one, as in an STL file."""
    faults = [] if (body.vertices.dtype, body.triangles.dtype) == (np.float32, np.uint32) else ["other types"]
    for kind, mesh in (("as made", read(body)), ("merged", read(body, merge=True))):
        sound = {"open": mesh.is_watertight, "twisted": mesh.is_winding_consistent, "inside out": mesh.volume > 0}
        faults += [f"{fault}, {kind}" for fault, right in sound.items() if not right]
    return faults


def test_a_thousand_evolved_meshes_at_three_grids_are_watertight_with_positive_volume():
    genomes = dict.fromkeys(one.genome for seed in range(24) for one in breed(seed, seed % 9 + 1).organisms)
    meshes = 0
    for number, genome in enumerate(genomes):
        for grid in (COARSE, EARLY, THESIS):
            mesh = read(make_body(genome, grid, MODES[number % 2]))
            assert mesh.is_watertight
            assert mesh.volume > 0
            meshes += 1
    assert meshes > 1000


@pytest.mark.parametrize("mode", MODES)
def test_busy_shapes_are_closed_on_a_fine_grid(mode):
    for organism in breed(5, 30).organisms[:4]:
        assert find_faults(make_body(organism.genome, FINE, mode)) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(MODES), st.sampled_from(["binary", "whole numbers", "noise", "gaps"]))
def test_any_field_becomes_a_closed_surface(seed, mode, kind):
    random = np.random.default_rng(seed)
    field = random.normal(size=SMALL.corners)
    if kind == "binary":
        field = np.sign(field)
    elif kind == "whole numbers":
        field = random.integers(-1, 2, SMALL.corners).astype(float)
    elif kind == "gaps":
        field[random.random(SMALL.corners) < 0.3] = random.choice([np.nan, np.inf, -np.inf])
    field[2, 2, 2] = -1
    assert find_faults(mesh_field(field, SMALL, mode=mode)) == []


def test_a_ball_has_its_volume_and_its_middle():
    for grid, allowed in ((THESIS, 0.03), (FINE, 0.007)):
        body = make_body(BALL, grid)
        assert volume(body) == pytest.approx(4 / 3 * np.pi * 0.7**3, rel=allowed)
        distances = np.linalg.norm(body.vertices, axis=1)
        np.testing.assert_allclose(distances, 0.7, atol=0.1 * grid.edge)


def test_scikit_image_finds_the_same_vertices_and_triangles():
    """Where no cube is ambiguous and no vertex near a corner, two programs of marching cubes must agree."""
    x, y, z = np.meshgrid(*THESIS.axes(), indexing="ij")
    field = ((np.sqrt(x**2 + y**2) - 0.613) ** 2 + z**2 - 0.2317**2).astype(np.float32)
    body = mesh_field(field, THESIS)
    vertices, triangles, _, _ = marching_cubes(field, 0.0)
    assert body.triangles.shape == triangles.shape
    expected = (vertices - np.array(THESIS.voxels) / 2) * THESIS.edge
    apart = np.linalg.norm(body.vertices[:, None] - expected[None], axis=2)
    assert apart.min(axis=1).max() < 0.02 * THESIS.edge
    assert apart.min(axis=0).max() < 0.02 * THESIS.edge
    assert volume(body) == pytest.approx(read(Body(expected, triangles)).volume, rel=5e-3)


def test_binary_corners_have_the_volume_that_scikit_image_finds_with_the_cases_of_lorensen():
    inside = measure_field(BALL, THESIS) <= 0
    body = make_body(BALL, THESIS, "thesis")
    vertices, triangles, _, _ = marching_cubes(np.where(inside, -1.0, 1.0), 0.0, method="lorensen")
    assert body.triangles.shape == triangles.shape
    # Not to the last digit: a quadrangle that is bent may be divided along either diagonal.
    assert volume(body) == pytest.approx(read(Body(vertices, triangles)).volume * THESIS.edge**3, rel=5e-3)
    halves = 2 * (body.vertices / THESIS.edge + np.array(THESIS.voxels) / 2)
    np.testing.assert_allclose(halves, np.round(halves), atol=1e-4)


def test_what_reaches_beyond_the_canvas_ends_at_a_flat_wall():
    body = make_body(make_genome("linear", z=-1), COARSE)  # inside is z >= 0
    assert find_faults(body) == []
    reach = 1 + 0.01 * COARSE.edge
    np.testing.assert_allclose(body.vertices.min(axis=0), [-reach, -reach, -0.01 * COARSE.edge], atol=1e-5)
    np.testing.assert_allclose(body.vertices.max(axis=0), [reach, reach, 2 + 0.01 * COARSE.edge], atol=1e-5)
    walls = np.abs(body.vertices[:, 0]) > 1
    np.testing.assert_allclose(np.abs(body.vertices[walls, 0]), reach, atol=1e-6)


def test_a_canvas_that_is_full_becomes_a_block():
    body = make_body(make_genome("linear", bias=-1), COARSE)
    assert volume(body) == pytest.approx(2 * 2 * 4, rel=0.02)
    assert find_faults(body) == []


def test_another_level_gives_another_ball():
    assert volume(make_body(BALL, FINE, level=0.2)) == pytest.approx(4 / 3 * np.pi * 0.9**3, rel=0.01)


def test_an_empty_field_another_size_and_another_mode_are_refused_with_a_sentence():
    with pytest.raises(ValueError, match="The shape is empty on this grid: no corner is inside"):
        mesh_field(np.ones(SMALL.corners), SMALL)
    with pytest.raises(ValueError, match="no corner is inside"):
        mesh_field(np.full(SMALL.corners, np.nan), SMALL)
    with pytest.raises(ValueError, match="the grid"):
        mesh_field(np.zeros((3, 3, 3)), SMALL)
    with pytest.raises(ValueError, match="smooth, thesis; got 'soft'"):
        mesh_field(np.zeros(SMALL.corners), SMALL, mode="soft")


BROKEN = {
    "a hole": TETRAHEDRON.triangles[:3],
    "inside out": TETRAHEDRON.triangles[:, ::-1].copy(),
    "twice": np.vstack([TETRAHEDRON.triangles] * 2),
    "both sides of the same triangles": np.vstack([TETRAHEDRON.triangles, TETRAHEDRON.triangles[:, ::-1]]),
    "one triangle turned": np.vstack([TETRAHEDRON.triangles[:3], TETRAHEDRON.triangles[3:, ::-1]]),
    "nothing": TETRAHEDRON.triangles[:0],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_surface_that_is_not_closed_is_found_out(name):
    assert is_watertight(TETRAHEDRON)
    assert volume(TETRAHEDRON) == pytest.approx(1 / 6)
    assert not is_watertight(Body(TETRAHEDRON.vertices, BROKEN[name]))
