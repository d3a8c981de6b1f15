"""Pictures of a folder as the thesis' networks took them: warped, cut out at random, mirrored by chance (section 5.6).

A set of a million pictures is not held in memory: workers read each when its turn comes. Which one, where it is cut
and whether it is mirrored follow from the seed and the step alone, so that a training goes on as it would have, with
any number of processes.
"""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from nbutils.nets.plans import Plan

WARPED, CUT = 256, 227  # pixels of a side: section 5.6, and the crop of the published files
_ORDER, _CUT = range(3, 5)  # what chance is needed for, beside that of training.py


class Pictures(Protocol):
    """Labelled pictures of one size that are read one by one, such as `zoo.image_folder(path).train`."""

    labels: np.ndarray
    size: int

    def __len__(self) -> int: ...

    def read(self, place: int) -> np.ndarray:
        """Return a picture : (size, size, 3), uint8."""


@dataclass(frozen=True)
class Cut:
    """A picture to be read, and what is cut out of it: the corner in pixels, and whether it is mirrored."""

    place: int
    down: int
    across: int
    mirrored: bool


@dataclass(frozen=True)
class Part:
    """Which of several processes this is: it takes its own part of every batch."""

    rank: int = 0
    processes: int = 1


class Cuts(Dataset):
    """Reads a picture and returns what is cut out of it, with its label."""

    def __init__(self, pictures: Pictures, size: int) -> None:
        self.pictures, self.size = pictures, size

    def __getitem__(self, cut: Cut) -> tuple[Tensor, int]:
        """Return (size, size, 3), uint8, and the label."""
        image = self.pictures.read(cut.place)
        image = image[cut.down : cut.down + self.size, cut.across : cut.across + self.size]
        return torch.from_numpy(np.ascontiguousarray(image[:, ::-1] if cut.mirrored else image)), int(
            self.pictures.labels[cut.place]
        )


@dataclass(frozen=True)
class Order:
    """The cuts of all steps from `first` to `last`, those of one process: an iterable of lists."""

    count: int
    batch: int
    seed: int
    room: int
    part: Part
    first: int
    last: int

    def __iter__(self) -> Iterator[list[Cut]]:
        per_pass = self.count // self.batch
        if not per_pass:
            raise ValueError(f"A step takes {self.batch} pictures, there are {self.count}: take a smaller batch.")
        for step in range(self.first, self.last):
            if step == self.first or step % per_pass == 0:
                order = _chance(self.seed, _ORDER, step // per_pass).permutation(self.count)
            chance = _chance(self.seed, _CUT, step)
            corners = chance.integers(0, self.room + 1, (self.batch, 2)).tolist()
            mirrored = chance.integers(0, 2, self.batch).tolist()
            begin = step % per_pass * self.batch
            mine = range(*split(self.batch, self.part))
            yield [Cut(int(order[begin + at]), *corners[at], bool(mirrored[at])) for at in mine]

    def __len__(self) -> int:
        return max(0, self.last - self.first)


@dataclass(frozen=True)
class Middles:
    """The middles of all pictures once, in lists of `batch`, those of one process."""

    count: int
    batch: int
    room: int
    part: Part

    def __iter__(self) -> Iterator[list[Cut]]:
        first, last = split(self.count, self.part)
        for begin in range(first, last, self.batch):
            places = range(begin, min(begin + self.batch, last))
            yield [Cut(place, self.room // 2, self.room // 2, False) for place in places]

    def __len__(self) -> int:
        first, last = split(self.count, self.part)
        return -(-(last - first) // self.batch)


def warped(plan: Plan) -> int:
    """Return to how many pixels a side pictures are warped for a plan: 256 for one of 227."""
    return round(plan.size * WARPED / CUT)


def split(count: int, part: Part) -> tuple[int, int]:
    """Return the places, first and behind the last, that are a process's own of so many."""
    return count * part.rank // part.processes, count * (part.rank + 1) // part.processes


def load(pictures: Pictures, size: int, order: Order | Middles, workers: int, pinned: bool = False) -> DataLoader:
    """Return what reads pictures in an order, in other processes where workers are given.

    pinned : in memory that a graphics card takes from
    """
    return DataLoader(
        Cuts(pictures, size),
        batch_sampler=order,
        num_workers=workers,
        pin_memory=pinned,
        worker_init_fn=_leave_signals if workers else None,
    )


def _leave_signals(_worker: int) -> None:
    """Leave it to the process that trains what a signal to stop means, which may come to all processes at once.

    A worker that ended at once would take with it the step that is being made, and the checkpoint after it.
    """
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, signal.SIG_IGN)


def _chance(seed: int, purpose: int, number: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, purpose, number]))
