"""Exercises: verdicts in sentences, solutions only where they are folded, answers of any kind survived."""

import dataclasses

import pytest

from nbutils.widgets import Exercise, Verdict, check, show, slider, to_number
from nbutils.widgets.exercise import Card, judge, judge_least, takes_number

HALVES = Exercise(
    "A side of 64 pixels is halved **three times**. How long is it?",
    lambda answer: to_number(answer) == 8,
    "64 / 2 / 2 / 2 is **8** pixels.",
    hint="Halve it once more.",
)


def press_check(shown):
    shown.children[-1]._handle_custom_msg({"event": "check"}, [])
    return shown.children[-1].verdict


@pytest.mark.parametrize("answer", [8, 8.0, "8", " 8,0 "])
def test_a_right_answer(answer):
    assert check(HALVES, answer) == Verdict(True, "Right.")


@pytest.mark.parametrize("answer", [7, "16", float("nan")])
def test_a_wrong_answer_gets_the_hint(answer):
    assert check(HALVES, answer) == Verdict(False, "Not yet. Halve it once more.")


@pytest.mark.parametrize("answer", ["eight", None, [], {}, object(), "<b>8</b>" * 1_000])
def test_an_answer_of_another_kind_is_a_sentence(answer):
    verdict = check(HALVES, answer)
    assert not verdict.right
    assert verdict.sentence.startswith("This answer cannot be checked: a number is wanted")
    assert len(verdict.sentence) < 200


@pytest.mark.parametrize("answer", ["", "  \n"])
def test_no_answer_is_asked_for_one(answer):
    assert check(HALVES, answer) == Verdict(False, "Write an answer first.")


def test_a_check_may_say_more_and_may_break():
    told = Exercise("Which?", lambda answer: Verdict(answer == "cat", f"{answer} is what it is."), "A cat.")
    assert check(told, "cat") == Verdict(True, "cat is what it is.")
    broken = Exercise("Which?", lambda answer: answer.missing, "A cat.")
    assert not check(broken, "cat").right


@pytest.mark.parametrize("answer", [8, 7, "eight", None])
def test_the_check_never_shows_the_solution(answer):
    assert "64 / 2" not in check(HALVES, answer).sentence


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("8", Verdict(True, "Yes: 8 was halved.")),
        (3, Verdict(False, "Not yet: 3 was halved. Double it.")),
        ("10,5", Verdict(False, "A number up to 10 is wanted.")),
        ("nan", Verdict(False, "A number up to 10 is wanted.")),
        ("ten", Verdict(False, "This answer cannot be checked: a number is wanted, such as 0.25, got 'ten'.")),
    ],
)
def test_a_number_is_judged_where_it_fits(answer, verdict):
    @takes_number(lambda number: number <= 10, "A number up to 10 is wanted.")
    def halve(number):
        return judge(number == 8, f"{number:g} was halved", "Double it.")

    assert check(Exercise("What was halved?", halve, "It was 8."), answer) == verdict


@pytest.mark.parametrize(
    ("is_enough", "less_is_enough", "verdict"),
    [
        (True, False, Verdict(True, "Yes: half of it sank.")),
        (True, True, Verdict(False, "Less would do: half of it sank.")),
        (False, True, Verdict(False, "All of it floats.")),
        (False, False, Verdict(False, "All of it floats.")),
    ],
)
def test_the_least_that_is_enough_is_right(is_enough, less_is_enough, verdict):
    assert judge_least(is_enough, less_is_enough, "half of it sank", "All of it floats.") == verdict


def test_without_advice_a_verdict_is_one_sentence():
    assert judge(False, "half of it sank") == Verdict(False, "Not yet: half of it sank.")


def test_a_verdict_in_a_cell_is_escaped():
    assert Verdict(False, "<script>alert(1)</script>")._repr_html_() == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    assert str(Verdict(True, "Right.")) == "Right."


@pytest.mark.parametrize(("question", "solution"), [("", "a"), ("a", ""), (" ", "a")])
def test_an_exercise_needs_question_and_solution(question, solution):
    with pytest.raises(ValueError, match="needs a question and a solution"):
        Exercise(question, bool, solution)


def test_an_exercise_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        HALVES.question = "another"


def test_the_widget_takes_the_answer_from_its_box():
    shown = show(HALVES)
    question, box, _ = shown.children
    assert question.html == "<p>A side of 64 pixels is halved <strong>three times</strong>. How long is it?</p>\n"
    box.set_state({"value": "7"})
    assert press_check(shown) == {"count": 1, "right": False, "sentence": "Not yet. Halve it once more."}
    box.set_state({"value": "8"})
    box._handle_custom_msg({"event": "check"}, [])
    assert shown.children[-1].verdict == {"count": 2, "right": True, "sentence": "Right."}


def test_the_widget_takes_the_answer_from_a_control():
    width = slider("Width", 0, 0, 10, 1)
    shown = show(HALVES, width)
    assert shown.children[1] is width
    assert not press_check(shown)["right"]
    width.value = 8
    assert press_check(shown)["right"]


def test_html_in_an_exercise_stays_text():
    shown = show(Exercise("<img src=x onerror=alert(1)>", bool, "[a](javascript:alert(1))"))
    assert "<img" not in shown.children[0].html
    assert 'href="javascript' not in shown.children[-1].html


def test_an_answer_box_has_a_longest():
    box = Card(kind="answer")
    box.set_state({"value": "x" * 2_001})
    assert box.value == ""
