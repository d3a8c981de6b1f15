"""The runs of the chapter's experiments, and the sweep over them: base networks first, then all that copy from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from nbutils.nets.plans import PLANS
from nbutils.runs.store import Store, version_of
from nbutils.runs.sweeping import Done, sweep
from nbutils.transfer.halves import ALL
from nbutils.transfer.records import LAYERS, TREATMENTS, RunSettings, to_json
from nbutils.transfer.splits import classes_of
from nbutils.transfer.summaries import EXAMPLES

# Examples per class of section 5.7, brought down to what CIFAR-10 has of a class.
LADDER = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)
_PICTURES = {"cifar10": (32, 3), "mnist": (28, 1), "fashion_mnist": (28, 1), "quickdraw": (28, 1)}  # size, channels
# Shares of the time of a base network (twelve epochs, four versions of each picture) by how many layers are frozen:
# medians of the runs of random halves 0 that ship. What is not frozen learns ...
_LEARNING = (1.0, 0.62, 0.36, 0.23, 0.12, 0.03, 0.015, 0.008)
# ... after the frozen layers have answered to every version of every picture, and to the test pictures.
_ANSWERING = (0.0, 0.05, 0.08, 0.1, 0.1, 0.1, 0.1, 0.1)


@dataclass(frozen=True)
class Plan:
    """A sweep before it begins.

    wanted : all runs, base networks first; left : those of them that are not finished yet
    """

    wanted: tuple[RunSettings, ...]
    left: tuple[RunSettings, ...]

    @property
    def done(self) -> int:
        """Return how many runs are finished already."""
        return len(self.wanted) - len(self.left)

    @property
    def bases(self) -> float:
        """Return how many base networks' worth of work is left."""
        return sum(map(measure_work, self.left))


def fitting_plans(data: str) -> tuple[str, ...]:
    """Return the networks that take the pictures of a data set, the usual one first; ValueError for another set."""
    if data not in _PICTURES:
        raise ValueError(f"There are networks for the pictures of {', '.join(_PICTURES)}; got {str(data)[:40]!r}.")
    return tuple(plan.name for plan in PLANS.values() if (plan.size, plan.channels) == _PICTURES[data])


def choose_plan(data: str, name: str | None = None) -> str:
    """Return the network of that name, the usual one where none is named; ValueError for one that does not fit."""
    there = fitting_plans(data)
    if name is not None and name not in there:
        raise ValueError(f"The network {name} does not take the pictures of {data}; choose from {', '.join(there)}.")
    return name or there[0]


def grid(
    data: str = "cifar10",
    splits: Sequence[str] = ("random-0",),
    treatments: Sequence[str] = TREATMENTS,
    layers: Sequence[int] = range(1, LAYERS),
    seeds: Sequence[int] = (0,),
    **common: object,
) -> tuple[RunSettings, ...]:
    """Return the runs of Figures 5.2 and 5.3 in both directions, base networks first.

    common : other fields of RunSettings, the same for all runs; the plan is one that fits the data where none is given
    Raises ValueError for data that there are no networks for.
    """
    new = _begin(data, **common)
    targets = {split: ("A",) if split == ALL else ("A", "B") for split in splits}
    runs = []
    for treatment in TREATMENTS:
        if treatment != "base" and treatment not in treatments:
            continue
        for seed in seeds:
            for split in splits:
                if split == ALL and treatment.startswith("AnB"):
                    continue
                for target in targets[split]:
                    chosen = replace(new, split=split, target=target, seed=seed)
                    depths = (0,) if treatment == "base" else layers
                    runs += [replace(chosen, treatment=treatment, n=n) for n in depths]
    return tuple(runs)


def ladder(data: str = "cifar10", split: str = ALL, **common: object) -> tuple[RunSettings, ...]:
    """Return the runs of Figure 5.4: base networks with at most so many examples of every class, as far as there are.

    common : as `grid` takes them
    """
    new = _begin(data, split=split, target="A", **common)
    return tuple(replace(new, per_class=most) for most in reversed(LADDER) if most <= EXAMPLES[data])


def plan_grid(wanted: Sequence[RunSettings], folder: Path | str) -> Plan:
    """Return what is left to do of some runs."""
    from nbutils.transfer.running import train_one  # it brings torch along

    store = Store(Path(folder), version_of(train_one))
    return Plan(tuple(wanted), tuple(run for run in wanted if store.get(to_json(run), only=()) is None))


def run_grid(
    wanted: Sequence[RunSettings],
    folder: Path | str,
    workers: int | None = None,
    beat: float | None = None,
    device: str = "cpu",
) -> Iterator[Done | None]:
    """Yield every run as it ends: first those that copy from no other, then the others.

    The places of what is yielded are those in `wanted`. Base networks that are copied from and not among the runs
    must lie in the folder.
    device : "cpu", where processes share the runs, or "cuda", where runs that are alike train in one stack
    See `nbutils.runs.sweep` and `run_stacked` for the rest, and for what they raise.
    """
    for part in (
        [place for place, run in enumerate(wanted) if run.base is None],
        [place for place, run in enumerate(wanted) if run.base is not None],
    ):
        for done in _run_part([wanted[place] for place in part], folder, workers, beat, device):
            yield done and replace(done, place=part[done.place])


def _begin(data: str, **common: object) -> RunSettings:
    return RunSettings(data=data, **{"plan": choose_plan(data)} | common)


def _run_part(
    wanted: Sequence[RunSettings], folder: Path | str, workers: int | None, beat: float | None, device: str
) -> Iterator[Done | None]:
    if device != "cpu":
        from nbutils.transfer.cards import find_card
        from nbutils.transfer.stacked_running import run_stacked

        return run_stacked(wanted, folder, find_card(device), beat)
    from nbutils.transfer.running import train_one

    function = partial(train_one, folder=Path(folder).resolve())
    return sweep(function, [to_json(run) for run in wanted], folder, workers, beat)


def measure_work(run: RunSettings) -> float:
    """Return how much work a run is beside a base network of twelve passes through half of the same data."""
    tests = 0.2  # of the pictures of a half
    answered = (run.variants + tests) / (RunSettings().variants + tests)
    learned = _LEARNING[run.frozen] * run.epochs / RunSettings().epochs
    return _count_halves(run.data, run.split, run.target) * (learned + _ANSWERING[run.frozen] * answered)


@lru_cache(maxsize=256)
def _count_halves(data: str, split: str, target: str) -> float:
    """Return how many classes a run tells apart, in halves of all."""
    halves = classes_of(data, split)
    return 2 * len(halves[target == "B"]) / sum(map(len, halves))
