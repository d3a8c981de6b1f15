"""Small patches of photographs, filtered so that what is left are edges: what Gaussian visible units can learn."""

from collections.abc import Sequence

import numpy as np

from nbutils.zoo.album import Photo
from nbutils.zoo.photographs import read_photo
from nbutils.zoo.preparing import LUMA

SIZES = (8, 20)  # pixels of a side
MOST_PATCHES = 100_000
_MOST_PHOTOS = 100
_SIDE = 256  # pixels of a photograph's square, from which patches are cut
_MARGIN = 4  # pixels at the edge that the filter, which takes pictures as going round, has mixed with the other edge
_CUT_OFF = 0.35  # cycles a pixel, f0
_LEAST_CONTRAST = 0.2  # standard deviation of a patch, where that of the whole photograph is 1
_DAMPING = 0.3
_ROUNDS = 20


def patches(
    photos: Sequence[Photo], size: int = 12, number: int = 20_000, seed: int = 0, whitened: bool = True
) -> np.ndarray:
    """Return grey patches from the middle squares of photographs : (number, size * size), float32, each of mean 0.

    They come from at most 100 photographs, drawn by the seed. A photograph is filtered with r exp(-(r / f0)^4), f0 =
    0.35 cycles a pixel, which makes all frequencies but the highest equally strong, unless whitened is False; then it
    is divided by its standard deviation. Patches whose standard deviation is below 0.2 are flat and are left out, the
    others are divided by theirs plus 0.3.
    Source of the filter: Olshausen and Field 1996, Nature 381, 607.
    Raises ValueError for a size or a number out of range, and where there are too few patches that are not flat.
    """
    _check(photos, size, number)
    random = np.random.default_rng(seed)
    chosen = random.permutation(len(photos))[:_MOST_PHOTOS]
    pictures = np.stack([_standardize(read_photo(photos[place], _SIDE), whitened) for place in chosen])
    windows = np.lib.stride_tricks.sliding_window_view(pictures, (size, size), axis=(1, 2))
    found: list[np.ndarray] = []
    for _ in range(_ROUNDS):
        places = [random.integers(length, size=number) for length in windows.shape[:3]]
        found.append(_normalize_contrast(windows[*places].reshape(number, -1)))
        if sum(map(len, found)) >= number:
            return np.concatenate(found)[:number]
    raise ValueError(
        f"Of {_ROUNDS * number:,} patches of these photographs only {sum(map(len, found)):,} are not flat; "
        f"{number:,} are wanted. Take photographs with more detail."
    )


def _standardize(pixels: np.ndarray, whitened: bool) -> np.ndarray:
    """Return a photograph in grey, without the edge : (height, width), float32, mean 0, standard deviation 1.

    pixels : (size, size, 3), uint8
    """
    grey = pixels @ np.array(LUMA, np.float32) / 255
    grey -= grey.mean()
    if whitened:
        grey = np.fft.irfft2(np.fft.rfft2(grey) * _whitening(len(grey)), grey.shape).astype(np.float32)
    inner = grey[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    return inner / max(inner.std(), 1e-6)


def _whitening(side: int) -> np.ndarray:
    """Return the filter r exp(-(r / f0)^4) over the frequencies of a real Fourier transform : (side, side // 2 + 1)."""
    radius = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side))
    return radius * np.exp(-((radius / _CUT_OFF) ** 4))


def _normalize_contrast(cut: np.ndarray) -> np.ndarray:
    """Return the patches that are not flat, of mean 0 and of nearly the same contrast.

    cut : (n, pixels), float32
    """
    centred = cut - cut.mean(1, keepdims=True)
    contrast = centred.std(1, keepdims=True)
    kept = contrast[:, 0] >= _LEAST_CONTRAST
    return centred[kept] / (contrast[kept] + _DAMPING)


def _check(photos: Sequence[Photo], size: int, number: int) -> None:
    """Raise ValueError with a sentence for what cannot be cut."""
    if not photos:
        raise ValueError("There are no photographs to cut patches from.")
    if not SIZES[0] <= size <= SIZES[1]:
        raise ValueError(f"A patch has {SIZES[0]} to {SIZES[1]} pixels a side, got {size}.")
    if not 1 <= number <= MOST_PATCHES:
        raise ValueError(f"1 to {MOST_PATCHES:,} patches can be cut, got {number:,}.")
