"""Small files from the visitor's own disk, byte for byte."""

from collections.abc import Callable, Sequence

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page, uploads
from nbutils.widgets.errors import describe

MOST_FILES = 1_000
LARGEST = 8_000_000  # a websocket message of more than 10 MiB is dropped by the server without a word


class FileDrop(anywidget.AnyWidget):
    """A button and a place to drop one file, or several, which arrive as their bytes.

    take : take(name, data) reads the file and returns a sentence about it; an exception is told as a sentence
    accepts : extensions of the files that may be chosen, with their dots
    max_bytes : the largest file that is taken, or the most that several have together, at most LARGEST
    several : whether many files may be chosen at once; take then gets a list of (name, data) alone
    Raises ValueError for a max_bytes out of range.
    """

    _esm = page.script("files.js", "file_drop.js")
    _style = page.Style()
    text = T.Unicode().tag(sync=True)
    accepts = T.List(T.Unicode()).tag(sync=True)
    max_bytes = T.Int().tag(sync=True)
    several = T.Bool(False).tag(sync=True)
    report = T.Dict().tag(sync=True)

    def __init__(
        self,
        text: str,
        take: Callable[..., str],
        accepts: Sequence[str],
        max_bytes: int = LARGEST,
        several: bool = False,
    ) -> None:
        if not 1 <= max_bytes <= LARGEST:
            raise ValueError(f"max_bytes must be 1 to {LARGEST:,}, got {max_bytes:,}.")
        self._take = take
        super().__init__(text=text, accepts=list(accepts), max_bytes=max_bytes, several=several)
        self.on_msg(self._receive)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: files arrive as messages."""
        super().set_state(foreign.accept(sync_data))

    def _receive(self, _widget: object, content: object, buffers: object) -> None:
        if foreign.event(content) != "files":
            return
        try:
            files = self._read(content.get("names"), buffers)
            sentence, fault = self._take(files) if self.several else self._take(*files[0]), False
        except Exception as error:  # noqa: BLE001  whatever a file holds, the page lives on
            sentence, fault = describe(error), True
        self.report = {"count": self.report.get("count", 0) + 1, "sentence": sentence, "fault": fault}

    def _read(self, names: object, buffers: object) -> list[tuple[str, bytes]]:
        """Return the names and bytes of the files in buffers; ValueError, as a sentence, where that is amiss."""
        most = MOST_FILES if self.several else 1
        if not isinstance(names, list) or not 1 <= len(names) <= most:
            raise ValueError(f"1 to {most:,} files are taken at once: choose again.")
        cleaned = [uploads.clean_name(name) for name in names]
        told = cleaned[0] if len(cleaned) == 1 else f"{len(cleaned):,} files"
        if not isinstance(buffers, list) or len(buffers) != len(cleaned):
            raise ValueError(f"{told} did not arrive whole: choose again.")
        sizes = [memoryview(buffer).nbytes for buffer in buffers]
        if not min(sizes) or sum(sizes) > self.max_bytes:
            raise ValueError(f"{told}: {sum(sizes):,} bytes arrived, and 1 to {self.max_bytes:,} are taken.")
        return [(name, bytes(buffer)) for name, buffer in zip(cleaned, buffers, strict=True)]
