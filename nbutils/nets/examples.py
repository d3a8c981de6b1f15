"""Labelled pictures as a training takes them: all in memory, every version of them drawn beforehand."""

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import torch
from torch import Tensor

from nbutils.nets.networks import Network
from nbutils.nets.plans import Plan

FARTHEST = 3  # pixels by which a version is moved
PASS = 500  # examples that go through a network at once where nothing is learned


@dataclass(frozen=True)
class Examples:
    """What goes into a network, or what its first layers gave for it.

    inputs : (versions * n, ...), uint8 pictures (y, x, channels) or float32 outputs of layer `first`; the versions of
        all examples lie one behind the other, first those as they are
    labels : (n,), int64
    first : how many layers the inputs have gone through
    """

    inputs: Tensor
    labels: Tensor
    plan: Plan
    first: int = 0

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def versions(self) -> int:
        """Return how many versions there are of every example."""
        return len(self.inputs) // max(1, len(self.labels))

    def to(self, device: torch.device | str) -> "Examples":
        """Return these examples on a device."""
        return replace(self, inputs=self.inputs.to(device), labels=self.labels.to(device))

    def take(self, places: Tensor) -> Tensor:
        """Return inputs by their places as a network takes them: float32, channels last in memory."""
        taken = self.inputs.index_select(0, places)
        if self.first:
            return taken
        return ((taken.float() - self.plan.mean) / self.plan.scale).permute(0, 3, 1, 2)


def draw_versions(images: np.ndarray, versions: int, seed: int) -> np.ndarray:
    """Return pictures as they are and, behind them, versions that are flipped by chance and moved by up to 3 pixels.

    images : (n, y, x, channels), uint8; the result: (versions * n, y, x, channels), what moves in is black
    """
    chance = np.random.default_rng(seed)
    count, height, width, _ = images.shape
    room = np.pad(images, ((0, 0), (FARTHEST, FARTHEST), (FARTHEST, FARTHEST), (0, 0)))
    ways = list(product(range(2 * FARTHEST + 1), range(2 * FARTHEST + 1), (1, -1)))
    drawn = np.empty((versions, *images.shape), np.uint8)
    drawn[0] = images
    for version in drawn[1:]:
        taken = chance.integers(0, len(ways), count)
        for way, (down, across, direction) in enumerate(ways):
            places = np.flatnonzero(taken == way)
            version[places] = room[places, down : down + height, across : across + width][:, :, ::direction]
    return drawn.reshape(-1, *images.shape[1:])


def make_examples(images: np.ndarray, labels: np.ndarray, plan: Plan, versions: int = 1, seed: int = 0) -> Examples:
    """Return examples of pictures, with their versions.

    images : (n, y, x, channels), uint8; labels : (n,), integers
    Raises ValueError for pictures of another size than the plan's.
    """
    if images.shape[1:] != (plan.size, plan.size, plan.channels):
        wanted = f"{plan.size} x {plan.size} pixels with {plan.channels} channels"
        raise ValueError(f"The plan {plan.name} takes pictures of {wanted}, got {images.shape[1:]}.")
    drawn = draw_versions(images, versions, seed) if versions > 1 else images
    return Examples(torch.from_numpy(np.ascontiguousarray(drawn)), torch.from_numpy(labels.astype(np.int64)), plan)


def pass_through(network: Network, examples: Examples, layers: int) -> Examples:
    """Return what the first layers give for all examples, computed once: nothing is dropped on the way."""
    with torch.no_grad():
        given = [
            network(examples.take(places), first=examples.first, last=layers)
            for places in torch.arange(len(examples.inputs), device=examples.inputs.device).split(PASS)
        ]
    # Rows of what was kept are copied whole: channels last in memory once more.
    kept = torch.cat(given)
    if kept.dim() == 4:
        kept = kept.contiguous(memory_format=torch.channels_last)
    return Examples(kept, examples.labels, examples.plan, layers)


def measure_accuracy(network: Network, examples: Examples) -> float:
    """Return how many examples, as they are, the network finds the class of, 0 to 1."""
    with torch.no_grad():
        right = sum(
            int((network(examples.take(places), first=examples.first).argmax(1) == examples.labels[places]).sum())
            for places in torch.arange(len(examples), device=examples.inputs.device).split(PASS)
        )
    return right / max(1, len(examples))
