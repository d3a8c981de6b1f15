"""Fields without a browser: what fits is taken as it was typed, what does not changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nbutils.widgets import Entry

TYPED = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)


@given(text=TYPED)
def test_any_text_that_can_be_typed_is_taken_as_it_is(text):
    entry = Entry("Name", longest=30)
    entry.set_state({"value": text})
    assert entry.value == text


@pytest.mark.parametrize("sent", ["x" * 31, "a\nb", "a\tb", "\x00", "\ud800", None, 5, ["a"], b"a", "\u2028"])
def test_what_is_no_line_changes_nothing(sent):
    entry = Entry("Name", longest=30, value="before")
    entry.set_state({"value": sent, "values": ["a"], "longest": 10**9, "name": "other"})
    assert (entry.value, entry.values, entry.longest, entry.name) == ("before", [], 30, "Name")


def test_a_text_has_lines_and_a_line_has_none():
    text = Entry("Description", "text", 30)
    text.set_state({"value": "one\n\ttwo"})
    assert text.value == "one\n\ttwo"
    text.set_state({"value": "one\r\x07"})
    assert text.value == "one\n\ttwo"


def test_letters_are_counted_and_not_their_halves():
    entry = Entry("Name", longest=10)
    entry.set_state({"value": "😀" * 10})
    assert entry.value == "😀" * 10
    entry.set_state({"value": "😀" * 11})
    assert entry.value == "😀" * 10


def test_tags_arrive_as_a_tuple_without_spaces_around_them():
    tags, heard = Entry("Tags", "tags", 10, most=3), []
    tags.on_change(heard.append)
    tags.set_state({"values": [" dragon ", "שלום", "😀"]})
    assert heard == [("dragon", "שלום", "😀")]
    assert tags.values == ["dragon", "שלום", "😀"]


@pytest.mark.parametrize(
    "sent",
    [
        ["a", "b", "c", "d"],
        ["a", "A"],
        ["a", " "],
        ["a,b"],
        ["x" * 11],
        ["a\nb"],
        "abc",
        {"a": 1},
        [5],
        [["a"]],
        None,
        ["\ud800"],
    ],
)
def test_other_tags_change_nothing(sent):
    tags = Entry("Tags", "tags", 10, most=3, values=["before"])
    tags.set_state({"values": sent, "value": "text"})
    assert (tags.values, tags.value) == (["before"], "")


def test_what_is_typed_comes_in_messages_and_nothing_is_sent_back():
    entry, tags, sent = Entry("Name", longest=5), Entry("Tags", "tags"), []
    for field in (entry, tags):
        field.comm.send = lambda **message: sent.append(message)
    entry._handle_custom_msg({"event": "typed", "value": "abc"}, [])
    tags._handle_custom_msg({"event": "typed", "values": ["a", "b"]}, [])
    assert (entry.value, tags.values, sent) == ("abc", ["a", "b"], [])


@pytest.mark.parametrize(
    "content", [None, {}, {"event": "typed"}, {"event": "other", "value": "x"}, {"event": "typed", "value": "x" * 9}]
)
def test_other_messages_change_nothing(content):
    entry = Entry("Name", longest=5, value="before")
    entry._handle_custom_msg(content, [])
    assert entry.value == "before"


def test_a_problem_goes_when_one_types():
    entry = Entry("Name")
    entry.problem = "A name is needed."
    entry.set_state({"value": ""})
    assert entry.problem == "A name is needed."
    entry.set_state({"value": "D"})
    assert entry.problem == ""


def test_it_tells_only_of_changes_and_can_be_emptied():
    entry, heard = Entry("Name"), []
    entry.on_change(heard.append)
    for value in ("a", "a", "ab"):
        entry.set_state({"value": value})
    entry.clear()
    assert heard == ["a", "ab", ""]


@pytest.mark.parametrize("wrong", [{"kind": "file"}, {"longest": 0}, {"longest": 10_001}, {"most": 0}, {"most": 41}])
def test_an_entry_out_of_bounds_is_refused_with_a_sentence(wrong):
    with pytest.raises(ValueError, match=r"entry"):
        Entry("Name", **wrong)
