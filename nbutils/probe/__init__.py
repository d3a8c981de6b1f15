"""Looking inside any network: what its layers are, what they answer, and what comes back from a unit."""

from nbutils.probe.activations import activations
from nbutils.probe.attributions import grad_cam, integrate_gradients, integrated_gradients
from nbutils.probe.backward import METHODS, SEEDS, Backward, Unit, backward
from nbutils.probe.drawing_backward import SHOWN, draw_backward
from nbutils.probe.layers import Layer, find_layer, layers
from nbutils.probe.tiles import Tiles, make_tiles
from nbutils.probe.tokens import arrange
from nbutils.probe.unseen import unseen
from nbutils.probe.watching import watch

__all__ = [
    "METHODS",
    "SEEDS",
    "SHOWN",
    "Backward",
    "Layer",
    "Tiles",
    "Unit",
    "activations",
    "arrange",
    "backward",
    "draw_backward",
    "find_layer",
    "grad_cam",
    "integrate_gradients",
    "integrated_gradients",
    "layers",
    "make_tiles",
    "unseen",
    "watch",
]
