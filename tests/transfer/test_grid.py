"""The runs of the experiments in their order, what is left of them, and runs in stacks against runs alone."""

from dataclasses import replace
from statistics import median

import numpy as np
import pytest

from nbutils.runs.store import Result, Store, version_of
from nbutils.runs.sweeping import Done
from nbutils.transfer import grid as grids
from nbutils.transfer import stacked_running
from nbutils.transfer.grid import LADDER, grid, ladder, measure_work, plan_grid, run_grid
from nbutils.transfer.records import TREATMENTS, RunSettings, from_json, to_json
from nbutils.transfer.results import load_results
from nbutils.transfer.running import train_one
from nbutils.transfer.stacked_running import group, run_stacked
from tests.transfer.tiny_data import make_settings, run


def test_a_grid_has_every_treatment_every_n_and_both_directions():
    runs = grid(splits=("random-0", "random-1"))
    assert len(runs) == len(set(runs)) == 2 * 2 * (1 + 5 * 7)
    assert {run.treatment for run in runs} == set(TREATMENTS)
    assert {run.n for run in runs if run.treatment != "base"} == set(range(1, 8))
    places = {run: place for place, run in enumerate(runs)}
    assert all(places[run.base] < places[run] for run in runs if run.base)


def test_a_grid_of_some():
    runs = grid(splits=("nature",), treatments=("AnB",), layers=(3, 7), seeds=(0, 1), epochs=5)
    assert [run.name for run in runs if run.seed == 1] == ["baseA", "baseB", "B3A", "B7A", "A3B", "A7B"]
    assert {run.epochs for run in runs} == {5}
    assert {run.name for run in grid(splits=("all",))} >= {"baseA", "A3A", "A3A+", "random 3, then A"}
    assert not [run for run in grid(splits=("all",)) if run.treatment.startswith("AnB")]


def test_a_ladder_has_fewer_and_fewer_examples():
    assert [run.per_class for run in ladder()] == sorted(LADDER, reverse=True)
    assert {(run.treatment, run.split) for run in ladder()} == {("base", "all")}
    assert {run.epochs for run in ladder(epochs=2)} == {2}
    assert max(run.per_class for run in ladder("quickdraw")) == 50


def test_a_plan_says_what_is_left(tmp_path):
    wanted = grid(treatments=("BnB",), layers=(7,))
    whole = plan_grid(wanted, tmp_path)
    assert (len(whole.wanted), whole.done) == (4, 0)
    assert whole.bases == pytest.approx(2 + 2 * 0.108)
    Store(tmp_path, version_of(train_one)).put(to_json(wanted[0]), {"accuracy": np.ones(1)}, {})
    part = plan_grid(wanted, tmp_path)
    assert (part.done, part.bases) == (1, pytest.approx(1 + 2 * 0.108))


def test_work_is_as_long_as_the_runs_that_ship_took():
    runs = [run for run in load_results() if run.settings.split == "random-0" and run.settings.per_class == 0]
    alone = median(run.seconds for run in runs if run.settings.treatment == "base" and run.settings.epochs == 12)
    for n in (1, 3, 5, 7):
        measured = median(run.seconds for run in runs if (run.settings.treatment, run.settings.n) == ("AnB", n))
        assert 0.5 < measure_work(RunSettings(treatment="AnB", n=n)) / (measured / alone) < 2
    few = RunSettings(treatment="AnB", n=7, epochs=1, variants=1)
    assert measure_work(few) < measure_work(RunSettings(treatment="AnB", n=7)) / 3


def test_bases_come_before_what_copies_them_and_places_are_those_wanted(tmp_path, monkeypatch):
    wanted = tuple(reversed(grid(treatments=("AnB",), layers=(2,))))
    swept = []

    def sweep(function, settings, folder, workers, beat):
        swept.append([from_json(one).name for one in settings])
        yield None
        for place in reversed(range(len(settings))):
            yield Done(place, settings[place], Result({}, {}))

    monkeypatch.setattr(grids, "sweep", sweep)
    ended = list(run_grid(wanted, tmp_path, beat=0.1))
    assert swept == [["baseB", "baseA"], ["A2B", "B2A"]]
    assert [one and one.place for one in ended] == [None, 3, 2, None, 1, 0]
    assert all(one is None or one.settings == to_json(wanted[one.place]) for one in ended)


def test_a_device_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ValueError, match='no device "tpu"'):
        list(run_grid(grid(), tmp_path, device="tpu"))


def test_runs_that_are_alike_share_a_stack():
    runs = [make_settings(target=target, treatment="AnB", n=n) for n in (2, 3) for target in "AB"]
    runs += [make_settings(split="nature", target=target, treatment="random", n=2) for target in "AB"]
    assert group(runs, range(6), 16) == [[0, 1], [2, 3], [4], [5]]
    bases = [make_settings(seed=seed) for seed in range(5)]
    assert group(bases, [0, 1, 2, 4], 3) == [[0, 1, 2], [4]]


def test_runs_in_a_stack_find_what_they_find_alone(folder, tmp_path):
    alone, stacked = folder, tmp_path / "stacked"
    bases = [make_settings(target=target) for target in "AB"]
    copies = [make_settings(target=target, treatment=name, n=3) for name in ("AnB", "BnB") for target in "AB"]
    assert [one.place for one in run_stacked(bases, stacked, "cpu")] == [0, 1]
    for settings in copies:
        run(settings, alone)
    ended = list(run_stacked([*copies, bases[0]], stacked, "cpu", beat=0.5))
    assert None in ended
    done = [one for one in ended if one]
    assert [(one.place, one.kept) for one in done] == [(4, True), (0, False), (1, False), (2, False), (3, False)]
    stores = [Store(folder, version_of(train_one)) for folder in (alone, stacked)]
    for settings in [*bases, *copies]:
        one, other = (store.get(to_json(settings)) for store in stores)
        assert one.arrays.keys() == other.arrays.keys()
        assert one.facts.keys() == other.facts.keys()
        assert other.arrays["loss"] == pytest.approx(one.arrays["loss"], abs=2e-3)
        assert other.arrays["accuracy"] == pytest.approx(one.arrays["accuracy"], abs=0.051)
        assert other.arrays["conv1"] == pytest.approx(one.arrays["conv1"], abs=1e-4)
    assert not [*stacked.glob("*.lock"), *stacked.glob("*.begun")]


def test_a_run_that_fails_leaves_the_others(folder):
    wanted = [make_settings(treatment="AnB", n=3), make_settings(treatment="AnB", n=3, seed=7)]
    good, bad = sorted(run_stacked(wanted, folder, "cpu"), key=lambda one: one.place)
    assert good.result is not None
    assert bad.failure.startswith("NoBaseError: A3B copies layers of baseA")
    store = Store(folder, version_of(train_one))
    assert store.path(to_json(wanted[1]), ".failed").exists()
    (wild,) = run_stacked([replace(make_settings(seed=3), rate=1e30)], folder, "cpu")
    assert "no number any more" in wild.failure


@pytest.mark.usefixtures("tiny_data")
def test_what_cannot_be_trained_together_is_said_of_each_and_what_others_hold_is_left(tmp_path, monkeypatch):
    def fail(**_):
        raise RuntimeError("out of memory")
        yield

    wanted = [make_settings(seed=seed) for seed in (0, 1)]
    store = Store(tmp_path, version_of(train_one))
    monkeypatch.setattr(stacked_running, "train_stacked", fail)
    with store.claimed(to_json(wanted[0])):
        (only,) = run_stacked(wanted, tmp_path, "cpu")
    assert (only.place, only.failure) == (1, "RuntimeError: out of memory")
