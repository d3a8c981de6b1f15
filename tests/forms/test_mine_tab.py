"""My shapes: private and public ones, other words for them, deleting, and all of them as one file."""

import pytest

from nbutils.forms.dashboards.mine_tab import FILE, SURE, make_mine
from nbutils.forms.store import browse, family, hide, import_gallery, open_store, rate, read
from nbutils.neat import from_json
from tests.forms.galleries import click, heard, know_bob, new_session, press, publish, titles


@pytest.fixture
def tab(session):
    return make_mine(session)


def is_seen(part):
    return part.layout.display is None


def test_who_kept_nothing_is_told_how(session, tab):
    publish(session, "Of Bob", person=know_bob(session))
    tab.seen()
    assert titles(tab.cards) == []
    assert "You have kept nothing yet" in tab.cards.empty
    assert not is_seen(tab.export)


def test_a_browser_that_has_not_said_who_it_is_gets_its_shapes_when_it_has(session):
    publish(session, "Vase")
    person, session.person = session.person, None
    tab = make_mine(session)
    tab.seen()
    assert "has not said yet" in tab.cards.empty
    session.tell("person", person)
    assert titles(tab.cards) == ["Vase"]


def test_cards_say_who_sees_a_shape_and_what_others_gave(session, tab):
    publish(session, "Secret", seed=1, public=False)
    known = publish(session, "Known", seed=2)
    gone = publish(session, "Gone", seed=3)
    rate(session.store, know_bob(session), known.id, 4)
    hide(session.store, gone.id)
    tab.seen()
    lines = {row["title"]: (row["line"], row["stars"]) for row in tab.cards.rows}
    assert lines["Secret"] == ("private", None)
    assert lines["Known"] == ("public", 4.0)
    assert lines["Gone"][0] == "hidden by the owner of this site"
    click(tab.cards, "Gone")
    assert "hidden by the owner of this site" in tab.told.value
    click(tab.cards, "Known")
    assert "4.0 of 5 from 1 rating" in tab.told.value


def test_words_are_changed_and_refused_words_stay_in_their_fields(session, tab):
    shape = publish(session, "Vase", ["vase"])
    stored = heard(session, "stored")
    tab.seen()
    click(tab.cards, "Vase")
    assert (tab.name.value, tab.tags.values) == ("Vase", ["vase"])
    tab.name.value, tab.tags.values = " ", ["lamp"]
    press(tab.save)
    assert "The name is missing" in tab.error.sentence
    assert tab.tags.values == ["lamp"]
    tab.name.value = "Lampe <b>"
    press(tab.save)
    assert tab.error.sentence == ""
    assert titles(tab.cards) == ["Lampe <b>"]
    found = read(session.store, shape.id)
    assert (found.name, found.tags) == ("Lampe <b>", ("lamp",))
    assert stored == [shape.id]
    assert "Lampe &lt;b&gt;" in tab.picture.value


def test_a_private_shape_is_published_and_then_stays(session, tab):
    publish(session, "Secret", public=False)
    tab.seen()
    click(tab.cards, "Secret")
    assert is_seen(tab.publish)
    assert is_seen(tab.delete)
    press(tab.publish)
    assert [shape.name for shape in browse(session.store).shapes] == ["Secret"]
    assert not is_seen(tab.publish)
    assert not is_seen(tab.delete)
    assert is_seen(tab.stays)


def test_a_private_shape_is_deleted_at_the_second_press(session, tab):
    publish(session, "Secret", public=False, seed=1)
    publish(session, "Other", public=False, seed=2)
    tab.seen()
    click(tab.cards, "Secret")
    press(tab.delete)
    assert tab.delete.text == SURE
    click(tab.cards, "Other")
    press(tab.delete)
    assert set(titles(tab.cards)) == {"Secret", "Other"}
    press(tab.delete)
    assert titles(tab.cards) == ["Secret"]
    assert not is_seen(tab.beside)


def test_a_shape_is_opened_and_bred_from(session, tab):
    shape = publish(session, "Vase", public=False)
    opened, forked = heard(session, "open"), heard(session, "fork")
    tab.seen()
    click(tab.cards, "Vase")
    press(tab.open)
    press(tab.breed)
    assert opened[0].id == shape.id
    assert (forked[0].shape, forked[0].genome) == (shape.id, from_json(shape.genome_json))


def test_all_shapes_go_into_one_file_and_into_another_gallery(session, tab, tmp_path):
    origin = publish(session, "Of Bob", person=know_bob(session), seed=1)
    mine = publish(session, "Fork", seed=2, origin=origin, generations=2)
    publish(session, "Secret", seed=3, public=False)
    publish(session, "Stranger", person=know_bob(session), seed=4)
    rate(session.store, know_bob(session), mine.id, 5)
    tab.seen()
    tab.export._handle_custom_msg({"event": "make"}, [])
    assert tab.export.file_name == FILE
    other = open_store(f"sqlite:///{tmp_path / 'other.sqlite'}", starter=None)
    merged = import_gallery(other, tab.export.file)
    assert (merged.added, merged.ratings) == (2, 0)
    assert [shape.name for shape in browse(other).shapes] == ["Fork"]
    assert sorted(family(other).numbers) == [0, 0, 0, 1, 1, 1, 2]  # with what Bob's shape was bred in, not Stranger's
    assert import_gallery(other, tab.export.file).added == 0


def test_a_read_only_page_offers_nothing_that_it_would_refuse(tmp_path):
    session = new_session(tmp_path, read_only=True)
    publish(session, "Secret", public=False)
    tab = make_mine(session)
    tab.seen()
    click(tab.cards, "Secret")
    assert not any(map(is_seen, (tab.words, tab.publish, tab.delete)))
    assert is_seen(tab.export)
