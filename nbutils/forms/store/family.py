"""The family tree of all generations (Figure 3.7 of the thesis) as arrays, and how long it runs without a branch."""

from collections import deque
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sql

from nbutils.forms.store.engine import Store, reading
from nbutils.forms.store.ids import check_generation
from nbutils.forms.store.people import Person
from nbutils.forms.store.tables import generations, people, shapes
from nbutils.forms.store.viewing import is_public, may_see


@dataclass(frozen=True)
class Family:
    """All generations, parents before their children.

    ids : n generations
    parents : (n,), int32, the place in this record of the generation that each came from, -1 for none; a generation
        that was forked from a shape comes from the one that this shape was bred in
    numbers : (n,), int32, 0 for a first generation
    forked : (n,), bool, whether it began with somebody's shape
    created : (n,), float64, seconds since 1970
    shapes : n ids of the first shape that was published of each, or "" for none
    places : (n,), int32, where in its generation that shape stands, -1 for none
    names : n names of these shapes, or "" for none
    mine : (n,), bool, whether who looks bred it
    """

    ids: tuple[str, ...]
    parents: np.ndarray
    numbers: np.ndarray
    forked: np.ndarray
    created: np.ndarray
    shapes: tuple[str, ...]
    places: np.ndarray
    names: tuple[str, ...]
    mine: np.ndarray


def family(store: Store, person: Person | None = None) -> Family:
    """Return the family tree; of shapes, those are named that this person may see. Raises StoreError."""
    columns = generations.c
    with reading(store) as connection:
        asked = sql.select(*(columns[name] for name in ("id", "parent", "begun_from", "number", "created", "person")))
        rows = connection.execute(asked.order_by(columns.created, columns.number, columns.id)).all()
        homes = dict(connection.execute(sql.select(shapes.c.id, shapes.c.generation)).all())
        named = (shapes.c.generation, shapes.c.id, shapes.c.place, shapes.c.name)
        seen = sql.select(*named).where(may_see(person))
        oldest_last = connection.execute(seen.order_by(shapes.c.created.desc()))
        kept = {home: shape for home, *shape in oldest_last}
    known = {row.id: place for place, row in enumerate(rows)}
    parents = [known.get(row.parent or homes.get(row.begun_from), -1) for row in rows]
    order, parents = sort_family(np.array(parents, np.int32))
    rows = [rows[place] for place in order]
    shown = [kept.get(row.id, ("", -1, "")) for row in rows]
    return Family(
        tuple(row.id for row in rows),
        parents,
        np.array([row.number for row in rows], np.int32),
        np.array([row.begun_from is not None for row in rows], bool),
        np.array([row.created / 1_000 for row in rows], np.float64),
        tuple(shape for shape, _, _ in shown),
        np.array([-1 if place is None else place for _, place, _ in shown], np.int32),
        tuple(name for _, _, name in shown),
        np.array([person is not None and row.person == person.id for row in rows], bool),
    )


def read_breeder(store: Store, generation: str) -> str:
    """Return the name of who bred a generation, "" unless they published something under it. Raises StoreError."""
    published = sql.select(shapes.c.person).where(is_public())
    asked = sql.select(people.c.name).join(generations, generations.c.person == people.c.id)
    with reading(store) as connection:
        named = asked.where(generations.c.id == check_generation(generation), people.c.id.in_(published))
        return connection.scalar(named) or ""


def sort_family(parents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return an order in which parents come before their children, and the parents in it.

    parents : (n,), int32, -1 for none
    returned : (n,), int32, places in the order given; (n,), int32, parents as places in the new order
    Merged galleries may claim anything: a circle of generations that descend from themselves is cut open.
    """
    children: list[list[int]] = [[] for _ in parents]
    roots = []
    for place, parent in enumerate(parents.tolist()):
        (children[parent] if parent >= 0 else roots).append(place)
    position = np.full(len(parents), -1, np.int32)
    order: list[int] = []
    for start in (*roots, *range(len(parents))):
        waiting = deque([start] if position[start] < 0 else [])
        while waiting:
            place = waiting.popleft()
            if position[place] < 0:
                position[place] = len(order)
                order.append(place)
                waiting.extend(children[place])
    found = np.array(order, np.int32)
    above = np.where(parents[found] >= 0, position[parents[found]], -1).astype(np.int32)
    return found, np.where(above < np.arange(len(found)), above, -1).astype(np.int32)


def measure_runs(parents: np.ndarray) -> np.ndarray:
    """Return how many generations each unbranched run has (section 3.5 of the thesis: many short, some long).

    A run begins with a first generation or behind a branch, and ends with a last generation or where two begin.
    parents : (n,), int32, before their children, -1 for none
    returned : (runs,), int32, in the order of their first generations
    """
    children = np.bincount(parents[parents >= 0], minlength=len(parents))
    run = np.zeros(len(parents), np.int32)
    runs = 0
    for place, parent in enumerate(parents.tolist()):
        if parent >= 0 and children[parent] == 1:
            run[place] = run[parent]
        else:
            run[place] = runs
            runs += 1
    return np.bincount(run, minlength=runs).astype(np.int32)
