"""The generations so far, as pictures of what was chosen in each, and the way back to any of them."""

from collections.abc import Callable, Iterator

import ipywidgets as ipw

from nbutils.forms.breeding import Generation
from nbutils.forms.dashboards.breed_pictures import draw_together
from nbutils.forms.lineages import Lineage
from nbutils.neat import Genome
from nbutils.widgets.cards import Card, Cards
from nbutils.widgets.controls import slider

MOST_SHOWN = 9
SIDE = 84
EMPTY = "Each generation will have a picture here, to go back to it with a click."


class History:
    """A strip of generations around the present one, and a slider over all of them.

    go_to : go_to(place) is called with the place of a generation in the lineage
    """

    def __init__(self, go_to: Callable[[int], object]) -> None:
        self._go_to, self._first, self._setting = go_to, 0, False
        self.cards = Cards("Generations", EMPTY, things="generations", side=SIDE)
        self.slider = slider("Go to generation", 0, 0, 1, 1, wait=True)
        self.cards.on_open(lambda index: self._go_to(self._first + index))
        self.slider.observe(lambda change: None if self._setting else self._go_to(change["new"]), "value")
        title = ipw.HTML("<h3>What you chose, generation by generation</h3>")
        head = ipw.Box([title, self.slider]).add_class("dv-plot-head")
        self.box = ipw.VBox([head, self.cards]).add_class("dv-stack")
        self.slider.layout.display = "none"

    def show(self, lineage: Lineage) -> Iterator[None]:
        """Show the strip at once, with the pictures that are there; yield while those that are not are drawn."""
        last = len(lineage.path) - 1
        self._setting = True
        try:
            self.slider.max, self.slider.value = float(max(1, last)), lineage.at
            self.slider.layout.display = None if last >= MOST_SHOWN else "none"
        finally:
            self._setting = False
        if not last:
            self.cards.clear()
            return
        self._first = max(0, min(lineage.at - MOST_SHOWN // 2, last - MOST_SHOWN + 1))
        places = range(self._first, min(last + 1, self._first + MOST_SHOWN))
        pictures = []
        for place in places:
            pictures.append(draw_together(find_chosen(lineage, place)))
            yield
        cards = [
            Card(name_short(lineage.path[place].number), tell_chosen(lineage, place), picture)
            for place, picture in zip(places, pictures, strict=True)
        ]
        self.cards.show(cards, chosen=lineage.at - self._first)


def find_next(lineage: Lineage, place: int) -> Generation | None:
    """Return the generation that was bred from the one at a place, None where the lineage ends or begins anew."""
    behind = lineage.path[place + 1 : place + 2]
    return behind[0] if behind and behind[0].parent == lineage.path[place].id else None


def find_chosen(lineage: Lineage, place: int) -> list[Genome]:
    """Return the genomes that were selected in a generation, or where none were its first ones."""
    bred = find_next(lineage, place)
    organisms = lineage.path[place].organisms
    return [organisms[chosen].genome for chosen in bred.selected] if bred else [one.genome for one in organisms]


def tell_chosen(lineage: Lineage, place: int) -> str:
    """Return in a few words what was done with a generation."""
    bred = find_next(lineage, place)
    if place == lineage.at:
        return "shown"
    return f"{len(bred.selected)} chosen" if bred else "left"


def name_short(number: int) -> str:
    """Return what a generation is called under its picture."""
    return "first" if number == 0 else str(number)
