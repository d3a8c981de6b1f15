"""A search for the strongest photographs on disk, so that it can be gone on with."""

import json
import os
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from nbutils.probe.ranking import Kept, Ranking
from nbutils.probe.strongest import Strongest, begin, name_difference, strongest
from nbutils.zoo import Network, Photo

VERSION = 1
_ENDS = ("strongest", "weakest")


def search(
    path: Path, network: Network, photos: Sequence[Photo], layers: Sequence[str], n: int = 9, every: float = 10.0
) -> Iterator[Strongest]:
    """Do as `strongest` does, and go on from the file at `path` where it holds the same search; else begin anew.

    The file is written after so many seconds, and at the end; by a published server (NBUTILS_PUBLISH=1) never. Raises
    what `strongest` raises, and OSError where the file cannot be written.
    """
    published = os.environ.get("NBUTILS_PUBLISH") == "1"
    try:
        start = load_strongest(path)
    except ValueError:
        start = None
    if start is not None and name_difference(start, begin(network, photos, layers, n)):
        start = None
    saved = time.monotonic()
    for found in strongest(network, photos, layers, n, start):
        if not published and (found.finished or time.monotonic() - saved >= every):
            save_strongest(path, found)
            saved = time.monotonic()
        yield found


def save_strongest(path: Path, found: Strongest) -> None:
    """Write a snapshot, whole or not at all, in the place of the one that is there."""
    arrays = {}
    for number, ranking in enumerate(found.rankings.values()):
        for end in _ENDS:
            kept = getattr(ranking, end)
            arrays |= {f"{number}/{end}/{field.name}": getattr(kept, field.name) for field in fields(Kept)}
        arrays |= {f"{number}/mean": ranking.mean, f"{number}/squares": ranking.squares}
    facts = {
        "version": VERSION,
        "network": found.network,
        "weights": found.weights,
        "album": found.album,
        "photographs": found.photographs,
        "place": found.place,
        "unread": found.unread,
        "reasons": found.reasons,
        "layers": {name: ranking.looked for name, ranking in found.rankings.items()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.savez(file, facts=np.frombuffer(json.dumps(facts).encode(), np.uint8), **arrays)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load_strongest(path: Path) -> Strongest | None:
    """Return the snapshot in a file, None where there is no file.

    Raises ValueError where the file holds something else or is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as held:
            facts = json.loads(held["facts"].tobytes())
            if facts.pop("version") != VERSION:
                raise ValueError("another version")
            looked = facts.pop("layers")
            rankings = {
                name: Ranking(
                    *(_read_end(held, f"{number}/{end}") for end in _ENDS),
                    looked=int(looked[name]),
                    mean=held[f"{number}/mean"],
                    squares=held[f"{number}/squares"],
                )
                for number, name in enumerate(looked)
            }
            return Strongest(**{**facts, "rankings": rankings, "reasons": tuple(facts["reasons"])})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path.name} holds no search that can be gone on with: take it away to begin anew."
        ) from error


def _read_end(held: np.lib.npyio.NpzFile, name: str) -> Kept:
    return Kept(**{field.name: held[f"{name}/{field.name}"] for field in fields(Kept)})
