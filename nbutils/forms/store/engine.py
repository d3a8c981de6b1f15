"""Connections to the gallery's database: SQLite in one file, or PostgreSQL; reads, and writes that wait their turn."""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import platformdirs
import sqlalchemy as sql
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from nbutils.forms.store.errors import BUSY, FAILURES, READ_ONLY, StoreError, explain, explained, is_busy

FILE = "forms.sqlite"
MEMORY = "sqlite://"
PATIENCE = 30.0  # seconds that a write waits for others
BUSY_TIMEOUT = 5_000  # milliseconds that SQLite itself waits, each time
MANY = 500  # values in one question: databases bound them
WRITING = {"writing": True}

Result = TypeVar("Result")


@dataclass(frozen=True)
class Store:
    """A gallery that is open.

    url : where it lies, without a password
    """

    engine: sql.Engine
    url: str
    read_only: bool


def find_url(given: str | None) -> URL:
    """Return the address of the database: the one given, NBUTILS_DATABASE, or one file in the user's data folder.

    Raises StoreError for what is no such address.
    """
    named = given or os.environ.get("NBUTILS_DATABASE")
    if not named:
        folder = platformdirs.user_data_path("deep-visualization-notebooks")
        return URL.create("sqlite", database=str(folder / FILE))
    try:
        url = sql.make_url(named)
    except (sql.exc.ArgumentError, ValueError) as error:
        raise StoreError(_wanted(f"{str(named)[:60]!r} is no address of a database")) from error
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(_wanted(f"The gallery lives in SQLite or PostgreSQL, not in {url.get_backend_name()[:20]}"))
    if url.database and url.database.startswith("~"):
        url = url.set(database=str(Path(url.database).expanduser()))
    return url


def find_file(url: URL) -> Path | None:
    """Return the file that an address of SQLite names, None for a database in memory and for a server."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database.removeprefix("file:"))


def make_engine(url: URL, read_only: bool) -> sql.Engine:
    """Return an engine for an address; nothing is opened yet. Raises StoreError where a driver is missing."""
    try:
        if url.get_backend_name() == "postgresql":
            return _make_server_engine(url, read_only)
        return _make_file_engine(url, read_only)
    except ImportError as error:
        raise StoreError(
            f"{error.name or 'psycopg'}, which speaks to PostgreSQL, cannot be imported here. Install it: "
            'pip install "psycopg[binary]".'
        ) from error
    except sql.exc.NoSuchModuleError as error:
        raise StoreError(_wanted(f"{url.drivername[:40]} is no driver that is known here")) from error


@contextmanager
def reading(store: Store) -> Iterator[sql.Connection]:
    """Give a connection that sees one state of the gallery. Raises StoreError."""
    with explained(), store.engine.begin() as connection:
        yield connection


def write(store: Store, act: Callable[[sql.Connection], Result]) -> Result:
    """Do something to the gallery, wholly or not at all, and return what it returns; wait while others write.

    act : may be called again, so it changes nothing but the database
    Raises StoreError: for a read-only store before anything else.
    """
    if store.read_only:
        raise StoreError(READ_ONLY)
    return write_anyway(store.engine, act)


def write_anyway(engine: sql.Engine, act: Callable[[sql.Connection], Result]) -> Result:
    """Do what `write` does, whatever the store is; its own filling needs that."""

    def transact() -> Result:
        with engine.connect() as connection:
            connection = connection.execution_options(**WRITING)
            with connection.begin():
                return act(connection)

    return patiently(transact)


def patiently(act: Callable[[], Result]) -> Result:
    """Return what a function returns, called again while others write. Raises StoreError."""
    patience = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except FAILURES as error:
            if not is_busy(error):
                raise StoreError(explain(error)) from error
            if time.monotonic() > patience:
                raise StoreError(BUSY) from error
        time.sleep(random.uniform(0.005, 0.05))


def insert_missing(connection: sql.Connection, table: sql.Table, rows: Sequence[dict]) -> None:
    """Insert those rows whose primary key the table has not."""
    if rows:
        connection.execute(_dialect_insert(connection, table).on_conflict_do_nothing(), rows)


def insert_or_replace(connection: sql.Connection, table: sql.Table, row: dict) -> None:
    """Insert a row, or give the one that has its primary key the other values."""
    insert = _dialect_insert(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: value for name, value in row.items() if name not in keys}
    connection.execute(insert.values(row).on_conflict_do_update(index_elements=keys, set_=changed))


def insert_newer(connection: sql.Connection, table: sql.Table, rows: Sequence[dict], when: str) -> None:
    """Insert rows, or have them take the place of those with their primary key that are older by a column."""
    if not rows:
        return
    insert = _dialect_insert(connection, table)
    changed = {name: insert.excluded[name] for name in rows[0]}
    newer = insert.excluded[when] > table.c[when]
    keys = [column.name for column in table.primary_key]
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed, where=newer), rows)


def find_known(connection: sql.Connection, column: sql.Column, values: Sequence[str]) -> set[str]:
    """Return those values that a column holds."""
    known: set[str] = set()
    for start in range(0, len(values), MANY):
        asked = sql.select(column).where(column.in_(values[start : start + MANY]))
        known |= set(connection.scalars(asked))
    return known


def now() -> int:
    """Return the time in the unit of the tables: milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def _dialect_insert(connection: sql.Connection, table: sql.Table) -> sql.Insert:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert
    return insert(table)


def _make_server_engine(url: URL, read_only: bool) -> sql.Engine:
    server = f"-c lock_timeout={BUSY_TIMEOUT}" + (" -c default_transaction_read_only=on" if read_only else "")
    # The server may have been started anew since the last click: pre_ping opens another connection then.
    return sql.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10, "options": server})


def _make_file_engine(url: URL, read_only: bool) -> sql.Engine:
    file = find_file(url)
    # A database in memory is its only connection; who comes second waits.
    pool = {} if file else {"pool_size": 1, "max_overflow": 0}
    arguments = {"check_same_thread": False, "timeout": BUSY_TIMEOUT / 1_000}
    if file and read_only:
        url = url.set(database=file.absolute().as_uri()).update_query_dict({"mode": "ro", "uri": "true"})
    engine = sql.create_engine(url, poolclass=QueuePool, connect_args=arguments, **pool)
    sql.event.listen(engine, "connect", _prepare)
    sql.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection, _record: object) -> None:
    """Set up a connection of SQLite: it begins transactions where it is told to, and holds foreign keys."""
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")


def _begin(connection: sql.Connection) -> None:
    # A transaction that reads first and writes later cannot wait for others: SQLite refuses it at once
    # (its manual, "Transactions", section 2.1). So who will write says so from the start.
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _wanted(what: str) -> str:
    return (
        f"{what}. Set NBUTILS_DATABASE to sqlite:////folder/forms.sqlite or to "
        "postgresql+psycopg://user:password@host/database, or leave it out for a file in your own data folder."
    )
