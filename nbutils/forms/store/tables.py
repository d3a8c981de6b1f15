"""The tables of the gallery. Times are whole milliseconds since 1970 in UTC: every database sorts and divides them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

# A migration can change only what has a name (Alembic's manual, "The Importance of Naming Constraints").
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _refer_to_shape() -> Column:
    """Return the column of the shape that something is said of, which goes with it."""
    return Column("shape", String(16), ForeignKey("shapes.id", ondelete="CASCADE"), primary_key=True)


def _refer_to_person(**options: bool) -> Column:
    return Column("person", String(64), ForeignKey("people.id"), **options)


def _make_opinions(name: str, *said: Column) -> Table:
    """Return a table of what each person said of each shape, once."""
    return Table(name, metadata, _refer_to_shape(), _refer_to_person(primary_key=True), *said)


people = Table(
    "people",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the browser's key, which is kept nowhere
    Column("name", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
)

# Parents and what a shape comes from are no foreign keys: where one is missing, because a disk was full or because
# only a part of a gallery was merged, what descends from it is kept nonetheless and stands without ancestors.
generations = Table(
    "generations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("parent", String(32), index=True),
    Column("begun_from", String(16), index=True),  # the shape that was forked
    Column("number", Integer, nullable=False),
    Column("organisms", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # zlib of JSON: genomes, parents, selection, seed, strength
    _refer_to_person(nullable=False, index=True),
    Column("created", BigInteger, nullable=False, index=True),
)

shapes = Table(
    "shapes",
    metadata,
    Column("id", String(16), primary_key=True),
    _refer_to_person(nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("words", Text, nullable=False),  # name, description and tags as they are searched
    Column("genome", Text, nullable=False),
    Column("thumbnail", LargeBinary, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("published", BigInteger, index=True),  # empty: private
    Column("hidden", Boolean, nullable=False),
    Column("generation", String(32), index=True),
    Column("place", Integer),
    Column("forked_from", String(16), index=True),
)

tags = Table(
    "tags",
    metadata,
    _refer_to_shape(),
    Column("tag", Text, primary_key=True),
    Column("place", Integer, nullable=False),  # as the maker typed them
    Index("ix_tags_tag", "tag"),
)

ratings = _make_opinions(
    "ratings", Column("stars", Integer, nullable=False), Column("changed", BigInteger, nullable=False)
)
reports = _make_opinions(
    "reports", Column("reason", Text, nullable=False), Column("created", BigInteger, nullable=False)
)

# What a person is breeding: the generations from the first to the last that was made, and which of them is looked at.
breeding = Table(
    "breeding",
    metadata,
    _refer_to_person(primary_key=True),
    Column("path", Text, nullable=False),  # JSON list of generations
    Column("at", Integer, nullable=False),
    Column("changed", BigInteger, nullable=False),
)

# The registry of NEAT: what every innovation number stands for. `copy` is -1 for a link (neat.Structure has None).
innovations = Table(
    "innovations",
    metadata,
    Column("number", BigInteger, primary_key=True),
    Column("source", BigInteger, nullable=False),
    Column("target", BigInteger, nullable=False),
    Column("copy", Integer, nullable=False),
)

# What the store knows of itself, such as which starter gallery was merged into it.
notes = Table(
    "notes",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
