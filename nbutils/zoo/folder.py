"""The photographs in any folder of a person's own: found by their first bytes, whatever they are called."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from nbutils.zoo.album import (
    IS_EMPTY,
    IS_NO_PICTURE,
    LEADS_NOWHERE,
    MAY_NOT_BE_READ,
    Album,
    Photo,
    Skipped,
)
from nbutils.zoo.pixels import find_fault

MOST_FILES = 20_000
_LONGEST_NAME = 200


def read_folder(folder: str | Path) -> Album:
    """Return the photographs under a folder in the order of their paths; their names are these paths.

    Folders in it and links to folders are followed, each once; what begins with a dot is left alone. Only the first
    bytes of a file are read, and only MOST_FILES files and folders are looked at.
    Raises ValueError where there is no such folder or it may not be read.
    """
    root = Path(folder).expanduser()
    _check_root(root)
    held: list[Photo] = []
    skipped: list[Skipped] = []
    taken: set[str] = set()
    looked = 0
    for path, fault in _walk(root):
        if looked == MOST_FILES:
            return Album(tuple(held), tuple(skipped), cut_short=True)
        looked += 1
        if fault is None and path.is_dir():
            continue
        name = _name(path.relative_to(root), taken)
        reason = fault or _fault_of(path)
        if reason is None:
            held.append(Photo(name, "own", path))
        else:
            skipped.append(Skipped(name, reason))
    return Album(tuple(held), tuple(skipped))


def _check_root(root: Path) -> None:
    try:
        kind = root.stat().st_mode
        if stat.S_ISDIR(kind):
            os.scandir(root).close()
            return
    except PermissionError as error:
        raise ValueError(f"The folder {root} may not be read by you.") from error
    except (OSError, ValueError) as error:
        raise ValueError(f"There is no folder {str(root)!r}.") from error
    raise ValueError(f"{root} is a file; give the folder that it is in.")


def _walk(root: Path) -> Iterator[tuple[Path, str | None]]:
    """Yield files and folders below, in the order of their paths, each with the reason why it cannot be looked at."""
    waiting = [root]
    seen: set[tuple[int, int]] = set()
    while waiting:
        path = waiting.pop()
        try:
            about = path.stat()
        except PermissionError:
            yield path, MAY_NOT_BE_READ
            continue
        except OSError:
            yield path, LEADS_NOWHERE
            continue
        if not stat.S_ISDIR(about.st_mode):
            yield path, None if stat.S_ISREG(about.st_mode) else IS_NO_PICTURE
            continue
        if (about.st_dev, about.st_ino) in seen:  # a link back to a folder that was looked at
            continue
        seen.add((about.st_dev, about.st_ino))
        try:
            inside = sorted(inner for inner in path.iterdir() if not inner.name.startswith("."))
        except OSError:
            yield path, MAY_NOT_BE_READ
            continue
        if path != root:
            yield path, None
        waiting.extend(reversed(inside))


def _fault_of(path: Path) -> str | None:
    """Return why a regular file is no photograph, or None."""
    try:
        if path.stat().st_size == 0:
            return IS_EMPTY
        return find_fault(path)
    except PermissionError:
        return MAY_NOT_BE_READ
    except OSError:
        return IS_NO_PICTURE


def _name(path: Path, taken: set[str]) -> str:
    """Return a path as a name that can be shown and sent, at most 200 letters, and not yet taken."""
    shown = path.as_posix().encode("utf-8", "replace").decode("utf-8")
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in shown)
    if len(shown) > _LONGEST_NAME:
        shown = "…" + shown[1 - _LONGEST_NAME :]
    name, number = shown, 1
    while name in taken:
        number += 1
        name = f"{shown[: _LONGEST_NAME - 8]} ({number})"
    taken.add(name)
    return name
