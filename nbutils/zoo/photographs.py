"""Photographs to show to networks: two fetched collections, scikit-image's samples, or a folder of your own."""

import importlib.util
import json
from pathlib import Path

import numpy as np

from nbutils.commands import as_typed
from nbutils.zoo.album import Album, Photo
from nbutils.zoo.cache import entry_folder, read_converted
from nbutils.zoo.catalogue import Entry, Unavailable, entries
from nbutils.zoo.folder import read_folder
from nbutils.zoo.pixels import read_pixels

# The photographs among the samples that scikit-image 0.26 carries in its wheel; data/SOURCES.md has their licences.
_SAMPLES = {
    "astronaut": "astronaut.png",
    "bricks": "brick.png",
    "cat": "chelsea.png",
    "coffee": "coffee.png",
    "coins": "coins.png",
    "galaxies": "hubble_deep_field.jpg",
    "grass": "grass.png",
    "gravel": "gravel.png",
    "moon": "moon.png",
    "motorcycle": "motorcycle_left.png",
    "photographer": "camera.png",
    "retina": "retina.jpg",
    "rocket": "rocket.jpg",
}


def photos(folder: str | Path | None = None) -> Album:
    """Return the photographs under a folder of your own; without one the suite's: samples, food and pets, by name.

    What in a folder is no picture is skipped and told in the album's `summary`. Raises Unavailable, whose text names
    the command to run, where a collection was not fetched, and ValueError where there is no such folder.
    """
    if folder is not None:
        return read_folder(folder)
    fetched = [photo for entry in entries() if entry.kind == "photographs" for photo in _collection(entry)]
    return Album((*_samples(), *fetched))


def _collection(entry: Entry) -> list[Photo]:
    """Return the photographs of a fetched entry, in the order of its index."""
    folder = entry_folder(entry)
    return [Photo(record["name"], entry.name, folder / record["file"]) for record in json.loads(read_converted(entry))]


def _samples() -> list[Photo]:
    """Return scikit-image's photographs; the package is found and not imported, which would cost half a second."""
    found = importlib.util.find_spec("skimage")
    if found is None:
        command = as_typed("pip install -r requirements.lock")
        raise Unavailable(f"The sample photographs come with scikit-image, which is not installed: run `{command}`.")
    folder = Path(found.submodule_search_locations[0]) / "data"
    return [Photo(name, "samples", folder / file) for name, file in _SAMPLES.items()]


def read_photo(photo: Photo, size: int) -> np.ndarray:
    """Return the photograph's middle square, resized : (size, size, 3), uint8, 0..255.

    Raises ValueError where the file is no picture that can be read, or the size is out of range.
    """
    return read_pixels(photo.path, size)
