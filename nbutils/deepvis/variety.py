"""How much the pictures of one unit differ when they begin differently, layer by layer (thesis, Figure 6.5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nbutils.deepvis.gallery_plans import Part
from nbutils.preferred.maximizing import maximize
from nbutils.zoo import Network

UNITS, STARTS = 8, 4  # of each layer, and of each unit, as many as in the thesis' figure


@dataclass(frozen=True)
class Variety:
    """What was found for one layer.

    alike : mean correlation between two pictures of one unit, over what the unit sees
    apart : the same between pictures of different units, to compare with
    reached : mean of the lowest over the highest objective of a unit's starts: how equally good its pictures are
    """

    units: int
    alike: float
    apart: float
    reached: float


def measure_variety(network: Network, part: Part, units: int = UNITS, starts: int = STARTS) -> Variety:
    """Return how much the pictures of a layer's units differ between starts.

    units : how many, spread over the layer
    """
    chosen = np.linspace(0, part.units - 1, units).round().astype(int).tolist()
    pictures, objectives = [], []
    for one in chosen:
        recipe = replace(part.recipe_of(one), seeds=tuple(range(starts)))
        *_, last = maximize(network, recipe)
        top, left, bottom, right = part.box
        pictures.append(last.pictures[:, :, top:bottom, left:right])
        objectives.append(last.objectives)
    alike, apart = correlate(pictures)
    reached = np.mean([values.min() / values.max() for values in objectives])
    return Variety(units, alike, apart, float(reached))


def correlate(pictures: Sequence[np.ndarray]) -> tuple[float, float]:
    """Return the mean correlation between pictures of one unit, and between pictures of two units.

    pictures : of each unit (starts, channels, height, width), float
    """
    flat = np.concatenate([of_unit.reshape(len(of_unit), -1) for of_unit in pictures])
    owners = np.repeat(np.arange(len(pictures)), [len(of_unit) for of_unit in pictures])
    table = np.corrcoef(flat)
    same = owners[:, None] == owners
    others = ~np.eye(len(flat), dtype=bool)
    return float(table[same & others].mean()), float(table[~same].mean())
