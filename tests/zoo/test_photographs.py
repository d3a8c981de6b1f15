"""Photographs: how many, what they are called, and that any kind of picture file becomes the right pixels."""

import io
import time
from collections import Counter

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from nbutils import zoo
from nbutils.cli import main
from nbutils.commands import as_typed
from nbutils.zoo.pixels import MAX_IMAGE_PIXELS, read_pixels


@pytest.fixture
def saved(tmp_path):
    """Return a function that saves an image to a file and gives its path."""

    def save(image, name="picture.png", **options):
        path = tmp_path / name
        image.save(path, **options)
        return path

    return save


def test_photographs_are_counted():
    counts = Counter(photo.collection for photo in zoo.photos())
    assert counts == {"samples": 13, "food": 300, "pets": 280}  # of 320 pets, 40 lie in the archive twice
    subjects = Counter(photo.name.split("-")[0] for photo in zoo.photos() if photo.collection != "samples")
    assert subjects == {"pizza": 103, "steak": 94, "sushi": 103, "cat": 140, "dog": 140}


def test_names_are_unique_and_fit_into_a_link():
    names = [photo.name for photo in zoo.photos()]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").isalnum() and name == name.lower() for name in names)


def test_no_two_photographs_are_the_same_file():
    assert len({photo.path.read_bytes() for photo in zoo.photos()}) == len(zoo.photos())


def test_every_photograph_can_be_read_and_shows_something():
    for photo in zoo.photos():
        pixels = zoo.read_photo(photo, 48)
        assert pixels.shape == (48, 48, 3)
        assert pixels.dtype == np.uint8
        assert pixels.std() > 5, photo.name


def test_reading_a_photograph_is_quick():
    photos = zoo.photos()[:40]
    zoo.read_photo(photos[0], 224)
    seconds = []
    for photo in photos:
        begin = time.perf_counter()
        zoo.read_photo(photo, 224)
        seconds.append(time.perf_counter() - begin)
    assert np.median(seconds) < 0.02


def test_photographs_that_were_not_fetched_name_the_command(cache):
    with pytest.raises(zoo.Unavailable, match=as_typed("nbutils data fetch food")):
        zoo.photos()


def test_the_middle_square_is_cut(saved):
    pixels = np.zeros((100, 300, 3), np.uint8)
    pixels[:, 100:200] = (10, 200, 30)
    square = read_pixels(saved(Image.fromarray(pixels)), 50)
    assert (square[:, 1:-1] == (10, 200, 30)).all()  # the outermost average with what they touch


def test_every_pixel_is_an_average_of_its_area(saved):
    """Lines of one pixel become an even grey; picking single pixels would leave stripes."""
    pixels = np.zeros((512, 512, 3), np.uint8)
    pixels[:, ::2] = 255
    square = read_pixels(saved(Image.fromarray(pixels)), 64)
    assert np.abs(square[:, 2:-2].astype(int) - 127).max() <= 3


def test_a_small_picture_is_enlarged(saved):
    square = read_pixels(saved(Image.new("RGB", (3, 2), (9, 8, 7))), 64)
    assert (square == (9, 8, 7)).all()
    assert square.flags.writeable


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, "top left"), (3, "bottom right"), (6, "top right"), (8, "bottom left")]
)
def test_the_cameras_rotation_is_done(saved, orientation, corner):
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:32, :32] = 255
    exif = Image.Exif()
    exif[274] = orientation
    square = read_pixels(saved(Image.fromarray(pixels), "a.jpg", exif=exif, quality=95), 32)
    middles = {"top left": (8, 8), "top right": (8, 24), "bottom left": (24, 8), "bottom right": (24, 24)}
    bright = [name for name, (row, column) in middles.items() if square[row, column].mean() > 128]
    assert bright == [corner]


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("L", 90, (90, 90, 90)),
        ("1", 1, (255, 255, 255)),
        ("P", 3, (250, 120, 10)),
        ("RGBA", (200, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (200, 0, 0, 255), (200, 0, 0)),
        ("RGBA", (0, 0, 0, 51), (204, 204, 204)),
        ("LA", (0, 0), (255, 255, 255)),
        ("I;16", 0x8000, (128, 128, 128)),
    ],
)
def test_every_kind_of_png_becomes_three_colours(saved, mode, colour, expected):
    image = Image.new(mode, (40, 40), colour)
    if mode == "P":
        image.putpalette([0, 0, 0] * 3 + [250, 120, 10])
    assert (read_pixels(saved(image), 16) == expected).all()


def test_a_palette_with_a_transparent_colour_lies_on_white(saved):
    image = Image.new("P", (40, 40), 0)
    image.putpalette([250, 120, 10])
    assert (read_pixels(saved(image, transparency=0), 16) == 255).all()


@pytest.mark.parametrize(
    ("mode", "colour"), [("CMYK", (0, 255, 255, 0)), ("YCbCr", (76, 85, 255)), ("RGB", (254, 0, 0))]
)
def test_every_kind_of_jpeg_becomes_three_colours(saved, mode, colour):
    pixels = read_pixels(saved(Image.new(mode, (900, 700), colour), "a.jpg", quality=95), 64)
    assert np.abs(pixels.astype(int) - (254, 0, 0)).max() < 8


def test_a_grey_jpeg_that_is_decoded_small_becomes_three_colours(saved):
    pixels = read_pixels(saved(Image.new("L", (2000, 1600), 90), "a.jpg"), 64)
    assert np.abs(pixels.astype(int) - 90).max() <= 2


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(saved):
    width = MAX_IMAGE_PIXELS // 5000 + 1
    path = saved(Image.new("1", (width, 5000)))
    with pytest.raises(ValueError, match="at most 40 million"):
        read_pixels(path, 64)


@pytest.mark.parametrize("size", [0, -1, 5000])
def test_a_size_out_of_range_is_said(size):
    with pytest.raises(ValueError, match="1 to 2048 pixels a side"):
        zoo.read_photo(zoo.photos()[0], size)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"<svg/>"])
def test_what_is_no_picture_is_refused(tmp_path, data):
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"a\.jpg is not a picture that can be read"):
        read_pixels(path, 64)


def test_a_picture_that_was_removed_is_said(tmp_path):
    with pytest.raises(ValueError, match="not there any more"):
        read_pixels(tmp_path / "a.jpg", 64)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow says what it found broken
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"])
def test_no_broken_picture_raises_anything_but_a_sentence(tmp_path, kind):
    random = np.random.default_rng(0)
    exif = Image.Exif()
    exif[274] = 6
    file = io.BytesIO()
    pixels = random.integers(0, 256, (24, 24, 3), np.uint8)
    Image.fromarray(pixels).save(file, kind, **({"exif": exif} if kind in ("JPEG", "PNG", "WEBP") else {}))
    path = tmp_path / "a.picture"
    sentences = []
    for _ in range(150):
        broken = bytearray(file.getvalue()[: random.integers(1, len(file.getvalue()) + 1)])
        for place in random.integers(0, len(broken), random.integers(0, 8)):
            broken[place] = random.integers(0, 256)
        path.write_bytes(broken)
        try:
            pixels = read_pixels(path, 16)
        except ValueError as error:
            sentences.append(str(error))
        else:
            assert pixels.shape == (16, 16, 3)
    assert len(sentences) > 10
    assert all(sentence.startswith("a.picture ") for sentence in sentences)


def test_thumbnails_are_made_once_and_again_when_damaged(cache, monkeypatch, make_entry, server):
    make_entry(zoo.Address(server.url))
    list(zoo.fetch("cats"))
    photos, pictures = zoo.thumbnails(32)
    assert pictures.shape == (21, 32, 32, 3)
    assert photos == zoo.photos()
    np.testing.assert_array_equal(pictures[4], zoo.read_photo(photos[4], 32))
    (kept,) = (cache / "thumbnails").iterdir()
    made = kept.stat().st_mtime_ns
    np.testing.assert_array_equal(zoo.thumbnails(32)[1], pictures)
    assert kept.stat().st_mtime_ns == made
    for damage in (b"", kept.read_bytes()[:1000], b"PK\x03\x04nothing"):
        kept.write_bytes(damage)
        np.testing.assert_array_equal(zoo.thumbnails(32)[1], pictures)
        assert kept.stat().st_size > 60_000


def test_thumbnails_can_be_had_where_nothing_can_be_kept(cache, make_entry, server):
    make_entry(zoo.Address(server.url))
    list(zoo.fetch("cats"))
    (cache / "thumbnails").write_text("in the way")
    assert zoo.thumbnails(16)[1].shape == (21, 16, 16, 3)


@pytest.mark.parametrize("size", [8, 1000])
def test_thumbnails_of_another_size_are_refused(size):
    with pytest.raises(ValueError, match="16 to 256"):
        zoo.thumbnails(size)


def test_thumbnails_are_known_to_be_kept(cache, make_entry, server):
    make_entry(zoo.Address(server.url))
    list(zoo.fetch("cats"))
    assert not zoo.has_thumbnails(16)
    zoo.thumbnails(16)
    assert zoo.has_thumbnails(16)
    assert not zoo.has_thumbnails(32)


def test_thumbnails_are_made_with_the_fetch_and_said_once(cache, make_entry, server):
    make_entry(zoo.Address(server.url))
    fetch = ["data", "fetch", "--quiet-when-done"]
    assert CliRunner().invoke(main, fetch).output.endswith("Making small pictures of the photographs.\n")
    assert zoo.has_thumbnails()
    assert CliRunner().invoke(main, fetch).output == ""


def test_a_photograph_that_is_damaged_is_said_and_holds_nothing_up(cache, make_entry, server):
    make_entry(zoo.Address(server.url))
    list(zoo.fetch("cats"))
    zoo.photos()[-1].path.write_bytes(b"")
    said = CliRunner().invoke(main, ["data", "fetch"])
    assert said.exit_code == 0
    assert f"{zoo.photos()[-1].path.name} is not a picture that can be read" in said.stderr
    assert as_typed("nbutils data verify") in said.stderr
