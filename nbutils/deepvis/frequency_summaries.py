"""What section 6.5 of the thesis says, in numbers: edges at both ends, ranks by frequency, power of gradients."""

from dataclasses import dataclass

import numpy as np

from nbutils.deepvis import channel_shapes, spectra
from nbutils.deepvis.channel_shapes import LayerShapes
from nbutils.deepvis.frequencies import UNITS, VARIANTS, FirstLayer, Measurement
from nbutils.deepvis.spectra import FilterShapes

ENDS = 5  # filters at each end, as in the thesis
THESIS_LOW, THESIS_HIGH, THESIS_RATIO = 90.0, 5.4, 17.0
HIGH_FREQUENCY = 0.25  # cycles a pixel: half of the highest that a row of pixels can carry
WEIGHTS = ("onward", "carried", "own", "both")
DISTANCES = ("unscaled", "scaled", "with_zeros")
SLOPE_BETWEEN = (0.02, 0.25)  # cycles a pixel: above it, resizing and JPEG have a say in photographs


@dataclass(frozen=True)
class Findings:
    """What photographs have shown.

    layers : how alike the channels of each rectified layer are, with their mean answers
    pictures : (rings,), float64, mean power of photographs, summing to one over all points of a spectrum
    gradients : (units, variants, rings), float64, the same for gradients of UNITS by VARIANTS
    side : height and width of the pictures in pixels; ring k is k / side cycles a pixel
    """

    photographs: int
    layers: tuple[LayerShapes, ...]
    pictures: np.ndarray
    gradients: np.ndarray
    side: int

    @property
    def means(self) -> np.ndarray:
        """The mean answer of each first channel over all positions of all photographs: (filters,), float64."""
        return self.layers[0].means

    def spectrum(self, unit: str, variant: str = VARIANTS[0]) -> np.ndarray:
        """Return the mean power of gradients that start in a layer of UNITS: (rings,), float64."""
        return self.gradients[UNITS.index(unit), VARIANTS.index(variant)]


@dataclass(frozen=True)
class EdgeRule:
    """What counts as an edge filter, and by which frequency edges are sorted.

    measure : "peak" or "centroid", a field of FilterShapes
    colour : the largest share of colour energy
    coherence : the smallest coherence
    """

    measure: str = "peak"
    colour: float = 0.5
    coherence: float = 0.6


@dataclass(frozen=True)
class Ends:
    """The edge filters of lowest and of highest frequency.

    low, high : channels, the most extreme first
    """

    low: tuple[int, ...]
    high: tuple[int, ...]
    low_mean: float
    high_mean: float

    @property
    def ratio(self) -> float:
        """How many times the mean of the high ones the mean of the low ones is."""
        return self.low_mean / self.high_mean


def settle(found: Measurement) -> Findings:
    """Return what a measurement has shown so far."""
    return Findings(
        photographs=found.photographs,
        layers=tuple(channel_shapes.compare_shapes(held) for held in found.answers),
        pictures=found.pictures / found.photographs,
        gradients=found.gradients / np.maximum(found.passed, 1)[:, None, None],
        side=found.side,
    )


def sort_edges(shapes: FilterShapes, rule: EdgeRule) -> np.ndarray:
    """Return the channels of the edge filters, the lowest frequency first: (edges,), int64."""
    if rule.measure not in spectra.MEASURES:
        raise ValueError(f'Frequencies are {" or ".join(spectra.MEASURES)}, not "{rule.measure}".')
    edges = np.flatnonzero((shapes.colour <= rule.colour) & (shapes.coherence >= rule.coherence))
    return edges[np.argsort(getattr(shapes, rule.measure)[edges], kind="stable")]


def compare_ends(edges: np.ndarray, values: np.ndarray, number: int = ENDS) -> Ends:
    """Return the mean of some values over the edges of lowest and of highest frequency.

    edges : (edges,), int64, channels in order of frequency
    values : (filters,), float
    Raises ValueError where the two ends would overlap.
    """
    if len(edges) < 2 * number:
        raise ValueError(
            f"{len(edges)} filters count as edges, and {2 * number} are needed: allow more colour or less coherence."
        )
    low, high = edges[:number], edges[::-1][:number]
    return Ends(tuple(low.tolist()), tuple(high.tolist()), float(values[low].mean()), float(values[high].mean()))


def weigh(first: FirstLayer, found: Findings, what: str) -> np.ndarray:
    """Return one of WEIGHTS for every filter: (filters,), float64.

    what : "onward", the length of all weights to the second convolution; "carried", that times the mean answer;
        "own", the length of the filter itself; "both", the product of the two lengths, as a gradient meets them
    """
    values = {
        "onward": first.onward,
        "carried": first.onward * found.means,
        "own": first.shapes.norm,
        "both": first.shapes.norm * first.onward,
    }
    return values[what]


def sum_up(first: FirstLayer, found: Findings, rule: EdgeRule = EdgeRule()) -> dict:
    """Return the numbers of the ledger's rows C6-12, C6-13 and C6-14."""
    return {
        "C6-12": _sum_up_means(first, found, rule),
        "C6-13": {**_sum_up_weights(first, found, rule), **_sum_up_spectra(first, found)},
        "C6-14": {shapes.layer: _sum_up_channels(shapes) for shapes in found.layers},
    }


def _sum_up_means(first: FirstLayer, found: Findings, rule: EdgeRule) -> dict:
    shapes, means = first.shapes, found.means
    edges = sort_edges(shapes, rule)
    colour = shapes.colour > rule.colour
    rules = [
        EdgeRule(measure, rule.colour, coherence) for measure in spectra.MEASURES for coherence in (0.0, 0.3, 0.5, 0.6)
    ]
    return {
        "rule": vars(rule),
        "edges": len(edges),
        "ends": _plain(compare_ends(edges, means)),
        "ends_by_filter_length": _plain(compare_ends(edges, means / shapes.norm)),
        "ranks": _round(spectra.rank_correlation(getattr(shapes, rule.measure)[edges], means[edges])),
        "colour_blobs": {"filters": int(colour.sum()), "median": _round(np.median(means[colour]))},
        "other_rules": [{**vars(other), **_plain(compare_ends(sort_edges(shapes, other), means))} for other in rules],
    }


def _sum_up_weights(first: FirstLayer, found: Findings, rule: EdgeRule) -> dict:
    shapes, edges = first.shapes, sort_edges(first.shapes, rule)
    frequency = getattr(shapes, rule.measure)[edges]
    result = {}
    for what in WEIGHTS:
        values = weigh(first, found, what)
        ranks = spectra.rank_correlation(frequency, values[edges])
        result[what] = {"ranks": _round(ranks), **_plain(compare_ends(edges, values))}
    return result


def _sum_up_spectra(first: FirstLayer, found: Findings) -> dict:
    def tell(profile: np.ndarray) -> dict:
        return {
            "share_high": _round(spectra.share_above(profile, found.side, HIGH_FREQUENCY)),
            "slope": _round(spectra.fit_slope(profile, found.side, *SLOPE_BETWEEN)),
        }

    profiles = first.shapes.profiles
    alike = profiles / first.shapes.norm[:, None] ** 2
    filters = {"as trained": profiles.sum(0), "equal filters": alike.sum(0)}
    return {
        "photographs": tell(found.pictures),
        "gradients": {unit: {name: tell(found.spectrum(unit, name)) for name in VARIANTS} for unit in UNITS},
        "share_high_of_filters": {
            name: _round(spectra.share_above(profile, spectra.GRID, HIGH_FREQUENCY))
            for name, profile in filters.items()
        },
    }


def _sum_up_channels(shapes: LayerShapes) -> dict:
    return {
        "channels": len(shapes.means),
        **{name: _round(getattr(shapes, name)) for name in ("decades", "middle", "by_unusual")},
        **{name: _round(np.nanmedian(getattr(shapes, name))) for name in DISTANCES},
    }


def to_json(found: Findings) -> dict:
    """Return findings as plain lists, numbers of five digits."""
    return {
        "photographs": found.photographs,
        "side": found.side,
        "pictures": _round_all(found.pictures),
        "gradients": {unit: {name: _round_all(found.spectrum(unit, name)) for name in VARIANTS} for unit in UNITS},
        "layers": [
            {"layer": shapes.layer, **{name: _round_all(getattr(shapes, name)) for name in ("means", *DISTANCES)}}
            for shapes in found.layers
        ],
    }


def from_json(held: dict) -> Findings:
    """Return the findings that `to_json` wrote; raises KeyError, TypeError or ValueError for anything else."""
    return Findings(
        photographs=int(held["photographs"]),
        layers=tuple(
            LayerShapes(
                layer=str(layer["layer"]),
                **{name: np.array(layer[name], float) for name in ("means", *DISTANCES)},
            )
            for layer in held["layers"]
        ),
        pictures=np.array(held["pictures"], float),
        gradients=np.array([[held["gradients"][unit][name] for name in VARIANTS] for unit in UNITS], float),
        side=int(held["side"]),
    )


def _plain(ends: Ends) -> dict:
    return {
        "low": list(ends.low),
        "high": list(ends.high),
        "low_mean": _round(ends.low_mean),
        "high_mean": _round(ends.high_mean),
        "ratio": _round(ends.ratio),
    }


def _round(value: float) -> float:
    return float(f"{value:.4g}")


def _round_all(values: np.ndarray) -> list[float | None]:
    """Return an array as a list; nan, which JSON does not know, becomes None."""
    return [None if np.isnan(value) else float(f"{value:.5g}") for value in values]
