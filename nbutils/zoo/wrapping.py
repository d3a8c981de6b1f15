"""Any torch module as a network that the suite can look into."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from nbutils.zoo import preparing
from nbutils.zoo.catalogue import entries
from nbutils.zoo.networks import Network
from nbutils.zoo.pixels import MAX_SIZE

_LONGEST_NAME = 60
_GREY = 128


def wrap(
    module: nn.Module,
    *,
    size: int | tuple[int, int],
    mean: float | Sequence[float] | None = None,
    std: float | Sequence[float] | None = None,
    channels: int | None = None,
    labels: Sequence[str] | None = None,
    name: str = "own network",
    title: str | None = None,
    licence: str = "your own",
    prepare: Callable[[np.ndarray], np.ndarray | Tensor] | None = None,
) -> Network:
    """Return your module as a Network, after running it once on a grey picture.

    The module itself is used, not a copy. It is switched to evaluation with eval(), and nothing else of it changes:
    weights that can be trained stay so, and it stays on its device.

    size : side of its square pictures in pixels, or (height, width)
    mean, std : of the training pictures, for pixels in 0..1; one number for all channels, or one for each
    channels : of its pictures; told by `mean` or by the module's first convolution where it is not given. One channel
        gets the luma of the colours; more than three get the colours first and 0 in the others
    labels : the name of each class, in the order of the units of one of its answers
    prepare : your own way from pixels (n, height, width, 3), uint8, 0..255, to (n, channels, height, width), float,
        in the place of mean and std
    Raises ValueError, whose text says what was tried, where the module cannot look at such a picture.
    """
    _check_module(module)
    _check_name(name)
    height, width = _read_size(size)
    if prepare is not None:
        shape, mean, std = _shape_of(prepare, height, width), 0.0 if mean is None else mean, 1.0 if std is None else std
    elif mean is None or std is None:
        raise ValueError("Give mean and std as the network was trained, such as mean=0.5, std=0.5, or prepare.")
    else:
        shape = (_count_channels(module, channels, mean, std), height, width)
    network = Network(
        name=name,
        title=title or name,
        module=module.eval(),
        size=max(height, width),
        mean=_one_each("mean", mean, shape[0], rest=0.0),
        std=_one_each("std", std, shape[0], rest=1.0),
        labels=None,
        parameters=sum(parameter.numel() for parameter in module.parameters()),
        licence=licence,
        shape=shape,
        prepare=prepare,
    )
    answers = _look_at_grey(network)
    return network if labels is None else replace(network, labels=_check_labels(labels, answers))


def _check_module(module: nn.Module) -> None:
    if not isinstance(module, nn.Module):
        raise ValueError(f"wrap takes a torch.nn.Module, got {type(module).__name__}.")
    if any(nn.parameter.is_lazy(values) for values in (*module.parameters(), *module.buffers())):
        raise ValueError("The module has lazy layers, whose weights are not made yet: run it once, then wrap it.")


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise ValueError(f"name must have 1 to {_LONGEST_NAME} letters, got {len(name)}.")
    if name in (entry.name for entry in entries()):
        raise ValueError(f'"{name}" is already in the zoo; give your network another name.')


def _read_size(size: int | tuple[int, int]) -> tuple[int, int]:
    """Return height and width."""
    sides = tuple(size) if isinstance(size, tuple | list) else (size, size)
    if len(sides) != 2 or not all(isinstance(side, int) and 1 <= side <= MAX_SIZE for side in sides):
        raise ValueError(f"size must be a side, or (height, width), of 1 to {MAX_SIZE} pixels, got {size}.")
    return sides


def _shape_of(prepare: Callable[[np.ndarray], np.ndarray | Tensor], height: int, width: int) -> tuple[int, int, int]:
    """Return the (channels, height, width) that a preparation makes, found by trying it."""
    shape = tuple(getattr(prepare(np.full((1, height, width, 3), _GREY, np.uint8)), "shape", ()))
    if len(shape) != 4 or shape[0] != 1 or shape[2:] != (height, width):
        raise ValueError(
            f"prepare got pixels of shape (1, {height}, {width}, 3) and must return an array or a tensor of shape "
            f"(1, channels, {height}, {width}); it returned {shape or 'neither'}."
        )
    return shape[1:]


def _count_channels(
    module: nn.Module, channels: int | None, mean: float | Sequence[float], std: float | Sequence[float]
) -> int:
    """Return how many channels the pictures have; ValueError where that is not clear or cannot be made of colours."""
    told = max((len(values) for values in (mean, std) if np.ndim(values)), default=None)
    found = _first_convolution(module)
    wanted = found[1].in_channels if found else None
    if channels is None:
        further = told == 3 and wanted is not None and wanted > 3  # the three are those of the colours
        channels = wanted if further or told is None else told
    channels = 3 if channels is None else channels
    if channels == 2 or channels < 1:
        raise ValueError(
            f"Colours can be made into 1 channel, 3 or more, not into {channels}: give prepare, a function from pixels "
            "(n, height, width, 3) to what your network takes."
        )
    return channels


def _one_each(what: str, values: float | Sequence[float], channels: int, rest: float) -> tuple[float, ...]:
    """Return a number for each channel; beyond the three colours, `rest` where there are only three numbers."""
    each = tuple(map(float, values)) if np.ndim(values) else (float(values),) * channels
    if len(each) == 3 < channels:
        each += (rest,) * (channels - 3)
    if len(each) != channels:
        raise ValueError(f"{what} has {len(each)} numbers for pictures of {channels} channels; give 1 or {channels}.")
    if not np.isfinite(each).all() or (what == "std" and min(each) <= 0):
        raise ValueError(f"{what} must be finite{' and above 0' if what == 'std' else ''}, got {each}.")
    return each


def _look_at_grey(network: Network) -> list[Tensor]:
    """Return the tensors that the module answers to one grey picture with; ValueError says what went wrong."""
    grey = preparing.prepare(network, np.full((network.size, network.size, 3), _GREY, np.uint8))
    try:
        with torch.no_grad():
            answer = network.module(grey)
    except Exception as error:  # whatever a foreign module raises is told to its owner
        raise ValueError(_explain(network, error)) from error
    answers = list(_tensors(answer))
    if not answers:
        raise ValueError(f'"{network.title}" answered with {type(answer).__name__}, in which there is no tensor.')
    return answers


def _tensors(answer: object) -> Iterator[Tensor]:
    """Yield the tensors in an answer that may be a tuple, a list or a dict of answers."""
    if isinstance(answer, Tensor):
        yield answer
    elif isinstance(answer, Mapping):
        for part in answer.values():
            yield from _tensors(part)
    elif isinstance(answer, list | tuple):
        for part in answer:
            yield from _tensors(part)


def _explain(network: Network, error: Exception) -> str:
    """Return a sentence on why the module could not look at the picture, and what it may take."""
    channels, height, width = network.shape
    said = str(error).strip().split("\n")[0].rstrip(".")[:300]
    tried = f"{channels} {'channel' if channels == 1 else 'channels'}, {height} pixels high and {width} wide"
    sentence = f'"{network.title}" could not look at a picture of {tried}: {type(error).__name__}: {said}.'
    found = _first_convolution(network.module)
    if found is None:
        return sentence
    name, convolution = found
    wants = convolution.in_channels
    if wants == channels:
        return f"{sentence} Its first convolution, {name}, does take {wants}: does the network take another size?"
    counted = f"{wants} {'channel' if wants == 1 else 'channels'}"
    return f"{sentence} Its first convolution, {name}, takes {counted}: give mean and std for as many."


def _first_convolution(module: nn.Module) -> tuple[str, nn.Conv2d] | None:
    """Return the first convolution over pictures, in the order in which the module lists them, with its name."""
    return next(((name, part) for name, part in module.named_modules() if isinstance(part, nn.Conv2d)), None)


def _check_labels(labels: Sequence[str], answers: Sequence[Tensor]) -> tuple[str, ...]:
    """Return the names of the classes; ValueError where no answer has as many units."""
    names = tuple(map(str, labels))
    units = [answer.shape[1] for answer in answers if answer.dim() == 2]
    if len(names) not in units:
        counted = " and ".join(map(str, units)) or "no"
        raise ValueError(f"labels has {len(names)} names, and the network answers with {counted} units.")
    return names
