"""The five questions are judged by the runs that are shown, also where they show no dip."""

import numpy as np
import pytest

from nbutils.transfer.readings import CLEAR, NONE, UNCLEAR, find_effects, judge, judge_base, measure_bases, question_of
from tests.transfer.made_up import GAPS, make_all, make_grid, make_run

BNB, ANB, ANB_PLUS, BNB_PLUS = (question_of(number) for number in (2, 4, 5, 3))
FLAT = dict.fromkeys(GAPS, (0.0,) * 7)


def words(runs, question):
    return {effect.n: effect.word for effect in find_effects(runs, question)}


def test_a_planted_dip_is_found_where_it_was_planted():
    assert words(make_grid(), BNB) == {1: NONE, 2: NONE, 3: CLEAR, 4: CLEAR, 5: CLEAR, 6: CLEAR, 7: NONE}


def test_specificity_is_what_the_transfer_loses_beyond_the_selffer():
    runs = make_grid(noise=0.0005)
    planted = [n for n in range(1, 8) if GAPS["AnB"][n - 1] < GAPS["BnB"][n - 1]]
    assert [n for n, word in words(runs, ANB).items() if word == CLEAR] == planted == [2, 3, 4, 5, 6, 7]


def test_a_gap_of_the_other_sign_is_none():
    assert set(words(make_grid(), ANB_PLUS).values()) == {CLEAR}
    worse = GAPS | {"AnB+": tuple(-gap for gap in GAPS["AnB+"])}
    assert set(words(make_grid(gaps=worse), ANB_PLUS).values()) == {NONE}


def test_a_gap_as_large_as_the_noise_is_no_finding():
    assert set(words(make_grid(gaps=FLAT), BNB).values()) == {NONE}
    small = FLAT | {"BnB": (-0.0018,) * 7}
    assert set(words(make_grid(gaps=small, noise=0.002), BNB).values()) == {UNCLEAR}


def test_with_one_pair_the_number_of_test_pictures_says_what_chance_does():
    one = [run for run in make_grid(("random-0",)) if run.settings.target == "B"]
    # 5,000 pictures, .78 right: two equally good networks differ by .008.
    assert np.sqrt(2 * 0.78 * 0.22 / 5_000) == pytest.approx(0.0083, abs=0.0001)
    assert words(one, BNB)[4] == CLEAR
    assert words(one, BNB)[3] != CLEAR
    assert find_effects(one, BNB)[0].gap.count == 1


@pytest.mark.parametrize(
    ("marks", "right", "told"),
    [
        ({3, 4, 5, 6}, True, "BnB lies below the base by more than chance at n = 3, 4, 5, 6"),
        ({4, 5}, False, "at n = 3 (-0.010), 6 (-0.010) the gap is beyond chance and not marked"),
        ({1, 3, 4, 5, 6}, False, "at n = 1 (+0.000) there is no such gap beyond chance"),
        (set(), False, "not marked"),
    ],
)
def test_marks_are_judged_by_the_runs(marks, right, told):
    judged = judge(marks, find_effects(make_grid(), BNB), BNB)
    assert judged.right == right
    assert told in judged.sentence


def test_where_there_is_no_dip_marking_nothing_is_right():
    effects = find_effects(make_grid(gaps=FLAT), BNB)
    assert judge((), effects, BNB) == judge(set(), effects, BNB)
    assert judge((), effects, BNB).right
    assert "nowhere" in judge((), effects, BNB).sentence
    assert not judge({4}, effects, BNB).right


def test_where_it_is_unclear_both_are_right():
    effects = find_effects(make_grid(gaps=FLAT | {"BnB": (-0.0018,) * 7}, noise=0.002), BNB)
    assert judge((), effects, BNB).right
    assert judge({2, 5}, effects, BNB).right


def test_what_was_not_measured_cannot_be_judged():
    partial = [run for run in make_grid() if run.settings.n < 4]
    assert "n = 6 was not measured" in judge({3, 6}, find_effects(partial, BNB), BNB).sentence
    judged = judge((), find_effects(make_grid(treatments=("base",)), BNB_PLUS), BNB_PLUS)
    assert not judged.right
    assert "no run of BnB+" in judged.sentence


def test_the_first_question_compares_halves_with_all_classes():
    halves = make_grid()
    runs = (*make_all(), make_run(0.6, split="all", target="A", seed=1))
    half, whole = measure_bases(runs, halves)
    assert (half.mean, whole.mean) == pytest.approx((0.84, (0.65 + 0.6) / 2))
    assert judge_base("more", runs, halves).right
    assert not judge_base("less", runs, halves).right
    better = (*halves, make_run(0.95, split="all", target="A"))
    assert judge_base("less", better, halves).right


def test_another_way_of_training_is_no_comparison():
    short = (*make_grid(), make_run(0.99, split="all", target="A", epochs=4))
    assert measure_bases(short, make_grid())[1] is None
    assert "not trained here yet" in judge_base("more", short, make_grid()).sentence
