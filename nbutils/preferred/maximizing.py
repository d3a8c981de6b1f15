"""Make the pictures of a recipe, step by step."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from nbutils import runs
from nbutils.preferred import modern, published, rescuing, settling
from nbutils.preferred.asking import Answer, See, Subject, ask, make_subject
from nbutils.preferred.branches import weakened
from nbutils.preferred.pictures import Canvas
from nbutils.preferred.recipe import Recipe, check_change
from nbutils.preferred.starts import make_start
from nbutils.zoo import Network

QUICK = 0.02  # seconds; steps that are quicker are told of together

Steer = Callable[[], Mapping[str, float]]


@dataclass(frozen=True)
class Snapshot:
    """What is known after a step.

    step : how many steps are done
    pictures : (n, channels, height, width), float32, 0..1, as they were when the network was asked in this step; in
        coarse steps enlarged. The published method ends with the pictures of its highest objectives
    objectives : (n,), float32, of what the network saw in this step
    probabilities : (n,), float32, of the class that the objective names, nan where it names none; None where no
        objective does
    removed : of each regularizer in use (n,), float32: the norm of what an operation took away from the picture in
        this step, white being about 1, or the price of a penalty, in the unit of the objective
    silent : (n,), bool: the gradient was exactly zero in the last steps or since the start, and could not be rescued;
        nothing says how to change the picture, which stays as it is
    passes : (n,), int64: how often the network was run forward and backward for each picture so far
    recipe : with the changes made so far
    finished : whether this is the last step
    state, past : where the next step begins, and what the end depends on
    """

    step: int
    pictures: np.ndarray
    objectives: np.ndarray
    probabilities: np.ndarray | None
    removed: dict[str, np.ndarray]
    silent: np.ndarray
    passes: np.ndarray
    recipe: Recipe
    finished: bool
    state: "modern.State | published.Climb"
    past: settling.Past


@dataclass(frozen=True)
class _Made:
    """What a step of either method made, in one form; all on the device.

    side : of what the network was asked about
    over : whether no step could change anything any more
    """

    pictures: Tensor
    objectives: Tensor
    probabilities: Tensor
    removed: dict[str, Tensor]
    silent: Tensor
    passes: Tensor
    state: "modern.State | published.Climb"
    side: int
    over: bool = False


def maximize(
    network: Network, recipe: Recipe, start: Snapshot | None = None, steer: Steer | None = None
) -> Iterator[Snapshot]:
    """Yield the pictures of a recipe as they are made, after each step or after some that are quick together.

    The recipe of the snapshots names this network, whichever the given one named.
    start : a snapshot to go on from, made by the same recipe; what follows is what would have followed
    steer : asked before each step for fields of STEERED with the values that they are to have from now on
    Raises ValueError for what the network does not have and for a recipe that does not fit the snapshot, and
    FloatingPointError where an objective or a gradient is no finite number any more.
    """
    told = time.perf_counter()
    for snapshot in every_step(network, recipe, start, steer):
        if snapshot.finished or time.perf_counter() - told >= QUICK:
            yield snapshot
            told = time.perf_counter()


def every_step(
    network: Network, recipe: Recipe, start: Snapshot | None = None, steer: Steer | None = None
) -> Iterator[Snapshot]:
    """Yield as `maximize` does, after every step."""
    recipe = replace(recipe, network=network.name)
    recipe = recipe if start is None else _go_on(start, recipe)
    with _threads(recipe):
        subject = make_subject(network, recipe)
        canvas = make_canvas(network, recipe)
        state = _begin(canvas, recipe) if start is None else start.state
    step = 0 if start is None else start.step
    past = settling.begin(recipe.pictures) if start is None else start.past
    passes = np.zeros(recipe.pictures, np.int64) if start is None else start.passes
    finished = False
    while step < recipe.steps and not finished:
        step += 1
        if steer is not None:
            recipe = _record(recipe, step, steer())
        with _threads(recipe):
            made = _STEPS[recipe.method](subject, canvas, recipe.at(step), state, step)
            _require_numbers(made, recipe, step)
            past = settling.follow(past, made.side, _array(made.objectives), made.silent.cpu().numpy())
            state, passes = made.state, passes + made.passes.cpu().numpy()
            finished = made.over or step == recipe.steps or _may_end(recipe.at(step), past)
            if finished and recipe.method == "published":
                made = _show_published(canvas, recipe, made.state, made.state.best)
            snapshot = _tell(canvas, recipe, made, past, step, passes, finished)
        yield snapshot


def _may_end(recipe: Recipe, past: settling.Past) -> bool:
    """Say whether a run may end before its last step."""
    return settling.is_hopeless(past) or (recipe.settle and settling.has_settled(past))


def make_canvas(network: Network, recipe: Recipe) -> Canvas:
    """Return what a recipe's pictures are made on: as many channels as the network takes, and its shape."""
    _, height, width = network.shape
    mean = torch.tensor(network.mean, device=recipe.device)[:, None, None]
    shape = Canvas(recipe.picture, height, width, mean, recipe.slope)
    height, width = shape.sides(recipe.size)
    return replace(shape, height=height, width=width)


def _begin(canvas: Canvas, recipe: Recipe) -> "modern.State | published.Climb":
    """Return the state before the first step."""
    if recipe.method == "published":
        mean, size = canvas.mean * published.WHITE, (canvas.height, canvas.width)
        starts = [published.make_start(recipe.start, seed, mean, size) for _, seed in recipe.pairs()]
        return published.begin(torch.stack(starts).float().to(canvas.mean.device))
    return modern.begin(
        torch.stack([make_start(canvas, recipe.start, seed, recipe.photo) for _, seed in recipe.pairs()])
    )


def _step_modern(subject: Subject, canvas: Canvas, recipe: Recipe, state: modern.State, step: int) -> _Made:
    rescues = step <= rescuing.STEPS

    def ask_about(given: Tensor, see: See) -> Answer:
        with weakened(recipe.branch_gradient):
            return ask(subject, given, see, rescues)

    made = modern.climb(ask_about, canvas, recipe, state, step)
    return _Made(
        pictures=made.pictures,
        objectives=made.answer.objectives,
        probabilities=made.answer.probabilities,
        removed=made.removed,
        silent=made.answer.silent,
        passes=made.answer.passes,
        state=made.following,
        side=max(made.pictures.shape[2:]),
    )


def _step_published(subject: Subject, canvas: Canvas, recipe: Recipe, state: published.Climb, step: int) -> _Made:
    made = published.climb(
        lambda given: ask(subject, given, lambda part, _: part / published.WHITE + canvas.mean),
        state,
        canvas.mean * published.WHITE,
        recipe,
    )
    return _show_published(canvas, recipe, made, made.now)


def _show_published(canvas: Canvas, recipe: Recipe, made: published.Climb, shown: published.Asked) -> _Made:
    """Return a step of the published method with the pictures that are to be seen: those of now, or the best."""
    return _Made(
        pictures=(shown.pictures / published.WHITE + canvas.mean).clamp(0, 1),
        objectives=shown.objectives,
        probabilities=shown.probabilities,
        removed={name: norms / published.WHITE for name, norms in made.removed.items()},
        silent=made.stopped,
        passes=torch.ones(recipe.pictures, dtype=torch.int64),
        state=made,
        side=recipe.size,
        over=bool(made.stopped.all()),
    )


_STEPS = {"modern": _step_modern, "published": _step_published}


def _tell(
    canvas: Canvas, recipe: Recipe, made: _Made, past: settling.Past, step: int, passes: np.ndarray, finished: bool
) -> Snapshot:
    """Return the snapshot of a step."""
    pictures, full = made.pictures, (canvas.height, canvas.width)
    if pictures.shape[2:] != full:
        pictures = F.interpolate(pictures, full, mode="bilinear")
    classless = bool(made.probabilities.isnan().all())
    return Snapshot(
        step=step,
        pictures=_array(pictures.clamp(0, 1)),
        objectives=_array(made.objectives),
        probabilities=None if classless else _array(made.probabilities),
        removed={name: _array(values) for name, values in made.removed.items()},
        silent=settling.are_silent(past, step),
        passes=passes,
        recipe=recipe,
        finished=finished,
        state=made.state,
        past=past,
    )


def _array(values: Tensor) -> np.ndarray:
    return values.detach().float().cpu().contiguous().numpy()


def _require_numbers(made: _Made, recipe: Recipe, step: int) -> None:
    """Raise FloatingPointError where an objective is no finite number, naming the picture and what to do."""
    broken = (~made.objectives.isfinite() | ~made.pictures.isfinite().flatten(1).all(1)).nonzero()
    if len(broken):
        place = int(broken[0])
        rate = recipe.at(step).rate
        raise FloatingPointError(
            f"Step {step} stopped: picture {place + 1}, {recipe.pairs()[place][0][:80]}, is no finite number any more. "
            f"Lower the learning rate, which is {rate:g}, or raise the decay."
        )


def _go_on(start: Snapshot, recipe: Recipe) -> Recipe:
    """Return the recipe with the changes that a snapshot has seen.

    Raises ValueError where the recipe is not the one that made the snapshot; only the number of steps may differ.
    """
    if replace(start.recipe, steps=recipe.steps, changes=()) != replace(recipe, changes=()):
        raise ValueError(
            "This snapshot was made by another recipe, which cannot be gone on with. Only steps may differ; what is to "
            "change on the way is a change."
        )
    done = tuple(change for change in start.recipe.changes if change[0] <= start.step)
    return replace(recipe, changes=done + tuple(change for change in recipe.changes if change[0] > start.step))


def _record(recipe: Recipe, step: int, wanted: Mapping[str, float]) -> Recipe:
    """Return the recipe with a change for every field whose wanted value is not in force at a step."""
    now = recipe.at(step)
    values = {field: check_change(field, value) for field, value in wanted.items()}
    made = tuple((step, field, value) for field, value in values.items() if getattr(now, field) != value)
    if not made:
        return recipe
    before = tuple(change for change in recipe.changes if change[0] <= step)
    return replace(recipe, changes=before + made + recipe.changes[len(before) :])


@contextmanager
def _threads(recipe: Recipe) -> Iterator[None]:
    """Compute with the recipe's threads inside, and with those of before behind."""
    before = torch.get_num_threads()
    runs.threads(recipe.threads)
    try:
        yield
    finally:
        runs.threads(before)
