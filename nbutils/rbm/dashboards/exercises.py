"""The exercises of chapter 4, each checked by measuring."""

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from nbutils.boltzmann.fields import FIELDS
from nbutils.boltzmann.machine import Machine, hidden_probabilities, initialize
from nbutils.boltzmann.reconstruction import DEFAULT, baseline
from nbutils.boltzmann.settings import Training
from nbutils.boltzmann.training import train
from nbutils.rbm.spheres import make_spheres
from nbutils.widgets.exercise import Exercise, Verdict, judge, judge_least, takes_number, to_number

VISIBLE, HIDDEN, BATCH = 1000, 400, 20
PEGGED = 0.02  # nearer than this to 0 or to 1
A_FIFTH, HALF = 0.2, 0.5
TEN_PERCENT = 0.1
# The panels that the Python snippet of section 4.3.3 asks for, in its order.
SUBPLOTS = (231, 232, 232, 232, 232, 232)
takes_rate = takes_number(
    lambda rate: FIELDS["rate"].least <= rate <= FIELDS["rate"].most, "A learning rate is above 0 here and at most 10."
)


def wide_weights() -> Exercise:
    """Return the exercise of finding the initial weights at which the first plot shows black and white."""

    @takes_number(
        lambda wide: 0 < wide <= 10,
        "Weights are drawn from minus this number to plus this number: above 0, at most 10.",
    )
    def check(wide: float) -> Verdict:
        here, below = (_share_pegged(initialize(VISIBLE, HIDDEN, weight_range=r)) for r in (wide, 0.9 * wide))
        told = f"±{wide:g} pegs {here:.0%}, ±{0.9 * wide:.3g} pegs {below:.0%}"
        too_little = f"Not yet a fifth: {told}. Draw them from a wider range."
        return judge_least(here >= A_FIFTH, below >= A_FIFTH, told, too_little)

    return Exercise(
        question="The thesis draws its first weights from ±0.022. From which range must they be drawn so that **one "
        "fifth** of all hidden probabilities is pegged before any training, below 0.02 or above 0.98? Write the number "
        "after ±; nine tenths of it must peg less than a fifth.",
        check=check,
        hint="Try: whatever you write is measured. A sphere fills some forty voxels, and each adds one weight.",
        solution="About **±0.95**. A hidden unit adds up one weight for each filled voxel. Forty weights from ±r add "
        "up to something with a standard deviation of r · √(40/3), and a probability is pegged where that sum is "
        "beyond ±3.9. So the range that is right depends on how much of the input is filled: what is fine for "
        "spheres is far too wide for pictures that are half white.",
    )


def one_mini_batch() -> Exercise:
    """Return the exercise of finding the rate at which a single update ruins the machine."""

    @takes_rate
    def check(rate: float) -> Verdict:
        here, below = (_share_pegged(_train_once(value)) for value in (rate, rate / 2))
        told = (
            f"with {rate:g} one mini-batch pegs {here:.0%} of the probabilities, with {rate / 2:g} it pegs {below:.0%}"
        )
        return judge_least(here >= HALF, below >= HALF, told, f"Not yet half: {told}.")

    return Exercise(
        question="The middle picture of Figure 4.1 is a machine that one mini-batch has ruined. At which learning "
        "rate, on the mean of 20 examples, does **one** update peg at least half of the hidden probabilities, so that "
        "half of that rate does not? Everything else is as in Table 4.2.",
        check=check,
        hint="Go up by factors of ten from 0.001 until it happens, then back by halves.",
        solution="Anything from about **0.6** to **1.1**. The untrained machine expects half of all voxels to be "
        "filled, and in the data it is one in twenty-five. So the first update pushes nearly all weights down at "
        "once, and a sphere, which adds up forty of them, turns every hidden unit off. Hundreds of small pushes leave "
        "time to tell the voxels apart; one large push does not.",
    )


def same_run() -> Exercise:
    """Return the exercise of translating a rate on the sum into a rate on the mean."""

    @takes_rate
    def check(rate: float) -> Verdict:
        examples = make_spheres(10 * BATCH)
        on_sum = _last_machine(examples, Training(epochs=1, rate=0.001, rate_on="sum"))
        on_mean = _last_machine(examples, Training(epochs=1, rate=rate, rate_on="mean"))
        apart = float((on_sum.weights - on_mean.weights).abs().max())
        if torch.allclose(on_sum.weights, on_mean.weights, atol=1e-5):
            return judge(True, f"after ten updates no weight differs{f' by more than {apart:.0e}' if apart else ''}")
        return judge(False, f"after ten updates some weight differs by {apart:.2g}")

    return Exercise(
        question="A machine is trained with rate 0.001 on the **sum** over mini-batches of 20. Which rate on the "
        "**mean** gives exactly the same machine?",
        check=check,
        hint="By how much is a sum of twenty larger than their mean? Both machines are trained for the check.",
        solution="**0.02**, for the sum is twenty times the mean. That is why a rate says nothing until one knows what "
        "it multiplies, and what the mini-batch's size was.",
    )


def mean_image() -> Exercise:
    """Return the exercise of knowing what a machine reaches that learned the mean image and nothing else."""

    def check(answer: object) -> Verdict:
        error = to_number(answer)
        wanted = baseline(make_spheres(5000, seed=1), DEFAULT)
        if abs(error - wanted) <= TEN_PERCENT * wanted:
            return judge(True, f"over 5,000 spheres it is {wanted:.1f}")
        return judge(False, f"{error:g} is {'more' if error > wanted else 'less'} than such an answer costs")

    return Exercise(
        question="A lazy machine answers every sphere with the same picture: each voxel's mean over all spheres. "
        "What is its squared reconstruction error, summed over the 1,000 voxels, on average? To 10 %.",
        check=check,
        hint="The fourth plot has a line for it. In Python it is one line, too: the variance of every voxel, added up.",
        solution="About **39**: `make_spheres(5000).var(0).sum()`. A sphere fills 40.6 voxels on average, so an answer "
        "that is all empty would cost 40.6. Learning where spheres are on the whole saves no more than one or two. "
        "An error that falls to this line and stays there has learned the visible biases and nothing else.",
    )


def lost_panels() -> Exercise:
    """Return the exercise of reading the thesis' histogram code."""

    def check(answer: object) -> Verdict:
        number = to_number(answer)
        drawn = len({Figure().add_subplot(place).get_position().bounds for place in SUBPLOTS})
        if number == drawn:
            return judge(True, f"drawn as printed, {drawn} of 6 panels hold something")
        return Verdict(False, "Not yet. Go through the six lines and note the number in each subplot call.")

    return Exercise(
        question="The thesis prints this Python for its histograms (section 4.3.3):\n\n"
        "    subplot(231); plotit(rbm.vBias)\n"
        "    subplot(232); plotit(rbm.W.flatten())\n"
        "    subplot(232); plotit(rbm.hBias)\n"
        "    subplot(232); plotit(rbm.dvBias)\n"
        "    subplot(232); plotit(rbm.dW.flatten())\n"
        "    subplot(232); plotit(rbm.dW.flatten())\n\n"
        "How many of the six panels hold anything after it has run? And, to yourself: which of the six quantities is "
        "not drawn at all?",
        check=check,
        solution="**2.** Five of the six calls say 232, so five histograms are drawn over each other in the second "
        "panel. `dW` is drawn twice and `dhBias` never. The Octave version beside it counts from 231 to 236 and is "
        "right. Code that was published is code that was typed: run it before you trust it.",
    )


def whitest_white() -> Exercise:
    """Return the exercise of turning probabilities into bytes without an overflow."""

    @takes_number(
        lambda factor: 1 <= factor <= 65_535 and factor.is_integer(), "A whole number from 1 to 65,535 is wanted."
    )
    def check(factor: float) -> Verdict:
        certain, larger = (int(np.array(value).astype(np.uint16).astype(np.uint8)) for value in (factor, factor + 1))
        if certain != factor:
            return Verdict(False, f"A certain unit gets the byte {certain} then, not {factor:g}: it has overflowed.")
        if larger == factor + 1:
            return Verdict(False, f"{factor:g} overflows nowhere, but it is not the largest factor that does not.")
        return judge(True, f"{factor:g} is white. With {factor + 1:g} the surest units get {larger}: black")

    return Exercise(
        question="The thesis turns probabilities into a picture with `Image.fromarray(hMean * 256)`. Such a picture is "
        "made of bytes. Which is the **largest** whole factor with which no probability from 0 to 1 overflows?",
        check=check,
        hint="How many different values has a byte, and which is the first?",
        solution="**255.** A byte counts from 0 to 255, and 256 wraps round to 0: a unit that is certain would be "
        "painted black, as if it were certain of the opposite. The numbers must also be made bytes, "
        "`(hMean * 255).astype('uint8')`, or the picture's maker does not know what to do with them.",
    )


def _share_pegged(machine: Machine) -> float:
    """Return the share of hidden probabilities of 1,000 spheres that are black or white."""
    found = hidden_probabilities(machine, make_spheres(1000, seed=1))
    return float(((found < PEGGED) | (found > 1 - PEGGED)).float().mean())


def _train_once(rate: float) -> Machine:
    """Return the machine of Table 4.2 after one update with a rate on the mean."""
    return _last_machine(make_spheres(BATCH), Training(epochs=1, rate=rate))


def _last_machine(examples: Tensor, settings: Training) -> Machine:
    """Return the machine at the end of a short run."""
    *_, last = train(examples, settings)
    return last.machine
