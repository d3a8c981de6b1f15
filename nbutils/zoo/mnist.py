"""MNIST and Fashion-MNIST: small grey images of ten classes, to learn from and to test with."""

from dataclasses import dataclass

import numpy as np
from safetensors.numpy import load as load_arrays

from nbutils.zoo.cache import read_converted
from nbutils.zoo.catalogue import find_entry

# Fashion-MNIST's ten classes in the order of its labels; source: its README, with words for single pieces.
CLOTHES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
DIGITS = tuple("0123456789")
_NAMES = {"mnist": DIGITS, "fashion_mnist": CLOTHES}


@dataclass(frozen=True)
class Digits:
    """MNIST or what has its form, with the names of the classes.

    images : (60000, 28, 28), uint8, 0 (background) to 255; labels : (60000,), uint8, places in `names`
    test_images : (10000, 28, 28) and test_labels : (10000,), the publisher's test set
    """

    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    names: tuple[str, ...]


def digits(name: str = "mnist") -> Digits:
    """Return "mnist" or "fashion_mnist" from the cache; nothing is downloaded here.

    Raises Unavailable, whose text names the command to run, where it is absent or damaged, and ValueError for
    another name.
    """
    if name not in _NAMES:
        raise ValueError(f"{name!r} holds no digits; what has their form is {' and '.join(_NAMES)}.")
    return Digits(**load_arrays(read_converted(find_entry(name))), names=_NAMES[name])
