import gzip
import json
from dataclasses import replace

import pytest

from nbutils.forms.store import (
    Query,
    StoreError,
    browse,
    change,
    close,
    export_gallery,
    family,
    hide,
    import_gallery,
    keep,
    keep_generation,
    know,
    list_shapes,
    open_store,
    publish,
    rate,
    read,
    read_generation,
    read_innovations,
    statistics,
)
from tests.forms.store.making import PICTURE, make_draft, make_genome, make_path, make_small


@pytest.fixture
def other(tmp_path):
    """Another gallery, on another computer."""
    opened = open_store(f"sqlite:///{tmp_path / 'other.sqlite'}", read_only=False, starter=None)
    yield opened
    close(opened)


@pytest.fixture(scope="module")
def empty():
    """A gallery that refuses all that it is given."""
    opened = open_store("sqlite://", read_only=False, starter=None)
    yield opened
    close(opened)


@pytest.fixture
def filled(store, ada, bob):
    """A gallery with a bred shape, a fork of it, a private and a hidden shape, and ratings."""
    path = make_path(3)
    for generation in path[:2]:
        keep_generation(store, ada, generation)
    keep_generation(store, bob, path[2], places=(3,))
    first = keep(store, ada, make_draft("Ваза 🏺", tags=("b", "a"), description="x\ny", generation=path[2].id, place=3))
    keep(store, bob, make_draft("Fork", 1, forked_from=first.id))
    keep(store, bob, make_draft("Private", 2, public=False))
    hide(store, keep(store, ada, make_draft("Hidden", 3)).id)
    rate(store, bob, first.id, 4)
    return store


def lines(data):
    return [json.loads(line) for line in gzip.decompress(data).splitlines()]


def pack(held):
    return gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in held))


def test_a_gallery_moves_to_another_database(filled, other, ada, bob):
    data = export_gallery(filled)
    merged = import_gallery(other, data)
    assert (merged.added, merged.known, merged.generations, merged.people, merged.ratings) == (4, 0, 3, 2, 1)
    for person in (ada, bob, None):
        for order in ("rated", "newest", "forked"):
            ours, theirs = (browse(store, Query(order=order), person).shapes for store in (filled, other))
            assert [replace(shape, thumbnail=b"") for shape in theirs] == [
                replace(shape, thumbnail=b"") for shape in ours
            ]
        mine = [browse(store, Query(mine=True), person).total for store in (filled, other)]
        assert mine[0] == mine[1]
    assert [shape.hidden for shape in list_shapes(other)] == [shape.hidden for shape in list_shapes(filled)]
    for generation in make_path(3):
        assert read_generation(other, generation.id) == generation
    assert (family(other).parents == family(filled).parents).all()
    assert read_innovations(other).structures == read_innovations(filled).structures
    assert statistics(other).per_day == statistics(filled).per_day


def test_merging_twice_adds_nothing(filled, other):
    data = export_gallery(filled)
    import_gallery(other, data)
    before = lines(export_gallery(other))
    for store in (other, filled):
        again = import_gallery(store, data)
        assert (again.added, again.known, again.generations, again.people, again.ratings) == (0, 4, 0, 0, 0)
    assert lines(export_gallery(other)) == before
    assert export_gallery(filled) == data


def test_pictures_are_drawn_anew(filled, other):
    import_gallery(other, export_gallery(filled))
    pictures = {shape.thumbnail for shape in list_shapes(other)}
    assert PICTURE not in pictures
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


def test_what_is_known_stays_as_it_is_here(filled, other, ada, bob):
    data = export_gallery(filled)
    import_gallery(other, data)
    kept = {shape.name: shape.id for shape in list_shapes(other)}
    hide(other, kept["Fork"])
    hide(other, kept["Hidden"], False)
    publish(other, bob, kept["Private"])
    change(other, ada, kept["Ваза 🏺"], "Vase", "", ())
    rate(filled, bob, kept["Ваза 🏺"], 2)
    newer = export_gallery(filled)
    rate(other, bob, kept["Ваза 🏺"], 5)
    import_gallery(other, newer)
    assert {shape.name: (shape.public, shape.hidden) for shape in list_shapes(other)} == {
        "Vase": (True, False),
        "Fork": (True, True),
        "Private": (True, False),
        "Hidden": (True, False),
    }
    assert read(other, kept["Ваза 🏺"], bob).my_stars == 5
    import_gallery(filled, export_gallery(other))
    assert read(filled, kept["Ваза 🏺"], bob).my_stars == 5


def test_what_is_passed_on_holds_nothing_private(filled, other):
    data = export_gallery(filled, published=True)
    assert sorted(line["shape"]["name"] for line in lines(data) if "shape" in line) == ["Fork", "Ваза 🏺"]
    assert b"Private" not in gzip.decompress(data)
    assert import_gallery(other, data).added == 2


def test_who_published_nothing_has_no_name_in_what_is_passed_on(store, ada, bob):
    first = make_path(1)[0]
    keep_generation(store, bob, first)
    kept = keep(store, ada, make_draft(generation=first.id, place=0))
    keep(store, bob, make_draft("Private", 1, public=False))
    rate(store, bob, kept.id, 4)

    def names(data):
        return {line["person"]["id"]: line["person"]["name"] for line in lines(data) if "person" in line}

    assert names(export_gallery(store)) == {ada.id: "Ada", bob.id: "Bob"}
    assert names(export_gallery(store, published=True)) == {ada.id: "Ada", bob.id: ""}
    assert names(export_gallery(store, person=ada)) == {ada.id: "Ada", bob.id: ""}
    assert names(export_gallery(store, person=bob)) == {bob.id: "Bob"}


def test_one_person_takes_along_what_they_made_and_what_led_to_it(filled, other, ada, bob):
    fork = browse(filled, Query(words="Fork")).shapes[0]
    begun = make_small(9, begun_from=fork.forked_from)
    keep_generation(filled, bob, begun)
    keep_generation(filled, bob, make_path(1, seed=8)[0])
    mine = keep(filled, bob, make_draft("Bred", 5, generation=begun.id, place=0))
    held = lines(export_gallery(filled, person=bob))
    assert {line["shape"]["name"] for line in held if "shape" in line} == {"Fork", "Private", "Bred"}
    assert len([line for line in held if "generation" in line]) == 1 + len(make_path(3))
    assert not [line for line in held if "rating" in line]
    assert {line["person"]["id"] for line in held if "person" in line} == {ada.id, bob.id}
    assert "Private" not in str(lines(export_gallery(filled, published=True, person=bob)))
    assert mine.mine


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        "text",
        None,
        gzip.compress(b""),
        gzip.compress(b"\n"),
        gzip.compress(b'{"gallery":{"version":1}}'),
        gzip.compress(b'{"gallery":{"version":2}}\n'),
        gzip.compress(b'{"gallery":{"version":1,"more":1}}\n'),
        gzip.compress(b'{"gallery":[]}\n'),
        gzip.compress(b'{"person":{}}\n'),
        gzip.compress(b"[" * 100_000 + b"\n"),
        gzip.compress(b'{"gallery":{"version":1}}\n' + b" " * 30_000_000),
        gzip.compress(b'{"gallery":{"version":1}}\n\xff\xfe\n'),
    ],
    ids=[
        "nothing",
        "not packed",
        "text",
        "None",
        "nothing packed",
        "an empty line",
        "no end of a line",
        "another version",
        "more than a version",
        "a list",
        "no header",
        "deep brackets",
        "a long line",
        "no text",
    ],
)
def test_what_is_no_gallery_is_refused(empty, data):
    with pytest.raises(StoreError, match=r"[.]$"):
        import_gallery(empty, data)
    assert list_shapes(empty) == ()


def spoil(kind, **changes):
    """Return what changes the first line of a kind."""

    def change_line(held):
        line = next(line[kind] for line in held if kind in line)
        line |= changes
        return held

    return change_line


def bred(**changes):
    def change_line(held):
        next(line["generation"] for line in held if "generation" in line)["bred"] |= changes
        return held

    return change_line


SPOILED = {
    "markup in an id": spoil("shape", id="<b>"),
    "no person": spoil("shape", person="f" * 64),
    "a name too long": spoil("shape", name="x" * 61),
    "a name with a sign": spoil("shape", name="a\0"),
    "many tags": spoil("shape", tags=[str(n) for n in range(13)]),
    "tags that are no list": spoil("shape", tags="queen"),
    "no genome": spoil("shape", genome={"version": 1}),
    "a deep genome": spoil("shape", genome=json.loads("[" * 500 + "]" * 500)),
    "hidden perhaps": spoil("shape", hidden=1),
    "a place far off": spoil("shape", place=1_000),
    "a time before all": spoil("shape", created=-1),
    "a field more": spoil("shape", extra=1),
    "seven stars": spoil("rating", stars=7),
    "no star": spoil("rating", stars=0),
    "a rating of nothing": spoil("rating", shape="0" * 16),
    "another number": spoil("innovation", number=5),
    "a person without a hash": spoil("person", id="ada"),
    "a generation of another id": bred(id="0" * 32),
    "a generation with other weights": bred(strength=3.0),
    "a generation of nobody": bred(organisms=[]),
    "a generation of numbers": bred(organisms=[1, 2, 3]),
    "an unknown line": lambda held: [*held, {"reports": {}}],
    "two things in a line": lambda held: [*held, {"person": {}, "shape": {}}],
    "a list": lambda held: [*held, [1]],
    "a rating of one's own": lambda held: spoil(
        "rating", person=next(x["shape"]["person"] for x in held if "shape" in x)
    )(held),
}


@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_gallery_is_refused_whole(spoiled, exported, empty):
    with pytest.raises(StoreError, match=r"[.]$"):
        import_gallery(empty, pack(spoiled(json.loads(json.dumps(exported)))))
    assert (statistics(empty).people, statistics(empty).generations, list_shapes(empty)) == (0, 0, ())


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """The lines of a gallery that can be merged."""
    store = open_store(
        f"sqlite:///{tmp_path_factory.mktemp('spoiled') / 'forms.sqlite'}", read_only=False, starter=None
    )
    ada, bob = know(store, "ada-" * 8), know(store, "bob-" * 8)
    keep_generation(store, ada, make_path(1)[0])
    rate(store, bob, keep(store, ada, make_draft(genome=make_genome())).id, 4)
    held = lines(export_gallery(store))
    assert import_gallery(store, pack(held)).known == 1
    close(store)
    return held


def test_what_says_to_be_from_tomorrow_is_from_today(exported, other):
    import_gallery(other, pack(spoil("shape", published=2**53 - 1)(json.loads(json.dumps(exported)))))
    newer = keep(other, know(other, "eve-" * 8), make_draft("Newer", 5))
    assert browse(other, Query(order="newest")).shapes[0].id == newer.id


def test_the_starter_gallery_is_merged_once_and_again_when_it_changes(filled, tmp_path, url):
    starter = tmp_path / "starter.json.gz"
    starter.write_bytes(export_gallery(filled, published=True))
    opened = open_store(url, read_only=False, starter=starter)
    assert browse(opened).total == 2
    assert {shape.thumbnail for shape in browse(opened).shapes} == {PICTURE}
    hide(opened, browse(opened).shapes[0].id)
    close(opened)
    opened = open_store(url, read_only=False, starter=starter)
    assert browse(opened).total == 1
    keep(filled, know(filled, "eve-" * 8), make_draft("New", 7))
    starter.write_bytes(export_gallery(filled, published=True))
    close(opened)
    opened = open_store(url, read_only=False, starter=starter)
    assert sorted(shape.hidden for shape in list_shapes(opened)) == [False, False, True]
    close(opened)
