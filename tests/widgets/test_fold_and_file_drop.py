"""Folds, small files, and the controls that search, take a line or move in powers of ten."""

import pytest

from nbutils.widgets.controls import search, slider, typed
from nbutils.widgets.file_drop import LARGEST, FileDrop
from nbutils.widgets.fold import Fold


def test_a_page_opens_and_closes_a_fold_and_sets_nothing_else():
    fold = Fold("More", [], is_open=True)
    fold.heading.set_state({"is_open": False, "title": "Less", "note": "x"})
    assert (fold.heading.is_open, fold.heading.title, fold.heading.note) == (False, "More", "")
    fold.heading.set_state({"is_open": "yes"})
    assert fold.heading.is_open is False


@pytest.fixture
def taken():
    return []


@pytest.fixture
def drop(taken):
    return FileDrop("Open", lambda name, data: taken.append((name, data)) or f"{name} is read.", (".json",), 10)


def send(drop, buffers, name="a.json"):
    drop._receive(None, {"event": "files", "names": [name]}, buffers)
    return drop.report


def test_a_file_arrives_byte_for_byte(drop, taken):
    report = send(drop, [memoryview(b"\x00\xff")], "C:\\mine\\a.json")
    assert taken == [("a.json", b"\x00\xff")]
    assert (report["sentence"], report["fault"]) == ("a.json is read.", False)


@pytest.mark.parametrize("buffers", [None, [], [b"1", b"2"], [b""], [b"x" * 11]])
def test_what_is_no_one_file_of_the_size_is_a_sentence(drop, taken, buffers):
    report = send(drop, buffers)
    assert report["fault"]
    assert report["sentence"].endswith(".")
    assert taken == []


@pytest.mark.parametrize("content", [None, {}, {"event": "chunk"}, {"event": ["files"]}])
def test_other_messages_are_not_answered(drop, taken, content):
    drop._receive(None, content, [b"1"])
    assert drop.report == {}


def test_several_files_arrive_in_one_message_and_together_within_the_size():
    drop = FileDrop("Open", lambda files: f"{[name for name, _ in files]} {len(files)}.", (".json",), 10, several=True)
    drop._receive(None, {"event": "files", "names": ["a", "x/b"]}, [b"12345", b"67890"])
    assert drop.report["sentence"] == "['a', 'b'] 2."
    for names, buffers in (
        (["a", "b"], [b"123456", b"67890"]),
        (["a", "b"], [b"1"]),
        (["a"] * 1001, [b""] * 1001),
        ([], []),
    ):
        drop._receive(None, {"event": "files", "names": names}, buffers)
        assert drop.report["fault"]


def test_who_takes_one_file_gets_no_more(drop, taken):
    drop._receive(None, {"event": "files", "names": ["a.json", "b.json"]}, [b"1", b"2"])
    assert drop.report["fault"]
    assert taken == []


@pytest.mark.parametrize("names", [None, "a.json", {"0": "a"}, [["a"]]])
def test_names_that_are_none_are_a_sentence(drop, taken, names):
    drop._receive(None, {"event": "files", "names": names}, [b"1"])
    assert drop.report["fault"]
    assert taken == []


def test_a_name_that_is_no_text_is_a_sentence(drop):
    assert send(drop, [b"1"], 7)["fault"]


def test_what_a_reader_raises_is_told_and_counted():
    def refuse(name, data):
        raise ValueError("This is no recipe.")

    drop = FileDrop("Open", refuse, (".json",))
    send(drop, [b"1"])
    assert send(drop, [b"1"]) == {"count": 2, "sentence": "This is no recipe.", "fault": True}


@pytest.mark.parametrize("most", [0, LARGEST + 1])
def test_a_size_that_no_message_can_have_is_refused(most):
    with pytest.raises(ValueError, match="max_bytes must be 1 to"):
        FileDrop("Open", print, (), most)


def test_a_searched_choice_takes_positions_only():
    found = search("Class", [("tench", 0), ("goldfish", 1)], 0)
    found.set_state({"index": 1})
    assert found.value == 1
    found.set_state({"index": 2, "value": 0})
    assert found.value == 1


def test_a_typed_line_is_bounded():
    line = typed("Line", "a", longest=5)
    line.set_state({"value": "12345", "longest": 10**9})
    assert (line.value, line.longest) == ("12345", 5)
    for hostile in ("123456", 7, None):
        line.set_state({"value": hostile})
    assert line.value == "12345"


def test_a_logarithmic_slider_holds_the_number_itself():
    rate = slider("Rate", 0.05, 1e-3, 1e3, 1, logarithmic=True)
    rate.set_state({"value": 2.5})
    assert rate.value == 2.5
    rate.set_state({"value": 1e9, "logarithmic": False})
    assert (rate.value, rate.logarithmic) == (1e3, True)
    with pytest.raises(ValueError, match="min above 0"):
        slider("Rate", 1, 0, 10, 1, logarithmic=True)
