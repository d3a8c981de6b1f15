"""The training dashboard: a machine that learns before one's eyes, with settings that can be turned while it does."""

import os
from collections.abc import Callable
from dataclasses import replace

import ipywidgets as ipw
from torch import Tensor

from nbutils.boltzmann.fields import STEERED
from nbutils.boltzmann.machine import Machine
from nbutils.rbm import results
from nbutils.rbm import view as views
from nbutils.rbm.dashboards.live_beside import Beside
from nbutils.rbm.dashboards.live_controls import RATE, TrainingControls
from nbutils.rbm.dashboards.live_data import OWN, DataPane
from nbutils.rbm.dashboards.live_files import FilesPane
from nbutils.rbm.dashboards.live_stage import Stage
from nbutils.rbm.dashboards.live_work import Work
from nbutils.rbm.examples import Examples
from nbutils.rbm.running import Followed, Point
from nbutils.rbm.view import KEPT, TrainingView
from nbutils.widgets import ErrorLine, Job, Link, StatusLine, button, guard, shell
from nbutils.widgets.errors import dashboard

HINT = "Press Start training and watch the four plots; move the learning rate while it trains."
STALE = "<p class='dv-stale'>What you see was trained with other settings. Start trains anew.</p>"
STORED = "<p class='dv-quiet'>The thesis' run, trained beforehand with the rate on the {}. Start trains your own.</p>"
NO_OWN = "This link is of a run on somebody's own file: open that file under “Examples”."
ALIVE = ("running", "stopping", "stopped")  # a job that goes on, or could
KEYS = (
    ("arrow keys on a slider", "change its value step by step"),
    ("arrow keys on a picture", "choose another hidden unit"),
    ("space or Enter on a title with a triangle", "open or close that part"),
)

Use = Callable[[Machine, tuple[int, ...], Tensor | None], object]


@dashboard
def training(own: Examples | None = None, **fields: object) -> ipw.Widget:
    """Return the training dashboard; fields are those of `nbutils.rbm.view.to_fields`, such as rate=.01, data="mnist".

    What is returned has `followed()`, the run that is seen, `machine()`, its machine, and `on_snapshot(callback)`,
    which calls callback(machine, shape of an example, examples) with every point of the curves; examples are those that
    the run is watched with, or None. `on_unit(callback)` and `select_unit(unit)` tell and set the chosen hidden unit.
    own : examples to learn from, such as `nbutils.rbm.own.read_own` returns
    """
    made = LiveTraining(views.view_of({**fields, "own": own is not None}), own)
    made.page.followed, made.page.machine, made.page.on_snapshot = made.followed, made.machine, made.on_snapshot
    made.page.on_unit, made.page.select_unit = made.stage.on_unit, made.stage.select_unit
    return made.page


class LiveTraining:
    """What is set becomes a view; Start trains a machine as it says; what is measured is drawn."""

    def __init__(self, start: TrainingView, own: Examples | None = None) -> None:
        self.view = self.start = start
        self._published = os.environ.get("NBUTILS_PUBLISH") == "1"
        self._sees_stored = True
        self._is_set_aside = False  # whether a reset has taken the place of what the job still makes
        self._uses: list[Use] = []
        self._handed_on: tuple[Point, ...] = ()
        self._setting = False
        self._make_parts(own)
        self.page = self._lay_out()
        self._connect()
        self.show(start)
        self.start = self.view
        self._open_full()

    @property
    def is_stale(self) -> bool:
        """Whether what is seen was trained otherwise than is set now."""
        return not self._sees_stored and self.work.differs(self.view, self.data.own)

    @property
    def linked(self) -> TrainingView:
        """The view that link and line carry: with the changes made on the way, where it is what is seen."""
        if self._sees_stored or self.is_stale:
            return self.view
        return replace(self.view, training=self.work.record() or self.view.training)

    def followed(self) -> Followed | None:
        """Return the run that is seen; None where there is none."""
        return self.stage.followed

    def machine(self) -> Machine | None:
        """Return the machine of the run that is seen; None where there is none."""
        return None if self.stage.followed is None else self.stage.followed.snapshot.machine

    def on_snapshot(self, callback: Use) -> None:
        """Call callback(machine, shape, examples) with every point of the curves, and now for the run that is seen."""
        self._uses.append(callback)
        if self.stage.followed is not None:
            _hand_on(callback, self.stage.followed)

    def show(self, wanted: TrainingView) -> None:
        """Bring every control to this view; an impossible one raises ValueError and changes nothing."""
        if self._published:
            wanted = views.bound(wanted)
        if wanted.own and self.data.own is None:
            wanted = replace(wanted, own=False)
            self.status.say(NO_OWN)
        if wanted.beside == KEPT and self.beside.kept is None:
            wanted = replace(wanted, beside="")
        compared = wanted.beside != self.view.beside
        self._set_controls(wanted)
        self.view = wanted
        if compared:
            self._draw()
        self._tell()

    def change(self, name: str, value: object) -> None:
        """Set one field; while a machine is trained, what can act from the next update on does.

        Where nothing is trained yet, a rate on the sum brings the thesis' run on the sum, and back.
        """
        before = replace(self.view, training=replace(self.view.training, changes=()))
        wanted = views.change_field(before, name, value)
        if name in STEERED and self.job.state in ALIVE:
            also = (each for each in STEERED if getattr(wanted.training, each) != getattr(before.training, each))
            self.work.steered |= {each: getattr(wanted.training, each) for each in (name, *also)}
        self.show(wanted)
        if name == "rate_on" and self._sees_stored:
            self._open_full()

    def reset(self) -> None:
        """Go back to the view and the run that the dashboard began with."""
        self._is_set_aside = True
        self.job.stop()
        self.job.wait(2)
        self.work.steered.clear()
        self._sees_stored = True
        self.stage.clear()
        self.status.meter("")
        self.show(self.start)
        self._open_full()

    def step(self) -> None:
        """Train to the end of the next epoch, and rest there; a run that has ended gets one epoch more."""
        if self.job.state == "stopped":
            self.work.rest_after(self.work.newest.snapshot.epoch + 1)
            self.job.proceed()
            return
        goes_on = self.job.state == "done" and not self._sees_stored and not self.is_stale
        if goes_on and self.work.newest.snapshot.finite:
            self._lengthen()
            self.work.go_on()
        else:
            self.work.rest_after(1)
        self.job.start()

    def keep(self) -> None:
        """Keep the run that is seen, to draw the next ones beside it."""
        if self.stage.followed is None:
            raise ValueError("There is no run to keep yet: press Start training first.")
        self.beside.keep(self.stage.followed)
        self.show(replace(self.view, beside=KEPT))
        self._draw()
        self.status.say("This run is kept: the next one is drawn over it.")

    def _lengthen(self) -> None:
        """Set one epoch more than the run has; ValueError where no more can be set."""
        epochs = self.work.newest.snapshot.epoch
        self.show(replace(self.view, training=replace(self.view.training, epochs=epochs + 1)))
        if self.view.training.epochs == epochs:
            raise ValueError(f"On this page a run has at most {epochs} epochs: start a new one.")

    def _take(self, followed: Followed) -> None:
        """Draw how far the run of the job has come, and hand it on."""
        if self._is_set_aside:
            return
        self._sees_stored = False
        self._draw(followed)
        self.status.meter(tell_pace(followed))
        self._tell()
        if followed.points is not self._handed_on:
            self._handed_on = followed.points
            for use in self._uses:
                _hand_on(use, followed)

    def _draw(self, followed: Followed | None = None) -> None:
        followed = followed or self.stage.followed
        if followed is not None:
            self.stage.show(followed, self.beside.find(followed))

    def _open_full(self) -> None:
        """Show the thesis' run as it was stored, so that nobody begins before empty plots."""
        try:
            stored = results.load("sum" if self.view.training.rate_on == "sum" else "mean")
        except ValueError as error:
            self.status.say(str(error))
            return
        self._draw(stored)
        self._tell()
        for use in self._uses:
            _hand_on(use, stored)

    def _tell(self) -> None:
        """Say whether what is seen is what is set, and write the link."""
        followed = self.stage.followed
        is_stored = followed is not None and self._sees_stored
        stored = STORED.format(followed.snapshot.settings.rate_on) if is_stored else ""
        self.stage.stale.value = STALE if self.is_stale else stored
        texts = views.to_settings(self.linked)
        try:
            self.link.write(texts)
        except ValueError:
            texts.pop("changes", None)
            self.link.write(texts)
            self.status.say("This run was changed too often for a link; it holds the settings without the changes.")

    def _set_controls(self, wanted: TrainingView) -> None:
        """Bring the controls to a view without answering to them."""
        self._setting = True
        try:
            self.beside.show(wanted.beside)
            self.data.show(wanted.source, wanted.own)
            self.controls.show(wanted, wanted.own)
        finally:
            self._setting = False

    def _read(self, settings: dict[str, str]) -> None:
        """Take the settings of a link; where nothing is trained yet, see the thesis' run that is nearer to them."""
        self.show(views.from_settings(settings))
        if self._sees_stored:
            self._open_full()

    def _choose_data(self, kind: str) -> None:
        if kind == OWN:
            self._use_own(self.data.own)
        else:
            self.show(views.change_field(replace(self.view, own=False), views.KIND, kind))

    def _use_own(self, examples: Examples) -> None:
        gaussian = examples.gaussian
        self.show(replace(self.view, own=True, training=replace(self.view.training, gaussian=gaussian, changes=())))

    def _point_at(self, name: str) -> None:
        """Open the part of the page where a setting is that an advice has named, and say where that is."""
        fold = self.data.fold if name == views.KIND else self.controls.fold_of(name)
        title = "The examples" if name == views.KIND else f"“{self.controls.parts[name].name}”"
        if fold is None:
            self.status.say(f"{title} stands above the plots, beside Start.")
            return
        fold.heading.is_open = True
        self.status.say(f"{title}: see “{fold.heading.title}” beside the plots.")

    def _follow_state(self, change: dict) -> None:
        resting = change["new"] not in ("running", "stopping")
        self.step_button.disabled = not resting
        if change["new"] == "running":
            self._is_set_aside = False
        if resting:
            self.work.rest_after(None)

    def _make_parts(self, own: Examples | None) -> None:
        self.link, self.status, self.error = Link("training"), StatusLine(), ErrorLine()
        guarded = guard(self.error)
        self.controls = TrainingControls(guarded(self.change))
        self.data = DataPane(self.controls.data(), self._use_own, own, self.error)
        self.beside = Beside()
        self.stage = Stage(guarded(self._point_at))
        self.files = FilesPane(self.followed)
        self.work = Work(self.data.load, lambda: self.job.stop())
        take = guard(self.error, clears=False)(self._take)  # a plot that fails does not end the training
        names = {"start": "Start training", "noun": "update", "count": _updates}
        self.job = Job(self.work.follow, take, total=lambda: self.work.begin(self.view), **names)
        self.step_button = button("Step an epoch", guarded(self.step))
        self.keep_button = button("Keep this run", guarded(self.keep))

    def _connect(self) -> None:
        guarded = guard(self.error)

        def on(part: ipw.Widget, act: Callable[[object], object]) -> None:
            act = guarded(act)
            part.observe(lambda change: None if self._setting else act(change["new"]), "value")

        on(self.data.kind, self._choose_data)
        on(self.beside.choice, lambda name: self.change("beside", name))
        self.job.observe(self._follow_state, "state")
        self.link.on_read(guarded(self._read))

    def _lay_out(self) -> ipw.Widget:
        frame = shell(
            "Training",
            HINT,
            stage=[
                self.job,
                ipw.Box([self.controls.parts[RATE], self.step_button, self.keep_button, self.stage.told]).add_class(
                    "dv-row"
                ),
                self.stage.box,
            ],
            controls=[*self.controls.folds.values(), self.data.fold, self.files.box],
            number="4",
            header=(self.data.kind, self.beside.choice),
            status=self.status,
            reset=self.reset,
            keys=KEYS,
            link=self.link,
            python=lambda: views.to_python(self.linked),
            error=self.error,
        )
        frame.panes.add_class("dv-flowing")
        return frame


def _hand_on(use: Use, followed: Followed) -> None:
    watch = followed.watch
    use(followed.snapshot.machine, followed.shape, None if watch is None else watch.train)


def _updates(followed: Followed) -> int:
    return followed.snapshot.update


def tell_pace(followed: Followed) -> str:
    """Return how fast training goes, and with tempering how often neighbouring temperatures swap."""
    told = f"{followed.snapshot.updates_per_second:,.0f} updates a second"
    rates = followed.snapshot.swap_rates
    return f"swaps accepted: {min(rates):.0%} to {max(rates):.0%} · {told}" if rates else told
