"""What a gallery holds: of which layers, by which recipe, and which part of each picture is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from nbutils.deepvis.looking import classifier, list_layers
from nbutils.preferred.asking import run
from nbutils.preferred.objectives import logit, unit
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe
from nbutils.probe import Layer, find_layer
from nbutils.probe.receptive import Box, receptive_fields
from nbutils.zoo import Network

CLASSES = "classes"
SEED = 0
# Tiles are multiples of 16 pixels, the blocks of WebP, so that none takes colour from its neighbours.
BLOCK = 16
SMALLEST_TILE, LARGEST_TILE = 48, 128
# Of 60 pictures of classes EfficientNet-Lite0 names 80% as they are made, 72% at this size, 48% at 128 pixels.
CLASS_TILE = 160
STEPS = 64
# Found by eye on AlexNet, eight units of each of four layers: shifts of a 14th of the receptive field keep the picture
# in one piece, more total variation costs answers, less leaves speckles of single pixels.
_SHIFTED, _VARIATION = 14, 2.0
_TINY = 20  # pixels; what is smaller is not turned or zoomed: that would blur the few pixels there are


@dataclass(frozen=True)
class Part:
    """One layer of a gallery.

    layer : its name in the network
    same : names of layers whose units prefer the same pictures: a rectifier right behind it
    units : how many the layer has
    recipe : of its first unit; those of the others differ in the objective alone
    box : what is shown of each picture, the receptive field of the unit: top, left, bottom, right
    tile : side of each picture in the sheets, in pixels
    """

    layer: str
    title: str
    same: tuple[str, ...]
    units: int
    recipe: Recipe
    box: Box
    tile: int

    @property
    def is_classes(self) -> bool:
        """Return whether the units are the classes of the network."""
        return self.recipe.objectives[0].startswith("logit")

    def recipe_of(self, *units: int) -> Recipe:
        """Return the recipe that makes the pictures of these units, in this order."""
        lines = tuple(str(logit(one) if self.is_classes else unit(self.layer, one)) for one in units)
        return replace(self.recipe, objectives=lines)


def plan_gallery(network: Network, layers: Sequence[str] = (), preset: str = "default") -> tuple[Part, ...]:
    """Return the parts of a gallery of these layers.

    layers : names of layers, or "classes"; without any the classes where the network has them, else its convolutions
    preset : the recipe of the classes, by its name; convolutions have one of their own, measured by receptive field
    Raises ValueError for a layer or a preset that there is not.
    """
    if preset not in PRESETS:
        raise ValueError(f'There is no recipe "{preset}"; choose from {", ".join(PRESETS)}.')
    known = list_layers(network)
    classes = classifier(network, known)
    wanted = layers or ((CLASSES,) if classes else tuple(la.name for la in known if la.kind == "convolution"))
    return tuple(
        _plan_classes(network, classes, PRESETS[preset])
        if name == CLASSES or (classes and name == classes.name)
        else _plan_layer(network, known, find_layer(known, name))
        for name in wanted
    )


def _plan_classes(network: Network, classes: Layer | None, recipe: Recipe) -> Part:
    if classes is None:
        raise ValueError(f"{network.title} has no classes: name a layer.")
    recipe = replace(recipe, network=network.name, objectives=("logit(0)",), seeds=(SEED,), size=network.size)
    height, width = network.shape[1:]
    return Part(classes.name, classes.title, (), classes.channels, recipe, (0, 0, height, width), CLASS_TILE)


def _plan_layer(network: Network, known: Sequence[Layer], layer: Layer) -> Part:
    """Return the part of a layer: pictures just large enough for the receptive field of the neuron in the centre."""
    size, box = _frame(network, layer)
    side = max(box[2] - box[0], box[3] - box[1])
    is_tiny = side < _TINY
    recipe = Recipe(
        network=network.name,
        objectives=(str(unit(layer.name, 0)),),
        seeds=(SEED,),
        size=size,
        steps=STEPS,
        jitter=side // _SHIFTED,
        rotation=0 if is_tiny else 10,
        zoom=0 if is_tiny else 0.1,
        total_variation=_VARIATION,
    )
    tile = min(max(side // BLOCK * BLOCK, SMALLEST_TILE), LARGEST_TILE)
    return Part(layer.name, layer.title, _find_same(known, layer), layer.channels, recipe, box, tile)


def _find_same(known: Sequence[Layer], layer: Layer) -> tuple[str, ...]:
    """Return the rectifier right behind a layer: what raises a unit before it raises it behind it, too."""
    following = known[known.index(layer) + 1 : known.index(layer) + 2]
    return tuple(la.name for la in following if la.kind == "activation" and la.shape == layer.shape)


def _frame(network: Network, layer: Layer) -> tuple[int, Box]:
    """Return how large a picture must be to hold the field of the layer's centre neuron, and where that lies in it."""
    channels, height, width = network.shape
    whole = network.size, (0, 0, height, width)
    if not layer.is_spatial:
        return whole
    centre = layer.shape[1] // 2
    fields = receptive_fields(network.module, [layer.name], network.shape)[layer.name]
    places = np.array([centre, max(centre - 1, 0)])
    (top_there, _, bottom, _), (top_before, *_) = fields.boxes(np.zeros(2, int), places, places).tolist()
    side, stride = bottom - top_there, top_there - top_before
    for size in range(side, min(height, width)):
        rows = _count_rows(network, layer.name, (channels, size, size))
        top = top_there + (rows // 2 - centre) * stride
        if rows and top >= 0 and top + side <= size:
            return size, (top, top, top + side, top + side)
    return whole


def _count_rows(network: Network, layer: str, shape: tuple[int, int, int]) -> int:
    """Return how many rows the layer's map has for a picture of that shape, 0 where it is too small for the network."""
    try:
        with torch.no_grad():
            return run(network.module, torch.zeros(1, *shape), [layer])[layer].shape[2]
    except RuntimeError:  # what torch raises where a window is larger than its map
        return 0
