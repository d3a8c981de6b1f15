"""The dashboards of chapter 6."""

from nbutils.deepvis.dashboards.exercises import narrow_maps, pets_before_food
from nbutils.deepvis.dashboards.tables import layer_table
from nbutils.deepvis.dashboards.toolbox import toolbox

__all__ = ["layer_table", "narrow_maps", "pets_before_food", "toolbox"]
