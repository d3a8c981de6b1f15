"""What one is breeding survives a reload, and a store that fails hinders nobody."""

import asyncio

import sqlalchemy as sql

from nbutils.forms import store as stores
from nbutils.forms.dashboards.session import Start
from nbutils.forms.store.tables import people
from nbutils.forms.view import View
from tests.forms.galleries import press
from tests.forms.pages import KEY, choose, evolve, genomes, new_store, open_page, tell_who


def count_people(store):
    """Return how many people the store knows."""
    with store.engine.connect() as connection:
        return connection.scalar(sql.select(sql.func.count()).select_from(people))


def link(page, **settings):
    """Bring settings as a page's address does."""
    page.link.set_state({"arrived": {"count": 1, "settings": settings}})


def test_a_reload_brings_back_the_generations_the_place_and_what_was_undone(tmp_path):
    page = open_page(new_store(tmp_path))
    for place in (1, 2, 3):
        evolve(page, place)
    press(page.breed.undo_button)
    again = open_page(new_store(tmp_path))
    assert again.breed.course.lineage == page.breed.course.lineage
    assert again.breed.stage.chosen == (3,)
    assert not again.breed.redo_button.disabled
    assert "what you were breeding: generation 2" in again.status.message


def test_what_was_undone_before_a_reload_is_not_bred_once_more(tmp_path):
    page = open_page(new_store(tmp_path))
    evolve(page, 1, 2)
    before = genomes(page)
    press(page.breed.undo_button)
    again = open_page(new_store(tmp_path))
    assert again.breed.stage.chosen == (1, 2)
    press(again.breed.evolve_button)
    assert genomes(again) != before


def reload(store, settings, *, link_first):
    """Return a page opened anew with a link, when all is drawn: the link may come before who it is, or after."""

    async def open_anew():
        page = open_page(store, key=None)
        if not link_first:
            tell_who(page)
        link(page, **settings)
        if link_first:
            tell_who(page)
        await draw(page)
        return page

    return asyncio.run(open_anew())


async def draw(page):
    """Wait until all is drawn."""
    while page.breed.stage._turns._work is not None:
        await asyncio.sleep(0.01)


def test_a_fork_survives_a_reload_in_whatever_order_the_page_speaks(tmp_path):
    store = new_store(tmp_path)
    page = open_page(store)
    genome = genomes(page)[4]
    for name, public, orders in (("Hut", True, (True, False)), ("Secret", False, (True,))):
        shape = stores.keep(store, page.session.person, stores.Draft(name, "", (), genome, public=public))
        page.session.tell("fork", Start(genome, shape.id))
        evolve(page, 3)
        for link_first in orders:
            again = reload(store, page.link.settings, link_first=link_first)
            assert again.breed.course.lineage == page.breed.course.lineage
            assert again.error.sentence == ""
            assert stores.read_breeding(store, page.session.person) == page.breed.course.lineage


def test_drawing_anew_in_the_middle_of_evolve_loses_nothing(tmp_path):
    store = new_store(tmp_path)

    async def evolve_and_redraw():
        page = open_page(store)
        await draw(page)
        evolve(page, 1)
        page.breed.course.settle()  # as opening a shape does
        page.breed.controls.parts["mode"].value = "thesis"
        await draw(page)

    asyncio.run(evolve_and_redraw())
    assert stores.read_breeding(store, stores.know(store, KEY)).now.number == 1


def test_a_beginning_that_cannot_be_read_leaves_a_page_that_breeds(tmp_path):
    page = open_page(new_store(tmp_path), view=View(start="0" * 16, tab="mine"))
    assert "not in the gallery" in page.error.sentence
    assert (page.view.start, page.view.tab) == ("", "mine")
    assert len(page.breed.course.settle().now.organisms) == 15


def test_who_only_looks_leaves_no_trace(tmp_path):
    store = new_store(tmp_path)
    page = open_page(store)
    choose(page, 1, 2)
    page.breed.controls.parts["mode"].value = "thesis"
    press(page.breed.start.scratch)
    assert count_people(store) == 0
    assert open_page(store).breed.course.lineage.now.seed == View().seed
    evolve(page, 1)
    assert count_people(store) == 1


def test_another_browser_has_its_own_breeding(tmp_path):
    store = new_store(tmp_path)
    evolve(open_page(store), 1)
    assert open_page(store, key="x" * 32).breed.course.lineage.now.number == 0


def test_a_link_to_the_same_beginning_goes_on_and_one_to_another_offers_to(tmp_path):
    store = new_store(tmp_path)
    first = open_page(store, view=View(seed=5))
    evolve(first, 1)
    same = open_page(store, view=View(seed=5))
    assert same.breed.course.lineage.now.number == 1
    other = open_page(store, view=View(seed=6))
    assert other.breed.course.lineage.now.seed == 6
    assert other.breed.again.layout.display is None
    press(other.breed.again.children[1])
    assert genomes(other) == genomes(first)
    assert other.breed.again.layout.display == "none"
    assert other.view.seed == 5


def test_a_link_that_arrives_after_the_breeding_was_recalled_is_followed_and_can_be_undone(tmp_path):
    store = new_store(tmp_path)
    evolve(open_page(store), 1)
    page = open_page(store)
    link(page, seed=str(View().seed))
    assert page.breed.course.lineage.now.number == 1
    link(page, seed="8")
    assert (page.breed.course.lineage.now.seed, page.breed.course.lineage.now.number) == (8, 0)
    press(page.breed.undo_button)
    assert page.breed.course.lineage.now.number == 1


def test_two_tabs_of_one_browser_do_not_disturb_each_other(tmp_path):
    one, two = open_page(new_store(tmp_path)), open_page(new_store(tmp_path))
    evolve(one, 1)
    evolve(two, 2)
    evolve(one, 3)
    assert (one.error.sentence, two.error.sentence) == ("", "")
    assert open_page(new_store(tmp_path)).breed.course.lineage == one.breed.course.lineage


def test_a_store_that_fails_is_told_once_and_breeding_goes_on(tmp_path, monkeypatch):
    page = open_page(new_store(tmp_path))

    def refuse(*_arguments):
        raise stores.StoreError("The disk that holds the gallery is full; nothing was changed.")

    with monkeypatch.context() as failing:
        failing.setattr(stores, "keep_breeding", refuse)
        evolve(page, 1)
        assert "The disk that holds the gallery is full" in page.breed.fault.value
        assert "a reload would lose it" in page.breed.fault.value
        assert page.breed.course.lineage.now.number == 1
    evolve(page, 2)
    assert page.breed.fault.value == ""
    assert open_page(new_store(tmp_path)).breed.course.lineage.now.number == 2


def test_a_store_that_cannot_be_opened_leaves_a_page_that_breeds(monkeypatch, tmp_path):
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no gallery at all" * 100)
    monkeypatch.setenv("NBUTILS_DATABASE", f"sqlite:///{broken}")
    page = open_page()
    assert "damaged" in page.breed.fault.value
    evolve(page, 1)
    assert page.breed.course.lineage.now.number == 1
    assert page.error.sentence == ""


def test_a_read_only_page_breeds_in_memory_and_says_so(tmp_path):
    evolve(open_page(new_store(tmp_path)), 1)
    page = open_page(stores.open_store(f"sqlite:///{tmp_path}/forms.sqlite", read_only=True), read_only=True)
    before = page.breed.course.lineage.now.number
    evolve(page, 2)
    assert page.breed.course.lineage.now.number == before + 1
    assert "read-only" in page.breed.fault.value
    assert open_page(new_store(tmp_path)).breed.course.lineage.now.number == before


def test_a_fork_knows_the_shape_that_it_came_from_and_its_link_brings_it_back(tmp_path):
    store = new_store(tmp_path)
    page = open_page(store)
    genome = genomes(page)[4]
    shape = stores.keep(store, page.session.person, stores.Draft("Hut", "", (), genome, public=True))
    page.session.tell("fork", Start(genome, shape.id))
    assert (page.view.start, page.view.tab) == (shape.id, "breed")
    assert page.breed.course.lineage.now.begun_from == shape.id
    visitor = open_page(store, key="v" * 32)
    link(visitor, **page.link.settings)
    assert visitor.breed.course.lineage.now.begun_from == shape.id
    assert genomes(visitor) == genomes(page)


def test_shapes_of_others_are_offered_to_begin_from(tmp_path):
    store = new_store(tmp_path)
    page = open_page(store)
    page.breed.start.choice.heading.is_open = True
    assert page.breed.start.published.rows == []
    assert "be the first" in page.breed.start.published.empty
    genome = genomes(page)[2]
    stores.keep(store, page.session.person, stores.Draft("<b>Hut</b>", "", (), genome, public=True))
    visitor = open_page(store, key="v" * 32)
    visitor.breed.start.choice.heading.is_open = True
    assert [row["title"] for row in visitor.breed.start.published.rows] == ["<b>Hut</b>"]
    visitor.breed.start.published._handle_custom_msg({"event": "open", "index": 0}, [])
    assert genomes(visitor)[0] == genome
