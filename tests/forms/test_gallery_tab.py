"""The gallery: searched, sorted, paged, opened and forked; what is hidden is gone."""

import pytest

from nbutils.forms.dashboards import gallery_tab
from nbutils.forms.dashboards.gallery_tab import make_gallery
from nbutils.forms.store import StoreError, hide, keep, know, rate
from nbutils.neat import from_json
from tests.forms.galleries import click, heard, know_bob, press, publish, titles
from tests.forms.store.making import make_draft

HOSTILE = ("<script>alert(1)</script>", "שלום <b>עולם</b>", "🦊🦊", "'; drop table shapes; --", "100%_")


@pytest.fixture
def tab(session):
    return make_gallery(session)


def type_words(tab, words):
    tab.words.value = words


def test_an_empty_gallery_says_what_to_do(tab):
    tab.seen()
    assert "breed one, open it large, and publish it" in tab.cards.empty
    assert tab.tag.layout.display == "none"


def test_highly_rated_shapes_come_first_and_orders_differ(session, tab):
    low, high = publish(session, "Low", seed=1), publish(session, "High", seed=2)
    bob = know_bob(session)
    rate(session.store, bob, low.id, 1)
    rate(session.store, bob, high.id, 5)
    publish(session, "Fork", seed=3, origin=low)
    tab.seen()
    assert titles(tab.cards) == ["High", "Fork", "Low"]
    tab.order.value = "forked"
    assert titles(tab.cards)[0] == "Low"
    tab.order.value = "newest"
    assert titles(tab.cards) == ["Fork", "High", "Low"]
    line = {row["title"]: row["line"] for row in tab.cards.rows}["Low"]
    assert "by you" in line
    assert "1 fork" in line


def test_two_ratings_average_and_a_second_one_of_a_person_replaces_the_first(session, tab):
    shape = publish(session, "Vase", person=know_bob(session))
    carol = know(session.store, "c" * 32, "Carol")
    rate(session.store, session.person, shape.id, 5)
    rate(session.store, carol, shape.id, 2)
    rate(session.store, carol, shape.id, 4)
    tab.seen()
    assert (tab.cards.rows[0]["stars"], tab.cards.rows[0]["ratings"]) == (4.5, 2)


def test_words_and_tags_find_shapes_and_nothing_found_says_what_to_do(session, tab):
    publish(session, "Blue vase", ["vase"], seed=1)
    publish(session, "Red lamp", ["lamp", "vase"], seed=2)
    tab.seen()
    assert [label for _, label in tab.tag.labels] == ["all", "\u2068vase\u2069 2", "\u2068lamp\u2069 1"]
    tab.tag.value = "lamp"
    assert titles(tab.cards) == ["Red lamp"]
    type_words(tab, "blue")
    assert titles(tab.cards) == []
    assert "press Show all" in tab.cards.empty
    press(tab.everything)
    assert set(titles(tab.cards)) == {"Blue vase", "Red lamp"}
    assert (tab.words.value, tab.tag.value) == ("", "")


def test_pages_hold_24_and_go_on_and_back(session, tab):
    for number in range(30):
        keep(session.store, session.person, make_draft(f"Vase {number}", seed=number))
    tab.seen()
    assert (len(tab.cards.rows), tab.cards.total) == (24, 30)
    first = titles(tab.cards)
    tab.cards._handle_custom_msg({"event": "more"}, [])
    assert (tab.cards.first, len(tab.cards.rows)) == (24, 6)
    assert not set(titles(tab.cards)) & set(first)
    tab.cards._handle_custom_msg({"event": "back"}, [])
    assert titles(tab.cards) == first
    tab.cards._handle_custom_msg({"event": "more"}, [])
    tab.order.value = "newest"
    assert tab.cards.first == 0


def test_a_card_opens_or_is_bred_from_at_once(session, tab):
    shape = publish(session, "Vase")
    opened, forked = heard(session, "open"), heard(session, "fork")
    tab.seen()
    click(tab.cards, "Vase")
    assert [one.id for one in opened] == [shape.id]
    tab.act.value = "fork"
    click(tab.cards, "Vase")
    assert [(start.shape, start.genome) for start in forked] == [(shape.id, from_json(shape.genome_json))]


def test_what_is_hidden_is_gone_from_the_gallery(session, tab):
    shape = publish(session, "Rude", ["rude"], person=know_bob(session))
    tab.seen()
    hide(session.store, shape.id)
    click(tab.cards, "Rude")
    assert "no longer" in tab.error.sentence
    press(tab.refresh)
    assert titles(tab.cards) == []
    assert [label for _, label in tab.tag.labels] == ["all"]
    assert tab.error.sentence == ""


def test_private_shapes_are_not_in_the_gallery(session, tab):
    publish(session, "Mine", public=False)
    tab.seen()
    assert titles(tab.cards) == []


def test_names_are_texts_whatever_they_hold(session, tab):
    for seed, name in enumerate(HOSTILE):
        publish(session, name, [name[:20].lower()], seed=seed)
    tab.seen()
    assert sorted(titles(tab.cards)) == sorted(HOSTILE)
    for name in HOSTILE:
        type_words(tab, name)
        assert titles(tab.cards) == [name]
    with pytest.raises(StoreError, match="60"):
        make_draft("x" * 1_000_000)


def test_a_page_that_is_looked_at_again_is_not_sent_again(session, tab):
    publish(session, "Vase")
    tab.seen()
    edition = tab.cards.edition
    tab.seen()
    assert tab.cards.edition == edition


def test_a_gallery_that_cannot_be_read_says_so_and_keeps_what_it_shows(session, tab, monkeypatch):
    publish(session, "Vase")
    tab.seen()

    def fail(*_arguments):
        raise StoreError("The gallery's server is away.")

    monkeypatch.setattr("nbutils.forms.store.browse", fail)
    tab.seen()
    assert tab.error.sentence == "The gallery's server is away."
    assert titles(tab.cards) == ["Vase"]
    fresh = make_gallery(session)
    fresh.seen()
    assert fresh.cards.empty == gallery_tab.CLOSED
    type_words(tab, "v")
    monkeypatch.undo()
    press(tab.refresh)
    assert tab.error.sentence == ""
    assert tab.words.value == "v"
