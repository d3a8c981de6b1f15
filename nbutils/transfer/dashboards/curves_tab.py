"""The tab of Figure 5.2: all networks as points, the one that is selected, and the five interpretations."""

import ipywidgets as ipw

from nbutils.figures.dots import Drawn
from nbutils.transfer import thesis
from nbutils.transfer.dashboards import curves_figure, tables
from nbutils.transfer.dashboards.curves_figure import OWN
from nbutils.transfer.dashboards.questions_pane import QuestionsPane
from nbutils.transfer.dashboards.run_pane import RunPane
from nbutils.transfer.dashboards.session import Session
from nbutils.transfer.halves import NATURE, Halves, halves_of
from nbutils.transfer.records import Run
from nbutils.transfer.summaries import boosts, count_planned, main_runs
from nbutils.transfer.view import View
from nbutils.widgets import Board, ErrorLine, Markup, guard
from nbutils.widgets.fold import Fold

BANDS = (
    "A point is one network, a line leads through the means. Bands: one standard error of the mean gap to the base of "
    "the same classes; none where there is a single network."
)
STARS = (
    "Stars were trained here, for a minute: they are less right than the others. With the base subtracted, each is "
    "compared with base networks that were trained for as short a time."
)
TEN_BEST = (
    "The mean of the ten best validations is the thesis' score. Our rate falls to zero, so the last validation is the "
    "best, and the mean reaches back to where the rate was high: base networks lose more by that than frozen ones, and "
    "the gaps between them move. Compare treatments by the last validation."
)
SUBTRACT = 'Of the curves, the text of the thesis gives gaps, not points: tick "subtract the base" to see them.'
ABSENT = "The text of the thesis gives gaps of AnB and AnB+ only."


class CurvesTab:
    """Points, means and bands on the left, the selected network on the right; what is rested on is drawn beside it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._main: tuple[Run, ...] = ()
        self._drawn: Drawn | None = None
        self._seen: tuple = ()
        self.error = ErrorLine()
        self.board = Board(columns=1, height=440, empty=curves_figure.EMPTY)
        self.told, self.boosts, self.rows = ipw.HTML(), ipw.HTML(), Markup()
        change = self._change
        self.pane = RunPane(change)
        self.questions = QuestionsPane(change, self._draw_figure)
        self.table = Fold("All networks as a table", [self.rows])
        self.page = self._lay_out()
        self._connect()

    def seen(self) -> None:
        """Draw what the view says, with the runs that are there by now."""
        guard(self.error, clears=False)(self._draw)()

    def _draw(self) -> None:
        view, halves = self._session.view, halves_of(self._session.view.halves)
        state = (view, id(self._session.runs), len(self._session.own))
        if state == self._seen:
            return
        self._seen = state
        self._main = main_runs(self._session.runs, halves)
        self.questions.show(view, self._session.runs, self._main)
        self._draw_figure()
        self.told.value = self._tell()
        self.boosts.value = tables.draw_boosts(boosts(self._main, score=view.score), view.thesis)
        self._draw_rows()
        selected = self._session.find(view.run)
        here = any(run is selected for run in self._session.own)
        self.pane.show(view, halves, selected, here)

    def _draw_figure(self) -> None:
        view, halves = self._session.view, halves_of(self._session.view.halves)
        self._drawn = curves_figure.draw(
            self._main, view, halves, self._session.own, self.questions.marked, view.question > 1
        )
        self.board.set("curves", self._drawn.figure, self._drawn.alt)

    def _draw_rows(self) -> None:
        """Draw the table, where it is open: it is long."""
        if self.table.heading.is_open:
            self.rows.markup = tables.draw_rows(self._main, self._session.view.run)

    def _tell(self) -> str:
        """Say how many runs are there of how many, and what the bands are."""
        view, said = self._session.view, []
        if self._main:
            planned, count = count_planned(self._main), len(self._main)
            splits = len({(run.settings.split, run.settings.seed) for run in self._main})
            there = f"All {count} networks" if count == planned else f"{count} of the {planned} networks"
            said.append(f"{there} of {splits} split{'s' if splits > 1 else ''} are here. {BANDS}")
        if view.score == "best_ten":
            said.append(TEN_BEST)
        if self._session.own:
            said.append(STARS)
        if view.thesis:
            said.append(_tell_thesis(view, halves_of(view.halves)))
        return "".join(f"<p class='dv-quiet'>{sentence}</p>" for sentence in said)

    def _run_at(self, name: str, trace: int, point: object) -> Run | None:
        key = self._drawn.key_at(trace, point) if name == "curves" and self._drawn else ""
        if key.startswith(OWN):
            return self._session.own[int(key.removeprefix(OWN))]
        return self._session.find(key)

    def _click(self, name: str, trace: int, point: object, _x: object, _y: object) -> None:
        key = self._drawn.key_at(trace, point) if name == "curves" and self._drawn else ""
        if key.startswith("mark "):
            self.questions.press(key)
        elif (run := self._run_at(name, trace, point)) is not None:
            self._session.tell("select", run)

    def _press_row(self, key: str) -> None:
        if (run := self._session.find(key)) is not None:
            self._session.tell("select", run)

    def _rest(self, run: Run | None) -> None:
        """Draw how a network learned beside the one that is selected."""
        self.pane.learning.rest(self._session.find(self._session.view.run), run)

    def _change(self, **fields: object) -> None:
        self._session.tell("change", fields)

    def _connect(self) -> None:
        guarded, quietly = guard(self.error), guard(self.error, clears=False)
        self.pane.connect(guarded)
        self.questions.connect(guarded)
        self.board.on_click(guarded(self._click))
        self.board.on_hover(quietly(lambda name, trace, point, _x, _y: self._rest(self._run_at(name, trace, point))))
        self.rows.on_press(guarded(self._press_row))
        self.rows.on_rest(quietly(lambda key: self._rest(self._session.find(key))))
        self.table.heading.observe(quietly(lambda _change: self._draw_rows()), "is_open")
        for event in ("view", "trained", "stored"):
            self._session.on(event, lambda _value: self.seen() if self._session.view.tab == "curves" else None)

    def _lay_out(self) -> ipw.Widget:
        title = ipw.HTML("<h3>What do the gaps mean?</h3>")
        asked = ipw.VBox([title, self.questions.page]).add_class("dv-stack")
        panes = [
            ipw.VBox([self.board, self.told]).add_class("dv-stage"),
            ipw.VBox([self.pane.page]).add_class("dv-details"),
            ipw.VBox([asked, self.boosts, self.table]),
        ]
        box = ipw.Box([pane.add_class("dv-pane") for pane in panes]).add_class("dv-panes").add_class("dv-beside")
        return ipw.VBox([self.error, box]).add_class("dv-stack")


def _tell_thesis(view: View, halves: Halves) -> str:
    """Return what the numbers of the thesis on the plot are."""
    if not view.subtracted:
        return SUBTRACT
    told = []
    if "AnB" in view.treatments:
        told.append(f"the star is AnB at n = 7, {-100 * curves_figure.find_drop(halves).value:g} points below its base")
    if "AnB+" in view.treatments and halves.kind != NATURE:
        gains = ", ".join(f"{boost.layers} ({100 * boost.over_base:+.1f})" for boost in thesis.TABLE_5_1)
        told.append(f"the dotted lines are what AnB+ gains on layers {gains}, from Table 5.1")
    return f"In gold, the thesis: {'; '.join(told)}." if told else ABSENT


def make_curves(session: Session) -> CurvesTab:
    """Return the tab."""
    return CurvesTab(session)
