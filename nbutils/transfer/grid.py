"""The runs of the chapter's experiments, and the sweep over them: base networks first, then all that copy from them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from nbutils.runs.store import Store, version_of
from nbutils.runs.sweeping import Done, sweep
from nbutils.transfer.records import LAYERS, TREATMENTS, RunSettings, to_json

# Examples per class of section 5.7, brought down to what CIFAR-10 has of a class.
LADDER = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)
# What a run costs beside a base network, by how many layers are frozen and their outputs kept; measured.
_FROZEN_COST = (1.0, 0.75, 0.45, 0.32, 0.2, 0.06, 0.03, 0.02)


@dataclass(frozen=True)
class Plan:
    """A sweep before it begins.

    wanted : all runs, base networks first; done : how many are finished already
    bases : how many base networks' worth of work is left
    """

    wanted: tuple[RunSettings, ...]
    done: int
    bases: float


def grid(
    data: str = "cifar10",
    splits: Sequence[str] = ("random-0",),
    treatments: Sequence[str] = TREATMENTS,
    layers: Sequence[int] = range(1, LAYERS),
    seeds: Sequence[int] = (0,),
    **common: object,
) -> tuple[RunSettings, ...]:
    """Return the runs of Figures 5.2 and 5.3 in both directions, base networks first.

    common : other fields of RunSettings, the same for all runs
    """
    new = RunSettings(data=data, **common)
    targets = {split: ("A",) if split == "all" else ("A", "B") for split in splits}
    runs = []
    for treatment in TREATMENTS:
        if treatment != "base" and treatment not in treatments:
            continue
        for seed in seeds:
            for split in splits:
                if split == "all" and treatment.startswith("AnB"):
                    continue
                for target in targets[split]:
                    chosen = replace(new, split=split, target=target, seed=seed)
                    depths = (0,) if treatment == "base" else layers
                    runs += [replace(chosen, treatment=treatment, n=n) for n in depths]
    return tuple(runs)


def ladder(data: str = "cifar10", split: str = "all", **common: object) -> tuple[RunSettings, ...]:
    """Return the runs of Figure 5.4: base networks with at most so many examples of every class."""
    new = replace(RunSettings(data=data, split=split, target="A"), **common)
    return tuple(replace(new, per_class=per_class) for per_class in reversed(LADDER))


def plan_grid(wanted: Sequence[RunSettings], folder: Path | str) -> Plan:
    """Return what is left to do of some runs."""
    from nbutils.transfer.running import train_one  # it brings torch along

    store = Store(Path(folder), version_of(train_one))
    left = [run for run in wanted if store.get(to_json(run), only=()) is None]
    return Plan(tuple(wanted), len(wanted) - len(left), sum(_cost(run) for run in left))


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


def _run_part(
    wanted: Sequence[RunSettings], folder: Path | str, workers: int | None, beat: float | None, device: str
) -> Iterator[Done | None]:
    if device != "cpu":
        from nbutils.runs.devices import find_device
        from nbutils.transfer.stacked_running import run_stacked

        return run_stacked(wanted, folder, find_device(device).type, beat)
    from nbutils.transfer.running import train_one

    function = partial(train_one, folder=Path(folder).resolve())
    return sweep(function, [to_json(run) for run in wanted], folder, workers, beat)


def _cost(run: RunSettings) -> float:
    """Return how much work a run is beside a base network of twelve passes through half of CIFAR-10."""
    return _FROZEN_COST[run.frozen] * run.epochs / 12 * (2 if run.split == "all" else 1)
