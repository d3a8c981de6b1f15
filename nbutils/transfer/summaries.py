"""What the runs say together: points and means, what a treatment gains or loses, and with how much data."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nbutils.transfer.halves import ALL, NATURE, Halves
from nbutils.transfer.records import LAYERS, TREATMENTS, Run, RunSettings

RANGES = ((1, 7), (3, 7), (5, 7))  # of Table 5.1
CONFIDENCE = 0.95
LUCK = 3  # standard errors of a share that was measured on so many test pictures
NORMAL = 1.96  # standard errors of a 95 % interval where nothing varies but which pictures are tested
# The mean of the ten best of a few validations is that of a whole training, whose beginning says nothing of its end.
FEWEST_VALIDATIONS = 20
# Pictures of a class to learn from, of MNIST of its rarest; all test pictures, and classes.
EXAMPLES = {"cifar10": 5_000, "mnist": 5_421, "fashion_mnist": 6_000, "quickdraw": 80}
TESTED = {"cifar10": 10_000, "mnist": 10_000, "fashion_mnist": 10_000, "quickdraw": 6_900}
COUNTS = {"cifar10": 10, "mnist": 10, "fashion_mnist": 10, "quickdraw": 345}

Scorer = Callable[[Run], float]


@dataclass(frozen=True)
class Mean:
    """The mean of some values.

    error : its standard error; NaN where there is one value
    low, high : the ends of its 95 % interval, see `average`; NaN where there is one value
    """

    mean: float
    error: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Level:
    """All runs of a treatment at one n, in the order of their settings, with their values."""

    treatment: str
    n: int
    runs: tuple[Run, ...]
    values: tuple[float, ...]

    @property
    def mean(self) -> Mean:
        """Return the mean of the values."""
        return average(self.values)


@dataclass(frozen=True)
class Rung:
    """Networks that were trained on so many examples of each class."""

    per_class: int
    runs: tuple[Run, ...]
    values: tuple[float, ...]

    @property
    def mean(self) -> Mean:
        """Return the mean of the values."""
        return average(self.values)


def score_of(score: str) -> Scorer:
    """Return what reads a run's score: "last" or "best_ten"; ValueError for another word."""
    if score not in ("last", "best_ten"):
        raise ValueError(f'A score is "last" or "best_ten", got {str(score)[:40]!r}.')
    return (lambda run: run.score) if score == "last" else (lambda run: run.best_ten)


def has_ten_best(run: Run) -> bool:
    """Return whether the mean of a run's ten best validations says something: whether there were 20 or more."""
    return len(run.accuracy) >= FEWEST_VALIDATIONS


def keep_scored(runs: Iterable[Run], score: str) -> tuple[Run, ...]:
    """Return the runs that have a score, "last" or "best_ten", of which not all have the second."""
    return tuple(run for run in runs if score == "last" or has_ten_best(run))


def average(values: Sequence[float], noise: float = 0.0) -> Mean:
    """Return the mean of some values, at least one, and how sure it is.

    noise : standard deviation that each value has for certain. The interval is Student's t over the values, and never
        narrower than this noise alone makes it: two values may lie close together by chance
    """
    held = np.asarray(values, float)
    mean = float(held.mean())
    if len(held) < 2:
        return Mean(mean, math.nan, math.nan, math.nan, len(held))
    error = float(held.std(ddof=1) / math.sqrt(len(held)))
    reach = max(student(len(held) - 1) * error, NORMAL * noise / math.sqrt(len(held)))
    return Mean(mean, error, mean - reach, mean + reach, len(held))


def student(freedom: int) -> float:
    """Return how many standard errors a 95 % interval reaches to each side with so many degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.5 + CONFIDENCE / 2))


def main_runs(runs: Iterable[Run], halves: Halves) -> tuple[Run, ...]:
    """Return those runs of some halves that are one experiment: all examples, relu, and the usual way of training.

    Where networks were trained in several ways, the way of most of them is the usual one.
    """
    return keep_usual(run for run in runs if halves.holds(run.settings) and _is_plain(run.settings))


def keep_usual(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs that were trained in the way of most of them: as many epochs, the same network, and so on."""
    runs = tuple(runs)
    ways = Counter(_way(run.settings) for run in runs)
    usual = max(ways, key=lambda way: (ways[way], way), default=None)
    return tuple(run for run in runs if _way(run.settings) == usual)


def count_planned(runs: Iterable[Run]) -> int:
    """Return how many runs the whole grid has for the splits and seeds that are there: base, and 7 n of 5 treatments.

    There are two directions of each.
    """
    units = {(run.settings.split, run.settings.seed) for run in runs}
    return len(units) * 2 * (1 + (len(TREATMENTS) - 1) * (LAYERS - 1))


def points(runs: Iterable[Run], score: str = "last", subtracted: bool = False) -> dict[str, dict[int, Level]]:
    """Return treatment -> n -> its runs and their values; what was not run is absent.

    subtracted : whether each value is what the run has more than the base network of its own classes; runs whose base
        is not there are left out
    """
    read, runs = score_of(score), keep_scored(runs, score)
    held = {run.settings: run for run in runs}
    grouped: dict[tuple[str, int], list[tuple[Run, float]]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: _order(run.settings)):
        base = held.get(own_base(run.settings))
        if subtracted and base is None:
            continue
        value = read(run) - (read(base) if subtracted else 0.0)
        grouped[run.settings.treatment, run.settings.n].append((run, value))
    found: dict[str, dict[int, Level]] = {}
    for treatment in TREATMENTS:
        for n in range(LAYERS):
            if members := grouped.get((treatment, n)):
                level = Level(treatment, n, *(tuple(part) for part in zip(*members, strict=True)))
                found.setdefault(treatment, {})[n] = level
    return found


def fair_means(runs: Iterable[Run], treatment: str, score: str = "last") -> dict[int, Mean]:
    """Return n -> the mean base and, added to it, the mean gap of a treatment to the base of the same classes.

    Where all runs are there, this is their mean. Where some are missing, it is not moved by which classes are easy. The
    error and the interval are those of the gap; at n = 0 stands the base, without any. Without a base: plain means.
    """
    runs = tuple(runs)
    plain = points(runs, score)
    if "base" not in plain:
        return {n: level.mean for n, level in plain.get(treatment, {}).items()}
    base = plain["base"][0].mean.mean
    found = {0: Mean(base, math.nan, math.nan, math.nan, plain["base"][0].mean.count)}
    for n, level in points(runs, score, subtracted=True).get(treatment, {}).items():
        gap = level.mean
        found[n] = Mean(base + gap.mean, gap.error, base + gap.low, base + gap.high, gap.count)
    return found


def base_mean(runs: Iterable[Run], score: str = "last") -> float | None:
    """Return the mean of the base networks; None where there is none."""
    read = score_of(score)
    values = [read(run) for run in keep_scored(runs, score) if run.settings.treatment == "base"]
    return average(values).mean if values else None


def own_base(settings: RunSettings) -> RunSettings:
    """Return the base network that was trained on the same classes in the same way."""
    return replace(settings, treatment="base", n=0)


def differences(
    runs: Iterable[Run], treatment: str, control: str, score: str = "last"
) -> dict[int, dict[tuple[str, str, int], float]]:
    """Return n -> (split, target, seed) -> how much more a treatment has than its control on the same classes.

    control : a treatment, taken at the same n, or "base"
    """
    read = score_of(score)
    held = {run.settings: read(run) for run in keep_scored(runs, score)}
    found: dict[int, dict[tuple[str, str, int], float]] = {}
    for settings, value in sorted(held.items(), key=lambda pair: _order(pair[0])):
        if settings.treatment != treatment:
            continue
        other = held.get(replace(settings, treatment=control, n=0 if control == "base" else settings.n))
        if other is not None:
            unit = (settings.split, settings.target, settings.seed)
            found.setdefault(settings.n, {})[unit] = value - other
    return dict(sorted(found.items()))


def boosts(
    runs: Iterable[Run], treatment: str = "AnB+", controls: Sequence[str] = ("base", "BnB+"), score: str = "last"
) -> dict[tuple[int, int], dict[str, Mean]]:
    """Return Table 5.1: range of layers -> control -> the mean boost; a cell without runs is absent.

    A boost is first averaged over the layers of a range, for each target and seed by itself, because runs that share a
    base do not vary on their own; the interval is that of these averages, see `average`.
    """
    runs = tuple(runs)
    noise = {control: noise_of_testing(runs, (treatment, control), score) for control in controls}
    gaps = {control: differences(runs, treatment, control, score) for control in controls}
    found: dict[tuple[int, int], dict[str, Mean]] = {}
    for first, last in RANGES:
        for control in controls:
            units: dict[tuple[str, str, int], list[float]] = defaultdict(list)
            for n in range(first, last + 1):
                for unit, gap in gaps[control].get(n, {}).items():
                    units[unit].append(gap)
            if units:
                means = [float(np.mean(values)) for values in units.values()]
                found.setdefault((first, last), {})[control] = average(means, noise[control])
    return found


def noise_of_testing(runs: Iterable[Run], treatments: Collection[str], score: str = "last") -> float:
    """Return the standard deviation of a gap between two such networks that comes from which pictures are tested.

    Their mistakes are taken as independent (binomial); those of like networks are not quite, so this is too much rather
    than too little. 0 where there are no such runs.
    """
    read = score_of(score)
    chosen = [run for run in keep_scored(runs, score) if run.settings.treatment in treatments]
    squares = [2 * read(run) * (1 - read(run)) / count_tested(run.settings) for run in chosen]
    return math.sqrt(float(np.mean(squares))) if squares else 0.0


def ladder(runs: Iterable[Run], data: str = "cifar10", score: str = "last") -> tuple[Rung, ...]:
    """Return Figure 5.4: the networks of all classes by how many examples of each they had, the fewest first.

    Where they were trained in several ways, the way of most of them is drawn.
    """
    read = score_of(score)
    found: dict[int, list[Run]] = defaultdict(list)
    wanted = (data, ALL, "base", "relu")
    for run in keep_usual(run for run in keep_scored(runs, score) if _name_kind(run.settings) == wanted):
        found[run.settings.per_class or EXAMPLES[data]].append(run)
    rungs = []
    for per_class in sorted(found):
        members = sorted(found[per_class], key=lambda run: _order(run.settings))
        rungs.append(Rung(per_class, tuple(members), tuple(read(run) for run in members)))
    return tuple(rungs)


def chance_of(settings: RunSettings) -> float:
    """Return how often a network would be right that guesses."""
    return 1 / count_classes(settings)


def luck_of(settings: RunSettings) -> float:
    """Return by how much a network that guesses may be above chance: three standard errors of such a share."""
    chance = chance_of(settings)
    return LUCK * float(np.sqrt(chance * (1 - chance) / count_tested(settings)))


def count_classes(settings: RunSettings) -> int:
    """Return how many classes a run's network tells apart."""
    classes = COUNTS[settings.data]
    if settings.split == ALL:
        return classes
    if settings.split == NATURE:
        return 4 if settings.target == "A" else 6
    return classes // 2 if settings.target == "A" else classes - classes // 2


def count_tested(settings: RunSettings) -> int:
    """Return with how many pictures a run was validated; of MNIST about, as its classes are not equally frequent."""
    return round(TESTED[settings.data] * count_classes(settings) / COUNTS[settings.data])


def mean_by_target(runs: Iterable[Run], treatment: str, score: str = "last") -> Mapping[str, dict[int, Mean]]:
    """Return target -> n -> the mean of a treatment's runs, the base network at n = 0 (Figure 5.3, top left)."""
    read = score_of(score)
    values: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for run in keep_scored(runs, score):
        if run.settings.treatment in ("base", treatment):
            values[run.settings.target][run.settings.n].append(read(run))
    return {target: {n: average(found) for n, found in sorted(by_n.items())} for target, by_n in sorted(values.items())}


def _is_plain(settings: RunSettings) -> bool:
    return settings.per_class == 0 and settings.nonlinearity == "relu"


def _name_kind(settings: RunSettings) -> tuple[str, ...]:
    return (settings.data, settings.split, settings.treatment, settings.nonlinearity)


def _way(settings: RunSettings) -> tuple:
    return (settings.epochs, settings.variants, settings.batch, settings.rate, settings.plan)


def _order(settings: RunSettings) -> tuple:
    return (settings.split, settings.target, settings.seed, settings.per_class, settings.treatment, settings.n)
