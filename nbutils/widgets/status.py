"""The line under a dashboard: what happened last, and quiet figures beside it."""

import anywidget
import traitlets as T

from nbutils.widgets import foreign, page

LONGEST = 400


class StatusLine(anywidget.AnyWidget):
    """One line: a message that is read aloud politely, and a meter that is only seen."""

    _esm = page.script("status.js")
    _style = page.Style()
    message = T.Unicode().tag(sync=True)
    figures = T.Unicode().tag(sync=True)

    def say(self, message: str) -> None:
        """Show a message and let screen readers announce it."""
        self.message = str(message)[:LONGEST]

    def meter(self, text: str) -> None:
        """Show figures that change often, such as frames per second, without announcing them."""
        self.figures = str(text)[:LONGEST]

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: it only shows."""
        super().set_state(foreign.accept(sync_data))
