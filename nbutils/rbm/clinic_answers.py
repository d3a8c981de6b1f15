"""What a patient of the clinic had: the plot that showed it first, and what hid it, with the numbers of that run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nbutils.boltzmann.monitors import Measures
from nbutils.rbm.clinic import CASES, USUAL
from nbutils.rbm.thresholds import baseline_of, error_of

History = Sequence[Measures]


@dataclass(frozen=True)
class Answer:
    """What is said when a patient was diagnosed.

    was : what was set; shown : the plot that shows it first; hid : what looked well, or like another fault
    """

    was: str
    shown: str
    hid: str


def explain(case: str, history: History) -> Answer:
    """Return the answer for a finished run of a case.

    case : a key of nbutils.rbm.clinic.CASES
    history : before training and at the end of every epoch
    """
    return ANSWERS[case](history)


def _explain_healthy(history: History) -> Answer:
    first, last = history[0], history[-1]
    return Answer(
        "Nothing was wrong: the thesis' settings (Table 4.2), with the learning rate on the sum of the mini-batch.",
        f"All four plots agree: {first.gray:.0%} of the hidden image was gray before training and {last.gray:.0%} "
        f"after it, |W| / |dW| is {last.ratio_weights:,.0f}, neighbours in a filter correlate by "
        f"{last.checkerboard:.2f}, and the error is {error_of(last):.3g}, the mean image's {baseline_of(last):.3g}.",
        f"After epoch 1 |W| / |dW| was {history[1].ratio_weights:.0f}, below 100: at that age this is normal.",
    )


def _explain_weights(history: History) -> Answer:
    first, last = history[0], history[-1]
    return Answer(
        f"The initial weights were drawn from ±{CASES['weights'].settings.weight_range:g} instead of "
        f"±{USUAL.weight_range:g}.",
        f"The hidden image before training: {first.pegged:.0%} of it is pegged, some black, some white. Every unit had "
        "decided what to look for before it saw an example.",
        f"The reconstruction error: {error_of(last):.3g} at the end, the mean image's is {baseline_of(last):.3g}, "
        f"as if all were well. But the filters stay noise: neighbours in them correlate by {last.checkerboard:.2f}.",
    )


def _explain_rate_high(history: History) -> Answer:
    first, second, last = history[0], history[1], history[-1]
    return Answer(
        f"The learning rate was {_set('rate_high', 'rate')}.",
        f"The hidden image after epoch 1: {first.gray:.0%} of it was gray before training, and now {second.pegged:.0%} "
        f"is pegged. {last.dead:.0%} of the units are off for every example.",
        f"After the crash much looks normal: |W| / |dW| is {last.ratio_weights:,.0f}, within 100 to 10,000, and a "
        f"probability changes by only {last.flicker:.4f} in an epoch.",
    )


def _explain_rate_low(history: History) -> Answer:
    last = history[-1]
    return Answer(
        f"The learning rate was {_set('rate_low', 'rate')}.",
        f"The hidden image: {last.gray:.0%} of it is still gray after {len(history) - 1} epochs, and its rows are "
        f"bands, because all units do the same (they correlate by {last.similarity:.2f}).",
        f"The free-energy gap: {last.gap:.2g} nats, as good as none. The error falls all the time, too, from "
        f"{error_of(history[0]):.3g} to {error_of(last):.3g}; only the line of the mean image, "
        f"{baseline_of(last):.3g}, tells that this is little.",
    )


def _explain_bias(history: History) -> Answer:
    first, last = history[0], history[-1]
    return Answer(
        f"The hidden biases began at {_set('bias', 'hidden_bias')}.",
        f"The hidden image before training: {first.dead:.0%} of the units are off for every example, and stay so.",
        f"The reconstruction error: it falls from {error_of(first):.3g} to {error_of(last):.3g}, which looks like "
        f"learning. It stops at the mean image's {baseline_of(last):.3g}, because only the visible biases learn.",
    )


def _explain_input(history: History) -> Answer:
    first, last = history[0], history[-1]
    return Answer(
        f"The examples had not been divided by {CASES['input'].scale:.0f}: the largest is {first.input_largest:,.0f}.",
        f"The hidden image before training: {first.pegged:.0%} of it is pegged. After epoch 1 "
        f"{history[1].saturated:.0%} of the units are on for every example, and the largest weight is "
        f"{last.largest_weight:,.0f} at the end.",
        "Before training the image looks the same as with weights that are too large. The histogram of W tells them "
        f"apart: before training it reaches to {first.largest_weight:.3f} only. So look at the examples first.",
    )


def _set(case: str, field: str) -> str:
    return f"{getattr(CASES[case].settings, field):g} instead of {getattr(USUAL, field):g}"


ANSWERS: dict[str, Callable[[History], Answer]] = {
    "healthy": _explain_healthy,
    "weights": _explain_weights,
    "rate_high": _explain_rate_high,
    "rate_low": _explain_rate_low,
    "bias": _explain_bias,
    "input": _explain_input,
}
