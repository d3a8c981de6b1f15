"""What the live toolbox shows: one frozen record for widgets, link and a line of Python."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from nbutils.runs.fields import find_changes, write_call

NETWORKS = ("mobilenet_v2", "efficientnet_lite0", "alexnet", "vgg16")
SOURCES = ("camera", "photographs", "upload", "video")
COLOURS = ("gray", "inferno", "cividis")
# The two contrast ladders of the published toolbox (deep-visualization-toolbox, caffevis/app.py): gamma
# for the whole layer, and how far each channel is scaled by its own largest answer.
GAMMAS = (1.0, 0.7, 0.5, 0.3)
SHARES = (0.0, 0.3, 0.5, 0.8, 1.0)
WALLS = ("answers", "difference", "backward")
LIVE_METHODS = ("gradient", "deconv", "guided")
SLOW_METHODS = ("grad_cam", "integrated")  # many passes or a whole one more: only on a picture that stands still
SEEDS = ("activation", "one")
SHOWN = ("raw", "gray", "norm", "blurred norm")
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
    wall: str = "answers"
    kept: str = ""  # the photograph that is compared with; pictures from elsewhere have no name to come back by
    backward: bool = False
    method: str = "guided"
    seed: str = "activation"
    shown: str = "raw"
    frozen_layer: str = ""  # "" where no unit is frozen
    frozen_channel: int | None = None
    likes: bool = False  # whether the pictures and photographs that the channel likes are shown
    beside: str = ""  # the second network, "" for none
    beside_layer: str = ""
    beside_channel: int | None = None


NEW = View()
CHANNELS = ("channel", "frozen_channel", "beside_channel")
NAMES = ("layer", "photo", "kept", "frozen_layer", "beside_layer")
CHOICES = {
    "source": SOURCES,
    "colours": COLOURS,
    "gamma": GAMMAS,
    "share": SHARES,
    "wall": WALLS,
    "method": LIVE_METHODS + SLOW_METHODS,
    "seed": SEEDS,
    "shown": SHOWN,
}


def check(view: View, networks: Sequence[str] = NETWORKS) -> View:
    """Return the view if every field is in its range; ValueError says which is not and what it may be.

    networks : the names of the networks that there are
    """
    _one_of("network", view.network, tuple(networks))
    _one_of("beside", view.beside, ("", *networks))
    for name, allowed in CHOICES.items():
        _one_of(name, getattr(view, name), allowed)
    for name in CHANNELS:
        channel = getattr(view, name)
        if channel is not None and not 0 <= channel < MOST_CHANNELS:
            raise ValueError(f"{name} must be 0 to {MOST_CHANNELS - 1}, got {channel}.")
    for name in NAMES:
        if len(getattr(view, name)) > LONGEST_TEXT:
            raise ValueError(f"{name} is a name of at most {LONGEST_TEXT} letters.")
    if bool(view.frozen_layer) != (view.frozen_channel is not None):
        raise ValueError("frozen_layer and frozen_channel name one unit: give both or neither.")
    return view


def to_settings(view: View, new: View = NEW) -> dict[str, str]:
    """Return the fields that differ from a new view, as the text of a link."""
    return {name: _write(value) for name, value in find_changes(asdict(view), asdict(new)).items()}


def from_settings(settings: Mapping[str, str], networks: Sequence[str] = NETWORKS, new: View = NEW) -> View:
    """Read the text of a link into a view; names that a view does not have are left out.

    networks : the names of the networks that there are
    new : what the fields are that the link leaves out
    Raises ValueError for a value that cannot be read or is out of range.
    """
    values = asdict(new)
    for field in fields(View):
        if field.name in settings:
            kind = int if field.name in CHANNELS else type(values[field.name])
            values[field.name] = _read(field.name, kind, settings[field.name])
    return check(View(**values), networks)


def to_python(view: View, new: View = NEW, given: Sequence[str] = ()) -> str:
    """Return the lines of Python that open the toolbox with this view.

    given : what else the toolbox was opened with, as names that whoever reads the lines has: "photos", "own"
    """
    return write_call("deepvis", "toolbox", find_changes(asdict(view), asdict(new)), given)


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
        listed = ", ".join(str(item) for item in allowed if item != "")
        raise ValueError(f'{name} must be one of {listed}, got "{str(value)[:40]}".')
