"""Links without a browser: what is written, what is read back, and what is refused."""

import pytest

from nbutils.widgets import Link


def arrive(link, settings, count=1):
    link.set_state({"arrived": {"count": count, "settings": settings}})


def listening(name):
    link, seen = Link(name), []
    link.on_read(seen.append)
    return link, seen


def test_values_are_written_as_texts():
    link = Link("toolbox")
    link.write({"layer": "conv1", "unit": 3, "blur": 0.5, "mirror": True})
    assert link.settings == {"layer": "conv1", "unit": "3", "blur": "0.5", "mirror": "True"}


def test_what_the_page_brings_is_told_each_time():
    link, seen = listening("toolbox")
    arrive(link, {"layer": "conv 1 & <b>ä</b>"})
    arrive(link, {"layer": "conv 1 & <b>ä</b>"}, count=2)
    assert seen == [{"layer": "conv 1 & <b>ä</b>"}] * 2


def test_callbacks_do_not_share_what_they_get():
    link, seen = listening("toolbox")
    link.on_read(lambda settings: settings.clear())
    link.on_read(seen.append)
    arrive(link, {"layer": "conv1"})
    assert seen == [{"layer": "conv1"}] * 2


@pytest.mark.parametrize(
    "settings",
    [
        {},
        None,
        ["layer"],
        {"layer": 3},
        {"layer": None},
        {"layer": ["conv1"]},
        {3: "conv1"},
        {"Layer": "conv1"},
        {"__class__": "conv1"},
        {"layer<": "conv1"},
        {"layer": "x" * 2_000},
        {f"layer{number}": "x" for number in range(41)},
        {"a": "x" * 1_500, "b": "x" * 1_500},
    ],
    ids=lambda settings: str(settings)[:30],
)
def test_what_is_no_small_dict_of_texts_is_refused(settings):
    link, seen = listening("toolbox")
    arrive(link, settings)
    assert seen == []


@pytest.mark.parametrize("arrived", [None, [], {"settings": {"a": "1"}}, {"count": "1", "settings": {"a": "1"}}])
def test_an_arrival_without_a_count_is_refused(arrived):
    link, seen = listening("toolbox")
    link.set_state({"arrived": arrived})
    assert seen == []


def test_writing_too_much_is_refused_with_a_sentence():
    link = Link("toolbox")
    with pytest.raises(ValueError, match="at most 2000 characters"):
        link.write({"a": "x" * 1_500, "b": "x" * 1_500})
    with pytest.raises(ValueError, match="at most 40 settings"):
        link.write({f"a{number}": 1 for number in range(41)})
    with pytest.raises(ValueError, match="small letters"):
        link.write({"Blur width": 1})
    assert link.settings == {}


@pytest.mark.parametrize("name", ["", "Toolbox", "a.b", "a=b", "9lives", "a&b", "x" * 41])
def test_a_link_needs_a_plain_name(name):
    with pytest.raises(ValueError, match="a link is named"):
        Link(name)


def test_two_links_share_nothing():
    first, seen_first = listening("first")
    second, seen_second = listening("second")
    first.write({"a": 1})
    arrive(first, {"a": "2"})
    assert (second.settings, seen_first, seen_second) == ({}, [{"a": "2"}], [])


def test_copy_asks_the_page():
    link = Link("toolbox")
    link.copy()
    assert link.copies == 1
