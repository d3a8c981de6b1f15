"""Means, gaps and boosts of made-up runs, whose answers are known."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from nbutils.transfer import summaries
from nbutils.transfer.halves import HALVES, halves_of, list_measured
from nbutils.transfer.records import RunSettings
from nbutils.transfer.summaries import (
    average,
    base_mean,
    boosts,
    count_tested,
    differences,
    fair_means,
    ladder,
    main_runs,
    noise_of_testing,
    points,
)
from tests.transfer.made_up import BASES, GAPS, NOISE, make_all, make_grid, make_ladder, make_run

RANDOM, NATURE, QUICKDRAW = HALVES


def test_an_interval_is_that_of_students_t():
    values = [0.71, 0.74, 0.69, 0.75, 0.72]
    found = average(values)
    interval = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert (found.low, found.high) == pytest.approx(interval)
    assert (found.mean, found.error) == pytest.approx((np.mean(values), stats.sem(values)))


def test_one_value_has_a_mean_and_no_interval():
    found = average([0.5])
    assert (found.mean, found.count) == (0.5, 1)
    assert math.isnan(found.error)
    assert math.isnan(found.low)


def test_two_values_that_lie_close_by_chance_are_no_surer_than_their_noise():
    close = [0.0205, 0.0200]
    alone, noisy = average(close), average(close, noise=0.008)
    assert noisy.high - noisy.mean == pytest.approx(1.96 * 0.008 / np.sqrt(2))
    assert alone.high - alone.mean < noisy.high - noisy.mean
    apart = [0.05, -0.01]
    assert average(apart, noise=0.008) == average(apart)
    assert math.isnan(average([0.5], noise=0.008).low)


def test_the_ten_best_of_a_few_validations_are_no_score():
    short = replace(make_run(0.7, epochs=2), **{name: np.ones(4, np.float32) for name in ("epochs", "accuracy")})
    runs = (short, make_run(0.8, 0.77))
    assert points(runs)["base"][0].values == (0.7, 0.8)
    assert points(runs, "best_ten")["base"][0].values == (0.77,)
    assert base_mean(runs, "best_ten") == pytest.approx(0.77)
    assert base_mean((short,), "best_ten") is None
    assert ladder((replace(short, settings=RunSettings(split="all", target="A")),), score="best_ten") == ()


def test_testing_alone_makes_two_equal_networks_differ():
    runs = [make_run(0.8, treatment="BnB", n=3), make_run(0.8), make_run(0.3, treatment="AnB", n=3)]
    # 5,000 test pictures of five classes, each named right or not, with both networks.
    assert noise_of_testing(runs, ("BnB", "base")) == pytest.approx(np.sqrt(2 * 0.8 * 0.2 / 5_000))
    assert noise_of_testing(runs, ("random",)) == 0


@pytest.mark.parametrize(
    ("data", "split", "target", "tested"),
    [
        ("mnist", "all", "A", 10_000),
        ("cifar10", "nature", "A", 4_000),
        ("cifar10", "random-0", "B", 5_000),
        ("quickdraw", "random-0", "B", 3_460),
    ],
)
def test_it_is_known_with_how_many_pictures_a_run_is_tested(data, split, target, tested):
    assert count_tested(RunSettings(data=data, split=split, target=target)) == tested


def test_points_are_grouped_by_treatment_and_n():
    found = points(make_grid())
    assert {name: list(levels) for name, levels in found.items()} == {
        "base": [0],
        **{name: list(range(1, 8)) for name in ("BnB", "AnB", "BnB+", "AnB+", "random")},
    }
    level = found["AnB"][3]
    assert sorted(level.values) == pytest.approx(
        sorted(base + GAPS["AnB"][2] + sign * NOISE for base in BASES.values() for sign in (-1, 1))
    )
    assert all(run.settings.n == 3 and run.settings.treatment == "AnB" for run in level.runs)


def test_the_base_of_the_same_classes_is_subtracted():
    found = points(make_grid(), subtracted=True)
    assert {n: round(level.mean.mean, 6) for n, level in found["AnB"].items()} == dict(enumerate(GAPS["AnB"], 1))
    assert found["base"][0].values == (0, 0, 0, 0)


def test_a_run_whose_base_is_missing_has_no_gap():
    runs = [run for run in make_grid() if run.settings != RunSettings(split="random-1", target="B")]
    assert points(runs, subtracted=True)["AnB"][3].mean.count == 3
    assert points(runs)["AnB"][3].mean.count == 4


def test_the_score_is_the_last_validation_or_the_ten_best():
    run = make_run(0.8, 0.77)
    assert points([run])["base"][0].values == (0.8,)
    assert points([run], "best_ten")["base"][0].values == (0.77,)
    with pytest.raises(ValueError, match='"last" or "best_ten"'):
        points([run], "best")


def test_a_mean_is_not_moved_by_which_classes_are_missing():
    runs = make_grid(noise=0)
    full = fair_means(runs, "AnB")
    easy_only = [run for run in runs if run.settings.treatment == "base" or run.settings.target == "A"]
    partial = fair_means(easy_only, "AnB")
    assert full[5].mean == pytest.approx(np.mean(points(runs)["AnB"][5].values))
    assert {n: mean.mean for n, mean in partial.items()} == pytest.approx({n: mean.mean for n, mean in full.items()})
    assert partial[5].count == 2


def test_means_without_a_base_are_plain():
    runs = make_grid(treatments=("AnB",))
    assert list(fair_means(runs, "AnB")) == list(range(1, 8))
    assert fair_means(runs, "AnB")[1].mean == pytest.approx(np.mean(list(BASES.values())) + GAPS["AnB"][0])


def test_differences_pair_a_run_with_its_control_at_the_same_n():
    found = differences(make_grid(), "AnB", "BnB")
    assert found[7] == pytest.approx(dict.fromkeys(found[7], GAPS["AnB"][6] - GAPS["BnB"][6]))
    assert sorted(found[7]) == [(split, target, 0) for split in ("random-0", "random-1") for target in "AB"]


@pytest.mark.parametrize(("first", "last"), summaries.RANGES)
def test_a_boost_is_averaged_over_layers_first(first, last):
    found = boosts(make_grid())[first, last]
    over_base = np.mean(GAPS["AnB+"][first - 1 : last])
    over_selffer = over_base - np.mean(GAPS["BnB+"][first - 1 : last])
    assert found["base"].mean == pytest.approx(over_base)
    assert found["BnB+"].mean == pytest.approx(over_selffer)
    assert found["base"].count == 4
    # All n of a target are moved alike: as single values they would seem surer than they are.
    assert found["base"].error == pytest.approx(stats.sem([NOISE, NOISE, -NOISE, -NOISE]))


def test_a_boost_without_control_is_absent():
    found = boosts(make_grid(treatments=("base", "AnB+")))
    assert set(found[1, 7]) == {"base"}
    assert boosts(make_grid(treatments=("base", "AnB"))) == {}


def test_the_ladder_rises_from_few_to_all():
    found = ladder(make_all())
    assert [rung.per_class for rung in found] == [10, 100, 1_000, 5_000]
    assert [round(rung.mean.mean, 2) for rung in found] == [0.2, 0.35, 0.5, 0.65]
    assert ladder(make_grid()) == ()


def test_a_ladder_has_rungs_of_one_way_of_training():
    longer = make_run(0.99, split="all", target="A", per_class=0, epochs=24)
    assert [rung.mean.count for rung in ladder((*make_ladder(), longer))] == [1, 1, 1, 1]


def test_main_runs_are_one_experiment():
    runs = (
        *make_all(),
        make_run(0.5, epochs=3),
        make_run(0.5, nonlinearity="abs_tanh"),
        make_run(0.5, per_class=100),
        make_run(0.5, plan="small_32_7x7"),
    )
    assert len(main_runs(runs, RANDOM)) == len(make_grid())
    assert {run.settings.split for run in main_runs(runs, NATURE)} == {"nature"}
    assert main_runs(runs, QUICKDRAW) == ()


def test_it_is_known_how_many_runs_a_grid_has():
    runs = make_grid()
    assert summaries.count_planned(runs) == len(runs) == 144
    assert summaries.count_planned(runs[:1]) == 72
    assert summaries.count_planned(()) == 0


def test_halves_are_offered_where_they_were_measured():
    assert list_measured(()) == (RANDOM,)
    assert list_measured(make_all()) == (RANDOM, NATURE)
    with pytest.raises(ValueError, match="cifar10_random"):
        halves_of("mnist")


@pytest.mark.parametrize(
    ("split", "target", "data", "classes"),
    [
        ("random-3", "A", "cifar10", 5),
        ("nature", "A", "cifar10", 4),
        ("nature", "B", "cifar10", 6),
        ("all", "A", "cifar10", 10),
        ("random-0", "A", "quickdraw", 172),
        ("random-0", "B", "quickdraw", 173),
    ],
)
def test_chance_is_one_of_the_classes_that_the_split_has(split, target, data, classes):
    from nbutils.transfer.splits import classes_of

    settings = RunSettings(data=data, split=split, target=target)
    assert summaries.count_classes(settings) == classes == len(classes_of(data, split)["AB".index(target)])
    assert summaries.chance_of(settings) == 1 / classes


def test_a_network_that_guesses_is_seldom_luckier_than_three_standard_errors():
    settings = RunSettings(split="random-0")
    right = np.random.default_rng(0).binomial(5_000, 1 / 5, 20_000) / 5_000
    lucky = np.mean(right > summaries.chance_of(settings) + summaries.luck_of(settings))
    assert 0.0005 < lucky < 0.003  # a normal distribution has 0.00135 there


def test_lines_to_one_target_begin_at_its_base():
    found = summaries.mean_by_target(make_grid(("nature",)), "AnB")
    assert {target: means[0].mean for target, means in found.items()} == BASES
    assert list(found["A"]) == list(range(8))
