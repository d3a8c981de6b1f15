"""A wall of tiles in one canvas: one buffer in, hover, click and keys out."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import ceil
from pathlib import Path

import anywidget
import numpy as np
import traitlets as T

from nbutils.widgets import foreign, page

HERE = Path(__file__).parent
FORMATS = ("gray", "rgb", "atlas")
MOST_TILES = 20_000
MOST_BYTES = 8_000_000
MOST_COLUMNS = 500
SMALLEST_ROOM, LARGEST_ROOM = 40, 4_000
LARGEST_ZOOM = 8


class Wall(anywidget.AnyWidget):
    """Many small pictures side by side; one is selected by click or keys.

    The pixels are a trait, so that a page which connects late still sees them.
    """

    _esm = page.join("sight.js", "wall.js")
    _css = (HERE / "wall.css").read_text()

    data = T.Bytes(b"").tag(sync=True)
    shape = T.List(T.Int(), [0, 1, 1]).tag(sync=True)
    format = T.Enum(FORMATS, "gray").tag(sync=True)
    columns = T.Int(1).tag(sync=True)
    sheet = T.Int(1).tag(sync=True)
    least = T.Int(0).tag(sync=True)
    ranges = T.Bytes(b"").tag(sync=True)
    names = T.List(T.Unicode(), []).tag(sync=True)
    table = T.Bytes(b"").tag(sync=True)
    selected = T.Int(0).tag(sync=True)
    marked = T.List(T.Int(), []).tag(sync=True)
    zoom = T.Float(1.0).tag(sync=True)
    room = T.List(T.Float(), [640.0, 640.0, 1.0]).tag(sync=True)
    height = T.Int(560).tag(sync=True)
    label = T.Unicode("").tag(sync=True)
    noun = T.Unicode("channel").tag(sync=True)
    empty = T.Unicode("").tag(sync=True)
    pickable = T.Bool(True).tag(sync=True)
    whole = T.Bool(True, help="whether a tile is a whole number of pixels wide, or all tiles fill the width").tag(
        sync=True
    )
    visible = T.Bool(True).tag(sync=True)

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        self._page_callbacks: list[Callable[[int], None]] = []
        self.on_msg(self._receive)

    def show(self, pixels: np.ndarray, ranges: np.ndarray | None = None, names: Sequence[str] | None = None) -> None:
        """Show these tiles.

        pixels : (n, height, width), uint8, grey; or (n, height, width, 3), uint8, sRGB
        ranges : (n, 2), float: smallest and largest value behind each tile, told on hover
        names : one a tile, told on hover; None keeps the names that are there
        Raises ValueError for another shape or type, or for more than the wall can hold.
        """
        pixels = check_tiles(pixels)
        with self.hold_sync():
            self._reshape(pixels.shape[0], pixels.shape[1], pixels.shape[2])
            self.format = "rgb" if pixels.ndim == 4 else "gray"
            self.ranges = b"" if ranges is None else np.ascontiguousarray(ranges, np.float32).tobytes()
            if names is not None:
                self.names = [str(name) for name in names]
            self.data = pixels.tobytes()

    def show_atlas(
        self, encoded: bytes, number: int, height: int, width: int, sheet: int, names: Sequence[str] = ()
    ) -> None:
        """Show tiles from one encoded picture (JPEG, PNG or WebP) that holds them in rows of `sheet` tiles."""
        if len(encoded) > MOST_BYTES or not 0 < number <= MOST_TILES:
            raise ValueError(
                f"An atlas holds 1 to {MOST_TILES} tiles in at most {MOST_BYTES} bytes, "
                f"got {number} tiles in {len(encoded)} bytes."
            )
        with self.hold_sync():
            self._reshape(number, height, width)
            self.format, self.sheet = "atlas", sheet
            self.ranges, self.names = b"", [str(name) for name in names]
            self.data = encoded

    def clear(self, why: str = "") -> None:
        """Take all tiles off the wall; `why` says how to fill it."""
        with self.hold_sync():
            self.shape, self.ranges, self.names, self.data, self.empty = [0, 1, 1], b"", [], b"", why

    def tile_room(self, number: int, aspect: float = 1.0) -> int:
        """Return how many screen pixels the longer side of a tile gets when `number` tiles share the wall."""
        width, height, density = self.room
        columns = self._fit(number, aspect)
        side = max(width / columns, height / ceil(number / columns))
        return max(1, round(side * density * self.zoom))

    def on_page(self, callback: Callable[[int], None]) -> None:
        """Call back with +1 or -1 when Page Down or Page Up is pressed on the wall."""
        self._page_callbacks.append(callback)

    def _reshape(self, number: int, height: int, width: int) -> None:
        self.shape = [number, height, width]
        self.columns = self._fit(number, width / height)
        self.selected = min(self.selected, number - 1)

    def _fit(self, number: int, aspect: float) -> int:
        """Return the columns that fill the room, fewer where tiles would get narrower than `least`."""
        width, height, _ = self.room
        columns = fit_columns(number, width, height, aspect)
        return min(columns, max(1, int(width // self.least))) if self.least else columns

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        step = content.get("page") if isinstance(content, dict) else None
        if step in (-1, 1):
            for callback in self._page_callbacks:
                callback(step)

    def set_state(self, sync_data: object) -> None:
        """Take from a page only what it may set: the selection, the zoom, its room and whether it is seen."""
        super().set_state(
            foreign.accept(
                sync_data,
                selected=lambda value: foreign.whole(value, 0, max(self.shape[0] - 1, 0)),
                zoom=lambda value: float(foreign.number(value, 1, LARGEST_ZOOM)),
                room=clean_room,
                visible=foreign.flag,
            )
        )

    @T.observe("room")
    def _refit(self, _change: object) -> None:
        number, height, width = self.shape
        if number:
            self.columns = self._fit(number, width / height)


def clean_room(value: object) -> list[float]:
    """Return (width, height, screen pixels per CSS pixel) brought into bounds; ValueError for anything else."""
    if not isinstance(value, list) or len(value) != 3:
        raise ValueError("a room is width, height and density.")
    width, height = (foreign.number(side, SMALLEST_ROOM, LARGEST_ROOM) for side in value[:2])
    return [float(width), float(height), float(foreign.number(value[2], 0.5, 3))]


def check_tiles(pixels: np.ndarray) -> np.ndarray:
    """Return the tiles as one contiguous array, or raise ValueError that says what is wrong with them."""
    pixels = np.asarray(pixels)
    colour = pixels.ndim == 4 and pixels.shape[-1] == 3
    if pixels.dtype != np.uint8 or not (pixels.ndim == 3 or colour) or 0 in pixels.shape:
        raise ValueError(
            "Tiles must be uint8 with the axes (n, height, width) or (n, height, width, 3), "
            f"got {pixels.dtype} {pixels.shape}."
        )
    if pixels.shape[0] > MOST_TILES or pixels.nbytes > MOST_BYTES:
        raise ValueError(
            f"A wall holds at most {MOST_TILES} tiles and {MOST_BYTES} bytes, got {pixels.shape[0]} tiles "
            f"and {pixels.nbytes} bytes: shrink the tiles first."
        )
    return np.ascontiguousarray(pixels)


@lru_cache(64)
def fit_columns(number: int, width: float, height: float, aspect: float = 1.0) -> int:
    """Return the number of columns that makes tiles of that aspect (width / height) largest in the room given."""

    def side(columns: int) -> float:
        return min(width / columns, height * aspect / ceil(number / columns))

    return max(range(1, min(max(number, 1), MOST_COLUMNS) + 1), key=side)
