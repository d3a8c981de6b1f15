"""The dashboards of chapter 6."""

from nbutils.deepvis.dashboards.exercises import narrow_maps, pets_before_food
from nbutils.deepvis.dashboards.frequencies import frequency_study
from nbutils.deepvis.dashboards.frequency_exercises import odd_filter
from nbutils.deepvis.dashboards.gallery import gallery
from nbutils.deepvis.dashboards.noise import noise_study
from nbutils.deepvis.dashboards.searching import random_search
from nbutils.deepvis.dashboards.statistics import channel_statistics
from nbutils.deepvis.dashboards.studio import studio
from nbutils.deepvis.dashboards.studio_exercises import fading_volcano
from nbutils.deepvis.dashboards.study_exercises import half_the_time, silent_channels
from nbutils.deepvis.dashboards.tables import layer_table
from nbutils.deepvis.dashboards.toolbox import toolbox

__all__ = [
    "channel_statistics",
    "fading_volcano",
    "frequency_study",
    "gallery",
    "half_the_time",
    "layer_table",
    "narrow_maps",
    "noise_study",
    "odd_filter",
    "pets_before_food",
    "random_search",
    "silent_channels",
    "studio",
    "toolbox",
]
