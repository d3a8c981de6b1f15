"""Looking at shapes: the front page, what is one's own, what was searched; who may see what."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sql
from sqlalchemy import func

from nbutils.forms.store import tables
from nbutils.forms.store.engine import Store, reading
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.ids import check_shape
from nbutils.forms.store.people import Person
from nbutils.forms.store.tables import people, ratings, shapes
from nbutils.forms.store.texts import clean_line, clean_tag, fold

ORDERS = ("rated", "newest", "forked")
MOST_SHOWN = 100
MOST_WORDS = 10
LONGEST_WORDS = 200
MOST_SKIPPED = 10_000_000
# The order "rated" is by a Bayesian mean: as if every shape had three ratings of three stars, the middle of the scale,
# beside its own. One friend's five stars (3.5) so stay behind the 4.2 of ten people (3.9). The formula is that of
# https://en.wikipedia.org/wiki/Bayesian_average.
PRIOR_RATINGS, PRIOR_STARS = 3.0, 3.0


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


def read(store: Store, identity: str, person: Person | None = None) -> Shape:
    """Return a shape; raise StoreError where there is none that this person may see."""
    asked = sql.select(shapes.c.id).where(shapes.c.id == check_shape(identity), may_see(person))
    with reading(store) as connection:
        seen = connection.scalar(asked)
        if seen is None:
            raise StoreError("This shape is not in the gallery, or no longer; it may be private to who made it.")
        return load(connection, [seen], person)[0]


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


def is_public() -> sql.ColumnElement[bool]:
    """Return the condition under which everybody sees a shape."""
    return sql.and_(shapes.c.published.is_not(None), sql.not_(shapes.c.hidden))


def may_see(person: Person | None) -> sql.ColumnElement[bool]:
    """Return the condition under which this person sees a shape: it is public, or their own."""
    return sql.or_(is_public(), shapes.c.person == person.id) if person else is_public()


def load(connection: sql.Connection, identities: Sequence[str], person: Person | None) -> tuple[Shape, ...]:
    """Return shapes in the order of their ids, as a person sees them; who may see them was asked before."""
    if not identities:
        return ()
    asked = sql.select(*(column for column in shapes.c if column.name != "words"), people.c.name.label("author")).join(
        people, people.c.id == shapes.c.person
    )
    rows = {row["id"]: row for row in connection.execute(asked.where(shapes.c.id.in_(identities))).mappings()}
    held = tables.tags
    words: dict[str, list[str]] = {}
    for identity, tag in connection.execute(
        sql.select(held.c.shape, held.c.tag).where(held.c.shape.in_(identities)).order_by(held.c.place)
    ):
        words.setdefault(identity, []).append(tag)
    rated = _by_shape(connection, _rated().where(ratings.c.shape.in_(identities)))
    forked = _by_shape(connection, _forked().where(shapes.c.forked_from.in_(identities)))
    mine = _by_shape(connection, _rated_by(person).where(ratings.c.shape.in_(identities))) if person else {}
    return tuple(
        _as_shape(
            rows[one],
            person,
            tuple(words.get(one, ())),
            rated.get(one, (0, 0)),
            forked.get(one, (0,))[0],
            mine.get(one, (0,))[0],
        )
        for one in identities
    )


def _as_shape(
    row: sql.RowMapping,
    person: Person | None,
    words: tuple[str, ...],
    rated: tuple[int, int],
    forks: int,
    my_stars: int,
) -> Shape:
    count, stars = rated
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
        stars=stars / count if count else 0.0,
        ratings=count,
        my_stars=my_stars,
        forks=forks,
        forked_from=row["forked_from"],
        generation=row["generation"],
        place=row["place"],
    )


def _rated() -> sql.Select:
    count, stars = func.count().label("count"), func.sum(ratings.c.stars).label("stars")
    return sql.select(ratings.c.shape, count, stars).group_by(ratings.c.shape)


def _rated_by(person: Person) -> sql.Select:
    return sql.select(ratings.c.shape, ratings.c.stars).where(ratings.c.person == person.id)


def _forked() -> sql.Select:
    count = func.count().label("count")
    return sql.select(shapes.c.forked_from, count).where(is_public()).group_by(shapes.c.forked_from)


def _by_shape(connection: sql.Connection, asked: sql.Select) -> dict[str, tuple[int, ...]]:
    return {identity: tuple(int(value) for value in values) for identity, *values in connection.execute(asked)}


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
        forked = _forked().subquery()
        joined = asked.outerjoin(forked, forked.c.forked_from == shapes.c.id)
        return joined.order_by(func.coalesce(forked.c.count, 0).desc(), *newest)
    rated = _rated().subquery()
    stars, count = func.coalesce(rated.c.stars, 0), func.coalesce(rated.c.count, 0)
    mean = (PRIOR_RATINGS * PRIOR_STARS + stars) / (PRIOR_RATINGS + count)
    return asked.outerjoin(rated, rated.c.shape == shapes.c.id).order_by(mean.desc(), *newest)
