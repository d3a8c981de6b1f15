"""What the painter is set to: one frozen record for its controls, its link and a line of Python."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from nbutils.forms.painting import begin_painting
from nbutils.forms.painting_text import from_text, to_text
from nbutils.neat import Genome
from nbutils.runs.fields import Field, check_number, find_changes, read_settings, write_call, write_settings

MOST_SEED = 2**32 - 1
FIELDS = {
    "seed": Field("seed", "", 0, MOST_SEED, 1, "The first network follows from it.", int),
    "zoom": Field("zoom", "times", 1, 10_000, 1, "How much of the plane is seen; all is painted anew.", float, True),
    "x": Field("middle, x", "", -1, 1, 0.01, "Which x is in the middle of the picture."),
    "y": Field("middle, y", "", -1, 1, 0.01, "Which y is in the middle of the picture."),
}


@dataclass(frozen=True)
class Studio:
    """Everything that a person can set.

    seed : of the network that one begins with
    network : the text of another network in its place (nbutils/forms/painting_text.py), "" for none
    zoom, x, y : which part of the plane is seen
    Raises ValueError that names the field, what it may be and what was got, and for a network that cannot be read.
    """

    seed: int = 1
    network: str = ""
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    def __post_init__(self) -> None:
        for name, field in FIELDS.items():
            object.__setattr__(self, name, check_number(name, getattr(self, name), field))
        if self.network != "":
            from_text(self.network)

    @property
    def genome(self) -> Genome:
        """Return the network that paints."""
        return from_text(self.network) if self.network else begin_painting(self.seed)


def write_network(genome: Genome, seed: int) -> str:
    """Return the text of a network, "" for the one that the seed begins with."""
    return "" if genome == begin_painting(seed) else to_text(genome)


def to_settings(studio: Studio) -> dict[str, str]:
    """Return the fields that differ from those of a new record, as the text of a link."""
    return write_settings(_find_changes(studio))


def from_settings(settings: Mapping[str, str]) -> Studio:
    """Read the text of a link into a record; names that it does not have are left out.

    Raises ValueError for a value that cannot be read or is out of range.
    """
    return Studio(**read_settings(settings, asdict(Studio())))


def to_python(studio: Studio) -> str:
    """Return the lines of Python that open the painter like this."""
    return write_call("forms", "painter", _find_changes(studio))


def _find_changes(studio: Studio) -> dict[str, object]:
    return find_changes(asdict(studio), asdict(Studio()))
