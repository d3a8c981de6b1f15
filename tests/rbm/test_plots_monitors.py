"""The plots beyond the four, and the likelihood with its bound."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from nbutils.boltzmann.monitors import measure, watch
from nbutils.boltzmann.partition import Bound
from nbutils.figures.curves import MOST_MARKS
from nbutils.rbm import results
from nbutils.rbm.dashboards.likelihood_pane import FOREIGN, NOTHING, tell_likelihood, watch_of
from nbutils.rbm.dashboards.monitors import MONITORS
from nbutils.rbm.dashboards.plots import LikelihoodPane, MonitorPane
from nbutils.rbm.examples import Source, load
from nbutils.rbm.likelihood_check import Likelihood

FIELDS = {
    "flicker": "flicker",
    "pseudo": "pseudo",
    "similarity": "similarity",
    "checkerboard": "checkerboard",
}


def figures_of(pane):
    return {name: json.loads(board.panes[0].figure) for name, board in pane.boards.items()}


@pytest.fixture(scope="module")
def shown(run):
    pane = MonitorPane()
    pane.show(run[-1])
    return pane


@pytest.mark.parametrize(("name", "field"), FIELDS.items())
def test_a_monitor_shows_its_measure_at_every_point(shown, run, name, field):
    drawn = figures_of(shown)[name]["data"][0]
    measured = [getattr(point.measures, field) for point in run[-1].points]
    expected = [value if math.isfinite(value) else None for value in measured]
    assert drawn["x"] == [0, 0.5, 1, 2, 3, 4]
    assert drawn["y"] == [None if value is None else pytest.approx(value, rel=1e-4) for value in expected]


def test_the_gap_is_drawn_where_all_watched_examples_were_measured(shown, run):
    drawn = figures_of(shown)["gap"]["data"][0]
    assert drawn["x"] == [0, 1, 2, 3, 4]
    assert drawn["y"] == [pytest.approx(measures.relative_gap, rel=1e-4) for measures in run[-1].epochs]


def test_dead_saturated_and_constant_units_are_three_curves(shown, run):
    drawn = {trace["name"]: trace["y"] for trace in figures_of(shown)["units"]["data"]}
    for name in ("dead", "saturated", "constant"):
        np.testing.assert_allclose(drawn[name], [getattr(point.measures, name) for point in run[-1].points], rtol=1e-4)


def test_bifurcation_has_the_lines_of_a_gaussian_and_a_uniform_distribution(shown, run):
    figure = figures_of(shown)["bimodality"]
    assert [trace["name"] for trace in figure["data"][:3]] == ["vBias", "W", "hBias"]
    assert [trace["y"][0] for trace in figure["data"][3:]] == pytest.approx([0.333, 0.555], abs=1e-3)
    # Weights begin uniformly distributed, so that their curve begins at the upper line.
    assert figure["data"][1]["y"][0] == pytest.approx(5 / 9, abs=0.03)


def test_the_ratio_has_its_band(shown):
    figure = figures_of(shown)["ratio"]
    assert (figure["layout"]["shapes"][0]["y0"], figure["layout"]["shapes"][0]["y1"]) == (100, 10_000)
    assert figure["layout"]["yaxis"]["type"] == "log"


def test_every_monitor_has_marks_and_says_what_it_would_show(shown):
    for name, figure in figures_of(shown).items():
        assert [shape["x0"] for shape in figure["layout"]["shapes"] if shape["type"] == "line"] == [1.5, 2.5], name
    assert "<b>1</b> learning rate 0.05 to 0.1 (epoch 1.5); <b>2</b> momentum 0 to 0.5" in shown.told.value
    assert all(monitor.broken.endswith(".") for monitor in MONITORS)
    assert len({monitor.name for monitor in MONITORS}) == len(MONITORS)
    for board in shown.boards.values():
        assert len(board.panes[0].alt) > 20


def test_every_monitor_has_the_run_beside(run):
    pane = MonitorPane()
    pane.show(run[-1], replace(run[2], title="the sum"))
    assert "Dashed, with open markers: the sum." in pane.told.value
    for monitor in MONITORS:
        traces = figures_of(pane)[monitor.name]["data"]
        beside = [trace for trace in traces if trace.get("name", "").endswith("the sum")]
        assert len(beside) == len(monitor.reads)
        assert {len(trace["x"]) for trace in beside} == {2 if monitor.whole_epochs else 3}


def test_monitors_are_drawn_anew_only_where_there_is_something_new(run):
    pane = MonitorPane()
    pane.show(run[1])
    board = pane.boards["flicker"]
    board.panes[0].figure = ""
    pane.show(replace(run[1], snapshot=replace(run[1].snapshot, update=150)))
    assert board.panes[0].figure == ""
    pane.show(run[2])
    assert board.panes[0].figure != ""
    pane.clear()
    assert board.panes == []


def test_a_run_that_exploded_is_drawn_and_said(run):
    point = run[1].points[-1]
    measures = replace(
        point.measures,
        flicker=math.nan,
        largest=point.measures.largest | {"weights": math.inf},
        ratios=dict.fromkeys(point.measures.ratios, math.inf),
    )
    pane = MonitorPane()
    pane.show(replace(run[1], points=(run[1].points[0], replace(point, measures=measures))))
    said = [annotation["text"] for annotation in figures_of(pane)["largest"]["layout"]["annotations"]]
    assert "W: infinite from 0.5 on" in said


def test_many_changes_stay_readable(run):
    settings = run[-1].snapshot.settings
    changes = tuple((update, "rate", 0.01 * (1 + update % 7)) for update in range(2, 700, 30))
    changed = replace(run[-1], snapshot=replace(run[-1].snapshot, settings=replace(settings, changes=changes)))
    pane = MonitorPane()
    pane.show(changed)
    assert pane.told.value.count("<b>") == MOST_MARKS


def test_a_wrong_estimate_is_said_in_red_with_a_word_and_without_a_likelihood():
    wrong = Likelihood(1.0, 867.4, 0.43, 27.0, Bound(False, 1260.0, 392.6), -30.6, -30.7)
    told = tell_likelihood(wrong, "after 112,500 updates")
    assert "<div class='dv-error' role='alert'><strong>Wrong.</strong>" in told
    assert "by 392.6 nats" in told
    assert "-30.6" not in told
    assert "Summed up" not in told
    right = tell_likelihood(replace(wrong, bound=Bound(True, 453.0, 0.0)), "after 10 updates")
    assert "dv-error" not in right
    assert "The bound holds" in right
    assert "<b>-30.7</b> nats of examples kept back" in right
    small = tell_likelihood(replace(wrong, exact=1262.3), "after 10 updates")
    assert "Summed up over all states, log Z = <b>1,262.3</b>" in small


def test_the_button_asks_about_the_machine_as_it_is(run):
    pane = LikelihoodPane()
    pane.show(run[-1])
    pane.job.start()
    assert pane.job.wait(60)
    assert pane.job.state == "done"
    assert "after 800 updates" in pane.told.value
    pane.show(replace(run[-1], points=(*run[-1].points, run[-1].points[-1])))
    assert "after 800 updates" in pane.told.value, "the same run goes on"
    pane.show(replace(run[-1], points=(replace(run[-1].points[0]), *run[-1].points[1:])))
    assert pane.told.value == "", "another run"
    pane.clear()
    assert pane.told.value == ""


@pytest.mark.parametrize("stored", [True, False])
def test_without_a_machine_or_examples_the_button_says_what_to_do(run, stored):
    pane = LikelihoodPane()
    if stored:
        pane.show(replace(run[-1], watch=None))
    pane.job.start()
    assert pane.job.wait(60)
    assert pane.job.state == "failed"
    assert (FOREIGN if stored else NOTHING) in json.dumps(pane.job.error.get_state(), default=str)


def test_a_stored_run_is_asked_about_with_the_spheres_it_was_trained_on():
    stored, spheres = results.load("sum"), load(Source())
    found = watch_of(stored)
    assert torch.equal(found.train, watch(spheres.train, spheres.valid, spheres.shape).train)
    error = measure(stored.snapshot.machine, stored.snapshot.last, found).error["squared, sampled hidden"]
    assert error == pytest.approx(stored.points[-1].measures.error["squared, sampled hidden"], rel=0.02)
