"""A drawing or a table that is made in Python, parts of which can be pressed and rested on."""

import re
from collections.abc import Callable

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page

LARGEST = 500_000
LONGEST_PART = 60
PART = re.compile(r'\bdata-part="([A-Za-z0-9_+. -]{1,60})"')

PartCallback = Callable[[str], object]


class Markup(anywidget.AnyWidget):
    """HTML or SVG whose elements with a `data-part` answer to clicks, keys and the pointer.

    A part is a button, or has role and tabindex as one: Enter and the space bar press it. Whoever makes the markup
    escapes what is not its own; a part is named with letters, digits, spaces and _ + . -
    """

    _esm = page.script("markup.js")
    _css = (page.HERE / "markup.css").read_text()
    _style = page.Style()
    markup = T.Unicode().tag(sync=True)

    def __init__(self, markup: str = "") -> None:
        self._presses: list[PartCallback] = []
        self._rests: list[PartCallback] = []
        super().__init__(markup=markup)
        self.on_msg(self._receive)

    @T.validate("markup")
    def _must_fit(self, proposal: dict) -> str:
        if len(proposal["value"]) > LARGEST:
            raise ValueError(
                f"markup holds at most {LARGEST:,} characters, got {len(proposal['value']):,}: show less of it."
            )
        return proposal["value"]

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the names of the parts, in their order."""
        return tuple(PART.findall(self.markup))

    def on_press(self, callback: PartCallback) -> None:
        """Call callback(part) when a part is clicked, or pressed with Enter or the space bar."""
        self._presses.append(callback)

    def on_rest(self, callback: PartCallback) -> None:
        """Call callback(part) when the pointer or the focus comes to a part, callback("") when it leaves them all."""
        self._rests.append(callback)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: presses arrive as messages."""
        super().set_state(foreign.accept(sync_data))

    def _receive(self, _widget: object, content: object, _buffers: object) -> None:
        callbacks = {"press": self._presses, "rest": self._rests}.get(foreign.event(content))
        if not callbacks:
            return
        try:
            part = foreign.text(content.get("part"), LONGEST_PART)
        except (TypeError, ValueError):
            return
        if part in self.parts or (part == "" and callbacks is self._rests):
            for callback in tuple(callbacks):
                callback(part)
