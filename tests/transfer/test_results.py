"""Measured runs are written and read back; what is damaged is told, what is missing is absent."""

from threading import Thread

import numpy as np
import pytest

from nbutils.runs.store import Store
from nbutils.transfer import results
from nbutils.transfer.records import RunSettings, to_json
from nbutils.transfer.results import CURVES, FILTERS, PROVENANCE, RUNS, key_of, load_results, write_results

VERSION = "train_one 1"
BASE = RunSettings()
FROZEN = RunSettings(treatment="AnB", n=3)
FINE = RunSettings(treatment="AnB+", n=3)
ORIGIN = {"command": "sweep transfer", "seed": 0, "date": "2026-01-02", "machine": {"cores": 2}}


def finish(folder, settings, score=0.8125, version=VERSION):
    """Keep a finished run in a store, as one that was trained does."""
    epochs = np.linspace(0.5, 12, 24, dtype=np.float32)
    arrays = {"epochs": epochs, "accuracy": epochs / 15, "loss": 1 / epochs}
    arrays["conv1"] = np.full((48, 3, 5, 5), settings.n + 0.5, np.float32)
    facts = {"score": score, "best_ten": score - 0.01, "seconds": 61.23456789, "images_per_s": 2_600.0}
    facts |= {"hardware": 'a processor, "fast"', "version": "0.1.0, training 1", "date": "2026-01-02"}
    Store(folder, version).put(to_json(settings), arrays, facts)


@pytest.fixture
def shipped(tmp_path):
    """A folder into which two of three runs were written, and the store that they came from."""
    for settings in (BASE, FROZEN):
        finish(tmp_path / "store", settings)
    out = tmp_path / "out"
    write_results(tmp_path / "store", [BASE, FROZEN, FINE], out, VERSION, ORIGIN)
    return out


def test_a_run_comes_back_as_it_was_kept(shipped):
    by_settings = {run.settings: run for run in load_results(shipped)}
    assert set(by_settings) == {BASE, FROZEN}
    run = by_settings[FROZEN]
    assert (run.score, run.best_ten, run.seconds) == (0.8125, 0.8025, 61.235)
    assert (run.hardware, run.version, run.date) == ('a processor, "fast"', "0.1.0, training 1", "2026-01-02")
    assert run.epochs.tolist() == np.linspace(0.5, 12, 24, dtype=np.float32).tolist()
    np.testing.assert_array_equal(run.accuracy, run.epochs / 15)
    np.testing.assert_allclose(run.loss, 1 / run.epochs)


def test_the_table_has_one_row_a_run_with_all_settings(shipped):
    lines = (shipped / RUNS).read_text().splitlines()
    assert len(lines) == 3
    assert lines[0].split(",")[:6] == ["key", "data", "split", "target", "treatment", "n"]
    assert {line.split(",")[0] for line in lines[1:]} == {key_of(BASE), key_of(FROZEN)}


def test_filters_are_kept_of_runs_whose_first_layer_learned(shipped, tmp_path):
    assert set(results.load_filters(shipped)) == {key_of(BASE)}
    finish(tmp_path / "store", FINE)
    write_results(tmp_path / "store", [FINE], shipped, VERSION)
    filters = results.load_filters(shipped)
    assert set(filters) == {key_of(BASE), key_of(FINE)}
    assert filters[key_of(FINE)].shape == (48, 3, 5, 5)
    assert filters[key_of(FINE)].dtype == np.float32


def test_later_runs_stand_beside_earlier_ones_and_replace_their_equals(shipped, tmp_path):
    finish(tmp_path / "other", FINE, 0.9)
    finish(tmp_path / "other", BASE, 0.7)
    runs = write_results(tmp_path / "other", [BASE, FINE], shipped, VERSION)
    assert {run.settings: run.score for run in runs} == {BASE: 0.7, FROZEN: 0.8125, FINE: 0.9}
    assert [run.settings for run in load_results(shipped)] == [run.settings for run in runs]


def test_what_another_version_made_is_left_out(shipped, tmp_path):
    finish(tmp_path / "store", FINE, version="train_one 2")
    write_results(tmp_path / "store", [FINE], shipped, VERSION)
    assert FINE not in {run.settings for run in load_results(shipped)}


def test_commands_are_told_once_each(shipped, tmp_path):
    write_results(tmp_path / "store", [BASE], shipped, VERSION, ORIGIN | {"date": "2026-01-03"})
    write_results(tmp_path / "store", [BASE], shipped, VERSION, ORIGIN | {"command": "sweep transfer --splits 4"})
    told = results.read_origins(shipped)
    assert [(one["command"], one["date"]) for one in told] == [
        ("sweep transfer", "2026-01-03"),
        ("sweep transfer --splits 4", "2026-01-02"),
    ]


def test_a_command_that_made_none_of_the_runs_is_not_told(shipped, tmp_path):
    write_results(tmp_path / "store", [FINE], shipped, VERSION, ORIGIN | {"command": "sweep mars"})
    assert [one["command"] for one in results.read_origins(shipped)] == ["sweep transfer"]


def test_writers_wait_for_one_another_and_no_row_is_lost(shipped, tmp_path, monkeypatch):
    finish(tmp_path / "store", FINE)
    before = load_results(shipped)
    write_whole, others = results.write_whole, []

    def write_beside(path, content):
        if not others:
            others.append(Thread(target=write_results, args=(tmp_path / "store", [FINE], shipped, VERSION)))
            others[0].start()
            others[0].join(0.3)
            assert others[0].is_alive()
        write_whole(path, content)

    monkeypatch.setattr(results, "write_whole", write_beside)
    write_results(tmp_path / "store", [BASE], shipped, VERSION, ORIGIN | {"command": "another"})
    others[0].join()
    assert len(load_results(shipped)) == len(before) + 1
    assert len(results.read_origins(shipped)) == 2
    assert not list(shipped.glob("*.lock"))


def test_the_same_runs_give_the_same_bytes(shipped, tmp_path):
    before = {name: (shipped / name).read_bytes() for name in (RUNS, CURVES, FILTERS, PROVENANCE)}
    write_results(tmp_path / "store", [FROZEN, BASE], shipped, VERSION)
    assert {name: (shipped / name).read_bytes() for name in before} == before
    assert sorted(path.name for path in shipped.iterdir()) == sorted(before)


def test_where_nothing_was_measured_there_is_nothing(tmp_path):
    assert load_results(tmp_path) == ()
    assert results.load_filters(tmp_path) == {}
    assert results.read_origins(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [(CURVES, b"half a zip"), (CURVES, b""), (RUNS, b"key,data\n1,cifar10\n"), (RUNS, b"\xff\xfe")],
)
def test_damage_is_a_sentence_that_says_what_to_do(shipped, name, content):
    (shipped / name).write_bytes(content)
    with pytest.raises(ValueError, match="get them from the repository again"):
        load_results(shipped)


def test_a_row_with_impossible_settings_is_refused(shipped):
    table = shipped / RUNS
    table.write_text(table.read_text().replace(",AnB,3,", ",AnB,8,"))
    with pytest.raises(ValueError, match="cannot be read"):
        load_results(shipped)


def test_a_failed_write_leaves_the_shipped_table(shipped, tmp_path, monkeypatch):
    finish(tmp_path / "store", FINE)
    before = (shipped / RUNS).read_bytes()

    def refuse(_path, _content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(results, "write_whole", refuse)
    with pytest.raises(OSError, match="No space"):
        write_results(tmp_path / "store", [FINE], shipped, VERSION)
    assert (shipped / RUNS).read_bytes() == before
    assert len(load_results(shipped)) == 2
