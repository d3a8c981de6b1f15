"""Random numbers for tensors, as fast as they come, with a state that can be kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

_MANTISSA = np.int32(2**23 - 1)
_ONE = np.float32(1).view(np.int32)


@dataclass(frozen=True, eq=False)
class RandomNumbers:
    """A stream of random numbers for tensors of one device.

    On a CPU it is numpy's SFC64 (C. Doty-Humphrey, PractRand): 20 x 1000 uniform numbers and the comparisons with them
    take an eighth of the time of torch.bernoulli, which draws them one by one. On a GPU it is torch's own generator.
    """

    source: np.random.Generator | torch.Generator

    def uniforms(self, like: Tensor) -> Tensor:
        """Return numbers from 0 (inclusive) to 1 (exclusive) in the shape, type and device of a tensor."""
        if isinstance(self.source, torch.Generator):
            return torch.empty_like(like).uniform_(generator=self.source)
        if like.dtype == torch.float32:
            return torch.from_numpy(_fill_mantissas(self.source.bit_generator, like.numel())).view(like.shape)
        return torch.from_numpy(self.source.random(tuple(like.shape))).to(like)

    def normals(self, like: Tensor) -> Tensor:
        """Return numbers of the standard normal distribution in the shape, type and device of a tensor."""
        if isinstance(self.source, torch.Generator):
            return torch.empty_like(like).normal_(generator=self.source)
        kind = np.float32 if like.dtype == torch.float32 else np.float64
        return torch.from_numpy(self.source.standard_normal(tuple(like.shape), dtype=kind)).to(like)

    def state(self) -> tuple[int, ...]:
        """Return what `restored` needs to go on from here."""
        if isinstance(self.source, torch.Generator):
            return tuple(self.source.get_state().tolist())
        held = self.source.bit_generator.state
        return (*held["state"]["state"].tolist(), held["has_uint32"], held["uinteger"])


def _fill_mantissas(bits: np.random.BitGenerator, number: int) -> np.ndarray:
    """Return (number,), float32, multiples of 2^-23 from 0 to 1: random mantissas, two of each word of 64 bits.

    Generator.random does the same number by number: this takes half of its time.
    """
    halves = bits.random_raw((number + 1) // 2).view(np.int32)[:number]
    halves &= _MANTISSA
    halves |= _ONE
    uniforms = halves.view(np.float32)
    uniforms -= np.float32(1)
    return uniforms


def random_numbers(seed: int | Sequence[int], device: str | torch.device = "cpu") -> RandomNumbers:
    """Return the stream of a seed; different seeds, or sequences of them, give independent streams."""
    seeds = np.random.SeedSequence(seed)
    if torch.device(device).type == "cpu":
        return RandomNumbers(np.random.Generator(np.random.SFC64(seeds)))
    generator = torch.Generator(device)
    generator.manual_seed(int(seeds.generate_state(1, np.uint64)[0] >> np.uint64(1)))
    return RandomNumbers(generator)


def restored(state: Sequence[int], device: str | torch.device = "cpu") -> RandomNumbers:
    """Return the stream that goes on where `RandomNumbers.state` was asked.

    Raises ValueError for what is no state of a stream on that device.
    """
    try:
        if torch.device(device).type == "cpu":
            return RandomNumbers(_restored_sfc64(state))
        generator = torch.Generator(device)
        generator.set_state(torch.tensor(state, dtype=torch.uint8))
        return RandomNumbers(generator)
    except (ValueError, TypeError, OverflowError, RuntimeError) as error:
        raise ValueError(
            f"These {len(state)} numbers are no state of the random numbers of {torch.device(device).type}: "
            "a run goes on with the kind of device on which it began."
        ) from error


def _restored_sfc64(state: Sequence[int]) -> np.random.Generator:
    *words, has_half, half = state
    if len(words) != 4:
        raise ValueError(f"SFC64 has 4 words, got {len(words)}.")
    bits = np.random.SFC64()
    bits.state = {
        "bit_generator": "SFC64",
        "state": {"state": np.array(words, np.uint64)},
        "has_uint32": has_half,
        "uinteger": half,
    }
    return np.random.Generator(bits)
