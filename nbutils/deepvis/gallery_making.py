"""Make the pictures of a gallery, each kept as soon as it is finished, and put them into sheets with an index."""

import io
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from nbutils.deepvis.gallery_plans import Part
from nbutils.deepvis.records import FOLDER
from nbutils.preferred.maximizing import Snapshot, maximize
from nbutils.preferred.recipe import Recipe, to_json
from nbutils.runs import Store
from nbutils.zoo import Network, cache_folder

VERSION = 1
TOGETHER = 8  # pictures made at once, and so lost at most where work is broken off
COLUMNS = 16
A_SHEET = 256
QUALITY = 82  # of WebP, 0..100
STEP_PIXELS = 64**2  # a step takes as long as so many pixels more than it has: measured on AlexNet


@dataclass(frozen=True)
class Rendering:
    """How far a gallery is.

    layer, units : what is worked on
    step, steps : of their pictures
    done, total : pictures of the gallery
    seconds_left : None until something is known of the pace
    """

    layer: str
    units: tuple[int, ...]
    step: int
    steps: int
    done: int
    total: int
    seconds_left: float | None


def open_store(folder: Path | None = None) -> Store:
    """Return the store of finished pictures; without a folder the one in the cache."""
    return Store(folder or cache_folder() / "gallery", f"nbutils.deepvis.gallery_making {VERSION}")


def gallery_folder(network: str) -> Path:
    """Return where the gallery of a network lies."""
    return FOLDER / f"gallery_{network}"


def make_pictures(
    network: Network, parts: Sequence[Part], store: Store, units: Sequence[int] | None = None
) -> Iterator[Rendering]:
    """Make the pictures that the store does not hold yet, yielding after each step.

    units : of every part; those it does not have are left out; None is all
    Raises ValueError for what the network does not have, FloatingPointError for a recipe that breaks, and
    runs.Unwritable where nothing can be kept.
    """
    wanted = {part: choose_units(part, units) for part in parts}
    missing = {
        part: [one for one in numbers if not store.has(_settings(part, one))] for part, numbers in wanted.items()
    }
    total = sum(map(len, wanted.values()))
    done = total - sum(map(len, missing.values()))
    begun, ahead = time.monotonic(), sum(_cost(part) * len(numbers) for part, numbers in missing.items())
    spent = 0.0
    for part, numbers in missing.items():
        for start in range(0, len(numbers), TOGETHER):
            batch = tuple(numbers[start : start + TOGETHER])
            for snapshot in maximize(network, part.recipe_of(*batch)):
                worked = spent + _cost(part) * len(batch) * snapshot.step / part.recipe.steps
                left = (time.monotonic() - begun) * (ahead - worked) / worked
                if snapshot.finished:
                    _keep(store, part, batch, snapshot)
                    done, spent = done + len(batch), worked
                yield Rendering(part.layer, batch, snapshot.step, part.recipe.steps, done, total, left)


def choose_units(part: Part, units: Sequence[int] | None) -> Sequence[int]:
    """Return those of the wanted units that a part has, each once, in order; None is all."""
    return range(part.units) if units is None else sorted({one for one in units if 0 <= one < part.units})


def read_units(text: str) -> tuple[int, ...] | None:
    """Return the units of a text such as "0-63,70", or None for "all".

    Raises ValueError for anything else.
    """
    if text.strip() == "all":
        return None
    found: list[int] = []
    for piece in text.split(","):
        first, dash, last = piece.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise ValueError(f'units must be "all" or numbers and ranges such as "0-63,70", got "{text[:60]}".')
        found += range(int(first), int(last if dash else first) + 1)
    return tuple(found)


def write_gallery(
    network: Network, parts: Sequence[Part], store: Store, folder: Path, provenance: Mapping[str, object]
) -> dict:
    """Put all finished pictures into sheets, write the index beside them, and return it.

    The index comes last and in one step; sheets that it no longer names are removed then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = [_write_part(part, store, folder) for part in parts]
    index = {
        "version": VERSION,
        "network": network.name,
        "title": network.title,
        "parts": entries,
        "provenance": dict(provenance),
    }
    text = json.dumps(index, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    _write_whole(folder / "index.json", f"{text}\n".encode())
    named = {sheet for entry in entries for sheet in entry["sheets"]}
    for path in folder.glob("*.webp"):
        if path.name not in named:
            path.unlink()
    return index


def _write_part(part: Part, store: Store, folder: Path) -> dict:
    """Write the sheets of one layer and return what the index says of them."""
    made, tiles, facts = [], [], []
    for one in range(part.units):
        result = store.get(_settings(part, one))
        if result is not None:
            made.append(one)
            tiles.append(cut_tile(result.arrays["picture"], part))
            facts.append(result.facts)
    sheets = []
    for number, start in enumerate(range(0, len(tiles), A_SHEET), 1):
        encoded = encode_sheet(np.stack(tiles[start : start + A_SHEET]))
        sheets.append(f"{_slug(part.layer)}-{number}.webp")
        _write_whole(folder / sheets[-1], encoded)
    return {
        "layer": part.layer,
        "title": part.title,
        "same": list(part.same),
        "units": part.units,
        "recipe": json.loads(to_json(part.recipe)),
        "box": list(part.box),
        "tile": part.tile,
        "sheets": sheets,
        "made": made,
        "objectives": [fact["objective"] for fact in facts],
        "probabilities": [fact["probability"] for fact in facts] if part.is_classes else None,
        "silent": [one for one, fact in zip(made, facts, strict=True) if fact["silent"]],
    }


def cut_tile(picture: np.ndarray, part: Part) -> np.ndarray:
    """Return what a sheet shows of a picture: (tile, tile, 3), uint8.

    picture : (height, width, 3), uint8
    """
    top, left, bottom, right = part.box
    shown = Image.fromarray(np.ascontiguousarray(picture[top:bottom, left:right]))
    return np.asarray(shown.resize((part.tile, part.tile), Image.Resampling.LANCZOS))


def encode_sheet(tiles: np.ndarray) -> bytes:
    """Return tiles (n, side, side, 3), uint8, as one WebP picture with rows of COLUMNS."""
    count, side = tiles.shape[:2]
    rows = -(-count // COLUMNS)
    sheet = np.zeros((rows, COLUMNS, side, side, 3), np.uint8)
    sheet.reshape(-1, side, side, 3)[:count] = tiles
    pixels = sheet.transpose(0, 2, 1, 3, 4).reshape(rows * side, COLUMNS * side, 3)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "WEBP", quality=QUALITY, method=6)
    return out.getvalue()


def to_pixels(picture: np.ndarray) -> np.ndarray:
    """Return a picture (channels, height, width), 0..1, as colours (height, width, 3), uint8."""
    colours = picture if len(picture) == 3 else np.repeat(picture[:1], 3, 0)
    return np.round(np.clip(colours, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)


def _keep(store: Store, part: Part, batch: tuple[int, ...], snapshot: Snapshot) -> None:
    """Put the finished pictures of a batch into the store, each by itself."""
    for place, one in enumerate(batch):
        chances = snapshot.probabilities
        facts = {
            "objective": round(float(snapshot.objectives[place]), 4),
            "probability": None if chances is None else round(float(chances[place]), 4),
            "silent": bool(snapshot.silent[place]),
        }
        store.put(_settings(part, one), {"picture": to_pixels(snapshot.pictures[place])}, facts)


def _settings(part: Part, one: int) -> dict:
    """Return what a picture is kept under: of its recipe all that is not as in a new one.

    So pictures are found again after a recipe has gained a field that changes nothing by default.
    """
    plain, held = json.loads(to_json(Recipe())), json.loads(to_json(part.recipe_of(one)))
    return {name: value for name, value in held.items() if value != plain[name]}


def _cost(part: Part) -> float:
    """Return about how much work a picture is, in any unit: pixels times steps."""
    return float((part.recipe.size**2 + STEP_PIXELS) * part.recipe.steps)


def _slug(layer: str) -> str:
    return "".join(sign if sign.isalnum() or sign in "_-" else "_" for sign in layer)


def _write_whole(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
