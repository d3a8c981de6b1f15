"""What chapter 4 puts on its page."""

from nbutils.rbm.dashboards.clinic import clinic
from nbutils.rbm.dashboards.exercises import (
    lost_panels,
    mean_image,
    one_mini_batch,
    same_run,
    whitest_white,
    wide_weights,
)
from nbutils.rbm.dashboards.live import training
from nbutils.rbm.dashboards.pictures import picture
from nbutils.rbm.dashboards.space import space
from nbutils.rbm.dashboards.survey_figures import rate_curves, survey_table

__all__ = [
    "clinic",
    "lost_panels",
    "mean_image",
    "one_mini_batch",
    "picture",
    "rate_curves",
    "same_run",
    "space",
    "survey_table",
    "training",
    "whitest_white",
    "wide_weights",
]
