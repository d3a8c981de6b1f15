"""A whole gallery as one file, or what one person made."""

import base64
import json
from collections.abc import Iterator
from itertools import chain

import sqlalchemy as sql

from nbutils.forms.generation_json import unpack_text
from nbutils.forms.store.engine import Store, reading
from nbutils.forms.store.exchange_lines import SHAPE, write_lines
from nbutils.forms.store.innovations import LINK
from nbutils.forms.store.people import Person
from nbutils.forms.store.tables import generations, innovations, people, ratings, shapes, tags
from nbutils.forms.store.viewing import is_public

Records = Iterator[tuple[str, dict]]


def export_gallery(store: Store, published: bool = False, person: Person | None = None) -> bytes:
    """Return the gallery as one file: people by the hashes of their keys, generations, shapes, tags, ratings.

    published : leave out what is private or hidden, as for a file that others are to get
    person : only this person's shapes, what led to them, and no ratings
    In both of these files others who published nothing have no name, as on the pages.
    Reports stay with the owner of the site, and what people are breeding at the moment with them.
    """
    wanted = is_public() if published else sql.true()
    if person is None:
        bred, rated = sql.select(generations), ratings.c.shape.in_(sql.select(shapes.c.id).where(wanted))
    else:
        wanted = sql.and_(wanted, shapes.c.person == person.id)
        bred, rated = sql.select(generations).where(generations.c.id.in_(_find_ancestors(wanted))), sql.false()
    with reading(store) as connection:
        return write_lines(
            chain(
                _list_people(connection, wanted, bred, rated, _is_named(published, person)),
                _list_innovations(connection),
                _list_generations(connection, bred),
                _list_shapes(connection, wanted),
                _list_ratings(connection, rated),
            )
        )


def _find_ancestors(wanted: sql.ColumnElement[bool]) -> sql.Select:
    """Return the question for the generations that shapes were bred in, and for all that led to these."""
    begun = sql.select(shapes.c.generation.label("id")).where(wanted, shapes.c.generation.is_not(None))
    led, origin = begun.cte(recursive=True), shapes.alias("origin")
    before = sql.func.coalesce(generations.c.parent, origin.c.generation)
    step = (
        sql.select(before)
        .join(led, led.c.id == generations.c.id)
        .outerjoin(origin, origin.c.id == generations.c.begun_from)
        .where(before.is_not(None))
    )
    return sql.select(led.union(step).c.id)


def _is_named(published: bool, person: Person | None) -> sql.ColumnElement[bool]:
    """Return the condition under which somebody's name goes into the file."""
    if not published and person is None:
        return sql.true()
    known = people.c.id.in_(sql.select(shapes.c.person).where(is_public()))
    return known if person is None else sql.or_(known, people.c.id == person.id)


def _list_people(
    connection: sql.Connection,
    wanted: sql.ColumnElement[bool],
    bred: sql.Select,
    rated: sql.ColumnElement[bool],
    named: sql.ColumnElement[bool],
) -> Records:
    listed = sql.union(
        sql.select(shapes.c.person).where(wanted),
        bred.with_only_columns(generations.c.person),
        sql.select(ratings.c.person).where(rated),
    )
    name = sql.case((named, people.c.name), else_="").label("name")
    asked = sql.select(people.c.id, name, people.c.created).where(people.c.id.in_(listed)).order_by(people.c.id)
    for row in connection.execute(asked).mappings():
        yield "person", dict(row)


def _list_innovations(connection: sql.Connection) -> Records:
    for row in connection.execute(sql.select(innovations).order_by(innovations.c.number)).mappings():
        yield "innovation", {**row, "copy": None if row["copy"] == LINK else row["copy"]}


def _list_generations(connection: sql.Connection, bred: sql.Select) -> Records:
    for row in connection.execute(bred.order_by(generations.c.created, generations.c.id)).mappings():
        held = json.loads(unpack_text(bytes(row["body"])))
        yield "generation", {"person": row["person"], "created": row["created"], "bred": held}


def _list_shapes(connection: sql.Connection, wanted: sql.ColumnElement[bool]) -> Records:
    words: dict[str, list[str]] = {}
    for shape, tag in connection.execute(sql.select(tags.c.shape, tags.c.tag).order_by(tags.c.shape, tags.c.place)):
        words.setdefault(shape, []).append(tag)
    asked = sql.select(shapes).where(wanted).order_by(shapes.c.created, shapes.c.id)
    for row in connection.execute(asked).mappings():
        held = {
            "tags": words.get(row["id"], []),
            "genome": json.loads(row["genome"]),
            "thumbnail": base64.b64encode(bytes(row["thumbnail"])).decode(),
        }
        yield "shape", {name: held.get(name, row.get(name)) for name in SHAPE}


def _list_ratings(connection: sql.Connection, rated: sql.ColumnElement[bool]) -> Records:
    for row in connection.execute(sql.select(ratings).where(rated).order_by(*ratings.primary_key)).mappings():
        yield "rating", dict(row)
