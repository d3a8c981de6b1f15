import os
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import islice
from pathlib import Path

import joblib
import psutil
import pytest

from nbutils.runs import Store, Unwritable, sweep, version_of
from tests.runs import work

ROOT = Path(__file__).parents[2]
LONGEST = 60.0  # seconds that a busy machine may take


@pytest.fixture
def traces(tmp_path):
    folder = tmp_path / "traces"
    folder.mkdir()
    return folder


def numbers(traces, count, **more):
    return [{"number": number, "traces": str(traces), **more} for number in range(count)]


def runs_of(traces, number):
    return len(list(traces.glob(f"{number}.*")))


def squares(found):
    return {done.place: int(done.result.arrays["square"][0]) for done in found if done.result}


def watch(sweeping, condition):
    """Return what ends until the condition holds."""
    found = []
    until = time.monotonic() + LONGEST
    for done in sweeping:
        found += [done] if done is not None else []
        if condition():
            return found
        assert time.monotonic() < until, "What was waited for did not come."
    raise AssertionError("The sweep ended before what was waited for.")


def take(sweeping, count):
    """Return the next runs that end."""
    return list(islice((done for done in sweeping if done is not None), count))


def processes(traces):
    return {int(path.suffix[1:]) for path in traces.iterdir()}


def left_over(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix not in (".npz", ".json"))


def test_what_is_finished_comes_first_and_is_not_run_again(traces, tmp_path):
    some = numbers(traces, 6)
    first = list(sweep(work.square, some[2:5], tmp_path / "kept", workers=2))
    assert squares(first) == {0: 4, 1: 9, 2: 16}
    assert not any(done.kept for done in first)
    assert {int(done.result.facts["process"]) for done in first}.isdisjoint({os.getpid()})
    found = list(sweep(work.square, some, tmp_path / "kept", workers=2))
    assert [(done.place, done.kept) for done in found[:3]] == [(2, True), (3, True), (4, True)]
    assert sorted(done.place for done in found[3:]) == [0, 1, 5]
    assert squares(found) == {number: number**2 for number in range(6)}
    assert [runs_of(traces, number) for number in range(6)] == [1] * 6
    assert left_over(tmp_path / "kept") == []


def test_each_run_is_yielded_as_it_ends_and_beats_come_in_between(traces, tmp_path):
    gate = tmp_path / "gate"
    some = numbers(traces, 4)
    some[0]["until"] = str(gate)
    sweeping = sweep(work.square, some, tmp_path / "kept", workers=2, beat=0.02)
    found = [next(sweeping) for _ in range(3)]
    found += watch(sweeping, lambda: all(runs_of(traces, number) for number in range(4)))
    found += [next(sweeping) for _ in range(10)]
    assert found.count(None) >= 10
    assert sorted(done.place for done in found if done) == [1, 2, 3]
    gate.touch()
    assert [done.place for done in sweeping if done] == [0]


def test_one_that_raises_is_told_by_name_and_the_others_go_on(traces, tmp_path):
    found = list(sweep(work.square, numbers(traces, 4, raising=[2]), tmp_path / "kept", workers=2))
    assert squares(found) == {0: 0, 1: 1, 3: 9}
    (failed,) = (done for done in found if done.result is None)
    assert failed.place == 2
    assert failed.failure == "ValueError: 2 is not liked."
    assert failed.sentence.startswith('The run {"number":2,')
    assert failed.sentence.endswith("failed: ValueError: 2 is not liked.")
    assert {done.sentence for done in found if done.result} == {""}
    again = list(sweep(work.square, numbers(traces, 4, raising=[2]), tmp_path / "kept", workers=2))
    assert [done.kept for done in again] == [True, True, True, False]
    assert runs_of(traces, 2) == 2


def test_a_run_that_returns_something_else_is_told(tmp_path):
    (done,) = sweep(work.return_a_number, [{"number": 3}], tmp_path / "kept", workers=2)
    assert done.failure.endswith("TypeError: return_a_number must return a Result, got int.")
    (done,) = sweep(partial(work.return_a_number), [{"number": 3}], tmp_path / "kept", workers=2)
    assert done.failure.endswith("TypeError: return_a_number must return a Result, got int.")


def test_a_run_finds_the_finished_ones_that_it_builds_on_in_the_folder(traces, tmp_path):
    kept, some = tmp_path / "kept", numbers(traces, 3)
    list(sweep(work.square, some, kept, workers=2))
    on_top = [{"number": 10, "builds_on": one} for one in some]
    found = list(sweep(partial(work.add_to, folder=kept), on_top, kept, workers=2))
    assert {done.place: int(done.result.arrays["sum"][0]) for done in found} == {0: 10, 1: 11, 2: 14}
    assert all(done.kept for done in sweep(partial(work.add_to, folder=tmp_path), on_top, kept, workers=2))


def test_a_killed_worker_costs_what_was_under_way_and_nothing_else(traces, tmp_path):
    """A process of the pool is killed from outside, as the system does when memory runs out."""
    gate = tmp_path / "gate"
    some = numbers(traces, 6)
    some[3]["until"] = some[5]["until"] = str(gate)
    sweeping = sweep(work.square, some, tmp_path / "kept", workers=2, beat=0.02)
    found = watch(sweeping, lambda: runs_of(traces, 3) and runs_of(traces, 5))
    (victim,) = traces.glob("3.*")
    os.kill(int(victim.suffix[1:]), signal.SIGKILL)
    gate.touch()
    found += [done for done in sweeping if done is not None]
    assert squares(found) == {number: number**2 for number in range(6)}
    assert sorted(done.place for done in found) == list(range(6))
    assert [runs_of(traces, number) for number in (0, 1, 2, 4)] == [1] * 4
    assert runs_of(traces, 3) == 2
    assert left_over(tmp_path / "kept") == []


def test_a_run_that_kills_its_worker_three_times_is_named_and_left_out(traces, tmp_path):
    found = list(sweep(work.square, numbers(traces, 4, deadly=[1]), tmp_path / "kept", workers=2))
    assert squares(found) == {0: 0, 2: 4, 3: 9}
    (poison,) = (done for done in found if done.result is None)
    assert poison.sentence.startswith('The run {"deadly":[1],"number":1,')
    assert poison.sentence.endswith("failed: it ended its worker 3 times and is left out.")
    assert runs_of(traces, 1) == 3
    assert [Path(name).suffix for name in left_over(tmp_path / "kept")] == [".failed"]


def test_closing_ends_the_workers_and_leaves_nothing_half_written(traces, tmp_path):
    kept = tmp_path / "kept"
    some = numbers(traces, 3, kept=str(kept))
    sweeping = sweep(work.write_half, some, kept, workers=2, beat=0.02)
    assert watch(sweeping, lambda: len(processes(traces)) == 2) == []
    assert len(list(kept.glob("*.part"))) == 2
    before = time.monotonic()
    sweeping.close()
    assert time.monotonic() - before < 5
    assert not any(psutil.pid_exists(process) for process in processes(traces))
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize("kept", [False, True])
def test_a_sweep_that_is_closed_once_its_runs_have_ended_leaves_no_worker_waiting(traces, tmp_path, kept):
    some, folder = numbers(traces, 2), tmp_path / "kept"
    if kept:
        list(sweep(work.square, some, folder, workers=2))
    sweeping = sweep(work.square, some, folder, workers=2)
    assert [done.kept for done in take(sweeping, 2)] == [kept, kept]
    assert all(is_alive(process) for process in processes(traces))
    sweeping.close()
    assert not any(is_alive(process) for process in processes(traces))


def test_closing_one_sweep_costs_another_of_this_process_nothing_but_time(traces, tmp_path):
    """joblib has one pool of workers in a process: they work for both sweeps, and are ended with the first."""
    gate = tmp_path / "gate"
    first = sweep(work.square, numbers(traces, 2, until=str(gate)), tmp_path / "first", workers=2, beat=0.02)
    second = sweep(work.square, numbers(traces, 3), tmp_path / "second", workers=2, beat=0.02)
    watch(first, lambda: len(processes(traces)) == 2)
    assert next(second) is None
    first.close()
    assert squares(done for done in second if done) == {0: 0, 1: 1, 2: 4}
    assert left_over(tmp_path / "second") == []


def test_a_full_disk_ends_the_sweep_with_a_sentence(traces, tmp_path):
    kept = tmp_path / "kept"
    with pytest.raises(Unwritable, match=f"The disk is full: a result could not be kept in {kept}"):
        list(sweep(work.fill_the_disk, numbers(traces, 20, kept=str(kept)), kept, workers=2))
    assert len(list(traces.iterdir())) < 20
    assert list(kept.iterdir()) == []


def test_half_a_file_is_computed_anew_and_nothing_else_is(traces, tmp_path):
    kept, some = tmp_path / "kept", numbers(traces, 3)
    list(sweep(work.square, some, kept, workers=2))
    path = Store(kept, version_of(work.square)).path(some[1], ".npz")
    path.write_bytes(path.read_bytes()[:20])
    assert squares(sweep(work.square, some, kept, workers=2)) == {0: 0, 1: 1, 2: 4}
    assert [runs_of(traces, number) for number in range(3)] == [1, 2, 1]


def test_a_folder_that_is_removed_meanwhile_is_made_again(traces, tmp_path):
    gate, kept = tmp_path / "gate", tmp_path / "kept"
    some = numbers(traces, 4)
    some[2]["until"] = some[3]["until"] = str(gate)
    sweeping = sweep(work.square, some, kept, workers=2, beat=0.02)
    found = watch(sweeping, lambda: runs_of(traces, 2) and runs_of(traces, 3))
    found += take(sweeping, 2 - len(found))
    shutil.rmtree(kept)
    gate.touch()
    found += [done for done in sweeping if done is not None]
    assert squares(found) == {number: number**2 for number in range(4)}
    assert [done.kept for done in sweep(work.square, some[2:], kept)] == [True, True]


KILLED = """
import sys
from pathlib import Path
from nbutils.runs import sweep
from tests.runs import work
from tests.runs.test_sweeping import gated

traces, kept, gate = map(Path, sys.argv[1:])
list(sweep(work.square, gated(traces, gate), kept, workers=2))
"""


def gated(traces, gate):
    some = numbers(traces, 5)
    return [one | ({"until": str(gate)} if one["number"] in (2, 3) else {}) for one in some]


def test_killed_as_a_whole_its_workers_end_what_they_are_at_and_it_goes_on_without_repeating(traces, tmp_path):
    """SIGKILL to the process of the sweep: its workers live on, keep their runs and are gone."""
    gate, kept = tmp_path / "gate", tmp_path / "kept"
    command = [sys.executable, "-c", KILLED, str(traces), str(kept), str(gate)]
    first = subprocess.Popen(command, cwd=ROOT)
    wait_until(lambda: runs_of(traces, 2) and runs_of(traces, 3))
    first.kill()
    first.wait()
    orphans = processes(traces)
    sweeping = sweep(work.square, gated(traces, gate), kept, workers=2, beat=0.02)
    found = watch(sweeping, lambda: runs_of(traces, 4))
    gate.touch()
    found += [done for done in sweeping if done is not None]
    assert squares(found) == {number: number**2 for number in range(5)}
    assert [runs_of(traces, number) for number in range(5)] == [1] * 5
    wait_until(lambda: not any(map(is_alive, orphans)))
    assert left_over(kept) == []


def is_alive(process):
    """Say whether a process lives; one that has ended and waits for a parent to ask does not."""
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(condition):
    until = time.monotonic() + LONGEST
    while not condition():
        assert time.monotonic() < until, "What was waited for did not come."
        time.sleep(0.02)


SECOND = """
import sys
from pathlib import Path
from nbutils.runs import sweep
from tests.runs import work
from tests.runs.test_sweeping import numbers

traces, kept, gate = sys.argv[1:]
found = list(sweep(work.square, numbers(Path(traces), 8, until=gate), kept, workers=2))
print(sorted(int(done.result.arrays["square"][0]) for done in found))
"""


def test_two_sweeps_in_one_folder_share_the_work_and_repeat_nothing(traces, tmp_path):
    gate, kept = tmp_path / "gate", tmp_path / "kept"
    command = [sys.executable, "-c", SECOND, str(traces), str(kept), str(gate)]
    second = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    sweeping = sweep(work.square, numbers(traces, 8, until=str(gate)), kept, workers=2, beat=0.02)
    try:
        # Nothing ends before the gate opens: four processes at work are two of either sweep.
        found = watch(sweeping, lambda: len(processes(traces)) == 4)
    finally:
        gate.touch()  # nobody waits at it for ever
    found += [done for done in sweeping if done is not None]
    assert squares(found) == {number: number**2 for number in range(8)}
    assert second.communicate(timeout=20)[0].strip() == str([number**2 for number in range(8)])
    assert [runs_of(traces, number) for number in range(8)] == [1] * 8
    assert left_over(kept) == []


def test_a_claim_whose_process_died_is_freed(traces, tmp_path):
    """A process claims a run and is killed; its lock file stays and holds nobody up."""
    kept, some = tmp_path / "kept", numbers(traces, 1)
    store = Store(kept, version_of(work.square))
    claiming = (
        "import os, signal, sys; from pathlib import Path; from nbutils.runs import Store\n"
        "with Store(Path(sys.argv[1]), sys.argv[2]).claimed(eval(sys.argv[3])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    died = subprocess.run(
        [sys.executable, "-c", claiming, str(kept), store.version, repr(some[0])], cwd=ROOT, check=False
    )
    assert died.returncode == -signal.SIGKILL
    assert store.path(some[0], ".lock").exists()
    assert squares(sweep(work.square, some, kept, workers=2)) == {0: 0}


def test_equal_settings_are_run_once_and_yielded_each(traces, tmp_path):
    twice = numbers(traces, 1) * 2
    assert squares(sweep(work.square, twice, tmp_path / "kept", workers=2)) == {0: 0, 1: 0}
    assert runs_of(traces, 0) == 1


def test_joblib_says_where_the_runs_take_place(traces, tmp_path):
    with joblib.parallel_config(backend="threading", n_jobs=2):
        found = list(sweep(work.square, numbers(traces, 3), tmp_path / "kept"))
    assert squares(found) == {0: 0, 1: 1, 2: 4}
    assert {done.result.facts["process"] for done in found} == {os.getpid()}


def test_a_function_without_version_and_settings_without_json_are_refused(tmp_path):
    with pytest.raises(ValueError, match="needs a VERSION"):
        next(sweep(os.path.join, [{}], tmp_path / "kept"))
    with pytest.raises(ValueError, match="finite numbers"):
        next(sweep(work.square, [{"number": float("inf")}], tmp_path / "kept"))
