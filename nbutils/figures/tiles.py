"""Small pictures side by side on dark gray: how the filters of a layer are looked at."""

from collections.abc import Sequence
from math import ceil, prod, sqrt

import numpy as np

# The dark gray between tiles, and what keeps a flat tile from a division by zero: Yosinski's thesis, section 4.3.4.
BORDER = 51
SMALLEST_SPREAD = 1e-6
AXES = ("x", "y", "z")


def draw_tiles(pictures: np.ndarray, border: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return each picture stretched from its own darkest to its own brightest value, with a border at right and below.

    pictures : (n, height, width), float
    Returns the tiles : (n, height + border, width + border), uint8, grey, and the ranges : (n, 2), float32, the
    smallest and largest value behind each tile. A tile that holds a number which is not finite is all border.
    Raises ValueError for other axes.
    """
    pictures = np.asarray(pictures, np.float32)
    if pictures.ndim != 3 or 0 in pictures.shape:
        raise ValueError(f"pictures must have the axes (n, height, width), got {pictures.shape}.")
    number, height, width = pictures.shape
    low, high = pictures.min((1, 2)), pictures.max((1, 2))
    finite = np.isfinite(low) & np.isfinite(high)
    tiles = np.full((number, height + border, width + border), BORDER, np.uint8)
    # Truncated, as a number is that is written into an array of bytes.
    with np.errstate(over="ignore", invalid="ignore"):
        spread = (high - low + np.float32(SMALLEST_SPREAD))[:, None, None]
        shares = (pictures - low[:, None, None]) / spread
    finite &= np.isfinite(spread[:, 0, 0])
    tiles[finite, :height, :width] = (shares[finite] * 255).astype(np.uint8)
    return tiles, np.stack([low, high], 1)


def lay_out(tiles: np.ndarray, columns: int) -> np.ndarray:
    """Return tiles in rows as one picture, the places that are left over in the colour of the border.

    tiles : (n, height, width), uint8
    Returns (rows * height, columns * width), uint8.
    """
    number, height, width = tiles.shape
    rows = ceil(number / columns)
    sheet = np.full((rows * columns, height, width), BORDER, np.uint8)
    sheet[:number] = tiles
    return sheet.reshape(rows, columns, height, width).swapaxes(1, 2).reshape(rows * height, columns * width)


def to_pictures(filters: np.ndarray, shape: Sequence[int], axis: int = 0, layer: int = 0) -> np.ndarray:
    """Return filters as pictures; of a solid one layer is cut, a row of numbers is broken into a near-square.

    filters : (n, inputs), float
    shape : of one example: (x, y, z), (height, width) or (inputs,)
    axis, layer : which layer of a solid is cut, and across which of its axes
    Returns (n, height, width), float; the places of a near-square that are left over hold 0.
    Raises ValueError when filters and shape do not fit, or there is no such layer.
    """
    filters, shape = np.asarray(filters), tuple(int(side) for side in shape)
    if filters.ndim != 2 or filters.shape[1] != prod(shape):
        raise ValueError(f"filters of examples of shape {shape} must be (n, {prod(shape)}), got {filters.shape}.")
    number = len(filters)
    if len(shape) == 2:
        return filters.reshape(number, *shape)
    if len(shape) == 3:
        if not 0 <= axis < 3 or not 0 <= layer < shape[axis]:
            raise ValueError(f"a solid of shape {shape} has no layer {layer} across axis {axis}.")
        return np.take(filters.reshape(number, *shape), layer, axis + 1)
    side = ceil(sqrt(shape[0]))
    rows = ceil(shape[0] / side)
    whole = np.zeros((number, rows * side), filters.dtype)
    whole[:, : shape[0]] = filters
    return whole.reshape(number, rows, side)
