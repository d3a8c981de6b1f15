"""One generation of the family tree: its shapes, which of them were chosen, and breeding on from one."""

from collections.abc import Iterator

import ipywidgets as ipw

from nbutils.forms.breeding import Generation
from nbutils.forms.dashboards import family_words as words
from nbutils.forms.dashboards.breed_pictures import draw_together
from nbutils.forms.dashboards.family_pictures import read_shape
from nbutils.forms.dashboards.gallery_words import isolate
from nbutils.forms.dashboards.session import Session, Start
from nbutils.forms.store import Family, Shape, read_breeder, read_generation
from nbutils.forms.store.faces import read_chosen
from nbutils.widgets import ErrorLine, Turns, button, guard
from nbutils.widgets.cards import Card, Cards

SIDE = 72


class FamilyDetails:
    """What stands beside the tree; the shape with a ring is the one that is bred from, another one after a click."""

    def __init__(self, session: Session, error: ErrorLine) -> None:
        self._session = session
        self._generation: Generation | None = None
        self._shape: Shape | None = None
        self._place = 0
        guarded = guard(error)
        self.hint, self.told, self.chosen, self.alone = ipw.HTML(words.CHOOSE), ipw.HTML(), ipw.HTML(), ipw.HTML()
        self.alone.value = words.ALONE
        self.cards = Cards("Shapes of the generation", "", things="shapes", side=SIDE)
        self.cards.on_open(guarded(self.choose))
        self.breed = button("Breed from here", guarded(self._fork), first=True)
        self.open = button("Open the published shape", guarded(self._open))
        self._turns = Turns(lambda _nothing: None, error.show)
        acts = ipw.Box([self.breed, self.open]).add_class("dv-group")
        self._known = ipw.VBox([self.told, acts, self.alone, self.chosen, self.cards]).add_class("dv-stack")
        self.box = ipw.VBox([self.hint, self._known]).add_class("dv-stack")
        self.clear()

    def show(self, family: Family, node: int) -> None:
        """Show a generation; its pictures follow. Raises StoreError where it cannot be read."""
        generation = read_generation(self._session.store, family.ids[node])
        chosen = read_chosen(self._session.store, generation.id)
        self._shape = read_shape(self._session, family.shapes[node])
        breeder = read_breeder(self._session.store, generation.id)
        published = family.places[node] if self._shape is not None else -1
        self._generation = generation
        self._place = int(published) if published >= 0 else (chosen[0] if chosen else 0)
        self.told.value = words.tell_generation(generation, float(family.created[node]), self._shape, breeder)
        self.chosen.value = words.tell_chosen(chosen, len(generation.organisms))
        self.hint.layout.display, self._known.layout.display = "none", None
        self._follow_place()
        self._turns.begin(self._draw(generation, frozenset(chosen), int(published)))

    def clear(self, why: str = words.CHOOSE) -> None:
        """Show no generation."""
        self._turns.drop()
        self._generation = self._shape = None
        self.hint.value = why
        self.hint.layout.display, self._known.layout.display = None, "none"

    def choose(self, place: int) -> None:
        """Take a shape of the generation as the one to be bred from."""
        self._place = place
        self.cards.chosen = place
        self._follow_place()

    @property
    def _is_published(self) -> bool:
        return self._shape is not None and self._shape.place == self._place

    def _follow_place(self) -> None:
        self.open.layout.display = None if self._shape is not None else "none"
        self.alone.layout.display = "none" if self._is_published else None
        self.breed.text = f"Breed from shape {self._place + 1}"

    def _draw(self, generation: Generation, chosen: frozenset[int], published: int) -> Iterator[None]:
        """Draw the shapes one after the other, then show all of them."""
        self.cards.clear()
        self.cards.loading = True
        pictures = []
        for organism in generation.organisms:
            pictures.append(draw_together([organism.genome]))
            yield
        name = isolate(self._shape.name) if self._shape is not None else ""
        cards = [
            Card(str(place + 1), name if place == published else "chosen" if place in chosen else "", picture)
            for place, picture in enumerate(pictures)
        ]
        self.cards.show(cards, chosen=self._place)

    def _fork(self) -> None:
        genome = self._generation.organisms[self._place].genome
        self._session.tell("fork", Start(genome, self._shape.id if self._is_published else None))

    def _open(self) -> None:
        self._session.tell("open", self._shape)
