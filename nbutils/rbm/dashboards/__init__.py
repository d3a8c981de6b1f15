"""What chapter 4 puts on its page."""

from nbutils.rbm.dashboards.clinic import clinic
from nbutils.rbm.dashboards.live import training
from nbutils.rbm.dashboards.space import space

__all__ = ["clinic", "space", "training"]
