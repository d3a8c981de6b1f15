"""How much of what is too much: the numbers that plots of a run are judged by, and what follows from them."""

from collections.abc import Sequence

from nbutils.boltzmann.monitors import Measures
from nbutils.boltzmann.reconstruction import DEFAULT

History = Sequence[Measures]

# The order of plots is that of section 4.3 of the thesis. Numbers "over five seeds" were measured on 10,000 spheres
# with the settings of Table 4.2 and the rate on the sum: `python -m nbutils.rbm clinic`, kept in data/rbm/clinic.json.
EPOCHS_NEEDED = 3  # a healthy W ratio begins below 100 and passes it in epoch 2 (over five seeds: 75 to 86, then 148)
LARGEST_INPUT = 1.01  # a binary visible unit is a probability: 0 to 1, and a little for rounding
GREY = 0.9  # "values are mostly in [0.4, 0.6]" (Figure 4.1); over five seeds the share is 0.999 or more
BLACK_OR_WHITE = 0.5  # share of units that are off, or on, for every example; 0 over five seeds
PEGGED_BEFORE = 0.2  # of probabilities under .02 or over .98; 0 over five seeds, 0.5 or more with weights of ±2
PEGGED_AFTER = 0.7  # after epoch 1; at most 0.03 over five seeds, 0.98 or more with the rate times 100; digits 0.5
STILL_GREY = 0.7  # after three epochs; at most 0.22 over five seeds, 0.84 or more with a rate 1,000 times too small
ALIKE = 0.5  # mean correlation of two units that makes rows of one shade: bands
RATIO_BAND = (100, 10_000)  # mean |W| over mean |dW| (thesis, section 4.3.3); of W only: biases leave it without harm
RATIO_FROM_EPOCH = EPOCHS_NEEDED
STEADY = 1.1  # a ratio that grows by more in an epoch is still on its way
FLICKER = 0.03  # mean change of a probability in an epoch; healthy runs of 45 epochs have 0.016 or less from epoch 8 on
FLICKER_FROM_EPOCH = 8  # "flickering that persists for many epochs" (4.3.2); before, a pattern may still be forming
SETTLING = 0.8  # an image that settles changes by less than this times what it did three epochs before
GROWN = 2.0  # times the smallest error so far: "if the training diverges, the error will increase dramatically" (4.3.5)
UNLEARNED = 0.9  # of the error of the mean image, after three epochs; over five seeds at most 0.33, 1 without learning
RUNAWAY = 10.0  # |weight|; at most 0.3 over five seeds, 7 with the rate times 100
BIMODAL = 0.6  # Sarle's coefficient; a uniform distribution has 0.555, and so have the weights at the start
GAP = 0.5  # standard deviations of the free energy; over five seeds at most 0.1, 1.7 with 200 spheres after 60 epochs
PLATEAU = 20  # epochs for which the error may stay where the mean image has it (Table 4.1: "0-20 decreases slowly")


def error_of(measures: Measures) -> float:
    """Return the reconstruction error that the dashboards show first."""
    return measures.error[DEFAULT]


def baseline_of(measures: Measures) -> float:
    """Return what that error would be if every example were reconstructed as the mean image."""
    return measures.baseline[DEFAULT]


def began_grey(history: History) -> bool:
    """Say whether the hidden image was flat grey before training."""
    return history[0].gray >= GREY


def has_learned(measures: Measures) -> bool:
    """Say whether the reconstruction error is below that of the mean image, which needs no hidden units."""
    return error_of(measures) <= UNLEARNED * baseline_of(measures)


def is_on_plateau(measures: Measures) -> bool:
    """Say whether units still do the same while the hidden image is neither grey nor pegged, as before they part."""
    alike = measures.similarity > ALIKE and measures.constant <= BLACK_OR_WHITE
    return alike and measures.gray <= STILL_GREY and measures.pegged <= PEGGED_AFTER


def tell_number(value: float) -> str:
    """Return a number as it is read easily: three digits, thousands and millions in full."""
    return f"{value:,.0f}" if 100 <= abs(value) < 1e7 else f"{value:.3g}"
