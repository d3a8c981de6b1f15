"""The plots by which training is watched: the four of the chapter, and those beyond."""

from nbutils.rbm.dashboards.error_pane import ErrorPane
from nbutils.rbm.dashboards.filter_pane import FilterPane
from nbutils.rbm.dashboards.hidden_pane import HiddenPane
from nbutils.rbm.dashboards.histogram_pane import HistogramPane
from nbutils.rbm.dashboards.likelihood_pane import LikelihoodPane
from nbutils.rbm.dashboards.monitors_pane import MonitorPane

__all__ = ["ErrorPane", "FilterPane", "HiddenPane", "HistogramPane", "LikelihoodPane", "MonitorPane"]
