"""The family tree of all generations (Figure 3.7 of the thesis), from all of them down to one with its picture."""

from collections.abc import Callable

import ipywidgets as ipw
import numpy as np

from nbutils.forms.dashboards import family_words as words
from nbutils.forms.dashboards.family_details import FamilyDetails
from nbutils.forms.dashboards.family_pictures import FamilyPictures
from nbutils.forms.dashboards.session import Session
from nbutils.forms.families import invent_family
from nbutils.forms.family_layout import lay_out
from nbutils.forms.store import Family, family, measure_runs
from nbutils.widgets import Board, ErrorLine, button, guard
from nbutils.widgets.controls import search
from nbutils.widgets.tree import MOST_NODES, Tree

MANY, SEED = 10_000, 0  # generations of the invented tree: as many as Figure 3.7 shows
MOST_FOUND = 4_000  # names that Find offers
ALT = "The family tree: every generation is a circle, linked to the one that it was bred from."
SHOW_MANY, SHOW_OWN = "Show an invented tree of 10,000", "Show the real tree"
TOO_MANY = "<p class='dv-stale'>The newest {shown:,} of {all:,} generations are drawn: a browser bears no more.</p>"


class FamilyTab:
    """The tree is read when the tab comes into sight, and laid out again where it has grown."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.family: Family | None = None
        self._invented = False
        self._setting = False
        self.error = ErrorLine()
        guarded = guard(self.error)
        self.tree = Tree(ALT, words.NOTHING, noun="generation", height=560)
        self.details = FamilyDetails(session, self.error)
        self._pictures = FamilyPictures(session, self.tree.give, self.error.show)
        self.find = search("Find a shape", [("", -1)])
        self.refresh = button("Refresh", guarded(self.show_own))
        self.many = button(SHOW_MANY, guarded(self._exchange))
        self.told, self.note = ipw.HTML(), ipw.HTML()
        self.board = Board(columns=1, height=260)
        self.page = self._lay_out()
        self._connect(guarded)

    def seen(self) -> None:
        """Read the tree, unless the invented one is looked at; what cannot be read is told."""
        if not self._invented:
            guard(self.error)(self.show_own)()

    def show_own(self) -> None:
        """Show the tree of the store; what is selected stays selected."""
        try:
            found = family(self._session.store, self._session.person)
        except ValueError:
            if self.family is None:
                self.tree.clear(words.CLOSED)
            raise
        before, self._invented, self.many.text = self.family, False, SHOW_MANY
        found, left = cut_newest(found, MOST_NODES)
        self.note.value = TOO_MANY.format(shown=len(found.ids), all=len(found.ids) + left) if left else ""
        if before is not None and (found.ids, found.shapes, found.names) == (before.ids, before.shapes, before.names):
            return
        selected = before.ids[self.tree.selected] if before is not None and self.tree.selected >= 0 else None
        self.family = found
        if not found.ids:
            self.tree.clear(words.NOTHING)
        else:
            kinds = np.array([bool(shape) for shape in found.shapes]) + 2 * found.mine
            self._show(found.parents, kinds, {node: name for node, name in enumerate(found.names) if name})
        self.told.value = words.tell_family(found)
        if selected in found.ids:
            self.tree.selected = found.ids.index(selected)
        else:
            self.details.clear()

    def show_invented(self) -> None:
        """Show a tree of 10,000 generations that a simulation of visitors made."""
        invented = invent_family(MANY, SEED)
        names = {int(node): f"shape {number}" for number, node in enumerate(np.flatnonzero(invented.published), 1)}
        self._invented, self.family, self.many.text = True, None, SHOW_OWN
        self._show(invented.parents, invented.published.astype(np.uint8), names)
        self.told.value, self.note.value = words.INVENTED, ""
        self.details.clear("")

    def _exchange(self) -> None:
        if self._invented:
            self.show_own()
        else:
            self.show_invented()

    def _show(self, parents: np.ndarray, kinds: np.ndarray, names: dict[int, str]) -> None:
        self.tree.show(lay_out(parents), parents, kinds, words.KINDS, names)
        self._setting = True
        try:
            offered = sorted(((name, node) for node, name in names.items()), key=lambda pair: pair[0].casefold())
            self.find.offer([("", -1), *offered[:MOST_FOUND]])
        finally:
            self._setting = False
        self.board.set("runs", *words.draw_runs(measure_runs(parents)))

    def _select(self, node: int) -> None:
        if self.family is not None:
            self.details.show(self.family, node)

    def _give(self, nodes: tuple[int, ...]) -> None:
        if self.family is None:
            self.tree.give(dict.fromkeys(nodes, b""))
        else:
            self._pictures.want(self.family, nodes)

    def _connect(self, guarded: Callable) -> None:
        go = guarded(lambda change: self.tree.go_to(change["new"]) if change["new"] >= 0 else None)
        self.find.observe(lambda change: None if self._setting else go(change), "value")
        self.tree.on_select(guarded(self._select))
        self.tree.on_wanted(guarded(self._give))
        self._session.on("person", lambda _person: self._forget())

    def _forget(self) -> None:
        """Have the tree read again for who has just been recognised: their generations have a colour of their own."""
        if self.family is not None:
            self.family = None
            self.seen()

    def _lay_out(self) -> ipw.Widget:
        self.find.layout.flex, self.find.layout.width = "1 1 220px", "auto"
        head = ipw.Box([self.find, self.refresh, self.many]).add_class("dv-wall-head")
        left = ipw.VBox([head, self.told, self.note, self.tree]).add_class("dv-pane").add_class("dv-stage")
        runs = ipw.VBox([self.board, ipw.HTML(words.PRINTED)]).add_class("dv-stack")
        right = ipw.VBox([self.details.box, runs]).add_class("dv-pane").add_class("dv-details")
        panes = ipw.Box([left, right]).add_class("dv-panes").add_class("dv-two")
        return ipw.VBox([self.error, panes]).add_class("dv-stack")


def cut_newest(found: Family, most: int) -> tuple[Family, int]:
    """Return the newest generations of a family, parents still before their children, and how many are left out."""
    number = len(found.ids)
    if number <= most:
        return found, 0
    kept = np.sort(np.argsort(found.created, kind="stable")[number - most :])
    position = np.full(number + 1, -1, np.int32)  # the last is of no parent
    position[kept] = np.arange(most)
    fields = {
        name: tuple(value[place] for place in kept) if isinstance(value, tuple) else value[kept]
        for name, value in vars(found).items()
    }
    return Family(**{**fields, "parents": position[found.parents[kept]]}), number - most


def make_family(session: Session) -> FamilyTab:
    """Return the tab."""
    return FamilyTab(session)
