"""Examples of every kind: the right numbers in the right range, kept back from each other, the same again."""

import dataclasses

import numpy as np
import pytest
import torch

from nbutils import zoo
from nbutils.rbm.examples import KINDS, Source, load, most_examples
from nbutils.rbm.spheres import make_spheres


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_what_its_source_promises(kind):
    source = Source(kind, number=200, size=9)
    held = load(source)
    assert held.train.shape == (200, source.visible)
    assert held.valid.shape == (20, source.visible)
    assert held.train.dtype == held.valid.dtype == torch.float32
    assert np.prod(held.shape) == source.visible
    assert held.shape == source.shape
    assert held.gaussian == (kind == "patches")
    if not held.gaussian:
        assert held.train.min() == 0
        assert held.train.max() == 1
    assert held.name
    assert all(finding.endswith(".") for finding in held.findings)
    assert torch.equal(load(source).train, held.train)


def test_the_thesis_spheres_are_the_default():
    assert Source() == Source("spheres", 50_000, 0, 10, 1.0, 10 / 3)
    assert Source().visible == 1000
    held = load(Source(number=100, seed=3))
    assert torch.equal(torch.cat([held.train, held.valid]), make_spheres(110, 3))
    filled = held.train.sum(1).mean().item()
    assert held.findings[0] == f"On average {filled:.1f} of 1,000 voxels lie inside a sphere."


def test_how_many_spheres_that_are_kept_back_were_learnt_from_is_counted():
    held = load(Source(number=300, grid=4, largest=1.5))
    seen = {tuple(row) for row in held.train.tolist()}
    again = sum(tuple(row) in seen for row in held.valid.tolist())
    assert 0 < again < 30
    assert held.findings[1].startswith(f"Of the 30 spheres that are kept back, {again} are also among the others")


def test_grey_is_a_probability_and_black_and_white_is_half_of_white():
    images = zoo.digits("mnist").images[:100].reshape(100, -1)
    grey = load(Source("mnist", number=100))
    assert np.array_equal(np.rint(grey.train.numpy() * 255).astype(np.uint8), images)
    assert "a probability" in grey.findings[0]
    binary = load(Source("mnist", number=100, binarized=True))
    assert np.array_equal(binary.train.numpy() == 1, images >= 128)
    assert set(binary.train.unique().tolist()) == {0, 1}
    assert "at least one half is 1" in binary.findings[0]


def test_images_that_are_kept_back_are_of_the_publishers_test_set():
    held = load(Source("fashion_mnist", number=300))
    wanted = zoo.digits("fashion_mnist").test_images[:30].reshape(30, -1)
    assert np.array_equal(np.rint(held.valid.numpy() * 255).astype(np.uint8), wanted)


def test_patches_that_are_kept_back_are_of_other_photographs(monkeypatch):
    albums = []

    def cut(photos, size, number, *_):
        albums.append({photo.name for photo in photos})
        return np.random.default_rng(number).standard_normal((number, size * size)).astype(np.float32)

    monkeypatch.setattr(zoo, "patches", cut)
    load(Source("patches", number=100))
    learned_from, kept_back = albums
    assert not learned_from & kept_back
    assert learned_from | kept_back == {photo.name for photo in zoo.photos()}


def test_patches_have_the_spread_of_gaussian_units():
    held = load(Source("patches", number=2000))
    assert held.train.std().item() == pytest.approx(1, abs=0.01)
    assert held.valid.std().item() == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"kind": "cubes"}, "kind must be one of spheres, mnist, fashion_mnist, patches; got 'cubes'"),
        ({"kind": ["mnist"]}, "got \"\\['mnist'\\]\""),
        ({"number": 99}, "number must be 100 to 60,000, got 99"),
        ({"number": 1000.5}, "got 1000.5"),
        ({"number": True}, "got True"),
        ({"seed": "1" * 100}, "seed must be 0 to 4,294,967,295, got 1{40}\\."),
        ({"grid": 21}, "grid must be 4 to 20, got 21"),
        ({"smallest": float("nan")}, "smallest must be 0.5 to 20.0, got nan"),
        ({"smallest": 3, "largest": 2}, "The radii must go up, and to at most the 10 voxels of an edge; got 3 to 2"),
        ({"largest": 11}, "got 1 to 11"),
        ({"grid": 20}, "50,000 examples of 8,000 numbers each take too much memory; at most 6,818 of this size"),
        ({"kind": "patches", "size": 21}, "size must be 8 to 20, got 21"),
    ],
)
def test_what_cannot_be_made_is_said(wish, sentence):
    with pytest.raises(ValueError, match=sentence):
        Source(**wish)


def test_the_most_that_a_source_may_ask_for_is_made():
    source = Source(grid=20, number=most_examples(8000))
    assert source.number + source.kept_back <= 60_000_000 // 8000
    with pytest.raises(dataclasses.FrozenInstanceError):
        source.number = 1


def test_without_the_digits_the_command_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path))
    with pytest.raises(
        zoo.Unavailable, match=r"MNIST.*not on this machine yet\. Run `.*data fetch mnist` while online"
    ):
        load(Source("mnist"))
