"""Convolutions out of a Flax checkpoint, as torch keeps them."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor


def name_convolutions(held: Mapping[str, Mapping[str, np.ndarray]], names: Sequence[str]) -> dict[str, Tensor]:
    """Return the checkpoint's convolutions, in their order, under these names.

    held : {"Conv_0": {"kernel": (height, width, in, out), "bias": (out,)}, ...}, float32
    """
    named = {}
    for index, name in enumerate(names):
        convolution = held[f"Conv_{index}"]
        kernel = np.ascontiguousarray(convolution["kernel"].transpose(3, 2, 0, 1))
        named[f"{name}.weight"] = torch.from_numpy(kernel)
        named[f"{name}.bias"] = torch.from_numpy(convolution["bias"].copy())
    return named
