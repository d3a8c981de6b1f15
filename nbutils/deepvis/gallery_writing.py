"""Put finished pictures into the sheets and the index of a gallery, beside those that it holds already."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from nbutils.deepvis.galleries import VERSION, Gallery, Hung, read_tiles
from nbutils.deepvis.gallery_making import find_picture
from nbutils.deepvis.gallery_plans import Part
from nbutils.deepvis.gallery_sheets import A_SHEET, encode_sheet
from nbutils.preferred.recipe import to_json
from nbutils.runs import Store
from nbutils.runs.store import write_whole
from nbutils.zoo import Network


def adopt(parts: Sequence[Part], there: Gallery | None) -> tuple[Part, ...]:
    """Return the parts with those that a gallery has as they are there, so that it is gone on with by its own recipe.

    Layers of the gallery that are not among the parts stay, after them.
    """
    held = {hung.part.layer: hung.part for hung in there.layers} if there else {}
    wanted = [held.pop(part.layer, part) for part in parts]
    return (*wanted, *held.values())


def write_gallery(
    network: Network,
    parts: Sequence[Part],
    store: Store,
    folder: Path,
    provenance: Mapping[str, object],
    there: Gallery | None = None,
) -> dict:
    """Put all finished pictures into sheets, write the index beside them, and return it.

    The index comes last and in one step; sheets that it no longer names are removed then.
    there : the gallery that lies in the folder, whose pictures are kept
    Raises ValueError where a sheet of it is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = [_write_part(part, store, folder, there) for part in parts]
    index = {
        "version": VERSION,
        "network": network.name,
        "title": network.title,
        "parts": entries,
        "provenance": dict(provenance),
    }
    text = json.dumps(index, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    write_whole(folder / "index.json", f"{text}\n".encode())
    named = {sheet for entry in entries for sheet in entry["sheets"]}
    for path in folder.glob("*.webp"):
        if path.name not in named:
            path.unlink()
    return index


def _write_part(part: Part, store: Store, folder: Path, there: Gallery | None) -> dict:
    """Write the sheets of one layer and return what the index says of them."""
    hung = there.find(part.layer) if there else None
    made, tiles, facts, is_new = [], [], [], False
    for one in range(part.units):
        fresh = _find_tile(part, one, store)
        found = fresh or _find_kept(there, hung, one)
        if found is not None:
            made.append(one)
            tiles.append(found[0])
            facts.append(found[1])
            is_new |= fresh is not None
    return {
        "layer": part.layer,
        "title": part.title,
        "same": list(part.same),
        "units": part.units,
        "recipe": json.loads(to_json(part.recipe)),
        "box": list(part.box),
        "tile": part.tile,
        # What is only encoded once more gets worse: sheets with nothing new stay as they are.
        "sheets": _write_sheets(part, tiles, folder) if is_new or hung is None else list(hung.sheets),
        "made": made,
        "objectives": [fact["objective"] for fact in facts],
        "probabilities": [fact["probability"] for fact in facts] if part.is_classes else None,
        "silent": [one for one, fact in zip(made, facts, strict=True) if fact["silent"]],
    }


def _write_sheets(part: Part, tiles: Sequence[np.ndarray], folder: Path) -> list[str]:
    """Write tiles as sheets and return the names of these."""
    names = []
    for start in range(0, len(tiles), A_SHEET):
        names.append(f"{_slug(part.layer)}-{len(names) + 1}.webp")
        write_whole(folder / names[-1], encode_sheet(np.stack(tiles[start : start + A_SHEET])))
    return names


def _find_tile(part: Part, one: int, store: Store) -> tuple[np.ndarray, Mapping] | None:
    """Return the tile of a unit from the store, and what is known of it."""
    result = find_picture(store, part, one)
    return None if result is None else (cut_tile(result.arrays["picture"], part), result.facts)


def _find_kept(there: Gallery | None, hung: Hung | None, one: int) -> tuple[np.ndarray, Mapping] | None:
    """Return the tile of a unit from the gallery that is there, and what is known of it."""
    place = hung.place_of(one) if hung else None
    if place is None:
        return None
    facts = {
        "objective": hung.objectives[place],
        "probability": None if hung.probabilities is None else hung.probabilities[place],
        "silent": one in hung.silent,
    }
    return read_tiles(there, hung)[place], facts


def cut_tile(picture: np.ndarray, part: Part) -> np.ndarray:
    """Return what a sheet shows of a picture: (tile, tile, 3), uint8.

    picture : (height, width, 3), uint8
    """
    top, left, bottom, right = part.box
    shown = Image.fromarray(np.ascontiguousarray(picture[top:bottom, left:right]))
    return np.asarray(shown.resize((part.tile, part.tile), Image.Resampling.LANCZOS))


def _slug(layer: str) -> str:
    """Return a layer's name as one of a file."""
    return "".join(sign if sign.isalnum() or sign in "_-" else "_" for sign in layer)
