"""A network trained before one's eyes, the base networks that it copies from, and what it is compared with."""

from dataclasses import replace

import numpy as np
import pytest

from nbutils.runs.store import version_of
from nbutils.transfer import bases, live, running, small, small_runs
from nbutils.transfer.live_steps import STAGES
from nbutils.transfer.records import TREATMENTS, RunSettings, to_json
from nbutils.transfer.results import key_of, load_results
from nbutils.transfer.running import NoBaseError, train_one
from tests.transfer.made_up import make_run
from tests.transfer.tiny_data import CLASSES, TESTED, make_labelled, make_settings, run_bases


@pytest.fixture
def pictures(monkeypatch):
    """Let runs read a few made-up pictures."""
    monkeypatch.setattr(running, "_labelled", make_labelled)
    running._read_examples.cache_clear()
    yield
    running._read_examples.cache_clear()


@pytest.fixture
def shipped(tmp_path, monkeypatch, pictures):
    """Two tiny base networks, packed as those that ship."""
    run_bases(tmp_path / "runs")
    wanted = [make_settings(target=target) for target in "AB"]
    bases.write_bases(tmp_path / "runs", wanted, version_of(train_one), tmp_path / "out")
    monkeypatch.setattr(live, "read_base", lambda settings: bases.read_base(settings, tmp_path / "out"))
    return tmp_path


def test_base_networks_come_back_rounded(shipped):
    wanted = make_settings(target="A")
    assert key_of(wanted) in bases.list_bases(shipped / "out")
    held = bases.read_base(wanted, shipped / "out")
    exact = train_one_parameters(wanted, shipped)
    assert set(held) == set(exact)
    assert all(np.allclose(held[name], exact[name], rtol=1e-3, atol=1e-4) for name in exact)
    assert bases.read_base(replace(wanted, seed=5), shipped / "out") == {}


def train_one_parameters(settings, folder):
    arrays = train_one(to_json(settings), folder / "runs").arrays
    return {name: value for name, value in arrays.items() if name.startswith(bases.PARAMETERS)}


def test_a_damaged_file_of_bases_is_a_sentence(tmp_path):
    assert bases.list_bases(tmp_path) == frozenset()
    (tmp_path / bases.FILE).write_bytes(b"no zip")
    for read in (lambda: bases.list_bases(tmp_path), lambda: bases.read_base(RunSettings(), tmp_path)):
        with pytest.raises(ValueError, match="get them from the repository again"):
            read()


@pytest.mark.parametrize("treatment", TREATMENTS)
def test_every_treatment_trains_and_is_the_network_of_the_grid(shipped, monkeypatch, treatment):
    monkeypatch.setattr(live, "read_base", lambda settings: train_one_parameters(settings, shipped))
    settings = make_settings(treatment=treatment, n=0 if treatment == "base" else 3)
    steps = list(live.live(settings))
    assert [stage for stage in STAGES if stage in {step.stage for step in steps}] == list(
        STAGES if settings.frozen else STAGES[1:]
    )
    done = [step.done for step in steps]
    assert done == sorted(done)
    assert done[-1] == live.prepare(settings).total
    last = steps[-1]
    assert last.run.settings == settings
    assert last.run.score == last.accuracy[-1]
    assert len(last.epochs) == len(last.accuracy) == len(last.loss)
    assert last.epochs[-1] == pytest.approx(settings.epochs)
    assert last.run.score == pytest.approx(train_one_score(settings, shipped))


def train_one_score(settings, folder):
    return train_one(to_json(settings), folder / "runs").facts["score"]


def test_the_score_takes_all_test_pictures_and_the_curve_some(shipped, monkeypatch):
    monkeypatch.setattr(live, "WATCHED", 1)
    *_, before, last = live.live(make_settings())
    few, all_of_them = np.array(before.accuracy) * CLASSES / 2, last.run.score * CLASSES / 2 * TESTED
    assert few == pytest.approx(few.round())
    assert all_of_them == pytest.approx(round(all_of_them))


def test_a_base_that_does_not_ship_is_a_sentence(shipped):
    with pytest.raises(NoBaseError, match="does not come with the suite"):
        next(live.live(make_settings(split="random-2", treatment="AnB", n=2)))


def test_another_seed_draws_other_upper_layers_over_the_same_copied_ones(shipped):
    settings = make_settings(treatment="AnB", n=2)
    networks = [live.prepare(replace(settings, seed=seed)).prepared.network.state_dict() for seed in (0, 7)]
    for name in networks[0]:
        copied = name.startswith(("layers.0.", "layers.1."))
        if "weight" in name:
            assert networks[0][name].equal(networks[1][name]) == copied
    *_, last = live.live(replace(settings, seed=7))
    assert last.run.settings.seed == 7


def test_a_network_goes_on_where_it_was_left(shipped):
    settings = make_settings(treatment="AnB", n=1)
    steps = live.live(settings)
    first = [next(steps) for _ in range(3)]
    assert [step.done for step in (*first, *steps)] == [step.done for step in live.live(settings)]


def is_small(settings):
    return (settings.epochs, settings.variants, settings.per_class) == (2, 1, 0)


def test_the_small_setting_is_short_and_plain_and_keeps_the_rest():
    settings = RunSettings(split="nature", treatment="AnB+", n=4, seed=3)
    wanted = small.make_small(settings)
    assert is_small(wanted)
    assert replace(wanted, epochs=12, variants=4) == settings
    assert is_small(wanted.base)


def test_bases_beside_are_of_the_same_classes_and_the_same_training():
    wanted = small.make_small(RunSettings(treatment="AnB", n=2))
    own = [make_run(0.7, **small_fields(seed=seed)) for seed in (1, 0)]
    others = [make_run(0.9), make_run(0.6, **small_fields(target="A")), make_run(0.6, **small_fields(split="nature"))]
    assert [run.settings.seed for run in small.find_beside(wanted, [*others, *own])] == [0, 1]


def small_fields(**more):
    return {"epochs": small.EPOCHS, "variants": small.VARIANTS} | more


@pytest.mark.parametrize(("score", "landing"), [(0.70, "at"), (0.712, "at"), (0.73, "above"), (0.66, "below")])
def test_where_a_score_lands_allows_for_chance(score, landing):
    # Two shares of 5,000 pictures near .7 differ by chance with a standard error of .0092.
    beside = [make_run(0.7, **small_fields())]
    assert small.measure_reach(0.7, beside) == pytest.approx(2 * 0.00917, abs=1e-4)
    assert small.judge(score, beside) == landing


def test_base_networks_that_differ_widen_what_chance_may_be():
    beside = [make_run(score, **small_fields(seed=seed)) for seed, score in enumerate((0.68, 0.7, 0.72))]
    assert small.judge(0.73, beside) == "at"
    with pytest.raises(ValueError, match="no base network"):
        small.judge(0.7, [])


def test_the_command_keeps_runs_and_bases(tmp_path, pictures):
    run_bases(tmp_path / "runs")
    wanted = [make_settings(target=target) for target in "AB"]
    lines = list(small_runs.train_and_write(wanted, tmp_path / "runs", 1, "a command", tmp_path / "out"))
    assert lines[-1].startswith("2 runs and 2 base networks")
    assert all("kept before" in line for line in lines[:-1])
    assert {run.settings for run in load_results(tmp_path / "out" / "small")} == set(wanted)
    assert len(bases.list_bases(tmp_path / "out")) == 2
    grid = small_runs.list_small(("random-0", "nature"), ("base", "AnB"), (0,))
    assert len(grid) == 2 * 2 * (1 + 7)
    assert all(is_small(settings) for settings in grid)


def test_what_ships_is_of_the_small_setting_and_its_bases_are_there():
    runs = small.load_small()
    assert {run.settings.split for run in runs if run.settings.treatment == "base"} >= {"random-0", "nature"}
    assert all(is_small(run.settings) for run in runs)
    keys = bases.list_bases()
    assert all(key_of(run.settings) in keys for run in runs if run.settings.treatment == "base")
    assert set(small.list_splits()) >= {"random-0", "nature"}
