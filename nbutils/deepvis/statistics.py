"""What every channel of a layer answers over many photographs: histograms, silent channels, correlations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from nbutils.probe import Layer, activations
from nbutils.zoo import Network, prepare

BINS = 48  # has many divisors: a small tile joins bins
PILOT = 12  # photographs that the bins are laid by
OVER = ("means", "largest", "positions")


@dataclass(frozen=True)
class ChannelStatistics:
    """What the channels of a layer have answered to the photographs so far.

    edges : (channels, BINS + 1), float32; the outermost bins are open: they also count what lies beyond
    counts : (channels, BINS), int64: how many answers at all positions fell into each bin
    lowest, highest : (channels,), float32: exact, over all positions
    above : (channels,), int64: how many answers were above zero
    means, largest : (photographs, channels), float32: of each photograph's answers
    centre : (channels,), float64: what was taken off before `products` were summed, so that no digits are lost
    sums : (channels,), float64, sum of answers - centre over all positions
    products : (channels, channels), float64, sum of products of two channels' answers - centre over all positions
    positions : how many answers of each channel were counted
    """

    edges: np.ndarray
    counts: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    above: np.ndarray
    means: np.ndarray
    largest: np.ndarray
    centre: np.ndarray
    sums: np.ndarray
    products: np.ndarray
    positions: int

    @property
    def photographs(self) -> int:
        """How many photographs were looked at."""
        return len(self.means)

    @property
    def silent(self) -> np.ndarray:
        """Which channels never answered above zero on any photograph: (channels,), bool."""
        return self.highest <= 0

    @property
    def constant(self) -> np.ndarray:
        """Which channels always answered with the same number: (channels,), bool."""
        return self.highest == self.lowest

    @property
    def dead(self) -> np.ndarray:
        """Which channels are silent or constant: (channels,), bool."""
        return self.silent | self.constant


def count_steps(number: int) -> int:
    """Return how many snapshots `collect` yields for so many photographs."""
    return min(PILOT, number) + number


def collect(
    network: Network, layer: Layer, number: int, read: Callable[[int], np.ndarray]
) -> Iterator[ChannelStatistics | None]:
    """Yield the statistics of a layer's channels after every photograph; no map is held longer than its turn.

    The bins come from a first look at a few of the photographs, evenly taken, and are equally wide for a channel;
    after each of these there is nothing to count yet, and None is yielded.

    number : how many photographs there are
    read : read(place) returns photograph number place: (size, size, 3), uint8, sRGB
    Raises ValueError where there is none.
    """
    if number < 1:
        raise ValueError("There is no photograph to count over.")

    def answers(place: int) -> np.ndarray:
        pixels = prepare(network, read(place))
        return flatten(activations(network.module, pixels, [layer.name])[layer.name][0])

    pilot = []
    for place in np.unique(np.linspace(0, number - 1, min(PILOT, number)).round().astype(int)):
        pilot.append(_reach(answers(place)))
        yield None
    found = _begin(pilot)
    for place in range(number):
        found = add(found, answers(place))
        yield found


def flatten(answer: Tensor) -> np.ndarray:
    """Return the answers of one picture, one row a channel: (channels, positions), float32.

    answer : (channels, height, width) or (units,), float
    """
    return answer.reshape(len(answer), -1).float().cpu().numpy()


def _reach(answers: np.ndarray) -> np.ndarray:
    """Return the lowest, the highest and the mean answer of each channel: (3, channels), float32.

    answers : (channels, positions), float32
    Raises ValueError for an answer that is not finite.
    """
    reach = np.stack([answers.min(1), answers.max(1), answers.mean(1)])
    if not np.isfinite(reach[:2]).all():
        raise ValueError("The layer answered with NaN or infinity: look at the network's weights and photographs.")
    return reach


def _begin(pilot: list[np.ndarray]) -> ChannelStatistics:
    """Return empty statistics with bins from how far the answers to a few photographs reach: each (3, channels)."""
    low, high = np.min(pilot, 0)[0], np.max(pilot, 0)[1]
    channels = len(low)
    return ChannelStatistics(
        edges=lay_edges(low, high),
        counts=np.zeros((channels, BINS), np.int64),
        lowest=np.full(channels, np.inf, np.float32),
        highest=np.full(channels, -np.inf, np.float32),
        above=np.zeros(channels, np.int64),
        means=np.zeros((0, channels), np.float32),
        largest=np.zeros((0, channels), np.float32),
        centre=np.mean(pilot, 0, dtype=np.float64)[2],
        sums=np.zeros(channels),
        products=np.zeros((channels, channels)),
        positions=0,
    )


def lay_edges(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return equally wide bins from the lowest to the highest answer of each channel: (channels, BINS + 1), float32.

    Where answers begin at zero, so do the bins. A channel that has shown one number only gets bins of one in all.

    low, high : (channels,), float32
    """
    width = np.where(high > low, high - low, 1)
    return (low[:, None] + width[:, None] * np.linspace(0, 1, BINS + 1)).astype(np.float32)


def add(found: ChannelStatistics, answers: np.ndarray) -> ChannelStatistics:
    """Return the statistics with the answers to one more photograph.

    answers : (channels, positions), float32
    Raises ValueError for an answer that is not finite.
    """
    low, high, mean = _reach(answers)
    centred = torch.from_numpy(answers - found.centre.astype(np.float32)[:, None])
    return replace(
        found,
        counts=found.counts + count(answers, found.edges),
        lowest=np.minimum(found.lowest, low),
        highest=np.maximum(found.highest, high),
        above=found.above + (answers > 0).sum(1),
        means=np.concatenate([found.means, mean[None]]),
        largest=np.concatenate([found.largest, high[None]]),
        sums=found.sums + centred.sum(1, dtype=torch.float64).numpy(),
        products=found.products + (centred @ centred.T).numpy(),
        positions=found.positions + answers.shape[1],
    )


def count(answers: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return how many answers fall into each bin, those beyond the ends into the outermost: (channels, BINS), int64.

    answers : (channels, positions), float32
    edges : (channels, BINS + 1), float32, equally wide
    """
    channels, bins = len(answers), edges.shape[1] - 1
    low, high = edges[:, :1], edges[:, -1:]
    places = ((answers - low) * (bins / (high - low))).astype(np.int64).clip(0, bins - 1)
    places += np.arange(channels)[:, None] * bins
    return np.bincount(places.ravel(), minlength=channels * bins).reshape(channels, bins)


def correlate(found: ChannelStatistics, channel: int, over: str = "means") -> np.ndarray:
    """Return the correlation (Pearson) of one channel with every channel: (channels,), float64, -1 to 1.

    It is nan where one of the two never changes.

    over : "means" and "largest" correlate the mean and the largest answers to whole photographs, "positions" the
        answers at every position of every photograph
    Raises ValueError for another word or for a channel that the layer does not have.
    """
    if over not in OVER:
        raise ValueError(f'Channels are correlated over {", ".join(OVER)}, not over "{over}".')
    if not 0 <= channel < len(found.counts):
        raise ValueError(f"The layer has the channels 0 to {len(found.counts) - 1}, got {channel}.")
    if over == "positions":
        mean = found.sums / found.positions
        variances = np.diag(found.products) / found.positions - mean**2
        shared = found.products[channel] / found.positions - mean[channel] * mean
    else:
        values = getattr(found, over).astype(np.float64)
        values -= values.mean(0)
        variances = (values**2).mean(0)
        shared = (values[:, channel, None] * values).mean(0)
    # A channel that never changes has a variance of rounding errors, which would correlate with anything.
    still = (variances <= 1e-12 * np.maximum(found.highest.astype(np.float64) ** 2, 1e-30)) | found.constant
    spread = np.where(still, np.nan, np.sqrt(np.maximum(variances, 0)))
    return np.clip(shared / (spread * spread[channel]), -1, 1)


def rank_related(correlations: np.ndarray, channel: int, number: int = 8) -> tuple[list[int], list[int]]:
    """Return the channels most positively and most negatively correlated with one, the strongest first.

    correlations : (channels,), float; nan is left out
    """
    order = [int(place) for place in np.argsort(-correlations) if np.isfinite(correlations[place]) and place != channel]
    positive = [place for place in order if correlations[place] > 0][:number]
    negative = [place for place in reversed(order) if correlations[place] < 0][:number]
    return positive, negative


def tell_dead(found: ChannelStatistics) -> str:
    """Return in words how many channels never answered, counted by both of its meanings."""
    channels, silent = len(found.counts), int(found.silent.sum())
    still = int((found.constant & ~found.silent).sum())
    if silent:
        told = f"{silent} of {channels} channels never answered above zero on any of {found.photographs} photographs"
    else:
        told = f"Each of {channels} channels answered above zero on at least one of {found.photographs} photographs"
    return told + (f"; {still} more always answered with one and the same number." if still else ".")
