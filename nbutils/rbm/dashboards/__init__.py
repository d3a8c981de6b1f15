"""What chapter 4 puts on its page."""

from nbutils.rbm.dashboards.clinic import clinic
from nbutils.rbm.dashboards.live import training

__all__ = ["clinic", "training"]
