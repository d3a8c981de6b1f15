"""How much was bred here, by how many people, since when."""

from typing import TYPE_CHECKING

import ipywidgets as ipw

from nbutils.forms.dashboards import statistics_words as words
from nbutils.forms.dashboards.family_words import draw_runs
from nbutils.forms.dashboards.session import Session
from nbutils.forms.families import measure_dwelling
from nbutils.forms.store import family, measure_runs, statistics
from nbutils.widgets import Board, ErrorLine, button, guard

if TYPE_CHECKING:
    from nbutils.forms.store import Statistics

CLOSED = "<p class='dv-quiet'>The numbers cannot be seen now. Press Refresh to try again.</p>"
FIGURES = {"bred": "Generations and organisms", "kept": "Shapes, people and ratings"}


class StatisticsTab:
    """Numbers and plots, read when the tab comes into sight."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shown: Statistics | None = None
        self.error = ErrorLine()
        self.refresh = button("Refresh", guard(self.error)(self._read))
        self.numbers, self.dwelling = ipw.HTML(), ipw.HTML()
        self.board = Board(columns=2, height=280, empty="The plots appear here when something has been bred.")
        self.page = self._lay_out()

    def seen(self) -> None:
        """Read the numbers; what cannot be read is told."""
        guard(self.error)(self._read)()

    def _read(self) -> None:
        try:
            found = statistics(self._session.store)
            tree = family(self._session.store)
        except ValueError:
            if self._shown is None:
                self.numbers.value = CLOSED
            raise
        self._shown = found
        self.numbers.value = words.tell_numbers(found) + ("" if found.generations else words.NOTHING)
        self.dwelling.value = words.tell_dwelling(measure_dwelling(tree.parents, tree.forked, tree.created))
        if found.per_day:
            for (name, title), counted in zip(FIGURES.items(), words.COUNTED, strict=True):
                self.board.set(name, *words.draw_days(found.per_day, counted, title))
        if len(tree.ids):
            self.board.set("runs", *draw_runs(measure_runs(tree.parents)))

    def _lay_out(self) -> ipw.Widget:
        left = ipw.VBox([self.board]).add_class("dv-pane").add_class("dv-stage")
        right = [self.refresh, self.numbers, self.dwelling, ipw.HTML(words.PROVENANCE)]
        panes = [left, ipw.VBox(right).add_class("dv-pane").add_class("dv-details")]
        return ipw.VBox([self.error, ipw.Box(panes).add_class("dv-panes").add_class("dv-two")]).add_class("dv-stack")


def make_statistics(session: Session) -> StatisticsTab:
    """Return the tab."""
    return StatisticsTab(session)
