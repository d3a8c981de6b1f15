"""A grid for the tests of the command: its runs end at once, fail, or wait to be stopped."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import numpy as np

from nbutils.runs import Result, Store, sweep
from nbutils.runs.sweeping import Done
from nbutils.transfer import sweeping
from nbutils.transfer.monitoring import TRAINER
from nbutils.transfer.records import RunSettings, to_json

VERSION = 1
CURVE = np.array([0.5, 1.0])
ARRAYS = {"epochs": CURVE, "accuracy": CURVE, "loss": CURVE, "conv1": np.zeros((2, 3, 5, 5))}
FACTS = {"score": 0.75, "best_ten": 0.5, "seconds": 60.0, "images_per_s": 1000.0}
FACTS |= {"hardware": "a machine", "version": "1", "date": "2026-01-01"}


def keep_all_but(failing: str):
    """Return a grid that keeps a result for every run as the chapter's training does; those of a name fail."""

    def run(wanted: Sequence[RunSettings], folder: Path, *_rest: object) -> Iterator[Done | None]:
        store = Store(folder, TRAINER)
        for place, one in enumerate(wanted):
            held = store.get(to_json(one))
            yield None
            if one.name == failing:
                yield Done(place, to_json(one), None, "ValueError: it is not liked.")
                continue
            store.put(to_json(one), ARRAYS, FACTS)
            yield Done(place, to_json(one), Result(ARRAYS, FACTS), kept=held is not None)

    return run


def wait_for_ever(settings: dict) -> Result:
    """Say that a process works, in a file that is named after it, and never end."""
    (Path(os.environ["TRACES"]) / str(os.getpid())).touch()
    while True:
        time.sleep(0.01)


def run_for_ever(wanted: Sequence[RunSettings], folder: Path, workers: int, beat: float, _device: str) -> Iterator:
    """Run a grid whose runs never end."""
    return sweep(wait_for_ever, [to_json(one) for one in wanted], folder, workers, beat)


def main() -> None:
    """Follow it as the command does."""
    wish = sweeping.Wish(splits=1, treatments=("base", "BnB"), layers=(1,), folder=Path(sys.argv[1]), workers=2)
    sweeping.require_pictures = lambda _wanted: None
    sys.exit(sweeping.follow(wish, click.echo, run_for_ever))
