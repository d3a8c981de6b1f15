"""Markup made in Python: its parts answer, and a page can name no others."""

import pytest

from nbutils.widgets.markup import LARGEST, Markup

MARKUP = '<svg><g data-part="n 3"></g></svg><button data-part="BnB+">BnB+</button>'


@pytest.fixture
def made():
    """A widget, and what its callbacks were told."""
    markup, told = Markup(MARKUP), []
    markup.on_press(lambda part: told.append(("press", part)))
    markup.on_rest(lambda part: told.append(("rest", part)))
    return markup, told


def test_parts_are_pressed_and_rested_on(made):
    markup, told = made
    for event, part in (("press", "n 3"), ("rest", "BnB+"), ("rest", "")):
        markup._handle_custom_msg({"event": event, "part": part}, [])
    assert told == [("press", "n 3"), ("rest", "BnB+"), ("rest", "")]
    assert markup.parts == ("n 3", "BnB+")


@pytest.mark.parametrize(
    "content",
    [
        {"event": "press", "part": "n 4"},
        {"event": "press", "part": ""},
        {"event": "press", "part": ["n 3"]},
        {"event": "press", "part": "n 3" * 100},
        {"event": "press"},
        {"event": "change", "part": "n 3"},
        {"event": ["press"], "part": "n 3"},
        "press",
        None,
    ],
)
def test_a_page_names_no_part_that_is_not_there(made, content):
    markup, told = made
    markup._handle_custom_msg(content, [])
    assert told == []


def test_a_part_that_is_gone_no_longer_answers(made):
    markup, told = made
    markup.markup = '<button data-part="AnB">AnB</button>'
    markup._handle_custom_msg({"event": "press", "part": "n 3"}, [])
    assert told == []


def test_a_page_cannot_bring_markup(made):
    markup, _ = made
    markup.set_state({"markup": "<img src=x onerror=alert(1)>"})
    assert markup.markup == MARKUP


def test_too_much_is_refused_with_a_sentence(made):
    markup, _ = made
    with pytest.raises(ValueError, match="show less of it"):
        markup.markup = "x" * (LARGEST + 1)
