"""Boxes of pixels that numbers depend on, carried along with the numbers: united, slid over, padded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from math import inf

import torch
from torch import Tensor


@dataclass(frozen=True)
class Bounds:
    """For every number of a tensor the box of pixels that it depends on, each side a tensor of that one's shape.

    The sides are top, left, minus bottom and minus right, pixels on them included, so that the box around several
    boxes is the minimum of each side. A number that depends on no pixel has infinite sides.
    seen : four sides, float32: of pixels in the picture alone, for padding depends on nothing
    formal : four sides, float32: as if every map went on beyond its border as it does inside
    """

    seen: tuple[Tensor, ...]
    formal: tuple[Tensor, ...]

    @property
    def shape(self) -> torch.Size:
        """The shape of the tensor whose numbers these are the boxes of."""
        return self.seen[0].shape


def bound_pixels(picture: Tensor) -> Bounds:
    """Return the boxes of the pixels themselves.

    picture : (n, channels, height, width)
    """
    rows = torch.arange(picture.shape[2], dtype=torch.float32, device=picture.device)[:, None]
    columns = torch.arange(picture.shape[3], dtype=torch.float32, device=picture.device)
    sides = tuple(side.expand(picture.shape) for side in (rows, columns, -rows, -columns))
    return Bounds(sides, sides)


def change(bounds: Bounds, act: Callable[[Tensor], Tensor]) -> Bounds:
    """Return the boxes after the same was done to every side."""
    return Bounds(tuple(map(act, bounds.seen)), tuple(map(act, bounds.formal)))


def unite(several: Sequence[Bounds], shape: Sequence[int]) -> Bounds:
    """Return the boxes around those of several tensors, number by number, broadcast to a shape."""

    def lowest(*sides: Tensor) -> Tensor:
        return reduce(torch.minimum, map(_squeeze_equal, sides)).expand(shape)

    return Bounds(
        tuple(map(lowest, *(bounds.seen for bounds in several))),
        tuple(map(lowest, *(bounds.formal for bounds in several))),
    )


def merge(bounds: Bounds, axes: Sequence[int]) -> Bounds:
    """Return the boxes around all numbers along some axes, which keep a length of one.

    Where the axes run over the places of a map, all of the map is looked at and nothing lies beyond it.
    """
    axes = tuple(axes)
    if not axes:
        return bounds
    seen = tuple(_squeeze_equal(side).amin(axes, keepdim=True) for side in bounds.seen)
    lows = tuple(_squeeze_equal(side).amin(axes, keepdim=True) for side in bounds.formal)
    highs = tuple(_squeeze_equal(side).amax(axes, keepdim=True) for side in bounds.formal)
    formal = tuple(torch.where(low == high, low, inside) for low, high, inside in zip(lows, highs, seen, strict=True))
    shape = list(bounds.shape)
    for axis in axes:
        shape[axis] = 1
    return change(Bounds(seen, formal), lambda side: side.expand(shape))


def join_channels(bounds: Bounds, axis: int, groups: int, channels: int) -> Bounds:
    """Return the boxes of so many channels, each of which depends on all the channels of its group."""
    shape = list(bounds.shape)
    shape[axis] = channels

    def act(side: Tensor) -> Tensor:
        if groups == 1 or side.stride(axis) == 0:
            return _squeeze_equal(side).amin(axis, keepdim=True).expand(shape)
        return side.unflatten(axis, (groups, -1)).amin(axis + 1).repeat_interleave(channels // groups, axis)

    return change(bounds, act)


def slide(bounds: Bounds, axis: int, window: tuple[int, int, int], before: int, size: int) -> Bounds:
    """Return the boxes of what a window answers as it moves along an axis.

    window : how many numbers it looks at, how far apart they lie, how far it moves between two answers
    before : how many numbers of padding lie before the first
    size : how many answers there are
    """
    kernel, dilation, stride = window
    span = dilation * (kernel - 1) + 1
    after = (size - 1) * stride + span - before - bounds.shape[axis]
    padded = extend(bounds, axis, before, after)

    def act(side: Tensor) -> Tensor:
        lowest = _squeeze_equal(side, axis).unfold(axis, span, stride)[..., ::dilation].amin(-1)
        return lowest.expand([size if place == axis else length for place, length in enumerate(bounds.shape)])

    return change(padded, act)


def extend(bounds: Bounds, axis: int, before: int, after: int) -> Bounds:
    """Return the boxes with so much padding before and after the numbers of an axis; negative numbers cut off."""
    first = max(0, -before)
    kept = bounds.shape[axis] - first - max(0, -after)
    shape = list(bounds.shape)
    shape[axis] += before + after

    def act(side: Tensor, grow: Callable[[Tensor, int, int], Tensor]) -> Tensor:
        parts = [_squeeze_equal(side.narrow(axis, first, kept), axis)]
        if before > 0:
            parts.insert(0, grow(parts[0].flip(axis), axis, before).flip(axis))
        if after > 0:
            parts.append(grow(parts[-1], axis, after))
        return torch.cat(parts, axis).expand(shape)

    return Bounds(
        tuple(act(side, _grow_nothing) for side in bounds.seen),
        tuple(act(side, _grow_evenly) for side in bounds.formal),
    )


def mix(bounds: Bounds, axis: int, looks: Tensor) -> Bounds:
    """Return the boxes of answers each of which depends on some of the numbers along an axis.

    looks : (answers, numbers), bool: on which
    """
    shape = [len(looks) if place == axis else length for place, length in enumerate(bounds.shape)]

    def act(side: Tensor) -> Tensor:
        numbers = _squeeze_equal(side, axis).movedim(axis, -1)
        answers = [torch.where(row, numbers, inf).amin(-1) for row in looks]
        return torch.stack(answers, -1).movedim(-1, axis).expand(shape)

    return change(bounds, act)


def _squeeze_equal(side: Tensor, kept: int | None = None) -> Tensor:
    """Return a side with a length of one along every axis, but one, on which it repeats itself."""
    steps = enumerate(side.stride())
    return side[tuple(slice(None, 1) if step == 0 and axis != kept else slice(None) for axis, step in steps)]


def _grow_nothing(side: Tensor, axis: int, number: int) -> Tensor:
    """Return the sides of padding that depends on nothing."""
    shape = list(side.shape)
    shape[axis] = number
    return side.new_full(shape, inf)


def _grow_evenly(side: Tensor, axis: int, number: int) -> Tensor:
    """Return the sides of numbers that go on after the last two along an axis with the step between these."""
    length = side.shape[axis]
    last = side.narrow(axis, length - 1, 1)
    step = last - side.narrow(axis, max(0, length - 2), 1)
    step = torch.where(step.isfinite(), step, 0)
    counts = torch.arange(1, number + 1, device=side.device).reshape(-1, *[1] * (side.dim() - 1 - axis))
    return last + step * counts
