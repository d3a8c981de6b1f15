"""Camera-like noise, and how far the codes of a network's layers move with it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import torch
from torch import Tensor

from nbutils.deepvis.looking import classifier, probabilities
from nbutils.probe import Layer, activations
from nbutils.zoo import Network, prepare

STRENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
WEAKEST, STRONGEST = 0.5, 16.0
MID_GREY = 128
# The light, as a share of white, at which the noise of reading the sensor equals the noise of counting photons.
READ_NOISE = 0.01
PICTURE, PROBABILITIES = "picture", "probabilities"


@dataclass(frozen=True)
class Change:
    """How far the codes of one photograph move with noise of several strengths.

    relative : (strengths, places), float32: |f(x + n) - f(x)| / |f(x)|, lengths over all numbers of a place
    other : (places,), float32: |f(y) - f(x)| / |f(x)| for another photograph y; nan where f(x) is all zero
    moved : (strengths,), float32, 0 to 1: total variation distance of the probabilities; empty without classes
    flipped : (strengths,), bool: whether the first guess is another one; empty without classes
    confidence : the probability of the first guess without noise; nan without classes
    """

    place: int
    relative: np.ndarray
    other: np.ndarray
    moved: np.ndarray
    flipped: np.ndarray
    confidence: float


def add_camera_noise(pixels: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Return a picture as a camera with a noisy sensor would have taken it.

    To linear light L (0..1) comes Gaussian noise of variance gain * (L + READ_NOISE), independent for each pixel and
    colour: photon counting, whose variance grows with the light, and reading out, whose variance does not (A. Foi et
    al., "Practical Poissonian-Gaussian noise modeling and fitting for single-image raw-data", 2008, eq. 2). The sRGB
    curve (IEC 61966-2-1) leads there and back; what a camera does against noise is not imitated.

    pixels : (..., 3), uint8, sRGB
    strength : standard deviation at mid-grey (128) before rounding, in grey levels; it sets the gain. The curve bends:
        at 16 levels what comes out is some percent more
    Raises ValueError for pixels of another type, or for a strength that is not 0 to 64.
    """
    if pixels.dtype != np.uint8:
        raise ValueError(f"Noise is added to uint8 pixels, got {pixels.dtype}.")
    if not isfinite(strength) or not 0 <= strength <= 64:
        raise ValueError(f"The strength of noise must be 0 to 64 grey levels, got {strength}.")
    mid = float(_LINEAR[MID_GREY])
    levels_per_light = 255 * 1.055 / 2.4 * mid ** (1 / 2.4 - 1)
    gain = (strength / levels_per_light) ** 2 / (mid + READ_NOISE)
    light = _LINEAR[pixels]
    noise = rng.standard_normal(light.shape, np.float32) * np.sqrt(gain * (light + READ_NOISE))
    return np.round(255 * encode_light(np.clip(light + noise, 0, 1))).astype(np.uint8)


def decode_light(share: np.ndarray) -> np.ndarray:
    """Return linear light for sRGB values, both 0 to 1 (IEC 61966-2-1)."""
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def encode_light(light: np.ndarray) -> np.ndarray:
    """Return sRGB values for linear light, both 0 to 1 (IEC 61966-2-1)."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


_LINEAR = decode_light(np.arange(256) / 255).astype(np.float32)


def name_places(network: Network, known: Sequence[Layer]) -> tuple[str, ...]:
    """Return where changes are measured: the picture, every layer, and the probabilities where there are classes."""
    ends = (PROBABILITIES,) if classifier(network, tuple(known)) else ()
    return (PICTURE, *(layer.name for layer in known), *ends)


def name_kinds(network: Network, known: Sequence[Layer]) -> tuple[str, ...]:
    """Return the kind of every place of `name_places`: a layer's kind, and the names of the two ends."""
    kinds = {layer.name: layer.kind for layer in known}
    return tuple(kinds.get(place, place) for place in name_places(network, known))


def measure_changes(
    network: Network,
    known: tuple[Layer, ...],
    number: int,
    read: Callable[[int], np.ndarray],
    strengths: Sequence[float] = STRENGTHS,
    seed: int = 0,
    start: int = 0,
) -> Iterator[Change]:
    """Yield for each picture how far every place of `name_places` moves with noise.

    The noise of a picture depends on seed and place alone, and has the same pattern at every strength; so the work
    can go on at any place. The other photograph of a comparison is the one before, so the order should be by chance.

    number : how many pictures there are, at least 2
    read : read(place) returns picture number place: (size, size, 3), uint8, sRGB
    start : the place to begin with
    Raises ValueError for fewer than two pictures or no strength.
    """
    if number < 2 or not strengths:
        raise ValueError(f"Wanted at least 2 pictures and 1 strength, got {number} and {len(strengths)}.")
    other = read_codes(network, known, read((start - 1) % number)) if start < number else {}
    for place in range(start, number):
        pixels = read(place)
        clean = read_codes(network, known, pixels)
        noisy = (
            read_codes(network, known, add_camera_noise(pixels, strength, np.random.default_rng((seed, place))))
            for strength in strengths
        )
        yield _compare(place, clean, noisy, other)
        other = clean


def read_codes(network: Network, known: tuple[Layer, ...], pixels: np.ndarray) -> dict[str, Tensor]:
    """Return what each place of `name_places` says about one picture, as vectors: (numbers,), float32.

    pixels : (size, size, 3), uint8, sRGB
    """
    prepared = prepare(network, pixels)
    answers = activations(network.module, prepared, [layer.name for layer in known])
    codes = {PICTURE: prepared.flatten()} | {layer.name: answers[layer.name][0].flatten() for layer in known}
    classes = classifier(network, known)
    if classes:
        codes[PROBABILITIES] = probabilities(codes[classes.name])
    return codes


def relative_change(changed: Tensor, code: Tensor) -> float:
    """Return |changed - code| / |code| (Euclidean lengths); nan where the code is all zero."""
    length = float(torch.linalg.vector_norm(code))
    return float(torch.linalg.vector_norm(changed - code)) / length if length else float("nan")


def total_variation(one: Tensor, other: Tensor) -> float:
    """Return the total variation distance of two distributions, 0 to 1: half the sum of absolute differences."""
    return float((one - other).abs().sum()) / 2


def _compare(place: int, clean: dict[str, Tensor], noisy: Iterator[dict[str, Tensor]], other: dict) -> Change:
    """Return the change between the clean codes and each of the noisy ones, which are held one at a time."""
    relative, moved, flipped = [], [], []
    sure = clean.get(PROBABILITIES)
    for codes in noisy:
        relative.append([relative_change(codes[name], code) for name, code in clean.items()])
        if sure is not None:
            moved.append(total_variation(codes[PROBABILITIES], sure))
            flipped.append(int(codes[PROBABILITIES].argmax()) != int(sure.argmax()))
    return Change(
        place=place,
        relative=np.array(relative, np.float32),
        other=np.array([relative_change(other[name], code) for name, code in clean.items()], np.float32),
        moved=np.array(moved, np.float32),
        flipped=np.array(flipped, bool),
        confidence=float("nan") if sure is None else float(sure.max()),
    )
