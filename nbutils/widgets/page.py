"""What all parts have in common on a page: one stylesheet, and the helpers of their front ends."""

from collections.abc import Callable
from pathlib import Path

import ipywidgets
import traitlets as T

from nbutils.widgets import foreign

HERE = Path(__file__).parent

# One widget a kernel, whatever number of parts refers to it: a page loads a stylesheet or a script once.
_shared: dict[str, ipywidgets.Widget] = {}


def shared(name: str, make: Callable[[], ipywidgets.Widget]) -> ipywidgets.Widget:
    """Return the one widget of that name in this kernel, made when there is none or when it was closed."""
    widget = _shared.get(name)
    if widget is None or widget.comm is None:
        widget = _shared[name] = make()
    return widget


def join(*names: str) -> str:
    """Return these files, one after the other: helpers first, the front end last."""
    return "".join((HERE / name).read_text() for name in names)


def script(*names: str) -> str:
    """Return the front end in these files, with the helpers that every front end uses before it."""
    return join("page.js", *names)


class Stylesheet(ipywidgets.Widget):
    """The styles of all parts; a model without a view, which the parts' front ends put into the page."""

    text = T.Unicode().tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page."""
        super().set_state(foreign.accept(sync_data))


class Style(T.Instance):
    """The trait by which a part refers to the stylesheet."""

    def __init__(self) -> None:
        super().__init__(Stylesheet)
        self.tag(sync=True, **ipywidgets.widget_serialization)

    def make_dynamic_default(self) -> Stylesheet:
        """Return the stylesheet of this kernel."""
        return shared("style", lambda: Stylesheet(text=(HERE / "style.css").read_text()))
