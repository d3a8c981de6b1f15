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
    "distance": "What a layer is worth to a near task and to a far one, and what random layers are worth.",
    "data": "The same network, with fewer and fewer pictures of each class to learn from.",
    "filters": "The first layer of each network: before and after, from scratch and transferred.",
    "train": "Choose a treatment and n, say where it will land, and press Start training: your network becomes a star.",
    "grid": "Every square is a network to be trained: see what is done, what runs, and what failed.",
}
# Which controls a tab answers to; the others are not shown with it.
USES = {
    "curves": ("halves", "score", "toggles", "subtracted", "thesis"),
    "distance": ("halves", "score", "thesis"),
    "data": ("halves", "score", "thesis"),
    "filters": ("halves",),
    "train": (),
    "grid": (),
}
ACROSS = ("distance", "data")  # these show all halves of some data: they answer to other data, not to other halves
WAITING = "One moment: this tab is being made."
SCORES = (("last validation", "last"), ("mean of the ten best", "best_ten"))
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

    @staticmethod
    def _make_pane() -> ipw.Widget:
        """Return the place of a tab, which says that it is being made until it is there."""
        return ipw.VBox([ipw.HTML(f"<p class='dv-quiet'>{WAITING}</p>")]).add_class("dv-fill")

    def _make_parts(self) -> None:
        self._in_sight = ""
        self.tabs = segmented("Tabs", [(title, name) for name, title in TITLES.items()]).add_class("dv-tabs")
        self._panes = {name: self._make_pane() for name in TITLES}
        self.halves = choice("Data", [(HALVES[0].title, HALVES[0].name)])
        self.score = segmented("Score", SCORES)
        self.toggles = Markup(draw_toggles(self.view.treatments))
        self.subtracted = switch("subtract the base")
        self.thesis = switch("thesis' numbers")
        parts = [getattr(self, name) for name in USES["curves"]]
        self.settings = ipw.Box(parts).add_class("dv-header-fields").add_class("dv-row")

    def _set_controls(self, view: View) -> None:
        """Bring the controls to a view without answering to them."""
        self._setting = True
        try:
            self.tabs.value, self.score.value = view.tab, view.score
            self._offer_halves(view)
            self.subtracted.value, self.thesis.value = view.subtracted, view.thesis
            self.toggles.markup = draw_toggles(view.treatments)
            shown = [name for name in USES[view.tab] if name != "halves" or self._has_choice(view.tab)]
            for name in USES["curves"]:
                getattr(self, name).layout.display = None if name in shown else "none"
            self.settings.layout.display = None if shown else "none"
        finally:
            self._setting = False

    def _offer_halves(self, view: View) -> None:
        """Offer the halves of which there are runs, and those that a link asks for."""
        measured = guard(self.error, clears=False)(lambda: list_measured(self.session.runs))() or ()
        self._offered = [halves for halves in HALVES if halves in measured or halves.name == view.halves]
        self.halves.offer([(halves.title, halves.name) for halves in self._offered], view.halves)

    def _has_choice(self, tab: str) -> bool:
        """Return whether a tab answers to another choice of halves."""
        return tab not in ACROSS or len({halves.data for halves in self._offered}) > 1

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

    def _reset(self) -> None:
        """Bring back what the page began with."""
        self.show(self.start)
        self.status.say("All settings are as they were at first.")

    def _follow(self, settings: Mapping[str, str]) -> None:
        """Do what a link says."""
        self.show(views.from_settings(settings))

    def _lay_out(self) -> ipw.Widget:
        page = shell(
            "How transferable is each layer?",
            HINTS["curves"],
            stage=[self.tabs, self.settings, *self._panes.values()],
            controls=None,
            number="5",
            status=self.status,
            reset=self._reset,
            keys=KEYS,
            link=self.link,
            python=lambda: views.to_python(self.view),
            error=self.error,
        )
        page.panes.layout.grid_template_columns = "minmax(0, 1fr)"
        return page
