"""CIFAR-10's binary form, and how the pictures of a package become it."""

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

# A record is one byte for the class, then 1024 bytes each of red, green and blue, row by row. Source: the section
# "Binary version" of the publisher's page.
SIDE = 32
CHANNELS = 3
_RECORD = 1 + CHANNELS * SIDE * SIDE
_CLASSES = 10
TESTS = 10_000  # the last records are the publisher's test set
_MOST_ROWS = 10_000


def read_records(data: bytes) -> dict[str, np.ndarray]:
    """Return images : (n, 32, 32, 3), labels : (n,), and test_images and test_labels, which are the last : uint8.

    Raises ValueError where the data are no such records, or hold a class that there is not.
    """
    if len(data) % _RECORD or len(data) < TESTS * _RECORD:
        raise ValueError(f"{len(data):,} bytes are not whole records of {_RECORD:,} bytes, the last {TESTS:,} to test.")
    records = np.frombuffer(data, np.uint8).reshape(-1, _RECORD)
    labels = records[:, 0].copy()
    if labels.max(initial=0) >= _CLASSES:
        raise ValueError("A record has a label that is no class.")
    planes = records[:, 1:].reshape(-1, CHANNELS, SIDE, SIDE)
    images = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
    learned = len(records) - TESTS
    return {
        "images": images[:learned],
        "labels": labels[:learned],
        "test_images": images[learned:],
        "test_labels": labels[learned:],
    }


def join_strips(pieces: Sequence[Path], wanted: Path) -> None:
    """Write records for PNG pictures, each row of which is one image, and JSON lists of the classes of their rows.

    pieces : one or more pictures, then the list of the classes of their rows; and so on
    Raises ValueError where a file is something else.
    """
    with wanted.open("wb") as target:
        for pictures, classes in _pair(pieces):
            labels = _read_classes(classes)
            rows = np.concatenate([_read_strip(path) for path in pictures])
            if len(rows) != len(labels):
                raise ValueError(f"{classes.name} has {len(labels):,} classes for {len(rows):,} images")
            planes = rows.reshape(-1, SIDE * SIDE, CHANNELS).transpose(0, 2, 1)
            target.write(np.column_stack([labels, planes.reshape(len(rows), -1)]).tobytes())


def _pair(pieces: Sequence[Path]) -> Iterator[tuple[list[Path], Path]]:
    """Yield pictures with the list of classes that follows them."""
    pictures = []
    for path in pieces:
        if path.suffix == ".png":
            pictures.append(path)
        else:
            yield pictures, path
            pictures = []


def _read_strip(path: Path) -> np.ndarray:
    """Return the pixels of a picture : (images, 1024, 3), uint8."""
    try:
        with Image.open(io.BytesIO(path.read_bytes()), formats=["PNG"]) as picture:
            if picture.mode != "RGB" or picture.width != SIDE * SIDE or picture.height > _MOST_ROWS:
                raise ValueError(f"{path.name} is no picture in colours of {SIDE * SIDE} pixels a row")
            return np.asarray(picture)
    except (OSError, SyntaxError) as error:
        raise ValueError(f"{path.name} is not a whole PNG picture") from error


def _read_classes(path: Path) -> np.ndarray:
    """Return a list of classes : (n,), uint8."""
    try:
        classes = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} is not whole JSON") from error
    if not isinstance(classes, list) or any(type(label) is not int or not 0 <= label < _CLASSES for label in classes):
        raise ValueError(f"{path.name} is no list of numbers from 0 to {_CLASSES - 1}")
    return np.array(classes, np.uint8)
