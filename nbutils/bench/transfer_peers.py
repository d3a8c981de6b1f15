"""The loop that most people write to train a network, to compare ours with."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

from nbutils.nets.examples import FARTHEST
from nbutils.nets.networks import KEPT, Network, build
from nbutils.nets.normalization import SIZE, LocalResponse
from nbutils.nets.plans import Plan
from nbutils.nets.schedules import Schedule
from nbutils.nets.training import DECAY, MOMENTUM

WORKERS = 2
POWER = 0.75


class Pictures(Dataset):
    """Pictures, each flipped by chance and moved by up to 3 pixels whenever it is asked for."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, plan: Plan) -> None:
        self.images = torch.from_numpy(images).permute(0, 3, 1, 2)
        self.labels = torch.from_numpy(labels)
        self.plan = plan

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, place: int) -> tuple[Tensor, Tensor]:
        """Return a picture as a network takes it, (channels, y, x), and its label."""
        image = F.pad(self.images[place], [FARTHEST] * 4)
        down, across = torch.randint(2 * FARTHEST + 1, (2,)).tolist()
        image = image[:, down : down + self.plan.size, across : across + self.plan.size]
        if torch.rand(()) < 0.5:
            image = image.flip(2)
        return (image.float() - self.plan.mean) / self.plan.scale, self.labels[place]


def build_plain(plan: Plan, classes: int, seed: int) -> nn.Sequential:
    """Return the same network with the same weights, of torch's own layers only."""
    network = build(plan, classes, seed)
    layers = [part for place, layer in enumerate(network.layers) for part in _as_torch(layer, place, network, plan)]
    return nn.Sequential(*layers).to(memory_format=torch.contiguous_format)


def _as_torch(layer: Sequence[nn.Module], place: int, network: Network, plan: Plan) -> list[nn.Module]:
    """Return the parts of a layer, torch's in place of ours, and the dropout that follows it."""
    parts = [
        nn.LocalResponseNorm(SIZE, plan.response, POWER, 1.0) if isinstance(part, LocalResponse) else part
        for part in layer
    ]
    return [*parts, nn.Dropout(1 - KEPT)] if place in network.drops else parts


def train_plain(
    images: np.ndarray, labels: np.ndarray, plan: Plan, classes: int, batch: int, schedule: Schedule
) -> nn.Sequential:
    """Return a network that has learned from pictures for all steps of a schedule, by an ordinary loop.

    images : (n, y, x, channels), uint8; labels : (n,), int64
    """
    network = build_plain(plan, classes, seed=0)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.0, momentum=MOMENTUM, weight_decay=DECAY)
    loader = DataLoader(
        Pictures(images, labels, plan),
        batch,
        shuffle=True,
        drop_last=True,
        num_workers=WORKERS,
        persistent_workers=True,
    )
    step = 0
    while step < schedule.steps:
        for inputs, wanted in loader:
            for group in optimizer.param_groups:
                group["lr"] = schedule.rate(step)
            loss = F.cross_entropy(network(inputs), wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            if step == schedule.steps:
                break
    return network
