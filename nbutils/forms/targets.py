"""What simulated users have in mind: volumes over the canvas, written down as formulas, outlines and radii.

z is upright, from -2 to 2; x and y run from -1 to 1. What stands, stands on the floor of the canvas.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from nbutils.forms.grids import Grid

Volume = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
FLOOR = -2.0


def fill(volume: Volume, grid: Grid) -> np.ndarray:
    """Return which corners of a grid a volume holds: (x, y, z) corners, bool."""
    x, y, z = np.meshgrid(*(axis.astype(np.float64) for axis in grid.axes()), indexing="ij")
    return np.asarray(volume(x, y, z), bool)


def turned(radii: Sequence[tuple[float, float]], corners: float = 2) -> Volume:
    """Return what a lathe makes: at each height, (z, radius), everything within that radius of the upright axis.

    corners : the exponent of the distance: 2 is round, large ones are square
    """
    heights, widths = np.array(radii).T

    def hold(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        distance = (np.abs(x) ** corners + np.abs(y) ** corners) ** (1 / corners)
        return distance <= np.interp(z, heights, widths, left=-1, right=-1)

    return hold


def cut_out(outline: Sequence[tuple[float, float]], depth: float, mirrored: bool = False) -> Volume:
    """Return a board that was sawn along an outline.

    outline : corners, (x, z); mirrored: those of the right half, and the left half is its mirror image
    depth : half of how thick the board is
    """
    corners = np.array(outline)

    def hold(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        return _within(np.abs(x) if mirrored else x, z, corners) & (np.abs(y) <= depth)

    return hold


def ball(radius: float, x: float = 0, y: float = 0, z: float = 0) -> Volume:
    """Return a ball about a point."""
    return lambda a, b, c: (a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2 <= radius**2


def block(x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]) -> Volume:
    """Return a block between two bounds along each axis."""
    return lambda a, b, c: (x[0] <= a) & (a <= x[1]) & (y[0] <= b) & (b <= y[1]) & (z[0] <= c) & (c <= z[1])


def join(*volumes: Volume) -> Volume:
    """Return what any of several volumes holds."""
    return lambda x, y, z: np.logical_or.reduce([volume(x, y, z) for volume in volumes])


def carve(volume: Volume, *without: Volume) -> Volume:
    """Return what a volume holds and the others do not."""
    gone = join(*without)
    return lambda x, y, z: volume(x, y, z) & ~gone(x, y, z)


def _within(x: np.ndarray, z: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return which points lie within a polygon: those from which a ray crosses its edges an odd number of times."""
    inside = np.zeros(x.shape, bool)
    for (x0, z0), (x1, z1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if z0 != z1:
            crossing = (z0 > z) != (z1 > z)
            inside ^= crossing & (x < x0 + (z - z0) * (x1 - x0) / (z1 - z0))
    return inside


def _heart(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    # Taubin's heart, (x² + 9/4 y² + z² - 1)³ - x² z³ - 9/80 y² z³ <= 0, as large as the canvas is wide.
    x, y, z = 1.22 * x, 1.22 * y, 1.22 * z
    return (x**2 + 2.25 * y**2 + z**2 - 1) ** 3 - x**2 * z**3 - 0.1125 * y**2 * z**3 <= 0


def _crack(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return (np.abs(x - 0.16 * np.sign(np.sin(6 * z))) <= 0.11) & (z > -0.75)


def _ring(radius: float, thickness: float) -> Volume:
    return lambda x, y, z: np.hypot(np.hypot(x, z) - radius, y) <= thickness


THINGS: dict[str, Volume] = {
    "heart": _heart,
    "broken heart": carve(_heart, _crack),
    "mushroom": turned([(FLOOR, 0.42), (-0.9, 0.28), (0.05, 0.3), (0.1, 0.95), (0.45, 0.9), (0.85, 0.65), (1.15, 0.1)]),
    "vase": turned([(FLOOR, 0.45), (-1.5, 0.62), (-0.6, 0.86), (0, 0.8), (0.7, 0.42), (1.1, 0.34), (1.6, 0.62)]),
    "bottle": turned([(FLOOR, 0.66), (0, 0.66), (0.3, 0.56), (0.75, 0.24), (1.5, 0.22), (1.55, 0.32), (1.85, 0.32)]),
    "lamp": turned(
        [(FLOOR, 0.62), (-1.75, 0.6), (-1.65, 0.2), (-0.1, 0.18), (-0.05, 0.92), (1.1, 0.5), (1.2, 0.46)],
    ),
    "square lamp": turned(
        [(FLOOR, 0.55), (-1.7, 0.55), (-1.65, 0.22), (-0.1, 0.2), (-0.05, 0.85), (1.2, 0.5)], corners=8
    ),
    "goblet": turned([(FLOOR, 0.7), (-1.75, 0.62), (-1.6, 0.2), (-0.5, 0.2), (-0.1, 0.6), (0.4, 0.8), (1.3, 0.86)]),
    "hourglass": turned([(-1.8, 0.85), (-1.5, 0.85), (-0.6, 0.6), (0, 0.2), (0.6, 0.6), (1.5, 0.85), (1.8, 0.85)]),
    "spinning top": turned([(-1.5, 0.05), (-0.3, 0.86), (0.0, 0.92), (0.3, 0.6), (0.4, 0.2), (1.3, 0.18)]),
    "bell": turned([(-1.3, 0.95), (-1.0, 0.8), (-0.2, 0.58), (0.6, 0.5), (0.9, 0.34), (0.95, 0.16), (1.3, 0.16)]),
    "pear": turned([(-1.3, 0.2), (-1.1, 0.66), (-0.5, 0.86), (0, 0.74), (0.6, 0.42), (1.0, 0.34), (1.2, 0.1)]),
    "light bulb": turned([(-1.6, 0.2), (-1.5, 0.36), (-0.7, 0.36), (-0.1, 0.76), (0.4, 0.9), (0.9, 0.76), (1.25, 0.2)]),
    "fir tree": turned(
        [(FLOOR, 0.22), (-1.5, 0.2), (-1.45, 0.95), (-0.6, 0.4), (-0.55, 0.78), (0.2, 0.3), (0.25, 0.58), (1.4, 0.02)]
    ),
    "snowman": join(ball(0.86, z=-1.2), ball(0.62, z=0.05), ball(0.42, z=0.95)),
    "ring": _ring(0.68, 0.27),
    "star": cut_out(
        [(np.sin(k * np.pi / 5) * (0.98, 0.42)[k % 2], np.cos(k * np.pi / 5) * (0.98, 0.42)[k % 2]) for k in range(10)],
        0.3,
    ),
    "arch": carve(
        cut_out([(-0.95, FLOOR), (-0.95, 1.2), (0.95, 1.2), (0.95, FLOOR)], 0.4),
        cut_out([(-0.5, FLOOR), (-0.5, 0.2), (-0.3, 0.6), (0, 0.75), (0.3, 0.6), (0.5, 0.2), (0.5, FLOOR)], 1),
    ),
}  # fmt: skip


FOOT = ((FLOOR, 0.9), (-1.55, 0.86), (-1.2, 0.5), (-0.65, 0.22))
KNIGHT = (
    (-0.5, -1.2), (-0.66, -0.5), (-0.62, 0.2), (-0.3, 0.85), (0.1, 1.1), (0.3, 0.75), (0.95, 0.2), (0.9, -0.2),
    (0.5, -0.3), (0.15, -0.2), (0.4, -0.8), (0.5, -1.2),
)  # fmt: skip


def chess_pieces() -> Mapping[str, Volume]:
    """Return the six chess pieces and what they have in common, "piece": a foot, a waist and a head."""
    battlements = (block((-0.22, 0.22), (-1, 1), (0.4, 2)), block((-1, 1), (-0.22, 0.22), (0.4, 2)))
    return {
        "piece": join(turned([*FOOT, (0, 0.2)]), ball(0.64, z=0.05)),
        "pawn": join(turned([*FOOT, (-0.2, 0.2)]), ball(0.6, z=-0.15)),
        "rook": carve(turned([*FOOT, (-0.35, 0.4), (-0.15, 0.84), (0.75, 0.84)]), *battlements),
        "knight": join(turned([*FOOT, (-0.4, 0.3)]), cut_out(KNIGHT, 0.4)),
        "bishop": turned([*FOOT, (-0.45, 0.3), (0, 0.62), (0.4, 0.62), (1.0, 0.34), (1.4, 0.05)]),
        "queen": turned([*FOOT, (-0.3, 0.3), (0.8, 0.86), (1.1, 0.86), (1.3, 0.4), (1.5, 0.15)]),
        "king": join(
            turned([*FOOT, (-0.3, 0.3), (0.5, 0.72), (0.8, 0.72), (0.95, 0.3)]),
            block((-0.24, 0.24), (-0.24, 0.24), (0.8, 1.85)),
            block((-0.6, 0.6), (-0.24, 0.24), (1.2, 1.55)),
        ),
    }


TARGETS: dict[str, Volume] = THINGS | chess_pieces()
