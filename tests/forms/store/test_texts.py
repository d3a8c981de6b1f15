import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.forms.store import Query, StoreError, browse, keep, know, read, report
from nbutils.forms.store.texts import LONGEST_NAME, MOST_TAGS, clean_line, clean_name, clean_tags
from tests.forms.store.making import make_draft

TYPED = [
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    "Robert'); DROP TABLE shapes;--",
    "100 % _safe_ \\ {{7*7}} ${7}",
    "زهرية جميلة",
    "אגרטל",
    "花瓶 と 꽃병",
    "👩🏽‍🚀 🏳️‍🌈 ❤️",
    "می‌خواهم",
    "ǆ ﬁ ß İ ẞ",
    "🫪 newer than this Python",
]


@pytest.mark.parametrize("name", TYPED)
def test_any_script_is_kept_as_typed(store, ada, name):
    kept = keep(store, ada, make_draft(name, description=f"{name}\n{name}", tags=(name[:20],)))
    seen = read(store, kept.id)
    assert seen.name == unicodedata.normalize("NFC", name)
    assert seen.description == f"{seen.name}\n{seen.name}"
    assert seen.tags == (unicodedata.normalize("NFC", name[:20].lower()).strip(),)
    for query in (Query(words=name), Query(words=name.upper()), Query(tag=name[:20])):
        assert [shape.id for shape in browse(store, query).shapes] == [kept.id]


def test_people_have_names_in_any_script(store):
    for place, name in enumerate(TYPED):
        assert know(store, f"person-{place:016d}", name).name == name


@pytest.mark.parametrize(
    "name",
    ["", "   ", "\u200b\u200d", "a\nb", "a\tb", "nul\0", "\ud800", "\x1b[31m", "a\u202eb", "a\u2066b", "a\u2028b"],
)
def test_what_is_no_line_of_text_is_no_name(name):
    with pytest.raises(StoreError, match=r"missing|no text"):
        make_draft(name)


@pytest.mark.parametrize("name", [None, 5, b"bytes", ["a"]])
def test_what_is_no_text_is_no_name(name):
    with pytest.raises(StoreError, match="is text"):
        make_draft(name)


def test_texts_have_bounds():
    make_draft("x" * LONGEST_NAME)
    for draft in ({"name": "x" * (LONGEST_NAME + 1)}, {"name": "x" * 1_000_000}, {"description": "é" * 1_000_000}):
        with pytest.raises(StoreError, match="characters, got"):
            make_draft(**draft)
    with pytest.raises(StoreError, match="A tag has at most"):
        make_draft(tags=("x" * 31,))
    with pytest.raises(StoreError, match="at most 12 tags"):
        make_draft(tags=tuple(map(str, range(MOST_TAGS + 1))))
    with pytest.raises(StoreError, match="list of words"):
        make_draft(tags="queen")
    with pytest.raises(StoreError, match="A search has at most"):
        Query(words="x" * 201)


def test_only_descriptions_and_reasons_have_lines(store, ada, bob):
    kept = keep(store, ada, make_draft(description=" one\r\n\r\ntwo\rthree "))
    assert kept.description == "one\n\ntwo\nthree"
    report(store, bob, kept.id, "one\ntwo")
    for description in ("\0", "a\x07", "a\u202eb", "\udc00"):
        with pytest.raises(StoreError, match="no text"):
            make_draft(description=description)


def test_tags_are_compared_without_case_and_spaces():
    assert clean_tags(("Queen", " queen ", "QUEEN", "", "\u200b", "two   words")) == ("queen", "two words")
    assert clean_tags(("e\u0301", "\u00c9")) == ("\u00e9",)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_a_name_is_refused_or_stays_what_it_is(text):
    try:
        cleaned = clean_name("The name", text, LONGEST_NAME)
    except StoreError:
        return
    assert clean_name("The name", cleaned, LONGEST_NAME) == cleaned == clean_line("The name", cleaned, LONGEST_NAME)
    assert 1 <= len(cleaned) <= LONGEST_NAME
    assert cleaned in unicodedata.normalize("NFC", text)
    cleaned.encode()
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in cleaned)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=20), max_size=14))
def test_tags_once_cleaned_stay_what_they_are(typed):
    try:
        cleaned = clean_tags(typed)
    except StoreError:
        return
    assert clean_tags(cleaned) == cleaned
    assert len(set(cleaned)) == len(cleaned) <= MOST_TAGS
