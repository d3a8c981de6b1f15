"""Meshes as few bytes: whole steps from a corner in place of floats, and no normals."""

from dataclasses import dataclass

import numpy as np

from nbutils.figures.scenes import Mesh, parse_colour

Box = tuple[tuple[float, float, float], tuple[float, float, float]]
STEPS = 65_535
# From so many vertices on a triangle's number no longer fits into 16 bits.
WIDE = 65_536


@dataclass(frozen=True)
class PackedMesh:
    """A mesh as it is sent.

    positions : (n, 3), uint16, in steps from the corner
    triangles : (m, 3), uint16, or uint32 for many vertices
    corner : (3,), the place of position 0; step : the length of one step
    colour : red, green, blue, 0 to 255; flat : whether every triangle is lit as a plane
    """

    positions: np.ndarray
    triangles: np.ndarray
    corner: tuple[float, float, float]
    step: float
    colour: tuple[int, int, int]
    flat: bool

    @property
    def bytes(self) -> int:
        """Return how many bytes of arrays are sent."""
        return self.positions.nbytes + self.triangles.nbytes

    def vertices(self) -> np.ndarray:
        """Return the vertices as a page draws them: (n, 3), float64."""
        return self.positions * self.step + np.array(self.corner)

    def state(self) -> dict[str, object]:
        """Return what a page reads."""
        return {
            "positions": self.positions.tobytes(),
            "triangles": self.triangles.tobytes(),
            "corner": list(self.corner),
            "step": self.step,
            "colour": list(self.colour),
            "flat": self.flat,
        }


def pack_mesh(mesh: Mesh, box: Box | None = None) -> PackedMesh:
    """Return a mesh in whole steps, brought to the ball around a box, or around itself.

    box : the least and the largest corner of the canvas that several meshes share; None: the mesh's own
    """
    low, high = mesh.box() if box is None else map(np.array, box)
    middle, radius = ball_around(low, high)
    return pack_about(mesh, middle, 2 * radius)


def pack_about(mesh: Mesh, origin: np.ndarray, unit: float) -> PackedMesh:
    """Return a mesh in steps of 1/65535 of its longest side, measured from an origin in a unit.

    origin : (3,), float, in the units of the mesh, as unit is
    """
    vertices = np.asarray(mesh.vertices)
    low, high = mesh.box()
    length = max(float((high - low).max()), 1e-12)
    positions = np.empty(vertices.shape, np.uint16)
    for axis in range(3):
        # Half a step is added because the conversion cuts off: each place becomes the nearest step.
        positions[:, axis] = (vertices[:, axis] - low[axis]) * (STEPS / length) + 0.5
    triangles = np.asarray(mesh.triangles).astype(np.uint16 if len(vertices) < WIDE else np.uint32)
    corner = tuple(((low - origin) / unit).tolist())
    step = length / STEPS / unit
    return PackedMesh(positions, triangles, corner, step, parse_colour(mesh.colour), mesh.flat)


def ball_around(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the middle and the radius of the ball that holds a box, whichever way it is turned."""
    return (low + high) / 2, max(float(np.linalg.norm(high - low)) / 2, 1e-6)


def check_box(box: Box | None) -> None:
    """Raise ValueError for what is no box."""
    if box is None:
        return
    try:
        low, high = np.array(box, float)
        fits = low.shape == (3,) and np.isfinite(low).all() and np.isfinite(high).all() and (low <= high).all()
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(f"a box is its least and its largest corner, each x, y and z, got {str(box)[:80]}.")
