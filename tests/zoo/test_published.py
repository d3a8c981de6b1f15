"""A published server writes nothing: the zoo only reads there."""

import os
from pathlib import Path

import pytest

from nbutils import zoo


def files(folder):
    """Return {path: time of its last change} of everything under a folder, through links too."""
    return {
        Path(place, name): Path(place, name).stat().st_mtime_ns
        for place, folders, names in os.walk(folder, followlinks=True)
        for name in (".", *folders, *names)
    }


@pytest.fixture
def published(monkeypatch):
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")


def test_thumbnails_are_made_and_not_kept(cache, make_entry, server, published):
    make_entry(zoo.Address(server.url))
    list(zoo.fetch("cats"))
    before = files(cache)
    photos, pictures = zoo.thumbnails(16)
    assert pictures.shape == (len(photos), 16, 16, 3)
    assert not zoo.has_thumbnails(16)
    assert files(cache) == before


def test_reading_networks_and_photographs_leaves_the_cache_as_it_is(published):
    before = files(zoo.cache_folder())
    zoo.read_photo(zoo.photos()[0], 224)
    zoo.load("mobilenet_v2")
    zoo.load("alexnet")
    zoo.load("vgg16")
    zoo.load("efficientnet_lite0")
    zoo.thumbnails()
    assert files(zoo.cache_folder()) == before
