"""What a run is called, what it copies, and what its settings may be."""

import numpy as np
import pytest

from nbutils.transfer.grid import grid
from nbutils.transfer.records import RunSettings, from_json, to_json


@pytest.mark.parametrize(
    ("target", "treatment", "n", "name", "base", "frozen"),
    [
        ("B", "base", 0, "baseB", None, 0),
        ("A", "base", 0, "baseA", None, 0),
        ("B", "BnB", 3, "B3B", "baseB", 3),
        ("B", "AnB", 3, "A3B", "baseA", 3),
        ("A", "AnB", 3, "B3A", "baseB", 3),
        ("A", "BnB", 5, "A5A", "baseA", 5),
        ("B", "BnB+", 1, "B1B+", "baseB", 0),
        ("A", "AnB+", 7, "B7A+", "baseB", 0),
        ("B", "random", 2, "random 2, then B", None, 2),
    ],
)
def test_names_and_what_is_copied_are_the_thesis_own(target, treatment, n, name, base, frozen):
    run = RunSettings(target=target, treatment=treatment, n=n)
    assert (run.name, run.base and run.base.name, run.frozen) == (name, base, frozen)


def test_a_base_is_of_the_same_split_and_seed_and_has_all_examples_of_the_other_half():
    run = RunSettings(treatment="AnB", n=3, split="random-4", seed=2, per_class=10)
    assert run.base == RunSettings(target="A", split="random-4", seed=2)
    assert RunSettings(treatment="BnB", n=3, per_class=10).base == RunSettings(per_class=10)


def test_no_two_runs_share_their_chance():
    runs = grid(splits=("random-0", "random-1", "nature"), seeds=(0, 1))
    assert len({run.chance for run in runs}) == len(runs)
    assert RunSettings().chance == RunSettings(seed=0).chance


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"treatment": "AnA"}, "treatment must be one of base"),
        ({"target": "C"}, 'target must be "A" or "B"'),
        ({"split": "all"}, '"A" where the split is "all"'),
        ({"split": "all", "target": "A", "treatment": "AnB", "n": 1}, "copies from the other half"),
        ({"n": 1}, "n must be 0 for a base network"),
        ({"treatment": "BnB"}, "else 1 to 7; got 0"),
        ({"treatment": "BnB", "n": 8}, "else 1 to 7; got 8"),
        ({"nonlinearity": "sine"}, "nonlinearity must be one of"),
        ({"epochs": 0}, "must be 1 or more"),
        ({"per_class": -1}, "per_class and seed 0 or more"),
    ],
)
def test_what_cannot_be_is_refused(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        RunSettings(**wrong)


def test_settings_go_through_json():
    run = RunSettings(treatment="AnB+", n=3, rate=0.1)
    assert from_json(to_json(run)) == run


@pytest.mark.parametrize(
    ("held", "sentence"),
    [
        ({"depth": 3}, "no setting 'depth'"),
        ({"n": "3"}, "n must be int, got '3'"),
        ({"seed": True}, "seed must be int, got 'True'"),
        ({"rate": "fast"}, "rate must be float"),
        ({"split": 4}, "split must be str"),
        ({"n": np.int64(3)}, "n must be int"),
    ],
)
def test_what_no_run_has_is_refused(held, sentence):
    with pytest.raises(ValueError, match=sentence):
        from_json(held)
