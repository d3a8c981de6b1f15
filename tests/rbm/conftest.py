"""A small run that panes are shown: cubes of 3 x 3 x 3, 130 hidden units, 200 updates an epoch."""

import pytest
import torch

from nbutils.boltzmann.settings import Training
from nbutils.rbm.examples import Examples
from nbutils.rbm.running import Followed, follow

EXAMPLES, VALID, SHAPE = 200, 40, (3, 3, 3)


@pytest.fixture(scope="session")
def cubes() -> Examples:
    """Cubes of which a slice is on, and some noise."""
    numbers = torch.Generator().manual_seed(0)
    which = torch.randint(3, (EXAMPLES + VALID,), generator=numbers)
    cubes = (torch.arange(3)[None, :, None, None] == which[:, None, None, None]).expand(-1, *SHAPE).float()
    flipped = torch.rand(cubes.shape, generator=numbers) < 0.05
    rows = torch.where(flipped, 1 - cubes, cubes).flatten(1)
    return Examples("Cubes", rows[:EXAMPLES].contiguous(), rows[EXAMPLES:].contiguous(), SHAPE)


@pytest.fixture(scope="session")
def run(cubes) -> tuple[Followed, ...]:
    """The run as it was at each of its points: before training, after 100 updates, after each of four epochs."""
    changes = ((301, "rate", 0.1), (501, "momentum", 0.5), (501, "k", 2))
    settings = Training(hidden=130, batch=1, epochs=4, rate=0.05, changes=changes)
    return tuple(followed for followed in follow(cubes, settings) if followed.snapshot.plot)
