"""A student's own data as examples: looked at, brought into the range of the units, and told what was found."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from nbutils.rbm.examples import Examples, hash_examples
from nbutils.rbm.own_files import Unfit, check_array, read_files, read_path

LEAST_EXAMPLES = 20
FEW_EXAMPLES = 1_000
SIDES = (4, 70)  # pixels of a side of own pictures
_KEPT_BACK = 10  # one example in so many
_LEAST_SQUARE = 64  # fewer numbers are not taken for a picture
_WHITES = (255, 65_535)
_LARGEST = 1e30  # squares of larger numbers are infinite as float32


def read_own(
    files: Sequence[tuple[str, bytes]], array: str | None = None, *, size: int = 28, scaled: bool = True
) -> Examples:
    """Return the examples of one .npy or .npz file, or of pictures; `findings` says what was found and done.

    files : the name of each and its bytes; array : the name of the one that is meant in an .npz
    size : pixels of a side, to which the middle squares of pictures are brought
    scaled : whether the numbers are brought into the range of the units; see `use_array`
    Raises Unfit, a ValueError, for files that cannot be used, and SeveralArrays, which is one, where one of several
    arrays has to be chosen by its name.
    """
    _check_size(size)
    return use_array(read_files(files, array, size), _name([name for name, _ in files]), scaled=scaled)


def read_own_path(path: str | Path, array: str | None = None, *, size: int = 28, scaled: bool = True) -> Examples:
    """Return the examples of a file or a folder of pictures on this computer; else as `read_own`."""
    _check_size(size)
    values, left_out = read_path(path, array, size)
    examples = use_array(values, Path(path).name or "The folder", scaled=scaled)
    return replace(examples, findings=(*left_out, *examples.findings))


def use_array(values: np.ndarray, name: str = "The array", *, scaled: bool = True) -> Examples:
    """Return an array as examples; one in ten, drawn at random, is kept back.

    values : (n, numbers), (n, height, width) or (n, x, y, z), whole or real numbers
    scaled : Binary units need numbers from 0 to 1. Two different values become 0 and 1, numbers from 0 to 255 (or
        65,535, or another largest one) are divided by it, and where some are negative the units will be Gaussian and
        every column gets the mean 0 and the standard deviation 1. False leaves all as it is.
    Raises Unfit, a ValueError, for another shape or type, too many or too few examples, NaN, infinite numbers, and
    where all examples are the same.
    """
    values = np.asarray(values)
    check_array(name, values.shape, values.dtype)
    _check_numbers(values, name)
    shape = tuple(values.shape[1:])
    flat = values.reshape(len(values), -1)
    found = [f"{name}: {len(flat):,} examples of {' x '.join(map(str, shape))} numbers."]
    if len(shape) == 1 and (side := math.isqrt(shape[0])) ** 2 == shape[0] >= _LEAST_SQUARE:
        shape = (side, side)
        found.append(f"They are shown as {side} x {side} pixels, which changes nothing for the machine.")
    repeated = _count_repeated(flat, name)
    constant = np.flatnonzero((flat == flat[0]).all(0))
    held, gaussian, done = _bring_into_range(flat, scaled)
    found.append(done)
    train, valid = _keep_back(held)
    found.append(f"{len(valid):,} of the examples, drawn at random, are kept back to test with.")
    found += _warn(len(flat), flat.shape[1], constant, repeated)
    return Examples(name, torch.from_numpy(train), torch.from_numpy(valid), shape, gaussian, tuple(found))


def _name(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{len(names):,} pictures"


def _check_size(size: int) -> None:
    if not SIDES[0] <= size <= SIDES[1]:
        raise Unfit(f"Pictures can be brought to {SIDES[0]} to {SIDES[1]} pixels a side, got {size}.")


def _check_numbers(values: np.ndarray, name: str) -> None:
    """Raise Unfit where there are too few examples or where a number is none."""
    if len(values) < LEAST_EXAMPLES:
        raise Unfit(f"{name} has {len(values):,} examples; at least {LEAST_EXAMPLES} are needed, one mini-batch.")
    wrong = ~np.isfinite(values)
    if wrong.any():
        first = [int(place) for place in np.unravel_index(wrong.argmax(), wrong.shape)]
        raise Unfit(
            f"In {name}, {wrong.sum():,} of {values.size:,} numbers are NaN or infinite, the first at {first}. "
            "Replace them, or leave their examples out."
        )
    if max(float(values.max()), -float(values.min())) > _LARGEST:
        raise Unfit(f"{name} holds numbers beyond {_LARGEST:g}, too large to compute with. Divide them first.")


def _count_repeated(flat: np.ndarray, name: str) -> int:
    """Return how many examples are the same as an earlier one; raises Unfit where all are.

    flat : (n, numbers)
    """
    distinct = len(set(hash_examples(flat)))
    if distinct == 1:
        raise Unfit(f"In {name} all {len(flat):,} examples are the same: there is nothing to learn.")
    return len(flat) - distinct


def _bring_into_range(flat: np.ndarray, scaled: bool) -> tuple[np.ndarray, bool, str]:
    """Return the numbers as float32, whether they need Gaussian units, and in a sentence what was done.

    flat : (n, numbers)
    """
    least, most = float(flat.min()), float(flat.max())
    seen = f"The numbers go from {least:g} to {most:g}"
    if least >= 0 and most <= 1:
        return flat.astype(np.float32), False, f"{seen} and were left as they are."
    if not scaled:
        wanted = "Gaussian units" if least < 0 else "binary units, which expect 0 to 1,"
        return flat.astype(np.float32), least < 0, f"{seen}; as you wish, {wanted} get them as they are."
    if ((flat == flat.min()) | (flat == flat.max())).all():
        return (flat == flat.max()).astype(np.float32), False, f"{least:g} became 0 and {most:g} became 1."
    if least >= 0:
        white = next((white for white in _WHITES if white / 2 < most <= white), most)
        return np.divide(flat, white, dtype=np.float32), False, f"{seen} and were divided by {white:,g}."
    spread = flat.std(0, dtype=np.float64)
    held = (flat - flat.mean(0, dtype=np.float64)) / np.where(spread > 0, spread, 1)
    done = f"{seen}, which needs Gaussian units; every column was given the mean 0 and the standard deviation 1."
    return held.astype(np.float32), True, done


def _keep_back(held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the examples to learn from and those kept back, drawn with the seed 0 : (n, visible), float32."""
    order = np.random.default_rng(0).permutation(len(held))
    kept = len(held) // _KEPT_BACK
    return held[np.sort(order[kept:])], held[np.sort(order[:kept])]


def _warn(examples: int, visible: int, constant: np.ndarray, repeated: int) -> list[str]:
    """Return a sentence for each thing that makes learning harder."""
    said = []
    if len(constant):
        said.append(
            f"{len(constant):,} of {visible:,} columns, the first is {constant[0]}, have the same value in all "
            "examples: their units learn a bias and nothing else."
        )
    if repeated:
        said.append(
            f"{repeated:,} of {examples:,} examples are copies of others, so that some that are kept back were seen in "
            "training: the free-energy gap will show overfitting late or never."
        )
    if examples < FEW_EXAMPLES:
        said.append(f"{examples:,} examples are few: the machine can learn them by heart. Watch the free-energy gap.")
    return said
