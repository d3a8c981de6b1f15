"""The dashboards of chapter 1."""

from nbutils.introduction.dashboards.exercises import figures_of_chapter_6, negative_photograph
from nbutils.introduction.dashboards.ledger import ledger_page
from nbutils.introduction.dashboards.practice import practice_wall

__all__ = ["figures_of_chapter_6", "ledger_page", "negative_photograph", "practice_wall"]
