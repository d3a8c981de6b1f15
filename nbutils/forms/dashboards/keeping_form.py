"""The form by which a shape is saved for oneself, or published for all."""

from collections.abc import Callable

import ipywidgets as ipw

from nbutils.forms.dashboards.opened_specimen import Specimen, find_home, find_origin
from nbutils.forms.dashboards.session import Session
from nbutils.forms.pictures import draw_shape, to_png
from nbutils.forms.store import Draft, Shape, keep
from nbutils.forms.store.errors import READ_ONLY
from nbutils.forms.store.texts import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_TAG, MOST_TAGS
from nbutils.neat import Genome
from nbutils.widgets import ErrorLine, button, guard
from nbutils.widgets.entry import Entry

SIDE = 192  # pixels of the picture that is kept with a shape
KEPT = {False: "Saved. You find it under “My shapes”.", True: "Published: everybody sees it in the gallery now."}
EXAMPLES = "such as: king, animal, lamp"


class KeepingForm:
    """Name, description and tags; what was typed stays where keeping fails.

    keep_line : keep_line(specimen) keeps the generations that led to a shape
    kept : kept(shape, told) is called with what was kept, and a sentence about it
    """

    def __init__(
        self, session: Session, keep_line: Callable[[Specimen], object], kept: Callable[[Shape, str], object]
    ) -> None:
        self._session, self._keep_line, self._kept = session, keep_line, kept
        self._specimen: Specimen | None = None
        self.error = ErrorLine()
        self.name = Entry("Name", longest=LONGEST_NAME)
        self.description = Entry("Description", "text", longest=LONGEST_DESCRIPTION)
        self.tags = Entry("Tags", "tags", longest=LONGEST_TAG, most=MOST_TAGS, help=EXAMPLES)
        guarded = guard(self.error)
        self.publish = button("Publish for all", guarded(lambda: self._keep(public=True)), first=True)
        self.save = button("Save for me", guarded(lambda: self._keep(public=False)))
        self.form = ipw.VBox(
            [
                self.name,
                self.description,
                self.tags,
                ipw.Box([self.publish, self.save]).add_class("dv-group"),
                self.error,
            ]
        ).add_class("dv-stack")
        self.refusal = ipw.HTML(f"<p class='dv-quiet'>{READ_ONLY}</p>")
        self.box = ipw.VBox([ipw.HTML("<h3>Keep it</h3>"), self.form, self.refusal]).add_class("dv-stack")

    def show(self, specimen: Specimen) -> None:
        """Offer to keep a shape that was bred here; for one that is kept already there is nothing to be seen."""
        if self._specimen is None or self._specimen.genome != specimen.genome:
            for entry in (self.name, self.description, self.tags):
                entry.clear()
        self._specimen = specimen
        self.error.clear()
        self.box.layout.display = None if specimen.shape is None else "none"
        self.form.layout.display = "none" if self._session.read_only else None
        self.refusal.layout.display = None if self._session.read_only else "none"

    def _keep(self, *, public: bool) -> None:
        """Keep the shape; a second press of a double click finds it kept."""
        specimen = self._specimen
        if specimen is None or specimen.shape is not None:
            return
        generation, place = find_home(specimen)
        draft = Draft(
            name=self.name.value,
            description=self.description.value,
            tags=tuple(self.tags.values),
            genome=specimen.genome,
            generation=generation,
            place=place,
            public=public,
            forked_from=find_origin(specimen, self._session),
            thumbnail=draw_thumbnail(specimen.genome),
        )
        self._keep_line(specimen)
        shape = keep(self._session.store, self._session.somebody, draft)
        self._kept(shape, KEPT[public])


def draw_thumbnail(genome: Genome) -> bytes:
    """Return the picture that is kept with a shape, PNG: as it stands on the stage."""
    return to_png(draw_shape(genome, SIDE))
