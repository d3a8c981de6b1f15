"""A tiny training in this process, or as torchrun begins it in two: CHECKPOINT."""

import importlib
import os
import signal
import socket
import sys
from pathlib import Path

import numpy as np
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

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


def train_tiny(
    checkpoint: Path, killed_at: int = 0, training: Training = TRAINING, save_every: int = SAVE_EVERY, **more: object
) -> Snapshot:
    """Return where the training ends; the process kills itself after a step."""
    fabric = launch("cpu")
    material = Material(SMALL, Drawn(20, 1), Drawn(11, 2), workers=0)
    network = build(SMALL, 3, 5)
    for snapshot in train_in_processes(fabric, network, material, training, checkpoint, save_every, **more):
        if snapshot.step == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
    return snapshot


def train_and_stop(checkpoint: Path) -> None:
    """Train to the end, and once more until the second process alone is told to stop."""
    train_tiny(checkpoint)
    train_tiny(checkpoint.with_name("stopped"), stops=lambda: os.environ["RANK"] == "1")


def train_in_two(checkpoint: Path) -> None:
    """Do as `torchrun --standalone --nproc-per-node 2` does; its processes fork from this one, which has imported all.

    They meet at a port that the system says is free, and at this machine's own address, which needs no name.
    """
    importlib.import_module("lightning_fabric")
    os.environ["GLOO_SOCKET_IFNAME"] = next(name for _, name in socket.if_nameindex() if name.startswith("lo"))
    where = {"rdzv_backend": "c10d", "rdzv_endpoint": "localhost:0", "local_addr": "127.0.0.1", "run_id": "tiny"}
    two = LaunchConfig(1, 1, nproc_per_node=2, max_restarts=0, start_method="fork", **where)
    elastic_launch(two, train_and_stop)(checkpoint)


if __name__ == "__main__":
    train_in_two(Path(sys.argv[1]))
