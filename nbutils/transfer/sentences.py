"""What was measured for a row of the ledger as a sentence: the ledger and the page say the same."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

ABSENT = "-"
TREATMENTS = ("BnB", "AnB", "BnB+", "AnB+", "random")
CONTROLS = {"base": "base", "BnB+": "BnB+"}
# Where each row is told; imported when it is, as these take words from here.
TOLD = {
    "F5.2": "sentences_gaps.tell_levels",
    "F5.3": "sentences_distance.tell_panels",
    "F5.4": "sentences_data.tell_ladder",
    "T5.1": "sentences_gaps.tell_boosts",
    "S5-05": "sentences_classes.tell_nature",
    "C5-02": "sentences_classes.tell_grid",
    "C5-03": "sentences_classes.tell_cats",
    "C5-04": "sentences_data.tell_classes",
    "C5-05": "sentences_gaps.tell_selffers",
    "C5-06": "sentences_gaps.tell_tuned_selffers",
    "C5-07": "sentences_gaps.tell_split",
    "C5-08": "sentences_gaps.tell_tuned_transfers",
    "C5-09": "sentences_gaps.tell_lengths",
    "C5-10": "sentences_gaps.tell_spreads",
    "C5-11": "sentences_distance.tell_targets",
    "C5-12": "sentences_distance.tell_random",
    "C5-13": "sentences_distance.tell_nonlinearities",
    "C5-14": "sentences_distance.tell_distances",
    "C5-15": "sentences_distance.tell_better",
    "C5-18": "sentences_networks.tell_speeds",
    "C5-20": "sentences_networks.tell_first_layers",
    "C5-22": "sentences_data.tell_last_rise",
    "C5-23": "sentences_data.tell_chance",
    "C5-24": "sentences_data.tell_fewest",
    "C5-25": "sentences_classes.tell_nodes",
    "C5-26": "sentences_classes.tell_halves",
    "C5-27": "sentences_networks.tell_filters",
}


def tell(row: str, held: Mapping[str, Mapping]) -> str:
    """Return what was measured for a row, without a full stop.

    held : row -> result, as `findings.read` returns them
    Raises ValueError, as a sentence, for a row that was not measured.
    """
    if row not in held or row not in TOLD:
        raise ValueError(f"For {row[:20]} nothing is measured here yet.")
    module, function = TOLD[row].split(".")
    return getattr(import_module(f"nbutils.transfer.{module}"), function)(held[row])


def points(gap: Mapping | float | None) -> str:
    """Return a difference of accuracies in percentage points with its sign, such as +1.3."""
    value = gap["mean"] if isinstance(gap, Mapping) else gap
    # Next to nothing has no minus.
    return ABSENT if value is None else f"{100 * value:+.1f}".replace("-0.0", "+0.0")


def share(level: Mapping | float | None) -> str:
    """Return an accuracy as the thesis prints it, with three digits: .625."""
    value = level["mean"] if isinstance(level, Mapping) else level
    return ABSENT if value is None else f"{value:.3f}".removeprefix("0")


def surely(mean: Mapping) -> str:
    """Return a difference in points with the ends of its 95 % interval, where there is one."""
    if mean["low"] is None:
        return points(mean)
    return f"{points(mean)} ({points(mean['low'])} to {points(mean['high'])})"


def listed(values: Sequence, write: Callable = points) -> str:
    """Return values separated by commas."""
    return ", ".join(write(value) for value in values)


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its word, such as "1 split" and "8 splits"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
