"""Spheres, filters and samples turned round in three dimensions."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import RLock
from time import monotonic

import ipywidgets as ipw
import numpy as np
from torch import Tensor

from nbutils.boltzmann.machine import Machine
from nbutils.rbm import results, voxels
from nbutils.rbm import space as spaces
from nbutils.rbm.dashboards import space_words as words
from nbutils.rbm.dashboards.space_controls import SpaceControls
from nbutils.rbm.dashboards.space_drawing import Canvas, Subject
from nbutils.rbm.space import ABOVE, Space
from nbutils.rbm.voxels import Roundness, Samples
from nbutils.runs import live_threads, threads
from nbutils.widgets import Link, StatusLine, Turns, button, shell
from nbutils.widgets.errors import ErrorLine, dashboard, guard

HINT = "Choose what to see, then turn it: drag, or use the arrow keys."
KEYS = (
    ("arrow keys on the stage", "turn all objects"),
    ("+ - 0", "nearer, farther, the first view"),
    ("Shift and arrow keys", "select another object"),
    ("space bar on a film", "play and pause"),
    ("?", "these keys"),
)
NO_EXAMPLES = "Examples of this machine are not known here: choose another view, or train it above."
STALE = "<p class='dv-stale'>The machine has learned on since these samples were drawn: press Draw anew.</p>"
SECONDS_BETWEEN = 0.5


@dashboard
def space(**settings: object) -> ipw.Widget:
    """Return the three-dimensional view; settings are the fields of `nbutils.rbm.space.Space`.

    Its `use(machine, shape)` shows another machine, such as that of a run: `run.on_snapshot(view.use)`.
    """
    return SpacePage(Space(**settings)).page


class SpacePage:
    """Connects the parts: what is set becomes a record, the record and the machine are drawn."""

    def __init__(self, start: Space) -> None:
        threads(live_threads(0))
        self.shown = start
        self.subjects: dict[str, Subject] = {}
        self.seen: Subject | None = None
        self.units = np.zeros(0, int)
        self.unit: int | None = None
        self.canvas = Canvas()
        self.controls = SpaceControls(self.change)
        self.link, self.status, self.error = Link("space"), StatusLine(), ErrorLine()
        self.caption, self.rounded, self.stale = ipw.HTML(), ipw.HTML(), ipw.HTML()
        self.anew = button("Draw anew", guard(self.error)(lambda: self.draw()), first=True)
        self.others = button("Draw others", lambda: self.change(seed=(self.shown.seed + 1) % (spaces.MOST_SEED + 1)))
        self.turns = Turns(self._take, self.error.show)
        self._lock = RLock()
        self._loop = running_loop()
        self._drawn_at = self._shown_at = 0.0
        self._asked = self._first = self._other = self._missed = self._ringing = False
        self._on_unit: list[Callable[[int], object]] = []
        self.page = self._lay_out(start)
        self._connect()
        guard(self.error)(lambda: self.show(start))()

    @property
    def subject(self) -> Subject:
        """What is looked at; ValueError, as a sentence, where a stored run is absent or damaged."""
        return self._find_subject(self.shown.run)

    def show(self, wanted: Space) -> None:
        """Bring every part to this record; without a run above on the page, a stored one stands for it."""
        if wanted.run == ABOVE and ABOVE not in self.subjects:
            wanted = replace(wanted, run=Space.run)
        subject = self._find_subject(wanted.run)
        self.shown = wanted
        self.controls.show(wanted, subject)
        self.link.write(spaces.to_settings(wanted))
        self.draw()

    def change(self, **fields: object) -> None:
        """Show the record with these fields changed."""
        guard(self.error)(lambda: self.show(replace(self.shown, **fields)))()

    def use(self, machine: Machine, shape: Sequence[int], examples: Tensor | None = None) -> None:
        """Offer this machine as that of the run above; any thread may ask, and what comes fast is drawn together.

        The first one that comes with examples, and so was trained on this page, is shown from then on.
        shape : of one example
        examples : (n, visible), float32, for the first view and for chains that begin at data
        """
        with self._lock:
            before = self.subjects.get(ABOVE)
            subject = Subject(machine, tuple(int(side) for side in shape), examples)
            self.subjects[ABOVE] = subject
        first = subject.examples is not None and (before is None or before.examples is None)
        other = before is None or before.shape != subject.shape
        if self._loop is None:
            self._follow(first, other)
        else:
            self._loop.call_soon_threadsafe(self._ask, first, other)

    def on_unit(self, callback: Callable[[int], object]) -> None:
        """Call callback(unit) when the filter of a hidden unit is selected."""
        self._on_unit.append(callback)

    def select_unit(self, unit: int) -> None:
        """Put the ring around the filter of a hidden unit, now if it is seen, else when it is."""
        self.unit = unit
        if self.shown.view == "filters":
            self._ring(unit)

    def draw(self) -> None:
        """Draw what is set."""
        with self._lock:
            self.turns.drop()
            # A run may bring its next machine before all that is seen of this one is drawn.
            self.seen = self.subject
            self._drawn_at, self._missed = monotonic(), False
            self._mark_stale(False)
            self.others.layout.display = "none" if self.shown.view == "filters" else None
            {"exemplars": self._exemplars, "filters": self._filters, "samples": self._samples}[self.shown.view]()

    def _exemplars(self) -> None:
        examples = self.seen.draw_examples(self.shown.objects, self.shown.seed)
        if examples is None:
            self._say_nothing(NO_EXAMPLES)
            return
        filled = [f"{int(count)} voxels" if self.seen.solid else "" for count in (examples > 0.5).sum(1)]
        what = "examples as voxels" if self.seen.solid else "examples as pictures"
        self.canvas.show(examples, filled, self.seen.shape, f"{len(examples)} {what}, in rows")
        self._ring(None)
        self.caption.value = words.tell_exemplars(len(examples), self.seen.solid)

    def _filters(self) -> None:
        machine, shown = self.seen.machine, self.shown
        order = voxels.order_units(machine.weights, shown.order)
        first = min(shown.first, max(machine.hidden - shown.objects, 0))
        self.units = order[first : first + shown.objects]
        weights = machine.weights[:, self.units.tolist()]
        labels = [f"unit {unit}" for unit in self.units]
        if self.seen.solid:
            largest = voxels.largest_response(machine.weights, shown.sign) if shown.scale == "shared" else None
            opacities = voxels.filter_opacities(weights, self.seen.shape, shown.threshold, shown.sign, largest)
            self.canvas.show_filters(opacities, labels, f"{len(labels)} filters as voxels, in rows")
        else:
            self.canvas.show(weights.T, labels, self.seen.shape, f"{len(labels)} filters as pictures, in rows")
        self._ring(self.unit)
        self.caption.value = words.tell_filters(shown, len(labels), machine.hidden, self.seen.solid)

    def _samples(self) -> None:
        machine, shown = self.seen.machine, self.shown
        start = self.seen.draw_examples(shown.chains, shown.seed) if shown.start == "data" else None
        if start is None and shown.start == "data":
            self._say_nothing(NO_EXAMPLES)
            return
        self._ring(None)
        self._shown_at = 0.0
        self.turns.begin(voxels.draw_samples(machine, start, shown.chains, shown.kept, shown.between, shown.seed))

    def _take(self, samples: Samples | None) -> None:
        """Show samples now and then while they come, and how round they are when all are there."""
        if samples is None:
            return
        whole, shown = len(samples.sweeps) >= self.shown.kept, self.shown
        if not whole and monotonic() - self._shown_at < SECONDS_BETWEEN:
            return
        judged = self._judge(samples) if whole else None
        chains = samples.visible.shape[1]
        alt = f"{len(samples.sweeps)} Gibbs samples of {chains} chain{'s' if chains > 1 else ''}"
        self.canvas.show_samples(samples, shown, self.seen.shape, alt, judged)
        self.caption.value = words.tell_samples(shown, samples.sweeps, self.seen.solid)
        self.status.meter("" if whole else f"sample {len(samples.sweeps)} of {shown.kept}")
        self._shown_at = monotonic()

    def _judge(self, samples: Samples) -> Roundness | None:
        """Return how round the samples are that are seen, and say it."""
        if not voxels.is_cube(self.seen.shape):
            return None
        grid = self.seen.shape[0]
        seen = samples.means if self.shown.values == "means" else samples.visible
        judged = voxels.judge_roundness(seen.reshape(-1, grid**3), grid)
        self.rounded.value = words.tell_roundness(judged, seen.shape[1])
        return judged

    def _find_subject(self, run: str) -> Subject:
        if run not in self.subjects:
            followed = results.load(run)
            self.subjects[run] = Subject(followed.snapshot.machine, tuple(followed.shape))
        return self.subjects[run]

    def _say_nothing(self, why: str) -> None:
        self.canvas.clear(why)
        self.caption.value = self.rounded.value = ""

    def _ask(self, first: bool, other: bool) -> None:
        """Answer to a machine that came, soon: those that come before that are answered together with it."""
        self._first, self._other = self._first or first, self._other or other
        if not self._asked:
            self._asked = True
            wait = max(0.0, self._drawn_at + SECONDS_BETWEEN - monotonic())
            self._loop.call_later(wait, lambda: self._follow(self._first, self._other))

    def _follow(self, first: bool, other: bool) -> None:
        """Show the machine above when it is trained first; else filters follow it and samples are marked as older."""
        self._asked = self._first = self._other = False
        if other:
            self.controls.offer_run_above()
        if first:
            self.change(run=ABOVE)
        elif self.shown.run == ABOVE and (other or self.shown.view == "filters"):
            guard(self.error)(self._follow_in_sight)()
        elif self.shown.run == ABOVE and self.shown.view == "samples":
            self._mark_stale(True)

    def _follow_in_sight(self) -> None:
        """Draw now where it is seen, else as soon as it is."""
        if self.canvas.stage.visible or self.canvas.wall.visible:
            self.show(self.shown)
        else:
            self._missed = True

    def _mark_stale(self, stale: bool) -> None:
        """Say whether what is seen is of an earlier machine, and offer to draw it anew."""
        self.stale.value = STALE if stale else ""
        self.anew.layout.display = None if stale else "none"

    def _ring(self, unit: int | None) -> None:
        """Select a hidden unit where it stands and tell of it; nothing is selected where it does not."""
        found = [] if unit is None else np.flatnonzero(self.units == unit).tolist()
        self._ringing = True
        try:
            self.canvas.stage.selected = found[0] if found else -1
            self.canvas.wall.selected = found[0] if found else 0
        finally:
            self._ringing = False
        self.rounded.value = words.tell_unit(self.seen.machine, unit) if found else ""

    def _select(self, index: int) -> None:
        """Take the filter that was clicked."""
        if self._ringing or self.shown.view != "filters" or not 0 <= index < len(self.units):
            return
        self.unit = int(self.units[index])
        self._ring(self.unit)
        for callback in self._on_unit:
            callback(self.unit)

    def _connect(self) -> None:
        guarded = guard(self.error)
        self.canvas.stage.on_select(guarded(self._select))
        self.canvas.wall.observe(guarded(lambda change: self._select(change["new"])), "selected")
        for part in (self.canvas.stage, self.canvas.wall):
            part.observe(guarded(lambda change: change["new"] and self._missed and self.show(self.shown)), "visible")
        self.link.on_read(guarded(lambda settings: self.show(spaces.from_settings(settings))))

    def _lay_out(self, start: Space) -> ipw.Widget:
        page = shell(
            "Shapes in space",
            HINT,
            stage=[self.stale, self.canvas.stage, self.canvas.wall, self.caption, self.rounded],
            controls=[*self.controls.parts.values(), self.others, self.anew],
            number="4",
            header=[self.controls.view],
            status=self.status,
            reset=lambda: self.show(start),
            keys=KEYS,
            link=self.link,
            python=lambda: spaces.to_python(self.shown),
            error=self.error,
        )
        page.use, page.on_unit, page.select_unit = self.use, self.on_unit, self.select_unit
        return page


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the loop that this code runs in, None where there is none, as in a test."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
