"""The page of chapter 5: one view for all tabs, which are made when they are first seen."""

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module

import ipywidgets as ipw

from nbutils.transfer import view as views
from nbutils.transfer.dashboards.session import Session
from nbutils.transfer.dashboards.toggles import draw_toggles
from nbutils.transfer.halves import HALVES, list_measured
from nbutils.transfer.records import Run
from nbutils.transfer.results import key_of
from nbutils.transfer.view import View
from nbutils.widgets import ErrorLine, Link, Markup, StatusLine, choice, guard, segmented, shell, switch
from nbutils.widgets.errors import dashboard

TITLES = {
    "curves": "Curves",
    "distance": "Distance",
    "data": "Less data",
    "filters": "Filters",
    "train": "Train one",
    "grid": "Run the grid",
}
# Module and maker of a tab that have another name than the tab.
MAKERS = {"grid": "make_monitor"}
HINTS = {
    "curves": "Every point is a trained network: rest on it to see how it learned, click it to see what it is made of.",
    "distance": "What a layer is worth to a task that is near, to one that is far, and what random layers are worth.",
    "data": "The same network with fewer and fewer pictures of each class.",
    "filters": "The first layer of each network: before and after, from scratch and transferred.",
    "train": "Choose a treatment and n, press Start: in about a minute your network stands among the others.",
    "grid": "Every square is a network to be trained: see what is done, what runs, and what failed.",
}
# Which controls of the header a tab answers to; the others are not shown with it.
USES = {
    "curves": ("halves", "score", "toggles", "subtracted", "thesis"),
    "distance": ("halves", "score", "thesis"),
    "data": ("halves", "score", "thesis"),
    "filters": ("halves",),
    "train": ("halves",),
    "grid": (),
}
SCORES = (("last validation", "last"), ("ten best", "best_ten"))
KEYS = (
    ("arrow keys on n", "the next n"),
    ("arrow keys on the tabs", "the next tab"),
    ("Enter or space on a treatment", "show it, or no longer"),
    ("Tab in the table of networks", "from one to the next, with its curve"),
)


@dashboard
def transfer(**settings: object) -> ipw.Widget:
    """Return the page of chapter 5; settings are the fields of `nbutils.transfer.view.View`, such as n=3."""
    return TransferPage(View(**settings), Session()).page


class TransferPage:
    """What is set becomes a view; the tabs hear of it, and of each other, through the session."""

    def __init__(self, start: View, session: Session) -> None:
        self.start, self.session = start, session
        self._setting = False
        self._made: dict[str, object] = {}
        self.link, self.status, self.error = Link("transfer"), StatusLine(), ErrorLine()
        self._make_parts()
        self.page = self._lay_out()
        self._connect()
        self.show(start)

    @property
    def view(self) -> View:
        """Return what the page is set to."""
        return self.session.view

    def show(self, wanted: View) -> None:
        """Bring the page to a view."""
        self.session.view = wanted
        self._set_controls(wanted)
        for name, pane in self._panes.items():
            pane.layout.display = None if name == wanted.tab else "none"
        self.page.heading.hint = HINTS[wanted.tab]
        self.link.write(views.to_settings(wanted))
        made = wanted.tab in self._made
        tab = self._make(wanted.tab)
        self.session.tell("view", wanted)
        if not made or self._in_sight != wanted.tab:
            self._in_sight = wanted.tab
            tab.seen()

    def change(self, **fields: object) -> None:
        """Set some fields of the view."""
        wanted = replace(self.view, **fields)
        if wanted != self.view:
            self.show(wanted)

    def select(self, run: Run) -> None:
        """Make a run the selected one."""
        settings = run.settings
        fields: dict[str, object] = {"n": settings.n} if settings.n else {}
        for halves in HALVES:
            if halves.holds(settings):
                fields["halves"] = halves.name
        self.change(run=key_of(settings), treatment=settings.treatment, **fields)
        self.status.say(f"{settings.name} is selected: {run.score:.4f} of the test pictures are named right.")

    def toggle(self, treatment: str) -> None:
        """Show a treatment, or no longer."""
        shown = set(self.view.treatments) ^ {treatment}
        self.change(treatments=tuple(shown))

    def _make(self, name: str) -> object:
        """Return a tab, made at its first time; only the tab in sight is imported, too."""
        if name not in self._made:
            module = import_module(f"nbutils.transfer.dashboards.{name}_tab")
            self._made[name] = getattr(module, MAKERS.get(name, f"make_{name}"))(self.session)
            self._panes[name].children = [self._made[name].page]
        return self._made[name]

    def _make_parts(self) -> None:
        self._in_sight = ""
        self.tabs = segmented("Tabs", [(title, name) for name, title in TITLES.items()]).add_class("dv-tabs")
        self._panes = {name: ipw.VBox().add_class("dv-fill") for name in TITLES}
        self.halves = choice("Data", [(HALVES[0].title, HALVES[0].name)])
        self.score = segmented("Score", SCORES)
        self.toggles = Markup(draw_toggles(self.view.treatments))
        self.subtracted = switch("subtract the base")
        self.thesis = switch("thesis' numbers")

    def _set_controls(self, view: View) -> None:
        """Bring the controls to a view without answering to them."""
        self._setting = True
        try:
            self.tabs.value, self.score.value = view.tab, view.score
            self._offer_halves(view)
            self.subtracted.value, self.thesis.value = view.subtracted, view.thesis
            self.toggles.markup = draw_toggles(view.treatments)
            for name in USES["curves"]:
                getattr(self, name).layout.display = None if name in USES[view.tab] else "none"
        finally:
            self._setting = False

    def _offer_halves(self, view: View) -> None:
        """Offer the halves of which there are runs, and those that a link asks for."""
        measured = guard(self.error, clears=False)(lambda: list_measured(self.session.runs))() or ()
        offered = [halves for halves in HALVES if halves in measured or halves.name == view.halves]
        self.halves.offer([(halves.title, halves.name) for halves in offered], view.halves)

    def _connect(self) -> None:
        guarded = guard(self.error)

        def on(control: ipw.Widget, field: str) -> None:
            act = guarded(lambda value: self.change(**{field: value}))
            control.observe(lambda change: None if self._setting else act(change["new"]), "value")

        on(self.tabs, "tab")
        on(self.score, "score")
        on(self.subtracted, "subtracted")
        on(self.thesis, "thesis")
        choose = guarded(lambda name: self.change(halves=name, run=""))
        self.halves.observe(lambda change: None if self._setting else choose(change["new"]), "value")
        self.toggles.on_press(guarded(self.toggle))
        self.link.on_read(guarded(self._follow))
        self.session.on("change", lambda fields: self.change(**fields))
        self.session.on("select", self.select)
        self.session.on("say", self.status.say)
        self.session.on("stored", lambda _value: self._set_controls(self.view))

    def _follow(self, settings: Mapping[str, str]) -> None:
        """Do what a link says."""
        self.show(views.from_settings(settings))

    def _lay_out(self) -> ipw.Widget:
        page = shell(
            "How transferable is each layer?",
            HINTS["curves"],
            stage=[self.tabs, *self._panes.values()],
            controls=None,
            number="5",
            header=[self.halves, self.score, self.toggles, self.subtracted, self.thesis],
            status=self.status,
            reset=lambda: self.show(self.start),
            keys=KEYS,
            link=self.link,
            python=lambda: views.to_python(self.view),
            error=self.error,
        )
        page.panes.layout.grid_template_columns = "minmax(0, 1fr)"
        return page
