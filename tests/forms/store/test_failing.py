"""A gallery that cannot be written, or not be reached: a sentence, and nothing lost or half kept."""

import sqlite3
import time

import psycopg
import pytest
import sqlalchemy as sql

from nbutils.forms.lineages import Lineage
from nbutils.forms.store import (
    Query,
    StoreError,
    browse,
    champions,
    change,
    close,
    delete,
    engine,
    export_gallery,
    family,
    hide,
    import_gallery,
    keep,
    keep_breeding,
    keep_generation,
    know,
    open_store,
    publish,
    rate,
    read,
    read_breeding,
    read_generation,
    report,
    statistics,
    tags,
)
from tests.forms.store.making import PICTURE, make_draft, make_path


def list_writes(store, ada, bob, shape, data):
    return {
        "keep": lambda: keep(store, ada, make_draft("Another", 3)),
        "publish": lambda: publish(store, ada, shape),
        "change": lambda: change(store, ada, shape, "Other", "", ()),
        "delete": lambda: delete(store, ada, shape),
        "rate": lambda: rate(store, bob, shape, 5),
        "report": lambda: report(store, bob, shape, "why?"),
        "hide": lambda: hide(store, shape),
        "keep_generation": lambda: keep_generation(store, ada, make_path()[2]),
        "keep_breeding": lambda: keep_breeding(store, ada, Lineage(make_path()[:3], 1)),
        "import_gallery": lambda: import_gallery(store, data),
    }


@pytest.fixture
def kept(url):
    """The address of a gallery with a shape in it, the shape and an export of a larger one."""
    opened = open_store(url, read_only=False, starter=None)
    ada = know(opened, "ada-" * 8, "Ada")
    shape = keep(opened, ada, make_draft(tags=("king",)))
    keep_generation(opened, ada, make_path()[0])
    keep_breeding(opened, ada, Lineage(make_path()[:1]))
    close(opened)
    other = open_store("sqlite://", read_only=False, starter=None)
    keep(other, know(other, "eve-" * 8), make_draft("From elsewhere", 8))
    return url, shape, export_gallery(other)


def check_it_can_be_read(store, ada, shape):
    assert browse(store, person=ada).shapes == (read(store, shape.id, ada),) == (shape,)
    assert read_generation(store, make_path()[0].id) == make_path()[0]
    assert read_breeding(store, ada).now == make_path()[0]
    assert (tags(store), champions(store)["king"][0].id) == ((("king", 1),), shape.id)
    assert (len(family(store).ids), statistics(store).shapes) == (1, 1)
    assert export_gallery(store)


def test_a_published_page_shows_all_and_writes_nothing(kept, monkeypatch):
    url, shape, data = kept
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    opened = open_store(url)
    ada, bob = know(opened, "ada-" * 8, "New name"), know(opened, "bob-" * 8, "Bob")
    assert ada.name == "Ada"
    before = export_gallery(opened)
    for write in list_writes(opened, ada, bob, shape.id, data).values():
        with pytest.raises(StoreError, match="This page is read-only"):
            write()
    check_it_can_be_read(opened, ada, shape)
    assert export_gallery(opened) == before
    with pytest.raises(sql.exc.DBAPIError, match=r"read-?only"), opened.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM tags")
    close(opened)


def test_a_database_that_can_only_be_read_is_a_sentence(kept):
    url, shape, data = kept
    if url.startswith("sqlite"):
        opened = open_store(f"{url.replace('///', '///file:')}?mode=ro&uri=true", read_only=False, starter=None)
    else:
        opened = open_store(url, read_only=False, starter=None)
        sql.event.listen(opened.engine, "begin", forbid_writing)
    ada, bob = know(opened, "ada-" * 8), know(opened, "bob-" * 8)
    before = export_gallery(opened)
    for write in list_writes(opened, ada, bob, shape.id, data).values():
        with pytest.raises(StoreError, match=r"can be read but not written|published shape stays"):
            write()
    check_it_can_be_read(opened, ada, shape)
    assert export_gallery(opened) == before
    close(opened)


def forbid_writing(connection):
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def test_a_page_without_a_database_shows_the_starter_gallery(kept, tmp_path):
    _, _, data = kept
    starter = tmp_path / "starter.json.gz"
    starter.write_bytes(data)
    opened = open_store(f"sqlite:///{tmp_path / 'nowhere' / 'forms.sqlite'}", read_only=True, starter=starter)
    assert [one.name for one in browse(opened).shapes] == ["From elsewhere"]
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(StoreError, match="read-only"):
        keep(opened, know(opened, "ada-" * 8), make_draft())
    close(opened)


def test_a_file_beside_which_nothing_can_be_made_is_read(kept, tmp_path, file_url):
    """Readers of a file with a log need another file beside it; where a folder has its name, it cannot be made."""
    opened = open_store(file_url, read_only=False, starter=None)
    keep(opened, know(opened, "ada-" * 8), make_draft())
    close(opened)
    (tmp_path / "forms.sqlite-shm").mkdir()
    shown = open_store(file_url, read_only=True)
    assert browse(shown).total == 1
    close(shown)


def test_a_full_disk_is_a_sentence_and_nothing_is_half_kept(file_url):
    opened = open_store(file_url, read_only=False, starter=None)
    ada = know(opened, "ada-" * 8, "Ada")
    keep(opened, ada, make_draft("before"))
    close(opened)
    sql.event.listen(opened.engine, "connect", allow_few_pages)
    names = {"before"}
    for size in (90_000, 1_000):
        with pytest.raises(StoreError, match="disk that holds the gallery is full"):
            fill(opened, ada, size, names)
    with pytest.raises(StoreError, match="disk that holds the gallery is full"):
        keep_breeding(opened, ada, Lineage(make_path(60, seed=3), 1))
    assert 5 < len(names) < 100
    assert {shape.name for shape in browse(opened, Query(limit=100)).shapes} == names
    assert tags(opened) == (("a", len(names) - 1), ("b", len(names) - 1))
    assert (read_breeding(opened, ada), statistics(opened).generations) == (None, 0)
    close(opened)
    again = open_store(file_url, read_only=False, starter=None)
    assert keep(again, ada, make_draft("after", 200)).name == "after"
    assert is_whole(again)
    close(again)


def fill(store, person, size, names):
    for number in range(1_000):
        name = f"{number} of {size}"
        keep(store, person, make_draft(name, number, tags=("a", "b"), thumbnail=PICTURE + bytes(size)))
        names.add(name)


def allow_few_pages(connection, _record):
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {max(pages, 150)}")


def is_whole(store):
    with store.engine.begin() as connection:
        return connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_who_waits_too_long_reads_a_sentence(file_url, monkeypatch):
    opened = open_store(file_url, read_only=False, starter=None)
    monkeypatch.setattr(engine, "PATIENCE", 0.3)
    close(opened)
    sql.event.listen(opened.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 100"))
    other = sqlite3.connect(opened.engine.url.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    with pytest.raises(StoreError, match="busy with what others keep"):
        keep(opened, know(opened, "ada-" * 8), make_draft())
    assert time.monotonic() - begun < 5
    assert browse(opened).total == 0
    other.execute("COMMIT")
    assert keep(opened, know(opened, "ada-" * 8), make_draft()).name == "Vase"
    other.close()
    close(opened)


@pytest.mark.parametrize("content", [b"no database" * 1_000, b"SQLite format 3\0" + bytes(range(256)) * 64])
@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_no_gallery_is_a_sentence_and_stays(tmp_path, content, read_only):
    file = tmp_path / "forms.sqlite"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"damaged or no gallery|cannot be reached"):
        open_store(f"sqlite:///{file}", read_only=read_only)
    assert file.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="could not be made"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'deep' / 'forms.sqlite'}", read_only=False)


@pytest.mark.parametrize("read_only", [True, False])
def test_a_server_that_is_away_is_a_sentence(tmp_path, read_only):
    with pytest.raises(StoreError, match="cannot be reached"):
        open_store(f"postgresql+psycopg://postgres@/forms?host={tmp_path}", read_only=read_only)


def test_a_server_that_was_started_anew_is_spoken_to_again(make_database, server):
    opened = open_store(make_database(), read_only=False, starter=None)
    keep(opened, know(opened, "ada-" * 8), make_draft())
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        connection.execute(ended, [opened.engine.url.database])
    assert browse(opened).total == 1
    close(opened)
