"""Montages of a gallery: a whole layer as in Figure 6.6 of the thesis, and its layers compared as in Figure 6.5."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from nbutils.deepvis.galleries import Gallery, Hung, read_tiles

GAP = 6
DARK = (20, 22, 26)


@dataclass(frozen=True)
class Row:
    """One layer in a comparison.

    side : of its pictures, in pixels of the network's input: what a unit sees
    units : that are shown, from left to right
    top, bottom : rows of the montage
    """

    layer: str
    title: str
    side: int
    units: tuple[int, ...]
    top: int
    bottom: int


def shrink_tiles(tiles: np.ndarray, most_bytes: int, room: int) -> np.ndarray:
    """Return tiles no larger than what is seen of them, and few enough bytes to be sent: (n, side, side, 3), uint8.

    tiles : (n, side, side, 3), uint8
    room : screen pixels for each
    """
    side = min(tiles.shape[1], room, int((most_bytes / 3 / len(tiles)) ** 0.5))
    if side >= tiles.shape[1]:
        return tiles
    how = Image.Resampling.BOX
    return np.stack([np.asarray(Image.fromarray(tile).resize((side, side), how)) for tile in tiles])


def compare_layers(gallery: Gallery, width: int = 1000, first: int = 0) -> tuple[np.ndarray, tuple[Row, ...]]:
    """Return some pictures of every layer at the size of what its units see, the deepest layer on top, and its rows.

    first : the unit that begins each row; the others follow spread over the layer
    Returns (height, width, 3), uint8. Raises ValueError where no layer has a picture.
    """
    shown = [hung for hung in reversed(gallery.layers) if hung.made]
    if not shown:
        raise ValueError(f"The gallery of {gallery.title} has no pictures yet.")
    sides = [max(hung.part.box[2] - hung.part.box[0], 1) for hung in shown]
    montage = np.full((sum(sides) + GAP * (len(sides) + 1), width, 3), DARK, np.uint8)
    rows, top = [], GAP
    for hung, side in zip(shown, sides, strict=True):
        places = _spread(hung, max(1, (width - GAP) // (side + GAP)), first)
        tiles = read_tiles(gallery, hung)
        for number, place in enumerate(places):
            left = GAP + number * (side + GAP)
            montage[top : top + side, left : left + side] = _resize(tiles[place], side)
        units = tuple(hung.made[place] for place in places)
        rows.append(Row(hung.part.layer, hung.part.title, side, units, top, top + side))
        top += side + GAP
    return montage, tuple(rows)


def _spread(hung: Hung, number: int, first: int) -> Sequence[int]:
    """Return so many places, spread over all, that begin with a unit where it has a picture."""
    count = len(hung.made)
    begin = hung.place_of(first) or 0
    step = max(1, count // number)
    return [(begin + step * place) % count for place in range(min(number, count))]


def _resize(tile: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(Image.fromarray(tile).resize((side, side), Image.Resampling.LANCZOS))
