"""Who somebody is without registration: a random key that their browser keeps, and a name that they choose."""

import re
from collections.abc import Callable

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page
from nbutils.widgets.errors import describe

ROOM = re.compile(r"[a-z][a-z0-9_]{0,39}")
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
LONGEST_NAME = 40


class Identity(anywidget.AnyWidget):
    """A line that says who one is and lets one change it.

    The browser makes the key once and keeps it with the name; who has the key is that person. So it comes as a message
    and is no trait: it is sent to no other page, is not shown, and no notebook that is saved holds it.

    room : under which the browser keeps key and name, in small letters, digits and _
    Raises ValueError for another room.
    """

    _esm = page.script("identity.js")
    _css = (page.HERE / "identity.css").read_text()
    _style = page.Style()
    room = T.Unicode().tag(sync=True)
    longest = T.Int(LONGEST_NAME).tag(sync=True)
    fault = T.Unicode().tag(sync=True)

    def __init__(self, room: str = "forms") -> None:
        if not ROOM.fullmatch(room):
            raise ValueError(f'an identity has a room of small letters, digits and _, such as "forms", got "{room}".')
        self.key, self.name = "", ""
        self._callbacks: list[Callable[[str, str], object]] = []
        super().__init__(room=room)
        self.on_msg(self._receive)

    def on_ready(self, callback: Callable[[str, str], object]) -> None:
        """Call callback(key, name) when the browser has told who it is, and whenever that changes."""
        self._callbacks.append(callback)
        if self.key:
            callback(self.key, self.name)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: who it is comes as a message."""
        super().set_state(foreign.accept(sync_data))

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        if foreign.event(content) != "identity":
            return
        try:
            key, name = clean_key(content.get("key")), clean_name(content.get("name"))
            if (key, name) != (self.key, self.name):
                self.key, self.name = key, name
                for callback in self._callbacks:
                    callback(key, name)
            self.fault = ""
        except Exception as error:  # noqa: BLE001  whatever the page says that it is, it lives on
            self.fault = describe(error)


def clean_key(value: object) -> str:
    """Return the key; ValueError, which does not repeat it, for anything but 16 to 64 of A-Z, a-z, 0-9, _ and -."""
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise ValueError("This browser told no key that can be used: reload the page.")
    return value


def clean_name(value: object) -> str:
    """Return the name without spaces around it; ValueError for a name that is too long or cannot be shown."""
    try:
        return foreign.typed(value, LONGEST_NAME).strip()
    except (TypeError, ValueError) as error:
        raise ValueError(f"A name has at most {LONGEST_NAME} letters and no control characters.") from error
