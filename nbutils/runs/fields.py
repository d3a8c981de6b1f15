"""What the numbers and words of settings may be: one record for controls, JSON, links and the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbutils.runs.links import read_value, write_value


@dataclass(frozen=True)
class Field:
    """A number of some settings, with all that a slider for it needs.

    kind : int, float or bool
    step : how far apart a slider's stops lie; on a logarithmic one, stops a power of ten
    help : what it does, in one sentence
    """

    title: str
    unit: str
    least: float
    most: float
    step: float
    help: str
    kind: type = float
    logarithmic: bool = False

    @property
    def wanted(self) -> str:
        """Return in words what the value must be."""
        if self.kind is bool:
            return "True or False"
        if self.kind is int:
            return f"a whole number from {self.least:.0f} to {self.most:.0f}"
        return f"a number from {self.least:g} to {self.most:g}"


def check_number(name: str, value: object, field: Field) -> int | float | bool:
    """Return a number in the form that it is kept in.

    Raises ValueError for another type and out of the field's range.
    """
    if isinstance(value, bool) != (field.kind is bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} must be {field.wanted}, got {str(value)[:40]!r}.")
    if field.kind is bool:
        return value
    if not field.least <= value <= field.most or (field.kind is int and value != int(value)):
        raise ValueError(f"{name} must be {field.wanted}, got {str(value)[:40]}.")
    return field.kind(value)


def check_choice(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise ValueError for a word that is none of those allowed."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}; got {str(value)[:40]!r}.")


def check_switch(name: str, value: object) -> None:
    """Raise ValueError for anything but True and False."""
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be True or False, got {str(value)[:40]!r}.")


def find_changes(now: Mapping[str, object], new: Mapping[str, object]) -> dict[str, object]:
    """Return the values of some settings that differ from those of new ones."""
    return {name: value for name, value in now.items() if value != new[name]}


def write_settings(changes: Mapping[str, object]) -> dict[str, str]:
    """Return values of settings as the text of a link."""
    return {name: write_value(value) for name, value in changes.items()}


def read_settings(texts: Mapping[str, str], new: Mapping[str, object]) -> dict[str, object]:
    """Return the values of a link, each as the kind that it is in new settings; names that these lack are left out.

    Raises ValueError for a value that cannot be read.
    """
    return {name: read_value(name, text, new[name]) for name, text in texts.items() if name in new}


def write_call(chapter: str, dashboard: str, changes: Mapping[str, object], given: Sequence[str] = ()) -> str:
    """Return the lines of Python that open a dashboard of a chapter with some settings.

    given : what else it is opened with, as names that whoever reads the lines has
    """
    words = [*(f"{name}={name}" for name in given), *(f"{name}={value!r}" for name, value in changes.items())]
    return f"from nbutils.{chapter}.dashboards import {dashboard}\n{dashboard}({', '.join(words)})"
