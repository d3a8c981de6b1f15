"""The treatments, by their parameters: what is copied, what stays bit for bit, what is new; and runs that go on."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from nbutils.nets.examples import pass_through
from nbutils.nets.networks import build
from nbutils.nets.plans import PLANS
from nbutils.nets.training import train
from nbutils.runs.store import Store, version_of
from nbutils.transfer import running
from nbutils.transfer.records import COPYING, FROZEN, TREATMENTS, to_json
from nbutils.transfer.running import BEST, NoBaseError, follow, prepare, train_one
from nbutils.transfer.splits import at_most
from tests.transfer.tiny_data import EACH, find, make_settings, run, run_bases

pytestmark = pytest.mark.usefixtures("tiny_data")


def parameters_of(network):
    return {name: value.detach().numpy().copy() for name, value in network.named_parameters()}


def same(first, second):
    """Return whether the parameters of each layer are all the same, bit for bit: eight truth values."""
    equal = {name: np.array_equal(first[name], second[name]) for name in second if name.startswith("layers.")}
    return [all(value for name, value in equal.items() if name.split(".")[1] == str(layer)) for layer in range(8)]


def weights_differ(first, second, layers):
    names = [name for name in first if name.endswith("weight") and int(name.split(".")[1]) in layers]
    return all(not np.array_equal(first[name], second[name]) for name in names)


@pytest.mark.parametrize("n", [1, 4, 7])
@pytest.mark.parametrize("treatment", COPYING)
def test_the_first_n_layers_are_the_bases_and_those_above_are_new(folder, treatment, n):
    bases = {target: find(make_settings(target=target), folder).arrays for target in "AB"}
    settings = make_settings(treatment=treatment, n=n)
    prepared = prepare(settings, folder)
    before = parameters_of(prepared.network)
    assert same(bases["B" if treatment.startswith("BnB") else "A"], before)[:n] == [True] * n
    for other in bases.values():
        assert weights_differ(before, other, range(n, 8))
    *_, last = train(**vars(prepared))
    after = parameters_of(last.network)
    stayed = n if treatment in FROZEN else 0
    assert same(before, after) == [place < stayed for place in range(8)]


def test_random_layers_keep_their_first_weights(folder):
    settings = make_settings(treatment="random", n=3)
    first = parameters_of(build(PLANS["small_32"], 5, settings.chance))
    *_, last = follow(settings, folder)
    assert same(first, parameters_of(last.network)) == [True] * 3 + [False] * 5


def test_upper_layers_differ_between_runs(folder):
    runs = [make_settings(treatment=name, n=4) for name in TREATMENTS if name != "base"]
    runs += [make_settings(treatment="AnB", n=5), make_settings(treatment="AnB", n=4, seed=1, split="random-1")]
    run_bases(folder, seed=1, split="random-1")
    above = [parameters_of(prepare(settings, folder).network) for settings in runs]
    for place, one in enumerate(above):
        for other in above[:place]:
            assert weights_differ(one, other, range(5, 8))


def test_all_treatments_see_the_same_versions(folder):
    base = prepare(make_settings(), folder)
    tuned = prepare(make_settings(treatment="AnB+", n=4), folder)
    frozen = prepare(make_settings(treatment="AnB", n=4), folder)
    assert torch.equal(base.examples.inputs, tuned.examples.inputs)
    assert base.examples.versions == frozen.examples.versions == 2
    assert frozen.examples.first == frozen.validation.first == 4
    assert torch.equal(frozen.examples.inputs, pass_through(frozen.network, base.examples, 4).inputs)
    assert torch.equal(frozen.examples.labels, base.examples.labels)


def test_with_little_memory_the_prefix_runs_in_every_step_and_finds_the_same(folder, monkeypatch):
    settings = make_settings(treatment="AnB", n=5)
    kept = train_one(to_json(settings), folder)
    monkeypatch.setattr(running, "MOST_KEPT", 0)
    assert prepare(settings, folder).examples.first == 0
    again = train_one(to_json(settings), folder)
    assert np.array_equal(kept.arrays["accuracy"], again.arrays["accuracy"])
    assert np.array_equal(kept.arrays["loss"], again.arrays["loss"])


def test_fewer_examples_of_a_class_are_learned_from_in_as_many_steps(folder):
    for per_class in (1, 3, EACH, 100):
        prepared = prepare(make_settings(per_class=per_class), folder)
        counts = torch.bincount(prepared.examples.labels).tolist()
        assert counts == [min(per_class, EACH)] * 5
        assert prepared.training.schedule.steps == 2 * (5 * EACH // 16)
        assert len(prepared.validation) == 20
    settings = make_settings(per_class=1)
    assert run(settings, folder).arrays["epochs"][-1] == 2


def test_few_examples_are_the_first_ones_with_seed_0_and_drawn_with_another(folder):
    whole = prepare(make_settings(variants=1), folder).examples
    known = {picture.numpy().tobytes() for picture in whole.inputs}
    first, drawn = (prepare(make_settings(variants=1, per_class=2, seed=seed), folder).examples for seed in (0, 1))
    assert torch.equal(first.inputs, whole.inputs[at_most(whole.labels.numpy(), 2)])
    assert not torch.equal(first.inputs, drawn.inputs)
    assert {picture.numpy().tobytes() for picture in drawn.inputs} < known
    assert torch.bincount(drawn.labels).tolist() == [2] * 5


def test_a_copy_needs_its_base(tmp_path):
    with pytest.raises(NoBaseError, match="A3B copies layers of baseA, which has not been trained in"):
        prepare(make_settings(treatment="AnB", n=3), tmp_path)


@pytest.mark.parametrize("epochs", [2, 7])
def test_the_score_is_the_last_and_the_best_ten_are_those_there_are(tmp_path, epochs):
    found = run(make_settings(epochs=epochs), tmp_path)
    accuracy = found.arrays["accuracy"]
    assert len(accuracy) == epochs * 3
    assert found.facts["score"] == accuracy[-1]
    assert found.facts["best_ten"] == pytest.approx(sorted(accuracy)[-BEST:] and np.mean(sorted(accuracy)[-BEST:]))
    assert found.arrays["epochs"] == pytest.approx(np.arange(1, 3 * epochs + 1) / 3)
    assert found.arrays["conv1"].shape == (48, 3, 5, 5)
    assert set(found.facts) == {
        "score",
        "best_ten",
        "seconds",
        "images_per_s",
        "hardware",
        "precision",
        "version",
        "date",
    }


def test_only_base_networks_keep_all_parameters(folder):
    assert len(run(make_settings(), folder).arrays) == 4 + 16
    assert set(run(make_settings(treatment="BnB", n=7), folder).arrays) == {"epochs", "accuracy", "loss", "conv1"}


class Killed(BaseException):
    """As if the process had ended."""


def kill_after_saving(monkeypatch, times):
    """Save after every snapshot, and end the run after so many."""
    save, counted = running.save_checkpoint, []

    def save_and_die(path, snapshot):
        save(path, snapshot)
        counted.append(snapshot.step)
        if len(counted) == times:
            raise Killed

    monkeypatch.setattr(running, "BETWEEN_CHECKPOINTS", -1.0)
    monkeypatch.setattr(running, "save_checkpoint", save_and_die)


@pytest.mark.parametrize(("treatment", "n"), [("base", 0), ("AnB", 4), ("BnB+", 2)])
def test_a_killed_run_goes_on_bit_for_bit(folder, monkeypatch, treatment, n):
    settings = to_json(make_settings(treatment=treatment, n=n))
    wanted = train_one(settings, folder)
    with monkeypatch.context() as patched:
        kill_after_saving(patched, 4)
        with pytest.raises(Killed):
            train_one(settings, folder)
    (held,) = folder.glob("*.checkpoint")
    assert held.stem == Store(folder, version_of(train_one)).key(settings)
    steps = []
    learn = running.train
    monkeypatch.setattr(running, "train", lambda **given: (steps.append(one.step) or one for one in learn(**given)))
    found = train_one(settings, folder)
    assert steps[0] > 4
    assert not list(folder.glob("*.checkpoint"))
    for name, value in wanted.arrays.items():
        assert np.array_equal(value, found.arrays[name]), name


def test_a_damaged_checkpoint_is_begun_anew_with_clean_weights(folder, monkeypatch):
    settings = to_json(make_settings())
    wanted = train_one(settings, folder)
    with monkeypatch.context() as patched:
        kill_after_saving(patched, 2)
        with pytest.raises(Killed):
            train_one(settings, folder)
    (held,) = folder.glob("*.checkpoint")
    held.write_bytes(held.read_bytes()[:-100])
    found = train_one(settings, folder)
    for name, value in wanted.arrays.items():
        assert np.array_equal(value, found.arrays[name]), name


def test_a_loss_that_is_no_number_is_a_sentence(folder):
    with pytest.raises(FloatingPointError, match="no number any more"):
        train_one(to_json(replace(make_settings(), rate=1e30)), folder)
