"""Looking inside any network: what its layers are, what they answer, and what comes back from a unit."""

from nbutils.probe.activations import activations
from nbutils.probe.attributions import grad_cam, integrate_gradients, integrated_gradients
from nbutils.probe.backward import METHODS, SEEDS, Backward, Unit, backward
from nbutils.probe.crops import cut, cut_backward, fit_side, read_picture
from nbutils.probe.drawing_backward import SHOWN, draw_backward
from nbutils.probe.layers import Layer, find_layer, layers
from nbutils.probe.ranking import Kept, Ranking, is_good_example, strongest_percentiles, weakest_percentiles
from nbutils.probe.ranking_files import load_strongest, save_strongest, search
from nbutils.probe.receptive import Fields, receptive_field, receptive_fields
from nbutils.probe.shares import to_shares
from nbutils.probe.strongest import Strongest, strongest
from nbutils.probe.tiles import Tiles, make_tiles
from nbutils.probe.tokens import arrange
from nbutils.probe.unseen import unseen
from nbutils.probe.watching import watch

__all__ = [
    "METHODS",
    "SEEDS",
    "SHOWN",
    "Backward",
    "Fields",
    "Kept",
    "Layer",
    "Ranking",
    "Strongest",
    "Tiles",
    "Unit",
    "activations",
    "arrange",
    "backward",
    "cut",
    "cut_backward",
    "draw_backward",
    "find_layer",
    "fit_side",
    "grad_cam",
    "integrate_gradients",
    "integrated_gradients",
    "is_good_example",
    "layers",
    "load_strongest",
    "make_tiles",
    "read_picture",
    "receptive_field",
    "receptive_fields",
    "save_strongest",
    "search",
    "strongest",
    "strongest_percentiles",
    "to_shares",
    "unseen",
    "watch",
    "weakest_percentiles",
]
