"""What a machine learns from: the examples, and the settings that name them."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from nbutils import zoo
from nbutils.rbm.spheres import GRIDS, MOST_VALUES, SMALLEST_RADIUS, make_spheres
from nbutils.zoo.patching import SIZES

KINDS = ("spheres", "mnist", "fashion_mnist", "patches")
BOUNDS = {
    "number": (100, 60_000),
    "seed": (0, 2**32 - 1),
    "grid": GRIDS,
    "smallest": (SMALLEST_RADIUS, float(GRIDS[1])),
    "largest": (SMALLEST_RADIUS, float(GRIDS[1])),
    "size": SIZES,
}

_IMAGE = (28, 28)  # pixels of MNIST's images
_WHITE = 255
_KEPT_BACK = 10  # for so many examples to learn from, one is kept back
_PHOTOS_KEPT_BACK = 10


@dataclass(frozen=True)
class Examples:
    """What a machine learns from and what is kept back to test it.

    train, valid : (n, visible), float32; 0..1 for binary visible units, any number for Gaussian ones
    shape : of one example, whose product is the number of visible units
    gaussian : whether the visible units have to be Gaussian
    findings : what was found out about the data and what was done to it, in sentences
    """

    name: str
    train: Tensor
    valid: Tensor
    shape: tuple[int, ...]
    gaussian: bool = False
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """Which examples are wanted; the defaults are the thesis' spheres, and what a kind does not know it leaves unread.

    number : of examples to learn from, beside which a tenth as many are kept back
    seed : of spheres and patches; grid, smallest, largest : of spheres, in voxels
    binarized : of MNIST and Fashion-MNIST; size, whitened : of patches
    Raises ValueError that names the field, what it may be and what was got.
    """

    kind: str = "spheres"
    number: int = 50_000
    seed: int = 0
    grid: int = 10
    smallest: float = 1.0
    largest: float = 10 / 3
    binarized: bool = False
    size: int = 12
    whitened: bool = True

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}; got {str(self.kind)[:40]!r}.")
        for name, (least, most) in BOUNDS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, type(least) | int) or not least <= value <= most:
                raise ValueError(f"{name} must be {least:,} to {most:,}, got {str(value)[:40]}.")
        if self.kind == "spheres" and not self.smallest <= self.largest <= self.grid:
            raise ValueError(
                f"The radii must go up, and to at most the {self.grid} voxels of an edge; "
                f"got {self.smallest:g} to {self.largest:g}."
            )
        if self.number > most_examples(self.visible):
            raise ValueError(
                f"{self.number:,} examples of {self.visible:,} numbers each take too much memory; "
                f"at most {most_examples(self.visible):,} of this size can be made."
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one example."""
        if self.kind == "spheres":
            return (self.grid,) * 3
        return (self.size, self.size) if self.kind == "patches" else _IMAGE

    @property
    def visible(self) -> int:
        """How many visible units the examples need."""
        return math.prod(self.shape)

    @property
    def kept_back(self) -> int:
        """How many examples are kept back beside those to learn from."""
        return self.number // _KEPT_BACK


def most_examples(visible: int) -> int:
    """Return how many examples of so many numbers fit into the memory set aside, with those kept back beside them."""
    return MOST_VALUES * _KEPT_BACK // (_KEPT_BACK + 1) // visible


def load(source: Source) -> Examples:
    """Return the examples that a source names; the same source, the same examples.

    Raises zoo.Unavailable, whose text names the command to run, where digits or photographs were not fetched.
    """
    return _LOADERS[source.kind](source)


def hash_examples(values: np.ndarray) -> list[int]:
    """Return a number for each example, the same for the same ones, within one process.

    values : (n, visible)
    """
    return [hash(row.tobytes()) for row in values]


def _load_spheres(source: Source) -> Examples:
    """Return spheres; those kept back are the next ones of the same draw."""
    made = make_spheres(source.number + source.kept_back, source.seed, source.grid, source.smallest, source.largest)
    train, valid = made[: source.number], made[source.number :]
    known = set(hash_examples(train.numpy()))
    again = sum(row in known for row in hash_examples(valid.numpy()))
    findings = (
        f"On average {train.sum(1).mean().item():.1f} of {source.visible:,} voxels lie inside a sphere.",
        f"Of the {len(valid):,} spheres that are kept back, {again:,} are also among the others, for there are only so "
        "many: the free-energy gap stays small.",
    )
    return Examples(f"Spheres in {source.grid}³ voxels", train, valid, source.shape, findings=findings)


def _load_images(source: Source) -> Examples:
    """Return the first images of a set in the order of their publisher; those kept back are of its test set.

    A grey pixel is taken as the probability of its unit, as is usual for binary units (Hinton, 2010, "A practical
    guide to training restricted Boltzmann machines").
    """
    held = zoo.digits(source.kind)
    train, valid = (
        _as_units(images, source.binarized)
        for images in (held.images[: source.number], held.test_images[: source.kept_back])
    )
    done = "at least one half is 1, the rest 0" if source.binarized else "grey is a number from 0 to 1, a probability"
    title = zoo.find_entry(source.kind).title
    return Examples(title, train, valid, source.shape, findings=(f"Of the pixels, {done}.",))


def _as_units(images: np.ndarray, binarized: bool) -> Tensor:
    """Return images for binary units : (n, pixels), float32, 0..1.

    images : (n, height, width), uint8
    """
    flat = images.reshape(len(images), -1)
    return torch.from_numpy((flat > _WHITE // 2).astype(np.float32) if binarized else flat / np.float32(_WHITE))


def _load_patches(source: Source) -> Examples:
    """Return patches of photographs; those kept back are of other photographs."""
    photos = zoo.photos()
    others = [photo for place, photo in enumerate(photos) if place % _PHOTOS_KEPT_BACK]
    train = zoo.patches(others, source.size, source.number, source.seed, source.whitened)
    valid = zoo.patches(photos[::_PHOTOS_KEPT_BACK], source.size, source.kept_back, source.seed, source.whitened)
    spread = train.std()
    findings = (
        f"All was divided by {spread:.2f}, so that its standard deviation is the 1 of the Gaussian units.",
        "The patches that are kept back come from other photographs.",
    )
    name = f"{'Whitened patches' if source.whitened else 'Patches'} of {source.size} x {source.size} pixels"
    return Examples(
        name, torch.from_numpy(train / spread), torch.from_numpy(valid / spread), source.shape, True, findings
    )


_LOADERS = {
    "spheres": _load_spheres,
    "mnist": _load_images,
    "fashion_mnist": _load_images,
    "patches": _load_patches,
}
