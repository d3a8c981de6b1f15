"""A store of finished work: what was computed for some settings, kept under a hash of those settings."""

import contextlib
import errno
import hashlib
import json
import os
import sys
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

import filelock
import numpy as np

DAMAGED = (OSError, ValueError, EOFError, KeyError, TypeError, zipfile.BadZipFile, zlib.error)
LOCK, BEGUN, FAILED = ".lock", ".begun", ".failed"
FULL = (errno.ENOSPC, errno.EDQUOT)


class Unwritable(Exception):  # noqa: N818  the word that a person reads
    """The folder of a store could not be written; the text is a sentence that says what to do."""


@dataclass(frozen=True)
class Result:
    """What one run found.

    arrays : name -> array of numbers
    facts : name -> anything that JSON holds
    """

    arrays: Mapping[str, np.ndarray]
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Store:
    """Finished work in a folder that several processes may share, as one npz and one JSON file a piece.

    version : what made the work, such as `version_of(function)`; another version finds nothing of this one
    """

    folder: Path
    version: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", Path(self.folder))

    def key(self, settings: Mapping[str, object]) -> str:
        """Return the name under which the settings' work lies: 64 hexadecimal digits, SHA-256."""
        return hashlib.sha256(f"{self.version}\n{canonical(settings)}".encode()).hexdigest()

    def get(self, settings: Mapping[str, object], only: Collection[str] | None = None) -> Result | None:
        """Return what was kept for these settings, None where there is nothing or where it is damaged.

        only : the names of the arrays to read; None is all
        """
        told_in, packed_in = self.path(settings, ".json"), self.path(settings, ".npz")
        try:
            told = json.loads(told_in.read_text("utf-8"))
            with np.load(packed_in, allow_pickle=False) as file:
                names = [name for name in told["arrays"] if only is None or name in only]
                return Result({name: file[name] for name in names}, dict(told["facts"]))
        except DAMAGED:
            return None

    def put(self, settings: Mapping[str, object], arrays: Mapping[str, np.ndarray], facts: Mapping) -> None:
        """Keep what was found for these settings; a reader sees all of it or nothing.

        Raises Unwritable where the disk is full or the folder cannot be written, and ValueError for arrays of
        objects or facts that JSON does not hold.
        """
        packed = _pack(arrays)
        told = {"version": self.version, "settings": settings, "arrays": sorted(arrays), "facts": facts}
        text = _to_json(told, indent=1)
        self.write(settings, ".npz", packed)
        # The JSON file comes last: where it lies, the work is whole.
        self.write(settings, ".json", text.encode())
        with self._explained():
            self.path(settings, FAILED).unlink(missing_ok=True)

    def path(self, settings: Mapping[str, object], suffix: str) -> Path:
        """Return the file of these settings with that suffix."""
        return self.folder / f"{self.key(settings)}{suffix}"

    def write(self, settings: Mapping[str, object], suffix: str, content: bytes) -> None:
        """Put the file of these settings with that suffix in place in one step; raise Unwritable."""
        with self._explained():
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(self.path(settings, suffix), content)

    @contextlib.contextmanager
    def claimed(self, settings: Mapping[str, object]) -> Iterator[bool]:
        """Say for the length of a block whether this process alone works on these settings.

        The claim is a lock of the operating system: it ends with the process that holds it, however that ends.
        Raises Unwritable.
        """
        lock = self._lock(settings)
        try:
            with self._explained():
                lock.acquire(timeout=0)
        except filelock.Timeout:
            yield False
            return
        try:
            self._remove_leftovers(settings)
            yield True
        finally:
            with contextlib.suppress(OSError):  # Windows does not remove a file that is open
                self.path(settings, LOCK).unlink()
            lock.release()

    def _lock(self, settings: Mapping[str, object]) -> filelock.FileLock:
        with self._explained():
            self.folder.mkdir(parents=True, exist_ok=True)
        return filelock.FileLock(self.path(settings, LOCK), thread_local=False)

    def _remove_leftovers(self, settings: Mapping[str, object]) -> None:
        """Remove what a killed process had half written; whoever calls this holds the claim."""
        for leftover in self.folder.glob(f"{self.key(settings)}.*.part"):
            leftover.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn an error of the file system into a sentence."""
        try:
            yield
        except OSError as error:
            if isinstance(error, filelock.Timeout):
                raise
            if error.errno in FULL:
                sentence = (
                    f"The disk is full: a result could not be kept in {self.folder}. Make room and start again; "
                    "what is finished stays."
                )
            else:
                sentence = f"{self.folder} could not be written ({error}). Choose a folder that you may write in."
            raise Unwritable(sentence) from error


def version_of(function: Callable) -> str:
    """Return the name of a function with the VERSION that its module gives it, such as "gaits.walk 3".

    Of a functools.partial it is that of the function within: what is bound says where to work and not what to find.
    Raises ValueError where the module has no VERSION.
    """
    function = unbound(function)
    module = sys.modules.get(getattr(function, "__module__", ""))
    name = getattr(function, "__qualname__", repr(function))
    version = getattr(module, "VERSION", None)
    if isinstance(version, bool) or not isinstance(version, int | str):
        raise ValueError(
            f"{name} needs a VERSION, a number or a text in its module: what it computes is kept under this version, "
            "and is computed anew when you change it."
        )
    return f"{function.__module__}.{name} {version}"


def unbound(function: Callable) -> Callable:
    """Return the function within a functools.partial, and any other function as it is."""
    return function.func if isinstance(function, partial) else function


def canonical(settings: Mapping[str, object]) -> str:
    """Return settings as canonical JSON: sorted names, no spaces; equal settings give equal texts.

    Raises ValueError for what JSON does not hold, such as arrays, NaN or names that are no texts.
    """
    return _to_json(settings, sort_keys=True, separators=(",", ":"))


def _to_json(value: object, **form: object) -> str:
    _require_text_names(value)
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, **form)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Settings and facts are made of texts, finite numbers, truth values, lists and dicts; {error}."
        ) from error


def _require_text_names(value: object) -> None:
    """Raise ValueError for a dict with names that JSON would turn into texts: 1 and "1" must not become one."""
    if isinstance(value, Mapping):
        wrong = next((name for name in value if not isinstance(name, str)), None)
        if wrong is not None:
            raise ValueError(f"Settings and facts are named with texts, got the name {wrong!r}.")
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            _require_text_names(item)


def _pack(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return arrays as the bytes of an npz file; ValueError for arrays of objects, which would need pickle."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, array in arrays.items():
            with file.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
    return packed.getvalue()


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place in one step; what fails on the way leaves nothing. Raises OSError."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
