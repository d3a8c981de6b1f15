"""Nine pictures that one unit prefers, from nine starts, made one after the other in small steps."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nbutils.deepvis.galleries import Hung
from nbutils.deepvis.looking import classifier
from nbutils.preferred.maximizing import every_step
from nbutils.preferred.objectives import channel, logit
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe
from nbutils.preferred.saving import to_colours
from nbutils.probe import Layer
from nbutils.probe.receptive import Box
from nbutils.zoo import Network

SEEDS = tuple(range(9))
# A picture of a channel that is made while somebody waits: smaller and shorter than those of a gallery.
_WAITING = {"size": 128, "steps": 48}


@dataclass(frozen=True)
class Nine:
    """What is there of the nine pictures.

    pictures : of each that was begun (side, side, 3), uint8, sRGB; the last one may still change
    objectives : what each reached
    silent : whether its gradient was zero to the end, so that it shows nothing
    step, steps : of all pictures together
    """

    pictures: tuple[np.ndarray, ...]
    objectives: tuple[float, ...]
    silent: tuple[bool, ...]
    step: int
    steps: int
    seconds_left: float

    @property
    def finished(self) -> bool:
        """Return whether all nine are done."""
        return self.step == self.steps


def choose_recipe(
    network: Network, known: tuple[Layer, ...], layer: Layer, unit: int, hung: Hung | None
) -> tuple[Recipe, Box | None]:
    """Return how a unit's pictures are made, and which part of them is shown; None for all of it.

    It is the recipe of the gallery where that has the layer, else a quick one: of the class, or of the channel's mean.
    hung : the layer's part of a gallery, or None
    """
    if hung is not None:
        return hung.part.recipe_of(unit), hung.part.box
    if layer == classifier(network, known):
        return replace(PRESETS["draft"], network=network.name, objectives=(str(logit(unit)),), size=network.size), None
    size = min(_WAITING["size"], network.size)
    line = str(channel(layer.name, unit))
    return replace(PRESETS["channel"], **_WAITING | {"size": size}, network=network.name, objectives=(line,)), None


def make_nine(network: Network, recipe: Recipe, box: Box | None = None) -> Iterator[Nine]:
    """Yield the pictures of a recipe for each of the nine seeds, after each step of one picture.

    Raises what `nbutils.preferred.maximizing.maximize` raises.
    """
    begun = time.monotonic()
    done: tuple = ((), (), ())
    steps = recipe.steps * len(SEEDS)
    for place, seed in enumerate(SEEDS):
        for snapshot in every_step(network, replace(recipe, seeds=(seed,))):
            seen = _cut(to_colours(snapshot.pictures[0]), box)
            newest = seen, float(snapshot.objectives[0]), bool(snapshot.silent[0])
            shown = tuple((*before, now) for before, now in zip(done, newest, strict=True))
            # A picture that settles or stays silent ends early: what it does not need is counted as done.
            step = (place + 1) * recipe.steps if snapshot.finished else place * recipe.steps + snapshot.step
            left = (time.monotonic() - begun) / step * (steps - step)
            yield Nine(*shown, step, steps, left)
        done = shown


def _cut(pixels: np.ndarray, box: Box | None) -> np.ndarray:
    """Return what is shown of a picture : (height, width, 3), uint8."""
    if box is None:
        return pixels
    top, left, bottom, right = box
    return pixels[top:bottom, left:right]
