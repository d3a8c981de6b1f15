"""Fetching an entry into the cache: sources in order, hashes checked, converted, and put in place in one step."""

import contextlib
import errno
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nbutils.zoo.cache import cache_folder, entry_folder, hash_file, is_ready, replaced_folder, write_manifest
from nbutils.zoo.converting import convert
from nbutils.zoo.entries import Address, Entry, Origin, Package, Unavailable, find_entry
from nbutils.zoo.sources import Refused, from_address, from_package

_LOCK_SECONDS = 0.5
_ROOM = 4  # a package lies on the disk as a download, a copy, and unpacked, before the converted file does


@dataclass(frozen=True)
class Progress:
    """How far a fetch is.

    done, total : bytes; total is 0 where it is not known
    source : where the bytes come from, in words
    """

    name: str
    stage: Literal["cached", "waiting", "downloading", "checking", "converting", "done"]
    done: int = 0
    total: int = 0
    source: str = ""


def fetch(name: str) -> Iterator[Progress]:
    """Bring an entry into the cache and yield how far it is; nothing is fetched that is there already.

    Two processes may fetch at once: the second waits for the first. Stopping between two snapshots, or being
    killed, leaves nothing that could be taken for whole, and the next fetch goes on from there.
    Raises Unavailable, whose text names the command to run, and ValueError for a name that the zoo does not hold.
    """
    entry = find_entry(name)
    if is_ready(name):
        yield Progress(name, "cached", entry.bytes, entry.bytes, "the cache")
        return
    try:
        yield from _fetch_locked(entry)
    except OSError as error:
        raise Unavailable(_explain(entry, error)) from error


def _fetch_locked(entry: Entry) -> Iterator[Progress]:
    """Fetch while holding the entry's lock; the lock is the process's, and goes when the process does."""
    import filelock

    cache_folder().mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(cache_folder() / f"{entry.name}.lock")
    while True:
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
            break
        except filelock.Timeout:
            yield Progress(entry.name, "waiting", source="another process, which is fetching it")
    with contextlib.ExitStack() as stack:
        stack.callback(lock.release)
        if is_ready(entry.name):  # the process that was waited for fetched it
            yield Progress(entry.name, "cached", entry.bytes, entry.bytes, "the cache")
            return
        yield from _fetch_and_convert(entry)


def _fetch_and_convert(entry: Entry) -> Iterator[Progress]:
    work = cache_folder() / "downloads" / entry.name
    work.mkdir(parents=True, exist_ok=True)
    for leftover in work.glob("pip.*.part"):
        shutil.rmtree(leftover, ignore_errors=True)
    origin = work / "origin"
    source = yield from _obtain(entry, origin)
    yield Progress(entry.name, "converting", entry.bytes, entry.bytes, source)
    try:
        with replaced_folder(entry_folder(entry)) as folder:
            convert(entry, origin, folder)
            _check_converted(entry, folder)
            write_manifest(entry, folder, source)
    except ValueError as error:
        raise Unavailable(f"{entry.title} was fetched but could not be converted: {error}") from error
    shutil.rmtree(work, ignore_errors=True)
    yield Progress(entry.name, "done", entry.bytes, entry.bytes, source)


def _obtain(entry: Entry, origin: Path) -> Iterator[Progress]:
    """Bring the origin file to `origin`, from an earlier try or the first source that has it; return that source."""
    if origin.exists() and hash_file(origin) == entry.sha256:
        return "an earlier download"
    refusals = []
    for source in entry.origins:
        total = source.bytes if isinstance(source, Package) else entry.bytes
        _require_room(entry, total)
        yield Progress(entry.name, "downloading", 0, total, str(source))
        try:
            for done in _bring(source, origin, entry.sha256):
                yield Progress(entry.name, "downloading", min(done, total), total, str(source))
        except Refused as refusal:
            refusals.append(f"{source} {refusal}")
        else:
            yield Progress(entry.name, "checking", total, total, str(source))
            return str(source)
    raise Unavailable(
        f"{entry.title} is not on this machine and no source gave it ({'; '.join(refusals)}): "
        f"connect to the network and run `{entry.command}`."
    )


def _bring(source: Origin, origin: Path, sha256: str) -> Iterator[int]:
    if isinstance(source, Address):
        return from_address(source, origin, sha256)
    return from_package(source, origin, sha256)


def _check_converted(entry: Entry, folder: Path) -> None:
    """Raise ValueError unless the converted file has the hash that is written down for it."""
    found = hash_file(folder / entry.file)
    if found != entry.converted_sha256:
        raise ValueError(f"{entry.file} has the hash {found} and not {entry.converted_sha256}.")


def _require_room(entry: Entry, download: int) -> None:
    """Raise OSError (no space) where the disk cannot hold the download and its conversion."""
    if shutil.disk_usage(cache_folder()).free < _ROOM * download:
        raise OSError(errno.ENOSPC, "No space left on device")


def _explain(entry: Entry, error: OSError) -> str:
    """Return the sentence for a cache folder that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        largest = max(getattr(origin, "bytes", entry.bytes) for origin in entry.origins)
        return (
            f"{entry.title} needs {_ROOM * largest / 1e6:.0f} MB of free disk for a moment, and {cache_folder()} has "
            f"fewer: make room, or set NBUTILS_CACHE to a folder on another disk, then run `{entry.command}`."
        )
    return (
        f"{entry.title} could not be kept in {cache_folder()} ({error.strerror or error}): set NBUTILS_CACHE to a "
        f"folder that you may write in, then run `{entry.command}`."
    )
