"""Turning an origin file into what the suite reads: safetensors, or plain picture files with an index."""

import hashlib
import io
import json
import pickle
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from nbutils.zoo.archives import read_pictures
from nbutils.zoo.catalogue import Entry

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

_IMAGE_ARRAYS = ("images", "labels", "test_images", "test_labels")
_IMAGE_SHAPE = (28, 28)
_CLASSES = 10
_SUBJECTS = {"cats": "cat", "dogs": "dog"}  # a folder's name where it is not the word for one picture


def convert(entry: Entry, origin: Path, folder: Path) -> None:
    """Write the converted entry into `folder`. Raises ValueError where the origin file is not what it should be."""
    if entry.kind == "photographs":
        _convert_photographs(origin, folder, entry.file)
    elif entry.kind == "images":
        _convert_images(entry, origin, folder / entry.file)
    else:
        _convert_network(entry, origin, folder / entry.file)


def _convert_network(entry: Entry, origin: Path, target: Path) -> None:
    """Read the weights without running anything, name them as our modules do, and write them as safetensors."""
    from safetensors.torch import save

    try:
        weights = _read_weights(entry.name, origin)
    except (pickle.UnpicklingError, RuntimeError, KeyError, EOFError) as error:
        raise ValueError(f"{entry.title}'s weights could not be read: {error}") from error
    # One metadata key at most: with several, their order in the file, and so its hash, would be left to chance.
    target.write_bytes(save(weights, {"format": "pt"}))


def _read_weights(name: str, origin: Path) -> "dict[str, Tensor]":
    """Return a network's tensors under the names of our modules."""
    import torch

    from nbutils.zoo.alexnet import ALEXNET_CONVOLUTIONS
    from nbutils.zoo.efficientnet import name_efficientnet_weights
    from nbutils.zoo.flax import name_convolutions
    from nbutils.zoo.mobilenet import name_mobilenet_weights
    from nbutils.zoo.pickles import read_pickled_arrays
    from nbutils.zoo.vgg import VGG16_CONVOLUTIONS

    if name == "alexnet":
        return name_convolutions(read_pickled_arrays(origin)["AlexNet_0"], ALEXNET_CONVOLUTIONS)
    if name == "vgg16":
        return name_convolutions(read_pickled_arrays(origin)["VGG16_0"], VGG16_CONVOLUTIONS)
    held = torch.load(origin, map_location="cpu", weights_only=True)
    return name_efficientnet_weights(held) if name == "efficientnet_lite0" else name_mobilenet_weights(held)


def _convert_images(entry: Entry, origin: Path, target: Path) -> None:
    """Write images and labels, first those to learn from, as safetensors."""
    from safetensors.numpy import save

    target.write_bytes(save(_read_images(entry, origin.read_bytes())))


def _read_images(entry: Entry, data: bytes) -> "dict[str, np.ndarray]":
    """Return the four arrays of a set of images from its origin file."""
    from nbutils.zoo.cifar import read_records
    from nbutils.zoo.quickdraw import read_drawings

    if entry.name == "cifar10":
        return read_records(data)
    return read_drawings(data) if entry.name == "quickdraw" else _read_digits(entry, data)


def _read_digits(entry: Entry, data: bytes) -> "dict[str, np.ndarray]":
    """Return the four IDX arrays of a set in MNIST's form."""
    from nbutils.zoo.idx import read_idx

    held = read_idx(data)
    if len(held) != len(_IMAGE_ARRAYS):
        raise ValueError(f"{entry.title} holds {len(held)} arrays and not {len(_IMAGE_ARRAYS)}.")
    arrays = dict(zip(_IMAGE_ARRAYS, held, strict=True))
    for images, labels in (("images", "labels"), ("test_images", "test_labels")):
        count = len(arrays[labels])
        if arrays[images].shape != (count, *_IMAGE_SHAPE) or arrays[labels].shape != (count,):
            raise ValueError(f"{entry.title} does not hold one label for each image of 28 x 28 pixels.")
        if arrays[labels].max(initial=0) >= _CLASSES:
            raise ValueError(f"{entry.title} holds a label that is no class.")
    return arrays


def _convert_photographs(origin: Path, folder: Path, index: str) -> None:
    """Write each different picture of a zip under a readable name, and an index in the order of the names."""
    found: dict[str, dict[str, object]] = {}
    for path, data in read_pictures(origin):
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 in found:
            continue  # the collections repeat some pictures in a second folder
        width, height = _measure(path, data)
        name = _name_picture(path, {record["name"] for record in found.values()})
        file = f"{name}.jpg"
        (folder / file).write_bytes(data)
        found[sha256] = {"name": name, "file": file, "sha256": sha256, "width": width, "height": height}
    if not found:
        raise ValueError("The archive holds no JPEG pictures.")
    records = sorted(found.values(), key=lambda record: record["name"])
    (folder / index).write_text(json.dumps(records, indent=1), "utf-8")


def _measure(path: PurePosixPath, data: bytes) -> tuple[int, int]:
    """Return width and height of a JPEG; ValueError where it is none."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as picture:
            return picture.size
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is not a JPEG picture.") from error


def _name_picture(path: PurePosixPath, taken: set[str]) -> str:
    """Return for .../cats/cat.4001.jpg the name cat-4001 (what is on it, and its number), or cat-4001b if taken."""
    folder = path.parent.name.lower()
    numbers = re.findall(r"\d+", path.stem)
    subject = _SUBJECTS.get(folder, folder)
    if not numbers or not re.fullmatch(r"[a-z]+", subject):
        raise ValueError(f"{path} does not say what is on the picture and which number it has.")
    name = f"{subject}-{int(numbers[-1])}"
    for letter in ("", "b", "c", "d"):
        if name + letter not in taken:
            return name + letter
    raise ValueError(f"More than four different pictures would be called {name}.")
