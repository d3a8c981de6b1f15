"""Small notes beside the results of a store: which run has begun, and why one has failed."""

import json
import os
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass

from nbutils.runs.store import BEGUN, FAILED, Store, Unwritable


@dataclass(frozen=True)
class Begun:
    """That a process works on a run, or worked on it when it was killed.

    since : seconds since 1970
    machine, process : who does it
    sweep : for which sweep, as it names itself
    deaths : how often the run had ended a worker of that sweep before
    """

    since: float
    machine: str
    process: int
    sweep: str
    deaths: int


@dataclass(frozen=True)
class Failed:
    """Why a run failed the last time, and when: seconds since 1970."""

    since: float
    failure: str


@contextmanager
def noted(store: Store, settings: Mapping[str, object], sweep: str, deaths: int) -> Iterator[None]:
    """Note for the length of a block that this process works on a run; the note stays where the process is killed.

    Raises Unwritable.
    """
    note = Begun(time.time(), platform.node(), os.getpid(), sweep, deaths)
    store.write(settings, BEGUN, json.dumps(asdict(note)).encode())
    try:
        yield
    finally:
        forget_begun(store, settings)


def forget_begun(store: Store, settings: Mapping[str, object]) -> None:
    """Remove the note that a run has begun; who does it holds the claim."""
    with suppress(OSError):
        store.path(settings, BEGUN).unlink(missing_ok=True)


def note_failed(store: Store, settings: Mapping[str, object], failure: str) -> None:
    """Note why a run failed, until it succeeds; where the folder cannot be written, the sweep says so anyway."""
    note = asdict(Failed(time.time(), failure)) | {"version": store.version, "settings": dict(settings)}
    with suppress(Unwritable):
        store.write(settings, FAILED, json.dumps(note, ensure_ascii=False, indent=1).encode(errors="replace"))


def read_begun(store: Store, settings: Mapping[str, object]) -> Begun | None:
    """Return the note that a run has begun, None where there is none."""
    return _read(store, settings, BEGUN, Begun)


def read_failed(store: Store, settings: Mapping[str, object]) -> Failed | None:
    """Return the note that a run has failed, None where there is none."""
    return _read(store, settings, FAILED, Failed)


def count_deaths(store: Store, settings: Mapping[str, object], sweep: str) -> int:
    """Return how often a run has ended a worker of a sweep, by the note that the last one left."""
    note = read_begun(store, settings)
    return note.deaths + 1 if note and note.sweep == sweep else 0


def _read(store: Store, settings: Mapping[str, object], suffix: str, kind: type) -> object:
    try:
        held = json.loads(store.path(settings, suffix).read_text("utf-8"))
        values = {name: held[name] for name in kind.__annotations__}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if any(type(value) is not kind.__annotations__[name] for name, value in values.items()):
        return None
    return kind(**values)
