"""What a browser sends, checked before it becomes a widget's state: anyone may send anything."""

import unicodedata
from collections.abc import Callable
from math import isfinite

Cleaner = Callable[[object], object]
LATEST = 1e14  # milliseconds since 1970: in the year 5138


def accept(state: object, **cleaners: Cleaner) -> dict[str, object]:
    """Return those entries of a state sent by a browser that have a cleaner and pass it, cleaned.

    A cleaner returns the value to keep or raises TypeError, ValueError or OverflowError; what no cleaner
    names is dropped, so that a page can set only what its widget offers.
    """
    if not isinstance(state, dict):
        return {}
    kept = {}
    for name, clean in cleaners.items():
        if name not in state:
            continue
        try:
            kept[name] = clean(state[name])
        except (TypeError, ValueError, OverflowError):
            continue
    return kept


def number(value: object, low: float, high: float) -> float:
    """Return the number brought into low..high; raise TypeError or ValueError for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"a number is wanted, got {type(value).__name__}.")
    if not isfinite(value):
        raise ValueError("a finite number is wanted.")
    return min(max(value, low), high)


def whole(value: object, low: int, high: int) -> int:
    """Return the whole number brought into low..high; raise TypeError or ValueError for anything else."""
    found = number(value, low, high)
    if found != int(found):
        raise ValueError(f"a whole number is wanted, got {found}.")
    return int(found)


def flag(value: object) -> bool:
    """Return the truth value; raise TypeError for anything but true and false."""
    if not isinstance(value, bool):
        raise TypeError(f"true or false is wanted, got {type(value).__name__}.")
    return value


def text(value: object, longest: int) -> str:
    """Return the text; raise TypeError for another type and ValueError for a text that is too long."""
    if not isinstance(value, str):
        raise TypeError(f"a text is wanted, got {type(value).__name__}.")
    if len(value) > longest:
        raise ValueError(f"a text of at most {longest} characters is wanted, got {len(value)}.")
    return value


def typed(value: object, longest: int, breaks: str = "") -> str:
    """Return a text that a person typed, in any script; raise ValueError for what nobody can type or see.

    breaks : control characters that are taken all the same, such as the end of a line
    Joiners and marks of direction belong to scripts and emoji: a page isolates what it shows.
    """
    found = text(value, longest)
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") and letter not in breaks for letter in found):
        raise ValueError("a text without control characters is wanted.")
    return found


def event(content: object) -> str:
    """Return the name of the event in a message from a page, "" for a message without one."""
    name = content.get("event") if isinstance(content, dict) else None
    return name if isinstance(name, str) else ""


def seconds(milliseconds: object) -> float | None:
    """Return seconds for the milliseconds that a page tells, since 1970 or of some work; None for no such number."""
    try:
        return number(milliseconds, 0, LATEST) / 1000
    except (TypeError, ValueError, OverflowError):
        return None
