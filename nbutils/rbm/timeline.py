"""Table 4.1 of the thesis, a typical training timeline, with what a run's own measurements say beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nbutils.boltzmann.monitors import Measures
from nbutils.rbm.thresholds import GREY, baseline_of, error_of

History = Sequence[Measures]

NOT_YET = "not yet"
FINAL = 0.95  # correlation with the last hidden image from which on a pattern counts as the final one
SETTLED = 3  # epochs that have to follow before anybody can say that something is over
FAST = 0.5  # of the steepest fall of the log error: what still counts as falling quickly
LEAST_ERROR = 1e-12  # an error of 0 has no logarithm
RESOLVED = 0.9  # the share of the change of the filters' smoothness that counts as resolved


@dataclass(frozen=True)
class Event:
    """A row of Table 4.1 beside the run's own.

    thesis : the epochs that the thesis gives
    event : what it says happens then
    ours : what happened in this run, and when; "not yet" where the run cannot know
    known : whether it can
    """

    thesis: str
    event: str
    ours: str
    known: bool


def fill(history: History) -> tuple[Event, ...]:
    """Return the seven rows of Table 4.1, each with what the measurements so far can say.

    history : before training and at the end of every epoch, so that the index is the epoch
    """
    return tuple(_fill_row(*row, history) for row in ROWS)


def find_pattern(history: History) -> int | None:
    """Return the first epoch whose hidden image is no longer flat grey; None where there is none yet."""
    return next((epoch for epoch, one in enumerate(history) if epoch and one.gray < GREY), None)


def find_final_pattern(history: History) -> int | None:
    """Return the epoch from which on the hidden image correlates with the last one by .95 and more.

    None as long as fewer than three epochs came after it: a last image is always like itself. Epochs whose image was
    left out of a long run are passed over.
    """
    if not history:
        return None
    last = history[-1].probabilities
    unlike = [
        epoch
        for epoch, one in enumerate(history)
        if one.probabilities.size and correlate(one.probabilities, last) < FINAL
    ]
    first = unlike[-1] + 1 if unlike else 0
    return first if first + SETTLED < len(history) else None


def find_fast_fall(history: History) -> tuple[int, int] | None:
    """Return the epochs around the steepest fall of the log error in which it falls at least half as steeply.

    The first epoch is left out: in it visible biases learn the mean image, whatever hidden units do. None while the
    fall may still be going on, fewer than three epochs having come after it, or where the error never fell.
    """
    logs = np.log(np.maximum([error_of(one) for one in history], LEAST_ERROR))[1:]
    falls = -np.diff(logs)
    if len(falls) < SETTLED or not np.isfinite(falls).all() or falls.max() <= 0:
        return None
    fast = falls >= FAST * falls.max()
    start = end = int(falls.argmax())
    while start > 0 and fast[start - 1]:
        start -= 1
    while end + 1 < len(fast) and fast[end + 1]:
        end += 1
    return (start + 1, end + 2) if end + 2 + SETTLED < len(history) else None


def correlate(image: np.ndarray, other: np.ndarray) -> float:
    """Return the correlation of two images, 1 where neither has any contrast and they are equal, else 0 for none.

    image, other : (n, hidden), any range
    """
    first, second = (np.asarray(one, np.float64).ravel() for one in (image, other))
    first, second = first - first.mean(), second - second.mean()
    size = np.sqrt((first @ first) * (second @ second))
    return float(first @ second / size) if size > 0 else float(np.array_equal(image, other))


def _tell_start(history: History) -> str:
    return f"epoch 0: {history[0].gray:.0%} of it is .4 to .6"


def _tell_pattern(history: History) -> str:
    epoch = find_pattern(history)
    return "" if epoch is None else f"epoch {epoch}: {history[epoch].gray:.0%} of it is still .4 to .6"


def _tell_final_pattern(history: History) -> str:
    epoch = find_final_pattern(history)
    if epoch is None:
        return ""
    return f"epoch {epoch}: from then on it correlates with that of epoch {len(history) - 1} by {FINAL:g} or more"


def _tell_filters(history: History) -> str:
    """Tell how the smoothness of the filters grew, once it rests."""
    smooth = np.array([one.checkerboard for one in history])
    if len(smooth) <= SETTLED or not np.isfinite(smooth).all():
        return ""
    change = smooth[-1] - smooth[0]
    resolved = int(np.argmax((smooth - smooth[0]) * np.sign(change) >= RESOLVED * abs(change)))
    most = int(smooth.argmax())
    return (
        f"epochs 0-{len(smooth) - 1}: neighbours in a filter correlate by {smooth[0]:z.2f} at first, {smooth[-1]:z.2f} "
        f"now, at most {smooth[most]:z.2f} (epoch {most}); {RESOLVED:.0%} of the change was done by epoch {resolved}"
    )


def _tell_slow_start(history: History) -> str:
    fast = find_fast_fall(history)
    if fast is None:
        return ""
    first = f"epoch 1: {_tell_fall(history, 0, 1)}, the mean image's error being {baseline_of(history[0]):.3g}"
    if fast[0] == 1:
        return f"{first}; no slow start after it"
    return f"{first}; epochs 1-{fast[0]}: {_tell_fall(history, 1, fast[0])}"


def _tell_fast(history: History) -> str:
    fast = find_fast_fall(history)
    return "" if fast is None else f"epochs {fast[0]}-{fast[1]}: {_tell_fall(history, *fast)}"


def _tell_slow_end(history: History) -> str:
    fast = find_fast_fall(history)
    if fast is None:
        return ""
    last = len(history) - 1
    return f"epochs {fast[1]}-{last}: {_tell_fall(history, fast[1], last)}"


def _tell_fall(history: History, start: int, end: int) -> str:
    return f"{error_of(history[start]):.3g} to {error_of(history[end]):.3g}"


ROWS: tuple[tuple[str, str, Callable[[History], str]], ...] = (
    ("0", "Hidden probability plot gray, values .4 to .6", _tell_start),
    ("1", "Hidden probability plot shows some pattern", _tell_pattern),
    (
        "2-4",
        "Probability plot showing final pattern which may not significantly change for rest of training",
        _tell_final_pattern,
    ),
    ("0-45", "Filters smoothly resolve over entire period", _tell_filters),
    ("0-20", "Reconstruction error decreases slowly", _tell_slow_start),
    ("20-25", "Reconstruction error decreases quickly", _tell_fast),
    ("25-45", "Reconstruction error decreases slowly", _tell_slow_end),
)


def _fill_row(thesis: str, event: str, tell: Callable[[History], str], history: History) -> Event:
    ours = tell(history) if history else ""
    return Event(thesis, event, ours or NOT_YET, bool(ours))
