"""MNIST and Fashion-MNIST: what others know of them, and files that are not what they should be."""

import gzip
import hashlib
import json
import struct

import numpy as np
import pytest

from nbutils import zoo
from nbutils.commands import as_typed
from nbutils.zoo import catalogue
from nbutils.zoo.catalogue import Address, Entry
from nbutils.zoo.converting import convert
from nbutils.zoo.idx import read_idx


def idx(values, kind=8):
    return struct.pack(f">HBB{values.ndim}I", 0, kind, values.ndim, *values.shape) + values.tobytes()


def joined(images=6, labels=6, side=28, top=9):
    """Return four arrays as the origin file has them; the test set is half as large."""
    random = np.random.default_rng(0)
    parts = []
    for scale in (2, 1):
        parts.append(idx(random.integers(0, 256, (images * scale, side, side)).astype(np.uint8)))
        parts.append(idx((np.arange(labels * scale) % (top + 1)).astype(np.uint8)))
    return b"".join(parts)


@pytest.fixture
def make_images(cache, server, monkeypatch, tmp_path):
    """Return a function that makes the zoo's only entry one called mnist, of a few made-up images."""

    def make(data, converted="1" * 64):
        server.data = data
        entry = Entry(
            name="mnist",
            title="Noise called MNIST",
            kind="images",
            licence="CC0",
            bytes=len(data),
            origins=(Address(server.url),),
            sha256=hashlib.sha256(data).hexdigest(),
            file="images.safetensors",
            converted_sha256=converted,
            optional=True,
        )
        monkeypatch.setattr(catalogue, "_ENTRIES", (entry,))
        return entry

    return make


@pytest.mark.parametrize(
    ("name", "mean", "deviation", "each", "first"),
    [
        ("mnist", 0.1307, 0.3081, (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949), "5"),
        ("fashion_mnist", 0.2860, 0.3530, (6000,) * 10, "ankle boot"),
    ],
)
def test_the_sets_are_those_that_everybody_uses(name, mean, deviation, each, first):
    held = zoo.digits(name)
    assert held.images.shape == (60_000, 28, 28)
    assert held.test_images.shape == (10_000, 28, 28)
    assert held.images.dtype == held.labels.dtype == np.uint8
    shares = np.bincount(held.images.ravel(), minlength=256) / held.images.size
    grey = np.arange(256) / 255
    assert shares @ grey == pytest.approx(mean, abs=5e-5)
    assert (shares @ (grey - mean) ** 2) ** 0.5 == pytest.approx(deviation, abs=5e-5)
    assert tuple(np.bincount(held.labels)) == each
    assert len(held.test_labels) == 10_000
    assert held.names[held.labels[0]] == first
    assert len(set(held.names)) == 10


def test_digits_of_another_name_are_answered_with_the_names_there_are():
    with pytest.raises(ValueError, match="what has their form is mnist and fashion_mnist"):
        zoo.digits("food")


def test_images_are_fetched_converted_and_verified(make_images, cache, tmp_path):
    data = joined()
    entry = make_images(data)
    (tmp_path / "origin").write_bytes(data)
    convert(entry, tmp_path / "origin", tmp_path)
    make_images(data, hashlib.sha256((tmp_path / entry.file).read_bytes()).hexdigest())
    assert list(zoo.fetch("mnist"))[-1].stage == "done"
    assert zoo.verify("mnist").right
    held = zoo.digits("mnist")
    assert np.array_equal(held.images, np.frombuffer(data, np.uint8, 12 * 784, 16).reshape(12, 28, 28))
    assert held.labels.tolist() == [*range(10), 0, 1]
    assert held.test_images.shape == (6, 28, 28)
    assert json.loads((cache / "mnist" / "manifest.json").read_text())["source"] == "the publisher's address"
    with (cache / "mnist" / entry.file).open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\xff")
    with pytest.raises(zoo.Unavailable, match="has changed since it was fetched"):
        zoo.digits("mnist")
    assert not zoo.verify("mnist").right


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (joined()[:-1], r"The data end 1 bytes before the array of shape \(6,\) does"),
        (joined()[:6], "The data end"),
        (b"", "holds 0 arrays and not 4"),
        (joined() + idx(np.zeros(3, np.uint8)), "holds 5 arrays and not 4"),
        (gzip.compress(joined()), "At byte 0 no array of unsigned bytes in IDX format begins"),
        (idx(np.zeros(3, ">i4"), 12), "At byte 0 no array of unsigned bytes"),
        (joined(labels=5), "does not hold one label for each image of 28 x 28 pixels"),
        (joined(side=20), "does not hold one label for each image of 28 x 28 pixels"),
        (joined(images=12, labels=12, top=10), "holds a label that is no class"),
    ],
)
def test_what_is_no_set_of_images_is_never_put_in_place(make_images, cache, data, sentence):
    make_images(data)
    if not data:
        (cache / "downloads" / "mnist").mkdir(parents=True)
        (cache / "downloads" / "mnist" / "origin").touch()
        (cache / "downloads" / "mnist" / "source.txt").write_text("an earlier try")
    with pytest.raises(zoo.Unavailable, match=sentence):
        list(zoo.fetch("mnist"))
    assert not zoo.is_ready("mnist")
    assert not (cache / "mnist").exists()


def test_arrays_behind_each_other_are_told_apart():
    wanted = [np.arange(6, dtype=np.uint8).reshape(1, 2, 3), np.zeros((0, 4), np.uint8), np.array([7], np.uint8)]
    read = read_idx(b"".join(map(idx, wanted)))
    assert [array.tolist() for array in read] == [array.tolist() for array in wanted]


def test_without_the_set_the_command_is_named(cache):
    with pytest.raises(zoo.Unavailable) as caught:
        zoo.digits("fashion_mnist")
    assert str(caught.value).endswith(f"Run `{as_typed('nbutils data fetch fashion_mnist')}` while online.")
