"""The breeding tab: select what you like, evolve, go back, and do it again."""

from collections.abc import Callable, Iterator
from html import escape
from secrets import randbelow

import ipywidgets as ipw

from nbutils.forms.breeding import Generation
from nbutils.forms.dashboards.breed_controls import BreedControls
from nbutils.forms.dashboards.breed_course import Brood, Course, find_beginning
from nbutils.forms.dashboards.breed_history import History
from nbutils.forms.dashboards.breed_memory import Memory
from nbutils.forms.dashboards.breed_stage import PLACES, BreedStage
from nbutils.forms.dashboards.breed_start import StartPane
from nbutils.forms.dashboards.breed_timing import EMPTY, Timing, tell_timing
from nbutils.forms.dashboards.breed_work import Stopwatch
from nbutils.forms.dashboards.opened_specimen import Specimen, name_number, specimen_of
from nbutils.forms.dashboards.session import Session, Start
from nbutils.forms.lineages import Lineage
from nbutils.forms.view import View
from nbutils.widgets import ErrorLine, StatusLine, button, guard
from nbutils.widgets.fold import Fold

NOTHING = "Nothing is selected: click a shape that you like, or move to it with the arrow keys and press space."
WHICH = "Select exactly one shape to open it large, or double click it."
LIKE = "Click the shapes that you like, as many as you want."
PRESS = "Press Evolve: their children come next, and what you chose stays where it is."
CLOSER = "One to keep? Double click it: see it large, save it, publish it, print it."
AGAIN = "<p class='dv-stale'>You bred something here before.</p>"


class BreedTab:
    """Fifteen shapes and what leads from them to the next fifteen.

    view : returns what the page is set to
    change : change(**fields) sets it
    open_large : open_large(specimen) shows a shape large
    """

    def __init__(
        self,
        session: Session,
        view: Callable[[], View],
        change: Callable[..., object],
        open_large: Callable[[Specimen], object],
        error: ErrorLine,
        status: StatusLine,
    ) -> None:
        self._session, self._view, self._change, self._open_large = session, view, change, open_large
        self._error, self._status = error, status
        self.course, self.memory = Course(), Memory(session)
        self._remembered: Lineage | None = None  # what was bred before this page was opened, where it is not shown
        self._touched = False  # whether the visitor has bred anything here
        self._number = 0  # of the generation that is shown, or being made
        self._make_parts()
        self.page = self._lay_out()
        self._connect()

    def seen(self) -> None:
        """Show the first generation, if none is there yet."""
        if self.course.lineage is None and self.course.brood is None:
            self.begin()

    def begin(self, start: Start | None = None) -> None:
        """Show the generation that the view says: from its seed, or forked with it, without anything being kept."""
        view = self._view()
        if start is None:
            brood = self.course.begin(view.seed, view.evolution)
        else:
            brood = self.course.fork(start, view.seed, view.evolution, view.strength)
        if not self._touched:
            self.course.forget()
        self._show_brood(brood, keeps=False)

    def evolve(self, asked_at: float | None = None) -> None:
        """Breed the next generation from what is selected; raises ValueError where nothing is."""
        if not self.stage.chosen:
            raise ValueError(NOTHING)
        watch, view = Stopwatch(), self._view()
        with watch.time("look up"):
            brood = self.course.evolve(self.stage.chosen, view.evolution, view.strength)
        self._show_brood(brood, keeps=True, watch=watch, asked_at=asked_at)

    def fork(self, start: Start, seed: int) -> None:
        """Begin anew from a genome; what was bred so far can be brought back with Undo."""
        view = self._view()
        self._show_brood(self.course.fork(start, seed, view.evolution, view.strength), keeps=True)

    def restart(self, seed: int) -> None:
        """Begin anew from scratch; what was bred so far can be brought back with Undo."""
        self._show_brood(self.course.begin(seed, self._view().evolution), keeps=self._touched)

    def undo(self) -> None:
        """Go back to the generation before."""
        self._move(self.course.settle().undo())

    def redo(self) -> None:
        """Go on to the generation that was undone."""
        self._move(self.course.settle().redo())

    def go_to(self, place: int) -> None:
        """Go to a generation of the lineage."""
        self._move(self.course.settle().go_to(place))

    def redraw(self) -> None:
        """Draw the shapes as the view now says; the selection stays."""
        if self.course.brood is not None:
            self._show_brood(self.course.brood, keeps=self._touched, chosen=self.stage.chosen)
        elif self.course.lineage is not None:
            self._show(self.course.lineage.now, self.stage.chosen, keeps=self._touched)

    def keep_line(self, specimen: Specimen) -> None:
        """Keep the generations that led to a shape of this page; raises StoreError where that fails."""
        lineage = self.course.settle()
        if specimen.lineage is not None:
            self.memory.keep_line(lineage, specimen.lineage.path[specimen.at])

    def tell_fault(self, sentence: str) -> None:
        """Say that what is bred is not kept, and why; an empty sentence takes that back."""
        self.fault.value = f"<p class='dv-stale'>{escape(sentence)}</p>" if sentence else ""
        self.fault.layout.display = None if sentence else "none"

    def recall(self, asked: bool) -> None:
        """Bring back what the person was breeding, or offer it where something else is wanted.

        asked : whether the link or the line of Python asked for another beginning
        """
        if self._touched:
            return
        kept = self.memory.read()
        self.tell_fault(self.memory.fault)
        if kept is None:
            return
        self._remembered = kept
        if not asked or self._begins_as(kept):
            self._go_on()
        else:
            self.again.layout.display = None

    def _go_on(self) -> None:
        """Show what was bred before."""
        if self._remembered is not None:
            lineage, self._remembered = self._remembered, None
            self.again.layout.display = "none"
            self._touched = True
            self._move(lineage, keeps=False)
            self._status.say(f"Here is what you were breeding: {name_number(lineage.now.number)}.")

    def _begins_as(self, lineage: Lineage) -> bool:
        view, first = self._view(), find_beginning(lineage)
        return (first.seed, first.begun_from or "") == (view.seed, view.start)

    def _show_brood(
        self,
        brood: Brood,
        *,
        keeps: bool,
        chosen: tuple[int, ...] = (),
        watch: Stopwatch | None = None,
        asked_at: float | None = None,
    ) -> None:
        """Show a generation while it is made."""
        self._touched = self._touched or keeps
        view = self._view()
        self._number = brood.number
        self._guide()
        self.stage.show(
            brood,
            view.grid,
            view.mode,
            chosen=chosen,
            watch=watch,
            asked_at=asked_at,
            then=lambda: self._finish(keeps=keeps),
        )

    def _show(self, generation: Generation, chosen: tuple[int, ...], *, keeps: bool) -> None:
        """Show a generation that is there."""
        view = self._view()
        self._number = generation.number
        self._guide()
        self.stage.show(
            generation.organisms, view.grid, view.mode, chosen=chosen, then=lambda: self._finish(keeps=keeps)
        )

    def _move(self, lineage: Lineage, *, keeps: bool = True) -> None:
        now = self.course.move(lineage)
        self._tell(lineage)
        behind = lineage.path[lineage.at + 1 : lineage.at + 2]
        self._show(now, behind[0].selected if behind and behind[0].parent == now.id else (), keeps=keeps)

    def _finish(self, *, keeps: bool) -> Iterator[None]:
        """When all shapes are there: keep where one is, and draw the strip."""
        lineage = self.course.settle()
        self._tell(lineage)
        yield
        if keeps:
            self.memory.keep(lineage)
            self.tell_fault(self.memory.fault)
            yield
        yield from self.history.show(lineage)

    def _tell(self, lineage: Lineage) -> None:
        """Say which generation is shown, and what can be done with it."""
        self.undo_button.disabled, self.redo_button.disabled = not lineage.can_undo, not lineage.can_redo
        first = find_beginning(lineage)
        self._change(seed=first.seed, start=first.begun_from or "")

    def _guide(self) -> None:
        """Say what to do next: one line for what is seen now."""
        number = len(self.stage.chosen)
        self.evolve_button.text = f"Evolve {number} selected" if number else "Evolve"
        title = name_number(self._number).capitalize()
        self.guide.value = f"<p><b>{title}.</b> {PRESS if number else LIKE}</p>"

    def _open(self, place: int) -> None:
        self._open_large(specimen_of(self.course.settle(), place))

    def _open_chosen(self) -> None:
        if len(self.stage.chosen) != 1:
            raise ValueError(WHICH)
        self._open(self.stage.chosen[0])

    def _time(self, timing: Timing) -> None:
        self.times.value = tell_timing(timing)
        drawn = "" if timing.total is None else f", drawn {1000 * timing.total:.0f} ms after the click"
        self._status.meter(f"{PLACES} shapes: {1000 * timing.in_python:.0f} ms of work in Python{drawn}")

    def _make_parts(self) -> None:
        guarded = guard(self._error)
        self.stage = BreedStage(self._error.show, guarded(self._time))
        self.evolve_button = button("Evolve", guarded(lambda: self.evolve(self.evolve_button.pressed_at)), first=True)
        self.undo_button, self.redo_button = button("Undo", guarded(self.undo)), button("Redo", guarded(self.redo))
        self.large = button("Open large", guarded(self._open_chosen))
        self.undo_button.disabled = self.redo_button.disabled = True
        self.guide, self.fault, self.times = ipw.HTML(), ipw.HTML(), ipw.HTML(EMPTY)
        self.history = History(guarded(self.go_to))
        self.controls = BreedControls(guarded(lambda name, value: self._change(**{name: value})))
        self.start = StartPane(self._session, guarded(self._restart), self._error)
        self.again = ipw.VBox([ipw.HTML(AGAIN), button("Go on with it", guarded(self._go_on))]).add_class("dv-stack")
        self.again.layout.display = self.fault.layout.display = "none"

    def _restart(self) -> None:
        self.restart(randbelow(2**32))

    def _connect(self) -> None:
        guarded = guard(self._error)
        stage = self.stage.stage
        stage.observe(guarded(lambda _change: self._guide()), "chosen")
        stage.on_act(guarded(lambda: self.evolve(stage.acted_at)))
        stage.on_open(guarded(self._open))

    def _lay_out(self) -> ipw.Widget:
        bar = ipw.Box([self.evolve_button, self.undo_button, self.redo_button, self.large]).add_class("dv-group")
        closer = ipw.HTML(f"<p>{CLOSER}</p>")
        stage = [bar, self.guide, self.fault, self.again, self.stage.stage, closer, self.history.box]
        details = [*self.controls.folds, self.start.box, Fold("Where the time goes", [self.times])]
        panes = [
            ipw.VBox(stage).add_class("dv-pane").add_class("dv-stage"),
            ipw.VBox(details).add_class("dv-pane").add_class("dv-details"),
        ]
        return ipw.Box(panes).add_class("dv-panes").add_class("dv-two")
