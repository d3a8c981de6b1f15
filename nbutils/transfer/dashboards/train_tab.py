"""The tab on which one trains a network of one's own in about a minute, and sees where it lands."""

from collections.abc import Callable, Iterator

import ipywidgets as ipw

from nbutils.transfer import small
from nbutils.transfer.dashboards import train_figures as figures
from nbutils.transfer.dashboards import train_words as words
from nbutils.transfer.dashboards import treatment_diagram
from nbutils.transfer.dashboards.session import Session
from nbutils.transfer.halves import HALVES, NATURE, halves_of
from nbutils.transfer.live_steps import DONE, Step
from nbutils.transfer.monitoring import estimate_seconds, plan_rest
from nbutils.transfer.records import LAYERS, TARGETS, TREATMENTS, Run, RunSettings
from nbutils.transfer.view import FIELDS, View
from nbutils.widgets import Board, ErrorLine, Job, Markup, choice, guard, segmented, slider

STALE = "<p class='dv-stale'>What you see is {}. Start training begins {} anew.</p>"
QUESTION = "Predict first: below the base, or above?"
BY_SPLIT = {"random": HALVES[0].name, NATURE: HALVES[1].name}


class TrainTab:
    """What is set in the first row is trained: one network at a time, on one thread."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._setting = False
        self._ready: object = None
        self._step: Step | None = None
        self._said = words.UNSAID
        self._drawn: tuple = ()
        self._make_parts()
        self.page = self._lay_out()
        self._connect()

    def seen(self) -> None:
        """Show what the view says, and what was trained so far."""
        guard(self.error, clears=False)(self._show_view)()

    def _make_parts(self) -> None:
        self.error = ErrorLine()
        self.split = choice("Classes", [(words.tell_halves(split), split) for split in small.SPLITS])
        self.target = segmented("Learns", [(half, half) for half in TARGETS])
        self.treatment = choice("Treatment", list(TREATMENTS))
        self.n = segmented("n, layers copied", [(str(n), n) for n in range(1, LAYERS)])
        self.seed = slider("Seed", 0, FIELDS["seed"].least, FIELDS["seed"].most, 1, hint=FIELDS["seed"].help)
        self.prediction = segmented(QUESTION, words.PREDICTIONS)
        self.drawing, self.described = Markup(), ipw.HTML().add_class("dv-told")
        self.classes, self.told = ipw.HTML().add_class("dv-told"), ipw.HTML(words.WAITING).add_class("dv-told")
        self.expected, self.stale, self.python = ipw.HTML(), ipw.HTML(), ipw.HTML()
        self.learning = Board(columns=2, height=250, empty=words.EMPTY)
        self.landing = Board(columns=1, height=330)
        take = guard(self.error, clears=False)(self._take)  # a plot that fails does not end the training
        self.job = Job(
            self._follow, take, total=self._begin, start="Start training", noun="step", count=lambda step: step.done
        )

    @property
    def settings(self) -> RunSettings:
        """Return the network that Start trains."""
        view = self._session.view
        n = 0 if view.treatment == "base" else view.n
        given = {"target": view.target, "treatment": view.treatment, "n": n, "seed": view.seed}
        return small.make_small(RunSettings(split=split_of(view), **given))

    def _begin(self) -> int:
        """Make what is set ready, in the job's thread, and return how many steps it has."""
        from nbutils.transfer import live  # it brings torch along

        self._step, self._said = None, self.prediction.value
        self._ready = live.prepare(self.settings)
        return self._ready.total

    def _follow(self) -> Iterator[Step]:
        from nbutils.transfer import live

        return live.follow(self._ready)

    def _take(self, step: Step) -> None:
        """Draw how far the network has come; where it is done, tell the other tabs."""
        before, self._step = self._step, step
        if before is None or before.stage != step.stage:
            self.told.value = words.QUIET.format(words.STAGES[step.stage])
        self._draw()
        if step.stage == DONE and (before is None or before.run is not step.run):
            beside = small.find_beside(step.settings, small.load_small())
            self.told.value = words.tell_landing(step.run, beside, self._said)
            self._session.tell("trained", step.run)
            self._session.tell("say", f"{step.run.settings.name} has landed: a star on the plots.")

    def _show_view(self) -> None:
        view = self._session.view
        self._set_controls(view)
        wanted = self.settings
        sides = halves_of(view.halves).sides
        self.drawing.markup = treatment_diagram.draw(wanted, sides)
        self.described.value = f"<p>{treatment_diagram.describe(wanted, sides)}</p>"
        self.classes.value = words.tell_targets(wanted.data, wanted.split)
        self.expected.value = words.tell_time(wanted, self._expect(wanted))
        self.python.value = words.show_python(wanted)
        self._draw()

    def _expect(self, wanted: RunSettings) -> tuple[float, str] | None:
        return estimate_seconds(plan_rest([wanted], ["waiting"]), self._session.runs, 1)

    def _draw(self) -> None:
        """Draw both figures, where anything in them is new."""
        wanted, step = self.settings, self._step
        seen = step.settings if step else wanted
        is_stale = step is not None and seen != wanted
        self.stale.value = STALE.format(words.tell(seen), words.tell(wanted)) if is_stale else ""
        state = (seen, len(step.epochs) if step else 0, step and step.stage == DONE, len(self._session.own))
        if state == self._drawn:
            return
        self._drawn = state
        measured = small.load_small()
        for name, (figure, alt) in figures.draw_learning(step, small.find_beside(seen, measured)).items():
            self.learning.set(name, figure, alt)
        drawn = figures.draw_landing(measured, self._stars(), seen, halves_of(halves_of_split(seen.split)))
        self.landing.set("landing", drawn.figure, drawn.alt)

    def _stars(self) -> list[Run]:
        """Return the runs that were trained here, and the one that is."""
        own = list(self._session.own)
        reached = self._step.reached if self._step else None
        return own if reached is None or reached in own else [*own, reached]

    def _set_controls(self, view: View) -> None:
        """Bring the controls to a view without answering to them."""
        self._setting = True
        try:
            split = split_of(view)
            # A link may ask for halves of which no base network ships: then nothing can be copied there.
            offered = dict.fromkeys((*small.list_splits(), split))
            self.split.offer([(words.tell_halves(each), each) for each in offered], split)
            self.target.value, self.treatment.value = view.target, view.treatment
            self.n.value, self.seed.value = view.n, view.seed
            self.n.disabled = view.treatment == "base"
        finally:
            self._setting = False

    def _choose_split(self, split: str) -> None:
        kind, _, number = split.partition("-")
        fields = {"split": int(number)} if number else {}
        self._session.tell("change", {"halves": BY_SPLIT[kind], "run": "", **fields})

    def _connect(self) -> None:
        guarded = guard(self.error)

        def on(control: ipw.Widget, act: Callable[[object], object]) -> None:
            act = guarded(act)
            control.observe(lambda change: None if self._setting else act(change["new"]), "value")

        on(self.split, self._choose_split)
        for name, control in (
            ("target", self.target),
            ("treatment", self.treatment),
            ("n", self.n),
            ("seed", self.seed),
        ):
            on(control, lambda value, name=name: self._session.tell("change", {name: value}))
        press = guarded(lambda part: self._session.tell("change", {"n": int(part.removeprefix("n "))}))
        self.drawing.on_press(press)
        self._session.on("view", lambda _view: self.seen() if self._session.view.tab == "train" else None)

    def _lay_out(self) -> ipw.Widget:
        setting = ipw.HTML(words.QUIET.format(words.SETTING))
        chosen = [self.split, self.target, self.treatment, self.n, self.prediction]
        head = ipw.Box(chosen).add_class("dv-row").add_class("dv-header-fields")
        left = [self.job, self.expected, self.stale, self.learning, self.landing, self.told, setting]
        right = [self.drawing, self.described, self.classes, self.seed, self.python]
        panes = [
            ipw.VBox(left).add_class("dv-pane").add_class("dv-stage"),
            ipw.VBox(right).add_class("dv-pane").add_class("dv-details"),
        ]
        box = ipw.Box(panes).add_class("dv-panes").add_class("dv-two").add_class("dv-wide-details")
        return ipw.VBox([self.error, head, box]).add_class("dv-stack")


def split_of(view: View) -> str:
    """Return the split that a view would train a network on; of drawings there are no small networks."""
    return NATURE if halves_of(view.halves).kind == NATURE else f"random-{view.split}"


def halves_of_split(split: str) -> str:
    """Return the name of the halves of a split of CIFAR-10."""
    return BY_SPLIT[split.partition("-")[0]]


def make_train(session: Session) -> TrainTab:
    """Return the tab."""
    return TrainTab(session)
