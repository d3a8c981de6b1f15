"""The figures of the survey: every run that ships stands there, and what is proved to be a bound is told as one."""

import json

import pytest

from nbutils.rbm import results, survey
from nbutils.rbm.dashboards import rate_curves, survey_table
from nbutils.widgets import Board


def find(widget, kind):
    """Return all widgets of a kind within one."""
    inner = [one for child in getattr(widget, "children", ()) for one in find(child, kind)]
    return ([widget] if isinstance(widget, kind) else []) + inner


def test_the_curves_are_those_of_the_kept_runs_with_the_mean_image():
    error, gray = (json.loads(board.panes[0].figure) for board in find(rate_curves(), Board))
    kept = results.read("survey")
    drawn = {trace["name"]: trace["y"] for trace in error["data"] if trace.get("name")}
    assert drawn["0.02"][-1] == pytest.approx(kept["rate 0.02"]["curves"]["error"][-1], rel=1e-3)
    assert len(drawn) == 6
    assert kept["rate 0.02"]["mean_image"] == pytest.approx(error["data"][-1]["y"][0], rel=0.01)
    assert gray["layout"]["yaxis"]["range"] == [0, 1]


def test_every_run_has_its_row_in_the_order_of_the_plans():
    text = survey_table().value
    places = [text.index(f"<th scope='row'>{name}</th>") for name in survey.list_plans()]
    assert places == sorted(places)


def test_a_likelihood_that_a_visited_state_contradicts_is_told_as_a_bound():
    kept = results.read("survey")
    rows = dict(row.split("</th>", 1) for row in survey_table().value.split("<th scope='row'>")[1:])
    assert any(not run["samples"]["bound_holds"] for run in kept.values())
    for name, run in kept.items():
        assert ("below" in rows[name]) == (not run["samples"]["bound_holds"]), name


def test_without_the_record_there_is_a_sentence(monkeypatch, tmp_path):
    def refuse(name):
        raise ValueError(f"The measured result {name}.json is not there; it comes with the repository.")

    monkeypatch.setattr(results, "read", refuse)
    for make in (rate_curves, survey_table):
        assert "comes with the repository" in make().sentence
