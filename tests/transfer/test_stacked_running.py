"""Runs in stacks: as if each had run alone, beside other processes, in little memory, stopped and gone on with."""

import math
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from threading import Thread

import numpy as np
import pytest
import torch

from nbutils.nets.examples import Examples
from nbutils.nets.stacking import train_stacked
from nbutils.runs.store import Store, version_of
from nbutils.transfer import cards, running, stacked_running
from nbutils.transfer.cards import WORK, Card, find_card
from nbutils.transfer.grid import run_grid
from nbutils.transfer.records import to_json
from nbutils.transfer.running import train_one
from nbutils.transfer.stacked_running import group, run_stacked
from tests.transfer.tiny_data import find, make_settings, run

CARD = find_card("cpu")
COPIES = [make_settings(target=target, treatment=name, n=3) for name in ("AnB", "BnB") for target in "AB"]
SHORT = [replace(copy, n=7) for copy in COPIES]  # of which one layer learns
FRESH = [make_settings(target=target, treatment="random", n=7, seed=seed) for seed in (0, 1) for target in "AB"]


def store_of(folder):
    return Store(folder, version_of(train_one))


@pytest.fixture
def stacks(monkeypatch):
    """How many networks each stack had that was trained."""
    sizes = []

    def count(**taken):
        sizes.append(len(taken["networks"]))
        yield from train_stacked(**taken)

    monkeypatch.setattr(stacked_running, "train_stacked", count)
    return sizes


def test_runs_that_are_alike_share_a_stack_those_of_the_same_pictures_behind_one_another():
    runs = [make_settings(target=target, treatment="AnB", n=n) for n in (2, 3) for target in "AB"]
    runs += [make_settings(split="nature", target=target, treatment="random", n=2) for target in "AB"]
    assert sorted(group(runs, range(6))) == [[0, 1], [2, 3], [4], [5]]
    assert group(COPIES, range(4)) == [[0, 2, 1, 3]]
    assert group(COPIES, [3, 0]) == [[0, 3]]


def test_runs_in_a_stack_find_what_they_find_alone(folder, tmp_path):
    alone, stacked = folder, tmp_path / "stacked"
    bases = [make_settings(target=target) for target in "AB"]
    assert [one.place for one in run_stacked(bases, stacked, CARD)] == [0, 1]
    for settings in COPIES:
        run(settings, alone)
    ended = list(run_stacked([*COPIES, bases[0]], stacked, CARD, beat=0.5))
    assert None in ended
    done = [one for one in ended if one]
    assert [(one.place, one.kept) for one in done] == [(4, True), (0, False), (2, False), (1, False), (3, False)]
    for settings in [*bases, *COPIES]:
        one, other = (find(settings, folder) for folder in (alone, stacked))
        assert one.arrays.keys() == other.arrays.keys()
        assert one.facts.keys() == other.facts.keys()
        assert other.arrays["loss"] == pytest.approx(one.arrays["loss"], abs=2e-3)
        assert other.arrays["accuracy"] == pytest.approx(one.arrays["accuracy"], abs=0.051)
        assert other.arrays["conv1"] == pytest.approx(one.arrays["conv1"], abs=1e-4)
    assert {path.suffix for path in stacked.iterdir()} == {".json", ".npz"}


def test_a_run_that_fails_leaves_the_others(folder):
    wanted = [make_settings(treatment="AnB", n=3), make_settings(treatment="AnB", n=3, seed=7)]
    good, bad = sorted(run_stacked(wanted, folder, CARD), key=lambda one: one.place)
    assert good.result is not None
    assert bad.failure.startswith("NoBaseError: A3B copies layers of baseA")
    assert store_of(folder).path(to_json(wanted[1]), ".failed").exists()
    (wild,) = run_stacked([replace(make_settings(seed=3), rate=1e30)], folder, CARD)
    assert "no number any more" in wild.failure


@pytest.mark.usefixtures("tiny_data")
def test_what_another_sweep_holds_is_waited_for_and_its_copies_succeed(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "find_card", lambda _name: CARD)
    bases = [make_settings(target=target) for target in "AB"]
    found = find(bases[0], trained)
    with ExitStack() as other:
        assert other.enter_context(store_of(tmp_path).claimed(to_json(bases[0])))
        sweep = run_grid([*bases, *SHORT[:2]], tmp_path, beat=0.1, device="cuda")
        assert next(one for one in sweep if one).place == 1
        assert next(sweep) is None
        store_of(tmp_path).put(to_json(bases[0]), found.arrays, found.facts)
    ended = [one for one in sweep if one]
    assert [(one.place, one.failure, one.kept) for one in ended] == [(0, "", False), (2, "", False), (3, "", False)]


@pytest.mark.usefixtures("tiny_data")
def test_two_sweeps_in_one_folder_share_the_work(tmp_path, monkeypatch):
    trained = Counter()
    conclude = stacked_running._conclude

    def count(store, place, job, last):
        trained[job.run.name] += 1
        return conclude(store, place, job, last)

    monkeypatch.setattr(stacked_running, "_conclude", count)
    ended = [[], []]
    sweeps = [Thread(target=lambda one=one: one.extend(run_stacked(FRESH, tmp_path, CARD, most=1))) for one in ended]
    for sweep in sweeps:
        sweep.start()
    for sweep in sweeps:
        sweep.join()
    assert trained == {"random 7, then A": 2, "random 7, then B": 2}
    for one in ended:
        assert sorted((done.place, done.failure) for done in one) == [(place, "") for place in range(4)]


def test_a_stack_is_as_large_as_there_is_room_for(folder, stacks, monkeypatch):
    moved = []
    monkeypatch.setattr(Examples, "to", lambda one, _device: moved.append(one) or one)
    small = Card(torch.device("cpu"), "float32", lambda: 2.5 * WORK)
    ended = list(run_stacked(SHORT, folder, small))
    assert sorted(one.place for one in ended) == [0, 1, 2, 3]
    assert stacks == [2, 2]
    assert len(moved) == 4  # the pictures and the test pictures of each half, once for both of its runs
    tiny = replace(small, count_free=lambda: 0.0)
    again = [replace(copy, n=6) for copy in SHORT[:2]]
    assert [one.failure for one in run_stacked(again, folder, tiny)] == ["", ""]
    assert stacks == [2, 2, 1, 1]
    assert not small.has_room(0, int(WORK))


def test_what_frozen_layers_give_is_not_kept_where_it_takes_too_much(folder):
    job = partial(stacked_running._begin, COPIES[0], store_of(folder), move=cards.share(CARD.device))
    assert job(CARD).prepared.examples.first == 3
    assert job(replace(CARD, count_free=lambda: 1000.0)).prepared.examples.first == 0


def test_out_of_memory_halves_the_stack(folder, monkeypatch):
    sizes = []

    def fail_above_one(**taken):
        sizes.append(len(taken["networks"]))
        if len(taken["networks"]) > 1:
            raise torch.OutOfMemoryError("out of memory")
        yield from train_stacked(**taken)

    monkeypatch.setattr(stacked_running, "train_stacked", fail_above_one)
    ended = list(run_stacked(SHORT, folder, CARD))
    assert sizes == [4, 2, 1, 1, 1, 1]
    assert [one.failure for one in ended] == [""] * 4
    assert not list(folder.glob("*.failed"))


@pytest.mark.usefixtures("tiny_data")
@pytest.mark.parametrize("error", [torch.OutOfMemoryError("out of memory"), RuntimeError("the card is gone")])
def test_what_cannot_be_trained_is_said_of_each(error, tmp_path, monkeypatch):
    def fail(**_):
        raise error
        yield

    monkeypatch.setattr(stacked_running, "train_stacked", fail)
    ended = list(run_stacked(FRESH[:2], tmp_path, CARD))
    assert [one.failure for one in ended] == [f"{type(error).__name__}: {error}"] * 2


class Killed(BaseException):
    """As if the process had ended."""


@pytest.mark.usefixtures("tiny_data")
def test_a_killed_stack_goes_on_where_it_was_kept(tmp_path, monkeypatch):
    wanted = FRESH[:2]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    list(run_stacked(wanted, whole, CARD))
    monkeypatch.setattr(running, "BETWEEN_CHECKPOINTS", -1.0)
    save, steps = stacked_running.save_checkpoint, []

    def save_and_die(path, snapshot):
        save(path, snapshot)
        steps.append(snapshot.step)
        if len(steps) == 4:
            raise Killed

    monkeypatch.setattr(stacked_running, "save_checkpoint", save_and_die)
    with pytest.raises(Killed):
        list(run_stacked(wanted, killed, CARD))
    kept = steps[-1]
    begun = []

    def note_start(start, **taken):
        begun.append([one.step for one in start])
        yield from train_stacked(start=start, **taken)

    monkeypatch.setattr(stacked_running, "train_stacked", note_start)
    assert len(list(run_stacked(wanted, killed, CARD))) == 2
    assert begun == [[kept, kept]]
    for settings in wanted:
        one, other = find(settings, whole), find(settings, killed)
        assert np.array_equal(one.arrays["loss"], other.arrays["loss"])
        assert np.array_equal(one.arrays["accuracy"], other.arrays["accuracy"])
    assert {path.suffix for path in killed.iterdir()} == {".json", ".npz"}


def test_16_bits_find_nearly_the_same_and_results_tell_of_it(folder, tmp_path):
    wanted = [make_settings(target=target) for target in "AB"]
    mixed = Card(torch.device("cpu"), "bfloat16", lambda: math.inf)
    for one in run_stacked(wanted, tmp_path / "mixed", mixed):
        assert one.result.facts["precision"] == "bfloat16"
        alone = find(wanted[one.place], folder)
        assert alone.facts["precision"] == "float32"
        assert one.result.arrays["loss"][:3] == pytest.approx(alone.arrays["loss"][:3], rel=0.1)
        assert one.result.arrays["conv1"].dtype == np.float32


@pytest.mark.parametrize(("supported", "precision"), [(True, "bfloat16"), (False, "float32")])
def test_a_card_computes_with_16_bits_where_it_can(supported, precision, monkeypatch):
    monkeypatch.setattr(cards, "find_device", torch.device)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: supported)
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda _device: 300)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda _device: 100)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _device: (1000, 9000))
    card = find_card("cuda")
    assert (card.precision, card.count_free()) == (precision, 1200)
    assert CARD.precision == "float32"
