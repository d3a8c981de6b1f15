"""Training as a generator of snapshots, each of which is enough to go on from, bit for bit."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from torch import Tensor

from nbutils.boltzmann.learners import Resume, begin, keep, resume
from nbutils.boltzmann.machine import Machine, copy_to, is_finite, subtract
from nbutils.boltzmann.settings import Training, change
from nbutils.boltzmann.tempering import swap_rates
from nbutils.boltzmann.updates import Learner, Workspace, make_workspace, update_slowly
from nbutils.runs.devices import find_device
from nbutils.runs.threads import threads

BEAT = 0.2  # seconds of work after which a snapshot comes, so that a page sees Stop
PLOTTED_UPDATES = 100  # in the first epoch, whose curve would else be one line from the start to its end
_QUEUED_UPDATES = 16  # as many may wait on a GPU, or the clock would run ahead of the work

Steer = Callable[[], Mapping[str, float]]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Where a run of training is; all tensors are copies and lie on the CPU.

    epoch : finished epochs
    update : updates so far; 0 is before training
    last : how much the last update changed each parameter, 0 before the first
    settings : with all changes so far
    plot : whether curves have a point here: at update 0, every 100 updates of the first epoch and at the end of each;
        else this is only a sign of life
    finished : whether nothing comes after it
    finite : False where the run ended because parameters were no finite numbers any more
    updates_per_second : in the training loop alone, since the last snapshot; 0 before training
    swap_rates : with parallel tempering, the share of swaps between neighbouring temperatures that were accepted since
        the last snapshot with `plot`, from the machine's temperature upwards; else empty
    state : what else a run needs to go on
    """

    epoch: int
    update: int
    updates_per_epoch: int
    machine: Machine
    last: Machine
    settings: Training
    plot: bool
    finished: bool
    finite: bool
    updates_per_second: float
    swap_rates: tuple[float, ...]
    state: Resume


@dataclass(frozen=True, eq=False)
class _Run:
    """A run under way.

    examples : (n, visible), float32, on the device of the run
    """

    examples: Tensor
    learner: Learner
    space: Workspace
    updates_per_epoch: int


def train(
    examples: Tensor, settings: Training, start: Snapshot | None = None, steer: Steer | None = None
) -> Iterator[Snapshot]:
    """Yield snapshots of training a machine, each after at most a quarter of a second of work.

    An update may take longer: between its Gibbs steps the last snapshot comes once more, without `plot`.
    Every epoch goes through the examples in a new order; what is left over when it is cut into mini-batches waits for
    the next epoch. The same settings, changes included, give the same weights, bit for bit, with the same versions,
    threads and kind of processor. A run whose parameters are no finite numbers any more ends.
    examples : (n, visible), float32, 0..1 for binary visible units; other real numbers are converted
    start : where to go on; the settings are then those of the snapshot, with more epochs or other threads if wanted
    steer : asked after each snapshot for the values that fields of STEERED are to have from the next update on
    Raises ValueError for examples that are no finite numbers or too few, for settings that the snapshot does not have,
    and for a device that this machine does not have.
    """
    device = find_device(settings.device)
    threads(settings.threads)
    examples = _check_examples(examples, settings).to(device)
    run = _prepare(examples, settings, start)
    total = run.updates_per_epoch * settings.epochs
    snapshot = start
    if snapshot is None:
        snapshot = _snapshot(run, settings, 0, None, 0.0)
        yield snapshot
    epoch, order = -1, torch.empty(0)
    while snapshot.finite and snapshot.update < total:
        if steer is not None:
            settings = change(settings, snapshot.update + 1, steer())
        if epoch != snapshot.epoch:
            epoch = snapshot.epoch
            order = _order(settings.seed, epoch, len(examples)).to(device)
        for reached in _advance(run, settings, snapshot.update, order):
            # In the middle of a long update nothing is new that one could go on from.
            snapshot = reached or replace(snapshot, plot=False, finished=False)
            yield snapshot


@torch.no_grad()
def _advance(run: _Run, settings: Training, done: int, order: Tensor) -> Iterator[Snapshot | None]:
    """Make updates until a snapshot is due, at the latest at the end of the epoch, and yield it; None if it is late."""
    learner, space, batch = run.learner, run.space, settings.batch
    planned = {number for number, _, _ in settings.changes}
    force = settings.at(done)
    first, spent = done, 0.0
    began = told = time.perf_counter()
    while True:
        upcoming = done + 1
        if upcoming in planned:
            force = _turn(learner, force, settings.at(upcoming))
        due = _is_plotted(run, upcoming) or time.perf_counter() - began >= BEAT
        watched = due or upcoming % PLOTTED_UPDATES == 0
        before = copy_to(learner.machine, "cpu") if watched else None
        place = done % run.updates_per_epoch * batch
        torch.index_select(run.examples, 0, order[place : place + batch], out=space.data)
        for _ in update_slowly(learner, space, force):
            now = time.perf_counter()
            if now - told >= BEAT:
                spent += now - told
                yield None
                told = time.perf_counter()
        done = upcoming
        if run.examples.is_cuda and done % _QUEUED_UPDATES == 0:
            torch.cuda.synchronize(run.examples.device)
        # Whether all is finite is asked at numbers of updates, never of the clock: a run always ends at the same one.
        if due or (watched and not is_finite(learner.machine)):
            spent += time.perf_counter() - told
            yield _snapshot(run, settings, done, before, (done - first) / spent)
            return


def _turn(learner: Learner, before: Training, after: Training) -> Training:
    """Return the settings that come into force, and let what is switched on or off with them begin at rest."""
    if before.momentum and not after.momentum:
        for part in learner.velocity.parameters:
            part.zero_()
    if after.sparse and not before.sparse:
        learner.activity.fill_(after.sparsity_target)
    return after


def _snapshot(run: _Run, settings: Training, done: int, before: Machine | None, speed: float) -> Snapshot:
    learner = run.learner
    machine = copy_to(learner.machine, "cpu")
    plot = _is_plotted(run, done)
    watched = plot or done % PLOTTED_UPDATES == 0
    finite = not watched or is_finite(machine)
    rates = swap_rates(learner.swaps)
    if plot:
        learner.swaps.zero_()
    return Snapshot(
        epoch=done // run.updates_per_epoch,
        update=done,
        updates_per_epoch=run.updates_per_epoch,
        machine=machine,
        last=subtract(machine, machine if before is None else before),
        settings=settings,
        plot=plot or not finite,
        finished=not finite or done >= run.updates_per_epoch * settings.epochs,
        finite=finite,
        updates_per_second=speed,
        swap_rates=rates,
        state=keep(learner, moving=settings.at(done).momentum > 0),
    )


def _is_plotted(run: _Run, done: int) -> bool:
    if done <= run.updates_per_epoch:
        return done % PLOTTED_UPDATES == 0 or done == run.updates_per_epoch
    return done % run.updates_per_epoch == 0


def _order(seed: int, epoch: int, number: int) -> Tensor:
    """Return the order of the examples in an epoch: it follows from the seed and the epoch alone."""
    bits = np.random.PCG64(np.random.SeedSequence((seed, 2, epoch)))
    return torch.from_numpy(np.random.Generator(bits).permutation(number))


def _prepare(examples: Tensor, settings: Training, start: Snapshot | None) -> _Run:
    """Lay out a run that begins or goes on."""
    per_epoch = len(examples) // settings.batch
    if start is None:
        learner = begin(examples, settings)
    else:
        _check_start(start, examples, settings, per_epoch)
        learner = resume(start.machine, start.state, settings)
    return _Run(examples, learner, make_workspace(learner.machine, settings.batch), per_epoch)


def _check_examples(examples: Tensor, settings: Training) -> Tensor:
    """Return examples as float32; ValueError for what cannot be learned from."""
    if not isinstance(examples, Tensor) or examples.dim() != 2 or examples.is_complex() or not examples.shape[1]:
        got = f"{examples.dtype} {tuple(examples.shape)}" if isinstance(examples, Tensor) else type(examples).__name__
        raise ValueError(f"Examples are a tensor (n, visible) of real numbers, one row each; got {got}.")
    if len(examples) < settings.batch:
        raise ValueError(
            f"A mini-batch has {settings.batch} examples and there are {len(examples)}: "
            "choose a smaller mini-batch or give more examples."
        )
    converted = examples.detach().to(torch.float32).contiguous()
    if not torch.isfinite(torch.stack(torch.aminmax(converted))).all():
        raise ValueError("Among the examples are NaN or infinite numbers: leave these examples out or mend them.")
    return converted


def _check_start(start: Snapshot, examples: Tensor, settings: Training, per_epoch: int) -> None:
    """Raise ValueError where a snapshot cannot go on with these settings and examples."""
    if not start.finite:
        raise ValueError("This run ended with numbers that are not finite: start a new one, with a smaller rate.")
    free = ("epochs", "threads", "changes")
    for name in (field.name for field in fields(Training) if field.name not in free):
        theirs, ours = getattr(start.settings, name), getattr(settings, name)
        if theirs != ours:
            raise ValueError(f"This run began with {name} {theirs} and cannot go on with {ours}: start a new one.")
    made, wanted = (
        tuple(one for one in changes if one[0] <= start.update)
        for changes in (start.settings.changes, settings.changes)
    )
    if made != wanted:
        raise ValueError("The changes made so far are not in the settings: go on with those of the snapshot.")
    if (start.updates_per_epoch, start.machine.visible) != (per_epoch, examples.shape[1]):
        raise ValueError(
            f"This run learned from examples of {start.machine.visible} numbers in {start.updates_per_epoch} "
            f"mini-batches, and now there are {examples.shape[1]} numbers in {per_epoch}: give it the same examples."
        )
