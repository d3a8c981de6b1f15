"""Receptive fields: which box of pixels a unit of any network depends on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from nbutils.probe.bounds import Bounds
from nbutils.probe.following import follow

Box = tuple[int, int, int, int]  # top, left, bottom, right in pixels of the picture; the last two are not in the box


@dataclass(frozen=True)
class Fields:
    """The receptive fields of all units of one layer."""

    bounds: Bounds  # of (1, channels, rows, columns) or (1, units)
    height: int  # of the picture, in pixels
    width: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The layer's (channels, rows, columns), or (units,)."""
        return tuple(self.bounds.shape[1:])

    def boxes(self, channels: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Return the boxes of some units: (n, 4), int32, as top, left, bottom, right.

        channels, rows, columns : (n,), int; the last two are not looked at where the layer answers with one number a
            unit
        """
        places = [torch.as_tensor(numbers, dtype=torch.long) for numbers in (channels, rows, columns)]
        places = places[: len(self.shape)]

        def pick(sides: tuple[torch.Tensor, ...]) -> np.ndarray:
            return np.stack(
                [side[0][tuple(place.to(side.device) for place in places)].cpu().numpy() for side in sides], 1
            )

        return _to_boxes(pick(self.bounds.seen), pick(self.bounds.formal), self.height, self.width)


def receptive_field(
    network: nn.Module,
    layer: str,
    position: tuple[int, int] | None,
    shape: tuple[int, int, int],
    channel: int | None = None,
) -> Box:
    """Return the smallest box of pixels that a unit depends on, as top, left, bottom, right.

    See `receptive_fields`. Of all channels together where none is named; (0, 0, 0, 0) for what depends on no pixel.
    position : (row, column) in the layer's map, or None for all of it
    shape : (channels, height, width) of the picture
    Raises ValueError for a layer, position or channel that there is not.
    """
    fields = receptive_fields(network, [layer], shape)[layer]
    _check_place(fields, layer, position, channel)
    ranges = [range(length) for length in fields.shape]
    chosen = [channel, *(position or ())]
    for axis, place in enumerate(chosen[: len(ranges)]):
        ranges[axis] = ranges[axis] if place is None else range(place, place + 1)
    grid = np.meshgrid(*ranges, indexing="ij")
    units = [places.ravel() for places in grid]
    boxes = fields.boxes(*units, *[units[0]] * (3 - len(units)))
    boxes = boxes[(boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])]
    if not len(boxes):
        return 0, 0, 0, 0
    return (*(int(side) for side in boxes[:, :2].min(0)), *(int(side) for side in boxes[:, 2:].max(0)))


def receptive_fields(network: nn.Module, layers: Sequence[str], shape: tuple[int, int, int]) -> dict[str, Fields]:
    """Return the receptive fields of all units of some layers, found by one pass of the network.

    Each number of the pass carries along the box of pixels that it depends on, through every torch function: windows
    slide, sums and joins unite, whatever only moves numbers moves boxes. What looks at a whole map (global pooling,
    attention, group normalization, a linear layer on flattened maps) makes the box the whole picture.
    Inside the picture the box is the smallest that holds all pixels with an influence. Where it reaches an edge of the
    picture it goes on beyond, over padding, as far as the same field does in the middle of a large picture.
    A function with no rule of its own counts as looking at all it is given, and so does a module that works outside
    Python. Not seen is a function of one's own (torch.autograd.Function) whose answer a module goes on working with.
    shape : (channels, height, width) of the picture
    Raises ValueError for a layer that the network does not have, or that this pass never reached.
    """
    found = follow(network, layers, shape)
    return {name: Fields(bounds, shape[1], shape[2]) for name, bounds in found.items()}


def _to_boxes(seen: np.ndarray, formal: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return top, left, bottom, right from the sides inside the picture and those beyond: (n, 4), int32.

    seen, formal : (n, 4), float32: top, left, minus bottom, minus right, pixels on them included
    """
    edges = np.array([0, 0, 1 - height, 1 - width], np.float32)
    low = np.where(seen > edges, seen, np.minimum(formal, edges))
    empty = np.isinf(seen).any(1)
    low[empty] = [0, 0, 1, 1]
    boxes = np.concatenate([low[:, :2], 1 - low[:, 2:]], 1)
    return boxes.astype(np.int32)


def _check_place(fields: Fields, layer: str, position: tuple[int, int] | None, channel: int | None) -> None:
    """Raise ValueError where the layer has no such channel or position."""
    channels, *places = fields.shape
    if channel is not None and not 0 <= channel < channels:
        raise ValueError(f'"{layer}" has the channels 0 to {channels - 1}, got {channel}.')
    if position is None or not places:
        return
    if not (0 <= position[0] < places[0] and 0 <= position[1] < places[1]):
        raise ValueError(
            f'"{layer}" has the rows 0 to {places[0] - 1} and the columns 0 to {places[1] - 1}, got {position}.'
        )
