"""The page of chapter 3: breeding, and the tabs around it, which are made when they are first seen."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from secrets import randbelow
from typing import TYPE_CHECKING

import ipywidgets as ipw

from nbutils.forms import view as views
from nbutils.forms.dashboards.breed_tab import BreedTab
from nbutils.forms.dashboards.opened_specimen import Specimen, specimen_from
from nbutils.forms.dashboards.session import Session, Start
from nbutils.forms.view import View
from nbutils.neat import from_json
from nbutils.widgets import ErrorLine, Link, StatusLine, guard, segmented, shell
from nbutils.widgets.errors import dashboard
from nbutils.widgets.identity import Identity

if TYPE_CHECKING:
    from nbutils.forms.dashboards.opened_page import OpenedPage
    from nbutils.forms.store import Shape

TITLES = {
    "breed": "Breed",
    "gallery": "Gallery",
    "mine": "My shapes",
    "family": "Family tree",
    "chess": "Chess",
    "painter": "CPPN painter",
    "statistics": "Statistics",
}
HINTS = {
    "breed": "Click the shapes you like, press Evolve, and again, until there is one that you want to keep.",
    "gallery": "Open a shape that you like: give it stars, breed from it, or print it.",
    "mine": "What you have kept, for yourself or for all.",
    "family": "Every generation is a circle, and every shape goes back to a first one: zoom in until you see it.",
    "chess": "The highest rated shape of each name stands in light, the second highest in dark.",
    "painter": "A network that paints: move the sliders on its weights.",
    "statistics": "What has been bred here so far.",
}
OPENED = "Turn it by dragging; keep it, publish it, print it, or breed from it."
KEYS = (
    ("arrow keys on the shapes", "move from one to the next"),
    ("space", "select, or no longer"),
    ("Enter", "evolve what is selected"),
    ("o, or a double click", "open a shape large"),
    ("Shift and arrow keys", "turn the shapes"),
    ("+ - 0", "nearer, farther, the first view"),
)


@dashboard
def forms(**settings: object) -> ipw.Widget:
    """Return the page where shapes are bred; settings are the fields of `nbutils.forms.view.View`, such as seed=3."""
    return FormsPage(View(**settings), Session()).page


class FormsPage:
    """One view for all tabs; what happens in one of them reaches the others through the session."""

    def __init__(self, start: View, session: Session) -> None:
        self.view, self.start, self.session = View(), start, session
        self.link, self.status, self.error = Link("forms"), StatusLine(), ErrorLine()
        self.identity = Identity("forms")
        self._asked = False  # whether somebody asked for a beginning, by a link or a line of Python
        self._waiting: View | None = None  # what may be seen as soon as the browser has told who it is
        self._setting = False
        guarded = guard(self.error)
        self.breed = BreedTab(session, lambda: self.view, self.change, self.open, self.error, self.status)
        self._opened, self._large = None, ipw.VBox().add_class("dv-fill")
        self.tabs = segmented("Tabs", [(title, name) for name, title in TITLES.items()]).add_class("dv-tabs")
        self._made: dict[str, object] = {"breed": self.breed}
        self._panes = {name: ipw.VBox().add_class("dv-fill") for name in TITLES}
        self._panes["breed"].children = [self.breed.page]
        self.page = self._lay_out()
        self._connect(guarded)
        try:
            self.show(start)
        except ValueError as error:
            self.error.show(error)
            self.show(replace(start, start="", shape=""))

    def show(self, wanted: View) -> None:
        """Bring the page to a view; where it names another beginning than what is shown, begin there.

        Raises StoreError, before anything is changed, for a shape that this person does not see.
        """
        before, asked = self.view, (wanted.seed, wanted.start)
        began = self.breed.course.lineage is not None or self.breed.course.brood is not None
        begins = asked != (before.seed, before.start) or not began
        try:
            origin = self._read(wanted.start) if begins and wanted.start else None
            opened = self._read(wanted.shape) if wanted.shape and wanted.shape != before.shape else None
        except ValueError:
            self._waiting = wanted if self.session.person is None else None
            raise
        self._asked = self._asked or asked != (View().seed, View().start)
        self._set(wanted)
        if begins:
            self.breed.begin(origin and Start(from_json(origin.genome_json), origin.id))
        elif (wanted.resolution, wanted.mode) != (before.resolution, before.mode):
            self.breed.redraw()
        if opened is not None:
            self.open(specimen_from(opened))
        elif not wanted.shape:
            self._clear_opened()
            self._show_tab()

    def change(self, **fields: object) -> None:
        """Set some fields of the view; the shapes are drawn again where these say how."""
        wanted = replace(self.view, **fields)
        if wanted == self.view:
            return
        redraws = (wanted.resolution, wanted.mode) != (self.view.resolution, self.view.mode)
        self._set(wanted)
        if redraws:
            self.breed.redraw()

    def open(self, specimen: Specimen) -> None:
        """Show a shape large, in place of the tab."""
        opened = self._make_opened()
        self.change(shape=specimen.shape.id if specimen.shape else "")
        self._show_pane(None)
        opened.show(specimen)

    def close(self) -> None:
        """Go back from the shape that is seen large to the tab."""
        self._clear_opened()
        self.change(shape="")
        self._show_tab()

    def fork(self, start: Start) -> None:
        """Breed from a genome."""
        self.breed.fork(start, randbelow(2**32))
        self._clear_opened()
        self.change(shape="", tab="breed")
        self._show_tab()
        self.status.say("Bred from the shape in the first place: select what you like and press Evolve.")

    def _read(self, identity: str) -> "Shape":
        from nbutils.forms.store import read

        return read(self.session.store, identity, self.session.person)

    def _set(self, view: View) -> None:
        """Take a view; controls, link and hint follow."""
        self.view = view
        self.breed.controls.show(view)
        self._setting = True
        try:
            self.tabs.value = view.tab
        finally:
            self._setting = False
        self.link.write(views.to_settings(view))

    def _show_tab(self) -> None:
        self._show_pane(self.view.tab)
        self._make(self.view.tab).seen()

    def _show_pane(self, shown: str | None) -> None:
        """Show the pane of a tab, or with None the shape that is opened."""
        for name, pane in self._panes.items():
            pane.layout.display = None if name == shown else "none"
        self._large.layout.display = "none" if shown else None
        self.page.heading.hint = HINTS[shown] if shown else OPENED

    def _make(self, name: str) -> object:
        """Return a tab, made at its first time."""
        if name not in self._made:
            # Only the tab in sight is imported, too.
            module = import_module(f"nbutils.forms.dashboards.{name}_tab")
            self._made[name] = getattr(module, f"make_{name}")(self.session)
            self._panes[name].children = [self._made[name].page]
        return self._made[name]

    def _make_opened(self) -> "OpenedPage":
        """Return the page of an opened shape, made when the first one is opened."""
        if self._opened is None:
            from nbutils.forms.dashboards.opened_page import OpenedPage

            parts = (self.session, self.close, self.open, self.breed.keep_line, self.error, self.status)
            self._opened = OpenedPage(*parts)
            self._large.children = [self._opened.page]
        return self._opened

    def _clear_opened(self) -> None:
        if self._opened is not None:
            self._opened.clear()

    def _follow_opened(self, identity: object) -> None:
        """Have the link lead to a shape that was kept while it is open."""
        specimen = self._opened and self._opened.specimen
        if specimen and specimen.shape and specimen.shape.id == identity:
            self.change(shape=identity)

    def _choose_tab(self, name: str) -> None:
        self._clear_opened()
        self.change(tab=name, shape="")
        self._show_tab()

    def _know(self, key: str, name: str) -> None:
        """Learn from the browser, or from JupyterHub, who is in front of the page."""
        from nbutils.forms.store import StoreError, know, know_user

        try:
            person = know_user(self.session.store) or know(self.session.store, key, name)
        except StoreError as error:
            self.breed.tell_fault(f"{error} Breeding goes on, but a reload would lose it.")
            return
        self.session.tell("person", person)

    def _greet(self) -> None:
        """Show what only this person may see, if a link asked for that, and bring back what they were breeding."""
        waiting, self._waiting = self._waiting, None
        try:
            if waiting is not None:
                self.error.clear()
                self.show(waiting)
        finally:
            self.breed.recall(self._asked)

    def _follow(self, settings: Mapping[str, str]) -> None:
        """Do what a link says."""
        self._waiting = None
        self.show(views.from_settings(settings))

    def _connect(self, guarded: Callable) -> None:
        choose = guarded(self._choose_tab)
        self.tabs.observe(lambda change: None if self._setting else choose(change["new"]), "value")
        self.link.on_read(guarded(self._follow))
        self.identity.on_ready(guard(self.error, clears=False)(self._know))
        self.session.on("person", lambda _person: self._greet())
        self.session.on("fork", self.fork)
        self.session.on("stored", self._follow_opened)
        self.session.on("open", lambda shape: self.open(specimen_from(shape)))

    def _lay_out(self) -> ipw.Widget:
        page = shell(
            "Endless forms",
            HINTS["breed"],
            stage=[self.tabs, self._large, *self._panes.values()],
            controls=None,
            number="3",
            header=[self.identity],
            status=self.status,
            reset=lambda: self.show(self.start),
            keys=KEYS,
            link=self.link,
            python=lambda: views.to_python(self.view),
            error=self.error,
        )
        page.panes.layout.grid_template_columns = "minmax(0, 1fr)"
        return page
