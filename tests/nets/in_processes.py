"""A tiny training as torchrun begins it, or in this process: CHECKPOINT."""

import os
import signal
import sys
from pathlib import Path

import numpy as np

from nbutils.nets.crops import warped
from nbutils.nets.fabric import Material, launch, train_in_processes
from nbutils.nets.networks import build
from nbutils.nets.schedules import Dropping
from nbutils.nets.training import Snapshot, Training
from tests.nets.tiny import SMALL, make_images

SAVE_EVERY = 2
TRAINING = Training(8, Dropping(0.01, 4, 6), validate_every=3, frozen=1, seed=3)


class Drawn:
    """Pictures that are no files: those of the tests, larger by what is cut off."""

    size = warped(SMALL)

    def __init__(self, count: int, seed: int) -> None:
        images, self.labels = make_images(count, seed)
        room = self.size - SMALL.size
        self.images = np.pad(images, ((0, 0), (0, room), (0, room), (0, 0)))

    def __len__(self) -> int:
        return len(self.images)

    def read(self, place: int) -> np.ndarray:
        return self.images[place]


def train_tiny(checkpoint: Path, killed_at: int = 0, training: Training = TRAINING) -> Snapshot:
    """Return where the training ends; the process kills itself after a step."""
    fabric = launch("cpu")
    material = Material(SMALL, Drawn(20, 1), Drawn(11, 2), workers=0)
    network = build(SMALL, 3, 5)
    for snapshot in train_in_processes(fabric, network, material, training, checkpoint, SAVE_EVERY):
        if snapshot.step == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
    return snapshot


if __name__ == "__main__":
    train_tiny(Path(sys.argv[1]))
