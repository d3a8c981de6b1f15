"""Send a unit's answer back to the pixels: plain gradient, deconvnet and guided backprop."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.autograd.graph import GradientEdge, allow_mutation_on_saved_tensors, get_gradient_edge

from nbutils.probe.layers import layers
from nbutils.probe.rectifiers import RULES, rectify
from nbutils.probe.sites import say_nearest
from nbutils.probe.tokens import arrange, aspect_of
from nbutils.probe.watching import watch

METHODS = ("gradient", *RULES)
SEEDS = ("activation", "one")


@dataclass(frozen=True)
class Unit:
    """One unit of a network, or one channel of units."""

    layer: str
    channel: int
    position: tuple[int, int] | None = None  # (row, column) in the layer's map; None: all of the channel


@dataclass(frozen=True)
class Backward:
    """What came back from a unit, and what the same pass answered on its way forward."""

    pixels: Tensor  # (n, channels, height, width), float
    layers: dict[str, Tensor]  # what arrived at each layer asked for, in the shape of its answer
    answers: dict[str, Tensor]  # what each layer asked for answered


@dataclass(frozen=True)
class _Places:
    """Where to start, and the sites whose differences and answers are wanted, without repeats."""

    unit: Unit
    at: tuple[str, ...]
    keep: tuple[str, ...]


@dataclass(frozen=True)
class _Reached:
    """What a site answered, and where it stands in the graph of the pass."""

    raw: Tensor  # the tensor that flows on
    version: int  # of `raw` when it was reached
    answer: Tensor  # the same as it was then, as maps or units
    edge: GradientEdge | None  # None where nothing is to be sent back from behind it


class _AllReachedError(Exception):
    """Raised inside a forward pass to leave it as soon as everything asked for is there."""


class _OverwrittenError(Exception):
    """Raised where a later layer has overwritten what a derivative needs."""


def backward(
    network: nn.Module,
    pictures: Tensor,
    unit: Unit,
    method: str = "gradient",
    seed: str = "activation",
    at: Sequence[str] = (),
    keep: Sequence[str] = (),
) -> Backward:
    """Send a difference back from a unit to the pixels, by the rules that `rectifiers` states.

    The seed "activation" starts from what the channel answers, at each of its positions or at the unit's alone, and 0
    elsewhere, as the published toolbox did (J. Yosinski et al., "Understanding Neural Networks Through Deep
    Visualization", 2015): with the plain gradient this is the gradient of half the sum of the squared answers. A
    negative answer starts a negative difference, so that the pixels show what makes the answer more extreme, not
    larger. The seed "one" puts 1 at the unit's position or, where it has none, at the channel's strongest, in each
    picture by itself; with the plain gradient this is the gradient of that one answer.
    The forward pass stops at the deepest site asked for. Weights get no gradients, and the network is left as it was.
    Names are those of `watch`.
    pictures : (n, channels, height, width), float, as the network takes it
    at : sites whose differences are wanted, as they arrive there from above; 0 everywhere behind the unit
    keep : sites whose answers are wanted, of the same forward pass
    Raises ValueError for a layer, channel, position, method or seed that there is not, and where no gradient passes.
    """
    _check_choice("methods", method, METHODS)
    _check_choice("seeds", seed, SEEDS)
    if not pictures.is_floating_point():
        raise ValueError(f"Pictures must be floating-point numbers, got {pictures.dtype}.")
    places = _Places(unit, tuple(dict.fromkeys(at)), tuple(dict.fromkeys(keep)))
    try:
        return _go_and_return(network, pictures, places, method, seed)
    except _OverwrittenError:
        # Autograd keeps copies only if asked to, because that makes every call slower.
        with allow_mutation_on_saved_tensors():
            return _go_and_return(network, pictures, places, method, seed)


def _go_and_return(network: nn.Module, pictures: Tensor, places: _Places, method: str, seed: str) -> Backward:
    """Run the network forward as far as it is needed, and send the seed back."""
    unit = places.unit
    with torch.inference_mode(False), torch.enable_grad():
        pixels = pictures.detach().clone().requires_grad_()
        with rectify(method) if method in RULES else nullcontext():
            reached = _run(network, pixels, places)
        start = reached[unit.layer].answer
        check_unit(unit, start)
        if not start.requires_grad:
            raise ValueError(f'No gradient leads from "{unit.layer}" back to the pixels.')
        behind = {name: reached[name] for name in places.at}
        came, *arrived = _send_back(start, make_seed(start.detach(), unit, seed), pixels, behind)
    return Backward(
        pixels=came,
        layers=dict(zip(behind, arrived, strict=True)),
        answers={name: reached[name].answer.detach() for name in places.keep},
    )


def check_unit(unit: Unit, answer: Tensor) -> None:
    """Raise ValueError where the layer's answer has no such channel or no such position.

    answer : (n, channels, height, width) or (n, units)
    """
    channels = answer.shape[1]
    if not 0 <= unit.channel < channels:
        raise ValueError(f'"{unit.layer}" has the channels 0 to {channels - 1}, got {unit.channel}.')
    if unit.position is None:
        return
    if answer.dim() != 4:
        raise ValueError(f'"{unit.layer}" answers with one number a unit and has no positions, got {unit.position}.')
    height, width = answer.shape[2:]
    row, column = unit.position
    if not (0 <= row < height and 0 <= column < width):
        raise ValueError(
            f'"{unit.layer}" has the rows 0 to {height - 1} and the columns 0 to {width - 1}, got {unit.position}.'
        )


def answer_of(unit: Unit, answer: Tensor) -> Tensor:
    """Return the unit's answer to each picture, at its position or at the channel's strongest: (n,), float.

    answer : (n, channels, height, width) or (n, units), of the unit's layer
    """
    channel = answer[:, unit.channel]
    if unit.position is not None:
        return channel[:, unit.position[0], unit.position[1]]
    return channel.flatten(1).amax(1) if channel.dim() > 1 else channel


def make_seed(answer: Tensor, unit: Unit, seed: str) -> Tensor:
    """Return the difference that `backward` starts from, in the shape of the answer.

    answer : (n, channels, height, width) or (n, units), of the unit's layer
    """
    start = torch.zeros_like(answer)
    channel = answer[:, unit.channel]
    if unit.position is not None:
        row, column = unit.position
        start[:, unit.channel, row, column] = channel[:, row, column] if seed == "activation" else 1.0
    elif seed == "activation" or channel.dim() == 1:
        start[:, unit.channel] = channel if seed == "activation" else 1.0
    else:
        strongest = channel.flatten(1).argmax(1)
        width = channel.shape[2]
        start[torch.arange(len(answer), device=answer.device), unit.channel, strongest // width, strongest % width] = (
            1.0
        )
    return start


def _run(network: nn.Module, pixels: Tensor, places: _Places) -> dict[str, _Reached]:
    """Run the network until all places are reached, without a graph behind the unit."""
    wanted = dict.fromkeys((places.unit.layer, *places.at, *places.keep))
    reached: dict[str, _Reached] = {}

    def take(name: str, raw: Tensor) -> None:
        answer = arrange(raw.clone(), len(pixels), aspect_of(pixels))
        edge = get_gradient_edge(raw) if raw.requires_grad else None
        reached[name] = _Reached(raw, raw._version, answer, edge)
        if len(reached) == len(wanted):
            raise _AllReachedError
        if name == places.unit.layer:
            torch.set_grad_enabled(False)

    try:
        with watch(network, tuple(wanted), take):
            network(pixels.clone())  # a network may overwrite what it is given, but no one a leaf of the graph
    except _AllReachedError:
        return reached
    missed = next(name for name in wanted if name not in reached)
    known = [layer.name for layer in layers(network, pixels.detach())]
    raise ValueError(f'The layer "{missed}" never ran or answered with no tensor.{say_nearest(missed, known)}')


def _send_back(start: Tensor, seed: Tensor, pixels: Tensor, at: dict[str, _Reached]) -> list[Tensor]:
    """Return what arrives at the pixels, then at each of the sites, zeros where nothing does."""
    for name, site in at.items():
        if site.raw._is_view() and site.raw._version != site.version:
            raise ValueError(f'The network overwrites what "{name}" answered: look at the layer before or behind it.')
    followed = {name: site.edge for name, site in at.items() if site.edge is not None}
    try:
        came, *arrived = torch.autograd.grad(start, [pixels, *followed.values()], seed, allow_unused=True)
    except RuntimeError as error:
        if "modified by an inplace operation" in str(error):
            raise _OverwrittenError from error
        raise ValueError(f"Nothing can be sent back through this network: {error}") from error
    differences = dict(zip(followed, arrived, strict=True))
    maps = [
        torch.zeros_like(site.answer)
        if differences.get(name) is None
        else arrange(differences[name], len(pixels), aspect_of(pixels))
        for name, site in at.items()
    ]
    return [torch.zeros_like(pixels) if came is None else came, *(map_.detach() for map_ in maps)]


def _check_choice(what: str, got: str, choices: Sequence[str]) -> None:
    if got not in choices:
        raise ValueError(f'The {what} are {", ".join(choices)}; got "{got}".')
