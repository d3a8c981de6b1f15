"""What the numbers and words of settings may be: one record for controls, JSON, links and the command line."""

from dataclasses import dataclass


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
