"""A database's first opening, and that of one that an older or a newer program left."""

import contextlib
from pathlib import Path

import sqlalchemy as sql

from nbutils.commands import as_typed
from nbutils.forms.store.engine import patiently, write_anyway
from nbutils.forms.store.errors import LACKING, StoreError, explained
from nbutils.forms.store.tables import metadata

# The revisions of migrations/versions, the oldest first: Alembic knows them too, but takes half a second to say so.
REVISIONS = ("0001",)
MIGRATIONS = "nbutils.forms.store:migrations"
VERSIONS = Path(__file__).parent / "migrations" / "versions"
# Where Alembic keeps the revision of a database.
STAMP = sql.Table(
    "alembic_version",
    sql.MetaData(naming_convention={"pk": "%(table_name)s_pkc"}),
    sql.Column("version_num", sql.String(32), primary_key=True),
)
LOCK = 7_203_100  # any number: who prepares a database on a server holds this lock


def read_revision(engine: sql.Engine) -> str | None:
    """Return which revision a database has, None for an empty one. Raises StoreError."""
    with explained(), engine.begin() as connection:
        return _read_revision(connection)


def prepare(engine: sql.Engine) -> None:
    """Make the tables where there are none, and bring those of an older program up to date, wholly or not at all.

    Raises StoreError for a database of a newer program.
    """
    found = read_revision(engine)
    if found != REVISIONS[-1]:
        _keep_a_log(engine)
        write_anyway(engine, _prepare)


def check(engine: sql.Engine) -> bool:
    """Say whether a database that is only read has its tables; raise StoreError where they are not today's."""
    found = read_revision(engine)
    if found is None:
        return False
    _refuse_newer(found)
    if found != REVISIONS[-1]:
        raise StoreError(LACKING.format(command=as_typed("nbutils forms migrate")))
    return True


def migrate(connection: sql.Connection) -> None:
    """Run the migrations that a database lacks, all of them on an empty one."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(VERSIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _prepare(connection: sql.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sql.select(sql.func.pg_advisory_xact_lock(LOCK)))
    found = _read_revision(connection)  # again, now that nobody else prepares it
    if found is None:
        metadata.create_all(connection)
        STAMP.create(connection, checkfirst=True)
        connection.execute(STAMP.insert().values(version_num=REVISIONS[-1]))
    elif found != REVISIONS[-1]:
        _refuse_newer(found)
        migrate(connection)


def _read_revision(connection: sql.Connection) -> str | None:
    if not sql.inspect(connection).has_table(STAMP.name):
        return None
    return connection.scalar(sql.select(STAMP.c.version_num))


def _refuse_newer(found: str) -> None:
    if found not in REVISIONS:
        raise StoreError(
            f"A newer version of this program kept the gallery: its tables are of {found[:32]}, {REVISIONS[-1]} is "
            "known here. Get that version, or set NBUTILS_DATABASE to another place."
        )


def _keep_a_log(engine: sql.Engine) -> None:
    """Have SQLite write ahead into a log where the file system allows that: readers and a writer then do not wait.

    Elsewhere, as on many network drives, it says which journal it keeps instead; that works, too.
    """
    if engine.dialect.name == "sqlite":

        def ask() -> None:
            with contextlib.closing(engine.raw_connection()) as connection:
                connection.execute("PRAGMA journal_mode = WAL")

        patiently(ask)
