"""Small pictures of shapes, seen and lit as on the stage."""

from io import BytesIO

import numpy as np
from PIL import Image
from scipy.ndimage import map_coordinates

from nbutils.forms.fields import LEVEL, measure_field
from nbutils.forms.grids import FINE, Grid
from nbutils.neat import Genome

LEAST_SIZE, MOST_SIZE = 16, 1024
TURN, TILT = 0.6, 0.45  # radians; the first view of the stage
COLOUR = (0.27, 0.56, 0.89)
BACKGROUND = (0.93, 0.93, 0.93)
# Half of what is seen up and across, in units of the canvas: a canvas of 2 x 2 x 4 fits in, however it is turned.
REACH = 2.46
STEP = 0.5  # edges of a voxel that a ray goes at a time
HALVINGS = 5
# The two lights and the light from everywhere, of the stage's shader (nbutils/widgets/stage.vert).
AMBIENT = 0.42
LIGHTS = (((0.3, 0.75, 0.6), 0.52), ((-0.8, 0.1, 0.55), 0.22))

Colour = tuple[float, float, float]


def draw_shape(
    genome: Genome,
    size: int = 96,
    turn: float = TURN,
    tilt: float = TILT,
    colour: Colour = COLOUR,
    background: Colour = BACKGROUND,
    grid: Grid = FINE,
) -> np.ndarray:
    """Return a picture of a genome's shape.

    turn, tilt : radians about the upright axis, and towards the onlooker
    colour, background : red, green, blue from 0 to 1
    returned : (size, size, 3), uint8
    Raises ValueError for a size out of 16 to 1024, and as `measure_field` does.
    """
    if isinstance(size, bool) or not isinstance(size, int) or not LEAST_SIZE <= size <= MOST_SIZE:
        raise ValueError(f"A picture is {LEAST_SIZE} to {MOST_SIZE} pixels wide, got {str(size)[:20]}.")
    heights = np.pad(measure_field(genome, grid) - np.float32(LEVEL), 1, constant_values=1.0)
    view = _turn_view(turn, tilt)
    across = (np.arange(size, dtype=np.float32) + 0.5) * (2 * REACH / size) - REACH
    right, up = (axis.ravel() for axis in np.meshgrid(across, -across))
    starts = right[:, None] * view[0] + up[:, None] * view[1] + REACH * view[2]
    hit, points = _cast(heights, starts / grid.edge + (np.array(grid.voxels) / 2 + 1), -view[2] * STEP, grid)
    normals = _find_normals(heights, points) @ view.T
    pixels = np.tile(np.asarray(background, np.float32), (size * size, 1))
    pixels[hit] = np.asarray(colour, np.float32) * _light(normals)[:, None]
    return (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8).reshape(size, size, 3)


def to_png(pixels: np.ndarray) -> bytes:
    """Return a picture, (height, width, 3) uint8, as a PNG file."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _turn_view(turn: float, tilt: float) -> np.ndarray:
    """Return the axes of the onlooker in those of the canvas: (right, up, towards the onlooker) x (x, y, z).

    Turned about the upright axis, then towards the onlooker, as in nbutils/widgets/stage_view.js.
    """
    c, s = np.cos(turn), np.sin(turn)
    about = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    c, s = np.cos(tilt - np.pi / 2), np.sin(tilt - np.pi / 2)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ about


def _cast(heights: np.ndarray, starts: np.ndarray, step: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return which rays meet the surface and where: (hits,) their numbers, (hits, 3) in places of `heights`."""
    steps = int(np.ceil(2 * REACH / grid.edge / STEP))
    going = np.arange(len(starts))
    hits, points = [], []
    at = starts
    for _ in range(steps):
        at = at + step
        met = _sample(heights, at) <= 0
        hits.append(going[met])
        points.append(_halve(heights, at[met], step))
        going, at = going[~met], at[~met]
    return np.concatenate(hits), np.concatenate(points)


def _halve(heights: np.ndarray, inside: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Return where the surface is between points inside and those a step before."""
    part = np.full(len(inside), 0.5)
    for halving in range(2, HALVINGS + 2):
        within = _sample(heights, inside - part[:, None] * step) <= 0
        part += np.where(within, 1, -1) * 0.5**halving
    return inside - part[:, None] * step


def _find_normals(heights: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return unit normals, towards larger heights: central differences over an edge of a voxel either way."""
    slopes = [_sample(heights, points + 0.5 * side) - _sample(heights, points - 0.5 * side) for side in np.eye(3)]
    normals = np.stack(slopes, axis=1)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def _light(normals: np.ndarray) -> np.ndarray:
    """Return how bright surfaces are that face this way: (points,), 0.42 and more."""
    lit = np.full(len(normals), AMBIENT)
    for direction, strength in LIGHTS:
        lit += strength * np.maximum(normals @ (np.array(direction) / np.linalg.norm(direction)), 0)
    return lit


def _sample(heights: np.ndarray, points: np.ndarray) -> np.ndarray:
    return map_coordinates(heights, points.T, order=1, mode="constant", cval=1.0)
