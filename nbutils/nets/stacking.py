"""Many small networks of one plan trained at once: what one step does to one, it does to a stack of them.

A small network leaves most of a graphics card idle. Here the parameters of several lie behind one another, and every
operation works on all (torch.func). Each network has its own examples, order, versions and masks, as if it were alone.
"""

import time
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from torch.func import functional_call, stack_module_state, vmap
from torch.nn import functional as F

from nbutils.nets.examples import PASS, Examples
from nbutils.nets.networks import Network
from nbutils.nets.precision import autocast, make_scaler, tell_scaler
from nbutils.nets.training import (
    BEAT,
    Point,
    Snapshot,
    Training,
    choose_batches,
    descend,
    draw_masks,
    find_learning,
    make_optimizer,
    set_rate,
)

Stacked = dict[str, Tensor]


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
    unlike = find_unlike(networks, examples, trainings)
    if unlike:
        raise ValueError(f"Networks are trained in one stack where all have the same {unlike}.")
    if not all(map(len, [*examples, *validation])):
        raise ValueError("There are no examples to learn from; give at least one of every class.")
    networks = [one.network for one in start] if start else list(networks)
    count, device, training = len(networks), examples[0].inputs.device, trainings[0]
    learning = [find_learning(network, training.frozen) for network in networks]
    stacked = stack_module_state(networks)[0]
    momentum = {name: _stack_momentum(name, stacked, start) for name in learning[0]}
    optimizer = make_optimizer({name: stacked[name] for name in momentum}, momentum)
    scaler = make_scaler(device, training.precision, start[0].scaling if start else {})
    points = [one.points if start else () for one in start or networks]
    step, steps, images = start[0].step if start else 0, training.schedule.steps, start[0].images if start else 0
    loss = torch.tensor([one.loss for one in start] if start else [0.0] * count, device=device)
    losses, seconds = (start[0].losses, start[0].seconds) if start else (0, 0.0)
    batches = [choose_batches(*pair, step) for pair in zip(examples, trainings, strict=True)]
    began = told = time.perf_counter()
    while step < steps:
        set_rate(optimizer, training.schedule.rate(step))
        with autocast(device, training.precision):
            found = _find_losses(networks, stacked, examples, [next(batch) for batch in batches], trainings, step)
        descend(found.sum(), optimizer, scaler)
        loss += found.detach()
        losses += 1
        step += 1
        images += training.batch
        validated = step % training.validate_every == 0 or step == steps
        if validated:
            with autocast(device, training.precision):
                right = measure_accuracies(networks[0], stacked, validation)
            points = [
                (*before, Point(step, *pair))
                for before, pair in zip(points, zip(right, (loss / losses).tolist(), strict=True), strict=True)
            ]
            loss.zero_()
            losses = 0
        now = time.perf_counter()
        if validated or now - told > BEAT:
            told = now
            _unstack(stacked, networks)
            spent, sums, scaling = seconds + (now - began) / count, loss.tolist(), tell_scaler(scaler)
            yield tuple(
                Snapshot(
                    step,
                    steps,
                    network,
                    _take(momentum, place),
                    points[place],
                    sums[place],
                    losses,
                    spent,
                    images,
                    scaling,
                )
                for place, network in enumerate(networks)
            )


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


def measure_accuracies(skeleton: Network, stacked: Stacked, validation: Sequence[Examples]) -> list[float]:
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
            guessed = _pass(skeleton, stacked, inputs, {}, first, len(skeleton.layers)).argmax(2)
        right += ((guessed == labels) & there).sum(1)
    return [float(one) / len(of) for one, of in zip(right.tolist(), validation, strict=True)]


def _find_losses(
    networks: Sequence[Network],
    stacked: Stacked,
    examples: Sequence[Examples],
    chosen: Sequence[tuple[Tensor, Tensor]],
    trainings: Sequence[Training],
    step: int,
) -> Tensor:
    """Return the losses of a batch of each : (networks,)."""
    skeleton, frozen, reached = networks[0], trainings[0].frozen, examples[0].first
    inputs = torch.stack([one.take(places) for one, (places, _) in zip(examples, chosen, strict=True)])
    labels = torch.stack([labels for _, labels in chosen])
    drawn = [draw_masks(skeleton, labels.shape[1], training, step) for training in trainings]
    masks = {place: torch.stack([one[place] for one in drawn]) for place in drawn[0]}
    if frozen > reached:
        with torch.no_grad():
            inputs = _pass(skeleton, stacked, inputs, {}, reached, frozen)
        reached = frozen
    scores = _pass(skeleton, stacked, inputs, masks, reached, len(skeleton.layers))
    return F.cross_entropy(scores.flatten(0, 1), labels.flatten(), reduction="none").view(labels.shape).mean(1)


def _pass(
    skeleton: Network, stacked: Stacked, inputs: Tensor, masks: dict[int, Tensor], first: int, last: int
) -> Tensor:
    """Return what layer `last` of every network gives when its layer `first` gave its inputs.

    inputs : (networks, n, ...), masks : layer -> (networks, n, units)
    """

    def run(parameters: Stacked, x: Tensor, drops: dict[int, Tensor]) -> Tensor:
        return functional_call(skeleton, parameters, (x, drops, first, last))

    return vmap(run)(stacked, inputs, masks)


def _stack_momentum(name: str, stacked: Stacked, start: Sequence[Snapshot] | None) -> Tensor:
    if start is None:
        return torch.zeros_like(stacked[name], requires_grad=False)
    return torch.stack([one.momentum[name] for one in start])


def _take(momentum: Stacked, place: int) -> Stacked:
    """Return the momentum of one network, shared with the stack."""
    return {name: one[place] for name, one in momentum.items()}


@torch.no_grad()
def _unstack(stacked: Stacked, networks: Sequence[Network]) -> None:
    """Put the parameters of a stack into the networks."""
    for place, network in enumerate(networks):
        for name, parameter in network.named_parameters():
            parameter.copy_(stacked[name][place])
