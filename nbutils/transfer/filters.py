"""How much the filters of a first layer are like Gabor functions and blobs of colour (thesis, sections 5.1 and 5.2).

A Gabor function is a wave under a bell: exp(-u^2 / 2 s^2 - v^2 / 2 t^2) cos(2 pi u / wavelength + phase), where u and v
are the ways along and across the wave from a centre. With a wave much longer than the filter it is a blob.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from nbutils.transfer.records import Run
from nbutils.transfer.results import key_of

SHORTEST, LONGEST = 2.0, 4.0  # wave: in pixels, and in sizes of the filter
NARROWEST, WIDEST = 0.6, 1.0  # bell: in pixels, and in sizes of the filter
STARTS = 2  # of the best places of a coarse search, those that are refined
COLOURED = 0.5  # share of the energy from which on a filter is called coloured
CONTROLS, CONTROL_SEED = 100, 0
RARE = 0.95  # of random filters are less like a Gabor function than what is called like one
QUIET = 1e-12


@dataclass(frozen=True)
class Fit:
    """What a filter is like.

    quality : R^2, how much of the filter's energy one Gabor function with one colour gives, 0 to 1
    colour : share of the energy in what differs between the channels, 0 (grey) to 1
    fitted : (channels, y, x), float, that Gabor function in that colour
    wavelength : pixels; angle : degrees from the x axis (to the right) towards the y axis (down), 0 to 180
    """

    quality: float
    colour: float
    fitted: np.ndarray
    wavelength: float
    angle: float


def fit(filters: np.ndarray) -> tuple[Fit, ...]:
    """Return what each filter is like.

    filters : (n, channels, y, x), float, y and x alike
    Raises ValueError for other axes and for numbers that are not finite.
    """
    filters = np.asarray(filters, float)
    if filters.ndim != 4 or filters.shape[2] != filters.shape[3] or filters.shape[2] < 3:
        raise ValueError(f"Filters have the axes (n, channels, y, x) with y = x, 3 or more; got {filters.shape}.")
    if not np.isfinite(filters).all():
        raise ValueError("A filter holds what is no finite number; its network has come apart in training.")
    return tuple(fit_one(each) for each in filters)


def fit_one(weights: np.ndarray) -> Fit:
    """Return what one filter is like.

    weights : (channels, y, x), float
    Its best separation into one colour and one pattern comes first (singular values), then a Gabor function is fitted
    to the pattern by least squares: for given bell and wave the best sum of sine and cosine is exact.
    """
    channels, side, _ = weights.shape
    energy = float((weights**2).sum())
    if energy < QUIET:
        return Fit(0.0, 0.0, np.zeros_like(weights), np.inf, 0.0)
    colours, strengths, patterns = np.linalg.svd(weights.reshape(channels, -1), full_matrices=False)
    parameters, pattern = _fit_pattern(patterns[0], side)
    fitted = (colours[:, :1] * strengths[0] * pattern).reshape(weights.shape)
    quality = 1 - float(((weights - fitted) ** 2).sum()) / energy
    angle, wavelength = float(np.degrees(parameters[4]) % 180), float(np.exp(parameters[5]))
    return Fit(quality, share_colour(weights), fitted, wavelength, angle)


def untrained(shape: Sequence[int], count: int = CONTROLS, seed: int = CONTROL_SEED) -> np.ndarray:
    """Return random filters, normal as first weights are: (count, *shape), float; a fit does not depend on scale."""
    return np.random.default_rng(seed).normal(size=(count, *shape))


def fit_random(shape: Sequence[int]) -> Iterator[Fit]:
    """Yield what random filters of a shape are like, one after the other."""
    yield from map(fit_one, untrained(shape))


def find_rare(controls: Iterable[Fit]) -> float:
    """Return the quality that only one of twenty random filters reaches."""
    return float(np.quantile([each.quality for each in controls], RARE))


def share_colour(weights: np.ndarray) -> float:
    """Return the share of a filter's energy in what differs between its channels: (channels, y, x), float."""
    energy = float((weights**2).sum())
    return float(((weights - weights.mean(0)) ** 2).sum()) / energy if energy > QUIET else 0.0


def describe(fits: Sequence[Fit], rare: float) -> dict:
    """Return what filters are like together.

    rare : the quality above which a filter is called like a Gabor function
    """
    quality, colour = [each.quality for each in fits], [each.colour for each in fits]
    return {
        "filters": len(fits),
        "median_quality": float(np.median(quality)),
        "like_gabor": float(np.mean([each > rare for each in quality])),
        "median_colour": float(np.median(colour)),
        "coloured": float(np.mean([each > COLOURED for each in colour])),
    }


def describe_networks(runs: Iterable[Run], filters: Mapping[str, np.ndarray]) -> dict:
    """Return what first layers of base networks are like, by data set and half, and of random ones (C5-27).

    filters : by the key of their run, as `results.load_filters` gives them
    Raises ValueError where there are none.
    """
    groups: dict[str, list[np.ndarray]] = {}
    for run in runs:
        settings = run.settings
        if settings.treatment == "base" and not settings.per_class and (key := key_of(settings)) in filters:
            kind = settings.split.partition("-")[0]
            name = f"{settings.data} {kind} {settings.target} {settings.plan} {settings.nonlinearity}"
            groups.setdefault(name, []).append(filters[key])
    if not groups:
        raise ValueError("There are no first layers of base networks to look at yet.")
    shapes = {members[0].shape[1:] for members in groups.values()}
    controls = {shape: tuple(fit_random(shape)) for shape in sorted(shapes, reverse=True)}
    # Those of colour pictures come first: they are the random ones, others are told with their shape.
    names = ["random", *(f"random {'x'.join(map(str, shape))}" for shape in list(controls)[1:])]
    rare = {shape: find_rare(fits) for shape, fits in controls.items()}
    found = {name: describe(fits, rare[shape]) for name, (shape, fits) in zip(names, controls.items(), strict=True)}
    for name, members in sorted(groups.items()):
        fits = [each for member in members for each in fit(member)]
        found[name] = {"networks": len(members)} | describe(fits, rare[members[0].shape[1:]])
    return found


def _fit_pattern(pattern: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the parameters of the best Gabor function and its values: x, y, ln s, ln t, angle, ln wavelength."""
    from scipy.optimize import least_squares

    starts, bases = _coarse(side)
    gained = ((bases @ pattern) ** 2).sum(1)
    low, high = _bounds(side)

    def give(parameters: np.ndarray) -> np.ndarray:
        return _project(np.clip(parameters, low, high), pattern, side)

    best, least = None, np.inf
    for place in np.argsort(gained)[::-1][:STARTS]:
        found = least_squares(
            lambda parameters: pattern - give(parameters), starts[place], method="lm", xtol=1e-3, ftol=1e-4, max_nfev=80
        )
        if found.cost < least:
            best, least = np.clip(found.x, low, high), found.cost
    return best, give(best)


def _bounds(side: int) -> tuple[np.ndarray, np.ndarray]:
    half = (side - 1) / 2
    narrow, wide = np.log(NARROWEST), np.log(WIDEST * side)
    low = np.array([-half, -half, narrow, narrow, -np.inf, np.log(SHORTEST)])
    return low, np.array([half, half, wide, wide, np.inf, np.log(LONGEST * side)])


@cache
def _coarse(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return parameters all over their range, and for each an orthonormal pair: (k, 6) and (k, 2, side * side)."""
    half = (side - 1) / 2
    ways = product(
        (-half / 2, 0.0, half / 2),
        (-half / 2, 0.0, half / 2),
        np.log([side / 5, side / 2.5]),
        np.linspace(0, np.pi, 8, endpoint=False),
        np.log([2.3, 3.2, 4.5, 7.0, LONGEST * side * 0.9]),
    )
    starts = np.array([(x, y, width, width, angle, wave) for x, y, width, angle, wave in ways])
    return starts, np.stack([_pair(parameters, side) for parameters in starts])


def _pair(parameters: np.ndarray, side: int) -> np.ndarray:
    """Return two orthonormal patterns that span all phases: (2, side * side); the second may be nothing."""
    x, y, along, across, angle, wave = parameters
    rows, columns = np.mgrid[:side, :side] - (side - 1) / 2
    u = (columns - x) * np.cos(angle) + (rows - y) * np.sin(angle)
    v = (rows - y) * np.cos(angle) - (columns - x) * np.sin(angle)
    bell = np.exp(-((u / np.exp(along)) ** 2 + (v / np.exp(across)) ** 2) / 2)
    phase = 2 * np.pi * u / np.exp(wave)
    even, odd = (bell * np.cos(phase)).ravel(), (bell * np.sin(phase)).ravel()
    first = even / max(np.linalg.norm(even), QUIET)
    odd = odd - (odd @ first) * first
    return np.stack([first, odd / max(np.linalg.norm(odd), QUIET)])


def _project(parameters: np.ndarray, pattern: np.ndarray, side: int) -> np.ndarray:
    pair = _pair(parameters, side)
    return (pair @ pattern) @ pair
