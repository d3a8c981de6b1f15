"""What chapter 3 puts on its page."""

from nbutils.forms.dashboards.breed_page import forms
from nbutils.forms.dashboards.drawn import drawn
from nbutils.forms.dashboards.exercises import corners_asked, five_slabs, half_ball, same_structure
from nbutils.forms.dashboards.findings_figures import bias_figure, choices_figure, growth_figure
from nbutils.forms.dashboards.painter_tab import painter

__all__ = [
    "bias_figure",
    "choices_figure",
    "corners_asked",
    "drawn",
    "five_slabs",
    "forms",
    "growth_figure",
    "half_ball",
    "painter",
    "same_structure",
]
