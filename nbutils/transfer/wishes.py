"""What a sweep over the chapter's runs is asked for: its runs, and the line that asks for them again."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from nbutils.transfer.grid import choose_plan, grid, ladder
from nbutils.transfer.halves import ALL, NATURE
from nbutils.transfer.records import LAYERS, TREATMENTS, RunSettings
from nbutils.transfer.splits import classes_of

LINE = "python -m nbutils sweep transfer"


@dataclass(frozen=True)
class Wish:
    """What `sweep transfer` was asked for; its options say what each means."""

    data: str = "cifar10"
    splits: int = 1
    nature: bool = False
    all_classes: bool = False
    ladder: bool = False
    treatments: tuple[str, ...] = TREATMENTS
    layers: tuple[int, ...] = tuple(range(1, LAYERS))
    epochs: int = 12
    seeds: int = 1
    network: str | None = None
    nonlinearity: str = "relu"
    folder: Path | None = None
    fresh: bool = False
    workers: int | None = None
    backend: str = "processes"
    scheduler: str | None = None
    results: Path | None = None
    only_plan: bool = False
    only_table: bool = False


def list_runs(wish: Wish) -> tuple[RunSettings, ...]:
    """Return the runs that were asked for, each once, base networks first; ValueError for what cannot be."""
    splits = [f"random-{seed}" for seed in range(wish.splits)]
    splits += [NATURE] if wish.nature else []
    splits += [ALL] if wish.all_classes else []
    for split in splits:
        classes_of(wish.data, split)  # says so where the classes of these data are not divided so
    common = {"plan": choose_plan(wish.data, wish.network), "epochs": wish.epochs, "nonlinearity": wish.nonlinearity}
    runs = grid(wish.data, splits, wish.treatments, wish.layers, range(wish.seeds), **common)
    if wish.ladder:
        runs += tuple(run for seed in range(wish.seeds) for run in ladder(wish.data, seed=seed, **common))
    return tuple(dict.fromkeys(runs))


def tell_line(wish: Wish) -> str:
    """Return the line that asks for the same runs: what to run, and nothing of where and how."""
    usual = Wish()
    words = ["--data", wish.data, "--splits", str(wish.splits)]
    for flag, is_set in (("--nature", wish.nature), ("--all", wish.all_classes), ("--ladder", wish.ladder)):
        words += [flag] if is_set else []
    for option, value, other in (
        ("--treatments", ",".join(wish.treatments), ",".join(usual.treatments)),
        ("--layers", ",".join(map(str, wish.layers)), ",".join(map(str, usual.layers))),
        ("--epochs", str(wish.epochs), str(usual.epochs)),
        ("--seeds", str(wish.seeds), str(usual.seeds)),
        ("--network", wish.network or "", ""),
        ("--nonlinearity", wish.nonlinearity, usual.nonlinearity),
    ):
        words += [option, value] if value != other else []
    return f"{LINE} {shlex.join(words)}"
