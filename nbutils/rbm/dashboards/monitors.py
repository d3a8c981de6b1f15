"""What is watched beyond the four plots: what each number is, what it would show if something were broken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nbutils.boltzmann.monitors import Measures
from nbutils.figures.curves import Axes, Band, Level
from nbutils.rbm.thresholds import ALIKE, FLICKER, GAP, RATIO_BAND

# Sarle's coefficient of a Gaussian and of a uniform distribution; two spikes have 1.
GAUSSIAN, UNIFORM = 1 / 3, 5 / 9


@dataclass(frozen=True)
class Monitor:
    """One small plot.

    reads : name of each curve -> its number among a point's measures
    broken : what it would show if something were wrong, in one sentence
    whole_epochs : whether points within the first epoch, which see fewer examples, are left out
    """

    name: str
    title: str
    axes: Axes
    reads: Mapping[str, Callable[[Measures], float]]
    broken: str
    levels: tuple[Level, ...] = ()
    bands: tuple[Band, ...] = ()
    whole_epochs: bool = False


def _axes(y: str, log: bool = False, y_range: tuple[float, float] | None = None) -> Axes:
    return Axes("epochs", y, log, y_range)


MONITORS = (
    Monitor(
        "ratio",
        "W over its last update",
        _axes("ratio", log=True),
        {"W": lambda measures: measures.ratios["weights"]},
        "Below the band the rate is too high; above it, it is too low, or all is learned that can be at this rate. Of "
        "the first epochs it says nothing, and the biases may leave the band without harm.",
        bands=(Band(RATIO_BAND[0], RATIO_BAND[1], "the band"),),
    ),
    Monitor(
        "units",
        "Dead, saturated and constant units",
        _axes("share of units", y_range=(-0.02, 1.02)),
        {
            "dead": lambda measures: measures.dead,
            "saturated": lambda measures: measures.saturated,
            "constant": lambda measures: measures.constant,
        },
        "Units that are never on, always on, or the same for every example learn nothing: the hidden biases, the rate "
        "or the scale of the inputs is wrong.",
    ),
    Monitor(
        "flicker",
        "Flicker",
        _axes("mean change"),
        {"flicker": lambda measures: measures.flicker},
        "Above the line epoch after epoch the hidden probabilities do not settle: the rate is too high.",
        levels=(Level(FLICKER, "flickers above this"),),
    ),
    Monitor(
        "gap",
        "Free-energy gap",
        _axes("deviations of F"),
        {"gap": lambda measures: measures.relative_gap},
        "If it grows epoch after epoch, the machine learns its examples by heart; spheres are so few different shapes "
        "that it can hardly grow with them.",
        levels=(Level(GAP, "overfits above this"),),
        whole_epochs=True,
    ),
    Monitor(
        "pseudo",
        "Pseudo-likelihood",
        _axes("nats"),
        {"pseudo": lambda measures: measures.pseudo},
        "It should rise; where it stays low although the error falls, the weights are too large to learn.",
    ),
    Monitor(
        "bimodality",
        "Bifurcation",
        _axes("Sarle's coefficient", y_range=(0.2, 1.02)),
        {
            "vBias": lambda measures: measures.bimodality["visible_bias"],
            "W": lambda measures: measures.bimodality["weights"],
            "hBias": lambda measures: measures.bimodality["hidden_bias"],
        },
        "Above the upper line values form two clusters, or one with a long tail; lower the rate if one runs away.",
        levels=(Level(GAUSSIAN, "Gaussian .333", below=True), Level(UNIFORM, "uniform .555")),
    ),
    Monitor(
        "similarity",
        "Unit similarity",
        _axes("mean |correlation|", y_range=(-0.02, 1.02)),
        {"similarity": lambda measures: measures.similarity},
        "Near 1 all units say the same, and the hidden image has bands: the rate is too low, or it is early.",
        levels=(Level(ALIKE, "alike above this"),),
    ),
    Monitor(
        "checkerboard",
        "Checkerboard",
        _axes("correlation", y_range=(-1.02, 1.02)),
        {"checkerboard": lambda measures: measures.checkerboard},
        "Neighbouring weights of a filter should be alike; where it falls again, filters take on a checkerboard "
        "texture that samples show, too.",
        levels=(Level(0.0, "noise"),),
    ),
    Monitor(
        "largest",
        "Largest weight",
        _axes("largest |weight|", log=True),
        {"W": lambda measures: measures.largest["weights"]},
        "A tail that drifts off to infinity: lower the rate, stop sooner, or turn on weight decay.",
    ),
)
