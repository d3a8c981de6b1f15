"""Pictures as PNG files that carry their recipe, and the way back from a file to the same picture, bit for bit."""

import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

import nbutils
from nbutils.preferred.maximizing import Snapshot, every_step
from nbutils.preferred.recipe import Recipe, from_mapping, to_json
from nbutils.zoo import Network

KEY = "nbutils recipe"
LARGEST_FILE = 50_000_000


@dataclass(frozen=True)
class Saved:
    """What a PNG says about the picture in it.

    place : which picture of the recipe
    step : after how many steps
    objective, probability : what the network said of it then; probability is None where there is none
    """

    recipe: Recipe
    place: int
    step: int
    objective: float
    probability: float | None


def pack(snapshot: Snapshot, place: int = 0) -> bytes:
    """Return one picture of a snapshot as a PNG file that carries its recipe.

    Colours are rounded to 8 bits. Pictures of one channel are grey; those of neither 1 nor 3 channels are written as
    one grey picture with the channels one under the other.
    Raises ValueError for a place that the snapshot does not have.
    """
    _check_place(snapshot.recipe, place)
    objective, seed = snapshot.recipe.pairs()[place]
    said = PngInfo()
    said.add_itxt("Title", f"{snapshot.recipe.network}, {objective[:200]}, seed {seed}, step {snapshot.step}")
    said.add_text("Software", f"nbutils {nbutils.__version__}, torch {torch.__version__}")
    said.add_itxt(KEY, json.dumps(_describe(snapshot, place), ensure_ascii=False, allow_nan=False))
    out = io.BytesIO()
    Image.fromarray(to_pixels(snapshot.pictures[place])).save(out, "PNG", pnginfo=said)
    return out.getvalue()


def save(path: str | Path, snapshot: Snapshot, place: int = 0) -> None:
    """Write one picture of a snapshot as `pack` makes it; nobody ever finds half a file there."""
    packed = pack(snapshot, place)
    path = Path(path)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        beside.write_bytes(packed)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_saved(source: str | Path | BinaryIO) -> Saved:
    """Return what a PNG file says about the picture in it; its pixels are not decoded.

    Raises ValueError for a file that is no PNG, carries no recipe or carries one that cannot be.
    """
    if isinstance(source, str | Path):
        if Path(source).stat().st_size > LARGEST_FILE:
            raise ValueError(f"A saved picture has at most {LARGEST_FILE // 1_000_000} million bytes; this has more.")
        with Path(source).open("rb") as file:
            return read_saved(file)
    try:
        with Image.open(source, formats=("PNG",)) as picture:
            text = picture.info.get(KEY)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise ValueError("This file is no PNG picture that can be read.") from error
    if not isinstance(text, str):
        raise ValueError(
            "This picture carries no recipe. Those that were saved here do, until another program edits them."
        )
    return _read(text)


def read_recipe(source: str | Path | BinaryIO) -> Recipe:
    """Return the recipe that a PNG file carries; raises as `read_saved` does."""
    return read_saved(source).recipe


def remake(network: Network, saved: Saved) -> Iterator[Snapshot]:
    """Yield the steps of a saved picture again; the last snapshot holds it at its place.

    On the same processor and with the same versions it is the same picture bit for bit, as all pictures of its recipe
    are made together again. A GPU adds in no fixed order: there it is the same but for rounding.
    Raises ValueError for another network than the recipe's.
    """
    if network.name != saved.recipe.network:
        raise ValueError(f'This picture was made with "{saved.recipe.network}", not with "{network.name}".')
    for snapshot in every_step(network, saved.recipe):
        yield snapshot
        if snapshot.step == saved.step:
            return


def to_pixels(picture: np.ndarray) -> np.ndarray:
    """Return a picture in 8 bits: (height, width, 3) of three channels, else (channels * height, width), uint8.

    picture : (channels, height, width), float, 0..1
    """
    rounded = np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)
    if len(rounded) == 3:
        return np.ascontiguousarray(rounded.transpose(1, 2, 0))
    return rounded.reshape(-1, rounded.shape[2])


def to_colours(picture: np.ndarray) -> np.ndarray:
    """Return a picture as colours in 8 bits: (height, width, 3), uint8.

    The first three channels are the colours; of fewer than three the first is shown in grey.
    picture : (channels, height, width), float, 0..1
    """
    return to_pixels(picture[:3] if len(picture) >= 3 else np.repeat(picture[:1], 3, 0))


def _describe(snapshot: Snapshot, place: int) -> dict[str, object]:
    """Return what a saved picture carries, as what JSON can hold."""
    probability = None if snapshot.probabilities is None else float(snapshot.probabilities[place])
    return {
        "place": place,
        "step": snapshot.step,
        "objective": float(snapshot.objectives[place]),
        "probability": None if probability is None or np.isnan(probability) else probability,
        "recipe": json.loads(to_json(snapshot.recipe)),
    }


def _read(text: str) -> Saved:
    """Return what the text of a saved picture says; anyone may have written it."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("The recipe in this picture cannot be read.") from error
    if not isinstance(held, dict) or not isinstance(held.get("recipe"), dict):
        raise ValueError("The recipe in this picture cannot be read.")
    recipe = from_mapping(held["recipe"])
    place, step = (_whole(held, name) for name in ("place", "step"))
    _check_place(recipe, place)
    if not 1 <= step <= recipe.steps:
        raise ValueError(f"The picture says step {step} of a recipe of {recipe.steps} steps.")
    chance = held.get("probability")
    return Saved(recipe, place, step, _number(held.get("objective")), None if chance is None else _number(chance))


def _whole(held: dict, name: str) -> int:
    value = held.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"The picture's {name} must be a whole number, got {str(value)[:40]!r}.")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e30:
        raise ValueError(f"The picture's score must be a number, got {str(value)[:40]!r}.")
    return float(value)


def _check_place(recipe: Recipe, place: int) -> None:
    if not 0 <= place < recipe.pictures:
        raise ValueError(f"The recipe makes the pictures 0 to {recipe.pictures - 1}, got {place}.")
