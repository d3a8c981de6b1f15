"""A graphics card that a stack of networks trains on: what there is room for, and how precisely it computes."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from nbutils.nets.examples import Examples
from nbutils.runs.devices import find_device

# Bytes that a network of a stack needs beside what it learns from: what its layers give for a batch and for a part of
# the test pictures, slopes, momentum. By the sizes of small_32's layers about half of it.
WORK = 200_000_000
# What is kept of one network is laid together once: for a moment it lies there more than once.
_TWICE = 3
_SHARE = 0.2  # of the free memory that the kept output of one network may take


@dataclass(frozen=True)
class Card:
    """A device for stacks.

    precision : of products, one of nets.precision.PRECISIONS
    count_free : returns how many bytes it has free
    """

    device: torch.device
    precision: str
    count_free: Callable[[], float]

    @property
    def most_kept(self) -> float:
        """Return how many bytes the kept output of one network may take now."""
        return _SHARE * self.count_free()

    def has_room(self, networks: int, kept: int) -> bool:
        """Say whether another network finds room beside so many, whose kept outputs take so many bytes each."""
        return self.count_free() > _TWICE * kept + (networks + 1) * WORK

    def forget(self) -> None:
        """Give memory that nothing lies in any more back to the card."""
        if self.device.type == "cuda":
            torch.cuda.empty_cache()


def find_card(name: str) -> Card:
    """Return the device of that name; ValueError where this machine has none.

    A card that computes with bfloat16 does: what it finds differs from float32 by rounding, and results tell of it.
    float16 is not for stacks, as all networks of one would share the scale of their slopes.
    """
    device = find_device(name)
    if device.type != "cuda":
        return Card(device, "float32", lambda: math.inf)
    precise = not torch.cuda.is_bf16_supported(including_emulation=False)
    return Card(device, "float32" if precise else "bfloat16", lambda: _count_free(device))


def share(device: torch.device) -> Callable[[Examples], Examples]:
    """Return what puts examples on a device, and puts the same ones there only once."""
    held: dict[int, tuple[Examples, Examples]] = {}

    def move(examples: Examples) -> Examples:
        if id(examples) not in held:
            held[id(examples)] = (examples, examples.to(device))  # held, so that no other ever has its id
        return held[id(examples)][1]

    return move


def _count_free(device: torch.device) -> float:
    unused = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return torch.cuda.mem_get_info(device)[0] + unused
