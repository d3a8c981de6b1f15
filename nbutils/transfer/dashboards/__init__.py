"""What chapter 5 puts on its page."""

from nbutils.transfer.dashboards.exercises import (
    domestic_animals,
    longer_training,
    split_drop,
    unlucky_deal,
    unmoved_parts,
)
from nbutils.transfer.dashboards.page import transfer

__all__ = [
    "domestic_animals",
    "longer_training",
    "split_drop",
    "transfer",
    "unlucky_deal",
    "unmoved_parts",
]
