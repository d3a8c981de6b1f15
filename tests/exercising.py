"""What holds for the exercises of every chapter that are answered with a number."""

import re

from nbutils.widgets.exercise import check

NO_NUMBERS = ("", "round", "nan", "1e999", "0x10")
BOLD_NUMBER = re.compile(r"\*\*[^\d*−]*(−?[\d,.]*\d)[^*]*\*\*")


def find_solution(exercise):
    """Return the first number that the solution sets in bold type, as one would type it."""
    return BOLD_NUMBER.search(exercise.solution)[1].replace("−", "-").replace(",", "")


def find_fault_of_right(exercise, answer):
    """Return what is wrong with how a right answer is judged, or the one that the solution gives; "" for nothing."""
    for given in (answer, find_solution(exercise)):
        verdict = check(exercise, given)
        if not verdict.right or not verdict.sentence.startswith("Yes"):
            return f"{given}: {verdict.sentence}"
    return "" if len(exercise.solution) > 100 else "the solution explains nothing"


def find_fault_of_wrong(exercise, answer, said, right):
    """Return what is wrong with how a wrong answer is judged: it must be told `said`, and not the right answer."""
    verdict = check(exercise, answer)
    if verdict.right or said not in verdict.sentence:
        return f"{said!r} is not said: {verdict.sentence}"
    return "the sentence tells the answer" if right.replace(",", ".") in verdict.sentence.split() else ""


def find_taken(exercise):
    """Return which answers that are no number are taken for right, or are refused without a sentence."""
    verdicts = {answer: check(exercise, answer) for answer in NO_NUMBERS}
    return [answer for answer, verdict in verdicts.items() if verdict.right or not verdict.sentence.endswith(".")]
