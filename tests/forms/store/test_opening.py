import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
import sqlalchemy as sql

from nbutils.forms.store import StoreError, browse, close, export_gallery, keep, know, open_store, schema
from nbutils.forms.store.engine import find_url, make_engine, write_anyway
from nbutils.forms.store.tables import metadata
from tests.forms.store.making import make_draft

NEWER_STEP = """
import sqlalchemy as sql
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("shapes", sql.Column("material", sql.Text, nullable=False, server_default="plastic"))
"""


@pytest.fixture
def newer_program(tmp_path, monkeypatch):
    """A program that knows one migration more."""
    versions = tmp_path / "versions 100%"
    versions.mkdir()
    for step in schema.VERSIONS.glob("r*.py"):
        (versions / step.name).write_text(step.read_text())
    (versions / "r0002_material.py").write_text(NEWER_STEP)
    monkeypatch.setattr(schema, "VERSIONS", versions)
    monkeypatch.setattr(schema, "REVISIONS", (*schema.REVISIONS, "0002"))


def describe(engine):
    """Return the tables of a database as it tells them itself."""
    asked, found = sql.inspect(engine), {}
    for table in asked.get_table_names():
        columns = [(column["name"], str(column["type"]), column["nullable"]) for column in asked.get_columns(table)]
        keys = sorted(
            (str(key["name"]), key["constrained_columns"], key["options"]) for key in asked.get_foreign_keys(table)
        )
        indexes = sorted((index["name"], index["column_names"]) for index in asked.get_indexes(table))
        found[table] = columns, asked.get_pk_constraint(table), keys, indexes
    return found


@pytest.fixture
def two_urls(request, tmp_path, url):
    """Two empty databases of one kind."""
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'one.sqlite'}", f"sqlite:///{tmp_path / 'two.sqlite'}"
    return url, request.getfixturevalue("make_database")()


def test_migrations_and_tables_make_the_same_database(two_urls):
    made, migrated = (make_engine(find_url(url), read_only=False) for url in two_urls)
    schema.prepare(made)
    write_anyway(migrated, schema.migrate)
    assert describe(made) == describe(migrated)
    assert len(describe(made)) == len(metadata.tables) + 1
    assert schema.read_revision(made) == schema.read_revision(migrated) == schema.REVISIONS[-1]


def test_the_revisions_are_those_of_the_migrations():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", schema.MIGRATIONS)
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(steps)) == schema.REVISIONS


def test_an_older_gallery_is_brought_up_to_date(url, request):
    older = open_store(url, read_only=False, starter=None)
    keep(older, know(older, "ada-" * 8), make_draft())
    close(older)
    request.getfixturevalue("newer_program")
    with pytest.raises(StoreError, match="forms migrate"):
        open_store(url, read_only=True, starter=None)
    newer = open_store(url, read_only=False, starter=None)
    assert browse(newer).total == 1
    with newer.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT material FROM shapes").scalars().all() == ["plastic"]
    close(newer)


def test_a_migration_that_fails_leaves_the_gallery_as_it_was(url, request, newer_program):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "REVISIONS", ("0001",))
        close(open_store(url, read_only=False, starter=None))
    step = schema.VERSIONS / "r0002_material.py"
    step.write_text(step.read_text() + '    op.execute("nonsense")\n')
    with pytest.raises(StoreError):
        open_store(url, read_only=False, starter=None)
    engine = make_engine(find_url(url), read_only=False)
    assert schema.read_revision(engine) == "0001"
    assert "material" not in {column["name"] for column in sql.inspect(engine).get_columns("shapes")}
    engine.dispose()


def test_a_gallery_of_a_newer_program_is_a_sentence(url):
    opened = open_store(url, read_only=False, starter=None)
    with opened.engine.begin() as connection:
        connection.execute(schema.STAMP.update().values(version_num="9999"))
    close(opened)
    for read_only in (False, True):
        with pytest.raises(StoreError, match="newer version of this program"):
            open_store(url, read_only=read_only)


def ask(store, pragma):
    with store.engine.begin() as connection:
        return connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()


def test_sqlite_writes_ahead_and_holds_foreign_keys(file_url):
    opened = open_store(file_url, read_only=False, starter=None)
    assert (ask(opened, "journal_mode"), ask(opened, "foreign_keys"), ask(opened, "busy_timeout")) == ("wal", 1, 5000)
    with pytest.raises(sql.exc.IntegrityError), opened.engine.begin() as connection:
        connection.execute(metadata.tables["tags"].insert().values(shape="0" * 16, tag="x", place=0))
    close(opened)


def test_where_no_log_can_be_shared_a_rollback_journal_does(tmp_path):
    """A file system without shared memory, as that of many network drives: SQLite's own stand-in for one."""
    url = f"sqlite:///file:{tmp_path / 'forms.sqlite'}?vfs=unix-dotfile&uri=true"
    opened = open_store(url, read_only=False, starter=None)
    assert ask(opened, "journal_mode") == "delete"
    keep(opened, know(opened, "ada-" * 8), make_draft())
    close(opened)
    again = open_store(url, read_only=True, starter=None)
    assert browse(again).total == 1
    close(again)


def test_the_gallery_lies_in_the_folder_for_data(monkeypatch, tmp_path):
    monkeypatch.delenv("NBUTILS_DATABASE")
    monkeypatch.delenv("NBUTILS_PUBLISH", raising=False)
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name: tmp_path / "data of users" / name)
    opened = open_store(starter=None)
    assert (tmp_path / "data of users" / "deep-visualization-notebooks" / "forms.sqlite").is_file()
    assert not opened.read_only
    close(opened)


def test_an_address_may_begin_in_ones_own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    opened = open_store("sqlite:///~/kept/forms.sqlite", read_only=False, starter=None)
    assert (tmp_path / "kept" / "forms.sqlite").is_file()
    close(opened)


def test_the_environment_names_another_place(monkeypatch, tmp_path):
    monkeypatch.setenv("NBUTILS_DATABASE", f"sqlite:///{tmp_path / 'elsewhere.sqlite'}")
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    shown = open_store(starter=None)
    assert shown.read_only
    assert list(tmp_path.iterdir()) == []
    close(shown)


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://host/forms",
        "gopher://host",
        "postgresql+nonsense://host/forms",
        "postgresql+psycopg2://host/x",
        "://",
    ],
)
def test_what_is_no_address_is_a_sentence(url):
    with pytest.raises(StoreError, match=r"NBUTILS_DATABASE|SQLite or PostgreSQL|psycopg\[binary\]") as error:
        open_store(url)
    assert str(error.value).endswith(".")


def test_a_password_is_not_shown():
    engine = make_engine(find_url("postgresql+psycopg://ada:secret@localhost/forms"), read_only=True)
    assert "secret" not in repr(engine)


def test_opening_takes_less_than_half_a_second_and_no_alembic(tmp_path):
    """In a process of its own, which imports everything: processor time, for this machine may be busy."""
    program = (
        "import sys, time\n"
        "from nbutils.forms.store import browse, close, open_store\n"
        "store = open_store(starter=None)\n"
        "browse(store)\n"
        "heavy = {'alembic', 'torch', 'trimesh', 'skimage', 'PIL', 'scipy', 'psycopg'} & set(sys.modules)\n"
        "print(time.process_time(), *sorted(heavy))\n"
    )
    env = {**os.environ, "NBUTILS_DATABASE": f"sqlite:///{tmp_path / 'forms.sqlite'}", "NBUTILS_PUBLISH": "0"}
    took = []
    while not took or (took[-1] >= 0.5 and len(took) < 3):
        done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
        seconds, *heavy = done.stdout.split()
        took.append(float(seconds))
        assert heavy == []
    assert min(took) < 0.5


def test_a_store_that_is_exported_can_be_opened_from_its_file_alone(tmp_path, file_url):
    """What WAL has not yet moved into the file is moved when the last one closes it."""
    opened = open_store(file_url, read_only=False, starter=None)
    keep(opened, know(opened, "ada-" * 8), make_draft())
    data = export_gallery(opened)
    close(opened)
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes((tmp_path / "forms.sqlite").read_bytes())
    again = open_store(f"sqlite:///{copy}", read_only=False, starter=None)
    assert export_gallery(again) == data
    close(again)
    assert not Path(f"{copy}-wal").exists()
