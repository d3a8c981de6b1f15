"""The five interpretations as questions: a student marks where a gap shows, then the measured gaps are told."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape

import ipywidgets as ipw

from nbutils.transfer import thesis
from nbutils.transfer.dashboards.tables import ABSENT, draw_table
from nbutils.transfer.readings import (
    LESS,
    MORE,
    QUESTIONS,
    UNCLEAR,
    Effect,
    Judged,
    Question,
    find_effects,
    judge,
    judge_base,
    measure_bases,
    question_of,
)
from nbutils.transfer.records import LAYERS, Run
from nbutils.transfer.view import View
from nbutils.widgets import Markup, button, segmented

HOW = "Press the triangles at the foot of the plot, or the numbers here; then Compare. Nothing to see? Mark nothing."
ANSWERS = ((MORE, "more often"), (LESS, "less often"))


class QuestionsPane:
    """One question at a time; what was marked and read of each is kept.

    change : called with fields of the view that a control sets; redraw : called when the marks changed
    """

    def __init__(self, change: Callable[..., object], redraw: Callable[[], object]) -> None:
        self._change, self._redraw = change, redraw
        self._marks: dict[int, frozenset[int]] = {}
        self._answer = ""
        self._told: dict[int, tuple[tuple, str]] = {}  # number -> what it was told of, and the reading
        self._runs: tuple[Sequence[Run], Sequence[Run]] = ((), ())
        self._view = View()
        self._setting = False
        self.number = segmented(
            "The five interpretations", [(f"{one.number} {one.treatment}", one.number) for one in QUESTIONS], 1
        )
        self.asked, self.reading = (ipw.HTML().add_class("dv-told") for _ in range(2))
        self.reading.add_class("dv-reported")
        self.marks = Markup()
        self.compare = button("Compare")
        parts = [self.number, self.asked, self.marks, self.compare, self.reading]
        self.page = ipw.VBox(parts).add_class("dv-stack")

    @property
    def marked(self) -> frozenset[int]:
        """Return the n that are marked for the question that is asked."""
        return self._marks.get(self._view.question, frozenset())

    @property
    def markable(self) -> bool:
        """Return whether the question is answered by marks on the plot."""
        return self._view.question > 1

    def connect(self, guarded: Callable) -> None:
        """Listen to the controls; guarded shows what goes wrong."""
        choose = guarded(self._choose)
        self.number.observe(lambda change: None if self._setting else choose(change["new"]), "value")
        self.marks.on_press(guarded(self.press))
        self.compare.on_press(guarded(self.tell))

    def show(self, view: View, runs: Sequence[Run], main: Sequence[Run]) -> None:
        """Show the question of a view.

        runs : all that were measured; main : the main runs of the halves
        """
        self._view, self._runs = view, (runs, main)
        self._setting = True
        try:
            self.number.value = view.question
        finally:
            self._setting = False
        question = question_of(view.question)
        how = f" <span class='dv-quiet'>{HOW}</span>" if self.markable else ""
        self.asked.value = f"<p>{escape(question.asked)}{how}</p>"
        self._draw_marks()
        on, told = self._told.get(question.number, ((), ""))
        # A reading of other runs than those on the plot would contradict it.
        self.reading.value = told if on == self._shown_on() else ""

    def press(self, part: str) -> None:
        """Mark an n or take its mark away ("mark 3"), or answer the question without marks ("more")."""
        if part in (MORE, LESS):
            self._answer = part
        else:
            n = int(part.removeprefix("mark "))
            self._marks[self._view.question] = self.marked ^ {n}
        self._told.pop(self._view.question, None)
        self.reading.value = ""
        self._draw_marks()
        self._redraw()

    def tell(self) -> None:
        """Judge the answer by the measured runs, and tell them and what the thesis said."""
        question = question_of(self._view.question)
        runs, main = self._runs
        if question.number == 1:
            if not self._answer:
                self.reading.value = "<p>Choose an answer first.</p>"
                return
            judged, table = judge_base(self._answer, runs, main, self._view.score), _tell_bases(runs, main, self._view)
        else:
            effects = find_effects(main, question, self._view.score)
            judged, table = judge(self.marked, effects, question), tell_effects(effects, question)
            if question.also:
                other = replace(question, control=question.also)
                table += tell_effects(find_effects(main, other, self._view.score), other)
        told = tell_reading(judged, table, question)
        self._told[question.number] = (self._shown_on(), told)
        self.reading.value = told

    def _shown_on(self) -> tuple:
        return (self._view.halves, self._view.score, len(self._runs[1]))

    def _choose(self, number: int) -> None:
        """Ask another question; where marks answer it, the plot shows what it is about, less the base, and no more."""
        question = question_of(number)
        needed = {question.treatment, question.control, *filter(None, [question.also])}
        if number == 1:
            needed |= set(self._view.treatments)
        self._change(question=number, treatments=tuple(needed), subtracted=number > 1)

    def _draw_marks(self) -> None:
        if self.markable:
            parts = [(f"mark {n}", f"n = {n}", n in self.marked) for n in range(1, LAYERS)]
            label = "Marked"
        else:
            parts = [(name, words, name == self._answer) for name, words in ANSWERS]
            label = "Answer"
        buttons = "".join(
            f'<button type="button" data-part="{part}" aria-pressed="{str(on).lower()}">{words}</button>'
            for part, words, on in parts
        )
        name = f'<span class="dv-name">{label}:</span>'
        self.marks.markup = f'<div class="dv-marks" role="group" aria-label="{label}">{name}{buttons}</div>'


def tell_effects(effects: Sequence[Effect], question: Question) -> str:
    """Return the gaps at every n as a table."""
    rows = [
        (
            str(effect.n),
            f"{effect.gap.mean:+.4f}",
            ABSENT if math.isnan(effect.low) else f"{effect.low:+.4f} to {effect.high:+.4f}",
            str(effect.gap.count),
            _tell_chance(effect, question),
        )
        for effect in effects
    ]
    control = "base" if question.control == "base" else question.control
    caption = (
        f"{question.treatment} less {control} of the same classes; the interval is Student's t over the halves learned"
    )
    return draw_table(("n", "mean gap", "95 % interval", "pairs", "beyond chance?"), rows, caption)


def tell_reading(judged: Judged, table: str, question: Question) -> str:
    """Return the verdict, what was measured, and what the thesis read."""
    read = thesis.INTERPRETATIONS[question.number - 1]
    style = "dv-verdict dv-right" if judged.right else "dv-verdict"
    return (
        f"<p class='{style}' role='status'>{escape(judged.sentence)}</p>{table}"
        f"<p><b>The thesis ({escape(read.place)}), {read.number}. {escape(read.title)}.</b> {escape(read.reading)}</p>"
    )


def _tell_bases(runs: Sequence[Run], main: Sequence[Run], view: View) -> str:
    rows = [
        (name, f"{found.mean:.4f}", f"{1 - found.mean:.1%}", str(found.count))
        for name, found in zip(
            ("half of the classes", "all classes"), measure_bases(runs, main, view.score), strict=True
        )
        if found is not None
    ]
    return draw_table(("networks for", "right", "error", "networks"), rows, "Measured here") if rows else ""


def _tell_chance(effect: Effect, question: Question) -> str:
    """Return whether the gap is beyond chance, in the direction that was asked for or in the other."""
    if effect.low > 0 or effect.high < 0:
        return "yes" if effect.gap.mean * question.sign > 0 else "the other way"
    return "unclear" if effect.word == UNCLEAR else "no"
