"""The runs of the small setting, trained beforehand: what one's own network is compared with, and copies from."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from nbutils.runs.records import describe_origin
from nbutils.runs.store import version_of
from nbutils.transfer import grid, small
from nbutils.transfer.bases import write_bases
from nbutils.transfer.records import RunSettings
from nbutils.transfer.results import FOLDER, write_results
from nbutils.transfer.running import train_one


def list_small(splits: Sequence[str], treatments: Sequence[str], seeds: Sequence[int]) -> tuple[RunSettings, ...]:
    """Return the runs of the small setting, base networks first."""
    common = {"epochs": small.EPOCHS, "variants": small.VARIANTS}
    return grid.grid(splits=splits, treatments=treatments, seeds=seeds, **common)


def train_and_write(
    wanted: Sequence[RunSettings], folder: Path | str, workers: int | None, command: str, out: Path = FOLDER
) -> Iterator[str]:
    """Train what is not trained yet, put all of it into data/transfer, and yield lines that say how it goes.

    Raises what `nbutils.runs.sweep` raises.
    """
    for done in grid.run_grid(wanted, folder, workers):
        run = wanted[done.place]
        told = done.failure or f"{done.result.facts['score']:.4f}{', kept before' if done.kept else ''}"
        yield f"{run.name}, {run.split}, seed {run.seed}: {told}"
    runs = write_results(folder, wanted, out / small.SMALL.name, origin=describe_origin(command, 0))
    bases = [run for run in wanted if run.treatment == "base"]
    keys = write_bases(folder, bases, version_of(train_one), out)
    yield f"{len(runs)} runs and {len(keys)} base networks are kept in {out}."
