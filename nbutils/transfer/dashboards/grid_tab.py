"""The monitor: a grid of runs coloured by where each stands, started and stopped here, or only looked at."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import ipywidgets as ipw

from nbutils.runs.threads import usable_cores
from nbutils.runs.watching import State
from nbutils.transfer import monitoring
from nbutils.transfer.dashboards import grid_words as words
from nbutils.transfer.dashboards import run_words
from nbutils.transfer.dashboards.grid_cells import draw_cells
from nbutils.transfer.dashboards.learning import Learning
from nbutils.transfer.dashboards.session import Session
from nbutils.transfer.dashboards.telling import tell_split
from nbutils.transfer.monitoring import Watched
from nbutils.transfer.records import Run, RunSettings
from nbutils.transfer.results import key_of
from nbutils.widgets import ErrorLine, Job, Markup, choice, guard

LOOK_AGAIN = 2.0  # seconds between two looks at what other processes do
COMMAND = "nbutils sweep transfer"


class GridTab:
    """One grid at a time: the one that ships is looked at, others are trained in a folder of the person's own.

    folder : where the runs are kept; None is `monitoring.runs_folder()`
    """

    def __init__(self, session: Session, folder: Path | None = None) -> None:
        self._session = session
        self._folder = monitoring.runs_folder() if folder is None else folder
        self._wanted: tuple[RunSettings, ...] = ()
        self._words: tuple[str, ...] = ()
        self._states: tuple[State, ...] = ()
        self._lines: tuple[str, ...] = ()
        self._work: Iterator[Watched] = iter(())
        self._watched = Watched((), (), 0, resting=True)
        self._selected, self._begun = "", ""
        self._planned: tuple = ()
        self._polls = False
        self._make_parts()
        self.page = self._lay_out()
        self._connect()

    def seen(self) -> None:
        """Look where all runs stand, and go on looking while the tab is in sight."""
        guard(self.error, clears=False)(self._look)()
        self._poll_soon()

    @property
    def is_shipped(self) -> bool:
        """Whether the runs that ship are looked at."""
        return self.grid.value == words.SHIPPED

    def _make_parts(self) -> None:
        self.error = ErrorLine()
        offers = [("The networks of this chapter", words.SHIPPED)]
        if not self._session.read_only:
            offers.append((f"Self-test, {len(monitoring.SELF_TEST)} small networks", words.SELF_TEST))
            offers += [(f"Train anew: {tell_split(split)}", split) for split in monitoring.SPLITS]
        self.grid = choice("Grid", offers)
        self.plan, self.failures, self.log = ipw.HTML(), ipw.HTML().add_class("dv-told"), ipw.HTML()
        self.cells = Markup()
        self.run, self.python = ipw.HTML(words.PRESS), ipw.HTML()
        self.learning = Learning(empty=words.CURVE)
        take = guard(self.error, clears=False)(self._take)
        self.job = Job(
            self._follow,
            take,
            total=self._begin,
            start="Start",
            noun="run",
            count=lambda seen: seen.ended,
        )

    def _look(self) -> None:
        """Bring all to where the runs stand now."""
        self.job.layout.display = "none" if self.is_shipped else None
        if self.is_shipped:
            self._show_shipped()
        elif self.job.state not in ("running", "stopping"):
            self._wanted = self._list()
            self._show(monitoring.look(self._wanted, self._folder))
        self._plan()

    def _list(self) -> tuple[RunSettings, ...]:
        """Return the runs of the grid that is chosen."""
        if self.grid.value == words.SELF_TEST:
            return monitoring.SELF_TEST
        return monitoring.whole_grid((self.grid.value,))

    def _show_shipped(self) -> None:
        """Show the runs that ship, and those of their grid that have not been trained."""
        measured = [run.settings for run in self._session.runs]
        known = set(measured)
        splits = [split for split in monitoring.SPLITS if any(run.split == split for run in measured)]
        whole = monitoring.whole_grid(splits)
        others = [run for run in measured if run not in set(whole)]
        self._wanted, self._states = (*whole, *others), ()
        self._draw(tuple("done" if run in known else "waiting" for run in self._wanted))

    def _show(self, states: tuple[State, ...]) -> None:
        self._states = states
        self._draw(tuple(state.word for state in states))
        self.failures.value = words.tell_failures(self._wanted, states)
        self.log.value = words.tell_log(self._lines)

    def _draw(self, found: tuple[str, ...]) -> None:
        before, self._words = self._words, found
        self.cells.markup = draw_cells(self._wanted, found, self._selected)
        if found != before:
            self._tell_selected()

    def _plan(self) -> None:
        """Say how much there is to do, before anything is."""
        done = self._words.count("done")
        planned = (self.grid.value, done)
        if planned == self._planned:
            return
        self._planned = planned
        if self.is_shipped:
            read_only = self._session.read_only
            told = words.tell_shipped(len(self._words), done, can_train=not read_only)
            self.plan.value = told + (words.tell_command(COMMAND) if read_only else "")
            return
        cores = usable_cores()
        plan = monitoring.plan_rest(self._wanted, self._words)
        seconds = monitoring.estimate_seconds(plan, self._session.runs, cores)
        remark = words.QUIET.format(words.SELF) if self.grid.value == words.SELF_TEST else ""
        self.plan.value = words.tell_plan(len(self._words), done, seconds, cores) + remark

    def _begin(self) -> int:
        """Return how many runs Start has before it; raise PermissionError where it is not offered."""
        # Start is hidden then, but whoever sits in front of a published page can send what its button sends.
        if self.is_shipped or self._session.read_only:
            raise PermissionError(words.STARTS_NOTHING)
        self._begun = self.grid.value
        return len(self._wanted)

    def _follow(self) -> Iterator[Watched]:
        """Return the work of Start: the grid that is chosen, in a process for each core."""
        self._lines = ()
        self._work = monitoring.follow_grid(self._wanted, self._folder, None, self._rests)
        return self._work

    def _rests(self) -> bool:
        return self.job.state in ("stopping", "stopped")

    def _rest(self) -> None:
        """End the workers where Stop came between two looks at whether to."""
        if not self._watched.resting and (watched := next(self._work, None)) is not None:
            self._take(watched)

    def _take(self, watched: Watched) -> None:
        self._watched = watched
        self._lines = watched.lines
        self._show(watched.states)

    def _press(self, key: str) -> None:
        self._selected = key
        self.cells.markup = draw_cells(self._wanted, self._words, key)
        self._tell_selected()

    def _tell_selected(self) -> None:
        """Tell of the selected run: settings and curve, or why there are none."""
        place = self._find(self._selected)
        if place is None:
            self.run.value, self.python.value = words.PRESS, ""
            self.learning.show(None)
            return
        wanted = self._wanted[place]
        run = self._read(wanted) if self._words[place] == "done" else None
        state = self._states[place] if self._states else None
        self.run.value = run_words.tell_run(run) if run else words.tell_state(wanted, state)
        self.python.value = run_words.show_python(wanted)
        self.learning.show(run)

    def _find(self, key: str) -> int | None:
        return next((place for place, run in enumerate(self._wanted) if key and key_of(run) == key), None)

    def _read(self, settings: RunSettings) -> Run | None:
        if self.is_shipped:
            return self._session.find(key_of(settings))
        return monitoring.read_run(settings, self._folder)

    def _choose(self, grid: str) -> None:
        if self.grid.disabled:
            if grid != self._begun:
                self.grid.value = self._begun
            return
        self._selected, self._lines, self._planned = "", (), ()
        self.failures.value = self.log.value = ""
        self._words = ()
        self._look()
        self._tell_selected()

    def _follow_state(self, state: str) -> None:
        """Keep the grid the one that it is while it works; where it rests, tell the plan anew."""
        if state == "stopped":
            self._rest()
        self.grid.disabled = state in ("running", "stopping")
        if not self.grid.disabled:
            self._planned = ()
            self._plan()

    def _poll_soon(self) -> None:
        """Look again in a while, as other processes may train, too."""
        if self._polls or self._session.read_only:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._polls = True
        loop.call_later(LOOK_AGAIN, self._poll)

    def _poll(self) -> None:
        self._polls = False
        if self._session.view.tab == "grid":
            if not self.is_shipped:
                guard(self.error, clears=False)(self._look)()
            self._poll_soon()

    def _connect(self) -> None:
        guarded = guard(self.error)
        choose, press = guarded(self._choose), guarded(self._press)
        self.grid.observe(lambda change: choose(change["new"]), "value")
        self.cells.on_press(press)
        state = guard(self.error, clears=False)(self._follow_state)
        self.job.observe(lambda change: state(change["new"]), "state")
        for event in ("view", "stored"):
            self._session.on(event, lambda _value: self.seen() if self._session.view.tab == "grid" else None)

    def _lay_out(self) -> ipw.Widget:
        left = [self.grid, self.plan, self.job, self.cells, self.failures, self.log]
        panes = [
            ipw.VBox(left).add_class("dv-pane").add_class("dv-stage"),
            ipw.VBox([self.run, self.learning.board, self.python]).add_class("dv-pane").add_class("dv-details"),
        ]
        box = ipw.Box(panes).add_class("dv-panes").add_class("dv-two").add_class("dv-wide-details")
        return ipw.VBox([self.error, box]).add_class("dv-stack")


def make_monitor(session: Session) -> GridTab:
    """Return the tab."""
    return GridTab(session)
