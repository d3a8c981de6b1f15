"""One call of a torch function, with the boxes of pixels that what it was given depends on."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import torch
from torch import Tensor

from nbutils.probe.bounds import Bounds, change, merge, unite


@dataclass(frozen=True)
class Call:
    """One call of a torch function that was given numbers which depend on the picture."""

    function: Callable
    word: str  # as `functions.word_of` says it
    args: tuple
    kwargs: dict
    shape: torch.Size  # of its answer, the first one where it has several
    find: Callable[[Tensor], Bounds | None]  # the boxes of a tensor's numbers; None where it depends on no pixel

    def get(self, place: int, name: str, otherwise: object = None) -> object:
        """Return an argument by its place or its name."""
        return self.args[place] if len(self.args) > place else self.kwargs.get(name, otherwise)

    def tracked(self) -> list[Bounds]:
        """Return the boxes of every tensor among the arguments that has them."""
        tensors = find_tensors((self.args, self.kwargs))
        return [bounds for tensor in tensors if (bounds := self.find(tensor)) is not None]

    def given(self) -> Bounds | None:
        """Return the boxes of the first argument."""
        first = self.get(0, "input")
        return self.find(first) if isinstance(first, Tensor) else None


def find_tensors(value: object) -> list[Tensor]:
    """Return the tensors in arguments or an answer, also inside tuples, lists and dictionaries."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (tuple, list)):
        return [tensor for part in value for tensor in find_tensors(part)]
    return []


def depend_on_all(call: Call) -> Bounds:
    """Return one box around everything that the call was given, for every number of its answer."""
    whole = [merge(bounds, range(len(bounds.shape))) for bounds in call.tracked()]
    flat = [change(bounds, lambda side: side.reshape(())) for bounds in whole]
    return unite(flat, call.shape)


def move(call: Call) -> list[Bounds]:
    """Do to the boxes what is done to the numbers."""
    sides = [
        find_tensors(call.function(*_exchange(call.args, call, side), **_exchange(call.kwargs, call, side)))
        for side in range(8)
    ]
    return [Bounds(tuple(answers[:4]), tuple(answers[4:])) for answers in zip(*sides, strict=True)]


def _exchange(value: object, call: Call, side: int) -> object:
    """Return arguments with one of the eight sides in place of each tensor that has boxes."""
    if isinstance(value, Tensor):
        bounds = call.find(value)
        if bounds is not None:
            return (*bounds.seen, *bounds.formal)[side][...]  # a view of its own, or x.t_() would turn the boxes of x
        return torch.full_like(value, inf, dtype=torch.float32) if value.is_floating_point() else value
    if isinstance(value, dict):
        return {name: _exchange(part, call, side) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)([_exchange(part, call, side) for part in value])
    return value
