"""The part of a photograph that a unit sees, and what comes back to it, as small pictures."""

import numpy as np
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from nbutils.probe.backward import Unit, backward
from nbutils.probe.drawing_backward import draw_backward
from nbutils.zoo import Network, Photo, prepare, read_photo

GREY = 128
LARGEST_SIDE = 2048
Box = tuple[int, int, int, int]


def read_picture(network: Network, photo: Photo) -> np.ndarray:
    """Return a photograph as the network sees it, before its colours are scaled: (height, width, 3), uint8, sRGB.

    Its pixels are those that boxes of `receptive` count. Raises ValueError where it cannot be read.
    """
    height, width = network.shape[1:]
    square = read_photo(photo, network.size)
    top, left = (network.size - height) // 2, (network.size - width) // 2
    return square[top : top + height, left : left + width]


def cut(picture: np.ndarray, box: Box) -> np.ndarray:
    """Return what is in a box of a picture, grey where the box reaches beyond: (box height, box width, 3), uint8.

    picture : (height, width, 3), uint8
    Raises ValueError for a box that holds nothing or is unreasonably large.
    """
    top, left, bottom, right = _check_box(box)
    crop = np.full((bottom - top, right - left, 3), GREY, np.uint8)
    height, width = picture.shape[:2]
    rows = slice(max(0, top), max(0, min(height, bottom)))
    columns = slice(max(0, left), max(0, min(width, right)))
    inside = picture[rows, columns]
    if inside.size:
        row, column = rows.start - top, columns.start - left
        crop[row : row + inside.shape[0], column : column + inside.shape[1]] = inside
    return crop


def cut_backward(
    network: Network, square: np.ndarray, unit: Unit, box: Box, method: str = "deconv", shown: str = "raw"
) -> np.ndarray:
    """Return what comes back from a unit to the pixels in a box, drawn by itself: (box height, box width, 3), uint8.

    It starts from what the unit answers, and is as dark and bright as its own largest difference; beyond the picture
    nothing comes back. See `backward` for the methods and `draw_backward` for the ways to show it.
    square : (size, size, 3), uint8, sRGB, at the network's own size
    Raises ValueError for a unit, a method or a way to show it that there is not, and for a box that holds nothing.
    """
    box = _check_box(box)
    came = backward(network.module, prepare(network, square), unit, method).pixels[0]
    return draw_backward(cut_values(came, box), shown)


def cut_values(values: Tensor, box: Box) -> Tensor:
    """Return values in a box, 0 beyond: (channels, box height, box width), float.

    values : (channels, height, width), float
    """
    top, left, bottom, right = _check_box(box)
    return F.pad(values, (-left, right - values.shape[2], -top, bottom - values.shape[1]))


def fit_side(picture: np.ndarray, side: int) -> np.ndarray:
    """Return a picture with its longer side at so many pixels: (height, width, 3), uint8.

    Larger ones are averaged down; smaller ones grow by repeating pixels, so that it shows how few a unit sees.
    picture : (height, width, 3), uint8
    Raises ValueError for a side that is not 1 to LARGEST_SIDE.
    """
    if not 1 <= side <= LARGEST_SIDE:
        raise ValueError(f"The side of a small picture must be 1 to {LARGEST_SIDE} pixels, got {side}.")
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.BOX
    return np.array(Image.fromarray(picture).resize(size, how))


def _check_box(box: Box) -> Box:
    """Return top, left, bottom, right as int; ValueError for a box that holds nothing or is unreasonably large."""
    top, left, bottom, right = (int(side) for side in box)
    if not (0 < bottom - top <= LARGEST_SIDE and 0 < right - left <= LARGEST_SIDE):
        raise ValueError(f"A box must be 1 to {LARGEST_SIDE} pixels high and wide, got {(top, left, bottom, right)}.")
    return top, left, bottom, right
