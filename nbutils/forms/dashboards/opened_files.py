"""Files of an opened shape for printers and programs, and what a printer would make of it."""

from collections.abc import Callable
from functools import partial
from html import escape

import ipywidgets as ipw

from nbutils.forms.files import FORMATS, MOST_HEIGHT, clean_name, export
from nbutils.forms.meshing import Body
from nbutils.forms.printing import inspect
from nbutils.neat import Genome, to_json
from nbutils.widgets import ErrorLine, button, guard, slider
from nbutils.widgets.download import Download

USUAL = (20, 300)  # millimetres; a slider goes so far, files up to a metre
HEIGHT = 100
NOT_YET = "The surface is still being made: try again in a moment."
LIST = "<ul style='padding-left: 1.2em'>{}</ul>"
ABOUT = LIST.format("".join(f"<li>{one.title}: {escape(one.about)}</li>" for one in FORMATS.values()))
UNCHECKED = "<p class='dv-quiet'>Which walls are thin, and what hangs over?</p>"


class FilesPane:
    """Buttons that save a shape in every format, its network as JSON, and a report on printing.

    opened : returns the name, the genome and the surface, which is None as long as it is being made
    """

    def __init__(self, opened: Callable[[], tuple[str, Genome, Body | None]], error: ErrorLine) -> None:
        self._opened = opened
        self.height = slider("Height", HEIGHT, *USUAL, 1, unit="mm", hint=f"Up to {MOST_HEIGHT:.0f} mm in Python.")
        self.formats = {kind: Download(one.title, partial(self._save, kind)) for kind, one in FORMATS.items()}
        self.network = Download("network (JSON)", self._save_network)
        self.check = button("Check it for printing", guard(error)(self._check))
        self.report = ipw.HTML(UNCHECKED)
        self.height.observe(lambda _change: self.clear(), "value")
        buttons = ipw.Box([*self.formats.values(), self.network]).add_class("dv-group")
        self.box = ipw.VBox(
            [
                ipw.HTML("<h3>Download</h3>"),
                self.height,
                buttons,
                ipw.HTML(
                    f"<details><summary>Which one?</summary><ul style='padding-left: 1.2em'>{ABOUT}</ul></details>"
                ),
                self.check,
                self.report,
            ]
        ).add_class("dv-stack")

    def clear(self) -> None:
        """Take the report away: it is of another shape, or of another height."""
        self.report.value = UNCHECKED

    def _body(self) -> tuple[str, Body]:
        name, _, body = self._opened()
        if body is None:
            raise ValueError(NOT_YET)
        return name, body

    def _save(self, kind: str) -> tuple[str, bytes]:
        name, body = self._body()
        return export(body, kind, float(self.height.value), name)

    def _save_network(self) -> tuple[str, bytes]:
        name, genome, _ = self._opened()
        return f"{clean_name(name)}.json", to_json(genome).encode()

    def _check(self) -> None:
        _, body = self._body()
        told = "".join(
            f"<li>{escape(sentence)}</li>" for sentence in inspect(body, float(self.height.value)).sentences()
        )
        self.report.value = LIST.format(told)
