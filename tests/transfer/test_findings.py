"""The rows of the ledger are measured from made-up runs whose answers are known, and told in sentences."""

from contextlib import suppress
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from click.testing import CliRunner

from nbutils.figures import ledger
from nbutils.runs import records
from nbutils.transfer import (
    findings,
    findings_classes,
    findings_data,
    findings_distance,
    findings_gaps,
    findings_networks,
)
from nbutils.transfer.__main__ import main
from nbutils.transfer.sentences import TOLD, tell
from tests.transfer.made_up import BASES, GAPS, make_grid, make_ladder, make_run

RUNS = (*make_grid(), *make_grid(("nature",), ("base", "AnB", "BnB")), *make_ladder((1, 2, 10, 100, 1_000, 0)))
SPLITS = ("random-0", "random-1")
MEAN_BASE = sum(BASES.values()) / 2


def measure_from(row, runs):
    """Return what a row says of some runs."""
    module, function = findings.FINDINGS[row].split(".")
    return getattr(import_module(f"nbutils.transfer.{module}"), function)(runs)


def means(gaps):
    return [gap["mean"] for gap in gaps]


def test_levels_are_bases_and_gaps_together():
    found = findings_gaps.measure_levels(RUNS)["cifar10_random"]
    assert found["last"]["base"][0]["mean"] == pytest.approx(MEAN_BASE)
    assert means(found["last"]["AnB"]) == pytest.approx([MEAN_BASE + gap for gap in GAPS["AnB"]])
    assert (found["splits"], found["runs"]) == (2, 2 * 2 * 36)
    assert found["best_ten"]["BnB"][3]["mean"] == pytest.approx(found["last"]["BnB"][3]["mean"] - 0.001)


def test_a_dip_is_found_where_it_was_made_and_nowhere_else():
    found = findings_gaps.measure_selffers(RUNS)
    assert means(found["gaps"]) == pytest.approx(list(GAPS["BnB"]))
    assert found["clearly_below_at"] == [3, 4, 5, 6]
    assert found["clearly_above_at"] == []
    assert findings_gaps.measure_tuned_selffers(RUNS)["clearly_below_at"] == []


def test_a_drop_is_split_into_two_that_add_up():
    found = findings_gaps.split_drops(RUNS)
    whole, cut, specific = (means(found[part]["gaps"]) for part in ("all", "co_adaptation", "specificity"))
    assert np.add(cut, specific) == pytest.approx(whole)
    assert specific[6] == pytest.approx(GAPS["AnB"][6] - GAPS["BnB"][6])


def test_gains_are_compared_with_the_control_that_was_trained_as_long():
    found = findings_gaps.compare_lengths(RUNS)
    assert found["AnB+_over_base"]["mean"] == pytest.approx(np.mean(GAPS["AnB+"]))
    assert found["AnB+_over_BnB+"]["mean"] == pytest.approx(np.mean(np.subtract(GAPS["AnB+"], GAPS["BnB+"])))
    assert (found["epochs_of_base"], found["epochs_of_both"]) == (12, 24)
    tuned = findings_gaps.measure_tuned_transfers(RUNS)
    assert tuned["over_base_5_to_7"] > tuned["over_base_1_to_3"]
    boosts = findings_gaps.measure_boosts(RUNS)
    assert boosts["5-7"]["base"]["mean"] == pytest.approx(np.mean(GAPS["AnB+"][4:]))
    assert boosts["5-7"]["base"]["layers"] == [5, 6, 7]


def test_a_mean_over_some_layers_says_which():
    odd = [run for run in RUNS if run.settings.n % 2 or not run.settings.n]
    held = {row: records.plain(measure_from(row, odd)) for row in ("T5.1", "C5-09")}
    assert "over n = 1, 3, 5, 7" in tell("T5.1", held)
    assert "over n = 1, 3, 5, 7" in tell("C5-09", held)
    whole = {row: records.plain(measure_from(row, RUNS)) for row in held}
    assert not any("over n = 1, 3" in tell(row, whole) for row in whole)


def test_two_halves_are_said_to_tell_little():
    few, many = ({"C5-06": records.plain(measure_from("C5-06", make_grid(splits)))} for splits in (SPLITS[:1], SPLITS))
    assert "the 2 halves of 1 split" in tell("C5-06", few)
    assert "2 halves tell only large gaps from chance" in tell("C5-06", few)
    assert "the 4 halves of 2 splits" in tell("C5-06", many)
    assert "only large gaps" not in tell("C5-06", many)


def test_splits_by_chance_that_are_like_the_one_by_nature_are_told():
    # numpy's default_rng(0).permutation(10) puts classes 2, 3, 4, 6, 7 into A: no machine.
    found = findings_distance.compare_distances(RUNS)
    assert found["man_made"]["random-0"] == [0, 4]
    assert sum(found["man_made"]["random-1"]) == 4


def test_spread_is_that_of_the_noise_between_halves():
    found = findings_gaps.measure_spreads(make_grid(noise=0.01))
    assert found["AnB"]["between_halves_at_one_n"] == pytest.approx(np.std([0.01, -0.01, 0.01, -0.01], ddof=1))
    flat = findings_gaps.measure_spreads(make_grid(gaps=dict.fromkeys(GAPS, (0.1,) * 7)))
    assert flat["AnB+"]["between_5_6_7_of_one_half"] == pytest.approx(0)


def test_a_single_direction_of_one_split_has_no_interval_and_no_spread():
    one = [run for run in make_grid(("random-0",)) if run.settings.target == "A"]
    assert records.plain(findings_gaps.measure_selffers(one))["gaps"][0]["low"] is None
    assert findings_gaps.measure_spreads(one)["BnB"]["between_halves_at_one_n"] is None


def test_half_of_the_classes_is_compared_with_all_after_as_many_epochs():
    short = make_ladder((1, 2, 10, 100, 1_000, 0), epochs=4)
    alike = make_run(0.7, split="all", target="A")
    found = findings_data.compare_classes((*make_grid(), *short, alike))
    assert found["half"]["mean"] == pytest.approx(MEAN_BASE)
    assert (found["all"]["mean"], found["all"]["runs"], found["epochs"]) == (0.7, 1, 12)
    assert (found["half_chance"], found["all_chance"]) == (0.2, 0.1)
    with pytest.raises(ValueError, match="trained alike"):
        findings_data.compare_classes((*make_grid(), *short))


def test_fewer_examples_are_a_ladder_down_to_chance():
    guessing = make_run(0.102, split="all", target="A", per_class=5)
    runs = (*make_ladder((10, 100, 1_000, 0)), guessing)
    found = findings_data.find_chance(runs)
    assert (found["at_chance"], found["not_learned"]) == ([5], [])
    assert found["absent"] == [1, 2, 25, 50, 250, 500, 2_500]
    rise = findings_data.measure_last_rise(runs)
    assert (rise["from"], rise["to"]) == (1_000, 5_000)
    assert rise["rise"] == pytest.approx(0.15)
    assert findings_data.measure_fewest(RUNS)["1"]["times_chance"] == pytest.approx(2)
    with pytest.raises(ValueError, match="one or two examples"):
        findings_data.measure_fewest(runs)


def test_a_network_below_chance_is_at_chance_and_a_mean_of_several_is_surer():
    # 10,000 test pictures: one network that guesses is right up to .109.
    scores = {1: (0.02,), 2: (0.108,), 5: (0.108, 0.108, 0.108, 0.108)}
    runs = [
        make_run(score, split="all", target="A", per_class=count, seed=seed)
        for count, found in scores.items()
        for seed, score in enumerate(found)
    ]
    assert findings_data.find_chance(runs)["at_chance"] == [1, 2]


def test_rungs_that_learned_nothing_or_never_ended_are_told():
    dead = make_run(0.1, split="all", target="A", per_class=2)
    dead = replace(dead, loss=np.full_like(dead.loss, np.log(10)))
    runs = (*make_ladder((10, 100, 1_000, 0)), dead)
    held = {row: records.plain(measure_from(row, runs)) for row in ("F5.4", "C5-23", "C5-24")}
    assert held["F5.4"]["not_learned"] == [2]
    assert "with 2; no network came to its end with 1, 5, 25, 50" in tell("F5.4", held)
    assert "with 2 of examples a class: 2 .100" in tell("C5-23", held)
    assert tell("C5-24", held) == (
        "one example of each class no network that came to its end; two examples of each class .100, 1.0 times chance"
    )


def test_distance_is_measured_from_each_ones_own_base():
    far = make_grid(("nature",), ("base", "AnB"), GAPS | {"AnB": tuple(2 * gap for gap in GAPS["AnB"])})
    runs = (*make_grid(), *far)
    found = findings_distance.compare_distances(runs)
    assert found["dissimilar"]["gaps"][6]["mean"] == pytest.approx(2 * GAPS["AnB"][6])
    assert found["dissimilar"]["points_a_layer"] == pytest.approx(2 * found["similar"]["points_a_layer"])
    better = findings_distance.compare_with_random(runs)["better_by"]
    assert better == pytest.approx([2 * far - none for far, none in zip(GAPS["AnB"], GAPS["random"], strict=True)])
    targets = findings_distance.compare_targets(runs)
    assert targets["man-made"]["base_from_chance"] == pytest.approx((BASES["A"] - 1 / 4) / (3 / 4))
    assert targets["natural"]["classes"] == 6


def test_nonlinearities_are_compared_where_both_were_trained():
    bent = make_grid(("random-0",), ("base", "random"), nonlinearity="abs_tanh")
    found = findings_distance.compare_nonlinearities((*make_grid(), *bent))
    assert means(found["relu"]["gaps"]) == pytest.approx(means(found["abs_tanh"]["gaps"]))
    assert found["relu"]["random"][0]["runs"] == 2


def test_first_layers_are_compared_on_the_same_halves():
    others = [
        replace(make_run(score, split="random-0", target="B"), settings=make_run(plan=plan).settings)
        for score, plan in ((0.9, "small_32_7x7"), (0.6, "small_32_11x11"))
    ]
    found = findings_networks.compare_first_layers((*make_grid(), *others))
    levels = [found["levels"][name]["mean"] for name in findings_networks.FIRST_LAYERS.values()]
    assert levels == [BASES["B"], 0.9, 0.6]
    assert found["finer"]["mean"] == pytest.approx(0.3)
    with pytest.raises(ValueError, match="7x7"):
        findings_networks.compare_first_layers(make_grid())


def test_days_are_those_of_as_many_pictures_at_the_measured_speed_by_a_network_that_is_named():
    found = findings_networks.measure_speeds(RUNS)
    row = found["hardware"]["a processor"]
    assert row["days_for_the_thesis_steps"] == pytest.approx(450_000 * 256 / 2_600 / 86_400)
    assert found["network"]["pixels"] == 32
    # Its largest layer: 96 channels of 2 x 2 into 256 units.
    assert 98_304 < found["network"]["weights"] < 1_000_000


def test_thirteen_cats_are_dealt_into_halves():
    found = findings_classes.deal_cats(deals=200)
    assert (found["felidae"], found["mean"]) == (13, pytest.approx(6.5))  # section 5.3 lists 13
    assert found["dealt_six_or_seven"] == pytest.approx(found["six_or_seven"], abs=0.12)
    assert found["six_or_seven"] < found["five_to_eight"] < 1 - found["three_or_fewer_in_a_half"]


def test_every_row_has_a_sentence_and_every_sentence_a_row(tmp_path):
    assert set(TOLD) <= set(findings.FINDINGS)
    assert set(findings.FINDINGS) <= set(TOLD)
    with pytest.raises(ValueError, match="nothing is measured"):
        tell("F5.2", {})


@pytest.mark.parametrize("row", sorted(set(findings.FROM_RUNS) - {"C5-13", "C5-20", "C5-27"}))
def test_a_row_that_was_kept_is_told_in_one_line(row, tmp_path, monkeypatch):
    monkeypatch.setattr(findings, "load_results", lambda _folder: RUNS)
    findings.write_findings((row,), lambda _said: None, tmp_path)
    told = tell(row, findings.read(tmp_path))
    assert "\n" not in told
    assert "|" not in told
    assert not told.endswith(".")
    assert "None" not in told
    assert "nan" not in told


def test_without_runs_rows_are_left_out_and_one_that_was_asked_for_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(findings, "load_results", lambda _folder: ())
    monkeypatch.setattr(findings, "WITHOUT_RUNS", {})
    monkeypatch.setattr(findings, "FINDINGS", findings.FROM_RUNS)
    said = []
    findings.write_findings((), said.append, tmp_path)
    assert len(said) == len(findings.FROM_RUNS)
    assert all("is left out: There are no " in line for line in said)
    with pytest.raises(ValueError, match="There are no runs"):
        findings.write_findings(("F5.2",), said.append, tmp_path)


@pytest.mark.parametrize(("command", "said"), [("findings", "no measurement"), ("tell", "nothing is measured")])
def test_a_row_that_there_is_not_is_a_sentence(command, said):
    done = CliRunner().invoke(main, [command, "C9-99"])
    assert done.exit_code == 1
    assert said in done.output


@pytest.mark.parametrize("row", sorted(set(findings.FROM_RUNS) - {"C5-27"}))
def test_what_was_kept_is_found_again_in_the_runs_that_ship(row):
    assert measure_if_possible(row) == findings.read().get(row)


def measure_if_possible(row):
    """Return what a row says; None where runs for it are missing."""
    with suppress(ValueError):
        return records.plain(findings.measure(row))
    return None


def test_kept_findings_say_by_which_command():
    for row, found in records.read_record(findings.NAME, findings.FOLDER).items():
        assert found["provenance"]["command"] == f"python -m nbutils.transfer findings {row}"


def test_the_ledger_says_what_was_measured_in_the_same_words():
    held = findings.read()
    told = {row.id: row.ours for row in ledger.choose(ledger.read(), "05_transfer")}
    for row in held:
        assert f"measured: {tell(row, held)} (python -m nbutils.transfer findings {row})" in told[row], row


def test_only_rows_that_wait_for_runs_are_open_in_the_ledger():
    held = findings.read()
    waiting = {row.id for row in ledger.choose(ledger.read(), "05_transfer", state="not yet")}
    # T5.2 is the table of F5.4's points.
    assert waiting - {"T5.2"} == set(findings.FINDINGS) - set(held)
    assert ("T5.2" in waiting) == ("F5.4" in waiting)
