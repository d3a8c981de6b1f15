"""The dashboards of chapter 1."""

from nbutils.introduction.dashboards.ledger import ledger_page
from nbutils.introduction.dashboards.practice import practice_wall

__all__ = ["ledger_page", "practice_wall"]
