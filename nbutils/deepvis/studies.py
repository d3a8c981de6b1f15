"""What the studies show: frozen records that their controls, links and lines of Python all come from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from math import isfinite

from nbutils.deepvis.frequencies import UNITS
from nbutils.deepvis.frequency_summaries import WEIGHTS
from nbutils.deepvis.galleries import NETWORKS as GALLERIES
from nbutils.deepvis.noise import STRENGTHS, STRONGEST, WEAKEST
from nbutils.deepvis.spectra import MEASURES as FREQUENCIES
from nbutils.deepvis.statistics import OVER
from nbutils.runs.fields import find_changes, write_call

LONGEST_NAME = 200
MOST_CHANNELS = 20_000
PHOTOGRAPHS = (50, 100, 200, 0)  # 0: all there are
RUNS = (5, 500)
MEASURES = ("relative", "share")
PLACES = ("convolutions", "activations", "all")
MOST_COHERENT = 0.9
FIRST_FILTERS = 64  # of AlexNet
GALLERY_SHOWS = ("layer", "compared")


@dataclass(frozen=True)
class ChannelStudy:
    """Everything that a person can set in the statistics of channels."""

    network: str = "mobilenet_v2"
    layer: str = "conv1_relu"  # "" is the network's own starting layer
    channel: int = 6
    photographs: int = 0  # 0: all
    over: str = "means"


@dataclass(frozen=True)
class NoiseStudy:
    """Everything that a person can set in the study of noise."""

    strength: float = 2.0  # of the finished measurement, one of STRENGTHS
    measure: str = "share"
    places: str = "convolutions"
    network: str = "mobilenet_v2"  # of one's own run
    own: float = 3.0  # strength of one's own run
    photographs: int = 20  # of one's own run


@dataclass(frozen=True)
class FrequencyStudy:
    """Everything that a person can set in the study of frequencies."""

    measure: str = "peak"
    colour: float = 0.5  # the largest share of colour energy of an edge filter
    coherence: float = 0.6  # the smallest coherence of an edge filter
    channel: int = 5
    weights: str = "onward"
    unit: str = "conv5"  # the layer where the gradients start
    photographs: int = 50  # of one's own run


@dataclass(frozen=True)
class GalleryStudy:
    """Everything that a person can set in the browser of galleries."""

    network: str = "alexnet"
    layer: str = ""  # "" is the last one of the gallery
    unit: int = 0
    shows: str = "layer"  # or "compared": some units of every layer at the size of what they see


Study = ChannelStudy | NoiseStudy | FrequencyStudy | GalleryStudy


def check(study: Study) -> Study:
    """Return the record if every field is in its range; ValueError says which is not and what it may be."""
    checks = {
        ChannelStudy: _check_channels,
        NoiseStudy: _check_noise,
        FrequencyStudy: _check_frequencies,
        GalleryStudy: _check_gallery,
    }
    checks[type(study)](study)
    return study


def _check_channels(study: ChannelStudy) -> None:
    _short("network", study.network)
    _short("layer", study.layer)
    _one_of("photographs", study.photographs, PHOTOGRAPHS)
    _one_of("over", study.over, OVER)
    _within("channel", study.channel, 0, MOST_CHANNELS - 1)


def _check_noise(study: NoiseStudy) -> None:
    _short("network", study.network)
    _one_of("strength", study.strength, STRENGTHS)
    _one_of("measure", study.measure, MEASURES)
    _one_of("places", study.places, PLACES)
    _within("own", study.own, WEAKEST, STRONGEST)
    _within("photographs", study.photographs, *RUNS)


def _check_frequencies(study: FrequencyStudy) -> None:
    _one_of("measure", study.measure, FREQUENCIES)
    _one_of("weights", study.weights, WEIGHTS)
    _one_of("unit", study.unit, UNITS)
    _within("colour", study.colour, 0, 1)
    _within("coherence", study.coherence, 0, MOST_COHERENT)
    _within("channel", study.channel, 0, FIRST_FILTERS - 1)
    _within("photographs", study.photographs, *RUNS)


def _check_gallery(study: GalleryStudy) -> None:
    _one_of("network", study.network, GALLERIES)
    _short("layer", study.layer)
    _within("unit", study.unit, 0, MOST_CHANNELS - 1)
    _one_of("shows", study.shows, GALLERY_SHOWS)


def to_settings(study: Study) -> dict[str, str]:
    """Return the fields that differ from a new record, as the text of a link."""
    return {name: str(value) for name, value in _find_changes(study).items()}


def from_settings(kind: type[Study], settings: Mapping[str, str]) -> Study:
    """Read the text of a link into a record; names that it does not have are left out.

    Raises ValueError for a value that cannot be read or is out of range.
    """
    new = kind()
    values = asdict(new)
    for field in fields(kind):
        if field.name in settings:
            values[field.name] = _read(field.name, type(values[field.name]), settings[field.name])
    return check(kind(**values))


def to_python(study: Study, function: str) -> str:
    """Return the lines of Python that open the dashboard with this record."""
    return write_call("deepvis", function, _find_changes(study))


def _find_changes(study: Study) -> dict[str, object]:
    return find_changes(asdict(study), asdict(type(study)()))


def _read(name: str, kind: type, text: str) -> object:
    try:
        value = kind(text)
    except ValueError:
        raise ValueError(f'{name} must be a number, got "{text[:40]}".') from None
    if kind is float and not isfinite(value):
        raise ValueError(f"{name} must be a finite number.")
    return value


def _short(name: str, value: str) -> None:
    if len(value) > LONGEST_NAME:
        raise ValueError(f"{name} is a name of at most {LONGEST_NAME} letters.")


def _within(name: str, value: float, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f'{name} must be {low:g} to {high:g}, got "{str(value)[:40]}".')


def _one_of(name: str, value: object, allowed: tuple) -> None:
    if value not in allowed:
        listed = ", ".join(str(item) for item in allowed)
        raise ValueError(f'{name} must be one of {listed}, got "{str(value)[:40]}".')
