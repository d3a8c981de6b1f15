"""A small run that panes are shown: cubes of 3 x 3 x 3, 130 hidden units, 200 updates an epoch; open dashboards."""

import pytest
import torch

from nbutils.boltzmann.settings import Training
from nbutils.rbm import view as views
from nbutils.rbm.dashboards.live import LiveTraining
from nbutils.rbm.examples import Examples
from nbutils.rbm.running import Followed, follow
from tests.rbm.live_pages import FEW, LONG, wait_for

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


@pytest.fixture
def open_live():
    """Open dashboards that are stopped behind the test."""
    opened = []

    def open_(own=None, **fields):
        opened.append(LiveTraining(views.view_of(FEW | fields | {"own": own is not None}), own))
        return opened[-1]

    yield open_
    for made in opened:
        made.job.close()
        assert made.job.wait(60)


@pytest.fixture
def started(open_live):
    """A dashboard in the middle of a long run."""
    made = open_live(**LONG)
    made.job.start()
    wait_for(lambda: not made._sees_stored and made.followed().snapshot.epoch > 0)
    return made
