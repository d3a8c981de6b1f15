"""Many who publish at once, and one who is killed while publishing: real processes on real databases."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nbutils.forms.store import Query, browse, close, know, open_store, read_innovations, statistics, tags
from tests.forms.store import publishing

ROOT = Path(__file__).parents[3]
PUBLISHERS, EACH = 8, 200


@pytest.fixture
def begin(url):
    """Start a process that publishes into the database at `url`."""
    env = {**os.environ, "NBUTILS_DATABASE": url, "NBUTILS_PUBLISH": "0", "PYTHONPATH": str(ROOT)}
    begun = []

    def start(name, first, number):
        program = [sys.executable, publishing.__file__, name, str(first), str(number)]
        begun.append(subprocess.Popen(program, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def list_all(store, **query):
    """Return all public shapes, page by page."""
    total = browse(store, Query(**query)).total
    pages = [browse(store, Query(order="newest", limit=100, offset=offset, **query)) for offset in range(0, total, 100)]
    return [shape for page in pages for shape in page.shapes]


def test_eight_processes_publish_200_shapes_each(url, begin):
    """The gallery does not exist before: all of them open it first at the same moment."""
    processes = [begin(f"publisher{number}", 0, EACH) for number in range(PUBLISHERS)]
    ended = [process.communicate(timeout=120) for process in processes]
    assert [error for _, error in ended if error] == []
    said = [identity for output, _ in ended for identity in output.split()]
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
        process = begin("victim", first, 100_000)
        said += [process.stdout.readline().strip() for _ in range(5)]
        time.sleep(moments.uniform(0, 0.1))
        os.kill(process.pid, signal.SIGKILL)
        said += process.communicate()[0].split()
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
    said = [process.communicate(timeout=60) for process in processes]
    assert {error for _, error in said} == {""}
    assert len({output for output, _ in said}) == 1
    store = open_store(url, read_only=False, starter=None)
    assert browse(store).total == 20
    assert browse(store, Query(mine=True), know(store, "same-of-the-publishers")).total == 20
    close(store)
