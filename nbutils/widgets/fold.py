"""A part of a page that can be folded away under its title."""

from collections.abc import Sequence

import anywidget
import ipywidgets
import traitlets as T

from nbutils.widgets import foreign, page


class FoldTitle(anywidget.AnyWidget):
    """The button that opens and closes a fold, and a quiet note beside it."""

    _esm = page.script("fold.js")
    _style = page.Style()
    title = T.Unicode().tag(sync=True)
    note = T.Unicode().tag(sync=True)
    is_open = T.Bool(False).tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take from the page only whether it is open."""
        super().set_state(foreign.accept(sync_data, is_open=foreign.flag))


class Fold(ipywidgets.VBox):
    """Widgets under a title; only the title is seen while it is closed.

    `heading.note` is a text beside the title, `heading.is_open` whether it is open.
    """

    def __init__(self, title: str, parts: Sequence[ipywidgets.Widget], *, is_open: bool = False) -> None:
        self.heading = FoldTitle(title=title, is_open=is_open)
        body = ipywidgets.VBox(list(parts)).add_class("dv-fold-body")
        super().__init__([self.heading, body])
        self.add_class("dv").add_class("dv-fold")
