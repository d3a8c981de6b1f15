"""Files from anybody: broken, hostile, too large, and the choice among several arrays."""

import io
import pickle
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from nbutils.rbm import own_files
from nbutils.rbm.own import read_own, read_own_path
from nbutils.rbm.own_files import SeveralArrays, Unfit

HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (30, 4), }"


def npy(values, **how):
    file = io.BytesIO()
    np.save(file, values, **how)
    return file.getvalue()


def npz(compressed=False, **arrays):
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **arrays)
    return file.getvalue()


def with_header(text, numbers=b"\0" * 480, version=(1, 0)):
    """Return an .npy file whose header says what it should not."""
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return np.lib.format.magic(*version) + length + text.encode("latin1") + numbers


def packed(content, packing):
    """Return an archive with one array, packed in one of the ways of zipfile."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as held:
        held.writestr("own.npy", content)
    return file.getvalue()


def png(width, height):
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return file.getvalue()


def values(count=40):
    return np.random.default_rng(0).random((count, 4))


def refusal(*files, **wish):
    with pytest.raises(Unfit) as caught:
        read_own(files, **wish)
    said = str(caught.value)
    assert said.endswith((".", "?"))
    assert len(said) < 500
    return said


class Runs:
    """What does harm where it is unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("a pickle was opened",))


def test_objects_are_never_unpickled():
    held = np.array([[Runs(), 1]] * 30, dtype=object)
    for data in (npy(held, allow_pickle=True), npz(own=held)):
        assert "Python objects, which are never opened" in refusal(("own.npy", data))
    assert "neither an array" in refusal(("own.npy", pickle.dumps([Runs()])))


def test_the_array_of_an_archive_is_chosen_by_its_name():
    data = npz(images=values(), labels=np.arange(40))
    with pytest.raises(SeveralArrays) as caught:
        read_own([("own.npz", data)])
    assert caught.value.names == ("images", "labels")
    assert "images (40, 4), labels (40,). Choose the one with the examples by its name." in str(caught.value)
    assert read_own([("own.npz", data)], "images").train.shape == (36, 4)
    assert "holds no array 'digits', but images, labels." in refusal(("own.npz", data), array="digits")
    assert read_own([("own.npz", npz(compressed=True, only=values()))]).train.shape == (36, 4)


@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_come_in_the_order_they_were_saved(order):
    wanted = np.arange(120.0).reshape(30, 4) / 200
    held = own_files.read_files([("own.npy", npy(np.array(wanted, order=order)))], None, 28)
    assert np.array_equal(held, wanted)


@pytest.mark.parametrize("length", [5, 7, 40, 128, 400])
def test_an_array_that_is_cut_off_is_refused(length):
    said = refusal(("own.npy", npy(values())[:length]))
    assert "cut off" in said or "not a whole array" in said or "neither an array" in said


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (HEADER.replace("(30, 4)", "(10**9, 10**9)"), "not a whole array"),
        (HEADER.replace("(30, 4)", "(1000000000, 4)"), "at most 100,000 of this size"),
        (HEADER.replace("(30, 4)", "(30, 1000000000000)"), "at most 5,000 are taken"),
        (HEADER.replace("(30, 4)", "(-30, -4)"), "has the shape (-30, -4)"),
        (HEADER.replace("(30, 4)", "(3000, 4)"), "cut off: 48,000 bytes of numbers are announced, 480 are there"),
        (HEADER.replace("<f4", "O"), "Python objects"),
        (HEADER.replace("<f4", "<f16"), "not whole or real numbers"),
        (HEADER.replace("'<f4'", "[('a', '<f4', (1000,))]"), "not whole or real numbers"),
        (HEADER.replace("'<f4'", "'nonsense'"), "not a whole array"),
        ("__import__('os').abort()", "not a whole array"),
        ("(" * 3000, "not a whole array"),
        ("{" + "'a': 1, " * 5000 + "}", "not a whole array"),
        ("'''", "not a whole array"),
    ],
)
def test_a_header_that_lies_is_refused(header, sentence):
    assert sentence in refusal(("own.npy", with_header(header)))
    assert sentence in refusal(("own.npz", packed(with_header(header), zipfile.ZIP_STORED)))


def test_an_unknown_version_of_the_format_is_refused():
    assert "not a whole array" in refusal(("own.npy", with_header(HEADER, version=(9, 0))))


def test_an_archive_that_unpacks_to_too_much_is_not_unpacked(monkeypatch):
    bomb = npz(compressed=True, own=np.zeros((100_000, 1_000), bool))
    assert len(bomb) < 1_000_000
    monkeypatch.setattr(own_files.np, "frombuffer", lambda *_: pytest.fail("it was unpacked"))
    assert "at most 20,000 of this size" in refusal(("own.npz", bomb))


def test_a_header_that_unpacks_to_too_much_is_not_unpacked():
    bomb = packed(with_header(HEADER + " " * 60_000_000, version=(2, 0)), zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    try:
        assert "not a whole array" in refusal(("own.npz", bomb))
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_are_unpacked_whole_are_refused(packing):
    assert "Save it with numpy.savez" in refusal(("own.npz", packed(npy(values()), packing)))


def test_an_archive_of_more_than_it_announces_is_read_as_far_as_announced():
    more = packed(npy(values()) + b"\0" * 5_000_000, zipfile.ZIP_DEFLATED)
    assert read_own([("own.npz", more)]).train.shape == (36, 4)


def test_a_damaged_archive_is_refused():
    data = npz(own=values())
    assert "a damaged archive" in refusal(("own.npz", data[:-30]))
    flipped = bytearray(npz(own=values(5_000)))
    flipped[100_000] ^= 255
    assert "a damaged archive" in refusal(("own.npz", bytes(flipped)))
    assert "a damaged archive" in refusal(("own.npz", b"PK" + b"\xff" * 200))
    locked = bytearray(data)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        locked[data.index(mark) + (6 if mark[2] == 3 else 8)] |= 1
    assert "asks for a password" in refusal(("own.npz", bytes(locked)))


def test_an_archive_of_something_else_is_refused():
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as held:
        held.writestr("a.txt", "words")
    assert "an archive without arrays" in refusal(("own.zip", inside.getvalue()))
    with zipfile.ZipFile(inside, "w") as held:
        held.writestr("x" * 200 + ".npy", npy(values()))
    assert "over 100 letters" in refusal(("own.zip", inside.getvalue()))
    with zipfile.ZipFile(inside, "w") as held:
        for place in range(1_001):
            held.writestr(f"{place}.npy", b"")
    assert "holds 1,001 arrays" in refusal(("own.zip", inside.getvalue()))


def test_every_byte_of_a_small_file_may_be_wrong():
    data = npz(own=(values() * 9).astype(np.uint8))
    random = np.random.default_rng(1)
    refused = 0
    for _ in range(400):
        broken = bytearray(data)
        for place in random.integers(0, len(data), 3):
            broken[place] = random.integers(256)
        try:
            examples = read_own([("own.npz", bytes(broken))])
        except Unfit:
            refused += 1
        else:
            assert bool(torch.isfinite(examples.train).all()), "what is read can be learned from"
    assert 200 < refused <= 400


def test_too_many_bytes_files_or_pixels_are_refused(monkeypatch):
    assert "at most 20 MB are read at once" in refusal(("own.npy", b"\x93NUMPY" + bytes(20_000_000)))
    small = png(8, 8)
    assert "1,001 pictures, and at most 1,000" in refusal(*[(f"{place}.png", small) for place in range(1_001)])
    large = png(6_000, 6_000)
    monkeypatch.setattr(own_files, "decode_pixels", lambda *_: pytest.fail("it was decoded"))
    said = refusal(*[(f"{place}.png", large) for place in range(12)])
    assert "432 million pixels together, and at most 400 million are decoded" in said


def test_files_that_do_not_belong_together_are_refused():
    array, image = ("own.npy", npy(values())), ("a.png", png(9, 9))
    assert "these are 2 files" in refusal(array, array)
    assert "Choose one .npy or .npz file, or pictures only" in refusal(array, image)
    assert "neither an array (.npy, .npz) nor a picture" in refusal(("a.txt", b"words"))
    assert "neither an array (.npy, .npz) nor a picture" in refusal(("empty.npy", b""))
    assert "neither" in refusal(image, ("b.png", png(9, 9)[:30]))
    assert "b.png is not a picture that can be read" in refusal(image, ("b.png", png(99, 99)[:-30]))
    assert "No file was chosen" in refusal()


@pytest.mark.parametrize(
    ("name", "sentence"), [("nothing.npy", "There is no file or folder"), ("empty", "holds no pictures")]
)
def test_a_path_that_leads_to_no_examples_is_said(tmp_path, name, sentence):
    (tmp_path / "empty").mkdir()
    with pytest.raises(Unfit, match=sentence):
        read_own_path(tmp_path / name)


def test_a_large_file_is_not_read_whole(tmp_path):
    with (tmp_path / "large.npy").open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(Unfit, match="at most 20 MB"):
        read_own_path(tmp_path / "large.npy")
