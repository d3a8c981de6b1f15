"""Shapes as somebody sees them: who may see what, with what everybody thinks of it and what one said oneself."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sql
from sqlalchemy import func

from nbutils.forms.store.engine import Store, reading
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.ids import check_shape
from nbutils.forms.store.people import Person
from nbutils.forms.store.tables import people, ratings, shapes, tags


@dataclass(frozen=True)
class Shape:
    """A shape as somebody sees it.

    mine : who looks made it; only then it may be private (not public) or hidden by the owner of the site
    thumbnail : PNG
    stars, ratings : the mean of the ratings, 0 without any, and how many there are; my_stars : 0 for not rated
    forks : how many public shapes were bred from it
    generation, place : where it was bred
    """

    id: str
    name: str
    description: str
    tags: tuple[str, ...]
    author: str
    mine: bool
    public: bool
    hidden: bool
    created: dt.datetime
    genome_json: str
    thumbnail: bytes
    stars: float
    ratings: int
    my_stars: int
    forks: int
    forked_from: str | None
    generation: str | None
    place: int | None


def read(store: Store, identity: str, person: Person | None = None) -> Shape:
    """Return a shape; raise StoreError where there is none that this person may see."""
    with reading(store) as connection:
        found = _load(connection, sql.and_(shapes.c.id == check_shape(identity), may_see(person)), person)
    if not found:
        raise StoreError("This shape is not in the gallery, or no longer; it may be private to who made it.")
    return found[identity]


def load(connection: sql.Connection, identities: Sequence[str], person: Person | None) -> tuple[Shape, ...]:
    """Return shapes in the order of their ids, as a person sees them; who may see them was asked before."""
    found = _load(connection, shapes.c.id.in_(identities), person) if identities else {}
    return tuple(found[identity] for identity in identities)


def is_public(held: sql.FromClause = shapes) -> sql.ColumnElement[bool]:
    """Return the condition under which everybody sees a shape."""
    return sql.and_(held.c.published.is_not(None), sql.not_(held.c.hidden))


def may_see(person: Person | None) -> sql.ColumnElement[bool]:
    """Return the condition under which this person sees a shape: it is public, or their own."""
    return sql.or_(is_public(), shapes.c.person == person.id) if person else is_public()


def count_forks() -> sql.ScalarSelect[int]:
    """Return how many public shapes were bred from a shape, as a column."""
    forks = shapes.alias("forks")
    counted = sql.select(func.count()).select_from(forks)
    return counted.where(forks.c.forked_from == shapes.c.id, is_public(forks)).scalar_subquery()


def _ask() -> sql.Select:
    """Return the question for shapes, for who is given as `viewer`."""
    of_shape = ratings.c.shape == shapes.c.id
    columns = {
        "author": people.c.name,
        "stars": sql.select(func.sum(ratings.c.stars)).where(of_shape).scalar_subquery(),
        "ratings": sql.select(func.count()).select_from(ratings).where(of_shape).scalar_subquery(),
        "my_stars": sql.select(ratings.c.stars)
        .where(of_shape, ratings.c.person == sql.bindparam("viewer"))
        .scalar_subquery(),
        "forks": count_forks(),
    }
    return sql.select(shapes, *(column.label(name) for name, column in columns.items())).join(
        people, people.c.id == shapes.c.person
    )


ASKED = _ask()


def _load(connection: sql.Connection, chosen: sql.ColumnElement[bool], person: Person | None) -> dict[str, Shape]:
    rows = connection.execute(ASKED.where(chosen), {"viewer": person.id if person else ""}).mappings().all()
    words: dict[str, list[str]] = {row["id"]: [] for row in rows}
    tagged = sql.select(tags.c.shape, tags.c.tag).where(tags.c.shape.in_(list(words))).order_by(tags.c.place)
    for identity, tag in connection.execute(tagged) if rows else ():
        words[identity].append(tag)
    return {row["id"]: _as_shape(row, tuple(words[row["id"]]), person) for row in rows}


def as_new(row: Mapping[str, object], words: tuple[str, ...], person: Person) -> Shape:
    """Return a shape that was inserted a moment ago, as its maker sees it: nobody rated or forked it yet."""
    return _as_shape({**row, "author": person.name, "ratings": 0, "my_stars": 0, "forks": 0}, words, person)


def _as_shape(row: Mapping[str, object], words: tuple[str, ...], person: Person | None) -> Shape:
    return Shape(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        tags=words,
        author=row["author"],
        mine=person is not None and row["person"] == person.id,
        public=row["published"] is not None,
        hidden=row["hidden"],
        created=dt.datetime.fromtimestamp(row["created"] / 1_000, dt.UTC),
        genome_json=row["genome"],
        thumbnail=bytes(row["thumbnail"]),
        stars=int(row["stars"]) / row["ratings"] if row["ratings"] else 0.0,
        ratings=row["ratings"],
        my_stars=row["my_stars"] or 0,
        forks=row["forks"],
        forked_from=row["forked_from"],
        generation=row["generation"],
        place=row["place"],
    )
