"""The picture that a network sees: a live camera or a still, with a heat map laid over it."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import anywidget
import numpy as np
import traitlets as T
from PIL import Image, UnidentifiedImageError

from nbutils.widgets import foreign, page

HERE = Path(__file__).parent
SMALLEST, LARGEST = 32, 512
LARGEST_SEQ = 2**53
PROBLEMS = {
    "": "",
    "insecure": "Browsers give the camera only to pages at https:// or at localhost. Ask whoever serves this page "
    "for an address that begins with https://, or look at photographs.",
    "refused": "The browser was told not to use the camera. Click the camera sign beside the address, allow it, "
    "then press Camera again; or look at photographs.",
    "absent": "No camera was found. Plug one in and press Camera again, or look at photographs.",
    "busy": "The camera is in use by another program. Close that program and press Camera again, or look at "
    "photographs.",
    "ended": "The camera was unplugged or taken away. Press Camera to try again, or look at photographs.",
    "failed": "The camera did not start. Press Camera to try again, or look at photographs.",
}


@dataclass(frozen=True)
class Frame:
    """One camera frame as the network will see it."""

    pixels: np.ndarray  # (size, size, 3), uint8, sRGB
    trip_ms: float  # from sending the frame before this one to its acknowledgement
    capture_ms: float  # browser time to grab and pack the frame before this one


class Camera(anywidget.AnyWidget):
    """Sends square camera frames, the next when the one before is nearly done; shows a still when not running."""

    _esm = page.join("sight.js", "camera.js")
    _css = (HERE / "camera.css").read_text()

    size = T.Int(224).tag(sync=True)
    running = T.Bool(False).tag(sync=True)
    hold = T.Bool(False).tag(sync=True)
    mirror = T.Bool(True).tag(sync=True)
    encoding = T.Enum(("auto", "raw", "jpeg"), "auto").tag(sync=True)
    device = T.Unicode("").tag(sync=True)
    devices = T.List([]).tag(sync=True)
    problem = T.Enum(tuple(PROBLEMS), "").tag(sync=True)
    sentence = T.Unicode("").tag(sync=True)
    empty = T.Unicode("The camera is off.").tag(sync=True)
    still = T.Bytes(b"").tag(sync=True)
    still_alt = T.Unicode("").tag(sync=True)
    heat = T.Bytes(b"").tag(sync=True)
    heat_shape = T.List(T.Int(), [1, 1]).tag(sync=True)
    visible = T.Bool(True).tag(sync=True)
    acknowledged = T.Int(0).tag(sync=True)
    worked_ms = T.Float(0.0).tag(sync=True)

    def __init__(self, on_frame: Callable[[Frame], None] | None = None, **traits: object) -> None:
        super().__init__(**traits)
        self._on_frame = on_frame
        self._on_error: Callable[[Exception], None] | None = None
        self.on_msg(self._receive)

    def on_frame(self, callback: Callable[[Frame], None]) -> None:
        """Call back with each frame; the page hears when the callback returns, also by an exception."""
        self._on_frame = callback

    def on_error(self, callback: Callable[[Exception], None]) -> None:
        """Call back with whatever went wrong while a frame was worked on; the camera goes on."""
        self._on_error = callback

    def show_still(self, pixels: np.ndarray, alt: str, quality: int = 92) -> None:
        """Show a picture instead of the camera.

        pixels : (height, width, 3), uint8, sRGB
        """
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "JPEG", quality=quality)
        with self.hold_sync():
            self.still_alt, self.still = alt, out.getvalue()

    def show_heat(self, grey: np.ndarray | None) -> None:
        """Lay a map over the picture, more opaque where it is brighter; None takes it away.

        grey : (height, width), uint8
        """
        with self.hold_sync():
            if grey is None:
                self.heat = b""
            else:
                self.heat_shape, self.heat = list(grey.shape), np.ascontiguousarray(grey).tobytes()

    def _receive(self, _widget: object, content: object, buffers: list) -> None:
        if not isinstance(content, dict) or content.get("type") != "frame":
            return
        seq = content.get("seq")
        if type(seq) is not int or not 0 <= seq < LARGEST_SEQ:
            return
        begin = time.perf_counter()
        # What the callback sets on the camera travels in one message with the acknowledgement.
        with self.hold_sync():
            try:
                frame = read_frame(content, buffers)
                # A frame that was under way when a hold began is the one that the page now holds.
                if self._on_frame and self.running:
                    self._on_frame(frame)
            except Exception as error:  # noqa: BLE001 a failing frame must neither stop the camera nor pass unseen
                if self._on_error:
                    self._on_error(error)
            finally:
                self.worked_ms, self.acknowledged = (time.perf_counter() - begin) * 1000, seq

    def set_state(self, sync_data: object) -> None:
        """Take from a page only what it may set: whether the camera runs and is seen, its devices, its trouble."""
        super().set_state(foreign.accept(sync_data, running=foreign.flag, devices=clean_devices, problem=clean_problem))

    @T.observe("problem")
    def _say_problem(self, change: dict) -> None:
        self.sentence = PROBLEMS[change["new"]]


def clean_devices(value: object) -> list[list[str]]:
    """Return up to twenty (identifier, name) pairs; ValueError for anything else."""
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise ValueError("devices are pairs of identifier and name.")
    return [[foreign.text(key, 300), foreign.text(title, 300)[:80]] for key, title in value[:20]]


def clean_problem(value: object) -> str:
    """Return the name of a known problem; ValueError for another."""
    if value not in PROBLEMS:
        raise ValueError("this is no problem that a camera has.")
    return value


def read_frame(content: dict, buffers: list) -> Frame:
    """Return the frame that a browser sent, or raise ValueError that says what is wrong with it."""
    size = content.get("size")
    if type(size) is not int or not SMALLEST <= size <= LARGEST or len(buffers) != 1:
        raise ValueError(f"A camera frame must be one square of {SMALLEST} to {LARGEST} pixels, got {str(size)[:20]}.")
    data = bytes(buffers[0])
    pixels = read_raw(data, size) if content.get("format") == "raw" else read_jpeg(data, size)
    return Frame(pixels, _milliseconds(content.get("trip")), _milliseconds(content.get("capture")))


def read_raw(data: bytes, size: int) -> np.ndarray:
    """Return raw bytes as (size, size, 3), uint8; ValueError when there are not just enough of them."""
    if len(data) != size * size * 3:
        raise ValueError(f"A raw frame of {size} x {size} pixels has {size * size * 3} bytes, got {len(data)}.")
    return np.frombuffer(data, np.uint8).reshape(size, size, 3)


def read_jpeg(data: bytes, size: int) -> np.ndarray:
    """Return a JPEG of just that size as (size, size, 3), uint8; ValueError for anything else."""
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
            if picture.size != (size, size):
                raise ValueError(
                    f"A frame of {size} x {size} pixels was announced, got {picture.width} x {picture.height}."
                )
            return np.asarray(picture.convert("RGB"))
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise ValueError("A camera frame was not a picture that can be read.") from error


def _milliseconds(value: object) -> float:
    """Return a time that a browser told, bounded to a minute; 0 for anything that is not one."""
    return min(max(float(value), 0.0), 60_000.0) if isinstance(value, (int, float)) and value == value else 0.0
