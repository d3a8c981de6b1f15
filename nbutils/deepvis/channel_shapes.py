"""How alike the channels of a layer are: their mean answers, and the shapes of their distributions up to scale."""

from dataclasses import dataclass

import numpy as np

# Bins of an eighth of an octave from 2^-10 to 2^7; the first also holds zero, the last what lies beyond.
OCTAVE, LOWEST, HIGHEST = 8, -10, 7
BINS = (HIGHEST - LOWEST) * OCTAVE + 2
# Where scaled distributions are compared: from 2^-6 to 2^5 of the channel's own scale.
_COMPARED = np.arange(-6 * OCTAVE, 5 * OCTAVE + 1) / OCTAVE
UNUSUAL = 0.05


@dataclass(frozen=True)
class LayerAnswers:
    """What the channels of one rectified layer have answered so far.

    sums : (channels,), float64, over all positions of all photographs
    counts : (channels, BINS), int64: answers by size, in bins of an eighth of an octave
    positions : how many answers of each channel there were
    """

    layer: str
    sums: np.ndarray
    counts: np.ndarray
    positions: int

    @property
    def means(self) -> np.ndarray:
        """The mean answer of each channel: (channels,), float64."""
        return self.sums / max(self.positions, 1)


@dataclass(frozen=True)
class LayerShapes:
    """How alike the channels of a layer are.

    means : (channels,), float64, mean answer over all positions of all photographs
    unscaled, scaled, with_zeros : (channels,), float64, 0 to 1: largest distance (Kolmogorov-Smirnov) of a channel's
        distribution from the mean distribution of the layer's channels. Of the answers above zero: as they are, and
        divided by their mean; of all answers: divided by their mean. nan for a channel that never answered
    """

    layer: str
    means: np.ndarray
    unscaled: np.ndarray
    scaled: np.ndarray
    with_zeros: np.ndarray

    @property
    def decades(self) -> float:
        """Powers of ten between the largest and the smallest mean."""
        spoke = self.means[self.means > 0]
        return float(np.log10(spoke.max() / spoke.min()))

    @property
    def middle(self) -> float:
        """How many times the 10th percentile of the means the 90th is."""
        low, high = np.percentile(self.means, (10, 90))
        return float(high / low) if low > 0 else float("nan")

    @property
    def by_unusual(self) -> float:
        """Share of the means' variance that the most unusual twentieth of the channels has; 0.28 for a normal one.

        Of a normal distribution, the 5% beyond z = 1.96 have 2 (1.96 phi(1.96) + 0.025) = 0.279 of the variance.
        """
        squares = np.sort((self.means - self.means.mean()) ** 2)[::-1]
        return float(squares[: max(1, round(UNUSUAL * len(squares)))].sum() / squares.sum())


def no_answers(layer: str, channels: int) -> LayerAnswers:
    """Return what a layer has answered before the first photograph."""
    return LayerAnswers(layer, np.zeros(channels), np.zeros((channels, BINS), np.int64), 0)


def add_answers(found: LayerAnswers, answers: np.ndarray) -> LayerAnswers:
    """Return the counts with the answers to one more photograph: (channels, positions), float32, 0 or more.

    Raises ValueError for an answer that is negative or not finite.
    """
    if not (np.isfinite(answers).all() and answers.min() >= 0):
        raise ValueError(f"{found.layer} must answer with finite numbers, 0 or more: is it a rectifier?")
    return LayerAnswers(
        layer=found.layer,
        sums=found.sums + answers.sum(1, dtype=np.float64),
        counts=found.counts + count_sizes(answers),
        positions=found.positions + answers.shape[1],
    )


def count_sizes(answers: np.ndarray) -> np.ndarray:
    """Return how many answers of each channel fall into each bin of size: (channels, BINS), int64.

    answers : (channels, positions), float, 0 or more
    """
    sizes = np.log2(np.maximum(answers, 2.0 ** (LOWEST - 1)))
    places = np.clip(np.ceil((sizes - LOWEST) * OCTAVE), 0, BINS - 1).astype(np.int64)
    places += np.arange(len(answers))[:, None] * BINS
    return np.bincount(places.ravel(), minlength=len(answers) * BINS).reshape(len(answers), BINS)


def compare_shapes(found: LayerAnswers) -> LayerShapes:
    """Return how alike the channels of a layer are; nan distances for channels that never answered."""
    above = found.counts.copy()
    above[:, 0] = 0
    often = above.sum(1)
    spoke = often > 0
    scales = np.divide(found.sums, often, out=np.ones(len(often)), where=spoke)
    one_scale = np.full(len(often), np.median(scales[spoke]) if spoke.any() else 1.0)
    return LayerShapes(
        layer=found.layer,
        means=found.means,
        unscaled=_distances(above, one_scale, spoke),
        scaled=_distances(above, scales, spoke),
        with_zeros=_distances(found.counts, found.means, spoke),
    )


def _distances(counts: np.ndarray, scales: np.ndarray, spoke: np.ndarray) -> np.ndarray:
    """Return the distance of each channel's distribution, divided by its scale, from the mean of all of them."""
    edges = np.arange(LOWEST * OCTAVE, HIGHEST * OCTAVE + 1) / OCTAVE
    curves = np.array(
        [
            np.interp(_COMPARED + np.log2(scale), edges, np.cumsum(row[:-1]) / row.sum())
            for row, scale in zip(counts[spoke], scales[spoke], strict=True)
        ]
    )
    distances = np.full(len(counts), np.nan)
    if len(curves):
        distances[spoke] = np.abs(curves - curves.mean(0)).max(1)
    return distances
