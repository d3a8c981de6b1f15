"""Small pictures of all photographs, made once."""

import contextlib
import hashlib
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from nbutils.zoo.album import Album, Photo
from nbutils.zoo.cache import cache_folder
from nbutils.zoo.catalogue import entries
from nbutils.zoo.photographs import photos, read_photo

MOST = 2_000
_SMALLEST, _LARGEST = 16, 256
_GREY = 128


def thumbnails(size: int = 64, album: Album | None = None) -> tuple[Album, np.ndarray]:
    """Return all photographs, and their middle squares : (n, size, size, 3), uint8, 0..255.

    album : another album than the suite's own photographs; of this only the first MOST are shown, and what cannot be
        read is a grey square
    They are kept in the cache folder and made anew where that file is absent or damaged; a published server
    (NBUTILS_PUBLISH=1) writes nothing and makes them again. Raises Unavailable where the
    photographs were not fetched, and ValueError for a size outside 16..256.
    """
    if not _SMALLEST <= size <= _LARGEST:
        raise ValueError(f"Thumbnails have {_SMALLEST} to {_LARGEST} pixels a side, not {size}.")
    shown = photos() if album is None else replace(album, held=album[:MOST])
    kept = _file(shown, size)
    pictures = _read(kept, (len(shown), size, size, 3))
    if pictures is None:
        look = read_photo if album is None else _read_or_grey
        pictures = np.array([look(photo, size) for photo in shown], np.uint8).reshape(-1, size, size, 3)
        if os.environ.get("NBUTILS_PUBLISH") == "1":
            return shown, pictures
        with contextlib.suppress(OSError):  # a full or read-only disk costs only the time to make them again
            _write(kept, pictures)
    return shown, pictures


def has_thumbnails(size: int = 64) -> bool:
    """Say whether the thumbnails are kept already; quick, for it only looks for their file.

    Raises Unavailable where the photographs were not fetched.
    """
    return _file(photos(), size).is_file()


def _read_or_grey(photo: Photo, size: int) -> np.ndarray:
    """Return the photograph, or where it cannot be read a grey square : (size, size, 3), uint8."""
    try:
        return read_photo(photo, size)
    except ValueError:
        return np.full((size, size, 3), _GREY, np.uint8)


def _file(shown: Album, size: int) -> Path:
    """Return where the thumbnails of these photographs are kept."""
    return cache_folder() / "thumbnails" / f"{size}-{_fingerprint(shown)}.npz"


def _fingerprint(shown: Album) -> str:
    """Return 16 digits that change with the collections, the choice of samples, and every file of a person's own."""
    told = [entry.converted_sha256 for entry in entries() if entry.kind == "photographs"]
    for photo in shown:
        told.append(photo.name)
        if photo.collection == "own":
            told.append(_state(photo.path))
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _state(path: Path) -> str:
    """Return where a file lies, how large it is and when it was written."""
    try:
        about = path.stat()
    except OSError:
        return str(path)
    return f"{path} {about.st_size} {about.st_mtime_ns}"


def _read(path: Path, shape: tuple[int, ...]) -> np.ndarray | None:
    """Return the kept pictures, or None where they are absent, damaged or of another shape."""
    try:
        with np.load(path, allow_pickle=False) as held:
            pictures = held["pictures"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return pictures if pictures.shape == shape and pictures.dtype == np.uint8 else None


def _write(path: Path, pictures: np.ndarray) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            np.savez(file, pictures=pictures)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
