"""The few strongest and weakest photographs of each channel, kept while any number of them passes by."""

from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np

# One guess in five; and a third of the usual: the strongest of 593 photographs for twelve of AlexNet's last maps reach
# 0.11 to 0.24 of what images made for these maps do.
LEAST_PROBABILITY = 0.2
LEAST_SHARE = 0.05


@dataclass(frozen=True)
class Best:
    """What each channel answers most to in every photograph of a few, at one place of each.

    values : (photographs, channels), float32
    positions : (photographs, channels, 2), int32: row and column in the layer's map; 0 where it has none
    boxes : (photographs, channels, 4), int32: the receptive field there as top, left, bottom, right in pixels of the
        network's picture
    probabilities : (photographs, channels), float32, 0 to 1: of the class; nan where the channels are no classes
    """

    values: np.ndarray
    positions: np.ndarray
    boxes: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True)
class Kept:
    """The few photographs at one end for each channel of a layer, the most extreme first; of equals the earlier.

    photos : (channels, n), int32: places in the album, -1 while there are not so many
    values, positions, boxes, probabilities : (channels, n, ...), as in `Best`
    equals : (channels,), int64: how many photographs beyond those kept answered just as much as the last of them
    """

    photos: np.ndarray
    values: np.ndarray
    positions: np.ndarray
    boxes: np.ndarray
    probabilities: np.ndarray
    equals: np.ndarray


@dataclass(frozen=True)
class Ranking:
    """What the channels of one layer have answered to the photographs so far, each by its largest answer.

    strongest, weakest : the photographs with the highest and the lowest of these largest answers
    looked : how many photographs there were
    mean : (channels,), float64, of the largest answers
    squares : (channels,), float64: sum of the squared distances from the mean
    """

    strongest: Kept
    weakest: Kept
    looked: int
    mean: np.ndarray
    squares: np.ndarray

    @property
    def deviation(self) -> np.ndarray:
        """The standard deviation of the largest answers over the photographs: (channels,), float64."""
        return np.sqrt(self.squares / max(1, self.looked))


def begin_ranking(channels: int, number: int) -> Ranking:
    """Return the ranking of so many channels before any photograph, for so many at each end."""
    return Ranking(_keep_none(channels, number, -inf), _keep_none(channels, number, inf), 0, *np.zeros((2, channels)))


def add(ranking: Ranking, best: Best, photos: np.ndarray) -> Ranking:
    """Return the ranking with some more photographs; what it holds does not grow.

    Mean and squares by the parallel formula of T. Chan, G. Golub and R. LeVeque, "Updating Formulae and a Pairwise
    Algorithm for Computing Sample Variances" (1979), equation 2.1.
    photos : (photographs,), int: their places in the album, all later than those before
    """
    looked = ranking.looked + len(photos)
    values = best.values.astype(np.float64)
    mean = values.mean(0)
    between = mean - ranking.mean
    return Ranking(
        strongest=_keep(ranking.strongest, best, photos, 1),
        weakest=_keep(ranking.weakest, best, photos, -1),
        looked=looked,
        mean=ranking.mean + between * len(photos) / looked,
        squares=ranking.squares + ((values - mean) ** 2).sum(0) + between**2 * ranking.looked * len(photos) / looked,
    )


def strongest_percentiles(ranking: Ranking) -> np.ndarray:
    """Return the share of photographs that answer less than each of the strongest: (channels, n), float32, 0..100.

    It is exact: equal answers, such as the zeros of a silent channel, do not count as less. nan where none is kept.
    """
    values = ranking.strongest.values
    as_many = (values[:, None] >= values[:, :, None]).sum(2)
    as_many += np.where(values == values[:, -1:], ranking.strongest.equals[:, None], 0)
    return _to_percent(ranking.looked - as_many, ranking.strongest, ranking.looked)


def weakest_percentiles(ranking: Ranking) -> np.ndarray:
    """Return the share of photographs that answer less than each of the weakest: (channels, n), float32, 0..100."""
    values = ranking.weakest.values
    return _to_percent((values[:, None] < values[:, :, None]).sum(2), ranking.weakest, ranking.looked)


def is_good_example(value: float, probability: float = nan, reached: float = nan) -> bool:
    """Say whether a photograph shows what a unit is for, rather than being the best of a bad lot.

    It does not where the unit answers nothing (0 or less), where its class gets less than LEAST_PROBABILITY of the
    probability in this photograph, or where the answer is less than LEAST_SHARE of what its synthetic image reaches.
    value : the unit's answer to the photograph
    probability : of its class; nan where the unit is no class
    reached : the unit's answer to the synthetic image it prefers; nan where there is none
    """
    if not isfinite(value) or value <= 0:
        return False
    too_unlikely = isfinite(probability) and probability < LEAST_PROBABILITY
    too_weak = isfinite(reached) and value < LEAST_SHARE * reached
    return not (too_unlikely or too_weak)


def _keep_none(channels: int, number: int, worst: float) -> Kept:
    return Kept(
        photos=np.full((channels, number), -1, np.int32),
        values=np.full((channels, number), worst, np.float32),
        positions=np.zeros((channels, number, 2), np.int32),
        boxes=np.zeros((channels, number, 4), np.int32),
        probabilities=np.full((channels, number), nan, np.float32),
        equals=np.zeros(channels, np.int64),
    )


def _keep(kept: Kept, best: Best, photos: np.ndarray, sign: int) -> Kept:
    """Return what is kept at one end once some more photographs have passed; `sign` is 1 at the strongest."""
    number = kept.values.shape[1]
    values = np.concatenate([kept.values, best.values.T], 1)
    order = np.argsort(-sign * values, 1, kind="stable")
    taken = order[:, :number]
    last = np.take_along_axis(values, taken[:, -1:], 1)
    passed = np.take_along_axis(values, order[:, number:], 1)

    def take(held: np.ndarray, new: np.ndarray) -> np.ndarray:
        both = np.concatenate([held, np.moveaxis(new, 0, 1)], 1)
        return np.take_along_axis(both, taken.reshape(*taken.shape, *[1] * (both.ndim - 2)), 1)

    still = (kept.values[:, -1:] == last) & np.isfinite(last)
    return Kept(
        photos=take(kept.photos, np.broadcast_to(photos[:, None].astype(np.int32), best.values.shape)),
        values=take(kept.values, best.values),
        positions=take(kept.positions, best.positions),
        boxes=take(kept.boxes, best.boxes),
        probabilities=take(kept.probabilities, best.probabilities),
        equals=np.where(still[:, 0], kept.equals, 0) + ((passed == last) & np.isfinite(last)).sum(1),
    )


def _to_percent(lower: np.ndarray, kept: Kept, looked: int) -> np.ndarray:
    return np.where(kept.photos >= 0, 100 * lower / max(1, looked), nan).astype(np.float32)
