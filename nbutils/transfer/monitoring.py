"""A grid of runs as one looks on: which there are, where each stands, and a sweep that can be stopped at once."""

import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import platformdirs

from nbutils import zoo
from nbutils.runs.records import name_processor
from nbutils.runs.store import Store
from nbutils.runs.sweeping import Done
from nbutils.runs.watching import State, watch
from nbutils.transfer.grid import Plan, grid, measure_work, plan_grid, run_grid
from nbutils.transfer.records import Run, RunSettings, to_json
from nbutils.transfer.results import make_run

# What version_of(train_one) is: a test compares them, so that looking on needs no torch.
TRAINER = "nbutils.transfer.running.train_one 1"
BEAT = 0.25  # seconds between two looks at whether to stop
MOST_LINES = 200
SPLITS = ("random-0", "random-1", "random-2", "random-3", "nature")
# Two base networks and twelve that copy from them, each for one pass through its half: for a look at the machinery.
SELF_TEST = grid(treatments=("BnB", "AnB"), layers=(1, 4, 7), epochs=1, variants=1)


@dataclass(frozen=True)
class Watched:
    """Where a grid stands.

    lines : what happened, the last one last; ended : how many runs this sweep has ended
    resting : whether no worker is at work any more
    """

    states: tuple[State, ...]
    lines: tuple[str, ...]
    ended: int
    resting: bool = False


def runs_folder() -> Path:
    """Return where a person's runs are kept: NBUTILS_RUNS, or else a folder among the user's data."""
    named = os.environ.get("NBUTILS_RUNS")
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_data_path("deep-visualization-notebooks") / "transfer_runs"


def whole_grid(splits: Sequence[str] = SPLITS) -> tuple[RunSettings, ...]:
    """Return the runs of Figures 5.2 and 5.3 on CIFAR-10: every treatment, every n, both directions."""
    return grid(splits=splits)


def look(wanted: Sequence[RunSettings], folder: Path) -> tuple[State, ...]:
    """Return where every run stands, in their order."""
    return watch(Store(folder, TRAINER), [to_json(run) for run in wanted])


def read_run(settings: RunSettings, folder: Path) -> Run | None:
    """Return a finished run with its curves; None where it is not there."""
    result = Store(folder, TRAINER).get(to_json(settings), only=("epochs", "accuracy", "loss"))
    return None if result is None else make_run(settings, result)


def require_pictures(wanted: Sequence[RunSettings]) -> None:
    """Raise zoo.Unavailable, with the command to run, where pictures of some runs are not on this machine."""
    for name in sorted({run.data for run in wanted}):
        if not zoo.is_ready(name):
            entry = zoo.find_entry(name)
            raise zoo.Unavailable(f"{entry.title}: not on this machine yet. Run `{entry.command}` while online.")


def follow_grid(
    wanted: Sequence[RunSettings], folder: Path, workers: int | None, rests: Callable[[], bool]
) -> Iterator[Watched]:
    """Train what is not trained yet and yield where all runs stand, about every quarter of a second.

    rests : says whether to stop; then the workers are ended before the next Watched is yielded, which is resting, and
        whoever asks for another one goes on with what is left
    Raises what `run_grid` raises, and zoo.Unavailable.
    """
    require_pictures(wanted)
    lines: list[str] = []
    ended: set[int] = set()
    finished = False
    while not finished:
        with closing(run_grid(wanted, folder, workers, BEAT)) as sweep:
            yield _watched(wanted, folder, lines, ended)
            for done in sweep:
                if done is not None:
                    ended.add(done.place)
                    if not done.kept:
                        lines.append(_tell(wanted[done.place], done))
                if rests():
                    break
                if done is None or not done.kept:
                    yield _watched(wanted, folder, lines, ended)
            else:
                finished = True
        if not finished:
            lines.append(f"{_now()} Stopped: what was under way begins anew, or goes on where it was last kept.")
        yield replace(_watched(wanted, folder, lines, ended), resting=True)


def estimate_seconds(plan: Plan, runs: Sequence[Run], workers: int) -> tuple[float, str] | None:
    """Return how long the rest of a grid may take, and on which processor that was measured; None where nothing was.

    runs : finished ones; base networks of the same data and plan tell how long one takes where as many run at a time as
        there are cores. Those of this processor count, else those of the most frequent one,
        and those of graphics cards where there are no others
    """
    kinds = {_kind(run) for run in plan.left}
    bases = [run for run in runs if _is_base(run.settings) and _kind(run.settings) in kinds]
    measured = Counter(run.hardware for run in bases)
    here = name_processor()
    for hardware in sorted(measured, key=lambda one: (not one.startswith(here), "thread" not in one, -measured[one])):
        seconds = defaultdict(list)
        for run in bases:
            if run.hardware == hardware:
                seconds[_kind(run.settings)].append(run.seconds / measure_work(run.settings))
        if kinds <= seconds.keys():
            work = sum(measure_work(run) * median(seconds[_kind(run)]) for run in plan.left)
            return work / max(1, workers), hardware
    return None


def _is_base(run: RunSettings) -> bool:
    return run.treatment == "base" and run.per_class == 0


def _kind(run: RunSettings) -> tuple[str, str]:
    """Return what base networks must share to take as long as one another."""
    return run.data, run.plan


def plan_rest(wanted: Sequence[RunSettings], words: Sequence[str]) -> Plan:
    """Return what is left to do of some runs by where each stands, as `look` tells it; it needs no torch."""
    return Plan(tuple(wanted), tuple(run for run, word in zip(wanted, words, strict=True) if word != "done"))


def make_plan(wanted: Sequence[RunSettings], folder: Path) -> Plan:
    """Return what is left to do of some runs; it brings torch along."""
    return plan_grid(wanted, folder)


def _watched(wanted: Sequence[RunSettings], folder: Path, lines: list[str], ended: set[int]) -> Watched:
    return Watched(look(wanted, folder), tuple(lines[-MOST_LINES:]), len(ended))


def _tell(run: RunSettings, done: Done) -> str:
    name = f"{_now()} {run.name}, {run.split}"
    if done.failure:
        return f"{name} failed: {done.failure}"
    return f"{name}: {done.result.facts['score']:.4f} after {done.result.facts['seconds']:.0f} s"


def _now() -> str:
    return time.strftime("%H:%M:%S")
