"""Make the pictures of a gallery, each kept as soon as it is finished."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbutils.deepvis.galleries import Gallery
from nbutils.deepvis.gallery_plans import Part
from nbutils.preferred.maximizing import Snapshot, maximize
from nbutils.preferred.recipe import Recipe, to_json
from nbutils.preferred.saving import to_colours
from nbutils.runs import Result, Store
from nbutils.zoo import Network, cache_folder

VERSION = 1
TOGETHER = 8  # pictures made at once, and so lost at most where work is broken off
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


def make_pictures(
    network: Network,
    parts: Sequence[Part],
    store: Store,
    units: Sequence[int] | None = None,
    there: Gallery | None = None,
) -> Iterator[Rendering]:
    """Make the pictures that neither the store nor a gallery holds yet, yielding after each step.

    units : of every part; those it does not have are left out; None is all
    Raises ValueError for what the network does not have, FloatingPointError for a recipe that breaks, and
    runs.Unwritable where nothing can be kept.
    """
    wanted = {part: choose_units(part, units) for part in parts}
    missing = {
        part: [one for one in numbers if not (_hangs(there, part, one) or store.get(_settings(part, one), only=()))]
        for part, numbers in wanted.items()
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


def find_picture(store: Store, part: Part, one: int) -> Result | None:
    """Return a unit's picture, (height, width, 3), uint8, and what is known of it; None where it is not made."""
    return store.get(_settings(part, one))


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


def _hangs(there: Gallery | None, part: Part, one: int) -> bool:
    """Return whether a gallery has the picture of a unit."""
    hung = there.find(part.layer) if there else None
    return hung is not None and hung.place_of(one) is not None


def _keep(store: Store, part: Part, batch: tuple[int, ...], snapshot: Snapshot) -> None:
    """Put the finished pictures of a batch into the store, each by itself."""
    for place, one in enumerate(batch):
        chances = snapshot.probabilities
        facts = {
            "objective": round(float(snapshot.objectives[place]), 4),
            "probability": None if chances is None else round(float(chances[place]), 4),
            "silent": bool(snapshot.silent[place]),
        }
        store.put(_settings(part, one), {"picture": to_colours(snapshot.pictures[place])}, facts)


def _settings(part: Part, one: int) -> dict:
    """Return what a picture is kept under: of its recipe all that is not as in a new one.

    So pictures are found again after a recipe has gained a field that changes nothing by default.
    """
    plain, held = json.loads(to_json(Recipe())), json.loads(to_json(part.recipe_of(one)))
    return {name: value for name, value in held.items() if value != plain[name]}


def _cost(part: Part) -> float:
    """Return about how much work a picture is, in any unit: pixels times steps."""
    return float((part.recipe.size**2 + STEP_PIXELS) * part.recipe.steps)
