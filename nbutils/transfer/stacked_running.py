"""Runs on a graphics card: those that are alike train there in one stack, and are kept as if each had run alone."""

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

from nbutils.nets.stacking import find_unlike, train_stacked
from nbutils.nets.training import Snapshot
from nbutils.runs.notes import note_failed, noted
from nbutils.runs.store import Store, version_of
from nbutils.runs.sweeping import Done
from nbutils.transfer.records import RunSettings, to_json
from nbutils.transfer.running import Prepared, describe, prepare, train_one
from nbutils.transfer.splits import classes_of

MOST = 16  # networks in one stack; what frozen layers gave is held for each of them


def run_stacked(
    wanted: Sequence[RunSettings], folder: Path | str, device: str, beat: float | None = None, most: int = MOST
) -> Iterator[Done | None]:
    """Yield every run as its stack ends, those first that lie finished in the folder.

    A stack that is stopped or killed begins anew the next time. Runs that another process works on are left to it.
    beat : None, or yield None at least twice a second, so that the caller may stop
    Raises Unwritable where the folder cannot be written.
    """
    store = Store(Path(folder).absolute(), version_of(train_one))
    waiting = []
    for place, run in enumerate(wanted):
        result = store.get(to_json(run))
        if result is None:
            waiting.append(place)
        else:
            yield Done(place, to_json(run), result, kept=True)
    for places in group(wanted, waiting, most):
        with ExitStack() as claims:
            mine = [at for at in places if claims.enter_context(store.claimed(to_json(wanted[at])))]
            sweep = uuid4().hex
            for at in mine:
                claims.enter_context(noted(store, to_json(wanted[at]), sweep, 0))
            yield from _run_claimed({at: wanted[at] for at in mine}, store, device, beat is not None)


def group(wanted: Sequence[RunSettings], places: Sequence[int], most: int) -> list[list[int]]:
    """Return places of runs in lists of those that are likely to fit into one stack, at most so many in each."""
    groups: dict[tuple, list[int]] = {}
    for place in places:
        run = wanted[place]
        classes = len(classes_of(run.data, run.split)[run.target == "B"])
        alike = (run.data, classes, run.plan, run.nonlinearity, run.frozen, run.epochs, run.batch, run.rate)
        groups.setdefault(alike, []).append(place)
    return [one[at : at + most] for one in groups.values() for at in range(0, len(one), most)]


def _run_claimed(runs: dict[int, RunSettings], store: Store, device: str, beats: bool) -> Iterator[Done | None]:
    """Yield runs whose claims are held as they end, and None in between."""
    prepared = {}
    for place, run in runs.items():
        try:
            prepared[place] = prepare(run, store.folder, device)
        except Exception as error:  # noqa: BLE001  whatever it was, the other runs go on
            yield _fail(store, place, run, error)
        if beats:
            yield None
    while prepared:
        first = next(iter(prepared.values()))
        stack = {at: one for at, one in prepared.items() if _fits(first, one)}
        prepared = {at: one for at, one in prepared.items() if at not in stack}
        yield from _train({at: (runs[at], one) for at, one in stack.items()}, store, beats)


def _train(stack: dict[int, tuple[RunSettings, Prepared]], store: Store, beats: bool) -> Iterator[Done | None]:
    """Train one stack, and yield what each of its runs found."""
    ended: tuple[Snapshot, ...] = ()
    try:
        for snapshots in train_stacked(**_gather([one for _, one in stack.values()])):
            ended = snapshots
            if beats:
                yield None
    except Exception as error:  # noqa: BLE001  such as too little memory; stacks of other runs go on
        for place, (run, _) in stack.items():
            yield _fail(store, place, run, error)
        return
    for (place, (run, prepared)), last in zip(stack.items(), ended, strict=True):
        loss = last.points[-1].loss
        if not math.isfinite(loss):
            yield _fail(store, place, run, FloatingPointError("The loss is no number any more: take a smaller rate."))
            continue
        result = describe(run, prepared, last, last.seconds)
        store.put(to_json(run), result.arrays, result.facts)
        yield Done(place, to_json(run), result)


def _gather(prepared: Sequence[Prepared]) -> dict[str, list]:
    """Return what `train_stacked` takes of several runs."""
    return {
        "networks": [one.network for one in prepared],
        "examples": [one.examples for one in prepared],
        "validation": [one.validation for one in prepared],
        "trainings": [one.training for one in prepared],
    }


def _fits(first: Prepared, other: Prepared) -> bool:
    held = _gather([first, other])
    return not find_unlike(held["networks"], held["examples"], held["trainings"])


def _fail(store: Store, place: int, run: RunSettings, error: Exception) -> Done:
    failure = f"{type(error).__name__}: {error}"
    note_failed(store, to_json(run), failure)
    return Done(place, to_json(run), None, failure)
