"""Many small networks of one plan trained at once: what one step does to one, it does to a stack of them.

A small network leaves most of a graphics card idle. Here the parameters of several lie behind one another, and every
operation works on all (torch.func). Each network has its own examples, order, versions and masks, as if it were alone.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional as F

from nbutils.nets.examples import PASS, Examples
from nbutils.nets.networks import Network
from nbutils.nets.precision import autocast, make_scaler, tell_scaler
from nbutils.nets.progress import Point, Progress, Snapshot
from nbutils.nets.training import (
    BEAT,
    Training,
    choose_batches,
    descend,
    draw_masks,
    find_learning,
    make_momentum,
    make_optimizer,
    set_rate,
)

Stacked = dict[str, Tensor]


@dataclass(frozen=True)
class Stack:
    """Networks with their parameters, and the momentum of those that learn, behind one another : (networks, ...).

    networks : the first lends its form to all; what the stack has learned is put into them where they are shown
    """

    networks: list[Network]
    parameters: Stacked
    momentum: Stacked


def train_stacked(
    networks: Sequence[Network],
    examples: Sequence[Examples],
    validation: Sequence[Examples],
    trainings: Sequence[Training],
    start: Sequence[Snapshot] | None = None,
) -> Iterator[tuple[Snapshot, ...]]:
    """Train networks beside one another and yield where each of them stands.

    But for rounding each becomes what `train` makes of it. A network whose loss is no number any more spoils no other:
    its points say so, with a loss of NaN. In float16 all share one scale. Seconds are a network's share of the time.
    start : snapshots of all networks to go on from
    Raises ValueError for networks that do not fit into one stack (`find_unlike`) and for no examples.
    """
    _require_one_stack(networks, examples, validation, trainings)
    training, device = trainings[0], examples[0].inputs.device
    stack = _make_stack(networks, training, start)
    optimizer = make_optimizer({name: stack.parameters[name] for name in stack.momentum}, stack.momentum)
    scaler = make_scaler(device, training.precision, start[0].scaling if start else {})
    points = [one.points if start else () for one in start or networks]
    loss = torch.tensor([one.loss for one in start] if start else [0.0] * len(networks), device=device)
    progress = Progress(training.schedule.steps, loss, start[0] if start else None, len(networks))
    batches = [choose_batches(*pair, progress.step) for pair in zip(examples, trainings, strict=True)]
    told = time.perf_counter()
    while progress.step < progress.steps:
        set_rate(optimizer, training.schedule.rate(progress.step))
        with autocast(device, training.precision):
            found = _find_losses(stack, examples, [next(batch) for batch in batches], trainings, progress.step)
        descend(found.sum(), optimizer, scaler)
        progress.count(found.detach(), training.batch)
        validated = progress.reaches(training.validate_every)
        if validated:
            points = _add_points(points, stack, validation, training, progress)
            progress.forget_losses()
        if validated or time.perf_counter() - told > BEAT:
            told = time.perf_counter()
            yield _show(stack, points, progress, tell_scaler(scaler))


def find_unlike(networks: Sequence[Network], examples: Sequence[Examples], trainings: Sequence[Training]) -> str:
    """Return in what networks differ that are to be trained in one stack, "" where nothing stands against it."""
    questions: dict[str, Callable[[int], object]] = {
        "layers and classes": lambda at: [(name, one.shape) for name, one in networks[at].named_parameters()],
        "nonlinearity": lambda at: [type(part) for part in networks[at].modules()],
        "plan and kept layers": lambda at: (examples[at].plan, examples[at].first),
        "batch": lambda at: min(trainings[at].batch, len(examples[at])),
        "schedule, frozen layers and precision": lambda at: (
            trainings[at].schedule,
            trainings[at].validate_every,
            trainings[at].frozen,
            trainings[at].precision,
        ),
    }
    if not networks or not len(networks) == len(examples) == len(trainings):
        return "number of examples and trainings, and there is at least one"
    for name, ask in questions.items():
        if any(ask(at) != ask(0) for at in range(1, len(networks))):
            return name
    return ""


def measure_accuracies(stack: Stack, validation: Sequence[Examples]) -> list[float]:
    """Return for every network of a stack how many of its examples, as they are, it finds the class of, 0 to 1."""
    device = validation[0].inputs.device
    right = torch.zeros(len(validation), device=device)
    first = validation[0].first
    for places in torch.arange(max(map(len, validation)), device=device).split(PASS):
        # Those who have fewer examples see their last one again, which does not count.
        taken = [places.clamp(max=len(one) - 1) for one in validation]
        inputs = torch.stack([one.take(at) for one, at in zip(validation, taken, strict=True)])
        labels = torch.stack([one.labels[at] for one, at in zip(validation, taken, strict=True)])
        there = torch.stack([places < len(one) for one in validation])
        with torch.no_grad():
            guessed = _pass(stack, inputs, {}, first, len(stack.networks[0].layers)).argmax(2)
        right += ((guessed == labels) & there).sum(1)
    return [float(one) / len(of) for one, of in zip(right.tolist(), validation, strict=True)]


def _require_one_stack(
    networks: Sequence[Network],
    examples: Sequence[Examples],
    validation: Sequence[Examples],
    trainings: Sequence[Training],
) -> None:
    unlike = find_unlike(networks, examples, trainings)
    if unlike:
        raise ValueError(f"Networks are trained in one stack where all have the same {unlike}.")
    if not all(map(len, [*examples, *validation])):
        raise ValueError("There are no examples to learn from; give at least one of every class.")


def _make_stack(networks: Sequence[Network], training: Training, start: Sequence[Snapshot] | None) -> Stack:
    """Return networks as they are, or as snapshots of them are, in one stack."""
    networks = [one.network for one in start] if start else list(networks)
    learning, *_ = [find_learning(network, training.frozen) for network in networks]
    parameters = stack_module_state(networks)[0]
    if start:
        momentum = {name: torch.stack([one.momentum[name] for one in start]) for name in learning}
    else:
        momentum = make_momentum({name: parameters[name] for name in learning})
    return Stack(networks, parameters, momentum)


def _find_losses(
    stack: Stack,
    examples: Sequence[Examples],
    chosen: Sequence[tuple[Tensor, Tensor]],
    trainings: Sequence[Training],
    step: int,
) -> Tensor:
    """Return the losses of a batch of each : (networks,)."""
    skeleton, frozen, reached = stack.networks[0], trainings[0].frozen, examples[0].first
    inputs = torch.stack([one.take(places) for one, (places, _) in zip(examples, chosen, strict=True)])
    labels = torch.stack([labels for _, labels in chosen])
    drawn = [draw_masks(skeleton, labels.shape[1], training, step) for training in trainings]
    masks = {place: torch.stack([one[place] for one in drawn]) for place in drawn[0]}
    if frozen > reached:
        with torch.no_grad():
            inputs = _pass(stack, inputs, {}, reached, frozen)
        reached = frozen
    scores = _pass(stack, inputs, masks, reached, len(skeleton.layers))
    return F.cross_entropy(scores.flatten(0, 1), labels.flatten(), reduction="none").view(labels.shape).mean(1)


def _pass(stack: Stack, inputs: Tensor, masks: dict[int, Tensor], first: int, last: int) -> Tensor:
    """Return what layer `last` of every network gives when its layer `first` gave its inputs.

    inputs : (networks, n, ...), masks : layer -> (networks, n, units)
    """

    def run(parameters: Stacked, x: Tensor, drops: dict[int, Tensor]) -> Tensor:
        return functional_call(stack.networks[0], parameters, (x, drops, first, last))

    return vmap(run)(stack.parameters, inputs, masks)


def _add_points(
    points: Sequence[tuple[Point, ...]],
    stack: Stack,
    validation: Sequence[Examples],
    training: Training,
    progress: Progress,
) -> list[tuple[Point, ...]]:
    """Return all validations of each network with the one of this step."""
    with autocast(validation[0].inputs.device, training.precision):
        right = measure_accuracies(stack, validation)
    found = zip(right, (progress.loss / progress.losses).tolist(), strict=True)
    return [(*before, Point(progress.step, *pair)) for before, pair in zip(points, found, strict=True)]


@torch.no_grad()
def _show(
    stack: Stack, points: Sequence[tuple[Point, ...]], progress: Progress, scaling: Mapping[str, float]
) -> tuple[Snapshot, ...]:
    """Put what the stack has learned into its networks, and return where each stands; momentum is shared with it."""
    shown = []
    for place, (network, loss) in enumerate(zip(stack.networks, progress.loss.tolist(), strict=True)):
        for name, parameter in network.named_parameters():
            parameter.copy_(stack.parameters[name][place])
        momentum = {name: one[place] for name, one in stack.momentum.items()}
        shown.append(progress.show(network, momentum, points[place], loss, scaling))
    return tuple(shown)
