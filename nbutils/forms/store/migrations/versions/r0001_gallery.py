"""The gallery as it was first: people, generations, shapes with tags, ratings and reports, breeding, innovations."""

import sqlalchemy as sql
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "people",
        sql.Column("id", sql.String(64), primary_key=True),
        sql.Column("name", sql.Text, nullable=False),
        sql.Column("created", sql.BigInteger, nullable=False),
    )
    op.create_table(
        "generations",
        sql.Column("id", sql.String(32), primary_key=True),
        sql.Column("parent", sql.String(32), index=True),
        sql.Column("begun_from", sql.String(16), index=True),
        sql.Column("number", sql.Integer, nullable=False),
        sql.Column("organisms", sql.Integer, nullable=False),
        sql.Column("body", sql.LargeBinary, nullable=False),
        _refer_to_person(nullable=False, index=True),
        sql.Column("created", sql.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "shapes",
        sql.Column("id", sql.String(16), primary_key=True),
        _refer_to_person(nullable=False, index=True),
        sql.Column("name", sql.Text, nullable=False),
        sql.Column("description", sql.Text, nullable=False),
        sql.Column("words", sql.Text, nullable=False),
        sql.Column("genome", sql.Text, nullable=False),
        sql.Column("thumbnail", sql.LargeBinary, nullable=False),
        sql.Column("created", sql.BigInteger, nullable=False),
        sql.Column("published", sql.BigInteger, index=True),
        sql.Column("hidden", sql.Boolean, nullable=False),
        sql.Column("generation", sql.String(32), index=True),
        sql.Column("place", sql.Integer),
        sql.Column("forked_from", sql.String(16), index=True),
    )
    _make_opinions()
    op.create_table(
        "breeding",
        _refer_to_person(primary_key=True),
        sql.Column("path", sql.Text, nullable=False),
        sql.Column("at", sql.Integer, nullable=False),
        sql.Column("changed", sql.BigInteger, nullable=False),
    )
    op.create_table(
        "innovations",
        sql.Column("number", sql.BigInteger, primary_key=True),
        sql.Column("source", sql.BigInteger, nullable=False),
        sql.Column("target", sql.BigInteger, nullable=False),
        sql.Column("copy", sql.Integer, nullable=False),
    )
    op.create_table(
        "notes",
        sql.Column("name", sql.String(40), primary_key=True),
        sql.Column("value", sql.Text, nullable=False),
    )


def _make_opinions() -> None:
    op.create_table(
        "tags",
        _refer_to_shape(),
        sql.Column("tag", sql.Text, primary_key=True),
        sql.Column("place", sql.Integer, nullable=False),
        sql.Index("ix_tags_tag", "tag"),
    )
    for name, said, when in (
        ("ratings", sql.Column("stars", sql.Integer, nullable=False), "changed"),
        ("reports", sql.Column("reason", sql.Text, nullable=False), "created"),
    ):
        moment = sql.Column(when, sql.BigInteger, nullable=False)
        op.create_table(name, _refer_to_shape(), _refer_to_person(primary_key=True), said, moment)


def _refer_to_shape() -> sql.Column:
    return sql.Column("shape", sql.String(16), sql.ForeignKey("shapes.id", ondelete="CASCADE"), primary_key=True)


def _refer_to_person(**options: bool) -> sql.Column:
    return sql.Column("person", sql.String(64), sql.ForeignKey("people.id"), **options)
