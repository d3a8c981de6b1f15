"""The settings of one run and what it found, without what computes them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line opens without numpy
    import numpy as np

TREATMENTS = ("base", "BnB", "AnB", "BnB+", "AnB+", "random")
COPYING = ("BnB", "AnB", "BnB+", "AnB+")
FROZEN = ("BnB", "AnB", "random")
TARGETS = ("A", "B")
NONLINEARITIES = ("relu", "abs_tanh")
LAYERS = 8


@dataclass(frozen=True)
class RunSettings:
    """One network to be trained (thesis, section 5.3).

    split : "random-S" halves the classes by seed S, "nature" into man-made (A) and natural (B); "all" has only A
    target : "A" or "B", the classes that the network is trained on
    treatment : "base", "BnB", "AnB" (n layers copied and frozen), "BnB+", "AnB+" (copied and trained on), or "random"
    n : how many layers are copied, or random and frozen; 0 for a base network
    per_class : at most so many examples of every class (section 5.7), 0 is all; with seed 0 the first ones of the data
    epochs : passes through all examples of the target; with fewer of a class the steps stay as many
    variants : how many versions of every picture are drawn beforehand (flipped, moved by up to 3 pixels), 1 is none
    rate : the largest learning rate of the one-cycle schedule
    Raises ValueError for what cannot be.
    """

    data: str = "cifar10"
    split: str = "random-0"
    target: str = "B"
    treatment: str = "base"
    n: int = 0
    per_class: int = 0
    epochs: int = 12
    variants: int = 4
    batch: int = 128
    rate: float = 0.04
    seed: int = 0
    plan: str = "small_32"
    nonlinearity: str = "relu"

    def __post_init__(self) -> None:
        if self.treatment not in TREATMENTS:
            raise ValueError(f"treatment must be one of {', '.join(TREATMENTS)}; got {self.treatment!r}.")
        if self.target not in TARGETS or (self.split == "all" and self.target != "A"):
            raise ValueError(f'target must be "A" or "B", and "A" where the split is "all"; got {self.target!r}.')
        if self.split == "all" and self.treatment.startswith("AnB"):
            raise ValueError(f'{self.treatment} copies from the other half, and the split "all" has one part only.')
        if (self.n == 0) != (self.treatment == "base") or not 0 <= self.n < LAYERS:
            raise ValueError(f"n must be 0 for a base network, else 1 to {LAYERS - 1}; got {self.n}.")
        if self.nonlinearity not in NONLINEARITIES:
            raise ValueError(f"nonlinearity must be one of {', '.join(NONLINEARITIES)}; got {self.nonlinearity!r}.")
        if min(self.epochs, self.variants, self.batch) < 1 or self.per_class < 0 or self.seed < 0:
            raise ValueError("epochs, variants and batch must be 1 or more, per_class and seed 0 or more.")

    @property
    def source(self) -> str:
        """Return the half whose base network is copied; "" where nothing is."""
        if self.treatment not in COPYING:
            return ""
        if self.treatment.startswith("BnB"):
            return self.target
        return "A" if self.target == "B" else "B"

    @property
    def base(self) -> "RunSettings | None":
        """Return the run whose layers this one copies, None where it copies none."""
        if not self.source:
            return None
        per_class = self.per_class if self.source == self.target else 0
        return replace(self, treatment="base", n=0, target=self.source, per_class=per_class)

    @property
    def frozen(self) -> int:
        """Return how many of the first layers do not learn."""
        return self.n if self.treatment in FROZEN else 0

    @property
    def name(self) -> str:
        """Return what the thesis calls this network, such as "A3B+", "baseB" or "random 3, then B"."""
        if self.treatment == "base":
            return f"base{self.target}"
        if self.treatment == "random":
            return f"random {self.n}, then {self.target}"
        return f"{self.source}{self.n}{self.target}{'+' if self.treatment.endswith('+') else ''}"

    @property
    def chance(self) -> int:
        """Return a seed that no other run has: of its first weights, the order of its examples and its dropout."""
        return int.from_bytes(hashlib.sha256(json.dumps(to_json(self), sort_keys=True).encode()).digest()[:6], "big")


@dataclass(frozen=True)
class Run:
    """A run that has ended.

    score : the last validation, best_ten : the mean of the ten best, as the thesis reports; both 0 to 1
    epochs, accuracy, loss : (k,), float: when it was validated, how much was right, the mean loss in training since
    date : day on which it ended; version : of the code that trained it
    """

    settings: RunSettings
    score: float
    best_ten: float
    seconds: float
    images_per_s: float
    hardware: str
    version: str
    date: str
    epochs: "np.ndarray"
    accuracy: "np.ndarray"
    loss: "np.ndarray"


def to_json(settings: RunSettings) -> dict:
    """Return settings as what JSON holds."""
    return asdict(settings)


def from_json(held: Mapping[str, object]) -> RunSettings:
    """Return the settings that JSON held.

    Raises ValueError for a name that is none of theirs, a value of another kind, and what cannot be.
    """
    kinds = {field.name: field.type for field in fields(RunSettings)}
    for name, value in held.items():
        if name not in kinds:
            raise ValueError(f"A run has no setting {str(name)[:40]!r}.")
        if isinstance(value, bool) or not isinstance(value, (int, float) if kinds[name] is float else kinds[name]):
            raise ValueError(f"{name} must be {kinds[name].__name__}, got {str(value)[:40]!r}.")
    return RunSettings(**held)
