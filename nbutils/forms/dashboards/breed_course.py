"""The course of a breeding: the generations so far, and the one that is being made."""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from nbutils.forms import breeding
from nbutils.forms.breeding import Generation, Organism
from nbutils.forms.dashboards.session import Start
from nbutils.forms.lineages import Lineage
from nbutils.neat import Evolution


class Brood:
    """A generation that is made one organism after the other.

    organisms : yields them, in the order of their places
    number : of the generation
    about : what `breeding.gather` takes beside them
    """

    def __init__(self, organisms: Iterator[Organism], number: int = 0, **about: object) -> None:
        self._coming, self.number, self._about = organisms, number, about
        self._made: list[Organism] = []

    def __iter__(self) -> Iterator[Organism]:
        """Yield the organisms; those that are made already come first."""
        place = 0
        while place < len(self._made) or self._make():
            yield self._made[place]
            place += 1

    def finish(self) -> Generation:
        """Return the generation; what is not made yet is made now."""
        while self._make():
            pass
        return breeding.gather(self._made, **self._about)

    def _make(self) -> bool:
        organism = next(self._coming, None)
        if organism is not None:
            self._made.append(organism)
        return organism is not None


class Course:
    """What is bred on a page; a generation that is under way joins the lineage with `settle`."""

    def __init__(self) -> None:
        self.lineage: Lineage | None = None
        self.brood: Brood | None = None
        self._evolved: Counter[str] = Counter()

    def begin(self, seed: int, evolution: Evolution) -> Brood:
        """Begin from scratch."""
        return self._take(Brood(breeding.begin(seed, evolution), seed=seed))

    def fork(self, start: Start, seed: int, evolution: Evolution, strength: float) -> Brood:
        """Begin from a genome; raises ValueError for one that is no shape."""
        organisms = breeding.begin_from(start.genome, seed, evolution, strength)
        brood = Brood(organisms, seed=seed, strength=strength, begun_from=start.shape)
        next(iter(brood))  # what cannot be bred from is refused before anything is given up for it
        return self._take(brood)

    def evolve(self, selected: tuple[int, ...], evolution: Evolution, strength: float) -> Brood:
        """Breed on from these places of the present generation, which is made whole first if it is not yet.

        Seeds follow from the generation, so that a breeding can be repeated; whoever goes back and evolves again gets
        other children. Raises ValueError where nothing is selected.
        """
        now = self.settle().now
        chosen = breeding.check_selected(selected, len(now.organisms))
        seed = self._draw_seed(now)
        organisms = breeding.evolve(now, chosen, evolution, seed, strength)
        return self._take(Brood(organisms, now.number + 1, seed=seed, before=now, selected=chosen, strength=strength))

    def settle(self) -> Lineage:
        """Make what is under way whole and return the lineage with it."""
        if self.brood is not None:
            generation, self.brood = self.brood.finish(), None
            self.lineage = Lineage((generation,)) if self.lineage is None else self.lineage.add(generation)
        return self.lineage

    def forget(self) -> None:
        """Leave all behind that was bred before what is under way."""
        self.lineage = None

    def move(self, lineage: Lineage) -> Generation:
        """Go to another place of the lineage, or to another lineage; return the generation there."""
        self.lineage, self.brood = lineage, None
        return lineage.now

    def _draw_seed(self, now: Generation) -> int:
        """Return a seed that neither was used before on this page nor gave what was undone, maybe before a reload."""
        undone = {one.seed for one in self.lineage.path[self.lineage.at + 1 : self.lineage.at + 2]}
        while True:
            seed = draw_seed(now.id, self._evolved[now.id])
            self._evolved[now.id] += 1
            if seed not in undone:
                return seed

    def _take(self, brood: Brood) -> Brood:
        if self.brood is not None:
            self.settle()
        self.brood = brood
        return brood


def draw_seed(generation: str, attempt: int) -> int:
    """Return the seed of the next generation: it follows from a generation's id and how often it was evolved."""
    return int.from_bytes(sha256(f"{generation} {attempt}".encode()).digest()[:4], "big")


def find_beginning(lineage: Lineage) -> Generation:
    """Return the first generation of what is shown: from scratch or forked, the newest of them."""
    path = lineage.path[: lineage.at + 1]
    return next((one for one in reversed(path) if one.parent is None), path[0])
