"""The cache folder: one folder per entry, complete or absent, with a manifest that says what it is."""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from nbutils.commands import as_typed
from nbutils.zoo.catalogue import Entry, Unavailable, find_entry

MANIFEST = "manifest.json"


def cache_folder() -> Path:
    """Return the folder for everything fetched: NBUTILS_CACHE, or else the user's cache folder."""
    named = os.environ.get("NBUTILS_CACHE")
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_cache_path("deep-visualization-notebooks")


def list_sizes(folder: Path) -> Iterator[int]:
    """Yield the size in bytes of each file under a folder; what is removed or renamed meanwhile may be left out."""
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                yield (Path(place) / name).stat().st_size


def entry_folder(entry: Entry) -> Path:
    """Return the folder that holds the converted entry."""
    return cache_folder() / entry.name


def is_ready(name: str) -> bool:
    """Say whether the entry lies converted in the cache; quick, for it reads the manifest and hashes nothing."""
    entry = find_entry(name)
    manifest = read_manifest(entry)
    if manifest.get("origin_sha256") != entry.sha256 or manifest.get("sha256") != entry.converted_sha256:
        return False
    try:
        return (entry_folder(entry) / entry.file).stat().st_size == manifest.get("bytes")
    except OSError:
        return False


def read_converted(entry: Entry) -> bytes:
    """Return the converted file (weights or index) after checking its hash, which costs 1 to 4 ms a megabyte.

    Raises Unavailable, whose text names the command to run, where the entry is absent or has changed.
    """
    if not is_ready(entry.name):
        raise Unavailable(f"{entry.title}: not on this machine yet. Run `{entry.command}` while online.")
    data = (entry_folder(entry) / entry.file).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry.converted_sha256:
        raise Unavailable(
            f"{entry.title}: {entry.file} has changed since it was fetched. Run `{as_typed('nbutils data verify')}`, "
            f"which forgets what is damaged, then `{entry.command}`."
        )
    return data


def forget(entry: Entry) -> None:
    """Take the entry's manifest away, so that the next fetch brings the entry anew."""
    (entry_folder(entry) / MANIFEST).unlink(missing_ok=True)


def read_manifest(entry: Entry) -> dict[str, object]:
    """Return what the manifest says, or an empty dict where it is absent or damaged."""
    try:
        manifest = json.loads((entry_folder(entry) / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def write_manifest(entry: Entry, folder: Path, source: str) -> None:
    """Write beside the converted file what it is, whence it came, and both hashes."""
    manifest = {
        "name": entry.name,
        "title": entry.title,
        "licence": entry.licence,
        "source": source,
        "origin_sha256": entry.sha256,
        "file": entry.file,
        "bytes": (folder / entry.file).stat().st_size,
        "sha256": hash_file(folder / entry.file),
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), "utf-8")


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def replaced_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; it takes the place of `folder` when the block ends well, else it vanishes.

    The caller holds the entry's lock. What lies under the final name is therefore always complete.
    """
    for leftover in folder.parent.glob(f"{folder.name}.*.part"):
        shutil.rmtree(leftover)
    fresh = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    fresh.mkdir(parents=True)
    try:
        yield fresh
        for path in fresh.iterdir():
            _sync(path)
        _sync(fresh)
        retired = folder.with_name(f"{folder.name}.{os.getpid()}.old.part")
        if folder.exists():
            folder.replace(retired)
        fresh.replace(folder)
        shutil.rmtree(retired, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _sync(path: Path) -> None:
    """Have the disk hold what was written to this file or folder."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open folders; its file system journals the names by itself
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
