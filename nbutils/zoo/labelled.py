"""Small labelled images under one roof: what a network learns from, what it is tested with, and its classes."""

from dataclasses import dataclass

import numpy as np
from safetensors.numpy import load as load_arrays

from nbutils.zoo.cache import read_converted
from nbutils.zoo.catalogue import find_entry
from nbutils.zoo.mnist import digits

LABELLED = ("cifar10", "mnist", "fashion_mnist")

# CIFAR-10's ten classes in the order of its labels. Source: batches.meta.txt in the publisher's archive.
_THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


@dataclass(frozen=True)
class Labelled:
    """A set of images with the class of each.

    images : (n, height, width, channels), uint8, 0 to 255; labels : (n,), int64, places in `classes`
    test_images, test_labels : in the same form, what the publisher keeps for tests
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: tuple[str, ...]


def labelled(name: str) -> Labelled:
    """Return one of LABELLED from the cache; nothing is downloaded here.

    Raises Unavailable, whose text names the command to run, where it is absent or damaged, and ValueError for
    another name.
    """
    if name not in LABELLED:
        raise ValueError(f"{name!r} is no set of labelled images; these are {', '.join(LABELLED)}.")
    if name == "cifar10":
        return _gather(name, _THINGS, **load_arrays(read_converted(find_entry(name))))
    held = digits(name)
    return _gather(name, held.names, held.images, held.labels, held.test_images, held.test_labels)


def _gather(
    name: str,
    classes: tuple[str, ...],
    images: np.ndarray,
    labels: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
) -> Labelled:
    """Return a set whose images have an axis for channels and whose labels are wide enough for torch."""
    return Labelled(
        name,
        images.reshape(*images.shape[:3], -1),
        labels.astype(np.int64),
        test_images.reshape(*test_images.shape[:3], -1),
        test_labels.astype(np.int64),
        classes,
    )
