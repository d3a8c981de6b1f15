"""One network trained by several processes, each with a graphics card or a share of the processor (Lightning Fabric).

Every process takes its part of each batch, and slopes are averaged over all. One process alone trains the same. As
frozen layers run in every step here, their outputs are dropped as those of others are: so it was in the published runs.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from nbutils.commands import as_typed
from nbutils.nets.checkpoints import read_checkpoint, save_checkpoint
from nbutils.nets.crops import Middles, Order, Part, Pictures, load, split
from nbutils.nets.networks import Network
from nbutils.nets.plans import Plan
from nbutils.nets.precision import autocast, make_scaler, tell_scaler
from nbutils.nets.progress import Point, Progress, Snapshot
from nbutils.nets.training import (
    Training,
    draw_masks,
    find_learning,
    make_momentum,
    make_optimizer,
    require_finite,
    set_rate,
)

if TYPE_CHECKING:
    from lightning_fabric import Fabric

SAVE_EVERY = 10_000  # steps between two checkpoints; so have the published files, and 50 pictures a pass in validation
AT_ONCE = 50
SAVE_SECONDS = 600.0  # a checkpoint is never older than that by much
TOLD_EVERY = 20  # steps between two snapshots


class NoFabricError(Exception):
    """Lightning Fabric is not installed; the text says how to install it."""


@dataclass(frozen=True)
class Material:
    """What a network learns from and is validated with.

    workers : processes that read pictures, of each process that trains; 0 is that process itself
    """

    plan: Plan
    pictures: Pictures
    tested: Pictures
    workers: int = 4


@dataclass(frozen=True)
class _Learner:
    """A network that learns, and what makes its steps; `wrapped` is the network as Fabric averages its slopes."""

    network: Network
    wrapped: nn.Module
    momentum: dict[str, Tensor]
    optimizer: torch.optim.SGD
    scaler: torch.amp.GradScaler


def launch(accelerator: str = "auto") -> "Fabric":
    """Return what the processes that `torchrun` began find one another by; without it this process is the only one.

    Raises NoFabricError.
    """
    try:
        from lightning_fabric import Fabric
        from lightning_fabric.strategies import DDPStrategy
    except ImportError as error:
        command = as_typed("pip install lightning-fabric==2.6.6")
        raise NoFabricError(f"One network on several graphics cards takes Lightning Fabric: {command}") from error
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    everywhere = int(os.environ.get("WORLD_SIZE", "1"))
    strategy = DDPStrategy(broadcast_buffers=False) if everywhere > 1 else "auto"
    fabric = Fabric(accelerator=accelerator, strategy=strategy, devices=here, num_nodes=everywhere // here)
    fabric.launch()
    return fabric


def train_in_processes(
    fabric: "Fabric",
    network: Network,
    material: Material,
    training: Training,
    checkpoint: Path,
    save_every: int = SAVE_EVERY,
    stops: Callable[[], bool] = lambda: False,
) -> Iterator[Snapshot]:
    """Train a network, each process its part of every batch, and yield in every process where the training stands.

    checkpoint : a file that all processes see; where it is there the training goes on from it, and the first process
        writes it every `save_every` steps and every ten minutes, the last time after the last step
    stops : whether the training is to end here; one process asks after every step, several every 20, and where one of
        them is told so, all end after the same step, with a checkpoint
    Raises ValueError for a batch that the processes cannot share, for fewer pictures than a batch, for none to validate
    with and for a damaged checkpoint, FloatingPointError where the loss is no number any more.
    """
    part = _take_part(fabric, material, training)
    network.to(fabric.device)
    start = read_checkpoint(checkpoint, network)
    fabric.barrier()  # all have read before the first writes
    learner = _make_learner(fabric, network, training, start)
    points = start.points if start else ()
    if start:
        yield start
    loss = torch.tensor(start.loss if start else 0.0, device=fabric.device)
    progress = Progress(training.schedule.steps, loss, start)
    kept = progress.seconds
    for inputs, labels in _read(material, training, part, progress.step, fabric.device):
        progress.count(_make_step(fabric, learner, inputs, labels, training, part, progress.step), training.batch)
        validated, saved = (progress.reaches(every) for every in (training.validate_every, save_every))
        if not (validated or saved or progress.step % TOLD_EVERY == 0 or (part.processes == 1 and stops())):
            continue
        asked = torch.tensor(float(stops()), device=fabric.device)
        mean, stopped = fabric.all_reduce(torch.stack([progress.loss, asked]), reduce_op="mean").tolist()
        require_finite(mean / progress.losses, progress.step)
        if validated:
            accuracy = measure_in_processes(fabric, network, material, training.precision)
            points = (*points, Point(progress.step, accuracy, mean / progress.losses))
            progress.forget_losses()
            mean = 0.0
        snapshot = progress.show(network, learner.momentum, points, mean, tell_scaler(learner.scaler))
        if fabric.is_global_zero and (saved or stopped or progress.seconds - kept > SAVE_SECONDS):
            save_checkpoint(checkpoint, snapshot)
            kept = progress.seconds
        yield snapshot
        if stopped:
            fabric.barrier()  # nobody ends before it is written: the end of one may be that of all
            return


def measure_in_processes(fabric: "Fabric", network: Network, material: Material, precision: str = "float32") -> float:
    """Return of how many pictures the network finds the class by their middles, 0 to 1; each process asks for some."""
    part, plan = Part(fabric.global_rank, fabric.world_size), material.plan
    middles = Middles(len(material.tested), AT_ONCE, material.tested.size - plan.size, part)
    right = torch.zeros((), device=fabric.device)
    with torch.no_grad(), autocast(fabric.device, precision):
        for pictures, labels in load(material.tested, plan.size, middles, material.workers):
            found = network(_prepare(pictures, plan, fabric.device)).argmax(1)
            right += (found == labels.to(fabric.device)).sum()
    return float(fabric.all_reduce(right, reduce_op="sum")) / len(material.tested)


def _take_part(fabric: "Fabric", material: Material, training: Training) -> Part:
    """Return which part of every batch is this process's; ValueError where there can be none."""
    part = Part(fabric.global_rank, fabric.world_size)
    if training.batch % part.processes:
        raise ValueError(f"{part.processes} processes cannot share a batch of {training.batch} equally.")
    if not len(material.tested):
        raise ValueError('There are no pictures to validate with; put them into the folder "val".')
    return part


def _make_learner(fabric: "Fabric", network: Network, training: Training, start: Snapshot | None) -> _Learner:
    """Return a network ready to learn, as at its beginning or as at a checkpoint."""
    learning = find_learning(network, training.frozen)
    momentum = start.momentum if start else make_momentum(learning)
    optimizer = make_optimizer(learning, momentum)
    scaler = make_scaler(fabric.device, training.precision, start.scaling if start else {})
    return _Learner(network, fabric.setup_module(network), momentum, optimizer, scaler)


def _make_step(
    fabric: "Fabric", learner: _Learner, inputs: Tensor, labels: Tensor, training: Training, part: Part, step: int
) -> Tensor:
    """Make one step with all other processes, and return the loss of this process's part of the batch."""
    set_rate(learner.optimizer, training.schedule.rate(step))
    with autocast(fabric.device, training.precision):
        found = _find_loss(learner, inputs, labels, training, part, step)
    learner.optimizer.zero_grad()
    fabric.backward(learner.scaler.scale(found))
    learner.scaler.step(learner.optimizer)
    learner.scaler.update()
    return found.detach()


def _read(
    material: Material, training: Training, part: Part, step: int, device: torch.device
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield what a process learns from in a step and in those after it, on its device."""
    plan, pictures = material.plan, material.pictures
    room, steps = pictures.size - plan.size, training.schedule.steps
    order = Order(len(pictures), training.batch, training.seed, room, part, step, steps)
    for cut, labels in load(pictures, plan.size, order, material.workers, pinned=device.type == "cuda"):
        yield _prepare(cut, plan, device), labels.to(device, non_blocking=True)


def _prepare(pictures: Tensor, plan: Plan, device: torch.device) -> Tensor:
    """Return pictures (n, y, x, channels), uint8, as a network takes them: float32, channels last in memory."""
    return ((pictures.to(device, non_blocking=True).float() - plan.mean) / plan.scale).permute(0, 3, 1, 2)


def _find_loss(learner: _Learner, inputs: Tensor, labels: Tensor, training: Training, part: Part, step: int) -> Tensor:
    """Return the loss of a process's part of a batch; dropout is drawn for the whole batch, whoever shares it.

    It is drawn between frozen layers, too.
    """
    first, last = split(training.batch, part)
    drawn = draw_masks(learner.network, training.batch, replace(training, frozen=0), step)
    masks = {place: mask[first:last] for place, mask in drawn.items()}
    if training.frozen:
        with torch.no_grad():
            inputs = learner.network(inputs, masks, 0, training.frozen)
    return F.cross_entropy(learner.wrapped(inputs, masks, training.frozen), labels)
