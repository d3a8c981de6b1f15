"""What foreign JSON must be before anything is made of it; every refusal is a sentence."""

import json
from collections.abc import Mapping, Sequence

from nbutils.neat.ends import MOST_ENDS, Ends


def read_object(what: str, text: object, longest: int, version: int) -> dict[str, object]:
    """Return the entries of a JSON object of a version, without the version.

    Raises ValueError for text that is too long, no JSON, not an object, NaN or Infinity, and for another version.
    """
    if not isinstance(text, str) or len(text) > longest:
        raise ValueError(f"{what} is JSON of at most {longest:,} characters.")
    try:
        held = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{what} could not be read: no JSON of ours begins with {text[:40]!r}.") from error
    if not isinstance(held, dict):
        raise ValueError(f"{what} is a JSON object, got {type(held).__name__}.")
    found = held.pop("version", None)
    if isinstance(found, bool) or found != version:
        raise ValueError(f"{what} of version {str(found)[:20]} was found; this program reads version {version}.")
    return held


def take(what: str, held: object, names: Sequence[str]) -> Mapping[str, object]:
    """Return a mapping that has exactly these names; raise ValueError for anything else."""
    if not isinstance(held, dict):
        raise ValueError(f"{what} is a JSON object, got {type(held).__name__}.")
    missing = [name for name in names if name not in held]
    unknown = sorted(str(name)[:40] for name in held.keys() - set(names))
    if missing:
        raise ValueError(f"{what} lacks {', '.join(missing)}.")
    if unknown:
        raise ValueError(f"{what} has no {', '.join(unknown[:5])}.")
    return held


def read_list(what: str, value: object, most: int) -> list:
    """Return a list; raise ValueError for anything else and for more entries than `most`."""
    if not isinstance(value, list):
        raise ValueError(f"{what} must be a list, got {type(value).__name__}.")
    if len(value) > most:
        raise ValueError(f"{what}: at most {most:,} entries are wanted, got {len(value):,}.")
    return value


def check_whole(what: str, value: object, most: int) -> int:
    """Return a whole number from 0 to `most`; raise ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"{what} must be a whole number from 0 to {most:,}, got {show(value)}.")
    return value


def read_ends(values: Mapping[str, object]) -> Ends:
    """Return the inputs and outputs that a mapping names; raise ValueError as Ends does."""
    inputs, outputs = (tuple(read_list(name, values[name], MOST_ENDS)) for name in ("inputs", "outputs"))
    return Ends(inputs, outputs)


def show(value: object) -> str:
    """Return a value in at most 40 characters, whatever it is."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 200:
        return "a number of more than 60 digits"  # Python refuses to write very long numbers
    return repr(value)[:40] if isinstance(value, str | int | float | bool | None) else type(value).__name__


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON.")
