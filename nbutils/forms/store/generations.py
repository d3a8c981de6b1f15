"""Generations as they were bred, what a person is breeding, and the line that led to an organism."""

import datetime as dt
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sql

from nbutils.forms.breeding import Generation
from nbutils.forms.generation_json import unpack_generation
from nbutils.forms.lineages import MOST_GENERATIONS, Lineage
from nbutils.forms.store import ids, sparse
from nbutils.forms.store.engine import Store, find_known, insert_missing, insert_or_replace, now, reading, write
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.innovations import keep_structures, list_structures
from nbutils.forms.store.people import Person, keep_person
from nbutils.forms.store.tables import breeding, generations, shapes
from nbutils.forms.store.viewing import may_see
from nbutils.neat import Changes, Genome, from_json

MOST_ANCESTORS = 1_000
MOST_BRED_AGAIN = 50


@dataclass(frozen=True)
class Ancestor:
    """A step of the line that led to an organism.

    changes : what mutations did here; None for a new network and for one that was carried over as it is
    shape : id of the shape that this person sees and that was kept of this organism, "" for none
    begun_from : id of the shape that its generation began with, None for all others
    """

    generation: str
    number: int
    place: int
    genome: Genome
    changes: Changes | None
    shape: str
    begun_from: str | None
    created: dt.datetime


def keep_generation(
    store: Store, person: Person, generation: Generation, places: Collection[int] | None = None
) -> None:
    """Keep a generation, once however often it is kept.

    places : the organisms that are held; the others are bred again when it is read. None: all
    Raises StoreError.
    """
    row = _as_row(person, generation, places)
    structures = list_structures(organism.genome for organism in generation.organisms)

    def act(connection: sql.Connection) -> None:
        keep_person(connection, person)
        insert_missing(connection, generations, [row])
        keep_structures(connection, structures)

    write(store, act)


def read_generation(store: Store, identity: str) -> Generation:
    """Return a generation with all of its organisms; raise StoreError where it is not kept, or damaged."""
    ids.check_generation(identity)
    with reading(store) as connection, _doubting():
        return _read_generation(connection, identity)


def keep_breeding(store: Store, person: Person, lineage: Lineage) -> None:
    """Keep what somebody is breeding, with all its generations, in place of what they were breeding before."""
    path = [generation.id for generation in lineage.path]
    with reading(store) as connection:
        known = find_known(connection, generations.c.id, path)
    fresh = [generation for generation in lineage.path if generation.id not in known]
    rows = [_as_row(person, generation, None) for generation in fresh]
    structures = list_structures(organism.genome for generation in fresh for organism in generation.organisms)

    def act(connection: sql.Connection) -> None:
        keep_person(connection, person)
        insert_missing(connection, generations, rows)
        keep_structures(connection, structures)
        row = {"person": person.id, "path": json.dumps(path), "at": lineage.at, "changed": now()}
        insert_or_replace(connection, breeding, row)

    write(store, act)


def read_breeding(store: Store, person: Person) -> Lineage | None:
    """Return what somebody was breeding when they left, None where there is nothing. Raises StoreError."""
    with reading(store) as connection, _doubting():
        asked = sql.select(breeding.c.path, breeding.c.at).where(breeding.c.person == person.id)
        row = connection.execute(asked).one_or_none()
        if row is None:
            return None
        path = json.loads(row.path)[-MOST_GENERATIONS:]
        return Lineage(tuple(_read_generation(connection, identity) for identity in path), row.at)


def ancestry(
    store: Store, identity: str, most: int = 100, place: int = 0, person: Person | None = None
) -> tuple[Ancestor, ...]:
    """Return the line that led to a shape, or to an organism of a generation: itself first, the first network last.

    Of two parents the first is followed; where a line began with somebody's shape, it goes on with what led to that.
    identity : id of a shape, or of a generation, whose organism at `place` is meant
    """
    found: list[Ancestor] = []
    is_generation = isinstance(identity, str) and ids.GENERATION.fullmatch(identity)
    with reading(store) as connection, _doubting():
        at = (identity, place) if is_generation else _find_origin(connection, ids.check_shape(identity))
        seen = set()
        while at is not None and at not in seen and len(found) < min(most, MOST_ANCESTORS):
            seen.add(at)
            at = _step_back(connection, at, person, found)
    return tuple(found)


def _step_back(
    connection: sql.Connection, at: tuple[str, int], person: Person | None, found: list[Ancestor]
) -> tuple[str, int] | None:
    """Add who stands at a place of a generation, and return where its parent stands."""
    identity, place = at
    row = _find_row(connection, identity)
    if row is None:
        return None
    held = sparse.unpack(bytes(row.body))
    organism = held.read(place) if place < held.count else None
    if organism is None and place < held.count:
        organism = _read_generation(connection, identity).organisms[place]
    if organism is None:
        return None
    heading = held.heading
    shape = connection.scalar(
        sql.select(shapes.c.id)
        .where(shapes.c.generation == identity, shapes.c.place == place, may_see(person))
        .order_by(shapes.c.created)
        .limit(1)
    )
    created = dt.datetime.fromtimestamp(row.created / 1_000, dt.UTC)
    step = (organism.genome, organism.changes, shape or "", heading.begun_from)
    found.append(Ancestor(identity, heading.number, place, *step, created))
    if heading.parent and organism.parents:
        return heading.parent, organism.parents[0]
    return _find_origin(connection, heading.begun_from) if heading.begun_from else None


def _find_origin(connection: sql.Connection, shape: str) -> tuple[str, int] | None:
    """Return where a shape was bred, None where nobody knows."""
    row = connection.execute(sql.select(shapes.c.generation, shapes.c.place).where(shapes.c.id == shape)).one_or_none()
    return None if row is None or None in tuple(row) else tuple(row)


def _read_generation(connection: sql.Connection, identity: str, depth: int = 0) -> Generation:
    """Return a whole generation; where what was selected before it is not held, that is bred again, too."""
    if depth > MOST_BRED_AGAIN:
        raise StoreError(f"Of more than {MOST_BRED_AGAIN} generations in a row nothing is kept that was selected.")
    row = _find_row(connection, identity)
    if row is None:
        raise StoreError(f"Generation {identity[:8]} is not in the gallery; go on from another one.")
    held = sparse.unpack(bytes(row.body))
    if len(held.organisms) == held.count:
        return unpack_generation(bytes(row.body))
    heading = held.heading
    return sparse.complete(held, _read_selected(connection, held, depth), _read_origin(connection, heading.begun_from))


def _read_selected(connection: sql.Connection, held: sparse.Held, depth: int) -> Generation | None:
    """Return the generation before with what was selected of it; the other places repeat one of these."""
    row = _find_row(connection, held.heading.parent) if held.heading.parent else None
    if row is None:
        return None
    before = sparse.unpack(bytes(row.body))
    selected = {place: before.read(place) for place in held.heading.selected}
    if None in selected.values():
        return _read_generation(connection, before.heading.id, depth + 1)
    stand_in = next(iter(selected.values()))
    organisms = tuple(selected.get(place, stand_in) for place in range(before.count))
    return Generation(**{**vars(before.heading), "organisms": organisms})


def _read_origin(connection: sql.Connection, shape: str | None) -> Genome | None:
    genome = shape and connection.scalar(sql.select(shapes.c.genome).where(shapes.c.id == shape))
    return from_json(genome) if genome else None


@contextmanager
def _doubting() -> Iterator[None]:
    """Turn what is wrong with a generation that was kept into StoreError."""
    try:
        yield
    except StoreError:
        raise
    except ValueError as error:
        raise StoreError(f"A generation of the gallery is damaged: {error}") from error


def _find_row(connection: sql.Connection, identity: str) -> sql.Row | None:
    asked = sql.select(generations.c.body, generations.c.created).where(generations.c.id == identity)
    return connection.execute(asked).one_or_none()


def _as_row(person: Person, generation: Generation, places: Collection[int] | None) -> dict[str, object]:
    return {
        "id": generation.id,
        "parent": generation.parent,
        "begun_from": generation.begun_from,
        "number": generation.number,
        "organisms": len(generation.organisms),
        "body": sparse.pack(generation, places),
        "person": person.id,
        "created": now(),
    }
