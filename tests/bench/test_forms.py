"""The bench of shapes on few of them: names, ratios, who it compares with, and what a page tells of a click."""

from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest

from nbutils import bench
from nbutils.bench import forms, forms_page, forms_peers
from nbutils.forms import store
from nbutils.forms.drifting import drift
from nbutils.forms.grids import COARSE, THESIS
from tests.bench.test_results import run

TINY = {"seeds": 1, "generations": 2, "rounds": 1, "points": 40, "clicks": 0}
NUMBERS = {"kernel_ms", "vs_neat_python", "bytes", "median_faces", "steps_ms"}


def play(seed=0):
    before, made = drift(seed, 1)
    return forms.Click(before, made.selected, made.seed, made)


def test_it_names_what_others_rely_on_for_both_grids():
    result, said = run("forms", **TINY)
    assert set(result) == {"grid_16x16x31", "grid_33x33x65"}
    for found in result.values():
        assert set(found) == NUMBERS
        assert found["kernel_ms"] == pytest.approx(sum(found["steps_ms"].values()))
        assert found["vs_neat_python"] > 1
        assert found["median_faces"] > 100
    assert result["grid_33x33x65"]["bytes"] > result["grid_16x16x31"]["bytes"]
    assert [grid.corners for _, grid in forms.GRIDS.values()] == [(16, 16, 31), (33, 33, 65)]
    assert len(said) == 2


def test_with_a_browser_clicks_are_told_beside(monkeypatch):
    told = {"click_to_drawn_ms": 400.0, "places_changed": 15}
    monkeypatch.setattr(forms_page, "measure_clicks", lambda names, lineage, clicks: ((name, told) for name in names))
    result, said = run("forms", **TINY | {"clicks": 2})
    assert all(found["click_to_drawn_ms"] == 400 for found in result.values())
    assert len(said) == 4


def test_the_generation_that_is_timed_is_the_one_of_the_lineage():
    click = play()
    again = tuple(forms.evolve(click.before, click.selected, forms.Evolution(), click.seed))
    assert [one.genome for one in again] == [one.genome for one in click.made.organisms]
    assert set(forms.time_steps(click, COARSE)) == set(forms.STEPS)


def test_bytes_are_those_of_places_and_triangles():
    """Positions take 6 bytes a vertex, triangles 6 each; a closed surface has half as many vertices as triangles."""
    click = play()
    faces = [
        len(forms.mesh_field(forms.measure_field(one.genome, THESIS), THESIS).triangles) for one in click.made.organisms
    ]
    assert forms.count_bytes(click.made.organisms, THESIS) == pytest.approx(9 * sum(faces), rel=0.02)
    assert forms.count_faces(click.made.organisms, THESIS) == int(np.median(faces))


def test_another_answer_of_the_peer_is_no_comparison():
    organism = play().made.organisms[0]
    with pytest.raises(bench.CannotMeasureError, match="answer differently"):
        forms.time_peer(organism, np.full(np.prod(COARSE.corners), 9.0, np.float32), COARSE, 30)


def test_seconds_of_some_points_are_scaled_to_all(monkeypatch):
    organism = play().made.organisms[0]
    field = forms.measure_field(organism.genome, COARSE).ravel()
    clock = iter([0.0, 2.0])
    monkeypatch.setattr(forms, "perf_counter", lambda: next(clock))
    assert forms.time_peer(organism, field, COARSE, 51) == pytest.approx(2 * len(field) / 51)


def test_without_neat_python_it_names_the_command(monkeypatch):
    monkeypatch.setattr(forms_peers, "find_spec", lambda _: None)
    with pytest.raises(bench.CannotMeasureError, match=r"-m pip install neat-python==2\.0\.0"):
        bench.run("forms", print, **TINY)


def test_the_visitor_of_the_bench_goes_on_where_the_lineage_stands(tmp_path):
    lineage = list(drift(1, 2))
    database = f"sqlite:///{tmp_path / 'forms.sqlite'}"
    forms_page.keep_lineage(database, lineage)
    opened = store.open_store(database)
    kept = store.read_breeding(opened, store.know(opened, forms_page.KEY, ""))
    store.close(opened)
    assert kept.now.id == lineage[-1].id
    assert [generation.id for generation in kept.path] == [generation.id for generation in lineage]


def test_medians_are_taken_over_clicks_and_within_steps():
    rows = [{"drawn": value, "steps": {"mesh": 2 * value}} for value in (1.0, 5.0, 30.0)]
    assert forms_page.sum_up(rows) == {"drawn": 5.0, "steps": {"mesh": 10.0}}


def option(left):
    box = {"x": left, "y": 0, "width": 10, "height": 10}
    return SimpleNamespace(bounding_box=lambda: box)


def stage():
    options = SimpleNamespace(all=lambda: [option(0), option(10)])
    box = {"x": 0, "y": 0, "width": 20, "height": 10}
    return SimpleNamespace(bounding_box=lambda: box, get_by_role=lambda _: options)


def test_places_that_changed_are_counted_and_an_empty_one_is_told():
    before = np.random.default_rng(0).integers(0, 255, (10, 20, 3), np.uint8)
    after = before.copy()
    after[0, 12] ^= 1
    assert forms_page.count_changed(stage(), before, after) == 0
    after[3, 14] ^= 1
    assert forms_page.count_changed(stage(), before, after) == 1
    after[:, :10] = 7
    with pytest.raises(bench.CannotMeasureError, match="shows none"):
        forms_page.count_changed(stage(), before, after)


def test_a_page_that_never_draws_is_a_sentence(monkeypatch):
    def never(*_):
        raise forms_page.NeverCompleteError("waited")

    monkeypatch.setattr(forms_page.suite, "served", lambda **_: nullcontext("http://127.0.0.1:1"))
    monkeypatch.setattr(forms_page.chromium, "started", nullcontext)
    monkeypatch.setattr(forms_page, "watch_clicks", never)
    with pytest.raises(bench.CannotMeasureError, match="did not show fifteen new shapes"):
        list(forms_page.measure_clicks({"a": "thesis"}, list(drift(0, 0)), 1))
