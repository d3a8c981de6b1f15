"""A network small enough to work out by hand, in the frame of a real one."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from nbutils import zoo


class Small(nn.Module):
    """Four filters, of which the third never answers and the fourth always answers with 2; then three classes."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 5, stride=4)
        self.relu = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classes = nn.Linear(4, 3)
        with torch.random.fork_rng():
            torch.manual_seed(3)
            for parameter in self.parameters():
                nn.init.normal_(parameter, std=0.3)
        with torch.no_grad():
            self.conv.weight[2:] = 0
            self.conv.bias[2:] = torch.tensor([-1.0, 2.0])

    def forward(self, x):
        return self.classes(self.pool(self.relu(self.conv(x))).flatten(1))


@pytest.fixture(scope="session")
def small_network():
    """The small network as one of the zoo, with three classes."""
    module = Small().eval().requires_grad_(False)
    return replace(zoo.load("alexnet"), module=module, labels=("one", "two", "three"), name="small", title="Small")


@pytest.fixture(scope="session")
def pictures():
    """Seven pictures of blurred noise: (224, 224, 3), uint8."""
    rng = np.random.default_rng(5)
    coarse = rng.integers(0, 256, (7, 28, 28, 3), np.uint8)
    return list(coarse.repeat(8, 1).repeat(8, 2))
