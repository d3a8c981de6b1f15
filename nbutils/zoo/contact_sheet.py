"""Small pictures of all photographs, made once."""

import contextlib
import hashlib
import os
import zipfile
from pathlib import Path

import numpy as np

from nbutils.zoo.cache import cache_folder
from nbutils.zoo.catalogue import entries
from nbutils.zoo.photographs import Photo, photos, read_photo

_SMALLEST, _LARGEST = 16, 256


def thumbnails(size: int = 64) -> tuple[tuple[Photo, ...], np.ndarray]:
    """Return all photographs, and their middle squares : (n, size, size, 3), uint8, 0..255.

    They are kept in the cache folder and made anew where that file is absent or damaged; a published server
    (NBUTILS_PUBLISH=1) writes nothing and makes them again. Raises Unavailable where the
    photographs were not fetched, and ValueError for a size outside 16..256.
    """
    if not _SMALLEST <= size <= _LARGEST:
        raise ValueError(f"Thumbnails have {_SMALLEST} to {_LARGEST} pixels a side, not {size}.")
    shown = photos()
    kept = _file(shown, size)
    pictures = _read(kept, (len(shown), size, size, 3))
    if pictures is None:
        pictures = np.stack([read_photo(photo, size) for photo in shown])
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


def _file(shown: tuple[Photo, ...], size: int) -> Path:
    """Return where the thumbnails of these photographs are kept."""
    return cache_folder() / "thumbnails" / f"{size}-{_fingerprint(shown)}.npz"


def _fingerprint(shown: tuple[Photo, ...]) -> str:
    """Return 16 digits that change with the collections and with the choice of samples."""
    collections = [entry.converted_sha256 for entry in entries() if entry.kind == "photographs"]
    return hashlib.sha256("\n".join(collections + [photo.name for photo in shown]).encode()).hexdigest()[:16]


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
