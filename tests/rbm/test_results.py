"""The runs that ship with the chapter, the commands that make them, and runs that go on where they were stopped."""

import dataclasses
import json
from functools import partial

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from nbutils.boltzmann import monitors
from nbutils.boltzmann.checkpoints import save_checkpoint
from nbutils.boltzmann.reconstruction import DEFAULT
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.training import train
from nbutils.rbm import __main__ as command
from nbutils.rbm import examples, results, resuming, survey
from nbutils.rbm.resuming import POINTS, follow_kept, read_kept
from nbutils.rbm.running import follow
from nbutils.rbm.spheres import make_spheres
from nbutils.runs import records

SOURCE = examples.Source(number=200, grid=4, largest=2.0)
SMALL = Training(hidden=6, epochs=3, rate=0.05)


@pytest.fixture(scope="module")
def small():
    return examples.load(SOURCE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Let results be kept in a folder of the test's own, and unfinished runs in another one."""
    for name in ("write_run", "keep"):
        monkeypatch.setattr(results, name, partial(getattr(results, name), folder=tmp_path / "data"))
    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "data"


@pytest.fixture
def quick(monkeypatch, small):
    """Let commands train a small machine on few spheres."""
    monkeypatch.setattr(examples, "load", lambda source: small)
    monkeypatch.setattr(results, "thesis_settings", lambda rate_on, seed: dataclasses.replace(SMALL, rate_on=rate_on))


@pytest.mark.parametrize("rate_on", results.RATES_ON)
def test_the_stored_run_is_whole_and_says_how_it_was_made(rate_on):
    run = results.load(rate_on)
    assert run.snapshot.settings == results.thesis_settings(rate_on)
    assert len(run.epochs) == 46
    assert len(run.points) == 1 + 25 + 44
    assert (run.snapshot.machine.visible, run.snapshot.machine.hidden) == (1000, 400)
    origin = results.read_origin(rate_on)
    assert origin["command"] == f"python -m nbutils.rbm thesis --rate-on {rate_on} --seed 0"
    assert {"date", "machine", "versions", "seed"} <= set(origin)


@pytest.mark.parametrize("rate_on", results.RATES_ON)
def test_the_stored_run_is_the_one_that_training_gives_now(rate_on):
    """Its first 100 updates, whose measures hold all weights' mean magnitudes, are trained again.

    Another kind of processor rounds otherwise, and now and then a unit is drawn otherwise for that: hence one percent.
    """
    source = examples.Source()
    spheres = make_spheres(source.number + source.kept_back)
    watch = monitors.watch(spheres[: source.number][:200], spheres[source.number :][:200], source.shape)
    snapshots = train(spheres[: source.number], results.thesis_settings(rate_on))
    snapshot = next(one for one in snapshots if one.update == 100)
    measures = monitors.measure(snapshot.machine, snapshot.last, watch)
    stored = results.load(rate_on).points[1]
    assert stored.update == 100
    for name, value in stored.measures.mean_magnitudes.items():
        assert measures.mean_magnitudes[name] == pytest.approx(value, rel=1e-2), name
    assert measures.error[DEFAULT] == pytest.approx(stored.measures.error[DEFAULT], rel=1e-2)


def test_the_stored_machine_reconstructs_as_its_last_point_says():
    run = results.load("mean")
    spheres = make_spheres(55_000)
    watch = monitors.watch(spheres[:1000], spheres[50_000:], run.shape)
    last = run.snapshot
    found = monitors.measure(last.machine, last.last, watch)
    assert found.error["squared, mean field"] == pytest.approx(run.epochs[-1].error["squared, mean field"], rel=0.01)


def test_all_results_together_stay_small():
    sizes = [path.stat().st_size for path in results.FOLDER.rglob("*") if path.is_file()]
    assert sum(sizes) < 4_000_000


@pytest.mark.parametrize("rate_on", ["product", "", "../mean"])
def test_a_run_that_is_not_there_is_a_sentence(rate_on):
    with pytest.raises(ValueError, match="on the mean or on the sum"):
        results.load(rate_on)


def test_without_its_file_and_with_a_damaged_one_it_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="comes with the repository"):
        results.load("mean", tmp_path)
    (tmp_path / "thesis_mean.npz").write_bytes(b"half a file")
    with pytest.raises(ValueError, match="from the repository again"):
        results.load("mean", tmp_path)


def test_what_is_no_finite_number_becomes_none():
    found = records.plain({"a": float("nan"), "b": [1.23456789, float("inf")], "c": {"d": 3, "e": "word", "f": True}})
    assert found == {"a": None, "b": [1.2346, None], "c": {"d": 3, "e": "word", "f": True}}


def test_results_are_kept_beside_each_other(tmp_path):
    results.keep("thing", {"first": {"x": 1.0}}, tmp_path)
    results.keep("thing", {"second": {"x": 2.0}, "first": {"y": 3.0}}, tmp_path)
    assert results.read("thing", tmp_path) == {"first": {"y": 3.0}, "second": {"x": 2.0}}


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path, small):
    *_, whole = follow(small, SMALL)
    for followed in follow_kept(small, SMALL, tmp_path):
        if followed.snapshot.epoch == 2:
            break
    *_, resumed = follow_kept(small, SMALL, tmp_path)
    assert torch.equal(resumed.snapshot.machine.weights, whole.snapshot.machine.weights)
    assert [point.update for point in resumed.points] == [point.update for point in whole.points]
    for ours, theirs in zip(resumed.epochs, whole.epochs, strict=True):
        assert np.allclose(ours.flicker, theirs.flicker, equal_nan=True, rtol=1e-4)
        assert ours.error == pytest.approx(theirs.error, rel=1e-4)


def test_a_run_that_was_stopped_between_its_two_files_loses_no_more_than_an_epoch(tmp_path, small, monkeypatch):
    def save(path, snapshot):
        if snapshot.epoch == 2:
            raise KeyboardInterrupt
        save_checkpoint(path, snapshot)

    *_, whole = follow(small, SMALL)
    monkeypatch.setattr(resuming, "save_checkpoint", save)
    with pytest.raises(KeyboardInterrupt):
        list(follow_kept(small, SMALL, tmp_path))
    monkeypatch.undo()
    first, *_, resumed = follow_kept(small, SMALL, tmp_path)
    assert first.snapshot.epoch == 1
    assert torch.equal(resumed.snapshot.machine.weights, whole.snapshot.machine.weights)
    assert [point.update for point in resumed.points] == [point.update for point in whole.points]


def test_a_finished_run_is_not_trained_again(tmp_path, small):
    *_, first = follow_kept(small, SMALL, tmp_path)
    (again,) = follow_kept(small, SMALL, tmp_path)
    assert again.snapshot.finished
    assert torch.equal(again.snapshot.machine.weights, first.snapshot.machine.weights)


def test_a_half_written_run_begins_anew_and_another_one_is_a_sentence(tmp_path, small):
    list(follow_kept(small, SMALL, tmp_path))
    with pytest.raises(ValueError, match="a run of other settings"):
        list(follow_kept(small, dataclasses.replace(SMALL, rate=0.1), tmp_path))
    (tmp_path / POINTS).write_bytes(b"")
    assert read_kept(small, SMALL, tmp_path) is None


def test_the_thesis_command_keeps_a_run_and_of_other_seeds_the_curves(folder, quick):
    done = CliRunner().invoke(command.main, ["thesis", "--rate-on", "sum"])
    assert done.exit_code == 0, done.output
    run = results.load("sum", folder)
    assert run.snapshot.settings.rate_on == "sum"
    assert results.read_origin("sum", folder)["command"].endswith("thesis --rate-on sum --seed 0")
    assert CliRunner().invoke(command.main, ["thesis", "--rate-on", "mean", "--seed", "3"]).exit_code == 0
    kept = json.loads((folder / "seeds.json").read_text())["mean 3"]
    assert len(kept["curves"]["error"]) == SMALL.epochs + 1
    assert kept["provenance"]["seed"] == 3


def test_the_survey_keeps_curves_samples_and_filters(folder, quick, monkeypatch):
    plans = {"plain": survey.Plan(SMALL), "clamped": survey.Plan(SMALL, clamp=0.001)}
    monkeypatch.setattr(survey, "list_plans", lambda: plans)
    for name, value in {"STEPS": 40, "EVERY": 10, "MOST_LAG": 20, "LAGS": (10, 20), "TEMPERATURES": 20}.items():
        monkeypatch.setattr(survey, name, value)
    monkeypatch.setattr(survey, "list_shapes", partial(survey.list_shapes, smallest=1.0, largest=2.0))
    done = CliRunner().invoke(command.main, ["survey"])
    assert done.exit_code == 0, done.output
    kept = json.loads((folder / "survey.json").read_text())
    assert list(kept) == ["plain", "clamped"]
    assert set(kept["plain"]["samples"]["autocorrelation"]) == {"10", "20"}
    # Weights are brought back after an epoch, and the last epoch's updates come after that.
    largest = [kept[name]["curves"]["largest_weight"][-1] for name in ("plain", "clamped")]
    assert largest[1] < largest[0]
    assert kept["clamped"]["provenance"]["command"] == 'python -m nbutils.rbm survey "clamped" --seed 0'


@pytest.mark.parametrize("words", [("thesis",), ("thesis", "--rate-on", "product"), ("survey", "x"), ("findings", "x")])
def test_what_does_not_exist_is_a_sentence_and_nothing_is_kept(folder, words):
    done = CliRunner().invoke(command.main, words)
    assert done.exit_code == 2
    assert not folder.exists()


def test_plans_differ_in_what_they_are_named_after():
    plans = survey.list_plans()
    assert plans["rate 0.02"].settings.rate == survey.FAST_RATE
    assert len({(plan.settings, plan.clamp) for plan in plans.values()}) == len(plans)
