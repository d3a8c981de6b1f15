"""What chapter 5 puts on its page."""

from nbutils.transfer.dashboards.page import transfer

__all__ = ["transfer"]
