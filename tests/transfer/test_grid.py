"""The runs of the experiments in their order, and what is left of them."""

from statistics import median

import numpy as np
import pytest

from nbutils.runs.store import Result, Store, version_of
from nbutils.runs.sweeping import Done
from nbutils.transfer import grid as grids
from nbutils.transfer.grid import LADDER, grid, ladder, measure_work, plan_grid, run_grid
from nbutils.transfer.records import TREATMENTS, RunSettings, from_json, to_json
from nbutils.transfer.results import load_results
from nbutils.transfer.running import train_one


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
