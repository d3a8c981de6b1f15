"""A shape seen large: its surface as fine as one likes, its network, its ancestors, its files, and keeping it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape

import ipywidgets as ipw

from nbutils.forms.dashboards import opened_words as words
from nbutils.forms.dashboards.keeping_form import KeepingForm
from nbutils.forms.dashboards.opened_ancestry import AncestryPane
from nbutils.forms.dashboards.opened_files import FilesPane
from nbutils.forms.dashboards.opened_public import PublicPane
from nbutils.forms.dashboards.opened_specimen import Specimen, Step, specimen_at, specimen_from
from nbutils.forms.dashboards.opened_stage import OpenedStage
from nbutils.forms.dashboards.session import Session, Start
from nbutils.forms.meshing import Body
from nbutils.forms.store import Shape, read
from nbutils.neat import Genome
from nbutils.widgets import ErrorLine, StatusLine, Turns, button, guard
from nbutils.widgets.diagram import Diagram
from nbutils.widgets.fold import Fold

NETWORK = (
    "<p class='dv-quiet'>What it is made of: each circle multiplies what comes along its links by their weights, "
    "adds all of it up and applies its function to the sum. The shape is where the output is at most 0.</p>"
)


class OpenedPage:
    """What stands in place of a tab while a shape is open.

    close : called to go back
    open_other : open_other(specimen) opens another shape, such as an ancestor
    keep_line : keep_line(specimen) keeps the generations that led to a shape
    """

    def __init__(
        self,
        session: Session,
        close: Callable[[], object],
        open_other: Callable[[Specimen], object],
        keep_line: Callable[[Specimen], object],
        error: ErrorLine,
        status: StatusLine,
    ) -> None:
        self._session, self._open, self._status, self._error = session, open_other, status, error
        self.specimen: Specimen | None = None
        guarded = guard(error)
        self.title, self.told, self.numbers, self.symmetry = ipw.HTML(), ipw.HTML(), ipw.HTML(), ipw.HTML()
        self.back = button("Back", guarded(close))
        self.breed = button("Breed from this", guarded(self._fork), first=True)
        self.stage = OpenedStage(error.show, self._tell_body)
        self.network = Diagram("The network of the shape", height=420)
        self.ancestry = AncestryPane(session, guarded(self._open_step))
        self.files = FilesPane(self._named, error)
        self.public = PublicPane(session, self._take, self._say, error)
        self.form = KeepingForm(session, keep_line, self._keep)
        self._beside = Turns(lambda _nothing: None, error.show)
        self.page = self._lay_out()

    def show(self, specimen: Specimen) -> None:
        """Show a shape; what takes longer follows in steps."""
        self.specimen = specimen
        self.title.value = f"<h3><bdi>{escape(specimen.title)}</bdi></h3>"
        self.numbers.value = self.symmetry.value = ""
        self._say("")
        self.files.clear()
        self.form.show(specimen)
        self.public.show(specimen.shape)
        self.stage.show(specimen.genome, specimen.title)
        self._beside.begin(self._fill(specimen))

    def clear(self) -> None:
        """Leave undone what is under way."""
        self.specimen = None
        self._beside.drop()
        self.stage.clear()

    def _fill(self, specimen: Specimen) -> Iterator[None]:
        yield
        self.network.show(*words.draw_network(specimen.genome), selected="")
        yield
        self.symmetry.value = words.tell_symmetry(specimen.genome)
        yield
        for _ in self.ancestry.show(specimen):
            self._tell_body(self.stage.body)
            yield

    def _tell_body(self, body: Body | None) -> None:
        if body is not None:
            self.numbers.value = words.tell_numbers(self.specimen.genome, body, self.ancestry.number)

    def _named(self) -> tuple[str, Genome, Body | None]:
        return self.specimen.title, self.specimen.genome, self.stage.body

    def _fork(self) -> None:
        specimen = self.specimen
        self._session.tell("fork", Start(specimen.genome, specimen.shape.id if specimen.shape else None))

    def _open_step(self, step: Step) -> None:
        """Open an ancestor: as it is kept, where it is, else as it was bred."""
        if step.shape:
            self._open(specimen_from(read(self._session.store, step.shape, self._session.person)))
            return
        self._open(specimen_at(step))

    def _keep(self, shape: Shape, told: str) -> None:
        """Take what was just kept: it has a name, and a place in the gallery."""
        self._take(shape)
        self.form.show(self.specimen)
        self.public.show(shape)
        self._session.tell("stored", shape.id)
        self._say(told)

    def _say(self, told: str) -> None:
        """Say what was done, where one looks and in the status line, which is read aloud."""
        self.told.value = f"<p><b>{escape(told)}</b></p>" if told else ""
        self.told.layout.display = None if told else "none"
        if told:
            self._status.say(told)

    def _take(self, shape: Shape) -> None:
        self.specimen = replace(self.specimen, shape=shape, title=shape.name)
        self.title.value = f"<h3><bdi>{escape(shape.name)}</bdi></h3>"

    def _lay_out(self) -> ipw.Widget:
        bar = ipw.Box([self.back, self.breed, self.title]).add_class("dv-group")
        bar.layout.align_items = "center"
        stage = [
            bar,
            self.stage.box,
            self.ancestry.box,
            Fold("Its network", [ipw.HTML(NETWORK), self.network], is_open=True),
        ]
        numbers = Fold("Its numbers", [self.numbers, self.symmetry], is_open=True)
        details = [self.told, self.public.box, self.form.box, self.files.box, numbers]
        panes = [
            ipw.VBox(stage).add_class("dv-pane").add_class("dv-stage"),
            ipw.VBox(details).add_class("dv-pane").add_class("dv-details"),
        ]
        return ipw.Box(panes).add_class("dv-panes").add_class("dv-two")
