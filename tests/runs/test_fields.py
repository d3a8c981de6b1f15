"""What settings may be, and which of them a link and a line of Python hold."""

import pytest

from nbutils.runs.fields import (
    Field,
    check_choice,
    check_number,
    check_switch,
    find_changes,
    read_settings,
    write_call,
    write_settings,
)

NEW = {"rate": 0.1, "steps": 10, "method": "mean", "shown": False}
CHANGES = {"rate": 0.5, "method": "größer", "shown": True}
WHOLE = Field("steps", "", 1, 64, 1, "How many.", int)


def test_only_what_differs_is_kept_and_comes_back():
    assert find_changes(NEW | CHANGES, NEW) == CHANGES
    assert find_changes(NEW, NEW) == {}
    texts = write_settings(CHANGES)
    assert texts == {"rate": "0.5", "method": "größer", "shown": "true"}
    assert read_settings(texts | {"colour": "red"}, NEW) == CHANGES


def test_a_value_of_a_link_that_cannot_be_read_is_a_sentence():
    with pytest.raises(ValueError, match=r'^rate cannot be read from "fast"\.$'):
        read_settings({"rate": "fast"}, NEW)


def test_the_lines_of_python_open_the_dashboard_with_what_differs():
    scope = {"own": 3}
    lines = write_call("forms", "painter", CHANGES, ["own"])
    assert lines.startswith("from nbutils.forms.dashboards import painter\npainter(own=own, ")
    assert eval(lines.splitlines()[1], scope | {"painter": dict}) == CHANGES | {"own": 3}  # noqa: S307  our own line
    assert write_call("forms", "forms", {}) == "from nbutils.forms.dashboards import forms\nforms()"


@pytest.mark.parametrize(("value", "kept"), [(8, 8), (8.0, 8), (64, 64)])
def test_a_number_takes_the_form_that_it_is_kept_in(value, kept):
    found = check_number("steps", value, WHOLE)
    assert (found, type(found)) == (kept, int)


@pytest.mark.parametrize("value", [0, 65, 8.5, True, "8", None, float("nan"), float("inf")])
def test_another_number_is_refused(value):
    with pytest.raises(ValueError, match=r"^steps must be a whole number from 1 to 64, got"):
        check_number("steps", value, WHOLE)


@pytest.mark.parametrize("value", [1, 0, "yes", None])
def test_a_switch_is_true_or_false(value):
    check_switch("shown", True)
    with pytest.raises(ValueError, match=r"^shown must be True or False, got"):
        check_switch("shown", value)


@pytest.mark.parametrize("value", ["median", 1, None, ["mean"]])
def test_a_word_is_one_of_those_allowed(value):
    check_choice("method", "mean", ("mean", "sum"))
    with pytest.raises(ValueError, match=r"^method must be one of mean, sum; got"):
        check_choice("method", value, ("mean", "sum"))
