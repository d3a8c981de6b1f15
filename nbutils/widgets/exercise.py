"""Exercises that check themselves: question, check and solution come from one place."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import anywidget
import ipywidgets
import traitlets as T
from markdown_it import MarkdownIt

from nbutils.widgets import foreign, page

LONGEST_ANSWER = 2_000
LONGEST_SENTENCE = 600


@dataclass(frozen=True)
class Verdict:
    """What a check says: whether the answer is right, and a sentence for the person who gave it."""

    right: bool
    sentence: str

    def __str__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>"


@dataclass(frozen=True)
class Exercise:
    """A question with its check and its solution.

    question, solution, hint : Markdown
    check : check(answer) returns a Verdict, or True or False; a ValueError with a sentence says what kind of
        answer is wanted. The answer is the control's value, or the text of the answer box.
    Raises ValueError when question or solution is empty.
    """

    question: str
    check: Callable[[object], "Verdict | bool"]
    solution: str
    hint: str = ""

    def __post_init__(self) -> None:
        if not self.question.strip() or not self.solution.strip():
            raise ValueError("an exercise needs a question and a solution, got an empty one.")


class Card(anywidget.AnyWidget):
    """One part of an exercise on the page: the question, the answer box, or the check with its solution."""

    _esm = page.script("exercise.js")
    _style = page.Style()
    kind = T.Enum(("question", "answer", "check")).tag(sync=True)
    html = T.Unicode().tag(sync=True)
    verdict = T.Dict().tag(sync=True)
    value = T.Unicode().tag(sync=True)

    def set_state(self, sync_data: object) -> None:
        """Take the text of the answer box from the page."""
        super().set_state(foreign.accept(sync_data, value=lambda value: foreign.text(value, LONGEST_ANSWER)))


def check(exercise: Exercise, answer: object) -> Verdict:
    """Check an answer; the sentence says right or not yet, adds the hint, and never shows the solution."""
    if isinstance(answer, str) and not answer.strip():
        return Verdict(False, "Write an answer first.")
    try:
        found = exercise.check(answer)
    except Exception as error:  # noqa: BLE001  any answer may be given; it must not break the page
        return Verdict(False, f"This answer cannot be checked: {error}"[:LONGEST_SENTENCE])
    if isinstance(found, Verdict):
        return found
    if found:
        return Verdict(True, "Right.")
    return Verdict(False, f"Not yet. {exercise.hint}".strip())


def to_number(answer: object) -> float:
    """Return an answer as a number, be it typed or computed; raise ValueError with a sentence if it is none."""
    try:
        return float(answer.strip().replace(",", ".") if isinstance(answer, str) else answer)
    except (TypeError, ValueError):
        shown = repr(answer)[:40]
        raise ValueError(f"a number is wanted, such as 0.25, got {shown}.") from None


def takes_number(
    fits: Callable[[float], bool], wanted: str
) -> Callable[[Callable[[float], Verdict]], Callable[[object], Verdict]]:
    """Return what turns judge(number) into a check of any answer.

    fits : whether a number can be an answer at all
    wanted : the sentence for an answer that cannot; what is no number is refused by `to_number`
    """

    def make_check(judge_number: Callable[[float], Verdict]) -> Callable[[object], Verdict]:
        def check_answer(answer: object) -> Verdict:
            number = to_number(answer)
            return judge_number(number) if fits(number) else Verdict(False, wanted)

        return check_answer

    return make_check


def judge(right: bool, told: str, advice: str = "") -> Verdict:
    """Return a verdict on what was measured.

    told : what was measured, without a full stop
    advice : what to try after an answer that is not right
    """
    return Verdict(True, f"Yes: {told}.") if right else Verdict(False, f"Not yet: {told}. {advice}".strip())


def judge_least(is_enough: bool, less_is_enough: bool, told: str, too_little: str) -> Verdict:
    """Return a verdict on an answer that should bring something about where a smaller one does not.

    told : what both were measured to bring, without a full stop
    too_little : the sentence for an answer that does not bring it
    """
    if not is_enough:
        return Verdict(False, too_little)
    return Verdict(False, f"Less would do: {told}.") if less_is_enough else judge(True, told)


def show(exercise: Exercise, control: ipywidgets.Widget | None = None) -> ipywidgets.VBox:
    """Return the exercise as a widget: question, control or answer box, Check, and the solution folded away.

    control : its `value` is the answer; a box to type in when None
    """
    markdown = MarkdownIt("commonmark", {"html": False})
    answer = Card(kind="answer") if control is None else control
    checked = Card(kind="check", html=markdown.render(exercise.solution))

    def receive(_widget: object, content: object, _buffers: object) -> None:
        if foreign.event(content) == "check":
            verdict = check(exercise, answer.value)
            count = checked.verdict.get("count", 0) + 1
            checked.verdict = {"count": count, "right": bool(verdict.right), "sentence": str(verdict.sentence)}

    checked.on_msg(receive)
    if control is None:
        answer.on_msg(receive)
    question = Card(kind="question", html=markdown.render(exercise.question))
    return ipywidgets.VBox([question, answer, checked]).add_class("dv").add_class("dv-exercise")
