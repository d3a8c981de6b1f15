import itertools

import pytest

from nbutils.forms.store import Query, StoreError, browse, champions, hide, keep, know, publish, rate, tags
from nbutils.forms.store import shapes as kept_shapes
from tests.forms.store.making import make_draft


@pytest.fixture
def clock(monkeypatch):
    """A clock of which every look is a second later."""
    ticks = itertools.count(1_700_000_000_000, 1_000)
    monkeypatch.setattr(kept_shapes, "now", lambda: next(ticks))


def names(store, person=None, **query):
    return [shape.name for shape in browse(store, Query(**query), person).shapes]


def people(store, number):
    return [know(store, f"person-{place:016d}") for place in range(number)]


def test_the_front_page_is_led_by_what_many_rate_high(store, ada, clock):
    many = people(store, 10)
    kept = {
        name: keep(store, ada, make_draft(name)) for name in ("one five", "ten fours", "ten ones", "unrated", "three")
    }
    rate(store, many[0], kept["one five"].id, 5)
    rate(store, many[0], kept["three"].id, 3)
    for person in many:
        rate(store, person, kept["ten fours"].id, 4)
        rate(store, person, kept["ten ones"].id, 1)
    # (3 x 3 + 40) / 13 = 3.8, (9 + 5) / 4 = 3.5, 9 / 3 = (9 + 3) / 4 = 3 with the newer one first, (9 + 10) / 13 = 1.5
    assert names(store) == ["ten fours", "one five", "three", "unrated", "ten ones"]


def test_the_newest_is_what_was_published_last(store, ada, clock):
    first = keep(store, ada, make_draft("first", public=False))
    keep(store, ada, make_draft("second"))
    publish(store, ada, first.id)
    publish(store, ada, browse(store, Query(words="second")).shapes[0].id)
    assert names(store, order="newest") == ["first", "second"]
    assert names(store, order="rated") == ["first", "second"]


def test_forks_count_when_they_are_public(store, ada, bob, clock):
    mushroom, vase = keep(store, ada, make_draft("mushroom")), keep(store, ada, make_draft("vase"))
    keep(store, bob, make_draft("fork", 1, forked_from=mushroom.id))
    private = keep(store, bob, make_draft("private", 2, forked_from=vase.id, public=False))
    hidden = keep(store, bob, make_draft("hidden", 3, forked_from=vase.id))
    hide(store, hidden.id)
    assert names(store, order="forked") == ["mushroom", "fork", "vase"]
    assert [shape.forks for shape in browse(store, Query(order="forked")).shapes] == [1, 0, 0]
    publish(store, bob, private.id)
    assert {shape.name: shape.forks for shape in browse(store).shapes}["vase"] == 1


def test_all_words_must_occur_somewhere(store, ada):
    keep(store, ada, make_draft("Tall vase", description="blue like the sea", tags=("glass",)))
    keep(store, ada, make_draft("Small vase", 1, description="100% round_ish \\ flat", tags=("clay", "class")))
    assert len(names(store, words="VASE")) == 2
    assert names(store, words="sea tall GLASS") == ["Tall vase"]
    assert names(store, words="tall clay") == []
    for sign in ("%", "_", "\\"):
        assert names(store, words=sign) == ["Small vase"]
    assert names(store, words="0_") == names(store, words="v%e") == names(store, words="'") == []
    assert names(store, tag="glass") == ["Tall vase"]
    assert names(store, tag="lass") == []
    assert names(store, words="ｖａｓｅ small") == ["Small vase"]


def test_pages_hold_every_shape_once(store, ada):
    wanted = {f"shape {number}" for number in range(25)}
    for name in wanted:
        keep(store, ada, make_draft(name))
    for order in ("rated", "newest", "forked"):
        seen = [name for offset in range(0, 30, 10) for name in names(store, order=order, limit=10, offset=offset)]
        assert len(seen) == 25
        assert set(seen) == wanted
    assert browse(store, Query(limit=1, offset=10_000)).total == 25
    assert browse(store, Query(mine=True)).total == 0


@pytest.mark.parametrize(
    "query",
    [
        *({"limit": limit} for limit in (0, 101, -1, True, 2.5, "10", 10**40)),
        *({"offset": offset} for offset in (-1, 10**9, None)),
        *({"order": order} for order in ("best", None, "rated; DROP")),
        *({"words": words} for words in ("\0", "\ud800", None, 5)),
        *({"tag": tag} for tag in ("x" * 31, "\0", None)),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(query):
    with pytest.raises(StoreError):
        Query(**query)


def test_tags_are_counted_on_public_shapes(store, ada):
    for seed, words in enumerate((("a", "b"), ("b",), ("b", "c"))):
        keep(store, ada, make_draft("x", seed, tags=words))
    keep(store, ada, make_draft("x", 9, tags=("private",), public=False))
    assert tags(store) == (("b", 3), ("a", 1), ("c", 1))
    assert tags(store, 1) == (("b", 3),)


def test_the_two_highest_rated_of_each_piece_play_chess(store, ada, bob, clock):
    kept = [keep(store, ada, make_draft(f"king {number}", number, tags=("king", "head"))) for number in range(3)]
    keep(store, ada, make_draft("queen", 7, tags=("queen",)))
    keep(store, ada, make_draft("private", 8, tags=("pawn",), public=False))
    for shape, stars in zip(kept, (4, 2, 5), strict=True):
        rate(store, bob, shape.id, stars)
    best = champions(store)
    assert list(best) == ["king", "queen", "rook", "bishop", "knight", "pawn"]
    assert [shape.name for shape in best["king"]] == ["king 2", "king 0"]
    assert (best["queen"][0].name, best["queen"][1]) == ("queen", None)
    assert best["pawn"] == (None, None)
