"""The line that led to an opened shape, in pictures back to the first generation."""

from collections.abc import Callable, Iterator
from html import escape

import ipywidgets as ipw

from nbutils.forms.dashboards.breed_pictures import draw_together
from nbutils.forms.dashboards.gallery_words import count
from nbutils.forms.dashboards.opened_specimen import Specimen, Step, name_number, tell_changes, trace_back
from nbutils.forms.dashboards.session import Session
from nbutils.widgets.cards import Card, Cards

MOST_SHOWN = 40


class AncestryPane:
    """Pictures of the ancestors; open_step(step) is called with the one that is clicked."""

    def __init__(self, session: Session, open_step: Callable[[Step], object]) -> None:
        self._session, self._open_step = session, open_step
        self._steps: tuple[Step, ...] = ()
        self.number: int | None = None  # of the generation in which the shape came about, as soon as it is known
        self.cards = Cards("Ancestors", "No ancestors are known.", things="ancestors", side=96)
        self.told = ipw.HTML()
        self.cards.on_open(lambda index: self._open_step(self._steps[index]))
        self.box = ipw.VBox([ipw.HTML("<h3>Its ancestors</h3>"), self.told, self.cards]).add_class("dv-stack")

    def show(self, specimen: Specimen) -> Iterator[None]:
        """Show the line, newest first; yield while its pictures are drawn."""
        self.number, self._steps = None, ()
        self.told.value = ""
        self.cards.clear("The ancestors are being looked up.")
        try:
            steps = trace_back(specimen, self._session)
        except ValueError as error:  # a store that fails hides the ancestors, not the shape
            self.cards.clear("The ancestors cannot be seen now.")
            self.told.value = f"<p class='dv-stale'>{escape(str(error))}</p>"
            return
        self.number, self._steps = steps[0].number, steps[1 : MOST_SHOWN + 1]
        yield
        left = len(steps) - 1 - len(self._steps)
        self.told.value = f"<p class='dv-quiet'>{tell_line(steps, left)}</p>" if self._steps else ""
        pictures = []
        for step in self._steps:
            pictures.append(draw_together([step.genome]))
            yield
        if not self._steps:
            self.cards.clear("It has no ancestors: it came about here.")
            return
        self.cards.show(
            [
                Card(name_number(step.number).capitalize(), tell_changes(step), picture)
                for step, picture in zip(self._steps, pictures, strict=True)
            ]
        )


def tell_line(steps: tuple[Step, ...], left: int) -> str:
    """Return in a sentence how long the line is and what the last change did."""
    more = f" The {left} before those are in the store." if left else ""
    ancestors = count(len(steps) - 1, "ancestor")
    return f"{ancestors}, newest first; click one to see it. Last change: {tell_changes(steps[0])}.{more}"
