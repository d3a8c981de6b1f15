"""Another gallery merged into this one: what is here stays as it is, nothing is doubled."""

from dataclasses import dataclass, field

import sqlalchemy as sql

from nbutils.forms.store.engine import Store, find_known, insert_missing, insert_newer, write
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.exchange_lines import read_lines
from nbutils.forms.store.innovations import keep_structures
from nbutils.forms.store.shapes import gather_words, keep_tags
from nbutils.forms.store.tables import generations, people, ratings, shapes
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
    held = {"person": gallery.people, "generation": gallery.generations, "shape": gallery.shapes}
    for kind, row in read_lines(data, trusted):
        if kind == "innovation":
            gallery.structures.add(row)
        elif kind == "rating":
            gallery.ratings[row["shape"], row["person"]] = row
        else:
            held[kind][row["id"]] = row
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


def _check_references(gallery: Gallery) -> None:
    for row in (*gallery.generations.values(), *gallery.shapes.values(), *gallery.ratings.values()):
        if row["person"] not in gallery.people:
            raise StoreError("This gallery names a person who is not in it: it was cut off, or put together by hand.")
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
