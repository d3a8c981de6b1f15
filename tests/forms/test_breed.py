"""Breeding on the page: select, evolve, go back, begin anew, and what is seen meanwhile."""

import asyncio

import pytest

from nbutils.forms.breeding import Organism
from nbutils.forms.dashboards.breed_course import Course, find_beginning
from nbutils.forms.dashboards.breed_stage import BreedStage
from nbutils.forms.dashboards.breed_timing import STEPS, Timing, account, tell_timing
from nbutils.forms.dashboards.breed_work import Stopwatch, mesh_brood
from nbutils.forms.grids import FINE, THESIS, Grid
from nbutils.forms.handmade import connect
from nbutils.forms.meshing import is_watertight
from nbutils.forms.view import View
from nbutils.neat import Evolution, to_json
from tests.forms.galleries import press
from tests.forms.pages import choose, evolve, genomes, open_page


@pytest.fixture
def page():
    """A page whose visitor has not been told yet: nothing is kept."""
    return open_page(key=None, view=View())


@pytest.fixture(scope="module")
def steady():
    """A page that its tests leave as it is."""
    return open_page(key=None)


def drawn(page):
    """Return the numbers of the puts that each place holds."""
    stage = page.breed.stage.stage
    return [place.shape.get("put") for place in stage.places if place.shape.get("edition") == stage.edition]


def test_fifteen_shapes_are_there_at_first_sight_and_one_line_says_what_to_do(page):
    assert len(drawn(page)) == 15
    assert all(place.shape["triangles"] for place in page.breed.stage.stage.places)
    assert "Click the shapes" in page.breed.guide.value
    assert "Click the shapes" in page.page.heading.hint


def test_what_is_selected_stays_where_it_is_and_children_come_around_it(page):
    before = genomes(page)
    evolve(page, 2, 7)
    after = page.breed.course.lineage.now.organisms
    assert [after[place].genome for place in (2, 7)] == [before[place] for place in (2, 7)]
    assert [place for place, one in enumerate(after) if one.changes is None] == [2, 7]
    assert {parent for one in after for parent in one.parents} <= {2, 7}
    assert page.breed.stage.chosen == ()
    assert len(drawn(page)) == 15


def test_the_button_says_how_many_are_selected_and_with_none_what_to_do(page):
    choose(page, 0, 4, 9)
    assert page.breed.evolve_button.text == "Evolve 3 selected"
    choose(page)
    press(page.breed.evolve_button)
    assert page.error.sentence.startswith("Nothing is selected: click a shape")
    choose(page, 1)
    assert page.error.sentence == ""


def test_undo_and_redo_bring_back_the_same_shapes_and_what_was_selected(page):
    first = genomes(page)
    evolve(page, 3)
    second = genomes(page)
    evolve(page, 0, 5)
    press(page.breed.undo_button)
    assert genomes(page) == second
    assert page.breed.stage.chosen == (0, 5)
    press(page.breed.undo_button)
    assert genomes(page) == first
    assert page.breed.undo_button.disabled
    page.breed.go_to(2)
    assert page.breed.redo_button.disabled
    assert page.breed.course.lineage.now.number == 2


def test_the_same_clicks_give_the_same_lineage_and_evolving_again_gives_other_children(page):
    other = open_page(key=None, view=View())
    for one in (page, other):
        evolve(one, 3)
        evolve(one, 1, 2)
    assert genomes(page) == genomes(other)
    press(page.breed.undo_button)
    press(page.breed.evolve_button)
    assert genomes(page) != genomes(other)
    assert [genomes(page)[place] for place in (1, 2)] == [genomes(other)[place] for place in (1, 2)]


def test_a_second_evolve_while_one_runs_drops_the_drawing_but_no_generation():
    async def click_twice():
        page = open_page(key=None)
        while page.breed.course.lineage is None:
            await asyncio.sleep(0.01)
        evolve(page, 3)
        await asyncio.sleep(0.004)
        partly = [put for put in drawn(page) if put]
        evolve(page, 3, 4)
        while page.breed.course.brood is not None:
            await asyncio.sleep(0.01)
        return page, partly

    page, partly = asyncio.run(click_twice())
    assert len(partly) < 15
    assert [len(generation.organisms) for generation in page.breed.course.lineage.path] == [15, 15, 15]
    assert page.breed.course.lineage.now.selected == (3, 4)
    assert len(drawn(page)) == 15


def test_places_say_at_once_that_they_are_loading():
    async def look_at_once():
        stage = BreedStage(pytest.fail, lambda _timing: None)
        brood = Course().begin(3, Evolution())
        stage.show(brood, THESIS, "smooth")
        return stage.stage.labels, [place.shape for place in stage.stage.places]

    labels, shapes = asyncio.run(look_at_once())
    assert len(labels) == 15
    assert all(not shape for shape in shapes)


def test_a_fine_grid_comes_after_a_coarse_one_and_all_surfaces_are_closed():
    course = Course()
    course.begin(3, Evolution())
    organisms = course.settle().now.organisms
    shown = list(mesh_brood(organisms, FINE, "smooth", Stopwatch()))
    assert [one.fine for one in shown] == [False] * 15 + [True] * 15
    assert [one.place for one in shown] == [*range(15), *range(15)]
    assert all(is_watertight(one.body) for one in shown)
    assert len(shown[15].body.triangles) > len(shown[0].body.triangles)


def test_what_is_thinner_than_a_voxel_is_left_out_and_said():
    thin = connect({"r_xy": 1.0, "bias": -0.05})  # a needle around the upright axis
    organisms, wide = [Organism(thin)] * 15, Grid((3, 3, 6))
    assert all(shown.body is None for shown in mesh_brood(organisms, wide, "smooth", Stopwatch()))
    stage = BreedStage(pytest.fail, lambda _timing: None)
    stage.show(organisms, wide, "smooth")
    assert all("too thin" in place.shape["label"] for place in stage.stage.places)


def test_settings_draw_again_without_another_generation(page):
    now = page.breed.course.lineage.now
    choose(page, 6)
    page.breed.controls.parts["mode"].value = "thesis"
    page.breed.controls.parts["resolution"].value = "coarse"
    assert page.view == View(mode="thesis", resolution="coarse")
    assert page.breed.course.lineage.now is now
    assert page.breed.stage.chosen == (6,)
    assert page.link.settings == {"mode": "thesis", "resolution": "coarse"}


def test_crossover_gives_children_two_parents(page):
    page.breed.controls.parts["crossover"].value = True
    assert "innovation numbers" in page.breed.controls.crossing.value
    evolve(page, 0, 1, 2)
    assert any(len(one.parents) == 2 for one in page.breed.course.lineage.now.organisms)


def test_mutation_strength_goes_into_the_generation(page):
    page.breed.controls.parts["strength"].set_state({"value": 3})
    evolve(page, 0)
    assert page.breed.course.lineage.now.strength == 3


def test_from_scratch_can_be_undone_and_the_link_follows(page):
    evolve(page, 1)
    before = genomes(page)
    press(page.breed.start.scratch)
    first = page.breed.course.lineage.now
    assert (first.number, page.view.seed) == (0, first.seed)
    assert first.seed != View().seed
    press(page.breed.undo_button)
    assert genomes(page) == before
    assert page.view.seed == View().seed


def test_a_network_from_a_file_is_bred_from(page):
    genome = genomes(page)[4]
    page.breed.start.file._receive(None, {"event": "files", "names": ["mine.json"]}, [to_json(genome).encode()])
    assert page.breed.start.file.report["sentence"] == "mine.json: bred from it."
    assert genomes(page)[0] == genome
    assert find_beginning(page.breed.course.lineage).begun_from is None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff\xfe", "This file is no text"),
        (b"{}", "version"),
        (b"[" * 100_000, "A genome"),
        (b'{"version": 1, "inputs": ["x", "y"], "outputs": ["red"], "nodes": [], "links": []}', "first nodes"),
        (to_json(connect({"x": 1.0, "bias": 9.0})).encode(), "This shape is empty"),
    ],
)
def test_a_file_that_is_no_shape_is_refused_with_a_sentence_and_nothing_is_lost(steady, data, told):
    before = genomes(steady)
    steady.breed.start.file._receive(None, {"event": "files", "names": ["bad.json"]}, [data])
    assert told in steady.breed.start.file.report["sentence"]
    assert steady.breed.start.file.report["fault"]
    assert genomes(steady) == before


@pytest.mark.parametrize("settings", [{"seed": "-3"}, {"shape": "../x"}, {"tab": "<b>"}, {"strength": "1e999"}])
def test_a_hostile_link_is_told_and_changes_nothing(steady, settings):
    view, before = steady.view, genomes(steady)
    steady.link.set_state({"arrived": {"count": 1, "settings": settings}})
    assert steady.error.sentence.endswith(".")
    assert (steady.view, genomes(steady)) == (view, before)


def test_a_link_with_a_seed_begins_there(page):
    page.link.set_state({"arrived": {"count": 1, "settings": {"seed": "11", "crossover": "true"}}})
    assert page.breed.course.lineage.now.seed == 11
    assert page.view.crossover
    assert len(page.breed.course.lineage.path) == 1


def test_the_strip_shows_what_was_chosen_and_goes_back_to_it(page):
    evolve(page, 1, 2)
    evolve(page, 3)
    cards = page.breed.history.cards
    assert [(row["title"], row["line"]) for row in cards.rows] == [
        ("first", "2 chosen"),
        ("1", "1 chosen"),
        ("2", "shown"),
    ]
    assert all(row["bytes"] for row in cards.rows)
    cards._handle_custom_msg({"event": "open", "index": 0}, [])
    assert page.breed.course.lineage.now.number == 0
    assert page.breed.stage.chosen == (1, 2)


def test_time_is_told_in_the_eight_steps_of_the_thesis(page):
    evolve(page, 1)
    stage = page.breed.stage.stage
    asked = page.breed.stage._asked_at
    stage._handle_custom_msg(
        {"event": "drawn", "edition": stage.edition, "at": 1000 * (asked + 0.5), "drawing": 20}, []
    )
    assert len(STEPS) == 8
    told = page.breed.times.value
    assert all(words in told for words, _ in STEPS.values())
    assert "500 ms" in told
    assert "–" not in told


def test_the_two_ways_are_told_apart_where_both_clocks_agree_and_else_together():
    worked = {"mesh": 0.02}
    agreeing = account(worked, received=10.01, wall=0.05, asked=10.0, drawn=10.1, drawing=0.01)
    assert agreeing.seconds["send"] == pytest.approx(0.01)
    assert agreeing.seconds["wire"] == pytest.approx(0.03)
    assert sum(agreeing.seconds.values()) - worked["mesh"] + 0.05 == pytest.approx(agreeing.total)
    elsewhere = account(worked, received=999.0, wall=0.05, asked=10.0, drawn=10.1, drawing=0.01)
    assert "send" not in elsewhere.seconds
    assert elsewhere.seconds["wire"] == pytest.approx(0.04)
    assert "–" in tell_timing(Timing(worked))
