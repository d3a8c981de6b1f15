"""What one can do with a shape that is in the store: give stars, report it, publish one's own."""

from collections.abc import Callable

import ipywidgets as ipw

from nbutils.forms.dashboards.gallery_words import isolate, name_author
from nbutils.forms.dashboards.opened_words import tell_shape
from nbutils.forms.dashboards.session import Session
from nbutils.forms.store import Shape, StoreError, publish, rate, read, report
from nbutils.widgets import ErrorLine, button, guard
from nbutils.widgets.entry import Entry
from nbutils.widgets.fold import Fold
from nbutils.widgets.stars import Stars

READ_ONLY = "<p class='dv-quiet'>This page is read-only: stars and reports are not taken.</p>"
REPORTED = "Thank you: the owner of this site will see it."


class PublicPane:
    """Who made a kept shape, its tags and stars.

    changed : changed(shape) is called with the shape as it is after something was kept
    say : say(sentence) tells what was done
    """

    def __init__(
        self,
        session: Session,
        changed: Callable[[Shape], object],
        say: Callable[[str], object],
        error: ErrorLine,
    ) -> None:
        self._session, self._changed, self._say, self._shape = session, changed, say, None
        guarded = guard(error)
        self.about, self.refusal = ipw.HTML(), ipw.HTML(READ_ONLY)
        self.stars = Stars("Your stars")
        self.publish = button("Publish it", guarded(self._publish))
        self.reason = Entry("What is wrong with it?", "text", longest=500)
        self.report = Fold("Report it", [self.reason, button("Send the report", guarded(self._report))])
        self.stars.on_rate(guarded(self._rate))
        self.box = ipw.VBox([self.about, self.stars, self.publish, self.report, self.refusal]).add_class("dv-stack")

    def show(self, shape: Shape | None) -> None:
        """Show a shape of the store; None hides all."""
        if shape is None or self._shape is None or shape.id != self._shape.id:
            self.reason.clear()
            self.report.heading.is_open = False
        self._shape = shape
        self.box.layout.display = None if shape else "none"
        if shape is None:
            return
        read_only = self._session.read_only
        self.about.value = tell_shape(shape, self._name_origin(shape))
        self.stars.show(shape.my_stars, shape.stars, shape.ratings)
        self.stars.fixed = read_only or shape.mine
        self.stars.name = "Stars" if self.stars.fixed else "Your stars"
        self.stars.layout.display = None if shape.public else "none"
        self.publish.layout.display = None if shape.mine and not shape.public and not read_only else "none"
        self.report.layout.display = "none" if read_only or shape.mine else None
        self.refusal.layout.display = None if read_only else "none"

    def _name_origin(self, shape: Shape) -> str:
        if not shape.forked_from:
            return ""
        try:
            origin = read(self._session.store, shape.forked_from, self._session.person)
        except StoreError:  # it is no longer public; that it was forked is true nonetheless
            return "a shape that is no longer public"
        return f"{isolate(origin.name)} by {name_author(origin)}"

    def _rate(self, stars: int) -> None:
        try:
            shape = rate(self._session.store, self._session.somebody, self._shape.id, stars)
        except ValueError:
            self.stars.show(self._shape.my_stars, self._shape.stars, self._shape.ratings)
            raise
        self._take(shape, f"{stars} {'star' if stars == 1 else 'stars'} given; you can change that at any time.")

    def _publish(self) -> None:
        shape = publish(self._session.store, self._session.somebody, self._shape.id)
        self._take(shape, "Published: everybody sees it in the gallery now.")

    def _report(self) -> None:
        report(self._session.store, self._session.somebody, self._shape.id, self.reason.value)
        self.reason.clear()
        self.report.heading.is_open = False
        self._say(REPORTED)

    def _take(self, shape: Shape, told: str) -> None:
        self.show(shape)
        self._changed(shape)
        self._session.tell("stored", shape.id)
        self._say(told)
