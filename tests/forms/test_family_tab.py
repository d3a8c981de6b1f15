"""The family tree as a tab: marks, names, pictures, one generation beside it, breeding on from there."""

import numpy as np
import pytest

from nbutils.forms.dashboards import family_tab
from nbutils.forms.dashboards.family_tab import cut_newest, make_family
from nbutils.forms.store import StoreError, family, hide, read_generation
from nbutils.forms.store.faces import read_chosen, read_faces
from nbutils.neat import from_json
from tests.forms.galleries import click, heard, know_bob, press, publish

PNG = b"\x89PNG"


def new_tab(session):
    tab = make_family(session)
    tab.seen()
    assert tab.error.sentence == ""
    return tab


def select(tab, node):
    tab.tree.set_state({"selected": int(node)})


def given(tab):
    """Return the pictures that the page has got last: {node: bytes}."""
    batch, data, found = tab.tree.batch, tab.tree.pictures, {}
    for node, length in zip(batch["nodes"], batch["bytes"], strict=True):
        found[node], data = data[:length], data[length:]
    return found


def test_an_empty_gallery_says_what_to_do(session):
    assert "press Evolve" in new_tab(session).tree.empty


def test_published_generations_are_marked_and_named_and_ones_own_stand_out(session):
    origin = publish(session, "Of <Bob>", person=know_bob(session), seed=1)
    mine = publish(session, "Fork", seed=2, origin=origin)
    tab = new_tab(session)
    kinds = np.frombuffer(tab.tree.kinds, np.uint8)
    home = {tab.family.ids.index(shape.generation): shape for shape in (origin, mine)}
    assert tab.tree.names == {str(node): shape.name for node, shape in home.items()}
    assert {tab.tree.kind_names[kind] for kind in kinds} == {"bred", "published", "bred by you", "published by you"}
    assert tab.tree.kind_names[kinds[tab.family.ids.index(mine.generation)]] == "published by you"
    assert "4 generations, 2 with a published shape, 2 bred by you; 1 tree." in tab.told.value
    hide(session.store, origin.id)
    press(tab.refresh)
    assert list(tab.tree.names.values()) == ["Fork"]


def test_a_click_shows_the_generation_with_what_was_chosen(session):
    shape = publish(session, "Vase <b>", generations=2)
    tab = new_tab(session)
    select(tab, tab.family.ids.index(read_generation(session.store, shape.generation).parent))
    assert "Generation 1" in tab.details.told.value
    assert "by <bdi>Ada</bdi>" in tab.details.told.value
    assert "2 of 15 were chosen" in tab.details.chosen.value
    assert [row["line"] for row in tab.details.cards.rows] == [
        "chosen" if place in (1, 3) else "" for place in range(15)
    ]
    select(tab, tab.family.ids.index(shape.generation))
    assert "Vase &lt;b&gt;" in tab.details.told.value
    assert tab.details.cards.chosen == shape.place
    assert "Nobody has bred on" in tab.details.chosen.value


def test_who_published_nothing_is_not_named(session):
    publish(session, "Secret", public=False)
    tab = new_tab(session)
    select(tab, 0)
    assert "Ada" not in tab.details.told.value


def test_one_breeds_on_from_any_shape_of_a_generation(session):
    shape = publish(session, "Vase")
    opened, forked = heard(session, "open"), heard(session, "fork")
    tab = new_tab(session)
    select(tab, tab.family.ids.index(shape.generation))
    press(tab.details.breed)
    press(tab.details.open)
    click(tab.details.cards, "5")
    assert tab.details.breed.text == "Breed from shape 5"
    press(tab.details.breed)
    generation = read_generation(session.store, shape.generation)
    assert [(start.shape, start.genome) for start in forked] == [
        (shape.id, from_json(shape.genome_json)),
        (None, generation.organisms[4].genome),
    ]
    assert [one.id for one in opened] == [shape.id]


def test_a_shape_is_found_by_its_name(session):
    publish(session, "Vase", seed=1)
    lamp = publish(session, "Lamp", seed=2)
    tab = new_tab(session)
    assert [label for _, label in tab.find.labels] == ["", "Lamp", "Vase"]
    tab.find.set_state({"index": 1})
    assert tab.tree.selected == tab.family.ids.index(lamp.generation) == tab.tree.aim["node"]
    assert "Lamp" in tab.details.told.value


def test_the_tree_gets_pictures_of_published_and_of_chosen_shapes(session):
    shape = publish(session, "Vase", generations=2)
    tab = new_tab(session)
    nodes = list(range(3))
    faces = read_faces(session.store, [tab.family.ids[node] for node in nodes])
    before = read_generation(session.store, tab.family.ids[0])
    assert read_chosen(session.store, before.id) == (1, 3)
    assert faces[before.id] == before.organisms[1].genome
    tab.tree._handle_custom_msg({"event": "wanted", "forest": tab.tree.forest, "nodes": nodes}, [])
    pictures = given(tab)
    assert all(picture.startswith(PNG) for picture in pictures.values())
    assert pictures[tab.family.ids.index(shape.generation)] == shape.thumbnail


def test_a_kernel_draws_no_more_than_a_page_may_ask_for_at_once(session):
    publish(session, "Vase")
    tab = new_tab(session)
    asked = {"event": "wanted", "forest": tab.tree.forest, "nodes": [0, 10**9, -1, "1", *[0] * 100_000]}
    tab.tree._handle_custom_msg(asked, [])
    assert list(given(tab)) == [0]
    with pytest.raises(StoreError, match="at most 500"):
        read_faces(session.store, ["0" * 32] * 501)


def test_what_was_bred_meanwhile_appears_and_the_selection_stays(session):
    shape = publish(session, "Vase", seed=1)
    tab = new_tab(session)
    select(tab, tab.family.ids.index(shape.generation))
    publish(session, "Lamp", seed=2)
    tab.seen()
    assert tab.family.ids[tab.tree.selected] == shape.generation
    forest = tab.tree.forest
    tab.seen()
    assert tab.tree.forest == forest


def test_an_invented_tree_of_10_000_can_be_shown_and_left(session):
    publish(session, "Vase")
    tab = new_tab(session)
    press(tab.many)
    assert tab.tree.number == 10_000
    assert "invented" in tab.told.value
    select(tab, 9_999)
    tab.tree._handle_custom_msg({"event": "wanted", "forest": tab.tree.forest, "nodes": [5]}, [])
    assert given(tab) == {5: b""}
    assert tab.error.sentence == ""
    tab.seen()
    assert tab.tree.number == 10_000
    press(tab.many)
    assert tab.tree.number == 2


def test_the_newest_are_drawn_where_a_browser_bears_no_more(session, monkeypatch):
    origin = publish(session, "Vase", generations=3)
    publish(session, "Fork", seed=2, origin=origin)
    found, left = cut_newest(family(session.store), 4)
    assert left == 2
    assert (found.parents < np.arange(4)).all()
    assert found.numbers.tolist() == [2, 3, 0, 1]
    assert found.parents.tolist() == [-1, 0, 1, 2]
    monkeypatch.setattr(family_tab, "MOST_NODES", 4)
    assert "newest 4 of 6 generations" in new_tab(session).note.value


def test_a_store_that_fails_is_told_and_the_tree_stays(session, monkeypatch):
    publish(session, "Vase")
    tab = new_tab(session)

    def fail(*_arguments):
        raise StoreError("The gallery's server is away.")

    monkeypatch.setattr(family_tab, "family", fail)
    tab.seen()
    assert tab.error.sentence == "The gallery's server is away."
    assert tab.tree.number == 2
    fresh = make_family(session)
    fresh.seen()
    assert "cannot be seen now" in fresh.tree.empty
