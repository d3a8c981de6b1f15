"""The five interpretations of Figure 5.2 as questions, and what the measured runs answer."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from nbutils.transfer.halves import ALL
from nbutils.transfer.records import LAYERS, Run
from nbutils.transfer.summaries import Mean, average, count_tested, differences, score_of, student

CLEAR, UNCLEAR, NONE = "clear", "unclear", "none"
NORMAL = 1.96  # standard errors of a 95 % interval where nothing varies but which pictures are tested
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
    low, high : the ends of its 95 % interval, by how much the gaps of all n differ
    word : "clear" where the gap has the sign that was asked for and is beyond what chance does, "none" where it is
        within one standard error of 0 or has the other sign, else "unclear"
    """

    n: int
    gap: Mean
    word: str
    low: float
    high: float


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

    What chance does is taken from how the gaps of one n differ, over all n together; where there is one gap at each n,
    from how many pictures were tested.
    """
    runs = tuple(runs)
    gaps = {n: list(found.values()) for n, found in _gaps(runs, question, score).items()}
    freedom = sum(len(found) - 1 for found in gaps.values())
    if freedom:
        squares = sum(float(((np.asarray(found) - np.mean(found)) ** 2).sum()) for found in gaps.values())
        spread, factor = math.sqrt(squares / freedom), student(freedom)
    else:
        spread, factor = _test_noise(runs, score), NORMAL
    return tuple(_effect(n, average(found), spread, factor, question.sign) for n, found in gaps.items())


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
    if not (missed or wrong or unknown):
        found = f"at n = {_list(clear)}" if clear else "nowhere"
        return Judged(True, f"Yes: {where} by more than chance {found}.")
    said = []
    if missed:
        told = ", ".join(f"{effect.n} ({effect.gap.mean:+.3f})" for effect in missed)
        said.append(f"at n = {told} the gap is beyond chance and not marked")
    if wrong:
        told = ", ".join(f"{effect.n} ({effect.gap.mean:+.3f})" for effect in wrong)
        said.append(f"at n = {told} there is no such gap beyond chance")
    if unknown:
        said.append(f"n = {_list(unknown)} was not measured")
    return Judged(False, f"Not yet: {'; '.join(said)}.")


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

    Both were trained in the same way, with all pictures.
    """
    read = score_of(score)
    halves = [run for run in halves_runs if run.settings.treatment == "base"]
    alike = {replace(run.settings, split=ALL, target="A", seed=0) for run in halves}
    wholes = [run for run in runs if replace(run.settings, seed=0) in alike]
    half, whole = ([read(run) for run in found] for found in (halves, wholes))
    return (average(half) if half else None), (average(whole) if whole else None)


def _gaps(runs: tuple[Run, ...], question: Question, score: str) -> dict[int, dict]:
    found = differences(runs, question.treatment, question.control, score)
    return {n: gaps for n, gaps in found.items() if 1 <= n < LAYERS}


def _test_noise(runs: tuple[Run, ...], score: str) -> float:
    """Return how much two equally good networks differ by which pictures they were tested with."""
    read = score_of(score)
    shares = [(read(run), count_tested(run.settings)) for run in runs]
    return math.sqrt(float(np.mean([2 * share * (1 - share) / count for share, count in shares]))) if shares else 0.0


def _effect(n: int, gap: Mean, spread: float, factor: float, sign: int) -> Effect:
    """Return the effect at one n.

    spread : of single gaps; factor : how many standard errors a 95 % interval reaches to each side
    """
    error = spread / math.sqrt(gap.count)
    word = _name(sign * gap.mean, error, factor)
    return Effect(n, gap, word, gap.mean - factor * error, gap.mean + factor * error)


def _name(gap: float, error: float, factor: float) -> str:
    if gap <= error:
        return NONE
    return CLEAR if gap > factor * error else UNCLEAR


def _call(control: str) -> str:
    return "the base" if control == "base" else control


def _list(places: Iterable[int]) -> str:
    return ", ".join(map(str, places))
