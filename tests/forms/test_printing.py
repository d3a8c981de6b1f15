"""What a printer makes of spheres, tubes, plates, letters and arches, whose measures are known."""

from time import process_time

import numpy as np
import pytest
import trimesh
from trimesh import creation

from nbutils.forms import grids, printing
from nbutils.forms.meshing import mesh_field, volume
from tests.forms.test_files import as_body


def inspect(mesh):
    """Return the report of a mesh in millimetres at the height that it has."""
    return printing.inspect(as_body(mesh), float(np.ptp(mesh.vertices[:, 2])))


def move(mesh, *way):
    mesh.apply_translation(way)
    return mesh


def box(*sides):
    return creation.box(sides).subdivide().subdivide().subdivide()


def drawn(field, *, grid=grids.FINE):
    """Return the body of a function of x, y, z in units of the canvas, which is 100 mm high when it is filled."""
    return mesh_field(field(*np.meshgrid(*grid.axes(), indexing="ij")).astype(np.float32), grid)


def at_scale(body, millimetres=25.0):
    """Return the report at so many millimetres a unit of the canvas."""
    return printing.inspect(body, float(np.ptp(body.vertices[:, 2])) * millimetres)


def brick(x, y, z, middle, sides):
    """Return less than 0 inside a brick and more outside."""
    return np.maximum.reduce([abs(v - m) - s / 2 for v, m, s in zip((x, y, z), middle, sides, strict=True)])


def letter_t(x, y, z):
    return np.minimum(brick(x, y, z, (0, 0, -0.5), (0.3, 0.6, 2)), brick(x, y, z, (0, 0, 0.7), (1.6, 0.6, 0.4)))


def arch(x, y, z):
    return np.maximum(abs(np.hypot(x, z + 1) - 0.7) - 0.1, np.maximum(abs(y) - 0.3, -(z + 1)))


def waist(x, y, z):
    return np.maximum(np.hypot(x, y) - (0.15 + 0.4 * z**2), abs(z) - 1.2)


@pytest.mark.parametrize(
    ("mesh", "thinnest"),
    [
        (creation.icosphere(4, radius=20), 40),
        (creation.annulus(8, 10, 40), 2),
        (creation.annulus(9.7, 10, 40), 0.3),
        (creation.cylinder(3, 40), 6),
        (box(10, 2, 40), 2),
        (box(200, 200, 6), 6),
        (box(30, 30, 30), 30),
        (creation.capsule(height=30, radius=4), 8),
    ],
    ids=["sphere", "tube", "thin tube", "rod", "wall", "plate", "cube", "capsule"],
)
def test_the_thinnest_wall_is_known_to_a_tenth(mesh, thinnest):
    assert inspect(mesh).thinnest_mm == pytest.approx(thinnest, rel=0.1)


@pytest.mark.parametrize(
    ("field", "thinnest"), [(letter_t, 0.3), (arch, 0.2), (waist, 0.3)], ids=["T", "arch", "waist"]
)
def test_the_thinnest_wall_of_a_meshed_field_is_known_to_a_tenth(field, thinnest):
    assert at_scale(drawn(field)).thinnest_mm == pytest.approx(25 * thinnest, rel=0.1)


def test_a_wall_is_thinner_than_a_voxel_and_still_seen():
    body = drawn(lambda x, y, z: abs(x + 0.3 * y) - 0.02, grid=grids.FINE)
    assert at_scale(body).thinnest_mm < 25 * grids.FINE.edge
    assert "most printers want 1 mm" in at_scale(body, 5.0).sentences()[3]


def test_volume_size_and_triangles_are_those_of_the_mesh():
    mesh = box(10, 2, 40)
    report = inspect(mesh)
    assert report.watertight
    assert report.volume_cm3 == pytest.approx(0.8)
    assert report.size_mm == pytest.approx((10, 2, 40))
    assert report.triangles == len(mesh.faces)
    assert at_scale(drawn(waist)).volume_cm3 == pytest.approx(volume(drawn(waist)) * 25**3 / 1000)


def test_pieces_and_hollows_are_counted():
    ball, inner = creation.icosphere(3, radius=10), creation.icosphere(3, radius=8)
    inner.invert()
    kernel = creation.icosphere(2, radius=2)
    far = move(creation.icosphere(2, radius=5), 30, 0, 0)
    assert (inspect(ball).bodies, inspect(ball).cavities) == (1, 0)
    rattle = inspect(trimesh.util.concatenate([ball, inner, kernel, far]))
    assert (rattle.bodies, rattle.cavities) == (3, 1)
    assert inspect(trimesh.util.concatenate([ball, inner])).thinnest_mm == pytest.approx(2, rel=0.1)


def test_the_underside_of_a_t_hangs_over_and_its_foot_does_not():
    mesh = trimesh.util.concatenate([creation.box((4, 4, 20)), move(creation.box((24, 4, 4)), 0, 0, 12)])
    report = inspect(mesh)
    assert report.overhang_share == pytest.approx(24 * 4 / mesh.area)
    assert report.footprint_mm2 == pytest.approx(16)


@pytest.mark.parametrize(("steepness", "hangs"), [(0.9, True), (1.1, False)])
def test_a_cone_on_its_tip_hangs_over_where_it_is_flatter_than_45_degrees(steepness, hangs):
    cone = creation.cone(radius=10, height=10 * steepness, sections=90)
    flipped = trimesh.Trimesh(cone.vertices * (1, 1, -1), cone.faces[:, ::-1])
    assert (inspect(flipped).overhang_share > 0.4) == hangs
    assert inspect(cone).overhang_share == 0
    assert inspect(cone).footprint_mm2 == pytest.approx(np.pi * 100, rel=0.01)


def test_a_surface_with_a_gap_is_told():
    mesh = creation.box((10, 10, 10))
    mesh.update_faces(np.arange(len(mesh.faces)) > 0)
    report = inspect(mesh)
    assert not report.watertight
    assert "gaps" in " ".join(report.sentences())


def test_sentences_say_what_to_do():
    thin = " ".join(inspect(box(30, 0.5, 50)).sentences())
    assert "30 by 0.5 by 50 mm" in thin
    assert "about 0.5 mm at this height: most printers want 1 mm or more; print it 100 mm high or choose" in thin
    assert "little for its size: print it with a brim" in thin
    assert "high or" not in " ".join(inspect(box(30, 0.1, 500)).sentences())
    stout = " ".join(inspect(box(30, 30, 30)).sentences())
    assert "30 by 30 by 30 mm, 27 cm³" in stout
    for told in ("one piece", "enough for most printers", "without supports", "9.0 cm² of the plate", "is closed"):
        assert told in stout
    two = trimesh.util.concatenate([box(5, 5, 5), move(box(5, 5, 5), 9, 0, 0)])
    assert "2 pieces that do not touch" in " ".join(inspect(two).sentences())


@pytest.mark.parametrize(
    ("side", "told"), [(300, "27,000 cm³"), (30, "27 cm³"), (10, "1.0 cm³"), (5, "0.12 cm³")], ids=str
)
def test_volumes_are_written_for_people(side, told):
    assert told in inspect(box(side, side, side)).sentences()[0]


def test_who_stands_on_a_point_is_not_said_to_stand_on_nothing():
    cone = creation.cone(radius=10, height=30, sections=30)
    report = inspect(trimesh.Trimesh(cone.vertices * (1, 1, -1), cone.faces[:, ::-1]))
    assert report.sentences()[-1].startswith("It stands on less than 0.01 cm², little for its size")


def test_a_shape_without_walls_is_told_so():
    """The sides of a regular tetrahedron are 70 degrees apart: none face each other."""
    mesh = trimesh.Trimesh(
        [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], [[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]]
    )
    mesh.apply_scale(20)
    assert mesh.volume > 0
    assert inspect(mesh).sentences()[3] == "It has no thin walls."


def test_a_shape_on_the_fine_grid_is_looked_at_within_half_a_second():
    body = drawn(lambda x, y, z: np.sin(9 * x) * np.sin(9 * y) + np.sin(9 * z))
    assert len(body.triangles) > 20_000
    at_scale(body)
    begin = process_time()
    at_scale(body)
    assert process_time() - begin < 0.5


@pytest.mark.parametrize("height", [0, 1001, float("nan")])
def test_another_height_is_a_sentence(height):
    with pytest.raises(ValueError, match=r"^A print is 5 to 1000 mm high, got"):
        printing.inspect(as_body(box(1, 1, 1)), height)
