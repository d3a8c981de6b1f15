"""A run of training that is kept on the disk after every epoch, so that it goes on where it was stopped."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from nbutils.boltzmann import monitors
from nbutils.boltzmann.checkpoints import read_checkpoint, save_checkpoint
from nbutils.boltzmann.settings import Training
from nbutils.rbm import stored_runs
from nbutils.rbm.examples import Examples
from nbutils.rbm.running import Followed, follow

CHECKPOINT, POINTS = "checkpoint.safetensors", "points.npz"


def follow_kept(examples: Examples, settings: Training, folder: Path) -> Iterator[Followed]:
    """Yield a run as `running.follow` does, from what a run of the same settings left in the folder on.

    Raises what `follow` raises, and ValueError or OSError where the folder holds another run or cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    start = read_kept(examples, settings, folder)
    if start is not None:
        yield start
    for followed in follow(examples, settings, start):
        snapshot = followed.snapshot
        if snapshot.plot and snapshot.update == snapshot.epoch * snapshot.updates_per_epoch:
            # The points come first: those after a checkpoint are left out and made once more.
            stored_runs.write_run(folder / POINTS, stored_runs.pack(followed))
            save_checkpoint(folder / CHECKPOINT, snapshot)
        yield followed


def read_kept(examples: Examples, settings: Training, folder: Path) -> Followed | None:
    """Return how far the run in the folder has come, None where there is none that is whole.

    Raises ValueError where it is a run of other settings.
    """
    try:
        snapshot = read_checkpoint(folder / CHECKPOINT)
        kept = stored_runs.read_run(folder / POINTS).points
    except (OSError, ValueError):
        return None
    if replace(snapshot.settings, epochs=settings.epochs) != settings:
        raise ValueError(f"{folder} holds a run of other settings: remove it, or name another folder.")
    points = tuple(point for point in kept if point.update <= snapshot.update)
    if not points or points[-1].update != snapshot.update:
        return None
    watch = monitors.watch(examples.train, examples.valid, examples.shape)
    # What is kept of the probabilities is rounded; flicker is measured against what they were.
    exact = monitors.measure(snapshot.machine, snapshot.last, watch, None, settings.seed).probabilities
    last = replace(points[-1], measures=replace(points[-1].measures, probabilities=exact))
    return Followed(snapshot, (*points[:-1], last), examples.shape, examples.name, watch)
