"""What can be counted about shapes: symmetry, repetition, complexity, and how unlike two of them look."""

from dataclasses import dataclass

import numpy as np

from nbutils.forms.grids import Grid
from nbutils.forms.meshing import Body, find_shells
from nbutils.neat import Genome

AXES = "xyz"
ANGLES = 72
LEAST_VARIED = 0.1  # of a shape's variance; the rim of a round shape varies by up to 9 % on the grid of the thesis
LONGEST_LAG = 1 / 2  # of the length, so that a part comes twice; around the axis, thrice: any mirror brings it twice
LONGEST_TURN = 1 / 3


@dataclass(frozen=True)
class Symmetry:
    """How much of a shape lies on itself after it was moved: what is inside both over what is inside either, 0 to 1.

    mirror : for each axis, mirrored along it in the middle of the canvas; half_turn : turned by 180 degrees about it
    revolution : for each axis, turned about it by any angle, on average; sphere : about the middle by any turn
    """

    mirror: tuple[float, float, float]
    half_turn: tuple[float, float, float]
    revolution: tuple[float, float, float]
    sphere: float

    @property
    def rotational(self) -> float:
        """Return the highest of revolution about an axis and of a sphere, what the inputs r_xy to r_xyz favour."""
        return max(*self.revolution, self.sphere)


@dataclass(frozen=True)
class Complexity:
    """How much there is to a shape.

    nodes : without the inputs; links : enabled ones; holes : tunnels through the body, the genus of its surface
    """

    nodes: int
    links: int
    triangles: int
    holes: int


def measure_symmetry(inside: np.ndarray, grid: Grid) -> Symmetry:
    """Return how symmetric a shape is. inside : (x, y, z) corners of the grid, bool, not empty."""
    points = np.meshgrid(*grid.axes(), indexing="ij")
    others = {axis: [points[other] for other in range(3) if other != axis] for axis in range(3)}
    return Symmetry(
        mirror=tuple(_overlap(inside, np.flip(inside, axis)) for axis in range(3)),
        half_turn=tuple(_overlap(inside, np.flip(inside, tuple({0, 1, 2} - {axis}))) for axis in range(3)),
        revolution=tuple(
            _turn_about(inside, np.hypot(*others[axis]), grid.edge, np.indices(inside.shape)[axis]) for axis in range(3)
        ),
        sphere=_turn_about(inside, np.sqrt(sum(side**2 for side in points)), grid.edge, np.zeros(inside.shape, int)),
    )


def measure_repetition(inside: np.ndarray, grid: Grid) -> dict[str, float]:
    """Return how well cross-sections repeat along x, y and z, and around the upright axis, as `measure_repeats` does.

    inside : (x, y, z) corners of the grid, bool
    """
    return {way: measure_repeats(inside, grid, way) for way in (*AXES, "round")}


def measure_repeats(inside: np.ndarray, grid: Grid, way: str) -> float:
    """Return how well cross-sections repeat along "x", "y" or "z", or "round" the upright axis: 0 to 1.

    It is the highest correlation of the shape with itself moved on, after the correlation has fallen below 0 once:
    1 where all comes again, 0 where nothing does.
    inside : (x, y, z) corners of the grid, bool
    """
    if way == "round":
        return _come_again(_unroll(inside, grid), circular=True)
    axis = AXES.index(way)
    rows = np.moveaxis(inside, axis, 0).reshape(inside.shape[axis], -1)
    return _come_again(rows.astype(np.float32), circular=False)


def measure_complexity(genome: Genome, body: Body) -> Complexity:
    """Return how much there is to a shape: its network and its surface."""
    triangles = len(body.triangles)
    # Every edge of a closed surface belongs to two triangles: V - E + F = 2 (shells - holes).
    euler = len(body.vertices) - triangles * 3 // 2 + triangles
    shells = len(np.unique(find_shells(body)))
    return Complexity(len(genome.nodes), len(genome.enabled_links), triangles, shells - euler // 2)


def visual_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Return how unlike two shapes are: 1 less what is inside both over what is inside either, middles on each other.

    first, second : (x, y, z) corners of the same grid, bool, not empty
    Raises ValueError for shapes on different grids and for an empty one.
    """
    if first.shape != second.shape or not first.any() or not second.any():
        raise ValueError("Two shapes are compared on the same grid, and neither of them is empty.")
    return 1 - _overlap(_centre(first), _centre(second))


def _overlap(first: np.ndarray, second: np.ndarray) -> float:
    either = np.count_nonzero(first | second)
    return float(np.count_nonzero(first & second) / either) if either else 1.0


def _turn_about(inside: np.ndarray, radius: np.ndarray, edge: float, layer: np.ndarray) -> float:
    """Return the overlap to be expected with a copy turned by any angle, from how full each ring is.

    Of a ring of which the share p is inside, p² is expected to be inside both and 2p - p² inside either.
    """
    ring = np.rint(radius / edge).astype(np.int64)
    number = (layer * (ring.max() + 1) + ring).ravel()
    size, filled = np.bincount(number), np.bincount(number, inside.ravel())
    both = (filled**2 / np.maximum(size, 1)).sum()
    return float(both / (2 * filled.sum() - both))


def _come_again(rows: np.ndarray, circular: bool) -> float:
    """Return the highest correlation after the first fall below 0. rows : (along, features), float32."""
    varied = rows - rows.mean(0)
    if (varied**2).mean() <= LEAST_VARIED * rows.var():
        return 0.0
    lags = range(1, int(len(rows) * (LONGEST_TURN if circular else LONGEST_LAG)) + 1)
    curve = []
    for lag in lags:
        first, second = (varied, np.roll(varied, -lag, 0)) if circular else (varied[:-lag], varied[lag:])
        scale = np.sqrt((first**2).sum() * (second**2).sum())
        curve.append(float((first * second).sum() / scale) if scale else 0.0)
    fallen = next((place for place, value in enumerate(curve) if value < 0), len(curve))
    return max([0.0, *curve[fallen:]])


def _unroll(inside: np.ndarray, grid: Grid) -> np.ndarray:
    """Return a shape around the upright axis: (angles, radii and heights), float32, by the nearest corners."""
    turned = np.arange(ANGLES) * 2 * np.pi / ANGLES
    radii = grid.axes()[0][grid.corners[0] // 2 :]
    voxels = np.array(grid.voxels[:2])[:, None, None]
    way = np.stack([np.cos(turned)[:, None] * radii, np.sin(turned)[:, None] * radii]) / grid.edge
    x, y = np.clip(np.rint(way + voxels / 2).astype(int), 0, voxels)
    return inside[x, y].reshape(ANGLES, -1).astype(np.float32)


def _centre(inside: np.ndarray) -> np.ndarray:
    """Return a shape in twice the canvas, its middle in the middle."""
    middle = np.array([np.rint(where.mean()).astype(int) for where in np.nonzero(inside)])
    roomy = np.zeros(np.array(inside.shape) * 2, bool)
    begin = np.array(inside.shape) - middle
    roomy[tuple(slice(at, at + side) for at, side in zip(begin, inside.shape, strict=True))] = inside
    return roomy
