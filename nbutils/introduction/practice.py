"""What the practice wall shows: one frozen record for its controls, its link and its line of Python."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from nbutils.introduction.edges import MOST_DIRECTIONS
from nbutils.runs.fields import find_changes

FEWEST_DIRECTIONS = 2
CONTRASTS = (1, 10)
COLOURS = ("gray", "inferno", "cividis")


@dataclass(frozen=True)
class Practice:
    """Everything that a person can set on the practice wall."""

    directions: int = 12
    tile: int = 0
    contrast: int = 3  # how many times brighter than white at the largest answer
    colours: str = "gray"


def check(wanted: Practice) -> Practice:
    """Return the record if every field is in its range; ValueError says which is not and what it may be."""
    _within("directions", wanted.directions, FEWEST_DIRECTIONS, MOST_DIRECTIONS)
    _within("tile", wanted.tile, 0, wanted.directions - 1)
    _within("contrast", wanted.contrast, *CONTRASTS)
    if wanted.colours not in COLOURS:
        raise ValueError(f'colours must be one of {", ".join(COLOURS)}, got "{str(wanted.colours)[:40]}".')
    return wanted


def to_settings(shown: Practice) -> dict[str, str]:
    """Return the fields that differ from a new record, as the text of a link."""
    return {name: str(value) for name, value in _find_changes(shown).items()}


def from_settings(settings: Mapping[str, str]) -> Practice:
    """Read the text of a link; names that the record does not have are left out.

    Raises ValueError for a value that cannot be read or is out of range.
    """
    new = asdict(Practice())
    known = {name: text for name, text in settings.items() if name in new}
    try:
        values = {name: type(new[name])(text) for name, text in known.items()}
    except ValueError as error:
        raise ValueError(f"the link holds a number that cannot be read: {str(error)[-40:]}.") from error
    return check(replace(Practice(), **values))


def to_python(shown: Practice) -> str:
    """Return the line of Python that opens the wall like this."""
    given = ", ".join(f"{name}={value!r}" for name, value in _find_changes(shown).items())
    return f"practice_wall({given})"


def _find_changes(shown: Practice) -> dict[str, object]:
    return find_changes(asdict(shown), asdict(Practice()))


def _within(name: str, value: int, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f'{name} must be a whole number from {low} to {high}, got "{str(value)[:40]}".')
