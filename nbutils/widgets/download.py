"""A button that makes a file in Python, which the browser then saves."""

from collections.abc import Callable

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page
from nbutils.widgets.errors import describe
from nbutils.widgets.uploads import clean_name

LARGEST_SAVE = 50_000_000


class Download(anywidget.AnyWidget):
    """A button: pressing it calls make(), and the browser saves what make returns.

    make : returns a file's name and its bytes, at most LARGEST_SAVE; an exception is told as a sentence
    """

    _esm = page.script("saving.js", "download.js")
    _style = page.Style()
    text = T.Unicode().tag(sync=True)
    file_name = T.Unicode().tag(sync=True)
    file = T.Bytes(b"").tag(sync=True)
    report = T.Dict().tag(sync=True)

    def __init__(self, text: str, make: Callable[[], tuple[str, bytes]]) -> None:
        self._make = make
        super().__init__(text=text)
        self.on_msg(self._receive)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: presses arrive as messages."""
        super().set_state(foreign.accept(sync_data))

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        event = foreign.event(content)
        if event == "saved":
            self.file = b""
        elif event == "make":
            self._offer()

    def _offer(self) -> None:
        with self.hold_sync():
            try:
                offer_file(self, *self._make())
                sentence, fault = f"Saved {self.file_name}, {len(self.file) / 1e6:,.1f} MB.", False
            except Exception as error:  # noqa: BLE001  whatever it was, the page lives on
                sentence, fault = describe(error), True
            self.report = {"count": self.report.get("count", 0) + 1, "sentence": sentence, "fault": fault}


def offer_file(widget: anywidget.AnyWidget, file_name: str, data: bytes) -> None:
    """Hand a file to the page through the traits file_name and file; ValueError where it is too large for that."""
    if len(data) > LARGEST_SAVE:
        raise ValueError(
            f"The file would hold {len(data):,} bytes, and a page can hand over {LARGEST_SAVE:,}: save less at once."
        )
    with widget.hold_sync():
        widget.file_name = clean_name(file_name).lstrip(".") or "file"
        widget.file = data
