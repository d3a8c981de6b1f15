"""Filters of first layers before any training: a run's seed draws them anew, so nobody has to keep them."""

import numpy as np

from nbutils.nets.networks import build
from nbutils.nets.plans import PLANS
from nbutils.transfer.records import RunSettings


def draw_first(settings: RunSettings) -> np.ndarray:
    """Return the first layer that a run begins with, where it copies none: (filters, channels, y, x), float32."""
    plan = PLANS[settings.plan]
    # How many classes there are makes no difference to the first layer, which is drawn first.
    network = build(plan, 2, settings.chance, settings.nonlinearity)
    return next(network.parameters()).detach().numpy().copy()
