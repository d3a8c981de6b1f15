"""The small setting: what one thread trains in about a minute, and what was measured in it beforehand.

Everything is as in the grid of the chapter, base networks included, but for fewer passes and one version of a picture.
Its runs are compared with each other and never with those of the grid.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from math import sqrt

from nbutils.transfer.bases import list_bases
from nbutils.transfer.records import Run, RunSettings
from nbutils.transfer.results import FOLDER, key_of, load_results
from nbutils.transfer.summaries import count_tested

EPOCHS, VARIANTS = 2, 1
SMALL = FOLDER / "small"
SPLITS = ("random-0", "random-1", "random-2", "random-3", "nature")
SURE = 2  # standard errors of a difference that chance alone hardly reaches
LANDINGS = ("below", "at", "above")


def make_small(settings: RunSettings) -> RunSettings:
    """Return a run as the small setting has it."""
    return replace(settings, epochs=EPOCHS, variants=VARIANTS, per_class=0)


@cache
def load_small() -> tuple[Run, ...]:
    """Return the runs of the small setting that ship; raises ValueError, as a sentence, where they are damaged."""
    return load_results(SMALL)


@cache
def list_splits() -> tuple[str, ...]:
    """Return the splits of CIFAR-10 whose two base networks of the small setting ship."""
    keys = list_bases()
    return tuple(
        split
        for split in SPLITS
        if all(key_of(make_small(RunSettings(split=split, target=target))) in keys for target in "AB")
    )


def find_beside(settings: RunSettings, runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the base networks of the same classes, trained in the same way from any seed, in the order of seeds."""
    wanted = replace(settings, treatment="base", n=0, seed=0)
    found = [run for run in runs if replace(run.settings, seed=0) == wanted]
    return tuple(sorted(found, key=lambda run: run.settings.seed))


def measure_reach(score: float, beside: Iterable[Run]) -> float:
    """Return how far from the mean of base networks a score may be by chance alone.

    Twice the standard error of the difference of two shares (binomial), each measured with all test pictures of the
    classes, together with how much the base networks differ from each other where there are several.
    """
    beside = tuple(beside)
    scores = [run.score for run in beside]
    mean = sum(scores) / len(scores)
    tested = count_tested(beside[0].settings)
    chance = (score * (1 - score) + mean * (1 - mean)) / tested
    spread = sum((each - mean) ** 2 for each in scores) / (len(scores) - 1) if len(scores) > 1 else 0.0
    return SURE * sqrt(chance + spread)


def judge(score: float, beside: Iterable[Run]) -> str:
    """Return where a score lies, "below", "at" or "above" the mean of base networks; ValueError where there is none."""
    beside = tuple(beside)
    if not beside:
        raise ValueError("There is no base network of these classes to compare with.")
    gap = score - sum(run.score for run in beside) / len(beside)
    reach = measure_reach(score, beside)
    return LANDINGS[1] if abs(gap) <= reach else LANDINGS[2 if gap > 0 else 0]
