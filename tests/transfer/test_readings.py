"""The five questions are judged by the runs that are shown, also where they show no dip."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from nbutils.transfer.readings import CLEAR, NONE, UNCLEAR, find_effects, judge, judge_base, measure_bases, question_of
from nbutils.transfer.summaries import boosts
from tests.transfer.made_up import BASES, GAPS, make_all, make_grid, make_run

BNB, ANB, ANB_PLUS, BNB_PLUS = (question_of(number) for number in (2, 4, 5, 3))
FLAT = dict.fromkeys(GAPS, (0.0,) * 7)
SMALL = {"BnB": (-0.005,) * 7}  # more than one standard error and less than two


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
    assert set(words(make_grid(gaps=FLAT | SMALL), BNB).values()) == {UNCLEAR}


def test_one_half_tells_nothing_of_others():
    one = [run for run in make_grid(("random-0",)) if run.settings.target == "B"]
    effect = find_effects(one, BNB)[3]
    assert (effect.n, effect.gap.count, effect.word) == (4, 1, UNCLEAR)
    assert np.isnan([effect.low, effect.high]).all()
    # 5,000 pictures, .78 right: two equally good networks differ by .008.
    assert effect.tested == pytest.approx(1.96 * np.sqrt(2 * 0.78 * 0.22 / 5_000), rel=0.05)
    assert "Only one half was learned" in judge((), find_effects(one, BNB), BNB).sentence


def test_all_n_of_a_half_share_its_base_and_count_once():
    gaps = [0.02, 0.03]  # over the base of A and of B: half a point to both sides of .025 at every n
    runs = [
        make_run(base + (gap if n else 0), split="random-0", target=target, treatment="BnB+" if n else "base", n=n)
        for (target, base), gap in zip(BASES.items(), gaps, strict=True)
        for n in range(8)
    ]
    above = replace(BNB_PLUS, sign=1)
    for effect in find_effects(runs, above):
        assert effect.high - effect.gap.mean == pytest.approx(stats.t.ppf(0.975, 1) * np.std(gaps, ddof=1) / np.sqrt(2))
        assert effect.word == UNCLEAR
        assert effect.gap.mean > effect.tested  # of these very networks it can be told
    # What is said of single n does not contradict the mean over all n.
    mean = boosts(runs, "BnB+", ("base",))[1, 7]["base"]
    assert mean.low < 0 < mean.mean
    assert "Only 2 halves were learned" in judge((), find_effects(runs, BNB_PLUS), BNB_PLUS).sentence
    assert "Only" not in judge((), find_effects(make_grid(), BNB), BNB).sentence


def test_halves_that_agree_by_chance_are_no_surer_than_their_testing():
    effects = find_effects(make_grid(("random-0",), noise=0), BNB)
    assert [effect.high - effect.gap.mean for effect in effects] == pytest.approx([one.tested for one in effects])
    assert [effect.n for effect in effects if effect.word == CLEAR] == [4, 5]


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
    effects = find_effects(make_grid(gaps=FLAT | SMALL), BNB)
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


def test_the_last_rung_of_a_ladder_has_all_pictures():
    full, less = (
        make_run(score, split="all", target="A", per_class=count) for score, count in ((0.6, 5_000), (0.5, 9))
    )
    assert measure_bases((*make_grid(), full, less), make_grid())[1].mean == 0.6


def test_another_way_of_training_is_no_comparison():
    short = (*make_grid(), make_run(0.99, split="all", target="A", epochs=4))
    assert measure_bases(short, make_grid())[1] is None
    assert "not trained here yet" in judge_base("more", short, make_grid()).sentence
