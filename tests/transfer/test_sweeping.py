"""The command that sweeps over the grid: its plan, its lines, its failures by name, and that it can be stopped."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from click.testing import CliRunner

from nbutils import zoo
from nbutils.cli import main
from nbutils.transfer import running, sweeping, wishes
from nbutils.transfer.commands import read_line
from nbutils.transfer.grid import LADDER
from nbutils.transfer.records import TREATMENTS, RunSettings
from nbutils.transfer.results import load_results, read_origins
from tests.transfer.sweep_work import keep_all_but

ROOT = Path(__file__).parents[2]
LONGEST = 60.0  # seconds that a busy machine may take


def wish(folder, **more):
    return sweeping.Wish(**{"splits": 1, "treatments": ("base", "AnB"), "layers": (1, 2), "folder": folder} | more)


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr(sweeping, "require_pictures", lambda _wanted: None)
    monkeypatch.setattr(sweeping, "choose_device", lambda _wish: "cpu")


def follow(folder, failing="", **more):
    lines = []
    code = sweeping.follow(wish(folder, **more), lambda line, nl=True: lines.append(line), keep_all_but(failing))
    return code, lines


def test_the_plan_comes_first_then_a_line_a_run_and_the_table_at_the_end(tmp_path):
    code, lines = follow(tmp_path / "runs")
    assert code == 0
    assert lines[0] == f"6 runs: 0 are finished already, 6 are left. They are kept in {tmp_path / 'runs'}."
    assert lines[2].startswith("1 of 6: baseA, random-0, seed 0: 75.0% right after 60 s; about ")
    assert lines[-1].startswith("6 runs stand in ")
    assert len(load_results(tmp_path / "runs" / "results")) == 6


def test_it_goes_on_where_it_was_and_begins_anew_only_when_asked(tmp_path):
    follow(tmp_path / "runs", layers=(1,))
    code, lines = follow(tmp_path / "runs", results=tmp_path / "table")
    assert code == 0
    assert lines[0].startswith("6 runs: 4 are finished already, 2 are left.")
    assert [line for line in lines if line.startswith(("5 of 6", "6 of 6"))] == lines[2:4]
    assert len(load_results(tmp_path / "table")) == 6
    _, lines = follow(tmp_path / "runs", fresh=True, only_plan=True)
    assert lines[0].startswith("6 runs: 0 are finished already")
    assert f"{tmp_path / 'runs'}-20" in lines[0]


def test_hours_on_a_card_are_those_of_such_a_card(tmp_path, monkeypatch):
    monkeypatch.setattr(sweeping, "choose_device", lambda _wish: "cuda")
    monkeypatch.setattr(sweeping, "name_card", lambda: "a card")
    _, lines = follow(tmp_path / "runs", only_plan=True)
    assert lines[1] == "How long they take shows when the first has ended."
    base = replace(load_results()[0], settings=RunSettings(), hardware="a card, bfloat16", seconds=10.0)
    monkeypatch.setattr(sweeping, "load_results", lambda: (base, replace(base, hardware="a processor", seconds=100.0)))
    _, lines = follow(tmp_path / "runs", only_plan=True, treatments=("base",))
    assert lines[1] == "They take about 20 s, as base networks took that were trained on a card, bfloat16."


def test_a_plan_alone_runs_nothing(tmp_path):
    code, lines = follow(tmp_path / "runs", only_plan=True)
    assert (code, len(lines)) == (0, 2)
    assert not (tmp_path / "runs").exists()


def test_what_failed_is_told_by_name_at_the_end(tmp_path):
    code, lines = follow(tmp_path / "runs", failing="A2B")
    assert code == 1
    assert "Failed: A2B, random-0, seed 0: ValueError: it is not liked." in lines
    assert len(load_results(tmp_path / "runs" / "results")) == 5


def test_no_run_is_listed_twice_and_bases_come_first():
    runs = sweeping.list_runs(sweeping.Wish(splits=4, nature=True, treatments=TREATMENTS, layers=tuple(range(1, 8))))
    assert len(runs) == len(set(runs)) == 5 * 2 * (1 + 5 * 7)
    assert [run.treatment for run in runs[:10]] == ["base"] * 10


def test_what_is_finished_comes_into_the_table_without_a_run(tmp_path):
    follow(tmp_path / "runs", layers=(1,))
    code, lines = follow(tmp_path / "runs", only_table=True, results=tmp_path / "table")
    assert code == 0
    assert lines[-1].startswith("4 runs stand in ")
    assert len(load_results(tmp_path / "table")) == 4


def test_the_table_names_the_line_that_makes_its_runs_and_no_folder(tmp_path):
    follow(tmp_path / "runs", epochs=3, nature=True)
    (origin,) = read_origins(tmp_path / "runs" / "results")
    line = "python -m nbutils sweep transfer --data cifar10 --splits 1 --nature --treatments base,AnB --layers 1,2"
    assert origin["command"] == f"{line} --epochs 3"
    made = sweeping.list_runs(read_line(origin["command"]))
    assert set(made) == {run.settings for run in load_results(tmp_path / "runs" / "results")}


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ("--splits 1", 72),
        ("--splits 0 --nature --treatments base,AnB,random", 30),
        ("--splits 0 --ladder", 12),
        ("--splits 0 --all --treatments base", 1),
        ("--splits 1 --treatments base --network small_32_7x7", 2),
        ("--splits 1 --treatments base,random --nonlinearity abs_tanh", 16),
        ("--splits 2 --seeds 2 --treatments AnB --layers 1,3 --epochs 2", 24),
    ],
)
def test_a_line_asks_for_runs_and_the_runs_ask_for_the_line(options, count):
    line = f"{wishes.LINE} --data cifar10 {options}"
    wish = read_line(f"{line} --workers 2 --folder 'a folder' --resume")
    wanted = sweeping.list_runs(wish)
    assert len(wanted) == len(set(wanted)) == count
    assert sweeping.list_runs(read_line(wishes.tell_line(wish))) == wanted


def test_the_ladder_is_of_the_same_networks_as_the_rest():
    asked = "--splits 0 --ladder --epochs 2 --network small_32_7x7 --nonlinearity abs_tanh --seeds 2"
    wanted = sweeping.list_runs(read_line(f"{wishes.LINE} {asked}"))
    assert {(run.epochs, run.plan, run.nonlinearity) for run in wanted} == {(2, "small_32_7x7", "abs_tanh")}
    assert [run.per_class for run in wanted if run.seed == 1] == sorted(LADDER, reverse=True)
    few = sweeping.list_runs(read_line(f"{wishes.LINE} --data quickdraw --splits 0 --ladder"))
    assert [run.per_class for run in few] == [50, 25, 10, 5, 2, 1]


@pytest.mark.parametrize("name", zoo.LABELLED)
def test_networks_take_the_pictures_of_their_data(name, monkeypatch):
    size, channels = (32, 3) if name == "cifar10" else (28, 1)
    labels = np.arange(len(zoo.class_names(name)))
    images = np.zeros((len(labels), size, size, channels), np.uint8)
    monkeypatch.setattr(running, "_labelled", lambda _: zoo.Labelled(name, images, labels, images, labels, ()))
    running._read_examples.cache_clear()
    first = sweeping.list_runs(read_line(f"{wishes.LINE} --data {name}"))[0]
    prepared = running.begin(first, {})
    assert prepared.network(prepared.examples.take(torch.arange(2))).shape == (2, len(labels) // 2)
    running._read_examples.cache_clear()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--data", "imagenet"], "'imagenet' is not one of 'cifar10', 'mnist', 'fashion_mnist', 'quickdraw'."),
        (["--data", "mnist", "--nature"], 'The split "nature" is for cifar10 and imagenet'),
        (["--data", "mnist", "--network", "small_32"], "The network small_32 does not take the pictures of mnist"),
        (["--layers", "0-3"], 'layers are numbers from 1 to 7, such as "1-7" or "1,3,5"; got \'0-3\'.'),
        (["--treatments", "base,CnB"], 'There is no treatment "CnB"; choose from base, BnB'),
        (["--splits", "0"], "There is nothing to run"),
    ],
)
def test_what_cannot_be_run_is_said(options, told):
    done = CliRunner().invoke(main, ["sweep", "transfer", *options])
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())


def test_a_scheduler_that_does_not_answer_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(sweeping, "CONNECTING", 1)
    with pytest.raises(sweeping.CannotSweepError, match=r"^No dask scheduler answers at tcp://127\.0\.0\.1:9\. Start"):
        follow(tmp_path / "runs", scheduler="tcp://127.0.0.1:9")


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_with_a_sentence_and_leaves_nothing(kind, tmp_path):
    """As Ctrl-C in a terminal does, it reaches the command and its workers alike."""
    traces = tmp_path / "traces"
    traces.mkdir()
    command = subprocess.Popen(
        [sys.executable, "-c", "from tests.transfer.sweep_work import main; main()", str(tmp_path / "runs")],
        cwd=ROOT,
        env={**os.environ, "TRACES": str(traces)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + LONGEST
    while len(list(traces.iterdir())) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    if kind == signal.SIGINT:
        os.killpg(command.pid, kind)
    else:
        command.send_signal(kind)
    said, wrong = command.communicate(timeout=LONGEST)
    assert command.returncode == 128 + kind
    assert said.splitlines()[-1] == "Stopped. 0 of 4 runs are finished and stay; the same line goes on."
    assert wrong == ""
    assert not any(psutil.pid_exists(int(path.name)) for path in traces.iterdir())
    assert list((tmp_path / "runs").iterdir()) == []
