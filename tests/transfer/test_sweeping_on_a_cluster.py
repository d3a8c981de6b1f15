"""The command that sweeps over the grid on a dask cluster, whose scheduler and worker are processes of their own."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner
from distributed import Client
from joblib.parallel import get_active_backend

from nbutils.cli import main
from nbutils.runs import clusters
from nbutils.transfer import sweeping
from nbutils.transfer.results import load_results
from tests.runs.work import knows_torch

ROOT = Path(__file__).parents[2]
LONGEST = 60.0  # seconds that a busy machine may take
GRID = ["--treatments", "base,AnB", "--layers", "7", "--epochs", "2"]


@contextmanager
def begun(*command):
    """Keep a program of dask's at work for the length of a block, with as many threads as torch likes."""
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    with subprocess.Popen([sys.executable, "-m", "dask", *command], cwd=ROOT, env=environment) as process:
        try:
            yield
        finally:
            process.kill()


@pytest.fixture
def scheduler(tmp_path):
    """The address of a scheduler with one worker."""
    told = tmp_path / "scheduler.json"
    here = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(told)]
    alone = ["--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path)]
    with (
        begun("scheduler", *here, "--port", "0"),
        begun("worker", *here, *alone, "--preload", "tests.transfer.tiny_worker"),
    ):
        until = time.monotonic() + LONGEST
        while not told.exists():
            assert time.monotonic() < until, "The scheduler did not begin."
            time.sleep(0.05)
        yield json.loads(told.read_text())["address"]


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr(sweeping, "require_pictures", lambda _wanted: None)


def ask(*options):
    done = CliRunner().invoke(main, ["sweep", "transfer", *GRID, *map(str, options)])
    assert done.exit_code == 0, done.output
    return done.output.splitlines()


def test_the_command_has_a_cluster_do_the_runs_and_goes_on(scheduler, tmp_path):
    kept = tmp_path / "kept"
    lines = ask("--backend", "dask", "--scheduler", scheduler, "--folder", kept)
    assert lines[0] == f"4 runs: 0 are finished already, 4 are left. They are kept in {kept}."
    assert [line.split(":")[0] for line in lines[2:-1]] == [f"{number} of 4" for number in (1, 2, 3, 4)]
    assert {line.split(": ")[1].split(",")[0] for line in lines[2:4]} == {"baseA", "baseB"}
    runs = load_results(kept / "results")
    assert {run.settings.name for run in runs} == {"baseA", "baseB", "A7B", "B7A"}
    assert all(run.hardware.endswith(", 1 thread(s)") for run in runs)
    with Client(scheduler) as client:
        assert not client.run_on_scheduler(knows_torch)
    assert {path.suffix for path in kept.iterdir() if path.is_file()} == {".npz", ".json"}
    written = {path: path.stat().st_mtime_ns for path in kept.glob("*.npz")}
    again = ask("--scheduler", scheduler, "--folder", kept)
    assert again[0].startswith("4 runs: 4 are finished already, 0 are left.")
    assert written == {path: path.stat().st_mtime_ns for path in kept.glob("*.npz")}


def test_without_an_address_the_cluster_is_one_of_this_machine(monkeypatch):
    monkeypatch.setattr(clusters, "on_this_machine", partial(clusters.on_this_machine, processes=False))
    with sweeping.choose_cluster(sweeping.Wish(backend="dask", workers=2)):
        backend, _ = get_active_backend()
        assert len(backend.client.scheduler_info()["workers"]) == 2
    assert not hasattr(get_active_backend()[0], "client")
