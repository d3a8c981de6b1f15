"""What the sweep over the grid says on a terminal, how long it expects to take, and where the disk is full."""

import errno
import os
import sys

import joblib
import pytest
from click.testing import CliRunner

from nbutils.cli import main
from nbutils.runs import store
from nbutils.transfer import sweeping
from tests.transfer.sweep_work import keep_all_but


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr(sweeping, "require_pictures", lambda _wanted: None)
    monkeypatch.setattr(sweeping, "choose_device", lambda _wish: "cpu")


def follow(folder, **more):
    said = []
    wish = sweeping.Wish(splits=1, treatments=("base", "AnB"), layers=(1, 2), folder=folder, **more)
    sweeping.follow(wish, lambda text, nl=True: said.append(text), keep_all_but("A2B"))
    return said


def test_on_a_terminal_one_line_is_kept_up_to_date_with_the_time_left(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    plan, hours, *said = follow(tmp_path / "runs")
    assert plan.startswith("6 runs: 0 are finished already, 6 are left.")
    assert hours.startswith("They take about ")
    line = [text.removeprefix("\r\033[K") for text in said if text.startswith("\r\033[K")]
    assert line[0].startswith("0 of 6 runs, 0 failed, 0 s so far; about ")
    assert all(text.endswith(" left") for text in line)
    assert line[-1].startswith("5 of 6 runs, 1 failed, ")
    assert said[len(line) :][:2] == ["", "Failed: A2B, random-0, seed 0: ValueError: it is not liked."]


def test_twice_the_work_is_expected_to_take_twice_as_long(tmp_path):
    one, two = (expect(tmp_path, sweeping.Wish(splits=splits, treatments=("base",))) for splits in (1, 2))
    assert two == pytest.approx(2 * one)


def expect(folder, wish):
    seconds, _ = sweeping.estimate(sweeping.make_plan(sweeping.list_runs(wish), folder), folder, 1, "cpu")
    return seconds


def test_a_full_disk_ends_the_command_with_a_sentence(tmp_path, monkeypatch):
    def fill(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(store, "write_whole", fill)
    given = ["sweep", "transfer", "--treatments", "base", "--folder", str(tmp_path / "kept")]
    with joblib.parallel_config(backend="threading", n_jobs=2):
        done = CliRunner().invoke(main, given)
    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == (
        f"Error: The disk is full: a result could not be kept in {tmp_path / 'kept'}. Make room and start again; what "
        "is finished stays."
    )
    assert list((tmp_path / "kept").iterdir()) == []
