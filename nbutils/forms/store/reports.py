"""What visitors report, and what the owner of the site hides: on the command line, so no login can be attacked."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sql
from sqlalchemy import func

from nbutils.forms.store.engine import Store, insert_or_replace, now, reading, write
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.ids import check_shape
from nbutils.forms.store.people import Person, keep_person
from nbutils.forms.store.tables import reports as held
from nbutils.forms.store.tables import shapes
from nbutils.forms.store.texts import LONGEST_REASON, clean_paragraphs
from nbutils.forms.store.viewing import Shape, load, may_see

MOST_LISTED = 1_000


@dataclass(frozen=True)
class Report:
    """A shape that somebody reported.

    people : how many did
    reasons : what they wrote, the newest first
    """

    shape: Shape
    people: int
    reasons: tuple[str, ...]
    newest: dt.datetime


def report(store: Store, person: Person, identity: str, reason: str) -> None:
    """Tell the owner of the site of a shape; who reports it again changes the reason.

    Raises StoreError for a reason that is too long, and for shapes that this person does not see.
    """
    check_shape(identity)
    reason = clean_paragraphs("The reason", reason, LONGEST_REASON)

    def act(connection: sql.Connection) -> None:
        seen = connection.scalar(sql.select(shapes.c.id).where(shapes.c.id == identity, may_see(person)))
        if seen is None:
            raise StoreError("This shape is not in the gallery, or no longer.")
        keep_person(connection, person)
        insert_or_replace(
            connection, held, {"shape": identity, "person": person.id, "reason": reason, "created": now()}
        )

    write(store, act)


def reports(store: Store) -> tuple[Report, ...]:
    """Return the shapes that were reported, those that most people reported first."""
    with reading(store) as connection:
        count, newest = func.count(), func.max(held.c.created)
        asked = sql.select(held.c.shape, count, newest).group_by(held.c.shape)
        rows = connection.execute(asked.order_by(count.desc(), newest.desc()).limit(MOST_LISTED)).all()
        found = load(connection, [identity for identity, _, _ in rows], None)
        return tuple(
            Report(shape, number, _read_reasons(connection, shape.id), dt.datetime.fromtimestamp(last / 1_000, dt.UTC))
            for shape, (_, number, last) in zip(found, rows, strict=True)
        )


def hide(store: Store, identity: str, hidden: bool = True) -> None:
    """Hide a shape from everybody but its maker, or show it again. Raises StoreError where there is none."""
    check_shape(identity)

    def act(connection: sql.Connection) -> None:
        if not connection.execute(shapes.update().where(shapes.c.id == identity).values(hidden=hidden)).rowcount:
            raise StoreError(f"There is no shape {identity} in the gallery.")

    write(store, act)


def list_shapes(store: Store, most: int = MOST_LISTED) -> tuple[Shape, ...]:
    """Return shapes, hidden and private ones too, the newest first: for the owner of the site only."""
    with reading(store) as connection:
        found = connection.scalars(sql.select(shapes.c.id).order_by(shapes.c.created.desc(), shapes.c.id).limit(most))
        return load(connection, found.all(), None)


def _read_reasons(connection: sql.Connection, identity: str) -> tuple[str, ...]:
    asked = sql.select(held.c.reason).where(held.c.shape == identity, held.c.reason != "")
    return tuple(connection.scalars(asked.order_by(held.c.created.desc()).limit(MOST_LISTED)))
