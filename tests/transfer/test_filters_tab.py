"""The tab of first layers: pairs, one order for what became of each other, numbers, and what was not measured."""

import numpy as np
import pytest

from nbutils.transfer import filters
from nbutils.transfer.dashboards import filter_pictures as pictures
from nbutils.transfer.dashboards import filters_tab
from nbutils.transfer.dashboards.filter_pairs import BEFORE, KINDS, make_pair
from nbutils.transfer.first_filters import draw_first
from nbutils.transfer.records import RunSettings
from nbutils.transfer.results import key_of
from tests.transfer.made_up import make_grid
from tests.transfer.pages import open_page, tab

FEW = 6
RUNS = make_grid(("random-0",))


@pytest.fixture
def shown(monkeypatch):
    """The tab with six made-up filters for each network whose first layer learned."""
    monkeypatch.setattr(filters_tab, "load_filters", lambda: held)
    monkeypatch.setattr(filters_tab.filters, "untrained", lambda shape: noise.normal(size=(8, *shape)))
    chance, noise = np.random.default_rng(0), np.random.default_rng(1)
    held = {
        key_of(run.settings): chance.normal(size=(FEW, 3, 5, 5))
        for run in RUNS
        if run.settings.treatment in ("base", "AnB+") and run.settings.n != 5
    }
    page = open_page(RUNS, tab="filters")
    made = tab(page, "filters")
    made.page_of = page
    return made


def test_before_and_after_stand_in_one_order_and_are_selected_together(shown):
    assert shown.error.sentence == ""
    assert shown.titles[0].value == "<h3>baseB before training</h3>"
    shown.kind.value = "tuned"
    left, right = shown._weights
    base, tuned = RunSettings(target="A"), RunSettings(treatment="AnB+", n=3)
    order = pictures.order_by_colour(shown._held[key_of(tuned)])
    assert np.array_equal(left, shown._held[key_of(base)][order])
    assert np.array_equal(right, shown._held[key_of(tuned)][order])
    shown.walls[1].selected = 4
    assert shown.walls[0].selected == 4
    for told, chosen in zip(shown.told, shown.chosen, strict=True):
        assert "filter 5</b>; at its right the Gabor function" in told.value
        assert chosen.shape[0] == 2


def test_from_scratch_and_pre_trained_have_each_their_own_order(shown):
    shown.kind.value = "scratch"
    for weights in shown._weights:
        shares = [filters.share_colour(each) for each in weights]
        assert shares == sorted(shares)
    shown.walls[1].selected = 2
    assert shown.walls[0].selected == 0


def test_numbers_and_points_are_those_of_the_fits(shown):
    shown.kind.value = "halves"
    assert len(shown.board.panes) == 1
    fits = filters.fit(shown._weights[1])
    assert [each.quality for each in shown._fits[1]] == pytest.approx([each.quality for each in fits])
    assert f"<td>{np.median([each.colour for each in fits]):.2f}</td>" in shown.numbers.value
    trace, point = next((trace, 3) for trace, keys in shown._drawn.keys.items() if keys[0] == "right 0")
    shown._click("filters", trace, point, 0, 0)
    assert shown.walls[1].selected == 3


def test_a_filter_is_shown_before_anything_is_fitted_to_it(shown):
    shown._fits = [(), ()]
    shown._tell_chosen()
    assert [chosen.shape[0] for chosen in shown.chosen] == [1, 1]
    assert shown.told[1].value == "<p><b>baseB after training, filter 1</b>.</p>"
    assert "being fitted" in pictures.draw_waiting().alt


def test_what_was_not_measured_is_said(shown):
    shown.kind.value = "tuned"
    shown.page_of.change(n=5)
    assert "have not been measured yet" in shown.walls[0].empty
    shown.page_of.change(n=4)
    assert shown.walls[0].shape[0] == FEW


def test_no_run_at_all_is_said(monkeypatch):
    monkeypatch.setattr(filters_tab, "load_filters", dict)
    made = tab(open_page((), tab="filters"), "filters")
    assert made.error.sentence == ""
    assert "No network" in made.walls[0].empty


@pytest.mark.parametrize("kind", KINDS)
def test_every_pair_can_be_told_apart(kind):
    pair = make_pair(kind, RunSettings(), 3)
    assert pair.left != pair.right
    assert pair.left.title != pair.right.title
    assert pair.right.when != BEFORE


def test_first_weights_are_those_that_a_run_begins_with():
    from nbutils.nets.networks import build
    from nbutils.nets.plans import PLANS

    settings = RunSettings(target="A", seed=2)
    network = build(PLANS["small_32"], 5, settings.chance)
    assert np.array_equal(draw_first(settings), network.layers[0][0].weight.detach().numpy())


def test_a_filter_becomes_a_picture_around_grey():
    weights = np.zeros((1, 3, 5, 5))
    weights[0, 0, 1, 2], weights[0, 2, 0, 0] = 4.0, -2.0
    pixels = pictures.to_pixels(weights)
    assert pixels[0, 1, 2].tolist() == [255, 128, 128]
    assert pixels[0, 0, 0].tolist() == [128, 128, 64]
    assert (pictures.to_pixels(np.zeros((2, 1, 5, 5))) == 128).all()
