"""Looking for shapes: the front page, what is one's own, words and tags."""

from dataclasses import dataclass

import sqlalchemy as sql
from sqlalchemy import func

from nbutils.forms.store import tables
from nbutils.forms.store.engine import Store, reading
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.people import Person
from nbutils.forms.store.tables import ratings, shapes
from nbutils.forms.store.texts import clean_line, clean_tag, fold
from nbutils.forms.store.viewing import Shape, count_forks, is_public, load

ORDERS = ("rated", "newest", "forked")
MOST_SHOWN = 100
MOST_WORDS = 10
LONGEST_WORDS = 200
MOST_SKIPPED = 10_000_000
# The order "rated" is by a Bayesian mean: as if every shape had three ratings of three stars, the middle of the scale,
# beside its own. One friend's five stars (3.5) so stay behind the four of ten people (3.8). The posterior mean
# under a Dirichlet prior, as site rankings have it: (C m + sum of the ratings) / (C + their number), C = 3, m = 3.
PRIOR_RATINGS, PRIOR_STARS = 3.0, 3.0


@dataclass(frozen=True)
class Query:
    """What to show: words that must all occur in name, description or tags, a tag, an order, and which page of it.

    Raises StoreError for what cannot be asked.
    """

    words: str = ""
    tag: str = ""
    order: str = "rated"
    mine: bool = False
    limit: int = 24
    offset: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", clean_line("A search", self.words, LONGEST_WORDS))
        if self.order not in ORDERS:
            raise StoreError(f"Shapes are shown by one of {', '.join(ORDERS)}; got {str(self.order)[:40]!r}.")
        for name, least, most in (("limit", 1, MOST_SHOWN), ("offset", 0, MOST_SKIPPED)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise StoreError(f"{name} is a whole number from {least} to {most:,}, got {str(value)[:40]}.")
        object.__setattr__(self, "tag", clean_tag(self.tag))


@dataclass(frozen=True)
class Page:
    """Some of the shapes that were asked for.

    total : how many there are
    """

    shapes: tuple[Shape, ...]
    total: int


def browse(store: Store, query: Query = Query(), person: Person | None = None) -> Page:
    """Return one page of shapes: public ones, or all of one's own.

    Ties are broken by age, the newest first.
    """
    with reading(store) as connection:
        asked = _where(query, person)
        total = connection.scalar(sql.select(func.count()).select_from(shapes).where(asked))
        found = connection.scalars(_ordered(query.order).where(asked).limit(query.limit).offset(query.offset))
        return Page(load(connection, found.all(), person), total)


def tags(store: Store, most: int = 40) -> tuple[tuple[str, int], ...]:
    """Return the tags of public shapes with how many carry them, the most frequent first."""
    count = func.count()
    asked = (
        sql.select(tables.tags.c.tag, count)
        .join(shapes, shapes.c.id == tables.tags.c.shape)
        .where(is_public())
        .group_by(tables.tags.c.tag)
        .order_by(count.desc(), tables.tags.c.tag)
        .limit(most)
    )
    with reading(store) as connection:
        return tuple((tag, number) for tag, number in connection.execute(asked))


def best_with_tag(connection: sql.Connection, tag: str, most: int) -> tuple[Shape, ...]:
    """Return the highest rated public shapes that carry a tag."""
    found = connection.scalars(_ordered("rated").where(_where(Query(tag=tag), None)).limit(most))
    return load(connection, found.all(), None)


def _where(query: Query, person: Person | None) -> sql.ColumnElement[bool]:
    if query.mine and person is None:
        return sql.false()
    conditions = [shapes.c.person == person.id if query.mine else is_public()]
    if query.tag:
        tagged = sql.select(tables.tags.c.shape).where(tables.tags.c.tag == query.tag)
        conditions.append(shapes.c.id.in_(tagged))
    words = fold(query.words).split()[:MOST_WORDS]
    conditions += [shapes.c.words.contains(word, autoescape=True) for word in words]
    return sql.and_(*conditions)


def _ordered(order: str) -> sql.Select:
    newest = func.coalesce(shapes.c.published, shapes.c.created).desc(), shapes.c.id
    asked = sql.select(shapes.c.id)
    if order == "newest":
        return asked.order_by(*newest)
    if order == "forked":
        return asked.order_by(count_forks().desc(), *newest)
    count, stars = func.count().label("count"), func.sum(ratings.c.stars).label("stars")
    rated = sql.select(ratings.c.shape, count, stars).group_by(ratings.c.shape).subquery()
    total, number = func.coalesce(rated.c.stars, 0), func.coalesce(rated.c.count, 0)
    mean = (PRIOR_RATINGS * PRIOR_STARS + total) / (PRIOR_RATINGS + number)
    return asked.outerjoin(rated, rated.c.shape == shapes.c.id).order_by(mean.desc(), *newest)
