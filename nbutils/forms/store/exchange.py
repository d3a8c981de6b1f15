"""A whole gallery as one file, and another gallery merged into this one."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sql

from nbutils.forms.generation_json import unpack_text
from nbutils.forms.store import tables
from nbutils.forms.store.engine import Store, find_known, insert_missing, insert_newer, reading, write
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.exchange_lines import SHAPE, read_lines, write_lines
from nbutils.forms.store.innovations import LINK, keep_structures
from nbutils.forms.store.people import Person
from nbutils.forms.store.shapes import gather_words, keep_tags
from nbutils.forms.store.tables import generations, innovations, people, ratings, shapes
from nbutils.forms.store.viewing import is_public
from nbutils.neat.innovations import Structure


@dataclass(frozen=True)
class Merged:
    """What a merge did.

    added, known : shapes that were new here, and those that were here already and stayed as they were
    generations, people, ratings : new ones
    """

    added: int
    known: int
    generations: int
    people: int
    ratings: int


@dataclass(frozen=True)
class Gallery:
    """What an exported gallery holds, as rows of the tables."""

    people: dict[str, dict] = field(default_factory=dict)
    generations: dict[str, dict] = field(default_factory=dict)
    shapes: dict[str, dict] = field(default_factory=dict)
    ratings: dict[tuple[str, str], dict] = field(default_factory=dict)
    structures: set[Structure] = field(default_factory=set)


def export_gallery(store: Store, published: bool = False, person: Person | None = None) -> bytes:
    """Return the gallery as one file: people by the hashes of their keys, generations, shapes, tags, ratings.

    published : leave out what is private or hidden, as for a file that others are to get
    person : only this person's shapes, what led to them, and no ratings
    Reports stay with the owner of the site, and what people are breeding at the moment with them.
    """
    with reading(store) as connection:
        wanted = is_public() if published else sql.true()
        if person is None:
            return write_lines(_list_records(connection, wanted))
        own = sql.and_(wanted, shapes.c.person == person.id)
        bred = _find_ancestors(connection, own)
        kept = {"person": {person.id, *bred.values()}, "generation": bred, "rating": ()}
        records = _list_records(connection, own)
        return write_lines((kind, row) for kind, row in records if _name(kind, row) in kept.get(kind, (None,)))


def import_gallery(store: Store, data: bytes) -> Merged:
    """Merge an exported gallery into this one: what is known stays as it is here, hidden or not; nothing is doubled.

    Of two ratings that a person gave a shape the later one counts. Pictures are drawn anew.
    Raises StoreError, with the line, for a file that no gallery of ours wrote; then nothing was merged.
    """
    gallery = read_gallery(data)
    return write(store, lambda connection: merge(connection, gallery))


def read_gallery(data: bytes, trusted: bool = False) -> Gallery:
    """Return what an exported gallery holds; raise StoreError for anything else.

    trusted : the file is our own: its genomes and pictures are taken as they are
    """
    gallery = Gallery()
    for kind, row in read_lines(data, trusted):
        if kind == "innovation":
            gallery.structures.add(row)
        elif kind == "rating":
            gallery.ratings[row["shape"], row["person"]] = row
        else:
            {"person": gallery.people, "generation": gallery.generations, "shape": gallery.shapes}[kind][row["id"]] = (
                row
            )
    _check_references(gallery)
    return gallery


def merge(connection: sql.Connection, gallery: Gallery) -> Merged:
    """Insert what is not here yet, in a transaction that is under way."""
    fresh = _find_fresh(connection, shapes, gallery.shapes)
    bred = _find_fresh(connection, generations, gallery.generations)
    somebody = _find_fresh(connection, people, gallery.people)
    rated = _count(connection, ratings)
    insert_missing(connection, people, somebody)
    insert_missing(connection, generations, bred)
    insert_missing(connection, shapes, [_as_row(shape) for shape in fresh])
    for shape in fresh:
        keep_tags(connection, shape["id"], shape["tags"])
    insert_newer(connection, ratings, list(gallery.ratings.values()), "changed")
    keep_structures(connection, gallery.structures)
    rated = _count(connection, ratings) - rated
    return Merged(len(fresh), len(gallery.shapes) - len(fresh), len(bred), len(somebody), rated)


def _name(kind: str, row: dict) -> str | None:
    """Return which person or generation a record is; None for what goes with the shapes."""
    return {"person": row.get("id"), "generation": row.get("bred", {}).get("id"), "rating": ""}.get(kind)


def _find_ancestors(connection: sql.Connection, wanted: sql.ColumnElement[bool]) -> dict[str, str]:
    """Return the generations that shapes were bred in, and all that led to these, with who bred them."""
    homes = dict(connection.execute(sql.select(shapes.c.id, shapes.c.generation)).all())
    columns = generations.c
    rows = connection.execute(sql.select(columns.id, columns.parent, columns.begun_from, columns.person)).all()
    parents = {row.id: row.parent or homes.get(row.begun_from) for row in rows}
    makers = {row.id: row.person for row in rows}
    found: dict[str, str] = {}
    for home in connection.scalars(sql.select(shapes.c.generation).where(wanted)):
        while home in parents and home not in found:
            found[home] = makers[home]
            home = parents[home]
    return found


def _list_records(connection: sql.Connection, wanted: sql.ColumnElement[bool]) -> Iterator[tuple[str, dict]]:
    """Yield people first and what refers to them later, everything in a fixed order."""
    chosen = sql.select(shapes.c.id).where(wanted)
    rated = sql.select(ratings).where(ratings.c.shape.in_(chosen))
    makers = sql.union(
        sql.select(shapes.c.person).where(wanted),
        sql.select(generations.c.person),
        sql.select(rated.subquery().c.person),
    )
    for row in _read(connection, sql.select(people).where(people.c.id.in_(makers)).order_by(people.c.id)):
        yield "person", dict(row)
    for row in _read(connection, sql.select(innovations).order_by(innovations.c.number)):
        yield "innovation", {**row, "copy": None if row["copy"] == LINK else row["copy"]}
    for row in _read(connection, sql.select(generations).order_by(generations.c.created, generations.c.id)):
        bred = json.loads(unpack_text(bytes(row["body"])))
        yield "generation", {"person": row["person"], "created": row["created"], "bred": bred}
    words: dict[str, list[str]] = {}
    for identity, tag in connection.execute(
        sql.select(tables.tags.c.shape, tables.tags.c.tag).order_by(tables.tags.c.shape, tables.tags.c.place)
    ):
        words.setdefault(identity, []).append(tag)
    for row in _read(connection, sql.select(shapes).where(wanted).order_by(shapes.c.created, shapes.c.id)):
        held = {
            "tags": words.get(row["id"], []),
            "genome": json.loads(row["genome"]),
            "thumbnail": base64.b64encode(bytes(row["thumbnail"])).decode(),
        }
        yield "shape", {name: held.get(name, row.get(name)) for name in SHAPE}
    for row in _read(connection, rated.order_by(ratings.c.shape, ratings.c.person)):
        yield "rating", dict(row)


def _read(connection: sql.Connection, asked: sql.Select) -> Iterable[sql.RowMapping]:
    return connection.execute(asked).mappings()


def _check_references(gallery: Gallery) -> None:
    for row in (*gallery.generations.values(), *gallery.shapes.values(), *gallery.ratings.values()):
        if row["person"] not in gallery.people:
            raise StoreError(
                "This gallery names a person who is not in it: it is cut off, or was put together by hand."
            )
    for shape, person in gallery.ratings:
        if shape not in gallery.shapes:
            raise StoreError("This gallery rates a shape that is not in it.")
        if gallery.shapes[shape]["person"] == person:
            raise StoreError("In this gallery somebody rated their own shape, which the program never allows.")


def _find_fresh(connection: sql.Connection, table: sql.Table, rows: dict[str, dict]) -> list[dict]:
    known = find_known(connection, table.c.id, list(rows))
    return [row for identity, row in rows.items() if identity not in known]


def _count(connection: sql.Connection, table: sql.Table) -> int:
    return connection.scalar(sql.select(sql.func.count()).select_from(table))


def _as_row(shape: dict) -> dict:
    row = {name: value for name, value in shape.items() if name != "tags"}
    return row | {"words": gather_words(shape["name"], shape["description"], shape["tags"])}
