"""My shapes: what this person kept, for themselves or for all; other words for them, and all of them as one file."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import ipywidgets as ipw

from nbutils.commands import as_typed
from nbutils.forms.dashboards.drawn import show_picture
from nbutils.forms.dashboards.gallery_words import count, show_own_card
from nbutils.forms.dashboards.opened_words import tell_shape
from nbutils.forms.dashboards.session import Session, Start
from nbutils.neat import from_json
from nbutils.widgets import Download, ErrorLine, StatusLine, button, guard
from nbutils.widgets.cards import Cards
from nbutils.widgets.entry import Entry

if TYPE_CHECKING:
    from nbutils.forms.store import Shape

PAGE = 24
FILE = "my_shapes.json.gz"
NOTHING = "You have kept nothing yet: breed a shape, open it large, then save it for yourself or publish it for all."
NOBODY = "Your browser has not said yet whose shapes to show; if it does not, load the page again."
CLOSED = "Your shapes cannot be seen now. Press Refresh to try again; nothing of them is lost."
CHOOSE = "<p class='dv-quiet'>Click a shape to see who can see it, to change its words, or to breed from it.</p>"
STAYS = "<p class='dv-quiet'>A published shape stays: others may have bred from it. Its words can be changed.</p>"
SURE = "Delete it: yes, for ever"
FILED = (
    "<p class='dv-quiet'>The file holds your shapes and all that they came from; "
    f"<code>{escape(as_typed('nbutils forms import FILE'))}</code> brings them into another gallery.</p>"
)


class MineTab:
    """Cards of one's own shapes, and beside them the one that was clicked."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shapes: tuple[Shape, ...] = ()
        self._chosen: Shape | None = None
        self._first = 0
        self._sure = ""  # id of the shape of which Delete was pressed once
        self.error, self.status = ErrorLine(), StatusLine()
        self._make_parts(guard(self.error))
        self.page = self._lay_out()
        session.on("person", lambda _person: self.seen())

    def seen(self) -> None:
        """Read what is kept now; what cannot be read is told."""
        guard(self.error)(self._read)()

    def choose(self, place: int) -> None:
        """Show the shape of a card beside the cards."""
        self._chosen = self._shapes[place]
        self.cards.chosen = place
        self._show_chosen()

    def _read(self) -> None:
        from nbutils.forms.store import Query, browse

        person = self._session.person
        self.refresh.layout.display = None
        if person is None:
            self._shapes = ()
            self.cards.clear(NOBODY)
            self._show_chosen()
            return
        try:
            found = self._browse(browse, Query)
        except ValueError:
            if not self._shapes:
                self.cards.clear(CLOSED)
            raise
        self._shapes = found.shapes
        self.export.layout.display = self.filed.layout.display = None if found.total else "none"
        if not found.shapes:
            self._chosen = None
            self.cards.clear(NOTHING)
        else:
            here = [place for place, shape in enumerate(found.shapes) if self._chosen and shape.id == self._chosen.id]
            chosen = here[0] if here else -1
            self._chosen = found.shapes[chosen] if here else None
            self.cards.show([show_own_card(shape) for shape in found.shapes], found.total, self._first, chosen)
        self._show_chosen()

    def _browse(self, browse: Callable, query: Callable) -> object:
        """Return the page that is asked for; the first one, where it has become empty."""
        asked = {"mine": True, "order": "newest", "limit": PAGE}
        found = browse(self._session.store, query(**asked, offset=self._first), self._session.person)
        if self._first and not found.shapes:
            self._first = 0
            found = browse(self._session.store, query(**asked), self._session.person)
        return found

    def _turn(self, first: int) -> None:
        self._first = first // PAGE * PAGE
        self._read()

    def _show_chosen(self) -> None:
        """Show what can be done with the chosen shape; fields keep what is typed for it."""
        shape = self._chosen
        self.hint.layout.display = "none" if shape or not self._shapes else None
        self.beside.layout.display = None if shape else "none"
        if shape is None:
            self._typed_for = None
            return
        self.picture.value = show_picture(shape.thumbnail, f"Picture of {shape.name}")
        stars = f"{shape.stars:.1f} of 5 from {count(shape.ratings, 'rating')}" if shape.ratings else "not rated yet"
        judged = f"<p class='dv-numbers'>{stars}, {count(shape.forks, 'fork')}</p>" if shape.public else ""
        self.told.value = tell_shape(shape, "") + judged
        if self._typed_for != (shape.id, shape.name, shape.description, shape.tags):
            self._typed_for = (shape.id, shape.name, shape.description, shape.tags)
            self.name.value, self.description.value = shape.name, shape.description
            self.tags.values = list(shape.tags)
        self._sure = shape.id if self._sure == shape.id else ""
        self.delete.text = SURE if self._sure else "Delete"
        writable = not self._session.read_only
        self.words.layout.display = None if writable else "none"
        for part, there in (
            (self.publish, not shape.public),
            (self.delete, not shape.public),
            (self.stays, shape.public),
        ):
            part.layout.display = None if there and writable else "none"

    def _change(self) -> None:
        from nbutils.forms.store import change

        words = (self.name.value, self.description.value, self.tags.values)
        shape = change(self._session.store, self._session.somebody, self._chosen.id, *words)
        self._take(shape, "The words are changed.")

    def _publish(self) -> None:
        from nbutils.forms.store import publish

        shape = publish(self._session.store, self._session.somebody, self._chosen.id)
        self._take(shape, "Published: everybody sees it in the gallery now.")

    def _delete(self) -> None:
        """Delete the shape at the second press."""
        from nbutils.forms.store import delete

        if self._sure != self._chosen.id:
            self._sure = self._chosen.id
            self.delete.text = SURE
            return
        delete(self._session.store, self._session.somebody, self._chosen.id)
        self._take(None, "Deleted.")

    def _take(self, shape: "Shape | None", told: str) -> None:
        """Show what is there after something was changed."""
        self._chosen, self._sure = shape, ""
        self._read()
        self._session.tell("stored", shape.id if shape else "")
        self.status.say(told)

    def _open(self) -> None:
        self._session.tell("open", self._chosen)

    def _fork(self) -> None:
        shape = self._chosen
        self._session.tell("fork", Start(from_json(shape.genome_json), shape.id))

    def _export(self) -> tuple[str, bytes]:
        from nbutils.forms.store import export_gallery

        return FILE, export_gallery(self._session.store, person=self._session.somebody)

    def _make_parts(self, guarded: Callable) -> None:
        from nbutils.forms.store.texts import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_TAG, MOST_TAGS

        self._typed_for: tuple | None = None
        self.cards = Cards("My shapes", NOTHING, things="shapes of yours", side=150)
        self.refresh = button("Refresh", guarded(self.seen))
        self.export = Download("Save all as one file", self._export)
        self.hint, self.picture, self.told = ipw.HTML(CHOOSE), ipw.HTML(), ipw.HTML()
        self.filed, self.stays = ipw.HTML(FILED), ipw.HTML(STAYS)
        self.name = Entry("Name", longest=LONGEST_NAME)
        self.description = Entry("Description", "text", longest=LONGEST_DESCRIPTION)
        self.tags = Entry("Tags", "tags", longest=LONGEST_TAG, most=MOST_TAGS)
        self.open = button("Open it large", guarded(self._open), first=True)
        self.breed = button("Breed from it", guarded(self._fork))
        self.save = button("Change the words", guarded(self._change))
        self.publish = button("Publish it", guarded(self._publish))
        self.delete = button("Delete", guarded(self._delete))
        self.cards.on_open(guarded(self.choose))
        self.cards.on_page(guarded(self._turn))

    def _lay_out(self) -> ipw.Widget:
        self.words = ipw.VBox([self.name, self.description, self.tags, self.save]).add_class("dv-stack")
        acts = ipw.Box([self.open, self.breed, self.publish, self.delete]).add_class("dv-group")
        parts = [self.picture, self.told, acts, self.stays, self.words]
        self.beside = ipw.VBox(parts).add_class("dv-stack")
        head = ipw.Box([self.refresh, self.export]).add_class("dv-group")
        left = ipw.VBox([head, self.cards, self.filed]).add_class("dv-pane").add_class("dv-stage")
        right = ipw.VBox([self.hint, self.beside]).add_class("dv-pane").add_class("dv-details")
        panes = ipw.Box([left, right]).add_class("dv-panes").add_class("dv-two")
        self._show_chosen()
        return ipw.VBox([self.error, panes, self.status]).add_class("dv-stack")


def make_mine(session: Session) -> MineTab:
    """Return the tab."""
    return MineTab(session)
