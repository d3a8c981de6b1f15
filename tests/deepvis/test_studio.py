"""The studio without a browser: controls, a run that is turned, stopped and gone on with, files, bounds."""

import time
from dataclasses import replace

import numpy as np
import pytest

from nbutils.deepvis import studio_settings as settings
from nbutils.deepvis.dashboards import studio_exercises
from nbutils.deepvis.dashboards.studio import Studio, studio
from nbutils.deepvis.dashboards.studio_exercises import fading_volcano
from nbutils.deepvis.dashboards.studio_files import read_file
from nbutils.preferred.maximizing import every_step
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe, from_json
from nbutils.widgets.exercise import check

FEW = {"network": "small", "objectives": ('logit("two")',), "size": 32, "steps": 4}
LONG = FEW | {"steps": 100_000}


@pytest.fixture
def open_studio(small_network):
    """Open studios that are stopped behind the test."""
    opened = []

    def open_(**fields):
        opened.append(Studio(settings.view_of(FEW | fields), [small_network]))
        return opened[-1]

    yield open_
    for made in opened:
        made.job.close()
        assert made.job.wait(10)


def run(made, seconds=60):
    made.job.start()
    assert made.job.wait(seconds)
    assert (made.job.state, made.job.error.sentence, made.error.sentence) == ("done", "", "")


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_start_makes_the_picture_of_the_recipe(open_studio, small_network):
    made = open_studio()
    run(made)
    *_, wanted = every_step(small_network, made.view.recipe)
    shown = np.frombuffer(made.pane.wall.data, np.uint8).reshape(32, 32, 3)
    np.testing.assert_allclose(shown.transpose(2, 0, 1) / 255, wanted.pictures[0], atol=1 / 255)
    assert "Small:" in made.pane.captions.value
    assert "MobileNetV2:" in made.pane.captions.value, "what a network that never saw it says"
    assert "step 4 of 4" in made.pane.heading.value
    assert {pane.name for pane in made.board.panes} == {"objective", "probability"}
    assert "total variation" in made.pane.removed.value
    assert made.pane.stale.value == ""


def test_faint_colours_can_be_spread_on_the_wall_and_not_in_the_file(open_studio):
    made = open_studio()
    run(made)
    shown, snapshot = made.pane.wall.data, made.pane.made.snapshot
    made.stretch.value = True
    assert np.frombuffer(made.pane.wall.data, np.uint8).std() > np.frombuffer(shown, np.uint8).std()
    assert made.pane.made.snapshot is snapshot
    made.stretch.value = False
    assert made.pane.wall.data == shown


@pytest.mark.parametrize("count", [4, 9])
def test_several_seeds_stand_on_one_wall(open_studio, count):
    made = open_studio()
    made.count.value = count
    run(made)
    assert made.pane.wall.shape == [count, 32, 32]
    assert made.pane.captions.value.count("seed") == count


def test_a_slider_acts_in_the_run_is_recorded_and_makes_the_same_picture_again(open_studio, small_network):
    made = open_studio(**LONG)
    made.job.start()
    wait_for(lambda: made.pane.made is not None)
    made.controls.parts["decay"].value = 0.25
    wait_for(lambda: made.pane.made.snapshot.recipe.changes)
    made.job.stop()
    made.job.wait(10)
    snapshot = made.pane.made.snapshot
    ((step, field, value),) = snapshot.recipe.changes
    assert (field, value) == ("decay", 0.25)
    assert 1 < step <= snapshot.step
    assert f"decay 0.25 from step {step}" in made.pane.changes.value
    assert made.recipe == snapshot.recipe, "link, line and file carry the change"
    assert made.pane.stale.value == ""
    *_, again = every_step(small_network, replace(snapshot.recipe, steps=snapshot.step))
    np.testing.assert_array_equal(again.pictures, snapshot.pictures)


def test_stop_acts_at_once_and_continue_goes_on(open_studio):
    made = open_studio(**LONG)
    made.job.start()
    wait_for(lambda: made.pane.made is not None)
    begin = time.monotonic()
    made.job.stop()
    made.job.wait(10)
    assert time.monotonic() - begin < 0.5
    at = made.pane.made.snapshot.step
    assert made.job.state == "stopped"
    made.job.proceed()
    wait_for(lambda: made.pane.made.snapshot.step > at)


def test_a_slider_moved_while_it_rests_acts_when_it_goes_on(open_studio):
    made = open_studio(**LONG)
    made.job.start()
    wait_for(lambda: made.pane.made is not None)
    made.job.stop()
    made.job.wait(10)
    made.controls.parts["decay"].value = 0.125
    assert made.recipe == made.view.recipe, "link and line say what is set"
    at = made.pane.made.snapshot.step
    made.job.proceed()
    wait_for(lambda: made.pane.made.snapshot.recipe.changes)
    assert made.pane.made.snapshot.recipe.changes == ((at + 1, "decay", 0.125),)


def test_a_blur_set_in_the_run_blurs(open_studio):
    made = open_studio(**LONG)
    made.job.start()
    wait_for(lambda: made.pane.made is not None)
    made.controls.parts["blur"].value = 1.5
    wait_for(lambda: len(made.pane.made.snapshot.recipe.changes) == 2)
    made.job.stop()
    made.job.wait(10)
    assert {change[1:] for change in made.pane.made.snapshot.recipe.changes} == {("blur", 1.5), ("blur_every", 4)}
    assert made.pane.stale.value == ""


def test_another_tab_says_what_continue_goes_on_with_and_pictures_keep_their_name(open_studio):
    made = open_studio(**LONG)
    made.job.start()
    wait_for(lambda: made.pane.made is not None)
    made.job.stop()
    made.job.wait(10)
    named = made.pane.heading.value
    made.use_unit("small", "conv", 3)
    assert made.pane.heading.value == named
    made.tabs.value = "compare"
    assert "Continue goes on with “One recipe”" in made.status.message
    made.tabs.value = "make"
    assert made.status.message == ""


def test_an_impossible_recipe_changes_nothing(open_studio):
    made = open_studio()
    before = made.view
    with pytest.raises(ValueError, match="no layer"):
        made.use(replace(before.recipe, objectives=('channel("nowhere", 0)',)))
    assert made.view == before
    long = " + ".join(["logit(0)"] * 40)
    made.use(replace(before.recipe, objectives=(long,) * 9, seeds=(0,)))
    assert made.view.recipe.pictures == 9
    assert made.error.sentence == ""


def test_what_can_only_act_from_the_next_start_marks_the_picture_as_old(open_studio):
    made = open_studio()
    run(made)
    made.controls.parts["size"].value = 48
    assert "other settings" in made.pane.stale.value
    assert made.recipe == made.view.recipe
    run(made)
    assert made.pane.stale.value == ""
    assert made.pane.wall.shape == [1, 48, 48]


def test_a_run_of_a_recipe_with_changes_repeats_them(open_studio):
    made = open_studio(changes=((3, "decay", 0.5),))
    run(made)
    assert made.pane.made.snapshot.recipe.changes == ((3, "decay", 0.5),)
    assert np.isnan(made.pane.made.removed["decay"][:2]).all()
    assert (made.pane.made.removed["decay"][2:] > 0).all()


def test_a_silent_unit_is_said_in_words(open_studio):
    made = open_studio(objectives=('channel("relu", 2)',))
    run(made)
    assert "silent: its gradient is exactly zero" in made.pane.captions.value
    assert made.pane.wall.marked == [0]


def test_class_layer_and_number_make_the_objective(open_studio):
    made = open_studio()
    made.unit.label.value = 2
    assert made.view.recipe.objectives == ('logit("three")',)
    assert made.unit.number.value == 2
    made.unit.kind.value = "probability"
    assert made.view.recipe.objectives == ('probability("three")',)
    made.unit.layer.value = "conv"
    assert made.view.recipe.objectives == ('channel("conv", 2)',)
    made.unit.kind.value = "unit"
    made.unit.number.value = 1
    assert made.view.recipe.objectives == ('unit("conv", 1)',)
    assert made.unit.line.value == 'unit("conv", 1)'
    assert made.error.sentence == ""


def test_a_line_of_objectives_is_read_and_a_wrong_one_told(open_studio):
    made = open_studio()
    made.unit.line.value = 'logit("one") - 0.5 * channel("conv", 3); channel("conv", 0)'
    assert len(made.view.recipe.objectives) == made.view.recipe.pictures == 2
    run(made)
    made.unit.line.value = 'logit("four")'
    assert 'no class "four"' in made.error.sentence
    assert made.view.recipe.pictures == 2


def test_another_network_gets_an_objective_that_it_has(open_studio):
    made = open_studio()
    made.choose_network.value = "alexnet"
    assert made.error.sentence == ""
    assert made.view.recipe.objectives == ('channel("conv5", 0)',)
    made.use_unit("small", "conv", 3)
    assert made.view.recipe.objectives == ('channel("conv", 3)',)


def test_all_tabs_make_their_pictures(open_studio):
    made = open_studio(size=8, steps=2)
    for tab, walls in (("compare", 2), ("sweeps", 4)):
        made.tabs.value = tab
        run(made)
        pane = made.panes[tab]
        assert [wall.shape[0] for wall in pane._walls] == [1] * 2 if walls == 2 else [6] * 4
        assert all("<b>" in caption.value for caption in pane._captions)
        assert pane.stage.layout.display is None
        assert made.pane.stage.layout.display == "none"
        assert {pane.name for pane in made.board.panes} >= {"objective"}
    pane._walls[1].selected = 3
    made.panes["sweeps"].use.value += 1
    assert made.view.tab == "make"
    assert made.view.recipe.blur == pytest.approx(1.2)


def test_a_recipe_is_gone_on_with_only_where_a_picture_is_chosen(open_studio):
    made = open_studio(size=8, steps=2)
    made.tabs.value = "compare"
    pane = made.panes["compare"]
    assert pane.use.disabled
    assert "Press Start, then choose a picture" in pane.first.value
    pane._walls[0].selected = 0
    assert pane.use.disabled
    assert "has not begun yet" in pane.first.value
    run(made)
    assert pane.use.disabled, "Start forgets what was chosen before"
    assert "Choose a picture: click one" in pane.first.value
    pane._walls[1].selected = 0
    assert (pane.use.disabled, pane.first.value) == (False, "")
    made.reset()
    assert pane.use.disabled


def test_a_picture_carries_its_recipe_out_and_in(open_studio):
    made = open_studio(seeds=(3, 4))
    assert "press Start" in _save(made.files.picture)["sentence"]
    run(made)
    made.pane.wall.selected = 1
    assert not _save(made.files.picture)["fault"]
    assert made.files.picture.file_name == "small-logit_two-seed4-step4.png"
    data = bytes(made.files.picture.file)
    assert read_file("a.png", data) == made.view.recipe
    _save(made.files.recipe)
    assert from_json(bytes(made.files.recipe.file).decode()) == made.view.recipe
    other = open_studio(steps=7)
    other.files.drop._receive(None, {"event": "files", "names": ["a.png"]}, [data])
    assert other.view.recipe == made.view.recipe
    assert not other.files.drop.report["fault"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", b"no picture"),
        ("a.png", b""),
        ("a.json", b"{"),
        ("a.json", b"\xff\xfe"),
        ("a.json", b'{"steps": 0}'),
        ("a.json", b'{"network": "' + b"x" * 300 + b'"}'),
    ],
)
def test_a_hostile_file_is_a_sentence_and_changes_nothing(open_studio, name, data):
    made = open_studio()
    before = made.view
    made.files.drop._receive(None, {"event": "files", "names": [name]}, [data])
    assert made.files.drop.report["fault"]
    assert made.files.drop.report["sentence"].endswith(".")
    assert made.view == before


def test_every_named_recipe_can_be_used_as_it_is(open_studio):
    made = open_studio()
    for recipe in PRESETS.values():
        made.use(recipe)
        assert made.view.recipe == recipe


def test_an_unknown_network_is_a_sentence(open_studio):
    made = open_studio()
    before = made.view
    with pytest.raises(ValueError, match="network must be one of"):
        made.use(Recipe(network="nobody"))
    assert made.view == before


def test_reset_goes_back_to_the_start(open_studio):
    made = open_studio()
    first = made.view
    run(made)
    made.controls.parts["decay"].value = 0.125
    made.reset()
    assert made.view == first
    assert made.pane.wall.shape[0] == 0
    assert made.board.panes == []


def test_a_published_page_is_bounded(monkeypatch, open_studio):
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    made = open_studio(steps=5000, size=900, seeds=tuple(range(9)), threads=0)
    recipe = made.view.recipe
    assert (recipe.steps, recipe.size, recipe.pictures, recipe.threads) == (256, 256, 4, 1)
    assert "9" not in [label for _, label in made.count.labels]
    made.tabs.value = "presets"
    assert max(recipe.steps for recipe in made.panes["presets"].plan()) <= 256
    made.tabs.value = "sweeps"
    assert max(recipe.steps for recipe in made.panes["sweeps"].plan()) <= 64


def test_a_wrong_word_of_python_leaves_a_sentence_in_its_place():
    assert "decay must be" in studio(decay=7).sentence


def test_numbers_that_are_no_longer_finite_stop_the_run_with_a_sentence(open_studio):
    made = open_studio(objectives=('logit("two")' + " * 1e9" * 5,))
    made.job.start()
    made.job.wait(30)
    assert made.job.state == "failed"
    assert "no finite number any more" in made.job.error.sentence
    made.unit.label.value = 2
    run(made)


def test_the_volcano_fades_at_the_decay_of_the_solution():
    verdict = check(fading_volcano(), "0.35")
    assert verdict.right, verdict.sentence


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("0.1", "Take more away"),
        ("0.9", "Less would do"),
        ("much", "a number is wanted"),
        ("2", "above 0 and at most 1"),
    ],
)
def test_wrong_decays_are_told_apart(monkeypatch, answer, told):
    monkeypatch.setattr(studio_exercises, "_believe", lambda decay: float(decay < 0.4))
    verdict = check(fading_volcano(), answer)
    assert not verdict.right
    assert told in verdict.sentence


def _save(download):
    download._receive(None, {"event": "make"}, [])
    return download.report
