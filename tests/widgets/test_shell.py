"""The shell without a browser: its panes and buttons, the line it shows, and the styles it brings."""

import re

import ipywidgets
import pytest

from nbutils.figures import palette
from nbutils.widgets import ErrorLine, Link, StatusLine, shell, slider
from nbutils.widgets.page import HERE, Style, Stylesheet, shared


def press(made, event):
    made.actions._handle_custom_msg({"event": event}, [])


def styles_of(made):
    return [pane._dom_classes[1] for pane in made.panes.children]


def test_two_panes_or_three():
    blur, details = slider("blur", 0, 0, 1, 0.1), ipywidgets.HTML("details")
    assert styles_of(shell("Title", "hint", [], blur)) == ["dv-stage", "dv-controls"]
    three = shell("Title", "hint", [], [blur], details=details)
    assert styles_of(three) == ["dv-stage", "dv-controls", "dv-details"]
    assert three.panes.children[1].children == (blur,)
    assert three.panes.children[2].children == (details,)


def test_what_is_given_is_used_and_the_rest_is_made():
    status, error, link = StatusLine(), ErrorLine(), Link("toolbox")
    made = shell("Title", "hint", [], [], status=status, error=error, link=link, keys=[("Page Down", "next layer")])
    assert (made.status, made.error, made.actions.link) == (status, error, link)
    assert made.actions.keys_help == [["Page Down", "next layer"]]
    assert made.actions.offers == []
    assert isinstance(shell("Title", "hint", [], []).status, StatusLine)


def test_only_what_is_given_has_a_button():
    made = shell("Title", "hint", [], [], reset=list, save=lambda: ("a", b""))
    assert made.actions.offers == ["reset", "save"]


def test_reset_is_called():
    called = []
    press(shell("Title", "hint", [], [], reset=lambda: called.append(1)), "reset")
    assert called == [1]


def test_the_line_of_python_is_asked_for_at_each_press():
    lines = iter(["dashboard(blur=1)", "dashboard(blur=2)"])
    made = shell("Title", "hint", [], [], python=lambda: next(lines))
    press(made, "python")
    assert made.actions.line == "dashboard(blur=1)"
    press(made, "python")
    assert made.actions.line == "dashboard(blur=2)"


def test_a_button_that_fails_says_so_and_the_next_success_clears_it():
    answers = iter([ValueError("There is nothing to save yet: start first."), None])

    def save():
        answer = next(answers)
        if answer:
            raise answer
        return "image.png", b"picture"

    made = shell("Title", "hint", [], [], save=save)
    press(made, "save")
    assert made.error.sentence == "There is nothing to save yet: start first."
    press(made, "save")
    assert (made.error.sentence, made.actions.file_name, made.actions.file) == ("", "image.png", b"picture")
    press(made, "saved")
    assert made.actions.file == b""


def test_a_file_that_is_too_large_is_refused_with_a_sentence():
    made = shell("Title", "hint", [], [], save=lambda: ("large.bin", bytes(50_000_001)))
    press(made, "save")
    assert "50,000,001 bytes" in made.error.sentence
    assert made.actions.file == b""


@pytest.mark.parametrize("event", ["python", "save", "reset", "__class__", "", None])
def test_a_button_that_was_not_offered_does_nothing(event):
    made = shell("Title", "hint", [], [])
    press(made, event)
    assert (made.actions.line, made.actions.file, made.error.sentence) == ("", b"", "")


def test_all_parts_of_a_kernel_share_one_stylesheet():
    sheets = {slider("blur", 0, 0, 1, 0.1)._style, StatusLine()._style, ErrorLine()._style}
    assert len(sheets) == 1
    assert isinstance(Style().make_dynamic_default(), Stylesheet)


def test_a_shared_widget_that_was_closed_is_made_anew():
    first = shared("test", lambda: Stylesheet(text="a"))
    assert shared("test", lambda: Stylesheet(text="b")) is first
    first.close()
    assert shared("test", lambda: Stylesheet(text="b")).text == "b"


def test_the_stylesheet_has_the_colours_of_the_palette():
    text = (HERE / "style.css").read_text()
    tokens = dict(re.findall(r"--dv-([\w-]+): (#\w+);", text))
    names = ("paper", "ink", "muted", "line", "accent", "stale", "error", "stage")
    assert {name: tokens[name] for name in names} == {name: getattr(palette, name.upper()) for name in names}


def test_every_rule_of_the_stylesheet_stays_among_the_parts():
    text = re.sub(r"/\*.*?\*/|@container[^{]*\{", "", (HERE / "style.css").read_text(), flags=re.DOTALL)
    selectors = [selector.strip() for selector in re.findall(r"([^{}]+)\{", text)]
    assert len(selectors) > 50
    assert [selector for selector in selectors if "dv" not in selector] == []


@pytest.mark.parametrize("banned", ["box-shadow", "text-shadow", "gradient(", "http:", "https:", "@import"])
def test_the_stylesheet_has_no(banned):
    assert banned not in (HERE / "style.css").read_text()


def test_a_status_line_is_bounded():
    status = StatusLine()
    status.say("x" * 10_000)
    status.meter("y" * 10_000)
    assert (len(status.message), len(status.figures)) == (400, 400)
