"""Small pictures: where a shape is in them and how bright, against geometry that is worked out otherwise."""

import io
import time

import numpy as np
import pytest
from PIL import Image
from scipy.spatial.transform import Rotation

from nbutils.figures import palette
from nbutils.figures.scenes import PLAIN, parse_colour
from nbutils.forms.grids import FINER
from nbutils.forms.meshing import make_body
from nbutils.forms.pictures import BACKGROUND, COLOUR, REACH, TILT, TURN, draw_shape, to_png
from tests.forms.bred import BALL, breed, make_genome

WHITE, BLACK = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)
WEDGE = make_genome("linear", x=1, y=0.4, z=-0.3, bias=-0.3)


def seen_from(points, turn, tilt):
    """Turn points as stage_view.js does, by its quaternion: (right, up, towards the onlooker)."""
    a, b = (tilt - np.pi / 2) / 2, turn / 2
    quaternion = [np.sin(a) * np.cos(b), -np.sin(a) * np.sin(b), np.cos(a) * np.sin(b), np.cos(a) * np.cos(b)]
    return Rotation.from_quat(quaternion).apply(points)


def covered(picture):
    return (np.abs(picture.astype(int) - np.round(np.array(BACKGROUND) * 255)) > 3).any(axis=2)


def test_a_ball_is_a_disc_in_the_middle_lit_as_on_the_stage():
    size = 201
    picture = draw_shape(BALL, size, colour=(0.5, 0.5, 0.5), background=BLACK, grid=FINER)
    across = ((np.arange(size) + 0.5) / size * 2 - 1) * REACH / 0.7
    right, up = np.meshgrid(across, -across)
    inside = right**2 + up**2 < 1
    assert np.mean((picture[..., 0] > 0) != inside) < 0.003
    well = right**2 + up**2 < 0.85**2
    facing = np.stack([right, up, np.sqrt(np.maximum(0, 1 - right**2 - up**2))], axis=-1)
    key = facing @ (np.array([0.3, 0.75, 0.6]) / np.linalg.norm([0.3, 0.75, 0.6]))
    fill = facing @ (np.array([-0.8, 0.1, 0.55]) / np.linalg.norm([-0.8, 0.1, 0.55]))
    bright = 0.42 + 0.52 * np.maximum(key, 0) + 0.22 * np.maximum(fill, 0)
    np.testing.assert_allclose(picture[well, 0], 127.5 * bright[well], atol=4)


@pytest.mark.parametrize(("turn", "tilt"), [(TURN, TILT), (0.0, 0.0), (2.4, -0.9), (-1.0, np.pi / 2)])
def test_a_shape_is_seen_where_the_stage_shows_its_mesh(turn, tilt):
    size = 240
    mask = covered(draw_shape(WEDGE, size, turn, tilt))
    body = make_body(WEDGE, FINER)
    seen = seen_from(body.vertices, turn, tilt)
    columns, rows = (seen[:, 0] / REACH + 1) * size / 2, (1 - seen[:, 1] / REACH) * size / 2
    across, down = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    assert across[[0, -1]] == pytest.approx([columns.min(), columns.max() - 1], abs=2.5)
    assert down[[0, -1]] == pytest.approx([rows.min(), rows.max() - 1], abs=2.5)
    middles = np.concatenate([seen[triangle].mean(axis=0)[None] for triangle in body.triangles[::40].astype(int)])
    places = (1 - middles[:, 1] / REACH) * size / 2, (middles[:, 0] / REACH + 1) * size / 2
    assert mask[tuple(np.clip(place.astype(int), 0, size - 1) for place in places)].mean() > 0.97


def test_seen_from_above_the_upper_wall_is_flat_and_evenly_lit():
    picture = draw_shape(make_genome("linear", bias=-1), 96, 0.0, np.pi / 2, WHITE, BLACK)
    inner = picture[40:56, 40:56].astype(int)
    assert np.ptp(inner) <= 1
    assert covered(draw_shape(make_genome("linear", bias=-1), 96, 0.0, np.pi / 2)).sum() == pytest.approx(
        (2 / (2 * REACH) * 96) ** 2, rel=0.06
    )


def test_edges_are_smooth():
    picture = draw_shape(BALL, 96, colour=WHITE, background=BLACK)
    rim = picture[48, :, 0]
    left = np.flatnonzero(rim)[0]
    assert 0 < rim[left] < rim[left + 3]


def test_what_is_empty_is_background():
    picture = draw_shape(make_genome("linear", bias=1), 32, background=(1.0, 0.0, 0.2))
    assert (picture == [255, 0, 51]).all()


def test_a_png_holds_the_same_pixels():
    picture = draw_shape(BALL, 48)
    np.testing.assert_array_equal(np.array(Image.open(io.BytesIO(to_png(picture)))), picture)


@pytest.mark.parametrize("size", [15, 1025, 96.0, True, "96"])
def test_a_size_that_is_none_is_refused(size):
    with pytest.raises(ValueError, match="A picture is 16 to 1024 pixels wide"):
        draw_shape(BALL, size)


def test_a_thumbnail_takes_some_milliseconds():
    genomes = [organism.genome for organism in breed(1, 12).organisms]
    draw_shape(genomes[0])
    begin = time.process_time()
    for genome in genomes:
        draw_shape(genome)
    assert (time.process_time() - begin) / len(genomes) < 0.06


def test_colours_are_those_of_the_stage():
    for ours, stage in ((COLOUR, PLAIN), (BACKGROUND, palette.STAGE)):
        assert tuple(round(255 * part) for part in ours) == parse_colour(stage)
