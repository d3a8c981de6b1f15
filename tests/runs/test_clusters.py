"""Sweeps on a real dask cluster of this machine, whose workers are killed."""

import os
import pickle
import signal
from functools import partial
from pathlib import Path

import dask
import joblib
import pytest
from distributed import Client

from nbutils.runs import Store, Unwritable, sweep, version_of
from nbutils.runs.clusters import ClusterLost, on_this_machine
from nbutils.runs.working import work as do_run
from tests.runs import work
from tests.runs.test_sweeping import left_over, numbers, processes, runs_of, squares, traces, watch

__all__ = ["traces"]  # a fixture


@pytest.fixture(scope="module")
def address():
    # Workers that take the place of killed ones come of a process that has dask in it: at once, on a busy machine, too.
    with dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}), on_this_machine(2) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(autouse=True)
def client(address):
    """A client such as that of `sweep --scheduler tcp://...`, and joblib told to ask it."""
    with Client(address) as client, joblib.parallel_config(backend="dask"):
        yield client


def workers_of(client):
    return set(client.run(os.getpid).values())


def test_the_workers_of_the_cluster_do_the_runs_once(traces, tmp_path, client):
    some = numbers(traces, 6)
    found = list(sweep(work.square, some, tmp_path / "kept"))
    assert squares(found) == {number: number**2 for number in range(6)}
    assert {done.result.facts["process"] for done in found} <= workers_of(client)
    assert all(done.kept for done in sweep(work.square, some, tmp_path / "kept"))
    assert [runs_of(traces, number) for number in range(6)] == [1] * 6
    assert left_over(tmp_path / "kept") == []


def test_a_worker_gets_paths_and_settings(tmp_path):
    store = Store(tmp_path / "kept", version_of(work.add_to))
    assert len(pickle.dumps(partial(do_run, partial(work.add_to, folder=tmp_path), store, "sweep"))) < 1000


def test_a_folder_is_found_from_wherever_a_worker_stands(traces, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert squares(sweep(work.square, numbers(traces, 1), "kept")) == {0: 0}
    assert len(list((tmp_path / "kept").glob("*.npz"))) == 1


def test_a_killed_worker_of_the_cluster_costs_its_own_run_and_nothing_else(traces, tmp_path):
    gate = tmp_path / "gate"
    some = numbers(traces, 6)
    some[2]["until"] = some[5]["until"] = str(gate)
    sweeping = sweep(work.square, some, tmp_path / "kept", beat=0.02)
    found = watch(sweeping, lambda: runs_of(traces, 2) and runs_of(traces, 5))
    (victim,) = traces.glob("2.*")
    os.kill(int(victim.suffix[1:]), signal.SIGKILL)
    gate.touch()
    found += [done for done in sweeping if done is not None]
    assert squares(found) == {number: number**2 for number in range(6)}
    assert [runs_of(traces, number) for number in range(6)] == [1, 1, 2, 1, 1, 1]
    assert left_over(tmp_path / "kept") == []


def test_a_run_that_kills_three_workers_of_the_cluster_is_named_and_left_out(traces, tmp_path):
    found = list(sweep(work.square, numbers(traces, 4, deadly=[1]), tmp_path / "kept"))
    assert squares(found) == {0: 0, 2: 4, 3: 9}
    (poison,) = (done for done in found if done.result is None)
    assert poison.place == 1
    assert poison.failure == "it ended its worker 3 times and is left out."
    assert runs_of(traces, 1) == 3
    assert [Path(name).suffix for name in left_over(tmp_path / "kept")] == [".failed"]


def test_one_that_raises_is_told_and_a_full_disk_ends_the_sweep(traces, tmp_path):
    found = list(sweep(work.square, numbers(traces, 3, raising=[2]), tmp_path / "kept"))
    assert [done.failure for done in found if not done.result] == ["ValueError: 2 is not liked."]
    full = tmp_path / "full"
    with pytest.raises(Unwritable, match="The disk is full: a result could not be kept in"):
        list(sweep(work.fill_the_disk, numbers(traces, 4, kept=str(full)), full))
    assert squares(sweep(work.square, numbers(traces, 3), tmp_path / "kept")) == {0: 0, 1: 1, 2: 4}


def test_stopped_the_cluster_begins_nothing_more_and_keeps_what_it_has_begun(traces, tmp_path):
    gate, kept = tmp_path / "gate", tmp_path / "kept"
    some = numbers(traces, 6, until=str(gate))
    sweeping = sweep(work.square, some, kept, beat=0.02)
    assert watch(sweeping, lambda: len(processes(traces)) == 2) == []
    sweeping.close()
    gate.touch()
    begun = {int(path.name.partition(".")[0]) for path in traces.iterdir()}
    found = list(sweep(work.square, some, kept))
    assert squares(found) == {number: number**2 for number in range(6)}
    assert len(begun) == 2
    assert [runs_of(traces, number) for number in range(6)] == [1] * 6


def test_as_many_runs_at_a_time_as_were_asked_for(traces, tmp_path):
    gate = tmp_path / "gate"
    sweeping = sweep(work.square, numbers(traces, 3, until=str(gate)), tmp_path / "kept", workers=1, beat=0.02)
    watch(sweeping, lambda: len(processes(traces)) == 1)
    assert [next(sweeping) for _ in range(5)] == [None] * 5
    assert len(processes(traces)) == 1
    gate.touch()
    assert len([done for done in sweeping if done]) == 3


def test_a_worker_with_another_version_is_refused(tmp_path):
    store = Store(tmp_path / "kept", "tests.runs.work.square 2")
    ending = do_run(work.square, store, "sweep", 0, {"number": 1}, 2)
    assert ending.word == "failed"
    assert ending.sentence == (
        "its worker has tests.runs.work.square 1, the sweep tests.runs.work.square 2: install the same suite on all "
        "machines."
    )
    assert not store.folder.exists()


def test_a_worker_that_does_not_share_the_folder_is_told(traces, tmp_path, monkeypatch):
    """What the runs keep lies elsewhere, as on a computer that has another disk under the same name."""
    monkeypatch.setattr("nbutils.runs.sweeping.LONGEST_DELAY", 0.1)
    put = Store.put
    monkeypatch.setattr(Store, "put", lambda store, *what: put(Store(tmp_path / "elsewhere", store.version), *what))
    with joblib.parallel_config(backend="threading", n_jobs=2):
        (done,) = sweep(work.square, numbers(traces, 1), tmp_path / "kept")
    assert done.failure.endswith("or its worker is on a computer that does not share this folder.")


def test_a_cluster_that_goes_away_is_a_sentence(traces, tmp_path):
    gate, kept = tmp_path / "gate", tmp_path / "kept"
    with on_this_machine(1, processes=False) as cluster, joblib.parallel_config(backend="dask", client=Client(cluster)):
        sweeping = sweep(work.square, numbers(traces, 2, until=str(gate)), kept, beat=0.02)
        watch(sweeping, lambda: len(processes(traces)) == 1)
        gate.touch()
        cluster.close()
        with pytest.raises(ClusterLost, match=r"^The dask cluster has gone or was restarted\. What is finished stays"):
            list(sweeping)
