"""A folder of a person's own: whatever lies in it is read, or skipped with a reason that is told."""

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nbutils import zoo
from nbutils.zoo import folder as folders
from nbutils.zoo.folder import MOST_FILES

RED = (254, 0, 0)
READ_AND_MEASURE = """
import resource, sys
from PIL import Image, JpegImagePlugin
from nbutils import zoo
def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
album = zoo.photos(sys.argv[1])
before = most()
zoo.read_photo(album[0], 224)
print(most() - before)
"""


@pytest.fixture
def mine(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def save(path, image=None, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    (image or Image.new("RGB", (40, 30), RED)).save(path, **options)
    return path


def write(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def names(album):
    return [photo.name for photo in album]


def reasons(album):
    return {skipped.name: skipped.reason for skipped in album.skipped}


def huge_png(path, width, height):
    """Write a whole one-bit PNG of that size in a few kilobytes, without ever holding its pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj()
    row = bytes(1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return write(path, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b""))


def test_photographs_of_all_folders_are_found_in_the_order_of_their_paths(mine):
    for name in ("b.png", "a/2.jpg", "a/1.webp", "a/deep/er/x.gif", "z.tif", "y.bmp"):
        save(mine / name)
    album = zoo.photos(mine)
    assert names(album) == ["a/1.webp", "a/2.jpg", "a/deep/er/x.gif", "b.png", "y.bmp", "z.tif"]
    assert album.summary == "6 photographs."
    for photo in album:
        assert photo.collection == "own"
        assert np.abs(zoo.read_photo(photo, 16).astype(int) - RED).max() < 12


def test_an_album_is_a_sequence(mine):
    for name in "abc":
        save(mine / f"{name}.png")
    album = zoo.photos(str(mine))
    assert len(album) == 3
    assert album[0] is album[-3] is next(iter(album))
    assert album[1:] == (album[1], album[2])
    assert album.index(album[2]) == 2
    assert album[1] in album
    assert list(reversed(album)) == [album[2], album[1], album[0]]
    with pytest.raises(IndexError):
        album[3]


def test_without_a_folder_it_is_the_suites_own():
    album = zoo.photos()
    assert isinstance(album, zoo.Album)
    assert album.summary == "593 photographs."
    assert album == zoo.photos()


def test_what_is_no_picture_is_counted_and_named(mine):
    save(mine / "good.jpg")
    write(mine / "text.jpg", b"This is a letter, and no picture.\n" * 50)
    write(mine / "notes.txt", b"notes")
    write(mine / "nothing.png", b"")
    write(mine / "half.jpg", save(mine / "x.jpg", Image.effect_noise((300, 200), 90)).read_bytes()[:5000])
    write(mine / "half.png", save(mine / "y.png", Image.effect_noise((300, 200), 90)).read_bytes()[:5000])
    write(mine / "begun.jpg", (mine / "x.jpg").read_bytes()[:60])
    write(mine / ".hidden.jpg", b"left alone")
    album = zoo.photos(mine)
    assert names(album) == ["good.jpg", "x.jpg", "y.png"]
    assert reasons(album) == {
        "begun.jpg": "is no picture",
        "half.jpg": "is cut off",
        "half.png": "is cut off",
        "notes.txt": "is no picture",
        "nothing.png": "is empty",
        "text.jpg": "is no picture",
    }
    assert album.summary == (
        "3 photographs; 6 skipped: 3 are no pictures (begun.jpg, notes.txt, text.jpg), 2 are cut off (half.jpg, "
        "half.png), 1 is empty (nothing.png)."
    )


def test_the_summary_names_three_files_and_counts_the_others(mine):
    for number in range(1200):
        write(mine / f"{number:04}.jpg", b"no")
    said = zoo.photos(mine).summary
    assert said == "No photographs; 1,200 skipped: 1,200 are no pictures (0000.jpg, 0001.jpg, 0002.jpg and 1,197 more)."


@pytest.mark.parametrize(
    ("name", "image", "options"),
    [
        ("cmyk.jpg", Image.new("CMYK", (40, 30), (0, 255, 255, 0)), {"quality": 95}),
        ("cmyk.tif", Image.new("CMYK", (40, 30), (0, 255, 255, 0)), {}),
        ("alpha.png", Image.new("RGBA", (40, 30), (*RED, 255)), {}),
        ("alpha.webp", Image.new("RGBA", (40, 30), (*RED, 255)), {"lossless": True}),
        ("palette.png", Image.new("RGB", (40, 30), RED).quantize(4), {}),
        ("palette.gif", Image.new("RGB", (40, 30), RED).quantize(4), {}),
        ("lab.tif", Image.new("LAB", (40, 30), (136, 208, 195)), {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_of_colour_becomes_red_green_and_blue(mine, name, image, options):
    save(mine / name, image, **options)
    (photo,) = zoo.photos(mine)
    assert np.abs(zoo.read_photo(photo, 8).astype(int) - RED).max() < 16


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("sixteen.png", np.full((30, 40), 0x8000, np.uint16), 128),
        ("sixteen.tif", np.full((30, 40), 0x8000, np.uint16), 128),
        ("whole.tif", np.full((30, 40), 0x8000, np.int32), 127),
        ("bytes.tif", np.full((30, 40), 90, np.int32), 90),
        ("share.tif", np.full((30, 40), 0.5, np.float32), 127),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_sixteen_and_more_bits_keep_their_brightness(mine, name, values, expected):
    save(mine / name, Image.fromarray(values))
    (photo,) = zoo.photos(mine)
    assert (zoo.read_photo(photo, 8) == expected).all()


def test_numbers_that_are_none_are_black(mine):
    values = np.full((30, 40), np.nan, np.float32)
    values[:, :20] = 1.0
    save(mine / "nan.tif", Image.fromarray(values))
    pixels = zoo.read_photo(zoo.photos(mine)[0], 30)
    assert (pixels[:, 0] == 255).all()
    assert (pixels[:, -1] == 0).all()


def test_a_rotation_that_the_camera_wrote_down_is_done(mine):
    image = Image.new("RGB", (40, 40))
    image.paste(RED, (0, 0, 40, 20))  # red above
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise: red is on the right
    save(mine / "turned.jpg", image, exif=exif, quality=95)
    pixels = zoo.read_photo(zoo.photos(mine)[0], 40)
    assert pixels[:, 30:, 0].min() > 200
    assert pixels[:, :10, 0].max() < 50


@pytest.mark.parametrize("name", ["moving.gif", "moving.webp", "moving.png", "pages.tif"])
def test_of_several_frames_the_first_is_read(mine, name):
    frames = [Image.new("RGB", (40, 30), colour) for colour in (RED, (0, 254, 0), (0, 0, 254))]
    save(mine / name, frames[0], save_all=True, append_images=frames[1:])
    (photo,) = zoo.photos(mine)
    assert np.abs(zoo.read_photo(photo, 8).astype(int) - RED).max() < 16


def test_a_picture_that_more_was_written_after_is_whole(mine):
    """As phones do that append a film to a JPEG."""
    jpeg = save(mine / "a.jpg").read_bytes()
    write(mine / "a.jpg", jpeg + b"film" * 50_000)
    assert zoo.photos(mine).summary == "1 photograph."


def test_a_small_picture_inside_the_header_does_not_hide_that_the_large_one_is_cut_off(mine):
    small = save(mine / "small.jpg").read_bytes()
    data = save(mine / "large.jpg", Image.effect_noise((400, 300), 90)).read_bytes()
    segment = b"\xff\xe2" + struct.pack(">H", len(small) + 2) + small
    data = data[:2] + segment + data[2:]
    write(mine / "large.jpg", data)
    assert zoo.photos(mine).summary == "2 photographs."
    write(mine / "large.jpg", data[: len(data) // 2])
    assert reasons(zoo.photos(mine)) == {"large.jpg": "is cut off"}


def test_a_hundred_million_pixels_are_read_where_the_format_can_be_decoded_smaller(mine):
    save(mine / "wide.jpg", Image.new("L", (12_500, 8_000), 90), quality=50)
    album = zoo.photos(mine)
    assert album.summary == "1 photograph."
    assert np.abs(zoo.read_photo(album[0], 224).astype(int) - 90).max() <= 2
    grown = subprocess.run([sys.executable, "-c", READ_AND_MEASURE, mine], capture_output=True, text=True, check=True)
    assert int(grown.stdout) < 40_000_000  # decoded whole, it would have 100 million bytes as grey, 300 as colours


def test_a_hundred_million_pixels_are_skipped_where_they_would_all_be_held(mine):
    huge_png(mine / "wall.png", 12_000, 10_000)
    Image.new("L", (10_000, 10_000), 90).save(mine / "slow.jpg", progressive=True, quality=20)
    save(mine / "good.jpg")
    album = zoo.photos(mine)
    assert names(album) == ["good.jpg"]
    assert reasons(album) == {"slow.jpg": "has 100 million pixels", "wall.png": "has 120 million pixels"}
    assert album.summary == "1 photograph; 2 skipped: 2 have too many pixels (slow.jpg, wall.png)."
    with pytest.raises(ValueError, match=r"wall\.png has 120 million pixels; at most 40 million are decoded\."):
        zoo.read_photo(zoo.Photo("wall.png", "own", mine / "wall.png"), 64)


def test_one_file_that_is_too_large_is_told_with_its_size(mine):
    huge_png(mine / "c.png", 12_000, 10_000)
    assert zoo.photos(mine).summary == "No photographs; 1 skipped: 1 has 120 million pixels (c.png)."


def test_a_picture_bomb_is_skipped(mine):
    huge_png(mine / "bomb.png", 65_000, 65_000)
    assert reasons(zoo.photos(mine)) == {"bomb.png": "has more than 178 million pixels"}


def test_names_of_any_script_are_kept(mine):
    wanted = ["été/chat.png", "猫.png", "кот.png", "قطة.png", "🐈.png", "a b&<c>.png"]
    for name in wanted:
        save(mine / name)
    album = zoo.photos(mine)
    assert set(names(album)) == set(wanted)
    assert all(zoo.read_photo(photo, 8).shape == (8, 8, 3) for photo in album)


def test_names_that_cannot_be_sent_are_made_so_and_stay_unique(mine):
    save(mine / "x.png")
    for raw in (b"\xff.png", b"\xfe.png", b"a\nb.png", b"a\tb.png"):
        shutil.copy(mine / "x.png", os.fsencode(mine) + b"/" + raw)
    deep = mine / Path(*["long" * 20] * 4)
    for letter in "ab":
        save(deep / f"{letter * 100}.png")
    album = zoo.photos(mine)
    assert len(set(names(album))) == len(album) == 7
    assert all(len(name) <= 200 and name.isprintable() and name.encode() for name in names(album))
    assert all(zoo.read_photo(photo, 8).shape == (8, 8, 3) for photo in album)


def test_links_are_followed_once_and_loops_end(mine, tmp_path):
    save(mine / "inner" / "a.png")
    save(tmp_path / "elsewhere" / "b.png")
    (mine / "linked").symlink_to(tmp_path / "elsewhere")
    (mine / "inner" / "up").symlink_to(mine)
    (mine / "inner" / "itself").symlink_to(mine / "inner" / "itself")
    (mine / "gone.png").symlink_to(tmp_path / "gone.png")
    album = zoo.photos(mine)
    assert names(album) == ["inner/a.png", "linked/b.png"]
    assert reasons(album) == {
        "gone.png": "is a link that leads nowhere",
        "inner/itself": "is a link that leads nowhere",
    }


def test_a_pipe_is_not_waited_for(mine):
    os.mkfifo(mine / "pipe.jpg")
    assert reasons(zoo.photos(mine)) == {"pipe.jpg": "is no picture"}


@pytest.fixture
def nobody():
    """Give a folder that anyone can enter, and read it as a user who owns nothing."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    folder.chmod(0o755)
    user = os.geteuid()

    def read():
        if user == 0:
            os.seteuid(65534)
        try:
            return zoo.photos(folder)
        finally:
            os.seteuid(user)

    yield folder, read
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_what_may_not_be_read_is_said(nobody):
    folder, read = nobody
    save(folder / "open.png").chmod(0o644)
    save(folder / "mine.png").chmod(0o000)
    save(folder / "closed" / "a.png").parent.chmod(0o000)
    album = read()
    assert names(album) == ["open.png"]
    assert reasons(album) == {"mine.png": "may not be read", "closed": "may not be read"}
    assert "2 may not be read (closed, mine.png)" in album.summary
    folder.chmod(0o000)
    with pytest.raises(ValueError, match=r"may not be read by you\.$"):
        read()


def test_an_empty_folder_is_an_empty_album(mine):
    (mine / "inner").mkdir()
    album = zoo.photos(mine)
    assert len(album) == 0
    assert album.summary == "No photographs."
    shown, pictures = zoo.thumbnails(16, album)
    assert len(shown) == 0
    assert pictures.shape == (0, 16, 16, 3)


@pytest.mark.parametrize("name", ["missing", "a\0b", "x" * 5000, "file.txt/inner"])
def test_a_folder_that_is_not_there_is_said(mine, name):
    write(mine / "file.txt", b"text")
    with pytest.raises(ValueError, match="There is no folder"):
        zoo.photos(mine / name)


def test_a_file_in_the_place_of_a_folder_is_said(mine):
    path = save(mine / "a.png")
    with pytest.raises(ValueError, match=r"a\.png is a file; give the folder that it is in\."):
        zoo.photos(path)


def test_a_folder_without_end_is_cut_short(mine, monkeypatch):
    monkeypatch.setattr(folders, "MOST_FILES", 5)
    for number in range(8):
        save(mine / f"{number}.png")
    album = zoo.photos(mine)
    assert names(album) == [f"{number}.png" for number in range(5)]
    assert album.summary == "5 photographs; the folder holds more files than are looked at."
    assert MOST_FILES == 20_000


def test_listing_reads_headers_only(mine):
    data = save(mine / "a.jpg", Image.effect_noise((2000, 1500), 90), quality=95).read_bytes()
    for number in range(300):
        write(mine / f"{number}.jpg", data)
    begin = time.perf_counter()
    album = zoo.photos(mine)
    listing = time.perf_counter() - begin
    assert len(album) == 301
    begin = time.perf_counter()
    for photo in album[:10]:
        Image.open(photo.path).load()
    decoding = (time.perf_counter() - begin) / 10
    assert listing / 301 < decoding / 5


def test_a_picture_that_is_broken_inside_is_a_sentence_and_a_grey_thumbnail(mine, cache):
    good = save(mine / "a.png", Image.effect_noise((200, 200), 90))
    data = bytearray(good.read_bytes())
    data[len(data) // 2] ^= 255
    write(mine / "b.png", bytes(data))
    album = zoo.photos(mine)
    with pytest.raises(ValueError, match=r"b\.png is not a picture that can be read"):
        zoo.read_photo(album[1], 32)
    shown, pictures = zoo.thumbnails(32, album)
    assert shown.held == album.held
    np.testing.assert_array_equal(pictures[0], zoo.read_photo(album[0], 32))
    assert (pictures[1] == 128).all()


def test_thumbnails_of_an_own_album_are_kept_until_a_file_changes(mine, cache):
    save(mine / "a.png")
    assert (zoo.thumbnails(16, zoo.photos(mine))[1] == RED).all()
    (kept,) = (cache / "thumbnails").iterdir()
    made = kept.stat().st_mtime_ns
    zoo.thumbnails(16, zoo.photos(mine))
    assert kept.stat().st_mtime_ns == made
    save(mine / "a.png", Image.new("RGB", (50, 50), (0, 254, 0)))
    assert (zoo.thumbnails(16, zoo.photos(mine))[1] == (0, 254, 0)).all()
