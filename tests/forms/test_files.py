"""Files of bodies, read again by trimesh: the same volume, closed, of the wanted size; names for every system."""

import io
import zipfile

import numpy as np
import pytest
import trimesh

from nbutils.forms import files
from nbutils.forms.meshing import Body, volume

HEIGHT = 80.0


def as_body(mesh):
    """Return a mesh of trimesh as a body of ours."""
    return Body(mesh.vertices.astype(np.float32), mesh.faces.astype(np.uint32))


@pytest.fixture(scope="module")
def cone():
    """A cone, upright and not in the middle, whose tip tells which way is up."""
    mesh = trimesh.creation.cone(radius=0.4, height=1.6, sections=24)
    mesh.apply_translation((0.3, -0.2, -0.7))
    return as_body(mesh)


def read(content, kind):
    """Return a file as one mesh, edges that lie on each other joined."""
    found = trimesh.load(io.BytesIO(content), file_type=kind)
    return found if isinstance(found, trimesh.Trimesh) else found.to_geometry()


@pytest.mark.parametrize("kind", files.FORMATS)
def test_a_file_read_again_is_closed_upright_and_has_the_wanted_height_and_volume(cone, kind):
    name, content = files.export(cone, kind, HEIGHT, "A cone")
    assert name == f"A cone.{kind}"
    mesh = read(content, kind)
    scale, up, forward = (1000, 1, 2) if kind == "glb" else (1, 2, 1)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume * scale**3 == pytest.approx(volume(cone) * (HEIGHT / 1.6) ** 3, rel=1e-5)
    low, high = mesh.bounds * scale
    assert (low[up], high[up]) == pytest.approx((0, HEIGHT), abs=1e-4)
    assert (low + high)[[0, forward]] == pytest.approx((0, 0), abs=1e-4)
    tip = mesh.vertices[mesh.vertices[:, up].argmax()] * scale
    assert tip[[0, forward]] == pytest.approx((0, 0), abs=1e-4), "the tip points upwards"


def test_of_the_files_with_a_unit_3mf_is_in_millimetres_and_glb_in_metres(cone):
    assert read(files.export(cone, "3mf", HEIGHT, "cone")[1], "3mf").units == "millimeter"
    assert read(files.export(cone, "glb", HEIGHT, "cone")[1], "glb").units == "meters"
    for key, known in files.FORMATS.items():
        assert ("metres" if key == "glb" else "millimetre") in known.about


@pytest.mark.parametrize("kind", files.FORMATS)
def test_the_same_body_gives_the_same_bytes(cone, kind):
    assert files.export(cone, kind, HEIGHT, "one")[1] == files.export(cone, kind, HEIGHT, "other")[1]


def test_the_parts_of_a_3mf_file_have_identities_of_their_own(cone):
    with zipfile.ZipFile(io.BytesIO(files.export(cone, "3mf", HEIGHT, "cone")[1])) as packed:
        found = [match[0] for match in files.IDENTITY.finditer(packed.read("3D/3dmodel.model"))]
        assert packed.testzip() is None
    assert len(found) == len(set(found)) == 3


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ('a/b\\c: d*?"<>|', "a b c d"),
        ("../../etc/passwd", "etc passwd"),
        ("con", "shape con"),
        ("Lpt7", "shape Lpt7"),
        ("COM²", "shape COM²"),
        ("", "shape"),
        ("♥ ...", "shape"),
        ("-rf", "rf"),
        ("Häuschen", "Häuschen"),
        ("Ha\u0308uschen", "Häuschen"),
        ("王様", "王様"),
        ("हिन्दी", "हिन्दी"),
        ("\u0301", "shape \u0301"),
        ("\u202egnp.exe", "gnp exe"),
        ("two\nlines\x00", "two lines"),
    ],
)
def test_names_are_made_safe_for_every_system(cone, typed, name):
    assert files.export(cone, "stl", HEIGHT, typed)[0] == f"{name}.stl"


def test_a_long_name_is_cut_between_letters():
    assert len(files.clean_name("王" * 500).encode()) <= files.MOST_BYTES
    assert set(files.clean_name("王" * 500)) == {"王"}


@pytest.mark.parametrize("height", [4.9, 1000.1, 0, -5, float("nan"), float("inf"), True, "100", None])
def test_another_height_is_a_sentence(cone, height):
    with pytest.raises(ValueError, match=r"^A print is 5 to 1000 mm high, got"):
        files.export(cone, "stl", height, "cone")


@pytest.mark.parametrize("kind", ["STL", "step", "", None])
def test_another_format_is_a_sentence(cone, kind):
    with pytest.raises(ValueError, match=r"^The format of a file is one of stl, 3mf, obj, ply, glb; got"):
        files.export(cone, kind, HEIGHT, "cone")


@pytest.mark.parametrize(
    "vertices", [np.zeros((0, 3)), np.zeros((3, 3)), [[0, 0, 0], [1, 0, 0], [0, 0, np.nan]]], ids=["no", "flat", "nan"]
)
def test_no_body_is_a_sentence(vertices):
    nothing = Body(np.array(vertices, np.float32), np.array([[0, 1, 2]] if len(vertices) else np.zeros((0, 3)), "u4"))
    with pytest.raises(ValueError, match=r"^There is no body"):
        files.export(nothing, "stl", HEIGHT, "nothing")
