"""One network trained before one's eyes: every step of half a second at most, so that it can be stopped and goes on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil
from time import perf_counter

import torch

from nbutils.nets.examples import Examples, measure_accuracy, pass_through
from nbutils.nets.training import Snapshot, train
from nbutils.runs.threads import live_threads, threads
from nbutils.transfer import running
from nbutils.transfer.bases import read_base
from nbutils.transfer.live_steps import DONE, FROZEN, LEARNING, TESTING, Step
from nbutils.transfer.records import RunSettings
from nbutils.transfer.results import make_run
from nbutils.transfer.running import NoBaseError, Prepared
from nbutils.transfer.splits import at_most

WATCHED = 200  # test pictures of each class that the curve is measured with; the score takes all
LOOKS = 6  # points of the curve in a pass through all examples
AT_ONCE = 500  # pictures that frozen layers answer to, or that are tested, in one step
MULTIPLICATIONS = 9_000_000  # of a picture's way through small_32


@dataclass(frozen=True)
class Ready:
    """A network before its first step; total : how many steps there will be, of all stages."""

    settings: RunSettings
    prepared: Prepared
    total: int


def live(settings: RunSettings) -> Iterator[Step]:
    """Train a network on one thread and yield how far it has come, at least every half second.

    Layers are copied from the base networks that ship: of the same seed, where there is one, else of seed 0, so that
    another seed draws other upper layers and another order of the pictures over the same copied layers. With the seed
    of its base it is the network that `nbutils.transfer.running.train_one` trains, which copies before it rounds.
    Raises NoBaseError and zoo.Unavailable.
    """
    yield from follow(prepare(settings))


def prepare(settings: RunSettings) -> Ready:
    """Return the network and its pictures; raises NoBaseError and zoo.Unavailable."""
    parameters = {}
    if settings.base is not None:
        held = read_base(settings.base) or read_base(replace(settings.base, seed=0))
        if not held:
            raise NoBaseError(
                f"{settings.name} copies layers of {settings.base.name}, which does not come with the suite for these "
                "classes: choose other classes, or a treatment that copies nothing."
            )
        parameters = {name: torch.from_numpy(value) for name, value in held.items()}
    prepared = running.begin(settings, parameters)
    steps = prepared.training.schedule.steps
    watched = ceil(steps / (settings.epochs * LOOKS))  # not less, or the last point stands for a few steps alone
    prepared = replace(prepared, training=replace(prepared.training, validate_every=watched))
    tested = ceil(len(prepared.validation) / AT_ONCE)
    passed = 0
    if running.keeps_prefix(settings, prepared.network, prepared.examples):
        passed = ceil(len(prepared.examples.inputs) / AT_ONCE) + tested
    return Ready(settings, prepared, passed + steps + tested)


def follow(ready: Ready) -> Iterator[Step]:
    """Train a network that is ready, and yield how far it has come."""
    threads(live_threads(MULTIPLICATIONS))
    began = perf_counter()
    settings, prepared = ready.settings, ready.prepared
    done = 0
    if running.keeps_prefix(settings, prepared.network, prepared.examples):
        kept = []
        for examples in (prepared.examples, prepared.validation):
            parts = []
            for part in _pass(examples, prepared):
                parts.append(part)
                done += 1
                yield Step(settings, FROZEN, done)
            kept.append(_join(parts, examples, settings.frozen))
        prepared = replace(prepared, examples=kept[0], validation=kept[1])
    snapshot, curve = None, {}
    for snapshot in _learn(prepared):
        curve = _read_curve(settings, snapshot)
        yield Step(settings, LEARNING, done + snapshot.step, **curve)
    done += snapshot.steps
    right = 0
    for tested in _parts(prepared.validation):
        right += round(measure_accuracy(snapshot.network, tested) * len(tested))
        done += 1
        yield Step(settings, TESTING, done, **curve)
    # What the score is measured with is all, so it is the last point of the curve, too.
    last = replace(snapshot.points[-1], accuracy=right / len(prepared.validation))
    snapshot = replace(snapshot, points=(*snapshot.points[:-1], last))
    found = running.describe(settings, prepared, snapshot, perf_counter() - began)
    yield Step(settings, DONE, ready.total, **_read_curve(settings, snapshot), run=make_run(settings, found))


def _read_curve(settings: RunSettings, snapshot: Snapshot) -> dict[str, tuple[float, ...]]:
    return {
        "epochs": tuple(point.step * settings.epochs / snapshot.steps for point in snapshot.points),
        "accuracy": tuple(point.accuracy for point in snapshot.points),
        "loss": tuple(point.loss for point in snapshot.points),
    }


def _pass(examples: Examples, prepared: Prepared) -> Iterator[torch.Tensor]:
    """Yield what the frozen layers give for all pictures, part by part."""
    for inputs in examples.inputs.split(AT_ONCE):
        yield pass_through(prepared.network, replace(examples, inputs=inputs), prepared.training.frozen).inputs


def _join(parts: list[torch.Tensor], examples: Examples, layers: int) -> Examples:
    kept = torch.cat(parts)
    if kept.dim() == 4:
        kept = kept.contiguous(memory_format=torch.channels_last)
    return Examples(kept, examples.labels, examples.plan, layers)


def _learn(prepared: Prepared) -> Iterator[Snapshot]:
    """Train; the curve is measured with some of the test pictures, so that nobody waits for a point."""
    places = torch.from_numpy(at_most(prepared.validation.labels.numpy(), WATCHED))
    yield from train(**vars(replace(prepared, validation=_choose(prepared.validation, places))))


def _parts(examples: Examples) -> Iterator[Examples]:
    for places in torch.arange(len(examples)).split(AT_ONCE):
        yield _choose(examples, places)


def _choose(examples: Examples, places: torch.Tensor) -> Examples:
    """Return some of examples of which there is one version."""
    return replace(examples, inputs=examples.inputs[places], labels=examples.labels[places])
