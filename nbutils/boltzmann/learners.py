"""How a learner begins, what of it is kept in a snapshot, and how it goes on from there."""

from dataclasses import dataclass

import torch
from torch import Tensor

from nbutils.boltzmann.machine import Machine, copy_to, initialize
from nbutils.boltzmann.samplers import sample_hidden
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.tempering import count_swaps, inverse_temperatures
from nbutils.boltzmann.uniforms import RandomNumbers, random_numbers, restored
from nbutils.boltzmann.updates import Learner


@dataclass(frozen=True, eq=False)
class Resume:
    """What a run needs, besides its machine and its settings, to go on bit for bit; tensors lie on the CPU.

    numbers : the state of the random numbers
    velocity, activity, chains, swaps : as in `updates.Learner`; velocity is None without momentum
    """

    numbers: tuple[int, ...]
    velocity: Machine | None
    activity: Tensor
    chains: Tensor
    swaps: Tensor


def initial_machine(examples: Tensor, settings: Training) -> Machine:
    """Return the machine with which training begins.

    examples : (n, visible), float32; only where `visible_start` is "data" it matters what they are
    """
    bias = settings.visible_bias if settings.visible_start == "number" else _matching_bias(examples, settings.gaussian)
    return initialize(
        examples.shape[1],
        settings.hidden,
        weight_range=settings.weight_range,
        visible_bias=bias,
        hidden_bias=settings.hidden_bias,
        gaussian=settings.gaussian,
        seed=settings.seed,
        device=examples.device,
    )


def begin(examples: Tensor, settings: Training) -> Learner:
    """Return a learner before its first update; persistent chains begin at examples, drawn by the seed.

    examples : (n, visible), float32, on the device of the run
    """
    machine = initial_machine(examples, settings)
    numbers = random_numbers((settings.seed, 1), examples.device)
    return Learner(
        machine=machine,
        velocity=_at_rest(machine),
        activity=torch.full_like(machine.hidden_bias, settings.sparsity_target),
        chains=_first_chains(examples, machine, settings, numbers),
        inverse=inverse_temperatures(_count_temperatures(settings)).to(examples.device),
        swaps=count_swaps(_count_temperatures(settings), examples.device),
        numbers=numbers,
    )


def keep(learner: Learner, moving: bool) -> Resume:
    """Return what a snapshot keeps of a learner.

    moving : whether momentum was in force at the last update
    """
    return Resume(
        numbers=learner.numbers.state(),
        velocity=copy_to(learner.velocity, "cpu") if moving else None,
        activity=learner.activity.to("cpu", copy=True),
        chains=learner.chains.to("cpu", copy=True),
        swaps=learner.swaps.to("cpu", copy=True),
    )


def check_state(kept: Resume, machine: Machine, settings: Training) -> None:
    """Raise ValueError where what was kept does not belong to the machine and the settings."""
    shapes = {
        "cd": (0,),
        "pcd": (settings.batch, settings.hidden),
        "tempering": (settings.temperatures, settings.batch, machine.visible),
    }
    wanted = {
        "weights": (machine.weights, (machine.visible, settings.hidden), torch.float32),
        "activity": (kept.activity, (settings.hidden,), torch.float32),
        "chains": (kept.chains, shapes[settings.sampler], torch.float32),
        "swaps": (kept.swaps, (2, _count_temperatures(settings) - 1), torch.int64),
    }
    if kept.velocity is not None:
        wanted["velocity"] = (kept.velocity.weights, (machine.visible, settings.hidden), torch.float32)
    for name, (value, shape, kind) in wanted.items():
        if value.shape != shape or value.dtype != kind:
            got = f"{str(value.dtype).removeprefix('torch.')} {tuple(value.shape)}"
            raise ValueError(f"This run cannot go on: its {name} are {got} where {shape} belongs to its settings.")


def resume(machine: Machine, kept: Resume, settings: Training) -> Learner:
    """Return the learner that `keep` was asked about, on the device of the settings.

    Raises ValueError where what was kept does not belong to the machine and the settings, or where the random numbers
    are those of another kind of device.
    """
    check_state(kept, machine, settings)
    device = torch.device(settings.device)
    machine = copy_to(machine, device)
    return Learner(
        machine=machine,
        velocity=_at_rest(machine) if kept.velocity is None else copy_to(kept.velocity, device),
        activity=kept.activity.to(device, copy=True),
        chains=kept.chains.to(device, copy=True),
        inverse=inverse_temperatures(_count_temperatures(settings)).to(device),
        swaps=kept.swaps.to(device, copy=True),
        numbers=restored(kept.numbers, device),
    )


def _matching_bias(examples: Tensor, gaussian: bool) -> Tensor:
    """Return the visible bias with which independent units would have the examples' mean, (visible,), float32.

    The logit takes Laplace's rule of succession, so that a unit that is never on begins at a finite bias.
    """
    if gaussian:
        return examples.mean(0).cpu()
    number = len(examples)
    return ((examples.sum(0) + 1) / (number + 2)).clamp(1 / (number + 2), (number + 1) / (number + 2)).logit().cpu()


def _first_chains(examples: Tensor, machine: Machine, settings: Training, numbers: RandomNumbers) -> Tensor:
    if settings.sampler == "cd":
        return examples.new_empty(0)
    chosen = numbers.uniforms(torch.empty(settings.batch, device=examples.device))
    first = examples[(chosen * len(examples)).long().clamp_(max=len(examples) - 1)]
    if settings.sampler == "pcd":
        return sample_hidden(machine, first, numbers)
    return first.repeat(settings.temperatures, 1, 1)


def _count_temperatures(settings: Training) -> int:
    return settings.temperatures if settings.sampler == "tempering" else 1


def _at_rest(machine: Machine) -> Machine:
    return Machine(*(torch.zeros_like(part) for part in machine.parameters), machine.gaussian)
