"""Generations of which not all organisms are held: the others can be bred again, nothing in them is left to chance.

The starter gallery is such: what its breeder selected and published is a fifth of what was seen.
"""

import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from nbutils.forms.breeding import Generation, Organism, begin, begin_from, evolve, name_generation
from nbutils.forms.generation_json import (
    GENERATION,
    LONGEST_JSON,
    MOST_ORGANISMS,
    pack_generation,
    read_heading,
    read_organism,
    unpack_text,
    write_organism,
)
from nbutils.forms.store.errors import StoreError
from nbutils.neat import Evolution, Genome
from nbutils.runs.parsing import check_whole, read_object, show, take, without_version

VERSION = 1
COUNT = "count"
WHAT = "A generation"


@dataclass(frozen=True)
class Held:
    """A generation as far as it is held.

    heading : all but its organisms
    organisms : place -> organism as JSON holds it
    count : how many organisms it has
    """

    heading: Generation
    organisms: Mapping[int, object]
    count: int

    def read(self, place: int) -> Organism | None:
        """Return one organism, None where it is not held; raise ValueError where it is none."""
        return read_organism(self.organisms[place]) if place in self.organisms else None


def pack(generation: Generation, places: Collection[int] | None = None) -> bytes:
    """Return a generation with these of its organisms, or all, as compressed JSON."""
    if places is None:
        return pack_generation(generation)
    organisms = {str(place): write_organism(generation.organisms[place]) for place in sorted(set(places))}
    held = {name: getattr(generation, name) for name in GENERATION}
    held |= {"version": VERSION, "organisms": organisms, COUNT: len(generation.organisms)}
    return pack_object(held)


def pack_object(written: object) -> bytes:
    """Return a generation as JSON holds it, compressed."""
    return zlib.compress(json.dumps(written, sort_keys=True, separators=(",", ":"), allow_nan=False).encode())


def unpack(packed: bytes) -> Held:
    """Read what `pack` wrote; raise ValueError for anything else."""
    return read(read_object(WHAT, unpack_text(packed), LONGEST_JSON))


def read(written: object) -> Held:
    """Read a generation as JSON holds it; raise ValueError for anything else. Organisms are checked when read."""
    if not isinstance(written, dict):
        raise ValueError(f"{WHAT} is a JSON object, got {show(written)}.")
    held = without_version(WHAT, written, VERSION)
    organisms = held.get("organisms")
    if isinstance(organisms, list):
        values, count = take(WHAT, held, GENERATION), len(organisms)
        places = dict(enumerate(organisms))
    else:
        values = take(WHAT, held, (*GENERATION, COUNT))
        count = check_whole("The number of organisms", values[COUNT], MOST_ORGANISMS)
        places = _read_places(organisms, count)
    if not 1 <= count <= MOST_ORGANISMS:
        raise ValueError(f"{WHAT} has 1 to {MOST_ORGANISMS} organisms, got {count}.")
    return Held(read_heading(values, ()), places, count)


def check(held: Held) -> None:
    """Raise ValueError for organisms that are none, and for an id that does not belong to a whole generation."""
    kept = {place: held.read(place) for place in held.organisms}
    if len(kept) == held.count:
        _assemble(held, kept)


def complete(held: Held, before: Generation | None, origin: Genome | None) -> Generation:
    """Return the whole generation: what is not held is bred again, with the settings of Table 3.1.

    before : the generation before, None for a first one; of it, only what was selected needs to be right
    origin : the genome of the shape that a first generation was forked from
    Raises StoreError where that does not give the same generation, and ValueError for organisms that are none.
    """
    bred = dict(enumerate(_breed(held, before, origin)))
    return _assemble(held, bred | {place: held.read(place) for place in held.organisms})


def _assemble(held: Held, organisms: Mapping[int, Organism]) -> Generation:
    organisms = tuple(organisms[place] for place in range(held.count))
    found = replace(held.heading, organisms=organisms)
    if name_generation(found) != found.id:
        raise StoreError(
            f"Generation {found.number} ({found.id[:8]}) cannot be made again as it was; only some of it is kept."
        )
    return found


def _breed(held: Held, before: Generation | None, origin: Genome | None) -> tuple[Organism, ...]:
    heading, settings = held.heading, replace(Evolution(), population_size=held.count)
    if heading.parent is not None:
        if before is None:
            raise StoreError("The generation before this one is not kept, so this one cannot be made again.")
        return tuple(evolve(before, heading.selected, settings, heading.seed, heading.strength))
    if heading.begun_from is None:
        return tuple(begin(heading.seed, settings))
    if origin is None:
        raise StoreError("The shape that this generation was bred from is not kept, so it cannot be made again.")
    return tuple(begin_from(origin, heading.seed, settings, heading.strength))


def _read_places(organisms: object, count: int) -> dict[int, object]:
    if not isinstance(organisms, dict):
        raise ValueError(f"The organisms of a generation are listed, or named by their places; got {show(organisms)}.")
    names = {str(place): place for place in range(count)}
    unknown = sorted(str(name)[:20] for name in organisms.keys() - names.keys())
    if unknown:
        raise ValueError(f"A generation of {count} organisms has no place {unknown[0]!r}.")
    return {names[name]: organism for name, organism in organisms.items()}
