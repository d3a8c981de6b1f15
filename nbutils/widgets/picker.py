"""A picture from the visitor's own files, brought down to size in the browser and checked again here."""

from collections.abc import Callable, Sequence
from io import BytesIO

import anywidget
import numpy as np
import traitlets as T
from PIL import Image

from nbutils.widgets import foreign, page, uploads
from nbutils.widgets.errors import describe

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".avif")
LARGEST_SENT = 2_000_000
LARGEST_SIZE = 2_048


class Picker(anywidget.AnyWidget):
    """A button and a place to drop one picture; the picture arrives as an array.

    size : the longest side in pixels, to which the browser brings larger pictures down
    accepts : extensions of the files that may be chosen, with their dots
    max_bytes : the largest file that the browser tries to open
    Raises ValueError for a size out of 1 to 2048.
    """

    _esm = page.script("files.js", "picker.js")
    _style = page.Style()
    text = T.Unicode().tag(sync=True)
    size = T.Int().tag(sync=True)
    accepts = T.List(T.Unicode()).tag(sync=True)
    max_bytes = T.Int().tag(sync=True)
    most_sent = T.Int(LARGEST_SENT).tag(sync=True)
    report = T.Dict().tag(sync=True)
    file_name = T.Unicode()

    def __init__(
        self,
        size: int = 512,
        accepts: Sequence[str] = PICTURES,
        max_bytes: int = 50_000_000,
        text: str = "Choose a picture",
    ) -> None:
        if not 1 <= size <= LARGEST_SIZE:
            raise ValueError(f"a picker's size is 1 to {LARGEST_SIZE} pixels, got {size}.")
        self._callbacks: list[Callable[[np.ndarray], object]] = []
        super().__init__(size=size, accepts=list(accepts), max_bytes=max_bytes, text=text)
        self.on_msg(self._receive)

    def on_file(self, callback: Callable[[np.ndarray], object]) -> None:
        """Call callback(pixels) for every picture; `file_name` is its name then.

        pixels : (height, width, 3), uint8, sRGB, the longer side at most `size`
        """
        self._callbacks.append(callback)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: pictures arrive as messages."""
        super().set_state(foreign.accept(sync_data))

    def _receive(self, _widget: object, content: object, buffers: object) -> None:
        if foreign.event(content) != "picture":
            return
        try:
            name = uploads.clean_name(content.get("name"))
            pixels = read_picture(buffers, self.size)
            self.file_name = name
            for callback in self._callbacks:
                callback(pixels)
        except Exception as error:  # noqa: BLE001  whatever a file holds, the page lives on
            self._tell(describe(error), fault=True)
        else:
            self._tell(f"{name}: {pixels.shape[1]} x {pixels.shape[0]} pixels.", fault=False)

    def _tell(self, sentence: str, *, fault: bool) -> None:
        self.report = {"count": self.report.get("count", 0) + 1, "sentence": sentence, "fault": fault}


def read_picture(buffers: object, size: int) -> np.ndarray:
    """Return the pixels of the one PNG or JPEG file in buffers: (height, width, 3), uint8, sRGB.

    Raises ValueError, as a sentence, for anything but one such picture with no side longer than size.
    """
    if not isinstance(buffers, list) or len(buffers) != 1:
        raise ValueError("The picture did not arrive whole: choose it again.")
    data = bytes(buffers[0])
    if len(data) > LARGEST_SENT:
        raise ValueError(f"The picture arrived with {len(data):,} bytes, and at most {LARGEST_SENT:,} are taken.")
    refusal = ValueError("What arrived is no picture: choose a JPEG, PNG, WebP, GIF, BMP or AVIF file.")
    try:
        # Opening reads the header alone: the size is known before a pixel is decoded.
        image = Image.open(BytesIO(data), formats=("PNG", "JPEG"))
    except Exception as error:
        raise refusal from error
    if max(image.size) > size:
        raise ValueError(f"The picture arrived with {image.width} x {image.height} pixels; {size} a side are taken.")
    try:
        return np.asarray(image.convert("RGB"))
    except Exception as error:
        raise refusal from error
