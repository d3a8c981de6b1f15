"""Recipes that a person likes, kept in a folder."""

import json
from collections.abc import Iterable
from pathlib import Path

import filelock

from nbutils.preferred.recipe import Recipe, from_mapping, to_json
from nbutils.runs import Unwritable
from nbutils.runs.store import write_whole

MOST_STARS = 1_000
LONGEST_FILE = 10_000_000
FILE = "stars.json"
_LOCK_SECONDS = 5


def read_stars(folder: Path | str) -> tuple[Recipe, ...]:
    """Return the recipes with a star, the newest last; none where there is no file or none that can be read."""
    path = Path(folder) / FILE
    try:
        held = json.loads(path.read_text("utf-8")) if path.stat().st_size <= LONGEST_FILE else []
    except (OSError, ValueError):
        return ()
    return tuple(_read_each(held if isinstance(held, list) else []))


def set_star(folder: Path | str, recipe: Recipe, starred: bool) -> tuple[Recipe, ...]:
    """Give a recipe a star or take it away, and return all that have one.

    Two processes may do so at once. Raises ValueError for more than MOST_STARS, and Unwritable.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / f"{FILE}.lock", timeout=_LOCK_SECONDS):
            stars = [other for other in read_stars(folder) if other != recipe] + [recipe] * starred
            if len(stars) > MOST_STARS:
                raise ValueError(f"{MOST_STARS} recipes have a star already: take one away first.")
            write_whole(folder / FILE, f"[{', '.join(map(to_json, stars))}]".encode())
    except OSError as error:
        raise Unwritable(f"The star could not be kept in {folder} ({error}).") from error
    return tuple(stars)


def _read_each(held: list) -> Iterable[Recipe]:
    """Yield the recipes that can be read: one that another version wrote costs only itself."""
    for mapping in held[:MOST_STARS]:
        try:
            yield from_mapping(mapping)
        except (ValueError, TypeError, AttributeError):
            continue
