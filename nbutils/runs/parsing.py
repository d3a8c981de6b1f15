"""What foreign JSON must be before anything is made of it; every refusal is a sentence."""

import json
from collections.abc import Collection, Mapping, Sequence


def read_object(what: str, text: object, longest: int) -> dict[str, object]:
    """Return the entries of a JSON object.

    what : what the text should be, as the subject of a sentence
    Raises ValueError for text that is too long, no JSON, not an object, and for NaN or Infinity.
    """
    if not isinstance(text, str) or len(text) > longest:
        raise ValueError(f"{what} is JSON of at most {longest:,} characters.")
    try:
        held = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{what} could not be read: no JSON of ours begins with {text[:40]!r}.") from error
    if not isinstance(held, dict):
        raise ValueError(f"{what} is a JSON object, got {type(held).__name__}.")
    return held


def without_version(what: str, held: Mapping[str, object], version: int) -> dict[str, object]:
    """Return the entries but that of the version; raise ValueError where this is absent or another."""
    found = held.get("version")
    if isinstance(found, bool) or found != version:
        raise ValueError(f"{what} of version {str(found)[:20]} was found; this program reads version {version}.")
    return {name: value for name, value in held.items() if name != "version"}


def check_known(what: str, held: Mapping[str, object], names: Collection[str]) -> None:
    """Raise ValueError for entries of other names."""
    unknown = sorted(str(name)[:40] for name in held.keys() - set(names))
    if unknown:
        raise ValueError(f"{what} has no field {', '.join(unknown[:5])}.")


def take(what: str, held: object, names: Sequence[str]) -> Mapping[str, object]:
    """Return a mapping that has exactly these names; raise ValueError for anything else."""
    if not isinstance(held, dict):
        raise ValueError(f"{what} is a JSON object, got {type(held).__name__}.")
    missing = [name for name in names if name not in held]
    if missing:
        raise ValueError(f"{what} lacks {', '.join(missing)}.")
    check_known(what, held, names)
    return held


def read_list(what: str, value: object, most: int) -> list:
    """Return a list; raise ValueError for anything else and for more entries than `most`."""
    if not isinstance(value, list):
        raise ValueError(f"{what} must be a list, got {type(value).__name__}.")
    if len(value) > most:
        raise ValueError(f"{what}: at most {most:,} entries are wanted, got {len(value):,}.")
    return value


def as_tuple(what: str, value: object) -> tuple:
    """Return a list as a tuple; raise ValueError for anything else."""
    if not isinstance(value, list | tuple):
        raise ValueError(f"{what} must be a list, got {show(value)}.")
    return tuple(value)


def check_whole(what: str, value: object, most: int) -> int:
    """Return a whole number from 0 to `most`; raise ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"{what} must be a whole number from 0 to {most:,}, got {show(value)}.")
    return value


def show(value: object) -> str:
    """Return a value in at most 40 characters, whatever it is."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 200:
        return "a number of more than 60 digits"  # Python refuses to write very long numbers
    return repr(value)[:40] if isinstance(value, str | int | float | bool | None) else type(value).__name__


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON.")
