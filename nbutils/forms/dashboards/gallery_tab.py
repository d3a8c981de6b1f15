"""The gallery: what everybody published, the highly rated first; searched by words and tags, opened or forked."""

from dataclasses import replace

import ipywidgets as ipw

from nbutils.forms.dashboards.gallery_words import isolate, show_card
from nbutils.forms.dashboards.session import Session, Start
from nbutils.neat import from_json
from nbutils.widgets import ErrorLine, button, guard, segmented
from nbutils.widgets.cards import Cards
from nbutils.widgets.entry import Entry

PAGE = 24
MOST_TAGS = 24
LONGEST_WORDS = 200
ORDERS = {"rated": "Highest rated", "newest": "Newest", "forked": "Most forked"}
ACTS = {"open": "opens a shape", "fork": "breeds from it"}
NOTHING = "No shape has been published yet: breed one, open it large, and publish it. It will stand here."
NOWHERE = "No shape fits. Search for fewer words or another tag, or press Show all."
CLOSED = "The gallery cannot be seen now. Press Refresh to try again; breeding works without it."


class GalleryTab:
    """What is asked for is one Query; its page of cards is read again whenever the tab comes into sight."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._asked: dict[str, object] = {}  # the fields of the Query
        self._shapes: tuple = ()
        self._shown: tuple | None = None
        self._setting = False
        self.error = ErrorLine()
        guarded = guard(self.error)
        self.words = Entry("Search", longest=LONGEST_WORDS, help="a word of a name, a description or a tag")
        self.order = segmented("Order", [(title, name) for name, title in ORDERS.items()])
        self.act = segmented("A click", [(title, name) for name, title in ACTS.items()])
        self.tag = segmented("Tag", [("all", "")])
        self.refresh = button("Refresh", guarded(self.seen))
        self.everything = button("Show all", guarded(lambda: self.ask(words="", tag="")))
        self.cards = Cards("Published shapes", NOTHING, things="shapes", side=150)
        self.page = self._lay_out()
        self._connect(guarded)

    def seen(self) -> None:
        """Read what is there now; what cannot be read is told."""
        guard(self.error)(self._read)()

    def ask(self, **fields: object) -> None:
        """Show the shapes of another search, tag, order or page; without an offset, its first page."""
        self._asked = {**self._asked, "offset": 0, **fields}
        self._read()

    def open(self, place: int) -> None:
        """Do with a card what a click is set to: open its shape large, or breed from it."""
        from nbutils.forms.store import read

        shape = read(self._session.store, self._shapes[place].id, self._session.person)
        if self.act.value == "fork":
            self._session.tell("fork", Start(from_json(shape.genome_json), shape.id))
        else:
            self._session.tell("open", shape)

    def _read(self) -> None:
        from nbutils.forms.store import Query, browse, tags

        try:
            query = Query(**self._asked, limit=PAGE)
            found = browse(self._session.store, query, self._session.person)
            if query.offset and not found.shapes:  # the last page has become empty
                query = replace(query, offset=0)
                found = browse(self._session.store, query, self._session.person)
            known = tags(self._session.store, MOST_TAGS)
        except ValueError:
            if not self._shapes:
                self.cards.clear(CLOSED)
                self._shown = None
            raise
        self._set_controls(query, known)
        self._show(found.shapes, found.total, query.offset)

    def _show(self, shapes: tuple, total: int, first: int) -> None:
        """Show a page, unless it is what is shown: its pictures need not be sent again."""
        self._shapes = shapes
        if (shapes, total, first) == self._shown:
            return
        self._shown = (shapes, total, first)
        if not shapes:
            searched = self._asked.get("words") or self._asked.get("tag")
            self.cards.clear(NOWHERE if searched else NOTHING)
            return
        self.cards.show([show_card(shape) for shape in shapes], total, first)

    def _set_controls(self, query: object, known: tuple[tuple[str, int], ...]) -> None:
        """Bring the controls to a query without answering to them; a tag that is asked for stays on offer."""
        names = dict(known)
        offered = [(f"{isolate(tag)} {number}", tag) for tag, number in known]
        if query.tag and query.tag not in names:
            offered.append((f"{isolate(query.tag)} 0", query.tag))
        self._setting = True
        try:
            self.tag.offer([("all", ""), *offered], query.tag)
            self.order.value = query.order
            if self.words.value.strip() != query.words:
                self.words.value = query.words
        finally:
            self._setting = False
        self.tag.layout.display = None if offered else "none"
        self.everything.layout.display = None if query.words or query.tag else "none"

    def _connect(self, guarded: object) -> None:
        for control, field in ((self.order, "order"), (self.tag, "tag"), (self.words, "words")):
            act = guarded(lambda change, field=field: self.ask(**{field: change["new"]}))
            control.observe(lambda change, act=act: None if self._setting else act(change), "value")
        self.cards.on_open(guarded(self.open))
        self.cards.on_page(guarded(lambda first: self.ask(offset=first // PAGE * PAGE)))

    def _lay_out(self) -> ipw.Widget:
        for part in (self.words, self.order, self.act):
            part.layout.width = "auto"
        self.words.layout.flex = "1 1 220px"
        asking = ipw.Box([self.words, self.order, self.act, self.refresh, self.everything]).add_class("dv-wall-head")
        return ipw.VBox([asking, self.tag, self.error, self.cards]).add_class("dv-stack")


def make_gallery(session: Session) -> GalleryTab:
    """Return the tab."""
    return GalleryTab(session)
