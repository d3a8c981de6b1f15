"""The random search without a browser: what is set, what is found, stars, and what a hostile page can do."""

import time
from dataclasses import replace

import numpy as np
import psutil
import pytest
import torch
from torch import nn

from nbutils import zoo
from nbutils.deepvis import search_plans as plans
from nbutils.deepvis import searching, stars
from nbutils.deepvis.dashboards import random_search
from nbutils.deepvis.dashboards.searching import EMPTY, NO_STARS, RandomSearch
from nbutils.deepvis.dashboards.searching_figures import tell_failures
from nbutils.deepvis.dashboards.searching_ranges import RangesPane
from nbutils.deepvis.search_plans import SearchPlan
from nbutils.deepvis.search_ranges import MODERN, PUBLISHED, SEARCHED, Range
from nbutils.deepvis.searching import Failure
from nbutils.preferred.recipe import Recipe
from nbutils.runs import Store
from nbutils.widgets import ErrorLine

OWN = SearchPlan(network="tiny", objective='logit("two")', number=6, size=32, steps=5)
KEPT = SearchPlan(number=5, size=32, steps=4)
VERSION = f"nbutils.deepvis.searching.find_picture {searching.VERSION}"


@pytest.fixture(scope="module")
def tiny():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        module = nn.Sequential(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    labels = ("one", "two", "three")
    return zoo.wrap(module.requires_grad_(False), size=32, mean=0.5, std=0.5, labels=labels, name="tiny")


@pytest.fixture
def opened(tiny, tmp_path):
    """A search over a network of one's own, which runs in this process."""
    made = RandomSearch(OWN, [tiny], tmp_path)
    yield made
    made.job.close()
    made.job.wait(10)


@pytest.fixture
def found(opened):
    opened.job.start()
    assert opened.job.wait(60)
    assert opened.job.state == "done"
    return opened


def press(widget):
    widget._handle_custom_msg({"event": "press"}, [])


def until(condition, seconds=90):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def keep_some(folder, plan, places):
    """Put finds into a folder as a search would have left them; every picture is of one grey level."""
    recipes = plans.recipes_of(plan)
    judge = searching.choose_judge(plans.base_of(plan))
    for place in places:
        picture = np.full((32, 32, 3), 10 * place, np.uint8)
        facts = {"objective": float(place), "probability": 0.5, "verdict": 1 / (1 + place), "silent": False}
        settings = searching.settings_of(recipes[place], judge)
        Store(folder, VERSION).put(settings, {"picture": picture, "small": picture}, facts)
    return recipes


def test_nothing_is_searched_before_start_is_pressed(opened):
    assert opened.wall.shape[0] == 0
    assert opened.wall.empty == EMPTY
    assert opened.give.disabled
    assert opened.error.sentence == ""


def test_what_is_found_stands_on_one_wall_with_its_numbers(found):
    assert found.job.bar.report["line"].startswith("Done: combination 6 of 6")
    assert (found.wall.format, found.wall.shape[0]) == ("atlas", 6)
    assert [find.place for find in sorted(found.shown, key=lambda find: find.place)] == list(range(6))
    recipes = plans.recipes_of(OWN)
    for find, name in zip(found.shown, found.wall.names, strict=True):
        assert find.recipe == recipes[find.place]
        assert name == f"combination {find.place}: objective {find.objective:.3g}"
    assert "6 pictures of two" in found.wall.label


def test_a_click_tells_what_made_a_picture_and_shows_it_larger(found):
    found.wall.set_state({"selected": 3})
    find = found.shown[3]
    assert f"Combination {find.place}" in found.told.value
    assert f"<b>{find.objective:.4g}</b>" in found.told.value
    assert f"learning rate <b>{find.recipe.rate:g}</b>" in found.told.value
    assert f"rate={find.recipe.rate!r}" in found.told.value
    assert found.large.data == find.large.tobytes()
    assert found.large.label == f"combination {find.place}, made for two"


@pytest.mark.parametrize("order", ["objective", "drawn"])
def test_sorting_moves_the_tiles_and_what_was_chosen_stays_chosen(found, order):
    found.wall.set_state({"selected": 4})
    chosen = found.shown[4].place
    found._parts["order"].value = order
    values = [find.objective if order == "objective" else -find.place for find in found.shown]
    assert values == sorted(values, reverse=True)
    assert found.shown[found.wall.selected].place == chosen
    assert f"Combination {chosen}" in found.told.value


def test_stars_are_marked_and_can_be_shown_alone(found):
    found._parts["starred"].value = True
    assert (found.wall.shape[0], found.wall.empty) == (0, NO_STARS)
    found._parts["starred"].value = False
    found.wall.set_state({"selected": 2})
    chosen = found.shown[2].place
    press(found.give)
    assert found.wall.marked == [2]
    assert found.wall.names[2].startswith("★ ")
    assert found.give.text == "Take the star away"
    found._parts["starred"].value = True
    assert [find.place for find in found.shown] == [chosen]
    press(found.give)
    assert (found.wall.shape[0], found.wall.empty) == (0, NO_STARS)


def test_a_recipe_is_handed_over(found):
    taken = []
    assert found.use.layout.display == "none"
    found.on_use(taken.append)
    assert found.use.layout.display is None
    found.wall.set_state({"selected": 1})
    press(found.use)
    assert taken == [found.shown[1].recipe]
    assert isinstance(taken[0], Recipe)


def test_who_takes_a_recipe_can_be_named_at_once(tiny, tmp_path):
    taken = []
    page = random_search([tiny], taken.append, tmp_path, network="tiny", objective="logit(1)", number=2, steps=4)
    assert not isinstance(page, ErrorLine)
    assert callable(page.on_use)


def test_stop_rests_and_continue_does_the_rest(opened, monkeypatch):
    opened.change(number=9, steps=12)
    opened.job.start()
    until(lambda: len(opened.run.finds) >= 2)
    opened.job.stop()
    assert opened.job.wait(10)
    assert opened.job.state == "stopped"
    before = dict(opened.run.finds)
    assert 2 <= len(before) < 9
    opened.job.proceed()
    assert opened.job.wait(90)
    assert opened.job.state == "done"
    assert sorted(opened.run.finds) == list(range(9))
    assert all(opened.run.finds[place] is find for place, find in before.items())


def test_while_it_runs_the_search_cannot_be_changed_and_its_wall_can(opened):
    opened.change(number=1000, steps=200)
    opened.job.start()
    opened._parts["steps"].value = 9
    assert opened.error.sentence == "A search is running: press Stop before you change it."
    assert opened._parts["steps"].value == opened.plan.steps == 200
    opened._parts["order"].value = "drawn"
    assert opened.error.sentence == ""
    opened.job.stop()
    assert opened.job.wait(20)
    opened._parts["steps"].value = 9
    assert (opened.plan.steps, opened.run.finds, opened.error.sentence) == (9, {}, "")


def test_another_search_empties_the_wall_and_reset_goes_back(found):
    found._parts["seed"].value = 7
    assert found.wall.shape[0] == 0
    assert found.link.settings["seed"] == "7"
    found.reset()
    assert found.plan == OWN
    assert "seed" not in found.link.settings


def test_a_unit_is_chosen_by_layer_and_channel(opened):
    opened.unit.layer.value = "0"
    assert opened.plan.objective == 'channel("0", 1)'
    opened.unit.number.value = 3
    assert opened.plan.objective == 'channel("0", 3)'
    assert opened.link.settings["objective"] == 'channel("0", 3)'


def test_a_method_brings_its_ranges(opened):
    opened._parts["method"].value = "published"
    assert opened.ranges.ranges == PUBLISHED
    assert opened.plan.ranges == ""
    opened._parts["method"].value = "modern"
    assert opened.ranges.ranges == MODERN


def test_ranges_are_edited_one_after_the_other(opened):
    pane = opened.ranges
    pane.field.value = "jitter"
    assert (pane.least.value, pane.most.value, pane.off.value) == (2, 32, 20)
    pane.least.value = 10
    assert opened.plan.ranges.count("jitter 10 32 off 0.2") == 1
    assert {recipe.jitter for recipe in plans.recipes_of(opened.plan)} <= {0, *np.arange(10, 32.01, 0.1).round(1)}
    pane.most.value = 5
    assert pane.ranges["jitter"] == Range(5, 5, off=0.2)
    pane.off.value = 0
    assert {recipe.jitter for recipe in plans.recipes_of(opened.plan)} == {5}
    assert "jitter <b>5 to 5 pixels</b>" in pane.table.value
    pane.drawn.value = False
    assert "jitter" not in opened.ranges.ranges
    assert pane.least.disabled
    pane.drawn.value = True
    assert opened.ranges.ranges["jitter"] == Range(0, 32)
    assert opened.error.sentence == ""


def test_every_field_can_be_shown_switched_off_and_on():
    told = []
    pane = RangesPane(told.append)
    pane.show(MODERN)
    for name in SEARCHED:
        pane.field.value = name
        shown = MODERN.get(name)
        assert pane.drawn.value == (shown is not None)
        if shown is not None:
            assert (pane.least.value, pane.most.value) == (shown.least, shown.most)
        pane.drawn.value = not pane.drawn.value
        assert (name in told[-1]) == (shown is None)
        pane.show(MODERN)


def test_the_last_range_stays():
    told = []
    pane = RangesPane(told.append)
    pane.show({"jitter": Range(1, 2)})
    pane.field.value = "jitter"
    pane.drawn.value = False
    assert told == [{"jitter": Range(1, 2)}]
    assert pane.drawn.value


def test_failures_are_told_and_escaped():
    failures = [Failure(place, Recipe(), "<b>no number</b>") for place in range(60)]
    told = tell_failures(failures)
    assert "60 combinations made no picture" in told
    assert "&lt;b&gt;no number" in told
    assert "and 10 more" in told
    assert "1 combination made" in tell_failures(failures[:1])
    assert tell_failures([]) == ""


def test_what_was_found_and_starred_is_there_after_a_reload(tmp_path):
    recipes = keep_some(tmp_path, KEPT, (0, 2, 3))
    first = RandomSearch(KEPT, folder=tmp_path)
    assert [find.place for find in first.shown] == [0, 2, 3]  # by the judge's verdict
    assert "3 of 5 combinations were there already" in first.status.message
    first.wall.set_state({"selected": 1})
    assert first.large.data == np.full((32, 32, 3), 20, np.uint8).tobytes()
    press(first.give)
    again = RandomSearch(replace(KEPT, starred=True), folder=tmp_path)
    assert [find.recipe for find in again.shown] == [recipes[2]]
    assert again.wall.marked == [0]
    assert stars.read_stars(tmp_path) == (recipes[2],)


def test_started_in_processes_and_stopped_nothing_runs_on_and_what_is_finished_stays(tmp_path):
    plan = replace(KEPT, number=200, steps=20)
    made = RandomSearch(plan, folder=tmp_path)
    made.job.start()
    until(lambda: len(made.run.finds) >= 1)
    workers = psutil.Process().children()
    assert len(workers) >= 2
    made.job.stop()
    assert made.job.wait(10)
    assert made.job.state == "stopped"
    assert not [worker for worker in workers if worker.is_running() and "popen_loky" in " ".join(worker.cmdline())]
    assert not list(tmp_path.glob("*.part"))
    again = RandomSearch(plan, folder=tmp_path)
    assert set(again.run.finds) >= set(made.run.finds)
    assert again.run.count_missing() == 200 - len(again.run.finds)
    made.job.close()


def test_a_published_page_is_bounded_and_writes_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    made = RandomSearch(SearchPlan(number=5000, size=512, steps=900), folder=tmp_path)
    assert (made.plan.number, made.plan.size, made.plan.steps) == (24, 128, 48)
    made.link.set_state({"arrived": {"count": 1, "settings": {"number": "3", "size": "32", "steps": "4"}}})
    assert (made.plan.number, made.plan.size, made.plan.steps) == (3, 32, 4)
    made.job.start()
    assert made.job.wait(60)
    assert made.job.state == "done"
    press(made.give)
    assert len(made.stars) == 1
    assert list(tmp_path.iterdir()) == []
    made.job.close()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"number": "0"}, "number must be a whole number from 1"),
        ({"number": "1e3"}, 'number must be a whole number, got "1e3"'),
        ({"seed": "-1"}, "seed must be a whole number from 0"),
        ({"steps": "100000"}, "steps must be a whole number from 4 to 1000"),
        ({"starred": "yes"}, "starred must be True or False"),
        ({"order": "<b>"}, "order must be one of judge, objective, drawn"),
        ({"method": "x"}, "method must be one of modern, published"),
        ({"network": "vgg99"}, "network must be one of"),
        ({"objective": "__import__('os')"}, "An objective is made of"),
        ({"objective": 'logit("nothing like it")'}, "There is no class"),
        ({"objective": 'channel("none", 1)'}, "none"),
        ({"network": "alexnet", "objective": '2 * channel("conv5", 300)'}, "has the channels 0 to 255, got 300"),
        ({"objective": "logit(1)" + " + logit(1)" * 100}, "objective is a text of at most 800 letters"),
        ({"ranges": "size 1 2"}, "These fields can be searched"),
        ({"ranges": "decay 0 9"}, "must lie within 0 to 1"),
    ],
)
def test_a_hostile_link_is_a_sentence_and_changes_nothing(opened, settings, sentence):
    before = opened.plan
    opened.link.set_state({"arrived": {"count": 1, "settings": settings}})
    assert sentence in opened.error.sentence
    assert opened.plan == before
    assert opened._parts["number"].value == before.number


def test_a_link_and_a_line_of_python_bring_the_plan_back(opened):
    plan = replace(OWN, ranges="decay 0.1 0.2 off 0.5", order="drawn", starred=True, noise=4)
    opened.link.set_state({"arrived": {"count": 1, "settings": {**plans.to_settings(plan), "unknown": "1"}}})
    assert opened.plan == plan
    line = plans.to_python(plan, ("own",)).splitlines()[-1]
    given = eval(line, {"random_search": lambda **words: words, "own": 3})  # noqa: S307  the house wrote this line
    assert given.pop("own") == 3
    assert SearchPlan(**given) == plan
    assert plans.to_settings(SearchPlan()) == {}


def test_an_impossible_plan_is_a_sentence_in_the_place_of_the_page():
    page = random_search(number=0)
    assert isinstance(page, ErrorLine)
    assert "number must be a whole number from 1" in page.sentence


def test_a_wall_that_gets_a_foreign_selection_keeps_its_own(found):
    found.wall.set_state({"selected": 10**9})
    assert found.wall.selected == 5
    found.wall.set_state({"selected": "5", "marked": [1], "names": ["<b>"]})
    assert (found.wall.selected, found.wall.marked) == (5, [])
