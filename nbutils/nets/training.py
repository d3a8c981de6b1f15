"""The loop that trains a network, a generator of snapshots."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from nbutils.nets.examples import Examples, measure_accuracy
from nbutils.nets.networks import KEPT, Network
from nbutils.nets.precision import PRECISIONS, autocast, make_scaler, tell_scaler
from nbutils.nets.progress import Point, Progress, Snapshot
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
    precision : "float32", or "bfloat16" or "float16" for products of 16 bits, which graphics cards are fast with
    Raises ValueError for what cannot be.
    """

    batch: int
    schedule: Schedule
    validate_every: int
    frozen: int = 0
    seed: int = 0
    precision: str = "float32"

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}; got {self.precision!r}.")
        if min(self.batch, self.validate_every, self.schedule.steps) < 1 or self.frozen < 0:
            raise ValueError("batch, validate_every and steps must be 1 or more, frozen 0 or more.")


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
    network = start.network if start else network
    parameters = find_learning(network, training.frozen)
    momentum = start.momentum if start else make_momentum(parameters)
    optimizer = make_optimizer(parameters, momentum)
    device = examples.inputs.device
    scaler = make_scaler(device, training.precision, start.scaling if start else {})
    points = start.points if start else ()
    progress = Progress(training.schedule.steps, torch.tensor(start.loss if start else 0.0, device=device), start)
    batches = choose_batches(examples, training, progress.step)
    told = progress.seconds
    while progress.step < progress.steps:
        places, labels = next(batches)
        set_rate(optimizer, training.schedule.rate(progress.step))
        with autocast(device, training.precision):
            found = _find_loss(network, examples, places, labels, training, progress.step)
        descend(found, optimizer, scaler)
        progress.count(found.detach(), len(places))
        validated = progress.reaches(training.validate_every)
        if validated:
            loss = float(progress.loss) / progress.losses
            points = (*points, _validate(network, validation, training, progress.step, loss))
            progress.forget_losses()
        if validated or progress.seconds - told > BEAT:
            told = progress.seconds
            yield progress.show(network, momentum, points, float(progress.loss), tell_scaler(scaler))


def find_learning(network: Network, frozen: int) -> dict[str, Tensor]:
    """Return the parameters that learn by name; those of the first, frozen layers are marked as needing no slope."""
    learning = {}
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(int(name.split(".")[1]) >= frozen)
        if parameter.requires_grad:
            learning[name] = parameter
    return learning


def make_momentum(parameters: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the momentum of parameters that have made no step."""
    return {name: torch.zeros_like(value, requires_grad=False) for name, value in parameters.items()}


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


def set_rate(optimizer: torch.optim.SGD, rate: float) -> None:
    """Give weights a learning rate and biases their share of it."""
    for group in optimizer.param_groups:
        group["lr"] = group["share"] * rate


def descend(loss: Tensor, optimizer: torch.optim.SGD, scaler: torch.amp.GradScaler) -> None:
    """Make one step against the slopes of a loss."""
    optimizer.zero_grad()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()


def choose_batches(examples: Examples, training: Training, step: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield the places in `inputs` and the labels of the examples of a step and of those after it, without end.

    Every pass goes through all examples once in an order of its own, each in a version drawn by chance; what does not
    fill a batch waits for another pass. Examples that are too few for a batch fill it by coming up again.
    """
    count, batch, device = len(examples), training.batch, examples.inputs.device
    per_pass = max(1, count // batch)
    rounds = math.ceil(batch / count)
    while True:
        number = step // per_pass
        chance = _chance(training.seed, _ORDER, number)
        order = torch.cat([torch.randperm(count, generator=chance) for _ in range(rounds)])
        for place in range(step % per_pass, per_pass):
            chosen = order[place * batch : (place + 1) * batch]
            version = torch.randint(examples.versions, (batch,), generator=_chance(training.seed, _VERSION, step))
            yield (chosen + version * count).to(device), examples.labels[chosen.to(device)]
            step += 1


def draw_masks(network: Network, examples: int, training: Training, step: int) -> dict[int, Tensor]:
    """Return what the outputs of layers are multiplied by in a step: 0, or 1 / KEPT where they are kept.

    They are drawn on the device of the network, so that none waits for another. Nothing is dropped between layers that
    are both frozen, so that what they give is always the same; the thesis' own runs dropped there, too, which matters
    with seven frozen layers only. `nets.fabric` does as they did.
    """
    device = next(network.parameters()).device
    chance = _chance(training.seed, _MASKS, step, device)
    masks = {}
    for place in network.drops:
        width = network.layers[place + 1][1].in_features
        drawn = torch.rand((examples, width), generator=chance, device=device) < KEPT
        if place + 1 >= training.frozen:
            masks[place] = drawn.float() / KEPT
    return masks


def _find_loss(
    network: Network, examples: Examples, places: Tensor, labels: Tensor, training: Training, step: int
) -> Tensor:
    """Return the loss of some examples; the layers that stay frozen are run without slopes."""
    masks = draw_masks(network, len(places), training, step)
    inputs = examples.take(places)
    reached = examples.first
    if training.frozen > reached:
        with torch.no_grad():
            inputs = network(inputs, None, reached, training.frozen)
        reached = training.frozen
    return F.cross_entropy(network(inputs, masks, reached), labels)


def _validate(network: Network, validation: Examples, training: Training, step: int, loss: float) -> Point:
    """Return what a validation finds; FloatingPointError where the training has come apart."""
    require_finite(loss, step)
    with autocast(validation.inputs.device, training.precision):
        return Point(step, measure_accuracy(network, validation), loss)


def require_finite(loss: float, step: int) -> None:
    """Raise FloatingPointError where a training has come apart."""
    if not np.isfinite(loss):
        raise FloatingPointError(f"The loss is no number any more at step {step}: take a smaller learning rate.")


def _chance(seed: int, purpose: int, number: int, device: torch.device | str = "cpu") -> torch.Generator:
    """Return the chance of one purpose and one step or pass: so a training goes on from any step as it would have."""
    drawn = np.random.SeedSequence([seed, purpose, number]).generate_state(1, np.uint64)[0]
    return torch.Generator(device).manual_seed(int(drawn))
