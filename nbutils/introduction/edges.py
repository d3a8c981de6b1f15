"""The smallest filters there are: each finds where a photograph brightens towards one direction."""

import numpy as np
from skimage import data

MOST_DIRECTIONS = 72


def photograph() -> np.ndarray:
    """Return the photograph of a man with a camera: (256, 256), float32, 0 black to 1 white.

    It is scikit-image's "camera" (CC0), averaged over squares of two by two pixels.
    """
    return data.camera().reshape(256, 2, 256, 2).mean((1, 3), dtype=np.float32) / 255


def angles(directions: int) -> np.ndarray:
    """Return that many angles, evenly around the circle: (directions,), float, degrees; 0 is right, 90 is down.

    Raises ValueError for fewer than 1 or more than MOST_DIRECTIONS.
    """
    if not 1 <= directions <= MOST_DIRECTIONS:
        raise ValueError(f"directions must be 1 to {MOST_DIRECTIONS}, got {directions}.")
    return np.arange(directions) * 360 / directions


def find_edges(picture: np.ndarray, directions: int) -> np.ndarray:
    """Return where and how steeply a picture brightens towards each direction, zero where it does not.

    picture : (height, width), float, any unit
    returns : (directions, height, width), float32, the picture's unit per pixel, 0 or more
    The slope towards a direction is the gradient times the direction; the cut at zero is a rectifier's.
    Raises ValueError for another number of axes, and as angles() does.
    """
    if picture.ndim != 2:
        raise ValueError(f"a picture must have the axes (height, width), got shape {picture.shape}.")
    towards = np.deg2rad(angles(directions))[:, None, None]
    down, right = np.gradient(picture.astype(np.float32))
    return np.maximum(0, np.cos(towards) * right + np.sin(towards) * down).astype(np.float32)


def shrink(maps: np.ndarray, room: int) -> np.ndarray:
    """Average maps over squares, by the largest power of two that keeps `room` pixels a side.

    maps : (n, height, width), float; sides that are multiples of the square
    room : pixels that a map gets on the screen
    returns : (n, height / square, width / square), float
    """
    square = 1
    while maps.shape[1] // (2 * square) >= max(room, 1):
        square *= 2
    count, height, width = maps.shape
    return maps.reshape(count, height // square, square, width // square, square).mean((2, 4))
