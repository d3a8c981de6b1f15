"""What a machine learns from: the examples, and the settings that name them."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from nbutils.rbm.spheres import GRIDS, MOST_VALUES, SMALLEST_RADIUS, make_spheres

KINDS = ("spheres", "mnist", "fashion_mnist", "patches")
BOUNDS = {
    "number": (100, 60_000),
    "seed": (0, 2**32 - 1),
    "grid": GRIDS,
    "smallest": (SMALLEST_RADIUS, float(GRIDS[1])),
    "largest": (SMALLEST_RADIUS, float(GRIDS[1])),
    "size": (8, 20),
}
_SIDE = 28  # pixels of a side of MNIST's images


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
    """Which examples are wanted; the settings of other kinds are left unread.

    kind : one of KINDS; number : of training examples, beside which a tenth as many are kept back
    seed : of spheres and patches; grid, smallest, largest : of spheres, in voxels
    binarized : of MNIST and Fashion-MNIST; size, whitened : of patches, in pixels
    Raises ValueError for what cannot be made.
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
        """Raise ValueError with a sentence for what cannot be made."""
        if self.kind not in KINDS:
            raise ValueError(f"The kind of examples is {', '.join(KINDS[:-1])} or {KINDS[-1]}, got {self.kind!r}.")
        for name, (least, most) in BOUNDS.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise ValueError(f"{name} must be {least:,} to {most:,}, got {value:,}.")
        if self.smallest > self.largest:
            raise ValueError(f"The smallest radius, {self.smallest:g}, is larger than the largest, {self.largest:g}.")
        most = MOST_VALUES * 10 // 11 // self.visible
        if self.number > most:
            raise ValueError(
                f"{self.number:,} examples of {self.visible:,} numbers take too much memory; at most {most:,} of them."
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one example."""
        if self.kind == "spheres":
            return (self.grid,) * 3
        return (self.size, self.size) if self.kind == "patches" else (_SIDE, _SIDE)

    @property
    def visible(self) -> int:
        """How many visible units the examples need."""
        return int(np.prod(self.shape))

    @property
    def kept_back(self) -> int:
        """How many examples are kept back beside those to learn from."""
        return self.number // 10


def load(source: Source) -> Examples:
    """Return the examples that a source names; the same source, the same examples.

    Raises zoo.Unavailable, whose text names the command to run, where digits or photographs were not fetched.
    """
    return _LOADERS[source.kind](source)


def _load_spheres(source: Source) -> Examples:
    """Return spheres; those kept back are the next ones of the same draw."""
    made = make_spheres(source.number + source.kept_back, source.seed, source.grid, source.smallest, source.largest)
    train, valid = made[: source.number], made[source.number :]
    filled = train.sum(1).mean().item()
    findings = (f"On average {filled:.1f} of {source.visible:,} voxels lie inside a sphere.",)
    return Examples(f"Spheres in {source.grid}³ voxels", train, valid, source.shape, findings=findings)


_LOADERS = {"spheres": _load_spheres}
