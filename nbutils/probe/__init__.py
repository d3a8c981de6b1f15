"""Looking inside any network: its layers in the order in which they run, and what they answer."""

from nbutils.probe.activations import activations
from nbutils.probe.layers import Layer, find_layer, layers
from nbutils.probe.tiles import Tiles, make_tiles
from nbutils.probe.tokens import arrange
from nbutils.probe.watching import watch

__all__ = ["Layer", "Tiles", "activations", "arrange", "find_layer", "layers", "make_tiles", "watch"]
