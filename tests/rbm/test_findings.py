"""What the ledger's rows are measured with: against machines and curves whose answers are known."""

import json
import math

import numpy as np
import pytest
import torch

from nbutils.boltzmann.machine import Machine
from nbutils.figures import ledger
from nbutils.rbm import findings, layers, results, sampling, survey
from nbutils.rbm.examples import Source, load
from nbutils.rbm.sphere_shapes import list_shapes
from nbutils.rbm.spheres import make_spheres
from nbutils.runs import records

SMALL = {"grid": 4, "smallest": 1.0, "largest": 2.0}


@pytest.fixture(scope="module")
def shapes():
    return list_shapes(**SMALL)


def remembering(visible, strength=60.0):
    """Return a machine whose every hidden unit repeats one visible unit: chains never move."""
    bias = torch.full((visible,), -strength / 2)
    return Machine(torch.eye(visible) * strength, bias, bias.clone())


def empty(visible):
    """Return a machine that paints nothing, whatever it is shown."""
    return Machine(torch.zeros(visible, 3), torch.full((visible,), -30.0), torch.zeros(3))


def test_a_machine_that_remembers_keeps_spheres_and_one_that_does_not_keeps_none(shapes):
    start = make_spheres(20, seed=1, **SMALL)
    kept = sampling.judge(sampling.dream(remembering(64), start, 20, 10, seed=0).means, shapes)
    assert (kept.empty, kept.good, kept.likeness, kept.components) == (0, 1, 1, 1)
    assert kept.filled == pytest.approx(float(start.sum(1).mean()))
    nothing = sampling.judge(sampling.dream(empty(64), start, 20, 10, seed=0).means, shapes)
    assert (nothing.empty, nothing.good, nothing.filled) == (1, 0, 0)
    assert math.isnan(nothing.likeness)


def test_samples_are_kept_at_the_steps_that_are_wanted():
    chains = sampling.dream(empty(64), make_spheres(5, seed=1, **SMALL), 30, 10, seed=0)
    assert chains.samples.shape == (3, 5, 64)


def test_black_and_white_are_counted_apart():
    machine = Machine(torch.zeros(64, 4), torch.zeros(64), torch.tensor([-30.0, 30.0, 0.0, 0.0]))
    found = findings.measure_image(machine, make_spheres(10, **SMALL))
    assert (found["black"], found["white"], found["gray"]) == (0.25, 0.25, 0.5)


def curves_of(alike, error, gray=0.5):
    return {"like_the_last_image": alike, "gray": [gray] * len(alike), "error": error}


def test_events_of_an_s_shaped_run_are_those_that_were_drawn():
    epochs = np.arange(46)
    error = list(20 + 40 / (1 + np.exp((epochs - 22.5) / 1.5)))
    alike = [0.5] * 3 + [0.99] * 43
    found = findings.tell_events_of_curves(curves_of(alike, error))
    assert found["pattern_final_from"] == 3
    assert found["steepest"] in (23, 24)
    assert found["alike_at_4"] == 0.99


def test_a_pattern_that_is_there_from_the_first_epoch_on_is_final_from_there():
    found = findings.tell_events_of_curves(curves_of([0.2] + [0.97] * 45, list(np.linspace(50, 10, 46))))
    assert found["pattern_final_from"] == 1


def test_ranks_agree_oppose_or_are_mixed():
    assert findings.correlate_ranks([1, 2, 30], [10, 11, 12]) == pytest.approx(1)
    assert findings.correlate_ranks([1, 2, 30], [3, 2, 1]) == pytest.approx(-1)
    assert findings.first([1, 5, 2], above=4) == 1
    assert findings.first([1], above=4) is None


def test_filters_on_one_voxel_and_on_all_have_the_smallest_and_the_largest_spread():
    one, all_of_them = torch.zeros(100, 2), torch.ones(100, 2)
    one[3] = 1
    all_of_them[::2] = -1
    for weights, spread in ((one, 0.01), (all_of_them, 1.0)):
        found = survey.measure_filters(Machine(weights, torch.zeros(100), torch.zeros(2)))
        assert found["spread"] == pytest.approx(spread, rel=0.05)


def test_a_second_layer_of_units_that_only_pass_on_is_told_by_its_pattern():
    examples = load(Source(number=3000, grid=4, largest=2.0))
    found = layers.measure_second_layer(remembering(64, strength=4.0), examples, seed=0)
    assert found.first_told == pytest.approx(1, abs=1e-3)
    assert found.second_told > 0.8
    assert found.second_alike > 0.9


def test_kept_findings_are_those_that_are_measured_and_say_how():
    kept = results.read("findings")
    assert set(kept) == set(findings.FINDINGS)
    for row, found in kept.items():
        assert found["provenance"]["command"] == f"python -m nbutils.rbm findings {row}"
        assert json.dumps(found["result"], allow_nan=False)


@pytest.mark.parametrize("row", ["F4.1", "F4.2", "F4.3", "F4.4", "T4.1", "C4-01", "C4-03", "C4-05", "C4-06", "C4-09"])
def test_what_is_read_from_stored_runs_is_found_again(row):
    again = records.plain(findings.FINDINGS[row]())
    kept = results.read("findings")[row]["result"]
    for (path, ours), (_, theirs) in zip(leaves(again), leaves(kept), strict=True):
        assert ours == (pytest.approx(theirs, rel=1e-3, abs=1e-6) if isinstance(theirs, float) else theirs), path


def leaves(found, path=()):
    """Yield (path, value) of everything in nested dicts, in the order of their names."""
    for key, value in sorted(found.items()):
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key), value


def test_the_survey_that_ships_has_all_its_runs_over_45_epochs():
    kept = results.read("survey")
    assert set(kept) == set(survey.list_plans())
    for name, run in kept.items():
        assert len(run["curves"]["error"]) == 46, name
        assert run["examples"] == survey.NUMBER


def test_every_row_of_the_ledger_that_is_measured_here_names_a_command_that_there_is():
    rows = ledger.choose(ledger.read(), chapter="04_rbm")
    assert {"not yet"} & {row.ours.partition(":")[0] for row in rows} == set()
    named = {
        row.ours.rpartition("nbutils.rbm findings ")[2].partition(")")[0] for row in rows if "findings" in row.ours
    }
    assert named <= set(findings.FINDINGS)
    assert len(named) >= 10
