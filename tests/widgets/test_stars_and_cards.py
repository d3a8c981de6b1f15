"""Stars and cards without a browser: what may be chosen and opened, and what is sent."""

import pytest
import traitlets

from nbutils.widgets import Card, Cards, Stars
from nbutils.widgets.cards import MOST_BYTES, MOST_CARDS, MOST_TAGS


def some(number, **more):
    return [Card(f"Shape {index}", picture=bytes([index]) * (index + 1), **more) for index in range(number)]


def heard_by(cards):
    heard = []
    cards.on_open(lambda index: heard.append(("open", index)))
    cards.on_page(lambda first: heard.append(("page", first)))
    return heard


def test_stars_tell_when_a_person_chooses_and_not_when_they_show():
    stars, heard = Stars("Your stars"), []
    stars.on_rate(heard.append)
    stars.show(4, 4.25, 8)
    assert (stars.value, stars.mean, stars.count, heard) == (4, 4.25, 8, [])
    stars.set_state({"value": 2})
    stars.set_state({"value": 2})
    stars.set_state({"value": 5})
    assert heard == [2, 5]


@pytest.mark.parametrize("sent", [None, "3", 2.5, float("nan"), [3], True])
def test_what_is_no_number_of_stars_changes_nothing(sent):
    stars = Stars(value=3)
    stars.set_state({"value": sent, "mean": 5.0, "count": 10**9, "fixed": True, "name": "x"})
    assert (stars.value, stars.mean, stars.count, stars.fixed, stars.name) == (3, 0, 0, False, "Stars")


@pytest.mark.parametrize(("sent", "kept"), [(0, 1), (-7, 1), (99, 5), (3.0, 3)])
def test_stars_are_one_to_five(sent, kept):
    stars = Stars()
    stars.set_state({"value": sent})
    assert stars.value == kept


def test_stars_that_only_show_cannot_be_given():
    stars, heard = Stars(fixed=True, mean=3), []
    stars.on_rate(heard.append)
    stars.set_state({"value": 5})
    assert (stars.value, heard) == (0, [])


def test_a_rating_that_fails_can_be_taken_back_at_once():
    stars, sent = Stars(value=1), []
    stars.on_rate(lambda value: stars.show(1, 4, 2))
    stars.comm.send = lambda **message: sent.append(message["data"].get("state", {}))
    stars.set_state({"value": 5})
    assert stars.value == 1
    assert sent[-1]["value"] == 1


@pytest.mark.parametrize("wrong", [6, -1])
def test_python_shows_zero_to_five_stars(wrong):
    stars = Stars()
    stars.value = wrong
    assert 0 <= stars.value <= 5
    with pytest.raises((TypeError, traitlets.TraitError)):
        stars.value = "many"


def test_pictures_lie_in_one_buffer_in_the_order_of_the_cards():
    cards = Cards("Shapes")
    cards.show([*some(3), Card("none")])
    assert [row["bytes"] for row in cards.rows] == [1, 2, 3, 0]
    assert bytes(cards.pictures) == b"\x00" + b"\x01" * 2 + b"\x02" * 3
    assert (cards.first, cards.total, cards.chosen, cards.edition) == (0, 4, -1, 1)


def test_texts_and_numbers_are_bounded():
    cards = Cards()
    cards.show([Card("x" * 5_000, "y" * 5_000, stars=99, ratings=3, tags=("z" * 500,) * 50)])
    (row,) = cards.rows
    assert (len(row["title"]), len(row["line"]), row["stars"]) == (200, 200, 5.0)
    assert (len(row["tags"]), len(row["tags"][0])) == (MOST_TAGS, 60)


@pytest.mark.parametrize("wrong", [some(1) * (MOST_CARDS + 1), [Card("large", picture=bytes(MOST_BYTES + 1))]])
def test_more_than_a_page_holds_is_refused_with_a_sentence_and_what_was_there_stays(wrong):
    cards = Cards()
    cards.show(some(2))
    with pytest.raises(ValueError, match="at most 120 cards and 8,000,000 bytes"):
        cards.show(wrong)
    assert len(cards.rows) == 2


def test_a_card_is_opened():
    cards = Cards()
    cards.show(some(3))
    heard = heard_by(cards)
    cards._handle_custom_msg({"event": "open", "index": 2}, [])
    assert heard == [("open", 2)]


@pytest.mark.parametrize("index", [3, -1, None, "1", 1.0, True, 10**30, [1]])
def test_a_card_that_is_not_there_is_not_opened(index):
    cards = Cards()
    cards.show(some(3))
    heard = heard_by(cards)
    cards._handle_custom_msg({"event": "open", "index": index}, [])
    assert heard == []


def test_more_and_back_ask_only_for_what_there_is():
    cards = Cards()
    heard = heard_by(cards)
    for first, expected in ((0, [("page", 10)]), (10, [("page", 20), ("page", 0)]), (15, [("page", 5)])):
        heard.clear()
        cards.show(some(10), total=25, first=first)
        for event in ("more", "back"):
            cards._handle_custom_msg({"event": event}, [])
        assert heard == expected


def test_back_from_a_short_last_page_goes_back_a_whole_one():
    cards = Cards()
    cards.on_page(lambda first: cards.show(some(25)[first : first + 10], total=25, first=first))
    cards.show(some(10), total=25)
    places = []
    for event in ("more", "more", "back", "back"):
        cards._handle_custom_msg({"event": event}, [])
        places.append((cards.first, len(cards.rows)))
    assert places == [(10, 10), (20, 5), (10, 10), (0, 10)]


def test_clear_says_how_to_fill_the_page():
    cards = Cards(empty="Nothing yet.")
    cards.show(some(3), chosen=1)
    cards.clear("Breed a shape first.")
    assert (cards.rows, cards.total, cards.chosen, cards.empty) == ([], 0, -1, "Breed a shape first.")


def test_a_chosen_card_that_is_not_there_is_none():
    cards = Cards()
    cards.show(some(3), chosen=3)
    assert cards.chosen == -1


def test_what_loads_is_there_once_it_is_shown():
    cards = Cards()
    cards.loading = True
    cards.show(some(1))
    assert not cards.loading
