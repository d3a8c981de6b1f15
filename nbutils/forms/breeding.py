"""Generations of shapes: fifteen organisms each, children of what somebody selected and of nothing else.

`begin`, `begin_from` and `evolve` yield one organism after the other, so that a page shows each as it is made;
`gather` makes a generation of them. The same seed and the same selections give the same generations.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

import numpy as np

from nbutils.forms.fields import judge_genome
from nbutils.neat import (
    SPACE,
    Changes,
    Child,
    Evolution,
    Genome,
    Registry,
    make_child,
    make_first,
    next_generation,
    register_genome,
    strengthen,
    to_json,
)

MOST_REDRAWN = 20  # children that are no shapes, before their parent takes the place
MOST_FIRST = 500  # first networks that are no shapes, before a person is told
MOST_SEED = 2**53 - 1  # whole numbers that every reader of JSON keeps
STRENGTH = 1.0


@dataclass(frozen=True)
class Organism:
    """One shape of a generation.

    parents : places in the generation before: one, two after crossover, none in a first generation
    changes : what mutations did; None for a new network and for one that was carried over as it is
    redrawn : how many that were empty, full or specks were drawn in its place before
    """

    genome: Genome
    parents: tuple[int, ...] = ()
    changes: Changes | None = None
    redrawn: int = 0


@dataclass(frozen=True)
class Generation:
    """Organisms that are seen together.

    id : 32 hexadecimal digits that follow from all the rest
    parent : id of the generation before; None for a first one
    number : 0 for a first generation
    selected : places in the generation before, whose organisms are the parents
    strength : how many times as strong as in Table 3.1 mutations were
    begun_from : id of the shape that a first generation was forked from
    """

    id: str
    parent: str | None
    number: int
    organisms: tuple[Organism, ...]
    selected: tuple[int, ...]
    seed: int
    strength: float
    begun_from: str | None = None


def begin(seed: int, settings: Evolution, registry: Registry | None = None) -> Iterator[Organism]:
    """Yield a first generation from scratch: nearly empty networks, those drawn again that are no shapes.

    Raises ValueError for settings of which no shape comes.
    """
    random, registry = np.random.default_rng(check_seed(seed)), registry or Registry(SPACE)
    for _ in range(settings.population_size):
        yield _draw_first(registry, random, settings)


def begin_from(
    genome: Genome, seed: int, settings: Evolution, strength: float = STRENGTH, registry: Registry | None = None
) -> Iterator[Organism]:
    """Yield a first generation that is forked from a genome: the genome itself, then mutants of it.

    Raises ValueError for a genome that is no shape.
    """
    judged = judge_genome(genome)
    if judged:
        raise ValueError(f"This shape is {judged}: there is nothing to be bred from. Choose another one.")
    for organism in _breed((genome,), (0,), seed, strengthen(settings, strength), registry):
        yield Organism(organism.genome, (), organism.changes, organism.redrawn)


def evolve(
    generation: Generation,
    selected: Sequence[int],
    settings: Evolution,
    seed: int,
    strength: float = STRENGTH,
    registry: Registry | None = None,
) -> Iterator[Organism]:
    """Yield the next generation in the order of places: the selected organisms where they were, children around them.

    selected : places in the generation; in which order they were selected makes no difference
    Raises ValueError where nothing is selected, or what is not there.
    """
    chosen = check_selected(selected, len(generation.organisms))
    genomes = tuple(generation.organisms[place].genome for place in chosen)
    bred = _breed(genomes, chosen, seed, strengthen(settings, strength), registry)
    size = settings.population_size
    # What is carried over comes first; a place that the next generation has not is given up for the first free one.
    carried = {place: next(bred) for place in chosen[: size - 1] if place < size}
    for place in range(size):
        yield carried[place] if place in carried else next(bred)


def gather(
    organisms: Iterable[Organism],
    seed: int,
    before: Generation | None = None,
    selected: Sequence[int] = (),
    strength: float = STRENGTH,
    begun_from: str | None = None,
) -> Generation:
    """Return the generation of organisms that `begin`, `begin_from` or `evolve` yielded, with its id."""
    held = tuple(organisms)
    chosen = check_selected(selected, len(before.organisms)) if before else ()
    parent, number = (before.id, before.number + 1) if before else (None, 0)
    found = Generation("", parent, number, held, chosen, check_seed(seed), float(strength), begun_from)
    return Generation(name_generation(found), parent, number, held, chosen, found.seed, found.strength, begun_from)


def name_generation(generation: Generation) -> str:
    """Return the id of a generation: the first half of the SHA-256 of all that it is, so equal ones have equal ids."""
    held = [
        generation.parent,
        generation.number,
        generation.selected,
        generation.seed,
        generation.strength,
        generation.begun_from,
        [
            (to_json(one.genome), one.parents, one.changes and asdict(one.changes), one.redrawn)
            for one in generation.organisms
        ],
    ]
    return sha256(json.dumps(held, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:32]


def check_seed(seed: object) -> int:
    """Return a seed; raise ValueError for what is no whole number from 0 to 2^53 - 1."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
        raise ValueError(f"A seed is a whole number from 0 to {MOST_SEED:,}, got {str(seed)[:40]}.")
    return seed


def check_selected(selected: Sequence[int], organisms: int) -> tuple[int, ...]:
    """Return places in order; raise ValueError where there is none, or one that is not there."""
    if any(isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < organisms for place in selected):
        raise ValueError(f"Shapes are selected by their places, 0 to {organisms - 1}; got {str(list(selected))[:60]}.")
    if not selected:
        raise ValueError("Nothing is selected: select at least one shape to be the parent of the next generation.")
    return tuple(sorted(set(selected)))


def _draw_first(registry: Registry, random: np.random.Generator, settings: Evolution) -> Organism:
    for redrawn in range(MOST_FIRST):
        genome = make_first(registry, random, settings)
        if not judge_genome(genome):
            return Organism(genome, redrawn=redrawn)
    raise ValueError(
        f"None of {MOST_FIRST} new networks was a shape: with {', '.join(settings.functions)} as functions and these "
        "weights they are empty, full or specks. Choose functions that fall below 0 and rise above it."
    )


def _breed(
    genomes: Sequence[Genome], places: Sequence[int], seed: int, settings: Evolution, registry: Registry | None
) -> Iterator[Organism]:
    random, registry = np.random.default_rng(check_seed(seed)), registry or Registry(genomes[0].ends)
    for genome in genomes:
        register_genome(registry, genome)
    for child in next_generation(genomes, registry, random, settings):
        child, redrawn = _redraw(child, genomes, registry, random, settings)
        yield Organism(child.genome, tuple(places[place] for place in child.parents), child.changes, redrawn)


def _redraw(
    child: Child, genomes: Sequence[Genome], registry: Registry, random: np.random.Generator, settings: Evolution
) -> tuple[Child, int]:
    """Return the child or another one in its place, and how many were no shapes; in the end, its parent as it is."""
    redrawn = 0
    while child.changes is not None and judge_genome(child.genome):
        if redrawn == MOST_REDRAWN:
            parent = child.parents[0]
            return Child(genomes[parent], (parent,), None), redrawn
        child, redrawn = make_child(genomes, registry, random, settings), redrawn + 1
    return child, redrawn
