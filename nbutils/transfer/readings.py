"""The five interpretations of Figure 5.2 as questions, and what the measured runs answer."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nbutils.transfer.halves import ALL
from nbutils.transfer.records import LAYERS, Run, RunSettings
from nbutils.transfer.summaries import (
    EXAMPLES,
    NORMAL,
    Mean,
    average,
    differences,
    keep_scored,
    noise_of_testing,
    score_of,
    student,
)

CLEAR, UNCLEAR, NONE = "clear", "unclear", "none"
FEW = 3  # with fewer halves only gaps that are large beside their scatter can be told from chance
MORE, LESS = "more", "less"


@dataclass(frozen=True)
class Question:
    """What a student marks on the plot.

    number : of the interpretation in the thesis
    treatment, control : whose gap is meant; both "base" for the question without marks
    sign : -1 where the treatment lies below its control, 1 where above
    also : another control, whose gap is told with the reading; "" for none
    """

    number: int
    treatment: str
    control: str
    sign: int
    asked: str
    also: str = ""


QUESTIONS = (
    Question(
        1,
        "base",
        "base",
        1,
        "The dotted line is the mean of the base networks, each trained on half of the classes. Another network learns "
        "all classes, from twice the pictures. Is a base network right more often than that one, or less often?",
    ),
    Question(
        2,
        "BnB",
        "base",
        -1,
        "BnB has the first n layers of its own base, frozen; the layers above begin anew. If these do not find their "
        "way back, layers had learned together: co-adaptation. Mark each n at which BnB lies below the base.",
    ),
    Question(
        3,
        "BnB+",
        "base",
        -1,
        "BnB+ begins like BnB, but all of its layers learn. Mark each n at which it still lies below the base.",
    ),
    Question(
        4,
        "AnB",
        "BnB",
        -1,
        "AnB loses what BnB loses, and something more where layers of A are specific to A. Mark each n at which AnB "
        "lies below BnB.",
        also="base",
    ),
    Question(
        5,
        "AnB+",
        "base",
        1,
        "AnB+ begins with layers of the other half, and all learn. Mark each n at which it ends above the base. Is it "
        "the other half that helps, or that it was trained for longer? BnB+ was trained for as long.",
        also="BnB+",
    ),
)


@dataclass(frozen=True)
class Effect:
    """The gap between a treatment and its control at one n.

    gap : over splits, targets and seeds, each with its own control
    low, high : the ends of its 95 % interval, for halves in general; NaN where a single half was learned
    tested : half of the 95 % interval for these very networks, if they were tested with other pictures
    word : "clear" where the gap has the sign that was asked for and its interval is beyond 0, "none" where it is within
        one standard error of 0 or has the other sign, else "unclear"
    """

    n: int
    gap: Mean
    word: str
    low: float
    high: float
    tested: float


@dataclass(frozen=True)
class Judged:
    """Whether an answer is right, and a sentence for the person who gave it."""

    right: bool
    sentence: str


def question_of(number: int) -> Question:
    """Return the question of that number, 1 to 5."""
    return QUESTIONS[number - 1]


def find_effects(runs: Iterable[Run], question: Question, score: str = "last") -> tuple[Effect, ...]:
    """Return the gap that a question is about at every n that was measured, main runs of some halves given.

    Intervals are Student's t over the halves that were learned. How much gaps scatter between these is taken from all n
    together, but counted once for each half, as all n of a half share its base network; and an interval is never
    narrower than which pictures were tested alone makes it.
    """
    runs = tuple(runs)
    gaps = _gaps(runs, question, score)
    halves = len({half for found in gaps.values() for half in found})
    scatter = _Scatter(
        _pool([list(found.values()) for found in gaps.values()]),
        noise_of_testing(runs, (question.treatment, question.control), score),
        student(halves - 1) if halves > 1 else math.nan,
    )
    return tuple(_effect(n, average(list(found.values())), scatter, question.sign) for n, found in gaps.items())


def judge(marks: Collection[int], effects: Iterable[Effect], question: Question) -> Judged:
    """Return whether exactly those n are marked at which the gap is clear; where it is unclear both are right."""
    by_n = {effect.n: effect for effect in effects}
    if not by_n:
        return Judged(False, f"There is no run of {question.treatment} with its control yet: nothing can be compared.")
    clear = [n for n, effect in by_n.items() if effect.word == CLEAR]
    missed = [by_n[n] for n in clear if n not in marks]
    wrong = [by_n[n] for n in sorted(marks) if n in by_n and by_n[n].word == NONE]
    unknown = [n for n in sorted(marks) if n not in by_n]
    where = f"{question.treatment} lies {'above' if question.sign > 0 else 'below'} {_call(question.control)}"
    caution = _caution(tuple(by_n.values()))
    if not (missed or wrong or unknown):
        found = f"at n = {_list(clear)}" if clear else "nowhere"
        return Judged(True, f"Yes: {where} by more than chance {found}.{caution}")
    said = []
    if missed:
        told = ", ".join(f"{effect.n} ({effect.gap.mean:+.3f})" for effect in missed)
        said.append(f"at n = {told} the gap is beyond chance and not marked")
    if wrong:
        told = ", ".join(f"{effect.n} ({effect.gap.mean:+.3f})" for effect in wrong)
        said.append(f"at n = {told} there is no such gap beyond chance")
    if unknown:
        said.append(f"n = {_list(unknown)} was not measured")
    return Judged(False, f"Not yet: {'; '.join(said)}.{caution}")


def judge_base(answer: str, runs: Iterable[Run], halves_runs: Iterable[Run], score: str = "last") -> Judged:
    """Return whether base networks are right more often than one for all classes ("more") or less often ("less").

    runs : all that were measured; halves_runs : the main runs of some halves
    """
    half, whole = measure_bases(runs, halves_runs, score)
    if half is None or whole is None:
        return Judged(False, "The network for all classes was not trained here yet: read what the thesis found.")
    right = answer == (MORE if half.mean > whole.mean else LESS)
    told = f"half of the classes {half.mean:.3f}, all classes {whole.mean:.3f}"
    return Judged(right, f"{'Yes' if right else 'Not so'}: {told}.")


def measure_bases(
    runs: Iterable[Run], halves_runs: Iterable[Run], score: str = "last"
) -> tuple[Mean | None, Mean | None]:
    """Return the mean of the base networks for half of the classes and of those for all; None where there is none.

    Both were trained in the same way, with all pictures; so is the last rung of a ladder of examples.
    """
    read = score_of(score)
    halves = [run for run in keep_scored(halves_runs, score) if run.settings.treatment == "base"]
    alike = {replace(run.settings, split=ALL, target="A", seed=0) for run in halves}
    wholes = [run for run in keep_scored(runs, score) if replace(_name_all(run.settings), seed=0) in alike]
    half, whole = ([read(run) for run in found] for found in (halves, wholes))
    return (average(half) if half else None), (average(whole) if whole else None)


def _gaps(runs: tuple[Run, ...], question: Question, score: str) -> dict[int, dict]:
    found = differences(runs, question.treatment, question.control, score)
    return {n: gaps for n, gaps in found.items() if 1 <= n < LAYERS}


@dataclass(frozen=True)
class _Scatter:
    """By how much single gaps vary: between halves, and by which pictures are tested, both as standard deviations.

    factor : how many standard errors a 95 % interval over the halves reaches to each side; NaN where there is one
    """

    halves: float
    tested: float
    factor: float


def _pool(groups: Sequence[Sequence[float]]) -> float:
    """Return the standard deviation within groups; 0 where no group has two."""
    freedom = sum(len(group) - 1 for group in groups)
    squares = sum(float(((np.asarray(group) - np.mean(group)) ** 2).sum()) for group in groups)
    return math.sqrt(squares / freedom) if freedom else 0.0


def _effect(n: int, gap: Mean, scatter: _Scatter, sign: int) -> Effect:
    """Return the effect at one n, whose gap is the mean over so many halves."""
    share = 1 / math.sqrt(gap.count)
    error, tested = share * max(scatter.halves, scatter.tested), share * NORMAL * scatter.tested
    reach = share * scatter.factor * scatter.halves
    reach = reach if math.isnan(reach) else max(reach, tested)
    return Effect(n, gap, _name(sign * gap.mean, error, reach), gap.mean - reach, gap.mean + reach, tested)


def _name(gap: float, error: float, reach: float) -> str:
    if gap <= error:
        return NONE
    return CLEAR if gap > reach else UNCLEAR


def _caution(effects: Sequence[Effect]) -> str:
    """Return what so few halves cannot tell; "" where there are enough."""
    count = max(effect.gap.count for effect in effects)
    if count >= FEW:
        return ""
    halves = "one half was" if count == 1 else f"{count} halves were"
    return f" Only {halves} learned: where a gap is small, what others would give cannot be told."


def _name_all(settings: RunSettings) -> RunSettings:
    """Return settings of which "all examples of a class" is told in one way."""
    return replace(settings, per_class=0) if settings.per_class == EXAMPLES.get(settings.data) else settings


def _call(control: str) -> str:
    return "the base" if control == "base" else control


def _list(places: Iterable[int]) -> str:
    return ", ".join(map(str, places))
