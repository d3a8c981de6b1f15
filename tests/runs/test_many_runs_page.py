"""docs/many_runs.md: its commands are taken by the programs that they are for, its Python does what is said of it."""

import importlib
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
import types
from pathlib import Path

import click
import dask
import joblib
import pytest
from distributed import LocalCluster
from distributed.cli import dask_scheduler, dask_worker
from torch.distributed.run import get_args_parser

from nbutils.cli import main
from nbutils.runs import sweep
from nbutils.runs.clusters import on_this_machine

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "many_runs.md").read_text("utf-8")
ADDRESS = "tcp://10.0.0.1:8786"
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = FENCED.findall(DOCUMENT)
WALKS, SWEEP, ON_DASK, ON_SLURM = (code for language, code in BLOCKS if language == "python")
INLINE = sorted(set(re.findall(r"`([^`\n]+)`", FENCED.sub("", DOCUMENT))))
LINES = [line for language, code in BLOCKS if not language for line in code.splitlines()]
LINES += [text for text in INLINE if text.startswith(("python ", "torchrun ", "dask ", "pip "))]
OPTIONS = [text for text in INLINE if text.startswith("--")]
WITH_OPTIONS = ("python -m nbutils sweep transfer", "python -m nbutils train transfer FOLDER", f"dask worker {ADDRESS}")


@pytest.fixture(autouse=True)
def somewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FOLDER").mkdir()


def parse(command, words):
    """Have a program of click's take what was typed, without doing it; click.UsageError where it does not."""
    while isinstance(command, click.Group):
        word, *words = words
        command = command.get_command(click.Context(command), word)
    command.make_context(command.name, words)


def take(line):
    """Have the program that a line names take the rest of it, and return its name."""
    program, *words = shlex.split(line, comments=True)
    if program == "torchrun":
        told = get_args_parser().parse_args(words)
        assert told.module
        program, words = "python", ["-m", told.training_script, *told.training_script_args]
    if program == "dask":
        parse({"scheduler": dask_scheduler.main, "worker": dask_worker.main}[words[0]], words[1:])
    elif program == "pip":
        extra = re.fullmatch(r"\.\[(\w+)\]", words[-1])[1]
        assert words[:-1] == ["install", "-e"]
        assert extra in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    else:
        assert (program, *words[:2]) == ("python", "-m", "nbutils")
        parse(main, words[2:])
    return program


@pytest.mark.parametrize("line", LINES)
def test_a_program_takes_its_line(line):
    assert take(line) in ("python", "dask", "pip")


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_belongs_to_a_command_of_the_page(option):
    """With a value, or where it needs one by its name alone, which click says is what is missing."""
    assert any(is_known(f"{command} {option}") for command in WITH_OPTIONS)


def is_known(line):
    try:
        take(line)
    except click.NoSuchOption:
        return False
    except click.UsageError as error:
        return "requires an argument" in error.message
    return True


def test_the_setting_of_the_scheduler_is_one_that_dask_has():
    (line,) = (text for text in INLINE if text.startswith("DASK_"))
    name, value = line.split("=")
    told = dask.config.collect_env({name: value})
    assert dask.config.get("distributed.scheduler.worker-saturation", config=told) == float(value)
    assert dask.config.get("distributed.scheduler.worker-saturation") > 0


def test_the_function_of_the_page_runs_over_its_settings(tmp_path):
    (tmp_path / "walks.py").write_text(WALKS, "utf-8")
    (tmp_path / "many.py").write_text(SWEEP, "utf-8")
    done = subprocess.run([sys.executable, "many.py"], capture_output=True, text=True, check=True)
    assert len(set(map(float, done.stdout.split()))) == 100
    assert {path.suffix for path in (tmp_path / "runs" / "walks").iterdir()} == {".npz", ".json"}


@pytest.fixture
def walking(tmp_path, monkeypatch):
    """Return what the page has made when it comes to clusters, with fewer runs; walks.py lies where Python looks."""
    (tmp_path / "walks.py").write_text(WALKS, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    walks = importlib.import_module("walks")
    wanted = [{"seed": seed, "steps": 10} for seed in range(3)]
    yield {"sweep": sweep, "walk": walks.walk, "wanted": wanted, "joblib": joblib}
    del sys.modules["walks"]


def run_block(code, names, folder, **other):
    """Run a block of the page in a folder of the test's; return how many runs it keeps there."""
    for printed, meant in {"/shared": str(folder), **other}.items():
        assert printed in code
        code = code.replace(printed, meant)
    (folder / "block.py").write_text(code, "utf-8")
    runpy.run_path(str(folder / "block.py"), names)
    return len(list((folder / "walks").glob("*.npz")))


def test_the_same_sweep_runs_on_a_cluster(walking, tmp_path):
    with on_this_machine(1, processes=False) as cluster:
        assert run_block(ON_DASK, walking, tmp_path, **{ADDRESS: cluster.scheduler_address}) == len(walking["wanted"])


def test_the_same_sweep_runs_on_a_cluster_that_is_made_for_it(walking, tmp_path, monkeypatch):
    """dask-jobqueue need not be here: a cluster of as many threads as jobs has its name."""
    made = []

    class Cluster(LocalCluster):
        def __init__(self, cores, processes, memory, walltime):
            super().__init__(n_workers=0, processes=False, threads_per_worker=1, dashboard_address=":0")
            made.append(self)

        def scale(self, jobs):
            super().scale(jobs)

    stand_in = types.ModuleType("dask_jobqueue")
    stand_in.SLURMCluster = Cluster
    monkeypatch.setitem(sys.modules, "dask_jobqueue", stand_in)
    assert run_block(ON_SLURM, walking, tmp_path) == len(walking["wanted"])
    (cluster,) = made
    cluster.close()
