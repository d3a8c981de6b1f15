"""Solid things side by side as arrays for the graphics card: grids of voxels and meshes, and films of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nbutils.figures.solids import Surface, cover_mesh, cover_voxels

POSITIVE, NEGATIVE, PLAIN = "#ffa90e", "#3f90da", "#e4ddcf"
OPACITIES = (0.1, 0.28, 0.6, 1.0)
MOST_OBJECTS = 400
MOST_FRAMES = 1_000
MOST_COLUMNS = 40
MOST_TRIANGLES = 400_000
LARGEST_GRID = 128
ORDERS = ("rows", "columns up")
OPAQUE = np.zeros(256, bool)
OPAQUE[[len(OPACITIES), 2 * len(OPACITIES)]] = True
# The two ways along a voxel's face, in the order of its corners; a mesh lies in the middle, where no rim is drawn.
RIMS = np.array([[0, 0], [255, 0], [255, 255], [0, 255]], np.uint8)
INSIDE = np.uint8(128)
# The twelve edges of a box, as pairs of its corners.
EDGES = np.array([[a, a ^ bit] for a in range(8) for bit in (1, 2, 4) if not a & bit])
OUTLINE = (255, 255, 255, 46)
EMPTY = cover_mesh(np.zeros((1, 3)), np.zeros((1, 3), int))


@dataclass(frozen=True)
class Voxels:
    """A grid of cubes; the larger a value, the less is seen through its cube.

    values : (x, y, z), float, -1 to 1; its size is the opacity in four steps, 0 is empty, its sign the colour
    colours : of values above and below zero
    """

    values: np.ndarray
    label: str = ""
    colours: tuple[str, str] = (POSITIVE, NEGATIVE)

    def __post_init__(self) -> None:
        """Raise ValueError for values that are no such grid, or for what is no colour."""
        values = np.asarray(self.values)
        if values.ndim != 3 or not 0 < max(values.shape) <= LARGEST_GRID or 0 in values.shape:
            raise ValueError(
                f"voxels must have the axes (x, y, z), each 1 to {LARGEST_GRID} long, got the shape {values.shape}."
            )
        if not np.isfinite(values).all() or np.abs(values).max() > 1:
            raise ValueError("values of voxels must be finite numbers from -1 to 1: scale them first.")
        self.tints()

    def cover(self) -> Surface:
        """Return the faces that can be seen."""
        values = np.asarray(self.values)
        levels = np.ceil(np.abs(values) * len(OPACITIES)).astype(np.uint8)
        return cover_voxels(np.where(values < 0, levels + len(OPACITIES) * (levels > 0), levels), OPAQUE)

    def tints(self) -> np.ndarray:
        """Return the colour of each kind of voxel: (9, 4), uint8, sRGB and opacity."""
        rows = [(*parse_colour(colour), opacity) for colour in self.colours for opacity in OPACITIES]
        table = np.array([(0, 0, 0, 0), *rows], float)
        table[:, 3] *= 255
        return np.round(table).astype(np.uint8)

    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the least and the largest corner of the grid."""
        return np.zeros(3), np.array(np.shape(self.values), float)


@dataclass(frozen=True)
class Mesh:
    """Triangles that face outwards.

    vertices : (n, 3), float; triangles : (m, 3), whole numbers, counter-clockwise from outside
    normals : (n, 3), float, length 1; computed when None
    flat : whether a page that computes the normals lights every triangle as a plane
    """

    vertices: np.ndarray
    triangles: np.ndarray
    normals: np.ndarray | None = None
    label: str = ""
    colour: str = PLAIN
    flat: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for arrays that are no mesh, or for what is no colour."""
        vertices, triangles = np.asarray(self.vertices), np.asarray(self.triangles)
        shapes = [vertices.shape, triangles.shape, *([] if self.normals is None else [np.shape(self.normals)])]
        if any(len(shape) != 2 or shape[1] != 3 for shape in shapes):
            raise ValueError(f"vertices, triangles and normals must have the axes (n, 3), got {shapes}.")
        if not len(vertices) or not np.isfinite(vertices).all():
            raise ValueError("the vertices of a mesh must be finite numbers, at least one.")
        if len(triangles) and not 0 <= triangles.min() <= triangles.max() < len(vertices):
            raise ValueError(f"triangles must name vertices 0 to {len(vertices) - 1}.")
        if self.normals is not None and len(self.normals) != len(vertices):
            raise ValueError(f"there are {len(vertices)} vertices and {len(self.normals)} normals.")
        self.tints()

    def cover(self) -> Surface:
        """Return the mesh as a surface."""
        return cover_mesh(self.vertices, self.triangles, self.normals)

    def tints(self) -> np.ndarray:
        """Return the one colour: (1, 4), uint8, sRGB and opacity."""
        return np.array([(*parse_colour(self.colour), 255)], np.uint8)

    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the least and the largest corner of the mesh."""
        # Axis by axis: numpy takes forty times as long for all three at once.
        axes = np.asarray(self.vertices).T
        return np.array([axis.min() for axis in axes], float), np.array([axis.max() for axis in axes], float)


Solid = Voxels | Mesh


@dataclass(frozen=True)
class Packed:
    """All objects of all frames as arrays for the graphics card.

    attributes : name -> (n, 2, 3 or 4), one row a vertex
    triangles : (m, 3), uint32, frame after frame
    cells : (m, 3), uint8, by which the page sorts what is translucent; (0, 3) when nothing is
    starts : the first triangle of each frame, and the number of triangles
    """

    attributes: dict[str, np.ndarray]
    triangles: np.ndarray
    cells: np.ndarray
    starts: list[int]


def parse_colour(colour: str) -> tuple[int, int, int]:
    """Return the red, green and blue of "#rrggbb", 0 to 255."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"a colour is written as #rrggbb, got {colour!r}.")
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def check_frames(frames: Sequence[Sequence[Solid]], columns: int, order: str) -> None:
    """Raise ValueError with a sentence when the stage cannot show these."""
    if not 0 < len(frames) <= MOST_FRAMES:
        raise ValueError(f"a film has 1 to {MOST_FRAMES} frames, got {len(frames)}.")
    if not 0 < len(frames[0]) <= MOST_OBJECTS:
        raise ValueError(f"a stage shows 1 to {MOST_OBJECTS} objects, got {len(frames[0])}: show fewer.")
    if any(len(frame) != len(frames[0]) for frame in frames):
        raise ValueError("all frames of a film must have the same number of objects.")
    if not 0 < columns <= MOST_COLUMNS:
        raise ValueError(f"a stage has 1 to {MOST_COLUMNS} columns, got {columns}.")
    if len({type(solid) for frame in frames for solid in frame}) > 1:
        raise ValueError("a stage shows voxels or meshes, not both at once.")
    if order not in ORDERS:
        raise ValueError(f'the order is "rows" or "columns up", got {order!r}.')


def place_objects(number: int, columns: int, order: str) -> np.ndarray:
    """Return the column and the row, from above, of each object: (number, 2), int16."""
    index = np.arange(number)
    if order == "rows":
        return np.stack([index % columns, index // columns], 1).astype(np.int16)
    rows = -(-number // columns)
    return np.stack([index // rows, rows - 1 - index % rows], 1).astype(np.int16)


def measure(frames: Sequence[Sequence[Solid]]) -> float:
    """Return the radius of the ball that every object fits into, whichever way it is turned."""
    corners = [solid.box() for frame in frames for solid in frame]
    return max(max(float(np.linalg.norm(high - low)) for low, high in corners) / 2, 1e-6)


def pack(frames: Sequence[Sequence[Solid]], places: np.ndarray) -> Packed:
    """Return the surfaces of all objects, brought to one scale: a ball of diameter 1 holds each.

    places : (objects, 2), int16, column and row
    Raises ValueError when they are more than can be sent.
    """
    radius, starts, first = measure(frames), [0], 0
    # A buffer of the graphics card cannot be empty: one vertex and a triangle without an area, which is never drawn.
    rows = [pack_surface(EMPTY, np.zeros((1, 4), np.uint8), places[0], 1.0)]
    triangles, cells = [], []
    for frame in frames:
        starts.append(starts[-1])
        for solid, place in zip(frame, places, strict=True):
            surface, (low, high) = solid.cover(), solid.box()
            rows.append(pack_surface(surface, solid.tints(), place, radius, (low + high) / 2))
            first += len(rows[-2]["position"])
            triangles.append(surface.triangles + np.uint32(first))
            cells.append(surface.cells)
            starts[-1] += len(surface.triangles)
        if starts[-1] > MOST_TRIANGLES:
            raise ValueError(
                f"this is more than {MOST_TRIANGLES:,} triangles, the most that a stage sends: "
                "show fewer objects or frames, or less of each."
            )
    attributes = {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}
    return Packed(attributes, np.concatenate([*triangles, EMPTY.triangles]), np.concatenate(cells), starts)


def pack_surface(
    surface: Surface, tints: np.ndarray, place: np.ndarray, radius: float, middle: np.ndarray | float = 0.0
) -> dict[str, np.ndarray]:
    """Return one surface, its middle at the origin and its radius one half, as one row a vertex of each attribute.

    tints : (kinds, 4), uint8, sRGB and opacity of each kind
    place : (2,), int16, column and row; middle : (3,), float, in the units of the surface, as radius is
    """
    number = len(surface.vertices)
    return {
        "position": ((surface.vertices - middle) / (2 * radius)).astype(np.float32),
        "normal": np.round(surface.normals * 127).astype(np.int8),
        "tint": tints[surface.kinds],
        "place": np.broadcast_to(place, (number, 2)),
        "rim": np.tile(RIMS, (number // 4, 1)) if len(surface.cells) else np.full((number, 2), INSIDE),
    }


def pack_boxes(frames: Sequence[Sequence[Solid]], places: np.ndarray) -> dict[str, np.ndarray]:
    """Return the outlines of the grids of voxels of the first frame, two vertices a line; meshes have none.

    places : (objects, 2), int16, column and row
    """
    radius = measure(frames)
    corners = np.array([[2 * (corner >> axis & 1) - 1 for axis in range(3)] for corner in range(8)])[EDGES.reshape(-1)]
    rows = [pack_surface(EMPTY, np.array([OUTLINE], np.uint8), places[0], 1.0)] * 2
    for solid, place in zip(frames[0], places, strict=True):
        if isinstance(solid, Voxels):
            lines = lines_between(corners * np.array(np.shape(solid.values)) / 2)
            rows.append(pack_surface(lines, np.array([OUTLINE], np.uint8), place, radius))
    return {name: np.concatenate([row[name] for row in rows]) for name in rows[0]}


def lines_between(vertices: np.ndarray) -> Surface:
    """Return pairs of vertices as a surface without triangles and, as nothing lights it, without normals."""
    number = len(vertices)
    return Surface(
        vertices.astype(np.float32),
        np.zeros((number, 3), np.float32),
        np.zeros((0, 3), np.uint32),
        np.zeros((0, 3), np.uint8),
        np.zeros(number, np.uint8),
    )
