"""Galleries that ship in data/deepvis: which units have a picture, how it was made, and the picture itself."""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nbutils.deepvis.gallery_plans import Part
from nbutils.deepvis.gallery_sheets import A_SHEET, cut_sheet
from nbutils.deepvis.records import FOLDER
from nbutils.preferred.recipe import from_mapping

VERSION = 1
# Those that ship; a name may come from a page, and no path is made of another one.
NETWORKS = ("alexnet", "mobilenet_v2")
LARGEST_SHEET = 16_000_000  # bytes


@dataclass(frozen=True)
class Hung:
    """One layer of a gallery.

    part : how its pictures are made
    sheets : names of the files, each with A_SHEET tiles in rows of COLUMNS
    made : units that have a picture, in the order of the tiles
    objectives : what each reached
    probabilities : of its class, None where the units are no classes
    silent : units whose gradient was zero to the end, so that their picture says nothing
    """

    part: Part
    sheets: tuple[str, ...]
    made: tuple[int, ...]
    objectives: tuple[float, ...]
    probabilities: tuple[float, ...] | None
    silent: frozenset[int]

    def place_of(self, one: int) -> int | None:
        """Return which tile shows a unit, None where none does."""
        return self._places.get(one)

    @functools.cached_property
    def _places(self) -> dict[int, int]:
        return {one: place for place, one in enumerate(self.made)}


@dataclass(frozen=True)
class Gallery:
    """The pictures of a network that ship, and where they come from."""

    network: str
    title: str
    layers: tuple[Hung, ...]
    provenance: Mapping[str, object]
    folder: Path

    def find(self, layer: str) -> Hung | None:
        """Return the pictures of a layer, or of one whose units prefer the same; None where there are none."""
        return next((hung for hung in self.layers if layer in (hung.part.layer, *hung.part.same)), None)


@dataclass(frozen=True)
class Hit:
    """One unit's picture.

    pixels : (tile, tile, 3), uint8, sRGB
    """

    pixels: np.ndarray
    objective: float
    probability: float | None
    silent: bool


def gallery_folder(network: str) -> Path:
    """Return where the gallery of a network lies."""
    return FOLDER / f"gallery_{network}"


def read_gallery(network: str, folder: Path | None = None) -> Gallery | None:
    """Return the gallery of a network, None where none ships.

    folder : another place than data/deepvis
    Raises ValueError where it is damaged.
    """
    if folder is None and network not in NETWORKS:
        return None
    path = (folder or gallery_folder(network)) / "index.json"
    try:
        written = path.stat().st_mtime_ns
    except OSError:
        return None
    return _read_index(path, written)


def read_hit(gallery: Gallery, layer: str, one: int) -> Hit | None:
    """Return the picture of a unit, None where the gallery has none; ValueError where a sheet is damaged."""
    hung = gallery.find(layer)
    place = None if hung is None else hung.place_of(one)
    if place is None:
        return None
    chance = None if hung.probabilities is None else hung.probabilities[place]
    return Hit(read_tiles(gallery, hung)[place], hung.objectives[place], chance, one in hung.silent)


def read_tiles(gallery: Gallery, hung: Hung) -> np.ndarray:
    """Return all pictures of a layer: (n, tile, tile, 3), uint8, sRGB; ValueError where a sheet is damaged."""
    paths = tuple(gallery.folder / name for name in hung.sheets)
    return _read_sheets(paths, hung.part.tile, len(hung.made))


@functools.lru_cache(maxsize=8)
def _read_sheets(paths: tuple[Path, ...], side: int, count: int) -> np.ndarray:
    tiles = []
    for number, path in enumerate(paths):
        expected = min(A_SHEET, count - number * A_SHEET)
        tiles.append(cut_sheet(_read_file(path), side, expected, path.name))
    found = np.concatenate(tiles) if tiles else np.zeros((0, side, side, 3), np.uint8)
    found.flags.writeable = False
    return found


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_SHEET)
    except OSError as error:
        raise ValueError(f"The sheet {path.name} of a gallery is not there: get it from the repository.") from error


@functools.lru_cache(maxsize=8)
def _read_index(path: Path, _written: int) -> Gallery:
    try:
        held = json.loads(path.read_text("utf-8"))
        if held["version"] != VERSION:
            raise ValueError(f"its version is {held['version']}")
        layers = tuple(_read_layer(entry) for entry in held["parts"])
        return Gallery(held["network"], held["title"], layers, held["provenance"], path.parent)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"The index of the gallery {path.parent.name} cannot be read ({error}): get it from the repository."
        ) from error


def _read_layer(entry: Mapping) -> Hung:
    """Return one layer of the index; ValueError where its numbers do not fit each other."""
    part = Part(
        layer=entry["layer"],
        title=entry["title"],
        same=tuple(entry["same"]),
        units=entry["units"],
        recipe=from_mapping(entry["recipe"]),
        box=tuple(entry["box"]),
        tile=entry["tile"],
    )
    made, chances = tuple(entry["made"]), entry["probabilities"]
    _require_lengths(entry, len(made))
    return Hung(
        part,
        tuple(entry["sheets"]),
        made,
        tuple(entry["objectives"]),
        None if chances is None else tuple(chances),
        frozenset(entry["silent"]),
    )


def _require_lengths(entry: Mapping, number: int) -> None:
    lists: Sequence = [entry["objectives"], entry["probabilities"] or entry["objectives"]]
    if any(len(one) != number for one in lists) or len(entry["sheets"]) != -(-number // A_SHEET):
        raise ValueError(f"its lists for {entry['layer']} have different lengths")
    if any(Path(name).name != name for name in entry["sheets"]):
        raise ValueError("a sheet lies in another folder")
