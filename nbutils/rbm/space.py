"""What the three-dimensional view is set to: one record for its controls, its link and its line of Python."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from nbutils.rbm.results import RATES_ON
from nbutils.runs.fields import (
    Field,
    check_choice,
    check_number,
    find_changes,
    read_settings,
    write_call,
    write_settings,
)

MOST_SIDE_BY_SIDE = 120
ROWS = 4
ABOVE = "above"  # the machine of the run that stands above on the page
MOST_SEED = 1_000_000
CHOICES = {
    "view": ("exemplars", "filters", "samples"),
    "run": (*RATES_ON, ABOVE),
    "order": ("number", "strength"),
    "sign": ("positive", "negative", "both"),
    "scale": ("own", "shared"),
    "start": ("data", "noise"),
    "shown": ("side by side", "film"),
    "values": ("samples", "means"),
}
FIELDS = {
    "objects": Field("How many", "", 1, 60, 1, "How many spheres or filters stand in the grid.", int),
    "first": Field("First", "", 0, 100_000, 1, "Where in the row of filters the grid begins.", int),
    "threshold": Field(
        "Threshold", "of the largest", 0.0, 0.95, 0.05, "Weaker responses are left out; the rest is more opaque.", float
    ),
    "chains": Field("Chains", "", 1, 6, 1, "How many chains run side by side.", int),
    "samples": Field("Samples of a chain", "", 1, 120, 1, "How many samples are kept of each chain.", int),
    "between": Field(
        "Sweeps between samples", "", 1, 1_000, 1, "A sweep draws all hidden and then all visible units.", int, True
    ),
    "seed": Field("Seed", "", 0, MOST_SEED, 1, "Which spheres are drawn, and which random numbers chains use.", int),
}
# What each view reads.
READ = {
    "exemplars": ("run", "objects", "seed"),
    "filters": ("run", "objects", "first", "order", "sign", "threshold", "scale"),
    "samples": ("run", "start", "between", "samples", "chains", "shown", "values", "seed"),
}


@dataclass(frozen=True)
class Space:
    """Everything that a person can set in the three-dimensional view.

    run : whose machine is shown: one of the thesis' stored runs, or the one that is trained on the page
    threshold : share of the largest response below which nothing is drawn
    scale : whether the largest response is that of each filter or of all
    Raises ValueError that names the field, what it may be and what was got.
    """

    view: str = "exemplars"
    run: str = "sum"
    objects: int = 24
    first: int = 0
    order: str = "strength"
    sign: str = "positive"
    threshold: float = 0.3
    scale: str = "own"
    start: str = "data"
    between: int = 10
    samples: int = 24
    chains: int = 1
    shown: str = "side by side"
    values: str = "means"
    # Not every chain lives: that of seed 4 begins with five voxels and is empty after ten sweeps.
    seed: int = 3

    def __post_init__(self) -> None:
        for name, allowed in CHOICES.items():
            check_choice(name, getattr(self, name), allowed)
        for name, field in FIELDS.items():
            object.__setattr__(self, name, check_number(name, getattr(self, name), field))

    @property
    def kept(self) -> int:
        """How many samples of each chain are drawn: side by side no more than have room, in whole columns."""
        if self.shown == "film":
            return self.samples
        room = min(self.samples, MOST_SIDE_BY_SIDE // self.chains)
        return room - room % self.rows

    @property
    def rows(self) -> int:
        """How many samples stand above each other, side by side."""
        return min(ROWS, self.samples)


def to_settings(space: Space) -> dict[str, str]:
    """Return the fields that differ from a new record, as the text of a link."""
    return write_settings(_find_changes(space))


def from_settings(settings: Mapping[str, str]) -> Space:
    """Read the text of a link; names that the record does not have are left out.

    Raises ValueError for a value that cannot be read or is out of range.
    """
    return Space(**read_settings(settings, asdict(Space())))


def to_python(space: Space) -> str:
    """Return the lines of Python that open the view like this."""
    return write_call("rbm", "space", _find_changes(space))


def _find_changes(space: Space) -> dict[str, object]:
    return find_changes(asdict(space), asdict(Space()))
