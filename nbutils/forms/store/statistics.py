"""How much was bred, by how many people, since when."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sql
from sqlalchemy import func

from nbutils.forms.store import tables
from nbutils.forms.store.engine import Store, reading
from nbutils.forms.store.tables import generations, people, ratings, shapes
from nbutils.forms.store.viewing import is_public

DAY = 86_400_000  # milliseconds


@dataclass(frozen=True)
class Day:
    """What one day (UTC) brought."""

    date: dt.date
    generations: int
    organisms: int
    people: int
    shapes: int
    ratings: int


@dataclass(frozen=True)
class Statistics:
    """What the gallery holds.

    organisms : all that were seen: every place of every generation, as the thesis counts (15 to a generation)
    people : who kept, published or rated something
    shapes, private : published and not hidden; kept for oneself
    tags : different ones on public shapes
    forks : generations that began with somebody's shape
    per_day : days on which anything happened, in order
    """

    generations: int
    organisms: int
    people: int
    shapes: int
    private: int
    tags: int
    ratings: int
    forks: int
    per_day: tuple[Day, ...]


def statistics(store: Store) -> Statistics:
    """Return what the gallery holds and what every day brought. Raises StoreError."""
    with reading(store) as connection:
        count = func.count()
        tagged = sql.select(func.count(sql.distinct(tables.tags.c.tag))).join(
            shapes, shapes.c.id == tables.tags.c.shape
        )
        counted = {
            "generations": sql.select(count).select_from(generations),
            "organisms": sql.select(func.coalesce(func.sum(generations.c.organisms), 0)),
            "people": sql.select(count).select_from(people),
            "shapes": sql.select(count).select_from(shapes).where(is_public()),
            "private": sql.select(count).select_from(shapes).where(shapes.c.published.is_(None)),
            "tags": tagged.where(is_public()),
            "ratings": sql.select(count).select_from(ratings),
            "forks": sql.select(count).select_from(generations).where(generations.c.begun_from.is_not(None)),
        }
        totals = {name: int(connection.scalar(asked)) for name, asked in counted.items()}
        per_day = _count_days(connection)
    return Statistics(**totals, per_day=per_day)


def _count_days(connection: sql.Connection) -> tuple[Day, ...]:
    counted = {
        "generations": _per_day(generations.c.created, func.count()),
        "organisms": _per_day(generations.c.created, func.sum(generations.c.organisms)),
        "people": _per_day(people.c.created, func.count()),
        "shapes": _per_day(shapes.c.published, func.count()).where(is_public()),
        "ratings": _per_day(ratings.c.changed, func.count()),
    }
    days: dict[int, dict[str, int]] = {}
    for name, asked in counted.items():
        for day, number in connection.execute(asked):
            days.setdefault(int(day), dict.fromkeys(counted, 0))[name] = int(number)
    start = dt.date(1970, 1, 1)
    return tuple(Day(start + dt.timedelta(days=day), **days[day]) for day in sorted(days))


def _per_day(column: sql.Column, number: sql.ColumnElement[int]) -> sql.Select:
    day = (column // DAY).label("day")
    return sql.select(day, number).group_by(day)
