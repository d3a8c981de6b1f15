"""What a folder says of the runs of a sweep, whoever works on them: a look that takes no claim and writes nothing."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbutils.runs.notes import read_begun, read_failed
from nbutils.runs.store import BEGUN, FAILED, LOCK, Store

try:
    import fcntl
except ImportError:  # Windows: a note that a killed process left counts as one at work until the next sweep
    fcntl = None

WORDS = ("waiting", "running", "done", "failed")


@dataclass(frozen=True)
class State:
    """Where a run stands.

    place : where its settings stand among those that were given
    word : "waiting", "running", "done" or "failed", the last time that it was tried
    since : seconds since 1970 at which it was begun, was kept or failed; None while it waits
    sentence : why it failed, "" where it did not
    machine : which computer works on it, "" where none does
    """

    place: int
    settings: Mapping[str, object]
    word: str
    since: float | None = None
    sentence: str = ""
    machine: str = ""


def watch(store: Store, settings: Sequence[Mapping[str, object]]) -> tuple[State, ...]:
    """Return where every run stands, in the order of the settings.

    store : Store(folder, version_of(function)) of the sweep
    One listing of the folder tells nearly all, so that this may be asked every second. What is done is not read: a file
    damaged afterwards counts as done until a sweep finds it.
    Raises ValueError for settings that JSON does not hold.
    """
    written = _list(store.folder)
    return tuple(_look(store, place, wanted, written) for place, wanted in enumerate(settings))


def _list(folder: Path) -> dict[str, float]:
    """Return the files of a folder that hold something, or are locks, with the time they were written."""
    try:
        with os.scandir(folder) as entries:
            return dict(_times(entries))
    except OSError:
        return {}


def _times(entries: Iterable[os.DirEntry]) -> Iterator[tuple[str, float]]:
    for entry in entries:
        try:
            told = entry.stat()
        except OSError:
            continue  # removed since it was listed
        if told.st_size or entry.name.endswith(LOCK):
            yield entry.name, told.st_mtime


def _look(store: Store, place: int, settings: Mapping[str, object], written: Mapping[str, float]) -> State:
    key = store.key(settings)
    if f"{key}.json" in written and f"{key}.npz" in written:
        return State(place, settings, "done", written[f"{key}.json"])
    if f"{key}{BEGUN}" in written and _is_held(store.folder / f"{key}{LOCK}"):
        note = read_begun(store, settings)
        if note is not None:
            return State(place, settings, "running", note.since, machine=note.machine)
    if f"{key}{FAILED}" in written:
        note = read_failed(store, settings)
        if note is not None:
            return State(place, settings, "failed", note.since, note.failure)
    return State(place, settings, "waiting")


def _is_held(lock: Path) -> bool:
    """Say whether a process holds a lock; whoever asks for it in this moment meets another and asks again."""
    if fcntl is None:
        return lock.exists()
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
