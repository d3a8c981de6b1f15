"""Where a breeding begins: from scratch, from a published shape, or from a file."""

from collections.abc import Callable

import ipywidgets as ipw

from nbutils.forms.dashboards.gallery_words import show_card
from nbutils.forms.dashboards.session import Session, Start
from nbutils.neat import SPACE, Genome, from_json
from nbutils.widgets import ErrorLine, button, guard
from nbutils.widgets.cards import Cards
from nbutils.widgets.file_drop import FileDrop
from nbutils.widgets.fold import Fold

MOST_BYTES = 1_000_000
MOST_OFFERED = 6
OFFER = "Open this to see shapes that others published."
NONE = "No shape is published here yet: breed one and be the first."
FILE = "<p class='dv-quiet'>A file that this page saved as “network (JSON)”.</p>"


class StartPane:
    """Buttons and a chooser for a new beginning.

    scratch : called to begin from scratch
    """

    def __init__(self, session: Session, scratch: Callable[[], object], error: ErrorLine) -> None:
        self._session, self._shapes = session, ()
        guarded = guard(error)
        self.scratch = button("From scratch", scratch)
        self.published = Cards("Highly rated shapes", OFFER, things="shapes", side=84)
        self.file = FileDrop("Choose a file", self._take_file, (".json",), MOST_BYTES)
        self.choice = Fold("From a published shape", [self.published])
        self.box = Fold("Begin again", [self.scratch, self.choice, Fold("From a file", [ipw.HTML(FILE), self.file])])
        self.published.on_open(guarded(self._fork))
        self.choice.heading.observe(guarded(lambda change: change["new"] and self._offer()), "is_open")

    def _offer(self) -> None:
        from nbutils.forms.store import Query, browse

        page = browse(self._session.store, Query(limit=MOST_OFFERED), self._session.person)
        self._shapes = page.shapes
        if not page.shapes:
            self.published.clear(NONE)
            return
        self.published.show([show_card(shape) for shape in page.shapes])

    def _fork(self, index: int) -> None:
        shape = self._shapes[index]
        self._session.tell("fork", Start(from_json(shape.genome_json), shape.id))

    def _take_file(self, name: str, data: bytes) -> str:
        self._session.tell("fork", Start(read_genome(data)))
        return f"{name}: bred from it."


def read_genome(data: bytes) -> Genome:
    """Return the network of a shape in a file.

    Raises ValueError, as a sentence, for anything else.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise ValueError("This file is no text: choose one that was saved here as “network (JSON)”.") from None
    genome = from_json(text)
    if genome.ends != SPACE:
        raise ValueError(
            f"This network goes from {', '.join(genome.ends.inputs)} to {', '.join(genome.ends.outputs)}: it makes no "
            "shape. Choose one that was saved here."
        )
    return genome
