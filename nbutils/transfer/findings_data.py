"""What the runs on all ten classes say: accuracy with fewer and fewer examples, and against half of the classes."""

import math
from collections.abc import Iterable, Sequence
from statistics import fmean

from nbutils.transfer import summaries
from nbutils.transfer.findings_gaps import choose, describe
from nbutils.transfer.grid import LADDER
from nbutils.transfer.readings import measure_bases
from nbutils.transfer.records import Run
from nbutils.transfer.summaries import Rung

# Of the loss of guessing: where it ends above, a network did not even learn the pictures that it was shown.
NOT_LEARNED = 0.95
FEWEST = (1, 2)


def measure_ladder(runs: Iterable[Run]) -> dict:
    """Return accuracy against examples of each class, by one schedule of equally many steps (F5.4, T5.2).

    loss : mean loss in training before the last validation; not_learned : examples of a class with which it stayed
        near that of guessing; absent : of the ladder, those without a network that came to its end
    """
    rungs = _climb(runs)
    guessing = math.log(1 / _chance(rungs))
    loss = {rung.per_class: fmean(float(run.loss[-1]) for run in rung.runs) for rung in rungs}
    return {
        "chance": _chance(rungs),
        "epochs": rungs[-1].runs[0].settings.epochs,
        "accuracy": {str(rung.per_class): describe(rung.mean) for rung in rungs},
        "loss": {str(count): value for count, value in loss.items()},
        "loss_of_guessing": guessing,
        "not_learned": [count for count, value in loss.items() if not value < NOT_LEARNED * guessing],
        "absent": [count for count in LADDER if count not in loss],
    }


def compare_classes(runs: Iterable[Run]) -> dict:
    """Return what the base networks of half of the classes reach, and the network of all classes (C5-04).

    Both have as many passes through their pictures; ValueError, as a sentence, where no such network was trained.
    """
    runs = tuple(runs)
    halves = choose(runs)
    half, whole = measure_bases(runs, halves)
    if half is None or whole is None:
        raise ValueError("There are no base networks of half of the classes and of all, trained alike, yet.")
    settings = halves[0].settings
    return {
        "half": describe(half),
        "half_chance": summaries.chance_of(settings),
        "all": describe(whole),
        "all_chance": 1 / summaries.COUNTS[settings.data],
        "epochs": settings.epochs,
    }


def measure_last_rise(runs: Iterable[Run]) -> dict:
    """Return by how much accuracy rises from the last reduced set to all examples (C5-22)."""
    *_, less, full = _climb(runs)
    rise = full.mean.mean - less.mean.mean
    doublings = math.log2(full.per_class / less.per_class)
    return {
        "from": less.per_class,
        "to": full.per_class,
        "accuracy": [less.mean.mean, full.mean.mean],
        "tested": summaries.NORMAL * summaries.noise_of_testing((*less.runs, *full.runs), ("base",)),
        "rise": rise,
        "rise_a_doubling": rise / doublings,
    }


def find_chance(runs: Iterable[Run]) -> dict:
    """Return with how many examples networks are no better than guessing, and with how many they learn nothing (C5-23).

    reach : by how much one network that guesses may lie above chance
    """
    runs = tuple(runs)
    rungs, told = _climb(runs), measure_ladder(runs)
    chance = told["chance"]
    reach = summaries.luck_of(rungs[0].runs[0].settings)
    above = {rung.per_class: (rung.mean.mean - chance) * math.sqrt(len(rung.runs)) for rung in rungs}
    kept = {name: told[name] for name in ("loss", "loss_of_guessing", "not_learned", "absent")}
    return kept | {
        "chance": chance,
        "reach": reach,
        "at_chance": [count for count, value in above.items() if value <= reach],
        "accuracy": {str(rung.per_class): rung.mean.mean for rung in rungs},
    }


def measure_fewest(runs: Iterable[Run]) -> dict:
    """Return accuracy with one and with two examples of each class, and how many times chance that is (C5-24).

    None stands where no network came to its end; ValueError, as a sentence, where both are missing.
    """
    rungs = {rung.per_class: rung for rung in _climb(runs)}
    if not set(FEWEST) & set(rungs):
        raise ValueError("There are no runs with one or two examples of each class yet.")
    chance = _chance(tuple(rungs.values()))
    return {"chance": chance} | {str(count): _tell_rung(rungs.get(count), chance) for count in FEWEST}


def _tell_rung(rung: Rung | None, chance: float) -> dict | None:
    return rung and {"accuracy": rung.mean.mean, "times_chance": rung.mean.mean / chance}


def _climb(runs: Iterable[Run]) -> tuple[Rung, ...]:
    """Return the rungs of the ladder; ValueError, as a sentence, where there are not two."""
    rungs = summaries.ladder(runs)
    if len(rungs) < 2:
        raise ValueError("There are no runs with fewer examples of each class yet.")
    return rungs


def _chance(rungs: Sequence[Rung]) -> float:
    return summaries.chance_of(rungs[0].runs[0].settings)
