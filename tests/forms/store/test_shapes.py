import numpy as np
import pytest

from nbutils.forms.store import (
    Query,
    StoreError,
    ancestry,
    browse,
    change,
    delete,
    hide,
    keep,
    know,
    know_user,
    list_shapes,
    publish,
    rate,
    read,
    report,
    reports,
    statistics,
    tags,
)
from nbutils.neat import PLANE, Registry, from_json, make_first
from tests.forms.store.making import PICTURE, SETTINGS, make_draft, make_genome


def test_what_is_kept_is_read_again(store, ada, bob):
    kept = keep(
        store, ada, make_draft("Vase", description="Two\nlines", tags=("Queen", " queen ", "tall  one"), place=3)
    )
    for person in (ada, bob, None):
        seen = read(store, kept.id, person)
        assert (seen.name, seen.description, seen.tags, seen.author) == (
            "Vase",
            "Two\nlines",
            ("queen", "tall one"),
            "Ada",
        )
        assert (seen.thumbnail, seen.place, seen.public, seen.mine) == (PICTURE, 3, True, person is ada)
        assert from_json(seen.genome_json) == make_genome()


def test_a_picture_is_drawn_where_the_draft_has_none(store, ada):
    assert keep(store, ada, make_draft(thumbnail=b"")).thumbnail.startswith(b"\x89PNG")


def test_a_double_click_and_a_retry_keep_one_shape(store, ada, bob):
    first, again = keep(store, ada, make_draft(public=False)), keep(store, ada, make_draft(public=False))
    assert first == again
    newer = keep(store, ada, make_draft(description="better", tags=("new",)))
    assert (newer.id, newer.description, newer.tags, newer.public) == (first.id, "better", ("new",), True)
    assert keep(store, ada, make_draft(public=False)).public
    others = {keep(store, ada, make_draft("Other")).id, keep(store, bob, make_draft()).id}
    assert len(others | {keep(store, ada, make_draft(seed=1)).id, first.id}) == 4
    assert browse(store).total == 4


def test_a_renamed_shape_stays_when_its_genome_is_kept_under_the_old_name(store, ada):
    first = keep(store, ada, make_draft("Vase"))
    change(store, ada, first.id, "Cup", "", ())
    second = keep(store, ada, make_draft("Vase"))
    assert second.id != first.id
    assert keep(store, ada, make_draft("Vase")).id == second.id
    assert read(store, first.id).name == "Cup"


def test_private_shapes_are_for_who_made_them(store, ada, bob):
    kept = keep(store, ada, make_draft(public=False, tags=("secret",)))
    for person in (bob, None):
        with pytest.raises(StoreError, match="not in the gallery"):
            read(store, kept.id, person)
    with pytest.raises(StoreError, match="not in the gallery"):
        rate(store, bob, kept.id, 5)
    with pytest.raises(StoreError, match="not in the gallery"):
        report(store, bob, kept.id, "why?")
    assert (browse(store).total, tags(store), browse(store, Query(mine=True), bob).total) == (0, (), 0)
    assert browse(store, Query(mine=True), ada).shapes == (read(store, kept.id, ada),)
    assert publish(store, ada, kept.id).public
    assert (read(store, kept.id, bob).name, tags(store)) == ("Vase", (("secret", 1),))


def test_only_who_made_a_shape_changes_it(store, ada, bob):
    kept = keep(store, ada, make_draft(public=False))
    for act in (
        lambda: publish(store, bob, kept.id),
        lambda: change(store, bob, kept.id, "Mine", "", ()),
        lambda: delete(store, bob, kept.id),
    ):
        with pytest.raises(StoreError, match="not yours"):
            act()
    changed = change(store, ada, kept.id, "Cup", "With a handle", ("cup",))
    assert (changed.name, changed.description, changed.tags) == ("Cup", "With a handle", ("cup",))
    assert browse(store, Query(words="handle", mine=True), ada).total == 1
    delete(store, ada, kept.id)
    assert browse(store, Query(mine=True), ada).total == 0
    with pytest.raises(StoreError, match="published shape stays"):
        delete(store, ada, keep(store, ada, make_draft()).id)


def test_one_rating_a_person_can_be_changed(store, ada, bob):
    kept, eve = keep(store, ada, make_draft()), know(store, "eve-" * 8)
    assert (kept.stars, kept.ratings, kept.my_stars) == (0.0, 0, 0)
    rate(store, bob, kept.id, 5)
    rate(store, eve, kept.id, 2)
    seen = rate(store, bob, kept.id, 4)
    assert (seen.stars, seen.ratings, seen.my_stars) == (3.0, 2, 4)
    assert read(store, kept.id).my_stars == 0


def test_other_ratings_are_refused(store, ada, bob):
    kept = keep(store, ada, make_draft())
    for stars in (0, 6, -1, 2.5, True, "5", None, 10**30):
        with pytest.raises(StoreError, match="one to 5 stars"):
            rate(store, bob, kept.id, stars)
    assert read(store, kept.id).ratings == 0


def test_nobody_rates_their_own_shape(store, ada):
    kept = keep(store, ada, make_draft())
    with pytest.raises(StoreError, match="rated by others"):
        rate(store, ada, kept.id, 5)


def test_the_owner_of_the_site_hides_what_was_reported(store, ada, bob):
    kept = keep(store, ada, make_draft(tags=("bad",)))
    report(store, bob, kept.id, "rude")
    report(store, bob, kept.id, "rude\nindeed")
    (one,) = reports(store)
    assert (one.shape.id, one.people, one.reasons) == (kept.id, 1, ("rude\nindeed",))
    hide(store, kept.id)
    assert (browse(store).total, tags(store)) == (0, ())
    with pytest.raises(StoreError):
        read(store, kept.id, bob)
    assert read(store, kept.id, ada).hidden
    assert [shape.hidden for shape in list_shapes(store)] == [True]
    keep(store, ada, make_draft())
    assert browse(store).total == 0
    hide(store, kept.id, False)
    assert browse(store).total == 1
    with pytest.raises(StoreError, match="no shape"):
        hide(store, "0" * 16)


def test_what_names_no_shape_is_refused(store, ada):
    for identity in ("", "x", "0" * 17, "\ud800", "\0" * 16, None, 5, "'; DROP TABLE shapes; --"):
        for act in (read, hide, publish_as(ada), rate_as(ada), ancestry):
            with pytest.raises(StoreError, match="16 hexadecimal digits"):
                act(store, identity)


def publish_as(person):
    return lambda store, identity: publish(store, person, identity)


def rate_as(person):
    return lambda store, identity: rate(store, person, identity, 3)


def test_only_shapes_are_kept():
    flat = make_first(Registry(PLANE), np.random.default_rng(0), SETTINGS)
    with pytest.raises(StoreError, match="inputs and the output of the chapter"):
        make_draft(genome=flat)
    for thumbnail in (b"GIF89a", PICTURE + bytes(100_000)):
        with pytest.raises(StoreError, match="PNG file of at most"):
            make_draft(thumbnail=thumbnail)
    for place in (-1, 100, True, "1"):
        with pytest.raises(StoreError, match="place in a generation"):
            make_draft(place=place)


def test_who_only_looks_leaves_no_trace(store, ada):
    assert statistics(store).people == 0
    keep(store, ada, make_draft())
    assert know(store, "ada-" * 8) == ada
    assert know(store, "ada-" * 8, "Countess") != ada
    assert (browse(store).shapes[0].author, statistics(store).people) == ("Countess", 1)


def test_a_key_is_kept_nowhere(store, ada, bob):
    keep(store, ada, make_draft())
    assert ada.id != bob.id
    with store.engine.begin() as connection:
        held = connection.exec_driver_sql("SELECT id FROM people").scalars().all()
    assert held == [ada.id]
    assert "ada-ada" not in ada.id


def test_what_is_no_key_is_refused(store):
    for key in ("", "short", "a" * 65, "jupyterhub:somebody", "a" * 20 + "é", None, 7):
        with pytest.raises(StoreError, match="16 to 64"):
            know(store, key)


def test_jupyterhub_says_who_it_is(store, monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    assert know_user(store) is None
    monkeypatch.setenv("JUPYTERHUB_USER", "grace")
    assert know_user(store) == know_user(store)
    assert know_user(store).name == "grace"
