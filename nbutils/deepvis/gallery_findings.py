"""What the pictures of the galleries that ship amount to: how many, how far above photographs, recognised by whom."""

from math import nan

import numpy as np

from nbutils import zoo
from nbutils.deepvis.best_photos import read_best
from nbutils.deepvis.galleries import NETWORKS, Gallery, Hung, read_gallery, read_tiles
from nbutils.deepvis.making import judge_of
from nbutils.preferred.judging import judge


def sum_up_galleries() -> dict:
    """Return for each layer of each gallery what `sum_up_layer` finds."""
    found = {name: read_gallery(name) for name in NETWORKS}
    return {
        name: {hung.part.layer: sum_up_layer(gallery, hung) for hung in gallery.layers}
        for name, gallery in found.items()
        if gallery is not None
    }


def sum_up_layer(gallery: Gallery, hung: Hung) -> dict:
    """Return how many units of a layer have a picture, and what these are worth.

    above_photographs : median over units of the answer to the picture over that to the strongest photograph
    with_example : units of whose liking a photograph shows something
    recognised : share of the classes that another network's best guess names, for the pictures as they ship, and the
        mean of their probabilities
    """
    best = {
        one: read_best(gallery.network, hung.part.layer, one, hung.objectives[hung.place_of(one)]) for one in hung.made
    }
    ratios = [
        hung.objectives[hung.place_of(one)] / photos.strongest[0].value
        for one, photos in best.items()
        if photos is not None and photos.strongest and photos.strongest[0].value > 0
    ]
    told = {
        "units": hung.part.units,
        "made": len(hung.made),
        "silent": len(hung.silent),
        "above_photographs": float(np.median(ratios)) if ratios else nan,
        "with_example": sum(photos is not None and photos.has_good_example for photos in best.values()),
    }
    return told | (_ask_another(gallery, hung) if hung.part.is_classes else {})


def _ask_another(gallery: Gallery, hung: Hung) -> dict:
    """Return what a network that never saw the pictures of classes says of them."""
    other = zoo.load(judge_of(gallery.network))
    tiles = read_tiles(gallery, hung).transpose(0, 3, 1, 2).astype(np.float32) / 255
    spread = judge(other, tiles)
    right = spread.argmax(1) == np.array(hung.made)
    mean = float(spread[np.arange(len(hung.made)), list(hung.made)].mean())
    return {"recognised": {"by": other.name, "share": float(right.mean()), "mean_p": mean}}
