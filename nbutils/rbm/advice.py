"""What the plots of a run say, in sentences: the first plot that looks wrong, and what would mend it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite
from typing import Literal

from nbutils.boltzmann.settings import Training
from nbutils.rbm.thresholds import (
    ALIKE,
    BIMODAL,
    BLACK_OR_WHITE,
    EPOCHS_NEEDED,
    FLICKER,
    FLICKER_FROM_EPOCH,
    GAP,
    GREY,
    GROWN,
    LARGEST_INPUT,
    PEGGED_AFTER,
    PEGGED_BEFORE,
    PLATEAU,
    RATIO_BAND,
    RATIO_FROM_EPOCH,
    RUNAWAY,
    SETTLING,
    STEADY,
    STILL_GREY,
    History,
    baseline_of,
    began_grey,
    error_of,
    has_learned,
    is_on_plateau,
    tell_number,
)

Severity = Literal["fault", "follows", "note", "healthy", "early"]

NAMES = {"weights": "The weights", "hidden_bias": "The hidden biases", "visible_bias": "The visible biases"}


@dataclass(frozen=True)
class Advice:
    """One thing to know about a run.

    number : what triggered it
    plot : the one that shows it: probabilities, histograms, filters, error, or a monitor's name; "" for none
    control : the field of Training that mends it, "data" for the examples, "" for none
    severity : "fault" is the first thing to mend; "follows" may go away with it; "note" needs nothing done;
        "healthy" and "early" (too early to tell) stand where there is no fault
    """

    sentence: str
    number: float
    plot: str
    control: str
    severity: Severity = "fault"


def advise(history: History, settings: Training) -> tuple[Advice, ...]:
    """Return what to know about a run, in the order in which to debug it; there is always at least one sentence.

    history : before training and at the end of every epoch, so that the index is the epoch
    """
    if not history:
        return (Advice("Nothing is measured yet: start training.", 0, "", "", "early"),)
    if not history[-1].finite:
        return (_say_diverged(history, settings),)
    found = [one for rule in RULES if (one := rule(history, settings)) is not None]
    faults = [one for one in found if one.severity == "fault"]
    notes = [one for one in found if one.severity == "note"]
    if not faults:
        early = [one for one in found if one.severity == "early"]
        return (*(early or [_say_well(history)]), *notes)
    return (faults[0], *map(_put_behind, faults[1:]), *notes)


def _put_behind(fault: Advice) -> Advice:
    return replace(fault, sentence=f"{fault.sentence} This may follow from the first.", severity="follows")


def _say_diverged(history: History, settings: Training) -> Advice:
    sentence = (
        f"The parameters are no longer finite numbers in epoch {len(history) - 1}: training has diverged. "
        f"Start again with {_lower_rate(settings)}."
    )
    return Advice(sentence, float("inf"), "histograms", "rate")


def _say_well(history: History) -> Advice:
    now, epoch = history[-1], len(history) - 1
    if epoch == 0:
        sentence = (
            f"Before training {now.gray:.0%} of the hidden probabilities were gray, 0.4 to 0.6. What came of them is "
            "judged when the first epoch ends."
        )
        return Advice(sentence, now.gray, "probabilities", "", "early")
    if epoch < EPOCHS_NEEDED:
        sentence = (
            f"Nothing looks wrong, but after {_epochs(epoch)} it is too early to tell; {EPOCHS_NEEDED} are enough."
        )
        return Advice(sentence, epoch, "probabilities", "", "early")
    within = RATIO_BAND[0] <= now.ratio_weights <= RATIO_BAND[1]
    ratio = f", |W| / |dW| is {tell_number(now.ratio_weights)}, within 100 to 10,000," if within else ""
    sentence = (
        f"Healthy after {_epochs(epoch)}: the hidden image began gray ({history[0].gray:.0%}) and has its pattern "
        f"({now.gray:.0%} of all it says is gray now){ratio} and the error is {tell_number(error_of(now))}, "
        f"where the mean image has {tell_number(baseline_of(now))}."
    )
    return Advice(sentence, error_of(now), "probabilities", "", "healthy")


def _judge_input(history: History, settings: Training) -> Advice | None:
    largest = history[0].input_largest
    if settings.gaussian or largest <= LARGEST_INPUT:
        return None
    sentence = (
        f"The largest input is {tell_number(largest)}, and binary visible units want 0 to 1: divide the examples by "
        "it. The hidden image before training is pegged as if the weights were too large."
    )
    return Advice(sentence, largest, "probabilities", "data")


def _judge_start(history: History, settings: Training) -> Advice | None:
    """Judge the hidden image before training: flat grey is what it should be (thesis, section 4.3.2)."""
    first = history[0]
    if first.dead > BLACK_OR_WHITE or first.saturated > BLACK_OR_WHITE:
        black = first.dead > BLACK_OR_WHITE
        share, colour = (first.dead, "black") if black else (first.saturated, "white")
        sentence = (
            f"Before training {share:.0%} of the hidden image is {colour}: the hidden biases begin too "
            f"{'low' if black else 'high'} ({settings.hidden_bias:g}). Begin at 0."
        )
        return Advice(sentence, share, "probabilities", "hidden_bias")
    if first.pegged > PEGGED_BEFORE:
        sentence = (
            f"Before training {first.pegged:.0%} of the hidden probabilities are pegged to black or white: "
            f"the initial weights are too large (±{settings.weight_range:g}), or the inputs are."
        )
        return Advice(sentence, first.pegged, "probabilities", "weight_range")
    if first.gray < GREY:
        control = "hidden_bias" if settings.hidden_bias else "weight_range"
        sentence = (
            f"Before training only {first.gray:.0%} of the hidden probabilities are between 0.4 and 0.6: "
            "the units take sides before they have seen an example."
        )
        return Advice(sentence, first.gray, "probabilities", control, "note")
    return None


def _judge_first_epoch(history: History, settings: Training) -> Advice | None:
    if not began_grey(history) or len(history) < 2 or min(history[1].pegged, history[-1].pegged) <= PEGGED_AFTER:
        return None
    sentence = (
        f"The hidden image began gray, and {history[1].pegged:.0%} of it was pegged after epoch 1: the learning rate "
        f"is too high. Start again with {_lower_rate(settings)}; units that are gone do not come back."
    )
    return Advice(sentence, history[1].pegged, "probabilities", "rate")


def _judge_bands(history: History, settings: Training) -> Advice | None:
    now, epoch = history[-1], len(history) - 1
    if epoch < EPOCHS_NEEDED or not began_grey(history) or now.gray <= STILL_GREY:
        return None
    if now.ratio_weights < RATIO_BAND[0]:
        return None  # updates as large as these are not those of a rate that is too low
    bands = f", in horizontal bands (units correlate with {now.similarity:.2f})" if now.similarity > ALIKE else ""
    sentence = (
        f"After {_epochs(epoch)} {now.gray:.0%} of the hidden image is still gray{bands}: the learning rate is too low "
        f"({settings.rate:g}). Try ten times as much."
    )
    return Advice(sentence, now.gray, "probabilities", "rate")


def _judge_dead(history: History, settings: Training) -> Advice | None:
    return _judge_constant("dead", "off for every example", history, settings)


def _judge_saturated(history: History, settings: Training) -> Advice | None:
    return _judge_constant("saturated", "on for every example", history, settings)


def _judge_constant(kind: str, words: str, history: History, settings: Training) -> Advice | None:
    """Judge units that do not answer; what mends them depends on whether they began so."""
    share, before = getattr(history[-1], kind), getattr(history[0], kind)
    if share <= BLACK_OR_WHITE or len(history) < 2:
        return None
    if before > BLACK_OR_WHITE:
        cause, control = "as they were before training: change where the hidden biases begin", "hidden_bias"
    else:
        cause, control = f"and before training {before:.0%} were: start again with {_lower_rate(settings)}", "rate"
    return Advice(f"{share:.0%} of the hidden units are {words}, {cause}.", share, "probabilities", control)


def _judge_ratio(history: History, settings: Training) -> Advice | None:
    """Judge the size of updates (thesis, section 4.3.3), after the epochs in which a small ratio is normal."""
    now, epoch = history[-1].ratio_weights, len(history) - 1
    if epoch < RATIO_FROM_EPOCH or not isfinite(now) or RATIO_BAND[0] <= now <= RATIO_BAND[1]:
        return None
    small = now < RATIO_BAND[0]
    if small and now > STEADY * history[-2].ratio_weights:
        return None
    learned = has_learned(history[-1])
    if small:
        end = "watch that nothing runs away" if learned else f"lower the learning rate ({settings.rate:g})"
    else:
        end = "it has learned what it will at this rate" if learned else "hardly anything is learned"
    sentence = (
        f"The weights are {tell_number(now)} times as large as their updates, "
        f"{'less than 100' if small else 'more than 10,000'}: {end}."
    )
    return Advice(sentence, now, "histograms", "rate", "note" if learned else "fault")


def _judge_flicker(history: History, settings: Training) -> Advice | None:
    if len(history) <= FLICKER_FROM_EPOCH:
        return None
    now, before = history[-1].flicker, history[-4].flicker
    if not now > max(FLICKER, SETTLING * before):
        return None
    sentence = (
        f"After {_epochs(len(history) - 1)} a hidden probability still changes by {now:.2f} in an epoch, three epochs "
        f"before by {before:.2f}: the image flickers. Lower the learning rate ({settings.rate:g})."
    )
    return Advice(sentence, now, "flicker", "rate")


def _judge_error(history: History, settings: Training) -> Advice | None:
    """Judge the reconstruction error against its own past, then against the mean image."""
    latest, epoch = history[-1], len(history) - 1
    now, smallest = error_of(latest), min(error_of(one) for one in history)
    error, mean_image = tell_number(now), tell_number(baseline_of(latest))
    if now > GROWN * smallest:
        sentence = (
            f"The reconstruction error grew to {error} from {tell_number(smallest)}: training diverges. Lower the rate."
        )
        return Advice(sentence, now, "error", "rate")
    if epoch < EPOCHS_NEEDED or has_learned(latest):
        return None
    if epoch <= PLATEAU and is_on_plateau(latest):
        sentence = (
            f"Too early to tell: the error is {error}, the mean image's {mean_image}, and units still do much the same "
            f"(they correlate by {latest.similarity:.2f}). Train on, or raise the rate ({settings.rate:g})."
        )
        return Advice(sentence, now, "error", "rate", "early")
    sentence = (
        f"The reconstruction error is {error}, {now / baseline_of(latest):.0%} of that of the mean image "
        f"({mean_image}), which visible biases reach alone: the hidden units hardly help."
    )
    return Advice(sentence, now, "error", "rate")


def _judge_largest_weight(history: History, settings: Training) -> Advice | None:
    largest = history[-1].largest_weight
    if largest <= RUNAWAY:
        return None
    sentence = (
        f"The largest weight is {tell_number(largest)}: a tail of the histogram runs away. "
        f"Lower the rate ({settings.rate:g}), stop sooner, or use weight decay."
    )
    return Advice(sentence, largest, "histograms", "weight_decay")


def _judge_bimodality(history: History, _settings: Training) -> Advice | None:
    """Note two clusters, which the thesis saw come and go "with no adverse effect" (section 4.3.3)."""
    split = {name: value for name, value in history[-1].bimodality.items() if isfinite(value) and value > BIMODAL}
    if len(history) < 2 or not split:
        return None
    name = max(split, key=split.get)
    sentence = (
        f"{NAMES[name]} form two clusters or one with a long tail (Sarle's coefficient {split[name]:.2f}; evenly spread"
        " ones have 0.56). This alone is no harm; lower the rate if one of them runs away."
    )
    return Advice(sentence, split[name], "histograms", "rate", "note")


def _judge_gap(history: History, _settings: Training) -> Advice | None:
    now = history[-1]
    if len(history) <= EPOCHS_NEEDED or not now.relative_gap > max(GAP, history[1].relative_gap):
        return None
    sentence = (
        f"Examples kept back have {tell_number(now.gap)} nats more free energy than those learned from "
        f"({now.relative_gap:.1f} standard deviations): overfitting. Stop sooner, use weight decay or more examples."
    )
    return Advice(sentence, now.gap, "gap", "weight_decay")


RULES: tuple[Callable[[History, Training], Advice | None], ...] = (
    _judge_input,
    _judge_start,
    _judge_first_epoch,
    _judge_bands,
    _judge_dead,
    _judge_saturated,
    _judge_ratio,
    _judge_flicker,
    _judge_error,
    _judge_largest_weight,
    _judge_bimodality,
    _judge_gap,
)


def _lower_rate(settings: Training) -> str:
    return f"a tenth of the learning rate ({settings.rate / 10:g})"


def _epochs(number: int) -> str:
    return "1 epoch" if number == 1 else f"{number} epochs"
