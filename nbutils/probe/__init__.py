"""Looking inside any network: its layers in the order in which they run, and what they answer."""

from nbutils.probe.activations import activations
from nbutils.probe.layers import Layer, find_layer, layers
from nbutils.probe.tiles import Tiles, make_tiles

__all__ = ["Layer", "Tiles", "activations", "find_layer", "layers", "make_tiles"]
