"""The frame that every dashboard stands in: title, buttons, a stage, controls, details, a status line."""

from collections.abc import Callable, Sequence

import anywidget
import ipywidgets
import traitlets as T

from nbutils.widgets import foreign, page
from nbutils.widgets.download import offer_file
from nbutils.widgets.errors import ErrorLine, guard
from nbutils.widgets.link import Link
from nbutils.widgets.status import StatusLine

Press = Callable[[], object]


class Heading(anywidget.AnyWidget):
    """Number, title and hint; it also gives the shell around it the names that screen readers say."""

    _esm = page.script("saving.js", "shell.js")
    _style = page.Style()
    kind = T.Unicode("heading").tag(sync=True)
    number = T.Unicode().tag(sync=True)
    title = T.Unicode().tag(sync=True)
    hint = T.Unicode().tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: it only shows."""
        super().set_state(foreign.accept(sync_data))


class Actions(anywidget.AnyWidget):
    """The buttons at the right of the header: Reset, ? (the keys), link, python, save."""

    _esm = page.script("saving.js", "shell.js")
    _style = page.Style()
    kind = T.Unicode("actions").tag(sync=True)
    offers = T.List(T.Unicode()).tag(sync=True)
    keys_help = T.List(T.List(T.Unicode())).tag(sync=True)
    link = anywidget.WidgetTrait().tag(sync=True)
    line = T.Unicode().tag(sync=True)
    file_name = T.Unicode().tag(sync=True)
    file = T.Bytes(b"").tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take nothing from the page: presses arrive as messages."""
        super().set_state(foreign.accept(sync_data))


class Shell(ipywidgets.VBox):
    """A dashboard's frame; made by shell().

    `status` is its status line, `error` its error line, `heading.hint` the line that says what to do first.
    """

    def __init__(self, heading: Heading, actions: Actions, panes: ipywidgets.Box, **lines: object) -> None:
        self.heading = heading
        self.actions = actions
        self.panes = panes
        self.error: ErrorLine = lines["error"]
        self.status: StatusLine = lines["status"]
        fields = [ipywidgets.Box(lines["header"]).add_class("dv-header-fields")] if lines["header"] else []
        header = ipywidgets.Box([heading, actions, *fields]).add_class("dv-header")
        super().__init__([header, self.error, panes, self.status])
        self.add_class("dv").add_class("dv-shell")


def shell(
    title: str,
    hint: str,
    stage: ipywidgets.Widget | Sequence[ipywidgets.Widget],
    controls: ipywidgets.Widget | Sequence[ipywidgets.Widget],
    *,
    number: str = "",
    details: ipywidgets.Widget | Sequence[ipywidgets.Widget] | None = None,
    header: Sequence[ipywidgets.Widget] = (),
    status: StatusLine | None = None,
    reset: Press | None = None,
    keys: Sequence[tuple[str, str]] = (),
    link: Link | None = None,
    python: Callable[[], str] | None = None,
    save: Callable[[], tuple[str, bytes]] | None = None,
    error: ErrorLine | None = None,
) -> Shell:
    """Return a dashboard's frame: header, stage, controls (at most 320 px wide), details, status line.

    hint : one line saying what to do first
    header : controls that stand beside the title
    reset : called by the Reset button
    keys : (key, what it does), listed by the ? button and the ? key
    python : returns the line of Python that does the same, shown with a Copy button
    save : returns a file's name and bytes, which the browser downloads
    error : where exceptions of reset, python and save are shown; made when None
    """
    error = error or ErrorLine()
    actions = Actions(
        offers=[name for name, given in (("reset", reset), ("python", python), ("save", save)) if given],
        keys_help=[[str(key), str(what)] for key, what in keys],
        link=link,
    )
    answers = {"reset": reset, "python": python, "save": save}
    actions.on_msg(lambda _widget, content, _buffers: _answer(actions, answers, content, error))
    panes = [("dv-stage", stage), ("dv-controls", controls), ("dv-details", details)]
    boxes = [_pane(style, parts) for style, parts in panes if parts is not None]
    return Shell(
        Heading(title=title, hint=hint, number=str(number)),
        actions,
        ipywidgets.Box(boxes).add_class("dv-panes").add_class("dv-two" if details is None else "dv-three"),
        header=header,
        error=error,
        status=status or StatusLine(),
    )


def _pane(style: str, parts: ipywidgets.Widget | Sequence[ipywidgets.Widget]) -> ipywidgets.VBox:
    parts = [parts] if isinstance(parts, ipywidgets.Widget) else list(parts)
    return ipywidgets.VBox(parts).add_class("dv-pane").add_class(style)


def _answer(actions: Actions, answers: dict[str, Press | None], content: object, error: ErrorLine) -> None:
    """Do what a pressed button asks for; exceptions are shown in the error line."""
    name = foreign.event(content)
    if name == "saved":
        actions.file = b""
        return
    press = answers.get(name)
    if press is None:
        return
    result = guard(error)(press)()
    if name == "python" and isinstance(result, str):
        actions.line = result
    elif name == "save" and result is not None:
        guard(error)(offer_file)(actions, *result)
