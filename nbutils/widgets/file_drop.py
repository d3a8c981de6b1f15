"""A small file from the visitor's own disk, byte for byte."""

from collections.abc import Callable, Sequence

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page, uploads
from nbutils.widgets.errors import describe

LARGEST = 8_000_000  # a websocket message of more than 10 MiB is dropped by the server without a word


class FileDrop(anywidget.AnyWidget):
    """A button and a place to drop one file, which arrives as its bytes.

    take : take(name, data) reads the file and returns a sentence about it; an exception is told as a sentence
    accepts : extensions of the files that may be chosen, with their dots
    max_bytes : the largest file that is taken, at most LARGEST
    Raises ValueError for a max_bytes out of range.
    """

    _esm = page.script("files.js", "file_drop.js")
    _style = page.Style()
    text = T.Unicode().tag(sync=True)
    accepts = T.List(T.Unicode()).tag(sync=True)
    max_bytes = T.Int().tag(sync=True)
    report = T.Dict().tag(sync=True)

    def __init__(
        self, text: str, take: Callable[[str, bytes], str], accepts: Sequence[str], max_bytes: int = LARGEST
    ) -> None:
        if not 1 <= max_bytes <= LARGEST:
            raise ValueError(f"max_bytes must be 1 to {LARGEST:,}, got {max_bytes:,}.")
        self._take = take
        super().__init__(text=text, accepts=list(accepts), max_bytes=max_bytes)
        self.on_msg(self._receive)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: files arrive as messages."""
        super().set_state(foreign.accept(sync_data))

    def _receive(self, _widget: object, content: object, buffers: object) -> None:
        if foreign.event(content) != "file":
            return
        try:
            name = uploads.clean_name(content.get("name"))
            sentence, fault = self._take(name, self._read(name, buffers)), False
        except Exception as error:  # noqa: BLE001  whatever a file holds, the page lives on
            sentence, fault = describe(error), True
        self.report = {"count": self.report.get("count", 0) + 1, "sentence": sentence, "fault": fault}

    def _read(self, name: str, buffers: object) -> bytes:
        """Return the bytes of the one file in buffers; ValueError, as a sentence, where that is amiss."""
        if not isinstance(buffers, list) or len(buffers) != 1:
            raise ValueError(f"{name} did not arrive whole: choose it again.")
        size = memoryview(buffers[0]).nbytes
        if not 0 < size <= self.max_bytes:
            raise ValueError(f"{name} has {size:,} bytes, and 1 to {self.max_bytes:,} are taken.")
        return bytes(buffers[0])
