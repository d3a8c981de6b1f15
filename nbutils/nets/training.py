"""The loop that trains a network, a generator of snapshots."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from nbutils.nets.examples import Examples, measure_accuracy
from nbutils.nets.networks import KEPT, Network
from nbutils.nets.schedules import Schedule

MOMENTUM, DECAY, BIAS_RATE = 0.9, 5e-4, 2.0  # thesis, section 5.6, and the published files: biases have no decay
BEAT = 0.4  # seconds of work between two snapshots
_ORDER, _VERSION, _MASKS = range(3)  # what chance is needed for


@dataclass(frozen=True)
class Training:
    """How a network is trained.

    batch : examples a step; schedule : its rate and how many steps there are
    validate_every : steps between two validations; the last step is always followed by one
    frozen : how many of the first layers do not learn: they have neither rate nor decay
    seed : of the order of the examples, their versions and what is dropped
    """

    batch: int
    schedule: Schedule
    validate_every: int
    frozen: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Point:
    """A validation: after how many steps, how much was right (0 to 1), the mean loss in training since the last."""

    step: int
    accuracy: float
    loss: float


@dataclass(frozen=True)
class Snapshot:
    """Where a training stands.

    network : the network itself, which goes on learning; momentum : parameter -> its running step, shared with the loop
    points : all validations so far; loss, losses : sum of the losses since the last one, and of how many steps
    seconds : that this training has taken, over all its parts
    """

    step: int
    steps: int
    network: Network
    momentum: dict[str, Tensor]
    points: tuple[Point, ...]
    loss: float
    losses: int
    seconds: float
    images: int

    @property
    def finished(self) -> bool:
        """Return whether all steps are done."""
        return self.step == self.steps

    @property
    def images_per_s(self) -> float:
        """Return how many examples were learned from in a second."""
        return self.images / self.seconds if self.seconds else 0.0


def train(
    network: Network, examples: Examples, validation: Examples, training: Training, start: Snapshot | None = None
) -> Iterator[Snapshot]:
    """Train a network and yield where it stands after every validation and at least every half second.

    examples, validation : pictures, or what the frozen layers gave for them (`pass_through`), which is the same
    start : a snapshot to go on from; its network is the one that is trained
    Raises ValueError for no examples, FloatingPointError where the loss is no number any more.
    """
    if not len(examples) or not len(validation):
        raise ValueError("There are no examples to learn from; give at least one of every class.")
    if start is not None:
        network = start.network
    parameters = find_learning(network, training.frozen)
    momentum = (
        start.momentum
        if start
        else {name: torch.zeros_like(value, requires_grad=False) for name, value in parameters.items()}
    )
    optimizer = make_optimizer(parameters, momentum)
    points, steps = start.points if start else (), training.schedule.steps
    step, images = (start.step, start.images) if start else (0, 0)
    seconds = start.seconds if start else 0.0
    loss = torch.tensor(start.loss if start else 0.0, device=examples.inputs.device)
    losses = start.losses if start else 0
    began = told = time.perf_counter()
    batches = choose_batches(examples, training, step)
    while step < steps:
        places, labels = next(batches)
        for group in optimizer.param_groups:
            group["lr"] = group["share"] * training.schedule.rate(step)
        found = _step(network, examples, places, labels, training, optimizer, step)
        loss += found
        losses += 1
        step += 1
        images += len(places)
        validated = step % training.validate_every == 0 or step == steps
        if validated:
            points = (*points, _validate(network, validation, step, float(loss) / losses))
            loss.zero_()
            losses = 0
        now = time.perf_counter()
        if validated or now - told > BEAT:
            told = now
            spent = seconds + now - began
            yield Snapshot(step, steps, network, momentum, points, float(loss), losses, spent, images)


def find_learning(network: Network, frozen: int) -> dict[str, Tensor]:
    """Return the parameters that learn by name; those of the first, frozen layers are marked as needing no slope."""
    learning = {}
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(int(name.split(".")[1]) >= frozen)
        if parameter.requires_grad:
            learning[name] = parameter
    return learning


def make_optimizer(parameters: dict[str, Tensor], momentum: dict[str, Tensor]) -> torch.optim.SGD:
    """Return stochastic gradient descent with momentum: biases learn twice as fast and do not decay."""
    weights = [value for name, value in parameters.items() if name.endswith("weight")]
    biases = [value for name, value in parameters.items() if name.endswith("bias")]
    optimizer = torch.optim.SGD(
        [
            {"params": weights, "weight_decay": DECAY, "share": 1.0},
            {"params": biases, "weight_decay": 0.0, "share": BIAS_RATE},
        ],
        lr=0.0,
        momentum=MOMENTUM,
        fused=True,
    )
    for name, value in parameters.items():
        optimizer.state[value]["momentum_buffer"] = momentum[name]
    return optimizer


def choose_batches(examples: Examples, training: Training, step: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the places in `inputs` and the labels of the examples of a step and of those after it, without end.

    Every pass goes through all examples once in an order of its own, each in a version drawn by chance; what does not
    fill a batch waits for another pass.
    """
    count, device = len(examples), examples.inputs.device
    batch = min(training.batch, count)
    per_pass = count // batch
    while True:
        number = step // per_pass
        order = torch.randperm(count, generator=_chance(training.seed, _ORDER, number))
        for place in range(step % per_pass, per_pass):
            chosen = order[place * batch : (place + 1) * batch]
            version = torch.randint(examples.versions, (batch,), generator=_chance(training.seed, _VERSION, step))
            yield (chosen + version * count).to(device), examples.labels[chosen.to(device)]
            step += 1


def draw_masks(network: Network, examples: int, training: Training, step: int) -> dict[int, Tensor]:
    """Return what the outputs of layers are multiplied by in a step: 0, or 1 / KEPT where they are kept.

    Nothing is dropped between layers that are both frozen, so that what they give is always the same.
    """
    chance = _chance(training.seed, _MASKS, step)
    masks = {}
    for place in network.drops:
        width = network.layers[place + 1][1].in_features
        drawn = torch.rand((examples, width), generator=chance) < KEPT
        if place + 1 >= training.frozen:
            masks[place] = drawn.float() / KEPT
    return masks


def _step(
    network: Network,
    examples: Examples,
    places: Tensor,
    labels: Tensor,
    training: Training,
    optimizer: torch.optim.SGD,
    step: int,
) -> Tensor:
    """Learn from some examples and return the loss that they had."""
    drawn = draw_masks(network, len(places), training, step)
    masks = {place: mask.to(places.device) for place, mask in drawn.items()}
    inputs = examples.take(places)
    reached = examples.first
    if training.frozen > reached:
        with torch.no_grad():
            inputs = network(inputs, None, reached, training.frozen)
        reached = training.frozen
    loss = F.cross_entropy(network(inputs, masks, reached), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


def _validate(network: Network, validation: Examples, step: int, loss: float) -> Point:
    """Return what a validation finds; FloatingPointError where the training has come apart."""
    if not np.isfinite(loss):
        raise FloatingPointError(f"The loss is no number any more at step {step}: take a smaller learning rate.")
    return Point(step, measure_accuracy(network, validation), loss)


def _chance(seed: int, purpose: int, number: int) -> torch.Generator:
    """Return the chance of one purpose and one step or pass: so a training goes on from any step as it would have."""
    drawn = np.random.SeedSequence([seed, purpose, number]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(drawn))
