"""Opening the gallery: where it lies, whether it is made first, and what is in it then."""

import contextlib
import hashlib
import os
from pathlib import Path

import sqlalchemy as sql
from sqlalchemy.engine import URL

from nbutils.commands import CHECKOUT
from nbutils.forms.store import schema
from nbutils.forms.store.engine import (
    MEMORY,
    Store,
    find_file,
    find_url,
    insert_or_replace,
    make_engine,
    reading,
    write_anyway,
)
from nbutils.forms.store.errors import StoreError
from nbutils.forms.store.exchange import merge, read_gallery
from nbutils.forms.store.tables import notes

STARTER = CHECKOUT / "data" / "forms" / "starter.json.gz"


def open_store(url: str | None = None, read_only: bool | None = None, starter: Path | None = STARTER) -> Store:
    """Open the gallery, and make it first where there is none.

    url : of the database; None is NBUTILS_DATABASE, or one file in the user's data folder
    read_only : None is whether a published server runs this (NBUTILS_PUBLISH=1); where there is no database then, the
        starter gallery is shown from memory
    starter : an exported gallery that is merged into this one, once
    Raises StoreError.
    """
    if read_only is None:
        read_only = os.environ.get("NBUTILS_PUBLISH") == "1"
    address = find_url(url)
    return _open_to_read(address, starter) if read_only else _open(address, starter)


def close(store: Store) -> None:
    """Close all connections of a store that are not in use."""
    store.engine.dispose()


def _open(address: URL, starter: Path | None) -> Store:
    file = find_file(address)
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder of the gallery, {file.parent}, could not be made ({error.strerror}). Set NBUTILS_DATABASE "
                "to a place that you may write to, such as sqlite:////folder/forms.sqlite."
            ) from error
    engine = make_engine(address, read_only=False)
    schema.prepare(engine)
    return _with_starter(Store(engine, address.render_as_string(), read_only=False), starter)


def _open_to_read(address: URL, starter: Path | None) -> Store:
    file = find_file(address)
    if address.get_backend_name() == "postgresql" or (file and file.exists()):
        engine = _make_reader(address)
        if schema.check(engine):
            return Store(engine, address.render_as_string(), read_only=True)
        engine.dispose()
    engine = make_engine(find_url(MEMORY), read_only=False)
    schema.prepare(engine)
    return _with_starter(Store(engine, MEMORY, read_only=True), starter)


def _make_reader(address: URL) -> sql.Engine:
    engine = make_engine(address, read_only=True)
    if address.get_backend_name() == "sqlite":
        try:
            schema.read_revision(engine)
        except StoreError:
            # Beside a file with a log, SQLite needs a file more for those who read. Where it cannot be made, nobody
            # writes here, and SQLite may be told so (its manual, "Write-Ahead Logging", section 5).
            engine.dispose()
            return make_engine(address.update_query_dict({"immutable": "1"}), read_only=True)
    return engine


def _with_starter(store: Store, starter: Path | None) -> Store:
    """Merge the starter gallery into a store once, and again when the repository brings another one."""
    if starter is None or not starter.is_file():
        return store
    data = starter.read_bytes()
    note = note_starter(data)
    with reading(store) as connection:
        if _is_noted(connection, note):
            return store
    gallery = read_gallery(data, trusted=True)

    def act(connection: sql.Connection) -> None:
        if not _is_noted(connection, note):
            merge(connection, gallery)
            insert_or_replace(connection, notes, note)

    with contextlib.suppress(StoreError):  # what can only be read, or is full, is still to be looked at
        write_anyway(store.engine, act)
    return store


def note_starter(data: bytes) -> dict[str, str]:
    """Return the row by which a store knows which starter gallery was merged into it."""
    return {"name": "starter", "value": hashlib.sha256(data).hexdigest()}


def _is_noted(connection: sql.Connection, note: dict[str, str]) -> bool:
    return connection.scalar(sql.select(notes.c.value).where(notes.c.name == note["name"])) == note["value"]
