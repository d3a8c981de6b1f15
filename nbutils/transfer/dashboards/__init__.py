"""What chapter 5 puts on its page."""

from nbutils.transfer.dashboards.exercises import (
    domestic_animals,
    longer_training,
    split_drop,
    unlucky_deal,
    unmoved_parts,
)
from nbutils.transfer.dashboards.page import transfer
from nbutils.transfer.dashboards.reporting import reported, split_figure

__all__ = [
    "domestic_animals",
    "longer_training",
    "reported",
    "split_drop",
    "split_figure",
    "transfer",
    "unlucky_deal",
    "unmoved_parts",
]
