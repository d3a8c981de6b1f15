"""The exercises of chapter 1: question, check and solution in one place."""

import numpy as np

from nbutils.figures import ledger
from nbutils.introduction import edges
from nbutils.widgets.exercise import Exercise, Verdict, to_number

DIRECTIONS, TILE = 8, 1


def negative_photograph() -> Exercise:
    """Return the exercise on what a filter of the practice wall finds in a negative."""

    def check(answer: object) -> Verdict:
        filter_number = _whole(answer)
        if not 0 <= filter_number < DIRECTIONS:
            return Verdict(False, f"With {DIRECTIONS} directions the filters are 0 to {DIRECTIONS - 1}.")
        photo = edges.photograph()
        wanted = edges.find_edges(1 - photo, DIRECTIONS)[TILE]
        found = edges.find_edges(photo, DIRECTIONS)[filter_number]
        apart = float(np.abs(wanted - found).mean() / wanted.mean())
        if apart < 1e-3:
            return Verdict(True, f"Right: the two tiles are the same in all {photo.size:,} pixels.")
        return Verdict(False, f"Not yet: they differ by {apart:.0%} of an average answer. What becomes of a slope?")

    return Exercise(
        question=f"Set the wall to {DIRECTIONS} directions and look at tile {TILE}, which is 45°. Now think of the "
        "photograph's negative: black for white and white for black. "
        f"Which tile of the wall that you see is what tile {TILE} would be for the negative? Write its number.",
        check=check,
        solution="**Tile 5**, which is 225°. In a negative every slope turns round: where the photograph got "
        "brighter towards 45°, its negative gets darker, and that is brighter towards the opposite side.",
    )


def figures_of_chapter_6() -> Exercise:
    """Return the exercise of looking something up in the ledger."""

    def check(answer: object) -> bool:
        rows = ledger.choose(ledger.read(), chapter="06_deepvis")
        return _whole(answer) == sum(row.id.startswith("F") for row in rows)

    return Exercise(
        question="How many **figures** do the sources have for chapter 6? Write a number.",
        check=check,
        hint="The letter an id begins with says what it is.",
        solution="**6**, F6.1 to F6.6. T6.1 is a table. In Python: "
        '`sum(row.id.startswith("F") for row in ledger.choose(ledger.read(), "06_deepvis"))`.',
    )


def _whole(answer: object) -> int:
    number = to_number(answer)
    if not number.is_integer():
        raise ValueError(f"a whole number is wanted, got {number}.")
    return int(number)
