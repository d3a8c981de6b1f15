"""What the runs on all ten classes say: accuracy with fewer and fewer examples, and against half of the classes."""

import math
from collections.abc import Iterable, Sequence

from nbutils.transfer import summaries
from nbutils.transfer.findings_gaps import choose, describe
from nbutils.transfer.records import Run
from nbutils.transfer.summaries import Rung

AT_CHANCE = 3  # standard errors of a share that was measured on so many test pictures
FEWEST = (1, 2)


def measure_ladder(runs: Iterable[Run]) -> dict:
    """Return accuracy against examples of each class, by one schedule of equally many steps (F5.4, T5.2)."""
    return {"chance": _chance(_climb(runs)), "accuracy": {str(r.per_class): describe(r.mean) for r in _climb(runs)}}


def compare_classes(runs: Iterable[Run]) -> dict:
    """Return what the base networks of half of the classes reach, and the network of all classes (C5-04).

    Both have as many passes through their pictures where such a network of all classes was trained.
    """
    runs = tuple(runs)
    halves = summaries.points(choose(runs))["base"][0]
    wanted = halves.runs[0].settings.epochs
    full = _climb(runs)[-1].runs
    alike = [run for run in full if run.settings.epochs == wanted] or full
    return {
        "half": describe(halves.mean),
        "half_chance": summaries.chance_of(halves.runs[0].settings),
        "half_epochs": wanted,
        "all": describe(summaries.average([run.score for run in alike])),
        "all_chance": summaries.chance_of(alike[0].settings),
        "all_epochs": alike[0].settings.epochs,
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
        "rise": rise,
        "rise_a_doubling": rise / doublings,
    }


def find_chance(runs: Iterable[Run]) -> dict:
    """Return with how many examples networks are no better than guessing (C5-23)."""
    rungs = _climb(runs)
    chance = _chance(rungs)
    tested = summaries.count_tested(rungs[0].runs[0].settings)
    reach = AT_CHANCE * math.sqrt(chance * (1 - chance) / tested)
    return {
        "chance": chance,
        "reach": reach,
        "at_chance": [rung.per_class for rung in rungs if abs(rung.mean.mean - chance) <= reach],
        "accuracy": {str(rung.per_class): rung.mean.mean for rung in rungs},
    }


def measure_fewest(runs: Iterable[Run]) -> dict:
    """Return accuracy with one and with two examples of each class, and how many times chance that is (C5-24)."""
    rungs = {rung.per_class: rung for rung in _climb(runs)}
    if not set(FEWEST) <= set(rungs):
        raise ValueError("There are no runs with one and two examples of each class yet.")
    chance = _chance(tuple(rungs.values()))
    return {"chance": chance} | {
        str(count): {"accuracy": rungs[count].mean.mean, "times_chance": rungs[count].mean.mean / chance}
        for count in FEWEST
    }


def _climb(runs: Iterable[Run]) -> tuple[Rung, ...]:
    """Return the rungs of the ladder; ValueError, as a sentence, where there are not two."""
    rungs = summaries.ladder(runs)
    if len(rungs) < 2:
        raise ValueError("There are no runs with fewer examples of each class yet.")
    return rungs


def _chance(rungs: Sequence[Rung]) -> float:
    return summaries.chance_of(rungs[0].runs[0].settings)
