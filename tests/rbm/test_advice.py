"""Advice is held to the clinic's cases over five seeds, at full size and in short runs; each rule to its number."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from nbutils.boltzmann.fields import FIELDS
from nbutils.boltzmann.settings import Training
from nbutils.rbm import results
from nbutils.rbm import thresholds as rules
from nbutils.rbm.advice import advise
from nbutils.rbm.clinic import CASES, SEEDS, USUAL
from nbutils.rbm.clinic_measuring import read_histories
from nbutils.rbm.thresholds import baseline_of, error_of
from tests.rbm.histories import alter, short_run

# What is to be mended first, and how soon it is seen.
FIRST = {
    "weights": ("weight_range", 0),
    "rate_high": ("rate", 1),
    "rate_low": ("rate", 3),
    "bias": ("hidden_bias", 0),
    "input": ("data", 0),
}


@pytest.fixture(scope="module")
def kept():
    """What was measured at full size: (case, seed) -> history."""
    return read_histories()


@pytest.fixture(scope="module")
def healthy(kept):
    """A healthy run of six epochs, to be altered."""
    return kept["healthy", 0]


def judge(case, history):
    """Return (severity, control) of every advice on the history of a case."""
    return [(one.severity, one.control) for one in advise(history, CASES[case].settings)]


@pytest.mark.parametrize("case", list(FIRST))
def test_a_fault_is_the_first_advice_for_each_of_five_seeds(case):
    control, epoch = FIRST[case]
    for seed in SEEDS:
        history = short_run(case, seed).epochs
        for end in range(epoch, len(history)):
            first = advise(history[: end + 1], CASES[case].settings)[0]
            assert (first.severity, first.control, first.plot) == ("fault", control, "probabilities"), (seed, end)


def test_a_healthy_run_is_early_then_healthy_for_each_of_five_seeds():
    for seed in SEEDS:
        history = short_run("healthy", seed).epochs
        told = [judge("healthy", history[: end + 1]) for end in range(len(history))]
        assert told == [[("early", "")], [("early", "")], [("early", "")], [("healthy", "")]], seed


def test_all_cases_were_measured_at_full_size_over_five_seeds(kept):
    assert set(kept) == {(case, seed) for case in CASES for seed in SEEDS}
    assert {len(history) for history in kept.values()} == {USUAL.epochs + 1}


@pytest.mark.parametrize("case", list(FIRST))
def test_at_full_size_a_fault_is_the_first_advice_from_the_epoch_in_which_it_shows(case, kept):
    control, epoch = FIRST[case]
    for seed in SEEDS:
        told = [judge(case, kept[case, seed][: end + 1])[0] for end in range(USUAL.epochs + 1)]
        assert told[:epoch] == [("early", "")] * epoch, seed
        assert told[epoch:] == [("fault", control)] * len(told[epoch:]), seed


def test_at_full_size_a_healthy_run_never_has_a_fault(kept):
    for seed in SEEDS:
        told = [judge("healthy", kept["healthy", seed][: end + 1]) for end in range(USUAL.epochs + 1)]
        assert told == [[("early", "")]] * 3 + [[("healthy", "")]] * 4, seed


def spread(kept, case, measure, epochs=slice(None)):
    """Return the smallest and the largest of a measure over the seeds of a case."""
    found = [measure(one) for seed in SEEDS for one in kept[case, seed][epochs]]
    return min(found), max(found)


@pytest.mark.parametrize(
    ("threshold", "measure", "epochs", "broken"),
    [
        (rules.PEGGED_BEFORE, lambda one: one.pegged, slice(1), ("weights", "input", "bias")),
        (rules.PEGGED_AFTER, lambda one: one.pegged, slice(1, 2), ("rate_high", "input")),
        (rules.STILL_GREY, lambda one: one.gray, slice(3, None), ("rate_low",)),
        (rules.ALIKE, lambda one: one.similarity, slice(3, None), ("rate_low", "rate_high")),
        (rules.BLACK_OR_WHITE, lambda one: one.dead, slice(1, None), ("rate_high", "bias")),
        (rules.BLACK_OR_WHITE, lambda one: one.saturated, slice(1, None), ("input",)),
        (rules.RATIO_BAND[1], lambda one: one.ratio_weights, slice(6, None), ("rate_low", "bias")),
        (rules.UNLEARNED, lambda one: error_of(one) / baseline_of(one), slice(3, None), ("rate_low", "bias", "input")),
        (rules.RUNAWAY, lambda one: one.largest_weight, slice(1, None), ("input",)),
    ],
)
def test_thresholds_lie_well_between_healthy_and_broken(threshold, measure, epochs, broken, kept):
    assert spread(kept, "healthy", measure, epochs)[1] < 0.75 * threshold
    for case in broken:
        assert spread(kept, case, measure, epochs)[0] > 1.04 * threshold, case


def test_a_healthy_ratio_is_below_the_band_in_epoch_1_and_within_it_from_epoch_3_on(kept):
    assert spread(kept, "healthy", lambda one: one.ratio_weights, slice(1, 2))[1] < rules.RATIO_BAND[0]
    assert spread(kept, "healthy", lambda one: one.ratio_weights, slice(3, None))[0] > 1.5 * rules.RATIO_BAND[0]


@pytest.mark.parametrize("rate_on", ["mean", "sum"])
def test_the_thesis_run_never_has_a_fault(rate_on):
    run = results.load(rate_on)
    told = [advise(run.epochs[: end + 1], run.snapshot.settings)[0].severity for end in range(len(run.epochs))]
    assert told == ["early"] * 3 + ["healthy"] * 43


def test_units_killed_by_the_rate_are_never_blamed_on_the_hidden_bias(kept):
    for seed in SEEDS:
        advice = advise(kept["rate_high", seed], CASES["rate_high"].settings)
        assert kept["rate_high", seed][-1].dead > 0.9
        assert [one.control for one in advice if "off for every example" in one.sentence] == ["rate"]


def test_units_that_began_dead_are_blamed_on_the_hidden_bias(kept):
    for seed in SEEDS:
        advice = advise(kept["bias", seed], CASES["bias"].settings)
        assert [one.control for one in advice if "off for every example" in one.sentence] == ["hidden_bias"]


def test_consequences_stand_behind_the_first_and_say_so(kept):
    for (case, seed), history in kept.items():
        advice = advise(history, CASES[case].settings)
        later = [one for one in advice if one.severity == "follows"]
        assert all(one.sentence.endswith("This may follow from the first.") for one in later), (case, seed)
        assert all(one.severity in ("follows", "note") for one in advice[1:]), (case, seed)
    assert any(one.severity == "follows" for one in advise(kept["bias", 0], CASES["bias"].settings))


def test_what_hides_large_weights_is_the_reconstruction_error(kept):
    for seed in SEEDS:
        last = kept["weights", seed][-1]
        assert error_of(last) < 1.3 * error_of(kept["healthy", seed][-1])
        assert error_of(last) < 0.3 * baseline_of(last)
        assert last.checkerboard < 0.1 < 0.8 < kept["healthy", seed][-1].checkerboard


def test_what_hides_a_high_rate_is_that_all_is_quiet_after_the_crash(kept):
    for seed in SEEDS:
        after = kept["rate_high", seed][2:]
        assert all(rules.RATIO_BAND[0] <= one.ratio_weights <= rules.RATIO_BAND[1] for one in after)
        assert after[-1].flicker < kept["healthy", seed][-1].flicker


def test_what_hides_a_low_rate_is_the_gap_and_a_falling_error(kept):
    for seed in SEEDS:
        history = kept["rate_low", seed]
        assert abs(history[-1].relative_gap) < 0.15
        assert all(error_of(later) < error_of(sooner) for sooner, later in pairwise(history))
        assert history[-1].bimodality["weights"] == pytest.approx(5 / 9, abs=0.01)  # as uniform as they were drawn
        assert history[-1].similarity > rules.ALIKE


def test_what_hides_a_low_bias_is_an_error_that_falls_to_the_mean_image(kept):
    for seed in SEEDS:
        history = kept["bias", seed]
        assert error_of(history[-1]) < error_of(history[0]) / 5
        assert error_of(history[-1]) == pytest.approx(baseline_of(history[-1]), rel=0.02)


def test_large_inputs_look_like_large_weights_before_training(kept):
    for seed in SEEDS:
        inputs, weights = kept["input", seed][0], kept["weights", seed][0]
        assert min(inputs.pegged, weights.pegged) > rules.PEGGED_BEFORE
        assert inputs.dead == weights.dead == inputs.saturated == weights.saturated == 0
        assert inputs.largest_weight < 0.03 < 1.9 < weights.largest_weight


CHANGES = {
    "input": ({"input_largest": 255.0}, None, "data"),
    "white": ({"saturated": 0.8, "gray": 0.0}, None, "hidden_bias"),
    "black": ({"dead": 0.8, "gray": 0.0}, None, "hidden_bias"),
    "pegged": ({"pegged": 0.3, "gray": 0.1}, None, "weight_range"),
    "gray": (None, {"gray": 0.8}, "rate"),
    "dead": (None, {"dead": 0.6}, "rate"),
    "saturated": (None, {"saturated": 0.6}, "rate"),
    "small updates": (None, {"ratio_weights": 3e4, "error": 38.0}, "rate"),
    "large updates": (None, {"ratio_weights": 12.0, "error": 38.0}, "rate"),
    "error grew": (None, {"error": 80.0}, "rate"),
    "error stays": (None, {"error": 38.0}, "rate"),
    "runaway": (None, {"largest_weight": 12.0}, "weight_decay"),
    "gap": (None, {"relative_gap": 0.8, "gap": 30.0}, "weight_decay"),
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_each_rule_fires_for_its_number_alone(name, healthy):
    at_start, at_end, control = CHANGES[name]
    history = [*healthy]
    if at_start:
        history[0] = alter(history[0], **at_start)
    if at_end:
        history[-1] = alter(history[-1], **at_end)
    first = advise(history, USUAL)[0]
    assert (first.severity, first.control) == ("fault", control)
    number = first.number
    shown = (f"{number:.0%}", f"{number:,.0f}", f"{number:.3g}", f"{number:.2f}")
    assert any(text in first.sentence for text in shown)


def test_a_flicker_that_persists_is_a_fault_and_one_that_settles_is_none(healthy):
    long = [*healthy, *[healthy[-1]] * 6]
    flickering = [alter(one, flicker=0.04) for one in long]
    assert advise(flickering, USUAL)[0].plot == "flicker"
    settling = [alter(one, flicker=0.5 * 0.8**epoch) for epoch, one in enumerate(long)]
    assert settling[-1].flicker > rules.FLICKER
    assert advise(settling, USUAL)[0].severity == "healthy"
    assert advise(flickering[: rules.FLICKER_FROM_EPOCH], USUAL)[0].severity == "healthy"


def test_pegged_after_epoch_1_blames_the_rate_while_it_lasts(healthy):
    crashed = [healthy[0], *(alter(one, pegged=0.9) for one in healthy[1:])]
    assert advise(crashed, USUAL)[0].sentence.startswith("The hidden image began gray, and 90% of it was pegged")
    recovered = [*crashed, healthy[-1]]
    assert advise(recovered, USUAL)[0].severity == "healthy"


def test_a_plateau_is_too_early_to_tell_until_it_lasts_too_long(healthy):
    plateau = alter(healthy[-1], similarity=0.9, error=38.0)
    for epochs, severity in ((4, "early"), (rules.PLATEAU, "early"), (rules.PLATEAU + 1, "fault")):
        first = advise([healthy[0], *[plateau] * epochs], USUAL)[0]
        assert (first.severity, first.plot) == (severity, "error"), epochs


def test_a_grey_image_is_not_blamed_on_a_low_rate_where_updates_are_large(healthy):
    grey = {"gray": 0.9, "error": 38.0}
    low = advise([*healthy, alter(healthy[-1], ratio_weights=2e4, **grey)], USUAL)
    assert "too low" in low[0].sentence
    noise = advise([*healthy, alter(healthy[-1], ratio_weights=3.0, **grey)], USUAL)
    assert noise[0].plot == "histograms"
    assert not any("too low" in one.sentence for one in noise)


def test_two_clusters_and_quiet_updates_are_notes_beside_a_healthy_run(healthy):
    last = alter(healthy[-1], ratio_weights=2e4, bimodality=healthy[-1].bimodality | {"hidden_bias": 0.87})
    advice = advise([*healthy, last], USUAL)
    assert [one.severity for one in advice] == ["healthy", "note", "note"]
    assert "within 100" not in advice[0].sentence
    assert "The hidden biases form two clusters" in advice[2].sentence
    assert "0.87" in advice[2].sentence


def test_a_start_that_is_not_grey_is_a_note(healthy):
    history = [alter(healthy[0], gray=0.7), *healthy[1:]]
    advice = advise(history, replace(USUAL, hidden_bias=-0.5))
    assert [(one.severity, one.control) for one in advise(history, USUAL)][1] == ("note", "weight_range")
    assert [(one.severity, one.control) for one in advice][1] == ("note", "hidden_bias")


def test_a_run_that_diverged_says_so_and_nothing_else(healthy):
    nothing = replace(healthy[-1], finite=False, gray=math.nan, flicker=math.nan)
    advice = advise([*healthy[:2], nothing], Training(rate=2.0))
    assert [(one.severity, one.control) for one in advice] == [("fault", "rate")]
    assert "in epoch 2" in advice[0].sentence
    assert "(0.2)" in advice[0].sentence


def test_without_measurements_there_is_nothing_to_say():
    assert [one.severity for one in advise((), Training())] == ["early"]


def test_gaussian_units_may_have_any_input(healthy):
    history = [alter(one, input_largest=4.2) for one in healthy]
    assert advise(history, replace(USUAL, gaussian=True))[0].severity == "healthy"


def test_when_everything_is_wrong_the_order_is_that_of_debugging(healthy):
    wrong = {"dead": 0.6, "saturated": 0.6, "ratio_weights": 10.0, "error": 90.0, "largest_weight": 20.0}
    last = alter(healthy[-1], gray=0.9, pegged=0.9, flicker=0.4, relative_gap=2.0, gap=50.0, **wrong)
    second = alter(healthy[1], pegged=0.9)
    history = [alter(healthy[0], input_largest=255.0), second, *healthy[2:], *[healthy[-1]] * 3, last]
    plots = [one.plot for one in advise(history, USUAL) if one.severity != "note"]
    assert plots == [*["probabilities"] * 4, "histograms", "flicker", "error", "histograms", "gap"]


def test_every_advice_names_a_plot_and_a_control_of_the_page(kept):
    for (case, _), history in kept.items():
        for one in advise(history, CASES[case].settings):
            assert one.control in ("", "data", *FIELDS)
            assert one.plot in ("probabilities", "histograms", "filters", "error", "flicker", "gap")
