"""Runs on a graphics card: those that are alike train there in one stack, and are kept as if each had run alone."""

import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import torch

from nbutils import zoo
from nbutils.nets.checkpoints import save_checkpoint
from nbutils.nets.examples import Examples
from nbutils.nets.stacking import find_unlike, train_stacked
from nbutils.nets.training import Snapshot
from nbutils.runs.notes import note_failed, noted
from nbutils.runs.store import Store, version_of
from nbutils.runs.sweeping import Done, wait_for_others
from nbutils.transfer import running
from nbutils.transfer.cards import Card, share
from nbutils.transfer.records import RunSettings, to_json
from nbutils.transfer.running import Prepared
from nbutils.transfer.splits import classes_of

MOST = 16  # networks in one stack
# What may be wrong with one run or one stack, while the others go on.
WRONG = (RuntimeError, ValueError, ArithmeticError, LookupError, TypeError, OSError, MemoryError, zoo.Unavailable)

Endings = Generator[Done | None, None, None]


@dataclass(frozen=True)
class _Job:
    """A run whose claim is held, and where a stack that was stopped left it."""

    run: RunSettings
    prepared: Prepared
    start: Snapshot | None

    @property
    def kept(self) -> int:
        """Return how many bytes lie on the card for this run alone."""
        examples = self.prepared.examples
        return examples.inputs.nbytes if examples.first else 0


def run_stacked(
    wanted: Sequence[RunSettings], folder: Path | str, card: Card, beat: float | None = None, most: int = MOST
) -> Iterator[Done | None]:
    """Yield every run as its stack ends, those first that lie finished in the folder.

    A stack is as large as there is room for on the card. One that was killed goes on where it was last kept. Runs that
    another process works on are waited for.
    beat : None, or yield None at least twice a second, so that the caller may stop
    Raises Unwritable where the folder cannot be written.
    """
    store = Store(Path(folder).absolute(), version_of(running.train_one))
    waiting: dict[int, dict] = {}
    for place, run in enumerate(wanted):
        result = store.get(to_json(run))
        if result is None:
            waiting[place] = to_json(run)
        else:
            yield Done(place, to_json(run), result, kept=True)
    while waiting:
        for places in group(wanted, list(waiting)):
            for done in _run_alike({at: wanted[at] for at in places}, store, card, most):
                if done is not None:
                    del waiting[done.place]
                    yield done
                elif beat is not None:
                    yield None
        yield from wait_for_others(store, waiting, beat)


def group(wanted: Sequence[RunSettings], places: Sequence[int]) -> list[list[int]]:
    """Return places of runs in lists of those that are likely to fit into one stack, those of the same pictures first.

    Runs of the same pictures lie behind one another.
    """
    groups: dict[tuple, list[int]] = {}
    for place in sorted(places, key=lambda at: (running.name_pictures(wanted[at]), at)):
        run = wanted[place]
        classes = len(classes_of(run.data, run.split)[run.target == "B"])
        alike = (run.data, classes, run.plan, run.nonlinearity, run.frozen, run.epochs, run.batch, run.rate)
        groups.setdefault(alike, []).append(place)
    return list(groups.values())


def _run_alike(runs: Mapping[int, RunSettings], store: Store, card: Card, most: int) -> Endings:
    """Yield runs that are alike as they end, and None in between; not those that another process works on."""
    left = dict(runs)
    while left:
        with ExitStack() as claims:
            stack = yield from _fill(claims, left, store, card, most)
            fits = yield from _train(stack, store)
        if not fits:
            most = max(1, len(stack) // 2)
            left = {at: job.run for at, job in stack.items()} | left
        stack.clear()
        card.forget()


def _fill(
    claims: ExitStack, left: dict[int, RunSettings], store: Store, card: Card, most: int
) -> Generator[Done | None, None, dict[int, _Job]]:
    """Return a stack of runs that are claimed, taken out of those that are left, as many as there is room for.

    What is finished, has failed or is another process's is taken out of them, too, and yielded where it has ended.
    """
    stack: dict[int, _Job] = {}
    move, sweep = share(card.device), uuid4().hex
    for place, run in list(left.items()):
        last = next(reversed(stack.values()), None)
        if last is not None and (len(stack) >= most or not card.has_room(len(stack), last.kept)):
            break
        with ExitStack() as claim:
            mine = claim.enter_context(store.claimed(to_json(run)))
            result = store.get(to_json(run)) if mine else None
            if not mine or result is not None:
                del left[place]
                if result is not None:
                    yield Done(place, to_json(run), result)
                continue
            claim.enter_context(noted(store, to_json(run), sweep, 0))
            try:
                job = _begin(run, store, card, move)
            except WRONG as error:
                if isinstance(error, torch.OutOfMemoryError) and stack:
                    break
                del left[place]
                yield _fail(store, place, run, error)
                continue
            if last is None or _fits(last, job):
                del left[place]
                stack[place] = job
                claims.enter_context(claim.pop_all())
        yield None
    return stack


def _begin(run: RunSettings, store: Store, card: Card, move: Callable[[Examples], Examples]) -> _Job:
    """Return a run before its first step, or where a stack left it, on the card."""
    prepared = running.begin(run, running.read_base(run, store.folder) if run.base else {})
    network = prepared.network.to(card.device)
    training = replace(prepared.training, precision=card.precision)
    examples, validation = move(prepared.examples), move(prepared.validation)
    placed = Prepared(network, examples, validation, training)
    start = running.read_start(_checkpoint(store, run, card.precision), network)
    return _Job(run, running.keep_prefix(run, placed, min(running.MOST_KEPT, card.most_kept)), start)


def _train(stack: Mapping[int, _Job], store: Store) -> Generator[Done | None, None, bool]:
    """Train one stack, yield what each of its runs found, and return whether there was room for it."""
    jobs = list(stack.values())
    ended: tuple[Snapshot, ...] = ()
    kept = time.monotonic()
    try:
        for snapshots in train_stacked(**_gather(jobs), start=_join_starts(jobs)) if jobs else ():
            ended = snapshots
            if time.monotonic() - kept > running.BETWEEN_CHECKPOINTS and not ended[0].finished:
                _save(jobs, ended, store)
                kept = time.monotonic()
            yield None
    except WRONG as error:
        if isinstance(error, torch.OutOfMemoryError) and len(jobs) > 1:
            return False
        for place, job in stack.items():
            yield _fail(store, place, job.run, error)
        return True
    for (place, job), last in zip(stack.items(), ended, strict=True):
        yield _conclude(store, place, job, last)
    return True


def _conclude(store: Store, place: int, job: _Job, last: Snapshot) -> Done:
    """Keep what one network of a stack found."""
    if math.isfinite(last.points[-1].loss):
        result = running.describe(job.run, job.prepared, last, last.seconds)
        store.put(to_json(job.run), result.arrays, result.facts)
        done = Done(place, to_json(job.run), result)
    else:
        wrong = FloatingPointError("The loss is no number any more: take a smaller rate.")
        done = _fail(store, place, job.run, wrong)
    _checkpoint(store, job.run, job.prepared.training.precision).unlink(missing_ok=True)
    return done


def _gather(jobs: Sequence[_Job]) -> dict[str, list]:
    """Return what `train_stacked` takes of several runs."""
    prepared = [job.prepared for job in jobs]
    return {
        "networks": [one.network for one in prepared],
        "examples": [one.examples for one in prepared],
        "validation": [one.validation for one in prepared],
        "trainings": [one.training for one in prepared],
    }


def _join_starts(jobs: Sequence[_Job]) -> list[Snapshot] | None:
    starts = [job.start for job in jobs if job.start]
    return starts or None


def _fits(first: _Job, other: _Job) -> bool:
    if (first.start and first.start.step) != (other.start and other.start.step):
        return False
    held = _gather([first, other])
    return not find_unlike(held["networks"], held["examples"], held["trainings"])


def _save(jobs: Sequence[_Job], snapshots: Sequence[Snapshot], store: Store) -> None:
    """Keep where each network of a stack stands; where that cannot be, as on a full disk, the stack goes on."""
    with suppress(OSError):
        for job, snapshot in zip(jobs, snapshots, strict=True):
            save_checkpoint(_checkpoint(store, job.run, job.prepared.training.precision), snapshot)


def _checkpoint(store: Store, run: RunSettings, precision: str) -> Path:
    """Return the file of a run that a stack works on: not that of a run alone, which computes with other digits."""
    return store.path(to_json(run), f".{precision}.checkpoint")


def _fail(store: Store, place: int, run: RunSettings, error: Exception) -> Done:
    failure = f"{type(error).__name__}: {error}"
    note_failed(store, to_json(run), failure)
    return Done(place, to_json(run), None, failure)
