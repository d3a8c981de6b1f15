"""Ask a network for the objectives of a batch of pictures, and for the gradients that raise them."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor, nn

from nbutils.preferred.evaluating import evaluate
from nbutils.preferred.folding import fold
from nbutils.preferred.objectives import OUTPUT, Objective, class_of, layers_of, parse, resolve
from nbutils.preferred.recipe import Recipe
from nbutils.preferred.rescuing import redirected
from nbutils.probe import arrange, layers, to_shares, watch
from nbutils.probe.sites import say_nearest
from nbutils.probe.tokens import aspect_of
from nbutils.probe.watching import first_tensor
from nbutils.runs.devices import find_device
from nbutils.zoo import Network
from nbutils.zoo.preparing import place_of

# Measured with MobileNetV2 and AlexNet on one core: four pictures in one pass take as long for each as eight and a
# tenth less than one by one, and their answers stay in the processor's cache.
PICTURES_A_PASS = {"cpu": 4, "cuda": 64, "mps": 16}
# Gradients of half precision, which lose what is below 6e-8, are computed this much larger (P. Micikevicius et al.,
# "Mixed precision training", 2017, section 3.2).
_HALF_SCALE = 1024.0

See = Callable[[Tensor, Sequence[int]], Tensor]


class _AllReachedError(Exception):
    """Raised inside a forward pass to leave it as soon as everything asked for is there."""


@dataclass(frozen=True)
class Subject:
    """A network with what is asked of it.

    title, shape : of the network; (channels, height, width) of the pictures that it was made for
    module : on the device where pictures are made, in evaluation mode
    mean, std : (channels, 1, 1), of its training pictures, which are 0..1
    objectives : of each picture, every class by its number
    classes : of each picture, the number of the class that its objective names, or None
    has_classes : whether the network's last answers are classes with names
    """

    title: str
    shape: tuple[int, int, int]
    module: nn.Module
    mean: Tensor
    std: Tensor
    objectives: tuple[Objective, ...]
    classes: tuple[int | None, ...]
    has_classes: bool
    kind: torch.dtype
    half: bool

    @property
    def device(self) -> torch.device:
        """Return the device where pictures are made."""
        return self.mean.device


@dataclass(frozen=True)
class Answer:
    """What a network says about n pictures.

    objectives : (n,), float32
    gradients : of each picture's objective with respect to what was given, in its shape, float32
    probabilities : (n,), float32, of the class that the objective names; nan where it names none
    passes : (n,), int64, how often the network was run forward and backward
    """

    objectives: Tensor
    gradients: Tensor
    probabilities: Tensor
    passes: Tensor

    @property
    def silent(self) -> Tensor:
        """Say of each picture whether its gradient is exactly zero: (n,), bool."""
        return (self.gradients == 0).flatten(1).all(1)


def make_subject(network: Network, recipe: Recipe) -> Subject:
    """Return the network with what a recipe asks of it; a network on another device is copied to the recipe's.

    Raises ValueError for a device that is not there, for half precision without a GPU and for an unknown class.
    """
    device = find_device(recipe.device)
    if recipe.half and device.type == "cpu":
        raise ValueError("Half precision needs a GPU; this recipe computes on the processor: set half to False.")
    resolved = {line: resolve(parse(line), network.labels) for line in dict.fromkeys(recipe.objectives)}
    objectives = tuple(resolved[line] for line, _ in recipe.pairs())
    where, kind = place_of(network.module)
    module = network.module if where.type == device.type else copy.deepcopy(network.module).to(device)
    named = set().union(*map(layers_of, objectives))
    module = fold(module, named, network.shape)
    mean, std = (torch.tensor(values, device=device)[:, None, None] for values in (network.mean, network.std))
    classes = tuple(class_of(objective) for objective in objectives)
    return Subject(
        title=network.title,
        shape=network.shape,
        module=module,
        mean=mean,
        std=std,
        objectives=objectives,
        classes=classes,
        has_classes=network.labels is not None,
        kind=kind,
        half=recipe.half,
    )


def ask(subject: Subject, given: Tensor, see: See, rescues: bool = False) -> Answer:
    """Return the objectives of pictures and their gradients, asked for a few pictures at a time.

    The pass stops at the deepest layer that an objective names. Weights get no gradients, and the network is left as
    it was.
    given : (n, ...), float32, what gradients are wanted for
    see : see(some of given, their places) returns the pictures that the network sees: (k, channels, height, width)
    rescues : whether silent pictures are asked once more with the redirected gradients of `rescuing`
    Raises ValueError for a layer, channel, position or class that the network does not have.
    """
    together, places = PICTURES_A_PASS[subject.device.type], range(len(given))
    return _join(
        [
            _ask_part(subject, given, see, places[first : first + together], rescues)
            for first in range(0, len(given), together)
        ]
    )


def _ask_part(subject: Subject, given: Tensor, see: See, places: Sequence[int], rescues: bool) -> Answer:
    """Do as `ask` does for the pictures at those places alone."""
    answer = _ask_some(subject, given, see, places)
    if not (rescues and answer.silent.any()):
        return answer
    silent = answer.silent.nonzero().flatten().tolist()
    with redirected():
        again = _ask_some(subject, given, see, [places[one] for one in silent])
    return _rescue(answer, again, silent)


def _join(parts: Sequence[Answer]) -> Answer:
    return Answer(*(torch.cat([getattr(part, field.name) for part in parts]) for field in fields(Answer)))


def _rescue(answer: Answer, redirected: Answer, places: Sequence[int]) -> Answer:
    """Return the answer with the redirected gradients of some of its pictures."""
    gradients, passes = answer.gradients.clone(), answer.passes.clone()
    gradients[places] = redirected.gradients
    passes[places] += redirected.passes
    return replace(answer, gradients=gradients, passes=passes)


def _ask_some(subject: Subject, given: Tensor, see: See, places: Sequence[int]) -> Answer:
    """Ask about the pictures at those places in one pass."""
    objectives = [subject.objectives[place] for place in places]
    with torch.inference_mode(False), torch.enable_grad():
        leaf = given[list(places)].detach().requires_grad_()
        inputs = (see(leaf, places) - subject.mean) / subject.std
        with torch.autocast(subject.device.type, torch.float16, enabled=subject.half):
            answers = _look(subject, inputs.to(subject.kind), _names(objectives))
        values = torch.stack([evaluate(one, answers, place).float() for place, one in enumerate(objectives)])
        gradients = _send_back(values, leaf, _HALF_SCALE if subject.half else 1.0)
    return Answer(
        objectives=values.detach(),
        gradients=gradients,
        probabilities=_probabilities(subject, answers, places),
        passes=torch.ones(len(leaf), dtype=torch.int64),
    )


def _look(subject: Subject, inputs: Tensor, names: Sequence[str]) -> dict[str, Tensor]:
    """Return what `run` does; ValueError where the network cannot look at pictures of another size than its own."""
    try:
        return run(subject.module, inputs, names)
    except (RuntimeError, AssertionError, IndexError, TypeError) as error:
        if tuple(inputs.shape[1:]) == subject.shape:
            raise
        (height, width), (own_height, own_width) = inputs.shape[2:], subject.shape[1:]
        raise ValueError(
            f'"{subject.title}" cannot look at pictures of {height} x {width} pixels, '
            f"only at {own_height} x {own_width}: set size to {max(own_height, own_width)}, and leave out coarse steps "
            "and octaves."
        ) from error


def run(module: nn.Module, inputs: Tensor, names: Sequence[str]) -> dict[str, Tensor]:
    """Return the differentiable answers of the named layers, as maps (n, channels, height, width) or units (n, units).

    The pass stops at the deepest of them. OUTPUT names the network's last answer.
    inputs : (n, channels, height, width), as the network takes them
    Raises ValueError for a layer that the network does not have, or that this pass never reached.
    """
    inner = [name for name in names if name != OUTPUT]
    answers: dict[str, Tensor] = {}
    count, aspect = len(inputs), aspect_of(inputs)
    inputs = inputs.contiguous(memory_format=torch.channels_last)

    def keep(name: str, answer: Tensor) -> None:
        is_last = len(answers) + 1 == len(names)
        maps = arrange(answer, count, aspect)
        answers[name] = maps if is_last else maps.clone()  # later layers may overwrite what they are given
        if is_last:
            raise _AllReachedError

    try:
        if not inner:
            return {OUTPUT: _last(module(inputs), count, aspect)}
        with watch(module, inner, keep):
            last = module(inputs)
    except _AllReachedError:
        return answers
    missed = [name for name in inner if name not in answers]
    if missed:
        known = [layer.name for layer in layers(module, inputs.detach())]
        raise ValueError(
            f'The layer "{missed[0]}" never ran or answered with no tensor.{say_nearest(missed[0], known)}'
        )
    return answers | {OUTPUT: _last(last, count, aspect)}


def _last(output: object, count: int, aspect: float) -> Tensor:
    """Return the network's last answer; a map of one pixel counts as units."""
    answer = first_tensor(output)
    if answer is None:
        raise ValueError(f"This network answers with {type(output).__name__}, in which there is no tensor.")
    answer = arrange(answer, count, aspect)
    return answer.flatten(1) if answer.dim() == 4 and answer.shape[2:] == (1, 1) else answer


def _names(objectives: Sequence[Objective]) -> list[str]:
    """Return the layers that objectives are made of, in an order that does not change from run to run."""
    return sorted(set().union(*map(layers_of, objectives)))


def _send_back(values: Tensor, leaf: Tensor, scale: float) -> Tensor:
    """Return the gradients of the values with respect to the leaf; zero where nothing leads back to it."""
    if not values.requires_grad:
        return torch.zeros_like(leaf)
    (gradients,) = torch.autograd.grad(values.sum() * scale, leaf, allow_unused=True)
    return torch.zeros_like(leaf) if gradients is None else gradients / scale


def _probabilities(subject: Subject, answers: dict[str, Tensor], places: Sequence[int]) -> Tensor:
    """Return the probability of the class that each objective names, nan where it names none."""
    classes = [subject.classes[place] for place in places]
    chances = torch.full((len(classes),), torch.nan, device=subject.device)
    if subject.has_classes and OUTPUT in answers and answers[OUTPUT].dim() == 2:
        spread = to_shares(answers[OUTPUT].detach().float())
        for place, number in enumerate(classes):
            if number is not None:
                chances[place] = spread[place, number]
    return chances
