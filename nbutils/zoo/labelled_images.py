"""Small labelled images under one roof: what a network learns from, what it is tested with, and its classes."""

from dataclasses import dataclass

import numpy as np
from safetensors.numpy import load as load_arrays

from nbutils.zoo.cache import read_converted
from nbutils.zoo.catalogue import find_entry
from nbutils.zoo.mnist import CLOTHES, DIGITS
from nbutils.zoo.quickdraw import WORDS

# CIFAR-10's ten classes in the order of its labels. Source: batches.meta.txt in the publisher's archive.
_THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_CLASSES = {"cifar10": _THINGS, "mnist": DIGITS, "fashion_mnist": CLOTHES, "quickdraw": WORDS}
LABELLED = tuple(_CLASSES)


@dataclass(frozen=True)
class Labelled:
    """A set of images with the class of each.

    images : (n, height, width, channels), uint8, 0 to 255; labels : (n,), int64, places in `classes`
    test_images, test_labels : in the same form, what is kept for tests
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: tuple[str, ...]


def class_names(name: str) -> tuple[str, ...]:
    """Return the classes of one of LABELLED, which need not be here; raises ValueError for another name."""
    if name not in _CLASSES:
        raise ValueError(f"{name!r} is no set of labelled images; these are {', '.join(LABELLED)}.")
    return _CLASSES[name]


def labelled(name: str) -> Labelled:
    """Return one of LABELLED from the cache; nothing is downloaded here.

    Raises Unavailable, whose text names the command to run, where it is absent or damaged, and ValueError for
    another name.
    """
    classes = class_names(name)
    held = load_arrays(read_converted(find_entry(name)))
    pictures = {part: held[part].reshape(*held[part].shape[:3], -1) for part in ("images", "test_images")}
    labels = {part: held[part].astype(np.int64) for part in ("labels", "test_labels")}
    return Labelled(name, **pictures, **labels, classes=classes)
