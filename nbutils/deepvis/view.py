"""What the live toolbox shows: one frozen record for widgets, link and a line of Python."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

NETWORKS = ("mobilenet_v2", "alexnet")
SOURCES = ("photographs", "camera")
COLOURS = ("gray", "inferno", "cividis")
# The two contrast ladders of the published toolbox (deep-visualization-toolbox, caffevis/app.py): gamma
# for the whole layer, and how far each channel is scaled by its own largest answer.
GAMMAS = (1.0, 0.7, 0.5, 0.3)
SHARES = (0.0, 0.3, 0.5, 0.8, 1.0)
LONGEST_TEXT = 200
MOST_CHANNELS = 20_000


@dataclass(frozen=True)
class View:
    """Everything that a person can set in the live toolbox."""

    network: str = "mobilenet_v2"
    layer: str = ""  # "" is the network's own starting layer
    channel: int | None = None  # None is the strongest when the view is shown
    source: str = "photographs"
    photo: str = "cat"
    gamma: float = 0.7
    share: float = 0.5
    colours: str = "gray"
    overlay: bool = True
    mirror: bool = True


def check(view: View) -> View:
    """Return the view if every field is in its range; ValueError says which is not and what it may be."""
    _one_of("network", view.network, NETWORKS)
    _one_of("source", view.source, SOURCES)
    _one_of("colours", view.colours, COLOURS)
    _one_of("gamma", view.gamma, GAMMAS)
    _one_of("share", view.share, SHARES)
    if view.channel is not None and not 0 <= view.channel < MOST_CHANNELS:
        raise ValueError(f"channel must be 0 to {MOST_CHANNELS - 1}, got {view.channel}.")
    for name in ("layer", "photo"):
        if len(getattr(view, name)) > LONGEST_TEXT:
            raise ValueError(f"{name} is a name of at most {LONGEST_TEXT} letters.")
    return view


def to_settings(view: View) -> dict[str, str]:
    """Return the fields that differ from a new view, as the text of a link."""
    new = asdict(View())
    return {name: _write(value) for name, value in asdict(view).items() if value != new[name]}


def from_settings(settings: Mapping[str, str]) -> View:
    """Read the text of a link into a view; names that a view does not have are left out.

    Raises ValueError for a value that cannot be read or is out of range.
    """
    values = asdict(View())
    for field in fields(View):
        if field.name in settings:
            kind = int if field.name == "channel" else type(values[field.name])
            values[field.name] = _read(field.name, kind, settings[field.name])
    return check(View(**values))


def to_python(view: View) -> str:
    """Return the lines of Python that open the toolbox with this view."""
    new = asdict(View())
    given = ", ".join(f"{name}={value!r}" for name, value in asdict(view).items() if value != new[name])
    return f"from nbutils.deepvis.dashboards import toolbox\ntoolbox({given})"


def _write(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _read(name: str, kind: type, text: str) -> object:
    """Read one value of a link as the kind that its field has."""
    if kind is bool:
        _one_of(name, text, ("yes", "no"))
        return text == "yes"
    try:
        value = kind(text)
    except ValueError as error:
        raise ValueError(f'{name} must be a number, got "{text[:40]}".') from error
    if kind is float and not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number.")
    return value


def _one_of(name: str, value: object, allowed: tuple) -> None:
    if value not in allowed:
        listed = ", ".join(str(item) for item in allowed)
        raise ValueError(f'{name} must be one of {listed}, got "{str(value)[:40]}".')
