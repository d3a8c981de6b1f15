"""The numbers by which a run is watched: what hidden units do with fixed examples, and how the parameters spread."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from torch import Tensor

from nbutils.boltzmann import moments
from nbutils.boltzmann.energies import free_energy, free_energy_of
from nbutils.boltzmann.histograms import UPDATES, name_values
from nbutils.boltzmann.likelihood import compare_free_energies, pseudo_likelihood_of
from nbutils.boltzmann.machine import PARAMETERS, Machine, hidden_inputs, is_finite
from nbutils.boltzmann.reconstruction import ERRORS, measure_baselines, measure_errors

MOST_EXAMPLES = 1000
BATCH = 100  # examples whose probabilities are kept; the thesis' picture (Figure 4.1) shows 20
GRAY = (0.4, 0.6)  # thesis, section 4.3.2: what probabilities lie between before training
PEGGED = (0.02, 0.98)
DEAD, SATURATED = 0.01, 0.99  # mean probability of a unit over examples
CONSTANT = 0.02  # standard deviation of a unit's probability over examples
LEAST_DEVIATION = 1e-6  # a unit that varies less is like no other


@dataclass(frozen=True, eq=False)
class Watch:
    """The examples that are looked at each time.

    train, valid : (n, visible), float32, at most 1000 of each
    shape : of one example, such as (28, 28); None where neighbours mean nothing
    batch : how many of the first training examples the kept probabilities are of
    Raises ValueError for no example or too many, and for a shape that does not fit.
    """

    train: Tensor
    valid: Tensor
    shape: tuple[int, ...] | None = None
    batch: int = BATCH

    def __post_init__(self) -> None:
        for title, examples in (("training", self.train), ("validation", self.valid)):
            if examples.dim() != 2 or not 1 <= len(examples) <= MOST_EXAMPLES:
                raise ValueError(
                    f"1 to {MOST_EXAMPLES} {title} examples are watched, (n, visible), got {tuple(examples.shape)}."
                )
        if self.train.shape[1] != self.valid.shape[1]:
            raise ValueError(
                f"Training examples have {self.train.shape[1]} numbers, validation examples {self.valid.shape[1]}: "
                "both must have as many as there are visible units."
            )
        if self.shape is not None and math.prod(self.shape) != self.train.shape[1]:
            raise ValueError(f"Examples of {self.train.shape[1]} numbers do not have the shape {self.shape}.")

    @cached_property
    def reach(self) -> tuple[float, float]:
        """The smallest and the largest number of the training examples."""
        return float(self.train.min()), float(self.train.max())

    @cached_property
    def baselines(self) -> dict[bool, dict[str, float]]:
        """Error of the mean image under the names of ERRORS, for Gaussian units (True) and binary ones (False)."""
        return {gaussian: measure_baselines(self.train, gaussian) for gaussian in (False, True)}


@dataclass(frozen=True, eq=False)
class Measures:
    """What a machine does with the watched examples; shares are 0..1, and nan stands where there is nothing to tell.

    finite : whether every parameter is a finite number; else all else is nan
    gray : share of the kept probabilities between .4 and .6
    pegged : share of probabilities below .02 or above .98
    dead, saturated : share of hidden units whose mean probability is below .01, above .99
    constant : share of hidden units whose probability has a standard deviation below .02 over examples
    sparsity : mean probability of a hidden unit being on
    similarity : mean absolute correlation of two hidden units over examples
    input_smallest, input_largest : of the training examples
    error, baseline : reconstruction error and that of the mean image, under the names of reconstruction.ERRORS
    gap : free energy of validation examples less that of training examples, means, nats
    relative_gap : the same over the standard deviation of the free energy of training examples
    pseudo : log pseudo-likelihood of the training examples, mean, nats; nan where binary units get numbers outside
        0..1. Where units are Gaussian, of the density and over the first examples alone
    flicker : mean absolute change of the kept probabilities since the measures before
    mean_magnitudes : mean absolute value, under the names of histograms.PARAMETERS and UPDATES
    ratios : mean magnitude of each of PARAMETERS over that of its last update; nan before the first update
    largest : largest absolute value of each of PARAMETERS
    bimodality : Sarle's coefficient of each of PARAMETERS
    checkerboard : autocorrelation of the filters at lag 1, about 0 for noise, -1 for a checkerboard
    probabilities : (batch, hidden), float16, 0..1: of the hidden units given the first training examples
    """

    finite: bool
    gray: float
    pegged: float
    dead: float
    saturated: float
    constant: float
    sparsity: float
    similarity: float
    input_smallest: float
    input_largest: float
    error: dict[str, float]
    baseline: dict[str, float]
    gap: float
    relative_gap: float
    pseudo: float
    flicker: float
    mean_magnitudes: dict[str, float]
    ratios: dict[str, float]
    largest: dict[str, float]
    bimodality: dict[str, float]
    checkerboard: float
    probabilities: np.ndarray

    @property
    def ratio_weights(self) -> float:
        """Mean magnitude of the weights over that of their last update: 10^2 to 10^4 (thesis, section 4.3.3)."""
        return self.ratios["weights"]

    @property
    def largest_weight(self) -> float:
        """Largest absolute weight."""
        return self.largest["weights"]


def watch(train: Tensor, valid: Tensor, shape: tuple[int, ...] | None = None, batch: int = BATCH) -> Watch:
    """Return a watch of the first 1000 examples of each kind.

    train, valid : (n, visible), float32
    Raises ValueError as Watch does.
    """
    return Watch(train[:MOST_EXAMPLES], valid[:MOST_EXAMPLES], shape, batch)


def measure(
    machine: Machine, last: Machine, watched: Watch, previous: Measures | None = None, seed: int = 0
) -> Measures:
    """Return the measures of a machine; drawn units of errors and pseudo-likelihood alone are by chance.

    last : the last update of each parameter, zeros before the first
    previous : the measures that flicker is against
    Raises ValueError where the machine has another number of visible units than the examples have numbers.
    """
    if machine.visible != watched.train.shape[1]:
        raise ValueError(
            f"The machine has {machine.visible} visible units, the watched examples {watched.train.shape[1]} numbers."
        )
    if not is_finite(machine):
        return _nothing(machine, watched)
    inputs = hidden_inputs(machine, watched.train)
    probabilities = inputs.sigmoid()
    shown = probabilities[: watched.batch]
    kept = shown.half().cpu().numpy()
    gap = compare_free_energies(free_energy_of(machine, watched.train, inputs), free_energy(machine, watched.valid))
    # Where units are Gaussian an integral is summed up for each row, so the kept rows must do.
    rows = watched.batch if machine.gaussian else len(inputs)
    return Measures(
        finite=True,
        gray=_share((shown > GRAY[0]) & (shown < GRAY[1])),
        **_measure_units(probabilities),
        input_smallest=watched.reach[0],
        input_largest=watched.reach[1],
        error=measure_errors(machine, watched.train, probabilities, seed),
        baseline=watched.baselines[machine.gaussian],
        gap=gap.nats,
        relative_gap=gap.deviations,
        pseudo=pseudo_likelihood_of(machine, watched.train[:rows], inputs[:rows], seed),
        flicker=_flicker(kept, previous),
        **_measure_parameters(machine, last),
        checkerboard=moments.neighbour_correlation(machine.weights, watched.shape or ()),
        probabilities=kept,
    )


def _measure_units(probabilities: Tensor) -> dict[str, float]:
    """Return what tells how hidden units answer to examples: (n, hidden), float, 0..1."""
    means = probabilities.mean(0)
    centred = probabilities - means
    deviations = centred.square().mean(0).sqrt()
    return {
        "pegged": _share((probabilities < PEGGED[0]) | (probabilities > PEGGED[1])),
        "dead": _share(means < DEAD),
        "saturated": _share(means > SATURATED),
        "constant": _share(deviations < CONSTANT),
        "sparsity": float(means.mean()),
        "similarity": _similarity(centred.div_(deviations.clamp(min=LEAST_DEVIATION))),
    }


def _measure_parameters(machine: Machine, last: Machine) -> dict[str, dict[str, float]]:
    """Return what tells how far parameters and their updates spread."""
    magnitudes = {name: float(values.abs().mean()) for name, values in name_values(machine, last).items()}
    began = any(magnitudes[update] for update in UPDATES)
    parameters = {name: getattr(machine, name) for name in PARAMETERS}
    return {
        "mean_magnitudes": magnitudes,
        "ratios": {
            name: _ratio(magnitudes[name], magnitudes[update]) if began else math.nan
            for name, update in zip(PARAMETERS, UPDATES, strict=True)
        },
        "largest": {name: float(values.abs().max()) for name, values in parameters.items()},
        "bimodality": {name: moments.bimodality(values) for name, values in parameters.items()},
    }


def _nothing(machine: Machine, watched: Watch) -> Measures:
    """Return the measures of a machine that has parameters which are no finite numbers."""
    unknown = dict.fromkeys(("gray", "pegged", "dead", "saturated", "constant", "sparsity", "similarity"), math.nan)
    kept = min(watched.batch, len(watched.train))
    return Measures(
        finite=False,
        **unknown,
        input_smallest=watched.reach[0],
        input_largest=watched.reach[1],
        error=dict.fromkeys(ERRORS, math.nan),
        baseline=watched.baselines[machine.gaussian],
        gap=math.nan,
        relative_gap=math.nan,
        pseudo=math.nan,
        flicker=math.nan,
        mean_magnitudes=dict.fromkeys(PARAMETERS + UPDATES, math.nan),
        ratios=dict.fromkeys(PARAMETERS, math.nan),
        largest=dict.fromkeys(PARAMETERS, math.nan),
        bimodality=dict.fromkeys(PARAMETERS, math.nan),
        checkerboard=math.nan,
        probabilities=np.full((kept, machine.hidden), np.nan, np.float16),
    )


def _share(said: Tensor) -> float:
    return float(said.float().mean())


def _ratio(value: float, change: float) -> float:
    """Return how many times the change the value is: infinity where nothing changes, nan where nothing is."""
    return value / change if change else math.inf if value else math.nan


def _similarity(scaled: Tensor) -> float:
    """Return the mean absolute correlation of two units; nan where there is one.

    scaled : (n, hidden), float: less their means, over their standard deviations
    """
    examples, units = scaled.shape
    if units < 2:
        return math.nan
    correlations = (scaled.T @ scaled).abs_().fill_diagonal_(0)
    return float(correlations.sum()) / (examples * units * (units - 1))


def _flicker(kept: np.ndarray, previous: Measures | None) -> float:
    """Return the mean absolute change of probabilities; nan where there is nothing to compare them with."""
    if previous is None or previous.probabilities.shape != kept.shape:
        return math.nan
    return float(np.abs(kept.astype(np.float32) - previous.probabilities).mean())
