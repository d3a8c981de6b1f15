"""Small pictures of shapes, seen and lit as on the stage."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image

from nbutils.forms.fields import LEVEL, measure_field
from nbutils.forms.grids import FINE, Grid
from nbutils.neat import Genome

LEAST_SIZE, MOST_SIZE = 16, 1024
TURN, TILT = 0.6, 0.45  # radians; the first view of the stage
# Those of the stage, PLAIN of nbutils/figures/scenes.py and STAGE of palette.py, which compute does not import.
COLOUR = (0xE4 / 255, 0xDD / 255, 0xCF / 255)
BACKGROUND = (0x14 / 255, 0x16 / 255, 0x1A / 255)
# Half of what is seen up and across, in units of the canvas: a canvas of 2 x 2 x 4 fits in, however it is turned.
REACH = 2.46
STEP = 0.5  # edges of a voxel that a ray goes at a time
HALVINGS = 5
LEAST_SLANT = 1e-6
# Pixels at edges, where brightness jumps, are the means of four points.
JUMP = 0.15
PARTS = ((-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25))
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
    # Bounded, so that the slope at a wall of the canvas does not hang on how far inside the corner before it is.
    heights = np.clip(measure_field(genome, grid) - np.float32(LEVEL), -1, 1)
    scene = _Scene(np.pad(heights, 1, constant_values=1), grid, _turn_view(turn, tilt), colour, background)
    pixel = 2 * REACH / size
    across = (np.arange(size, dtype=np.float32) + 0.5) * pixel - REACH
    middles = np.stack(np.meshgrid(across, -across), axis=-1)
    colours = _shade(scene, middles.reshape(-1, 2)).reshape(size, size, 3)
    rough = _find_edges(colours)
    parts = middles[rough][:, None] + np.array(PARTS, np.float32) * pixel
    colours[rough] = _shade(scene, parts.reshape(-1, 2)).reshape(-1, len(PARTS), 3).mean(axis=1)
    return (np.clip(colours, 0, 1) * 255 + 0.5).astype(np.uint8)


def to_png(pixels: np.ndarray) -> bytes:
    """Return a picture, (height, width, 3) uint8, as a PNG file."""
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@dataclass(frozen=True)
class _Scene:
    """A shape in front of somebody.

    heights : corners with a layer outside, float32
    view : (right, up, towards the onlooker) x (x, y, z) of the canvas, unit vectors
    """

    heights: np.ndarray
    grid: Grid
    view: np.ndarray
    colour: Colour
    background: Colour


def _shade(scene: _Scene, points: np.ndarray) -> np.ndarray:
    """Return the colours seen at points of the picture: (points, 3) for (points, 2), right and up from the middle."""
    starts = points @ scene.view[:2] / scene.grid.edge + (np.array(scene.grid.voxels) / 2 + 1)
    hit, met = _cast(scene.heights, starts, -scene.view[2])
    normals = _find_normals(scene.heights, met) @ scene.view.T
    colours = np.tile(np.asarray(scene.background, np.float32), (len(points), 1))
    colours[hit] = np.asarray(scene.colour, np.float32) * _light(normals)[:, None]
    return colours


def _find_edges(colours: np.ndarray) -> np.ndarray:
    """Return which pixels differ much from one beside, above or below them: (size, size), bool."""
    bright = colours.sum(axis=2)
    across, down = (np.abs(np.diff(bright, axis=axis)) > JUMP for axis in (1, 0))
    rough = np.zeros(bright.shape, bool)
    rough[:, 1:] |= across
    rough[:, :-1] |= across
    rough[1:] |= down
    rough[:-1] |= down
    return rough


def _turn_view(turn: float, tilt: float) -> np.ndarray:
    """Return the axes of the onlooker in those of the canvas: (right, up, towards the onlooker) x (x, y, z).

    Turned about the upright axis, then towards the onlooker, as in nbutils/widgets/stage_view.js.
    """
    c, s = np.cos(turn), np.sin(turn)
    about = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    c, s = np.cos(tilt - np.pi / 2), np.sin(tilt - np.pi / 2)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ about


def _cast(heights: np.ndarray, starts: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which rays meet the surface and where: (hits,) their numbers, (hits, 3) in places of `heights`.

    starts : (rays, 3), anywhere on the rays, in places of `heights`
    direction : (3,), of length 1
    """
    # A ray is over the canvas between the last of the planes that it enters by and the first that it leaves by.
    slant = np.where(np.abs(direction) < LEAST_SLANT, LEAST_SLANT, direction)
    walls = np.stack([(0.5 - starts) / slant, (np.array(heights.shape) - 1.5 - starts) / slant])
    enters, leaves = walls.min(axis=0).max(axis=1), walls.max(axis=0).min(axis=1)
    going = np.flatnonzero(leaves > enters)
    at, left = starts[going] + enters[going, None] * direction, (leaves - enters)[going]
    step = STEP * direction
    hits, points = [], []
    while len(going):
        met = _sample(heights, at) <= 0
        hits.append(going[met])
        points.append(at[met])
        left -= STEP
        on = ~met & (left > 0)
        going, at, left = going[on], at[on] + step, left[on]
    if not hits:
        return np.empty(0, np.intp), np.empty((0, 3))
    return np.concatenate(hits), _halve(heights, np.concatenate(points), step)


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
    from scipy.ndimage import map_coordinates  # takes as long to import as all else of a page that shows no shape yet

    return map_coordinates(heights, points.T, order=1, mode="constant", cval=1.0)
