"""What holds for the exercises of every chapter that are answered with a number."""

import re
from functools import partial

import pytest

from nbutils.widgets.exercise import check

NO_NUMBERS = ("", "round", "nan", "1e999", "0x10")
BOLD_NUMBER = re.compile(r"\*\*[^\d*−]*(−?[\d,.]*\d)[^*]*\*\*")


def list_judgements(exercises, right, wrong):
    """Return one case for every answer: a function that says what is wrong with its verdict, "" for nothing.

    right : name of an exercise -> an answer that is right
    wrong : name of an exercise -> answer -> what must be said of it
    """
    cases = []
    for name, answer in right.items():
        exercise = getattr(exercises, name)()
        solution = find_solution(exercise)
        judged = {f"{given} is right": partial(find_fault_of_right, exercise, given) for given in (answer, solution)}
        for given, said in (dict.fromkeys(NO_NUMBERS, "") | wrong[name]).items():
            judged[f"{given or 'nothing'} is wrong"] = partial(find_fault_of_wrong, exercise, given, said, answer)
        cases += [pytest.param(find_fault, id=f"{name}, {told}") for told, find_fault in judged.items()]
    return cases


def find_solution(exercise):
    """Return the first number that the solution sets in bold type, as one would type it."""
    return BOLD_NUMBER.search(exercise.solution)[1].replace("−", "-").replace(",", "")


def find_fault_of_right(exercise, answer):
    """Return what is wrong with how a right answer is judged, "" for nothing."""
    verdict = check(exercise, answer)
    return "" if verdict.right and verdict.sentence.startswith("Yes") else verdict.sentence


def find_fault_of_wrong(exercise, answer, said, right):
    """Return what is wrong with how a wrong answer is judged: `said` must be said of it, and not the right answer."""
    verdict = check(exercise, answer)
    if verdict.right or said not in verdict.sentence or not verdict.sentence.endswith("."):
        return f"{said!r} is not said: {verdict.sentence}"
    return "the sentence tells the answer" if right.replace(",", ".") in verdict.sentence.split() else ""
