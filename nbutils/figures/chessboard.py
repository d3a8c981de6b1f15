"""A chess board as a slab of squares, and pieces brought to the size of a square."""

import numpy as np

from nbutils.figures.packing import PackedMesh, pack_about
from nbutils.figures.scenes import Mesh, pack_surface, parse_colour
from nbutils.figures.solids import cover_voxels

SQUARES = 8
LIGHT_SQUARE, DARK_SQUARE = "#bcb3a0", "#77705f"
LIGHT_PIECE, DARK_PIECE = "#ddd3bd", "#3f6f9e"
THICKNESS = 0.25
# A piece leaves a margin on its square and is at most so high, both in sides of a square.
WIDEST, HIGHEST = 0.8, 1.9
DARK, LIGHT = 1, 2


def make_squares() -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the board as attributes and triangles: squares of side 1, the top at z = 0, the middle at x = y = 0.

    Column 0, row 0 is dark, as a1 is.
    """
    kinds = np.where(np.indices((SQUARES, SQUARES)).sum(0) % 2, LIGHT, DARK).astype(np.uint8)[:, :, None]
    surface = cover_voxels(kinds, np.arange(256) > 0)
    tints = np.array(
        [(0, 0, 0, 0), *((*parse_colour(colour), 255) for colour in (DARK_SQUARE, LIGHT_SQUARE))], np.uint8
    )
    middle = np.array([SQUARES / 2, SQUARES / 2, 1])
    attributes = pack_surface(surface, tints, np.zeros(2, np.int16), 0.5, middle)
    attributes["position"] *= np.float32([1, 1, THICKNESS])
    return attributes, surface.triangles


def pack_piece(mesh: Mesh) -> PackedMesh:
    """Return a mesh that stands upright on the middle of a square, as large as the square lets it be."""
    low, high = mesh.box()
    across, tall = float((high - low)[:2].max()), float(high[2] - low[2])
    foot = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return pack_about(mesh, foot, max(across / WIDEST, tall / HIGHEST, 1e-6))
