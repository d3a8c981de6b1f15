"""What a folder says of every run, while somebody else works on them."""

import time
from contextlib import closing

from nbutils.runs import Store, sweep, version_of
from nbutils.runs.watching import watch as look
from tests.runs import work
from tests.runs.test_sweeping import numbers, runs_of, take, traces, watch

__all__ = ["traces"]  # a fixture


def words(store, some):
    return [state.word for state in look(store, some)]


def test_every_run_stands_somewhere(traces, tmp_path):
    gate, began = tmp_path / "gate", time.time()
    some = numbers(traces, 5, raising=[1])
    some[2]["until"] = some[3]["until"] = some[4]["until"] = str(gate)
    store = Store(tmp_path / "kept", version_of(work.square))
    assert words(store, some) == ["waiting"] * 5
    sweeping = sweep(work.square, some, store.folder, workers=2, beat=0.02)
    with closing(sweeping):
        ended = watch(sweeping, lambda: runs_of(traces, 2) and runs_of(traces, 3))
        take(sweeping, 2 - len(ended))
        states = look(store, some)
    assert [state.word for state in states] == ["done", "failed", "running", "running", "waiting"]
    assert [state.place for state in states] == list(range(5))
    assert [state.sentence for state in states] == ["", "ValueError: 1 is not liked.", "", "", ""]
    assert [bool(state.machine) for state in states] == [False, False, True, True, False]
    assert all(began - 2 < state.since <= time.time() for state in states[:4])
    assert states[4].since is None
    assert words(store, some) == ["done", "failed", "waiting", "waiting", "waiting"]


def test_a_failure_is_forgotten_when_the_run_succeeds(traces, tmp_path):
    some = [{"number": 1, "traces": str(traces), "raising_while": str(tmp_path / "broken")}]
    (tmp_path / "broken").touch()
    store = Store(tmp_path / "kept", version_of(work.square))
    list(sweep(work.square, some, store.folder, workers=2))
    assert words(store, some) == ["failed"]
    (tmp_path / "broken").unlink()
    list(sweep(work.square, some, store.folder, workers=2))
    assert words(store, some) == ["done"]
    assert not list(store.folder.glob("*.failed"))


def test_what_a_killed_process_left_is_not_running_and_damaged_notes_are_none(tmp_path):
    store = Store(tmp_path / "kept", version_of(work.square))
    store.write({"number": 1}, ".begun", b'{"since": 1.0, "machine": "a", "process": 1, "sweep": "s", "deaths": 0}')
    store.write({"number": 1}, ".lock", b"")
    store.write({"number": 2}, ".failed", b'{"since": "yesterday"')
    store.write({"number": 3}, ".failed", b'{"since": 1.0, "failure": 3}')
    store.write({"number": 4}, ".json", b"{}")
    assert words(store, [{"number": number} for number in range(5)]) == ["waiting"] * 5


def test_three_hundred_runs_are_seen_at_a_glance(tmp_path):
    store = Store(tmp_path / "kept", version_of(work.square))
    some = [{"number": number, "split": "random-0", "treatment": "AnB", "n": number % 8} for number in range(300)]
    for one in some[:150]:
        store.put(one, {}, {})
    before = time.process_time()
    states = look(store, some)
    assert time.process_time() - before < 0.2
    assert [state.word for state in states] == ["done"] * 150 + ["waiting"] * 150
