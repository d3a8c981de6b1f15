"""How often and how surely a network names photographs, with a class that fits and without."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from nbutils.zoo import Network, prepare


@dataclass(frozen=True)
class Guesses:
    """The first guesses for photographs of one kind.

    photographs : how many there were
    right : share of first guesses among the fitting classes; nan where no class fits
    sure : median probability of the first guess
    """

    photographs: int
    right: float
    sure: float


def name_pictures(network: Network, pictures: Iterable[np.ndarray], fitting: Sequence[int]) -> Guesses:
    """Return how often the first guess fits and how sure it is.

    pictures : each (size, size, 3), uint8, sRGB
    fitting : the classes that are right for all of them; none where ImageNet has no such class
    Raises ValueError where there is no picture.
    """
    found = []
    for pixels in pictures:
        with torch.inference_mode():
            best, place = torch.softmax(network.module(prepare(network, pixels))[0].float(), 0).max(0)
        found.append((float(best), int(place) in fitting))
    if not found:
        raise ValueError("There is no picture to name.")
    sure, right = zip(*found, strict=True)
    return Guesses(len(found), float(np.mean(right)) if fitting else float("nan"), float(np.median(sure)))
