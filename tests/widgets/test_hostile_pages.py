"""Whatever a page sends, a part keeps values that it can mean, raises nothing, and changes nothing else."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nbutils import widgets
from nbutils.widgets import exercise, foreign, page
from nbutils.widgets.board import Pane, load_script
from nbutils.widgets.job import JobBar
from nbutils.widgets.shell import Actions, Heading
from tests.widgets.anything import ANYTHING

SLIDER = widgets.slider("width", 3, 0, 10, 1)
FINE_SLIDER = widgets.slider("blur", 0.25, 0, 1, 0.01)
CHOICE = widgets.choice("layer", ["conv1", "conv2", "conv3"])
SWITCH = widgets.switch("mirror", True)
LINK = widgets.Link("toolbox")
ANSWER = exercise.Card(kind="answer")
ENTRY = widgets.Entry("name", longest=20)
TAGS = widgets.Entry("tags", "tags", longest=20, most=3)
STARS = widgets.Stars()
TREE = widgets.Tree("a family")
TREE.show(np.zeros((4, 2)), np.array([-1, 0, 0, 1]))
DIAGRAM = widgets.Diagram()
DIAGRAM.show([widgets.DiagramNode(3, "x", "input")], [widgets.DiagramLink(5, 3, 3, 1.0)])
PEOPLE = (widgets.Identity, widgets.Cards, lambda: widgets.Tree("a family"), lambda: widgets.Entry("name"))

MEANT = {
    "slider": (SLIDER, "value", lambda value: isinstance(value, int) and 0 <= value <= 10),
    "fine slider": (FINE_SLIDER, "value", lambda value: isinstance(value, float) and 0 <= value <= 1),
    "choice": (CHOICE, "index", lambda index: index in (0, 1, 2)),
    "switch": (SWITCH, "value", lambda value: isinstance(value, bool)),
    "link": (LINK, "arrived", lambda arrived: set(arrived) <= {"count", "settings"}),
    "entry": (ENTRY, "value", lambda value: isinstance(value, str) and len(value) <= 20),
    "tags": (
        TAGS,
        "values",
        lambda tags: isinstance(tags, list) and len(tags) <= 3 and all(len(t) <= 20 for t in tags),
    ),
    "stars": (STARS, "value", lambda value: type(value) is int and 0 <= value <= 5),
    "tree": (TREE, "selected", lambda node: type(node) is int and -1 <= node < 4),
    "diagram": (DIAGRAM, "selected", lambda part: part in ("", "node 3", "link 5")),
    "answer box": (ANSWER, "value", lambda value: isinstance(value, str) and len(value) <= 2_000),
}
SHOWN_ONLY = {
    "status": widgets.StatusLine,
    "errors": widgets.ErrorLine,
    "heading": lambda: Heading(title="Title"),
    "actions": Actions,
    "job": JobBar,
    "picker": widgets.Picker,
    "download": lambda: widgets.Download("Save", lambda: ("a", b"a")),
    "board": widgets.Board,
    "figure": Pane,
    "plotly": load_script,
    "button": lambda: widgets.button("Press"),
    "identity": widgets.Identity,
    "cards": widgets.Cards,
    "fixed stars": lambda: widgets.Stars(fixed=True),
    "markup": widgets.Markup,
    "stylesheet": lambda: page.Stylesheet(text="p {}"),
}


@pytest.mark.parametrize("part", MEANT)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=ANYTHING)
def test_a_value_is_meant_or_refused(part, value):
    widget, trait, is_meant = MEANT[part]
    widget.set_state({trait: value})
    assert is_meant(getattr(widget, trait))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "9" * 1_000_000, [5], {"a": 5}, None, True])
def test_a_slider_refuses_what_is_no_number(value):
    SLIDER.value = 3
    SLIDER.set_state({"value": value})
    assert SLIDER.value == 3


@pytest.mark.parametrize(("sent", "kept"), [(-5, 0), (99, 10), (1e300, 10), (4, 4), (4.4, 4)])
def test_a_slider_brings_numbers_into_its_range(sent, kept):
    SLIDER.set_state({"value": sent})
    assert SLIDER.value == kept


@pytest.mark.parametrize("part", [*MEANT, *SHOWN_ONLY])
def test_a_page_sets_nothing_else(part):
    widget = MEANT[part][0] if part in MEANT else SHOWN_ONLY[part]()
    offered = MEANT[part][1] if part in MEANT else None
    before = widget.get_state()
    widget.set_state({name: "intruder" for name in widget.keys if name != offered})
    assert widget.get_state() == before


@pytest.mark.parametrize("part", [*MEANT, *SHOWN_ONLY])
@pytest.mark.parametrize("state", [None, 3, "value", ["value"], {"no such trait": 1}])
def test_a_state_of_another_shape_changes_nothing(part, state):
    widget = MEANT[part][0] if part in MEANT else SHOWN_ONLY[part]()
    before = widget.get_state()
    widget.set_state(state)
    assert widget.get_state() == before


@settings(max_examples=60, deadline=None)
@given(content=ANYTHING, buffers=st.lists(st.binary(max_size=50), max_size=2))
def test_messages_of_any_shape_do_no_harm(content, buffers):
    for make in (widgets.Picker, widgets.Player, widgets.Board, Actions, lambda: widgets.button("Press"), *PEOPLE):
        widget = make()
        names = set(widget.get_state())
        widget._handle_custom_msg(content, buffers)
        assert set(widget.get_state()) == names


@pytest.mark.parametrize("value", [float("nan"), "1", None, True, [1], float("-inf")])
def test_a_number_is_a_finite_number(value):
    with pytest.raises((TypeError, ValueError)):
        foreign.number(value, 0, 1)


def test_whole_numbers_have_no_fraction():
    assert foreign.whole(3.0, 0, 5) == 3
    with pytest.raises(ValueError, match="whole number"):
        foreign.whole(3.5, 0, 5)


def test_a_text_has_a_longest():
    assert foreign.text("abc", 3) == "abc"
    with pytest.raises(ValueError, match="at most 3 characters"):
        foreign.text("abcd", 3)
