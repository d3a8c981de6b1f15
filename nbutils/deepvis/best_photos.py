"""The photographs that excite each unit most and least, as they ship in data/deepvis: names and boxes, no pictures."""

import functools
import hashlib
import io
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path

import numpy as np

from nbutils.deepvis import records
from nbutils.probe import (
    Kept,
    Strongest,
    is_good_example,
    strongest_percentiles,
    weakest_percentiles,
)
from nbutils.zoo import Photo

# What ships: every map of AlexNet before and after its rectifier, which keep the same strongest photographs and have
# other weakest ones, and every class of MobileNetV2.
LAYERS = {
    "alexnet": tuple(f"{kind}{number}" for kind in ("conv", "relu") for number in range(1, 6)),
    "mobilenet_v2": ("classes",),
}
_ENDS = ("strongest", "weakest")
_KINDS = {
    "photos": np.uint16,
    "values": np.float32,
    "positions": np.int16,
    "boxes": np.int16,
    "percentiles": np.float32,
    "probabilities": np.float32,
}


@dataclass(frozen=True)
class BestPhoto:
    """One photograph at one end of a channel's answers."""

    collection: str
    name: str
    value: float  # the channel's largest answer to it
    position: tuple[int, int]  # row and column of that answer in the layer's map
    box: tuple[int, int, int, int]  # what is seen from there: top, left, bottom, right in the network's picture
    percentile: float  # share of the photographs that answer less, 0 to 100
    probability: float  # of the class; nan where the channel is none
    good: bool  # whether it shows what the unit is for: `probe.is_good_example`


@dataclass(frozen=True)
class BestPhotos:
    """The photographs at both ends of a channel's answers, the most extreme first."""

    network: str
    layer: str
    channel: int
    strongest: tuple[BestPhoto, ...]
    weakest: tuple[BestPhoto, ...]
    mean: float  # of the channel's largest answers to all photographs
    deviation: float
    photographs: int

    @property
    def has_good_example(self) -> bool:
        """Whether any of the strongest photographs shows what the unit is for."""
        return any(photo.good for photo in self.strongest)


@dataclass(frozen=True)
class Table:
    """The best photographs of every channel of some layers of a network.

    arrays : LAYER/END/photos (channels, n), uint16, places in facts["photographs"], and beside it values, positions,
        boxes, percentiles and probabilities as in `probe.Kept`; LAYER/mean and LAYER/deviation (channels,), float32
    facts : network, photographs (collection/name of each that is named), looked and layers
    """

    facts: Mapping[str, object]
    arrays: Mapping[str, np.ndarray]


def make_table(found: Strongest, photos: Sequence[Photo]) -> Table:
    """Return what a search has found, with photographs by their names.

    photos : the album of the search
    Raises ValueError where more photographs are named than a table can hold.
    """
    kept = [(name, end, getattr(ranking, end)) for name, ranking in found.rankings.items() for end in _ENDS]
    used = np.unique(np.concatenate([one.photos.ravel() for _, _, one in kept]))
    used = used[used >= 0]
    if len(used) > np.iinfo(np.uint16).max:
        raise ValueError(f"A table names at most {np.iinfo(np.uint16).max} photographs, got {len(used)}.")
    arrays: dict[str, np.ndarray] = {}
    for name, end, one in kept:
        percentiles = strongest_percentiles if end == "strongest" else weakest_percentiles
        held = _arrays_of(one, used) | {"percentiles": percentiles(found.rankings[name])}
        arrays |= {f"{name}/{end}/{field}": values.astype(_KINDS[field]) for field, values in held.items()}
    for name, ranking in found.rankings.items():
        arrays[f"{name}/mean"] = ranking.mean.astype(np.float32)
        arrays[f"{name}/deviation"] = ranking.deviation.astype(np.float32)
    facts = {
        "network": found.network,
        "weights_sha256": found.weights,
        "album_sha256": found.album,
        "photographs": [f"{photos[place].collection}/{photos[place].name}" for place in used],
        "looked": next(iter(found.rankings.values())).looked,
        "unread": found.unread,
        "layers": {name: len(ranking.mean) for name, ranking in found.rankings.items()},
    }
    return Table(facts, arrays)


def _arrays_of(kept: Kept, used: np.ndarray) -> dict[str, np.ndarray]:
    """Return what is kept, with places among the photographs used; fewer than n where the album was smaller."""
    there = int((kept.photos[0] >= 0).sum())
    return {
        "photos": np.searchsorted(used, kept.photos[:, :there]),
        "values": kept.values[:, :there],
        "positions": kept.positions[:, :there],
        "boxes": kept.boxes[:, :there],
        "probabilities": kept.probabilities[:, :there],
    }


def find_best(table: Table, layer: str, channel: int, reached: float = nan) -> BestPhotos | None:
    """Return the best photographs of one channel, None where the table does not have its layer.

    reached : the channel's answer to the synthetic image it prefers; nan where there is none
    Raises ValueError for a channel that the layer does not have.
    """
    channels = table.facts["layers"].get(layer)
    if channels is None:
        return None
    if not 0 <= channel < channels:
        raise ValueError(f'"{layer}" has the channels 0 to {channels - 1}, got {channel}.')
    strongest, weakest = (_read_end(table, f"{layer}/{end}", channel, reached) for end in _ENDS)
    return BestPhotos(
        network=table.facts["network"],
        layer=layer,
        channel=channel,
        strongest=strongest,
        weakest=weakest,
        mean=float(table.arrays[f"{layer}/mean"][channel]),
        deviation=float(table.arrays[f"{layer}/deviation"][channel]),
        photographs=table.facts["looked"],
    )


def _read_end(table: Table, name: str, channel: int, reached: float) -> tuple[BestPhoto, ...]:
    held = {field: table.arrays[f"{name}/{field}"][channel] for field in _KINDS}
    return tuple(
        _make_photo(table, {field: values[place] for field, values in held.items()}, reached)
        for place in range(len(held["photos"]))
    )


def _make_photo(table: Table, held: Mapping[str, np.ndarray], reached: float) -> BestPhoto:
    collection, _, name = table.facts["photographs"][int(held["photos"])].partition("/")
    value, probability = float(held["values"]), float(held["probabilities"])
    return BestPhoto(
        collection=collection,
        name=name,
        value=value,
        position=tuple(held["positions"].tolist()),
        box=tuple(held["boxes"].tolist()),
        percentile=float(held["percentiles"]),
        probability=probability,
        good=is_good_example(value, probability, reached),
    )


def write_table(table: Table, origin: dict, folder: Path = records.FOLDER) -> Path:
    """Write a table as strongest_NETWORK.npz and .json, each whole or not at all, and return where the first lies.

    The JSON is written last and names the hash of the other, so that two halves of different tables are told apart.
    origin : where it comes from, as `records.describe_origin` says it
    """
    name = f"strongest_{table.facts['network']}"
    packed = io.BytesIO()
    np.savez_compressed(packed, **table.arrays)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.npz"
    part = target.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(packed.getvalue())
    part.replace(target)
    sha256 = hashlib.sha256(packed.getvalue()).hexdigest()
    records.write_record(name, {**table.facts, "sha256": sha256, "provenance": origin}, folder)
    return target


def read_best(
    network: str, layer: str, channel: int, reached: float = nan, folder: Path = records.FOLDER
) -> BestPhotos | None:
    """Return the best photographs that ship for one channel, None where none do for its network or layer.

    Raises ValueError for a channel that the layer does not have, and where what ships is damaged.
    """
    table = read_table(network, folder)
    return None if table is None else find_best(table, layer, channel, reached)


def read_table(network: str, folder: Path = records.FOLDER) -> Table | None:
    """Return the table that ships for a network, None where there is none.

    Raises ValueError where it is damaged.
    """
    if network not in LAYERS:  # a name may come from a page, and no path is made of it
        return None
    target = folder / f"strongest_{network}.npz"
    return _load(target) if target.with_suffix(".json").is_file() else None


@functools.lru_cache(maxsize=4)
def _load(target: Path) -> Table:
    facts = records.read_record(target.stem, target.parent)
    try:
        packed = target.read_bytes()
        if hashlib.sha256(packed).hexdigest() != facts["sha256"]:
            raise ValueError("another hash")
        with np.load(io.BytesIO(packed), allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"The table {target.name} cannot be read: get it from the repository again.") from error
    return Table(facts, arrays)
