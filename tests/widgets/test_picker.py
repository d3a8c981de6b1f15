"""The picker without a browser: pictures are checked again, whatever a page may have sent."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from nbutils.widgets import Picker
from nbutils.widgets.picker import read_picture


def encoded(width, height, kind="PNG", mode="RGB", **options):
    buffer = BytesIO()
    Image.new(mode, (width, height), 128).save(buffer, kind, **options)
    return buffer.getvalue()


def bomb(width, height):
    """Return a PNG whose head claims a size and whose body is a few bytes."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def receive(picker, *buffers, name="cat.jpg"):
    picker._handle_custom_msg({"event": "picture", "name": name}, list(buffers))


def listening(**options):
    picker, seen = Picker(**options), []
    picker.on_file(seen.append)
    return picker, seen


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_arrives_as_an_array(kind):
    picker, seen = listening(size=64)
    receive(picker, memoryview(encoded(64, 48, kind)))
    (pixels,) = seen
    assert (pixels.shape, pixels.dtype) == ((48, 64, 3), np.uint8)
    assert abs(int(pixels.mean()) - 128) < 90
    assert picker.report == {"count": 1, "sentence": "cat.jpg: 64 x 48 pixels.", "fault": False}
    assert picker.file_name == "cat.jpg"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("C:\\a\\cat.jpg", "cat.jpg"), ("a\u202e\ud800b.png", "ab.png"), ("x" * 300, "x" * 120), ("\n", "The file")],
)
def test_a_name_is_its_last_part_without_what_cannot_be_shown_or_sent(sent, kept):
    picker, _ = listening(size=64)
    receive(picker, encoded(4, 4), name=sent)
    assert picker.file_name == kept


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "CMYK", "I;16"])
def test_every_mode_becomes_three_colours(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert read_picture([encoded(5, 4, kind, mode)], 64).shape == (4, 5, 3)


def test_one_pixel_is_a_picture():
    assert read_picture([encoded(1, 1)], 64).shape == (1, 1, 3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain text",
        bytes(100),
        encoded(8, 8)[:40],
        encoded(8, 8, "GIF"),
        encoded(8, 8, "BMP"),
        bomb(40, 40),
        bomb(30_000, 30_000),
    ],
    ids=["empty", "text", "zeros", "cut off", "gif", "bmp", "too few pixels", "huge bomb"],
)
def test_what_is_no_png_or_jpeg_is_refused_with_a_sentence(data):
    picker, seen = listening(size=64)
    receive(picker, data)
    assert seen == []
    assert picker.report["fault"]
    assert picker.report["sentence"].startswith("What arrived is no picture: choose a JPEG")


@pytest.mark.parametrize("data", [encoded(65, 10), encoded(10, 65), bomb(9_000, 9_000)], ids=["wide", "high", "bomb"])
def test_a_picture_beyond_the_size_is_refused_undecoded(data):
    picker, seen = listening(size=64)
    receive(picker, data)
    assert seen == []
    assert "pixels" in picker.report["sentence"]


def test_too_many_bytes_are_refused():
    picker, seen = listening()
    receive(picker, bytes(2_000_001))
    assert seen == []
    assert "2,000,001 bytes" in picker.report["sentence"]


@pytest.mark.parametrize("buffers", [[], [b"a", b"b"], None, "x"])
def test_anything_but_one_buffer_is_refused(buffers):
    picker, seen = listening()
    picker._handle_custom_msg({"event": "picture", "name": "a.png"}, buffers)
    assert seen == []
    assert picker.report["sentence"] == "The picture did not arrive whole: choose it again."


@pytest.mark.parametrize("name", [None, 3, ["a"], {}])
def test_a_name_that_is_no_text_is_refused(name):
    picker, seen = listening()
    receive(picker, encoded(8, 8), name=name)
    assert (seen, picker.report["fault"]) == ([], True)


def test_a_long_name_is_cut():
    picker, _ = listening()
    receive(picker, encoded(8, 8), name="x" * 5_000 + ".jpg")
    assert picker.file_name == "x" * 116 + ".jpg"


def test_a_callback_that_fails_is_a_sentence():
    picker = Picker()
    picker.on_file(lambda pixels: 1 / 0)
    receive(picker, encoded(8, 8))
    assert picker.report["fault"]
    assert picker.report["sentence"] == "This did not work: ZeroDivisionError: division by zero."


def test_the_same_sentence_is_told_anew():
    picker, _ = listening()
    receive(picker, b"x")
    receive(picker, b"x")
    assert picker.report["count"] == 2


@pytest.mark.parametrize("size", [0, -1, 2_049])
def test_a_size_out_of_range_is_refused(size):
    with pytest.raises(ValueError, match="size is 1 to 2048"):
        Picker(size=size)
