"""Many who publish at once, and one who is killed while publishing: real processes on real databases."""

import contextlib
import multiprocessing
import os
import random
import signal
import time

import pytest

from nbutils.forms.store import Query, browse, close, know, open_store, read_innovations, statistics, tags
from tests.forms.store import publishing

PUBLISHERS, EACH = 8, 200
# Processes that are forked from one which has imported everything and opened nothing.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([publishing.__name__, "sqlalchemy.dialects.postgresql.psycopg", "psycopg"])


@pytest.fixture
def begin(url):
    """Start a process that publishes into the database at `url`, and give what hears it."""
    begun = []

    def start(name, first, number):
        hears, says = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=publishing.publish, args=(url, name, first, number, says))
        begun.append(process)
        process.start()
        says.close()
        return process, hears

    yield start
    for process in begun:
        process.kill()
        process.join()


def hear_all(hears):
    """Return what a process says until it ends."""
    said = []
    with contextlib.suppress(EOFError):
        while hears.poll(60):
            said.append(hears.recv())
    return said


def finish(process, hears):
    """Return what a process says; it must end well."""
    said = hear_all(hears)
    process.join(60)
    assert process.exitcode == 0
    return said


def list_all(store, **query):
    """Return all public shapes, page by page."""
    total = browse(store, Query(**query)).total
    pages = [browse(store, Query(order="newest", limit=100, offset=offset, **query)) for offset in range(0, total, 100)]
    return [shape for page in pages for shape in page.shapes]


def test_eight_processes_publish_200_shapes_each(url, begin):
    """The gallery does not exist before: all of them open it first at the same moment."""
    processes = [begin(f"publisher{number}", 0, EACH) for number in range(PUBLISHERS)]
    said = [identity for process, hears in processes for identity in finish(process, hears)]
    store = open_store(url, read_only=False, starter=None)
    kept = list_all(store)
    wanted = sorted(f"publisher{number} {place}" for number in range(PUBLISHERS) for place in range(EACH))
    assert sorted(shape.name for shape in kept) == wanted
    assert sorted(shape.id for shape in kept) == sorted(said)
    assert all(shape.tags == (shape.author, "all") for shape in kept)
    assert tags(store)[0] == ("all", PUBLISHERS * EACH)
    assert (statistics(store).people, len(read_innovations(store).structures)) == (PUBLISHERS, 1)
    close(store)


def test_who_is_killed_has_kept_whole_shapes_only(url, begin):
    """kill -9 at any moment: what was said to be kept is there, and the one under way wholly or not at all."""
    moments = random.Random(0)
    store = open_store(url, read_only=False, starter=None)
    said, first = [], 0
    for attempt in range(4):
        process, hears = begin("victim", first, 100_000)
        said += [hears.recv() for _ in range(5)]
        time.sleep(moments.uniform(0, 0.1))
        os.kill(process.pid, signal.SIGKILL)
        said += hear_all(hears)
        first += 100_000
        kept = list_all(store)
        identities = {shape.id for shape in kept}
        assert set(said) <= identities
        assert len(identities - set(said)) <= attempt + 1
        for shape in kept:
            assert shape.tags == ("victim", "all")
            assert shape.description == "bred in a hurry"
            assert shape.thumbnail == publishing.PICTURE
    assert tags(store) == (("all", len(kept)), ("victim", len(kept)))
    if url.startswith("sqlite"):
        with store.engine.begin() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    close(store)


def test_a_click_that_is_made_again_by_another_process_doubles_nothing(url, begin):
    processes = [begin("same", 0, 20) for _ in range(3)]
    said = {tuple(finish(process, hears)) for process, hears in processes}
    assert [len(identities) for identities in said] == [20]
    store = open_store(url, read_only=False, starter=None)
    assert browse(store).total == 20
    assert browse(store, Query(mine=True), know(store, "same-of-the-publishers")).total == 20
    close(store)
