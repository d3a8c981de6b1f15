"""The exercises of chapter 5: right answers are right, wrong ones say why, nothing gives the solution away."""

import pytest

from nbutils.transfer.dashboards import exercises
from nbutils.widgets.exercise import check
from tests.exercising import find_solution, list_judgements
from tests.transfer.made_up import GAPS, make_grid

RIGHT = {"unmoved_parts": "6", "unlucky_deal": "4,76", "domestic_animals": "5"}
WRONG = {
    "unmoved_parts": {"3": "too few", "16": "too many", "17": "from 0 to 16", "1.5": "whole number"},
    "unlucky_deal": {"2.4": "too little", "50": "too much", "101": "from 0 to 100"},
    "domestic_animals": {"118": "too many", "-7": "too few"},
}


@pytest.mark.parametrize("find_fault", list_judgements(exercises, RIGHT, WRONG))
def test_every_answer_gets_its_verdict_and_a_sentence(find_fault):
    assert find_fault() == ""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("base", "12 epochs behind it, AnB+ has 24"),
        ("random", "12 epochs"),
        ("BnB", "3 of its layers may not move"),
        ("A3B", "3 of its layers may not move"),
        ("AnB+", "to be explained"),
        ("longer", "One of the treatments"),
        ("", "Write an answer"),
    ],
)
def test_what_does_not_control_for_longer_training_is_told_why(answer, said):
    verdict = check(exercises.longer_training(), answer)
    assert not verdict.right
    assert said in verdict.sentence


@pytest.mark.parametrize("answer", ["BnB+", "bnb+", "B3B+", " B7B + "])
def test_the_control_for_longer_training_is_known_by_all_its_names(answer):
    verdict = check(exercises.longer_training(), answer)
    assert verdict.right
    assert "24 epochs behind it, all layers learn, and it never saw A" in verdict.sentence


def test_the_drop_at_7_is_split_by_the_runs_that_were_measured():
    specific = 100 * (GAPS["BnB"][6] - GAPS["AnB"][6])
    exercise = exercises.split_drop(make_grid())
    assert check(exercise, f"{specific:.1f}").right
    assert check(exercise, find_solution(exercise)).right
    assert "less than was measured" in check(exercise, str(specific - 2)).sentence
    assert "more than was measured" in check(exercise, str(specific + 2)).sentence
    assert "-100 to 100" in check(exercise, "300").sentence


def test_the_drop_of_other_runs_is_another_one():
    gaps = GAPS | {"AnB": (0,) * 6 + (-0.5,), "BnB": (0,) * 6 + (0.02,)}
    assert check(exercises.split_drop(make_grid(gaps=gaps)), "52").right


def test_without_runs_there_is_a_sentence():
    with pytest.raises(ValueError, match="There are no runs"):
        exercises.split_drop(())
    few = [run for run in make_grid() if run.settings.n < 7 or run.settings.treatment == "AnB"]
    with pytest.raises(ValueError, match="There are no runs of AnB, BnB and their base at n = 7 yet"):
        exercises.split_drop(few)


def test_a_network_for_the_check_has_copied_layers_and_new_ones_above(monkeypatch):
    seen = []

    def note(network, frozen):
        seen.append(frozen)
        return network

    monkeypatch.setattr(exercises, "_train_briefly", note)
    # Untrained: six parts are copied; of those above the weights are new, and five biases begin at 0 as the base's did.
    assert exercises._count_unmoved.__wrapped__("BnB") == 6 + 5
    assert seen == [0, 3]
