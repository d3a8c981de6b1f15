"""The photographs that excite a unit most and least, cut to what it sees of them, and what comes back to it there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nbutils import zoo
from nbutils.deepvis.best_photos import BestPhoto, BestPhotos
from nbutils.probe import Unit
from nbutils.probe.crops import cut, cut_backward, fit_side, read_picture

SIDE = 112  # pixels of the longer side of what is shown


@dataclass(frozen=True)
class Crop:
    """One photograph as a unit sees it.

    seen : (height, width, 3), uint8, sRGB: what is in the unit's receptive field, grey beyond the photograph
    deconv : the same size: what comes back from the unit, by deconvolution; None where it was not asked for
    """

    photo: BestPhoto
    seen: np.ndarray
    deconv: np.ndarray | None


def cut_best(
    network: zoo.Network, best: BestPhotos, deconv: bool = True, end: Literal["strongest", "weakest"] = "strongest"
) -> Iterator[Crop]:
    """Yield the photographs at one end of a unit's answers, one after the other, the most extreme first.

    deconv : whether what comes back from the unit is wanted, too
    Raises zoo.Unavailable where the photographs were not fetched, and ValueError where one is not among them or cannot
    be read.
    """
    album = {(photo.collection, photo.name): photo for photo in zoo.photos()}
    for one in getattr(best, end):
        photo = album.get((one.collection, one.name))
        if photo is None:
            raise ValueError(f'The photograph "{one.name}" is not among those of the collections.')
        seen = cut(read_picture(network, photo), one.box)
        back = None
        if deconv:
            square = zoo.read_photo(photo, network.size)
            back = fit_side(cut_backward(network, square, _find_unit(best, one), one.box, method="deconv"), SIDE)
        yield Crop(one, fit_side(seen, SIDE), back)


def _find_unit(best: BestPhotos, one: BestPhoto) -> Unit:
    """Return the neuron that answered most to a photograph; classes have no place in a map."""
    has_map = np.isnan(one.probability)
    return Unit(best.layer, best.channel, one.position if has_map else None)
