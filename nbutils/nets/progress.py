"""What is counted while networks learn, and where a training stands for whoever looks on."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from nbutils.nets.networks import Network


@dataclass(frozen=True)
class Point:
    """A validation: after how many steps, how much was right (0 to 1), the mean loss in training since the last."""

    step: int
    accuracy: float
    loss: float


@dataclass(frozen=True)
class Snapshot:
    """Where a training stands.

    network : the network itself, which goes on learning; momentum : parameter -> its running step, shared with the loop
    points : all validations so far; loss, losses : sum of the losses since the last one, and of how many steps
    seconds : that this training has taken, over all its parts; scaling : of slopes, in float16 only
    """

    step: int
    steps: int
    network: Network
    momentum: dict[str, Tensor]
    points: tuple[Point, ...]
    loss: float
    losses: int
    seconds: float
    images: int
    scaling: Mapping[str, float] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Return whether all steps are done."""
        return self.step == self.steps

    @property
    def images_per_s(self) -> float:
        """Return how many examples were learned from in a second."""
        return self.images / self.seconds if self.seconds else 0.0


class Progress:
    """What a loop counts that trains one network, or several in a stack.

    step, steps : how many are made, how many there are; images : that each network has learned from
    loss : () or (networks,), the sum of the losses since the last validation; losses : of how many steps
    """

    def __init__(self, steps: int, loss: Tensor, start: Snapshot | None = None, networks: int = 1) -> None:
        self.steps, self.loss, self._networks = steps, loss, networks
        self.step, self.images, self.losses = (start.step, start.images, start.losses) if start else (0, 0, 0)
        self._before = start.seconds if start else 0.0
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Return how long this has taken, over all its parts: a network's share of the time."""
        return self._before + (time.perf_counter() - self._began) / self._networks

    def count(self, loss: Tensor, images: int) -> None:
        """Count a step that was made, with its loss and the pictures of its batch."""
        self.loss += loss
        self.losses += 1
        self.step += 1
        self.images += images

    def reaches(self, every: int) -> bool:
        """Return whether what comes every so many steps, and after the last one, comes now."""
        return self.step % every == 0 or self.step == self.steps

    def forget_losses(self) -> None:
        """Begin to sum losses anew, after a validation."""
        self.loss.zero_()
        self.losses = 0

    def show(
        self,
        network: Network,
        momentum: dict[str, Tensor],
        points: tuple[Point, ...],
        loss: float,
        scaling: Mapping[str, float],
    ) -> Snapshot:
        """Return where the training of a network stands; `loss` is its sum as a number."""
        counted = (self.losses, self.seconds, self.images)
        return Snapshot(self.step, self.steps, network, momentum, points, loss, *counted, scaling)
