"""What the page of chapter 3 is set to: one frozen record for its controls, its link and a line of Python."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from nbutils.forms.breeding import MOST_SEED
from nbutils.forms.grids import GRIDS, Grid
from nbutils.neat import Evolution
from nbutils.runs.fields import (
    Field,
    check_choice,
    check_number,
    check_switch,
    find_changes,
    read_settings,
    write_call,
    write_settings,
)

TABS = ("breed", "gallery", "mine", "family", "chess", "painter", "statistics")
RESOLUTIONS = ("coarse", "thesis", "fine", "finer")  # of fifteen shapes at once
MODES = ("smooth", "thesis")
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Half of the children have two parents: ours, as Table 3.1 of the thesis has no crossover.
CROSSING = 0.5

FIELDS = {
    "seed": Field("seed", "", 0, MOST_SEED, 1, "All random numbers of a breeding come from it.", int),
    "strength": Field(
        "mutation strength", "", 0.1, 5, 0.1, "How far children are from their parents; 1 is Table 3.1 of the thesis."
    ),
}


@dataclass(frozen=True)
class View:
    """Everything that a person can set on the page.

    seed : of the first generation
    start : the id of the kept shape that the breeding began from, "" where it began from scratch
    strength : what the probabilities and sizes of mutations are multiplied with
    crossover : whether a child may have two parents
    resolution, mode : how the shapes are meshed
    shape : the id of the shape that is opened large, "" for none
    Raises ValueError that names the field, what it may be and what was got.
    """

    seed: int = 22
    start: str = ""
    strength: float = 1.0
    crossover: bool = False
    resolution: str = "thesis"
    mode: str = "smooth"
    tab: str = "breed"
    shape: str = ""

    def __post_init__(self) -> None:
        for name, field in FIELDS.items():
            object.__setattr__(self, name, check_number(name, getattr(self, name), field))
        check_switch("crossover", self.crossover)
        check_choice("resolution", self.resolution, RESOLUTIONS)
        check_choice("mode", self.mode, MODES)
        check_choice("tab", self.tab, TABS)
        for name in ("start", "shape"):
            value = getattr(self, name)
            if not isinstance(value, str) or (value and not ID.fullmatch(value)):
                raise ValueError(
                    f"{name} must be the id of a shape: 1 to 64 letters and digits; got {str(value)[:40]!r}."
                )

    @property
    def grid(self) -> Grid:
        """Return the grid that the fifteen shapes are meshed on."""
        return GRIDS[self.resolution]

    @property
    def evolution(self) -> Evolution:
        """Return the settings of evolution: Table 3.1 of the thesis, and crossover where it is switched on."""
        return Evolution(mutate_only_probability=CROSSING) if self.crossover else Evolution()


NEW = View()


def to_settings(view: View) -> dict[str, str]:
    """Return the fields that differ from those of a new view, as the text of a link."""
    return write_settings(_find_changes(view))


def from_settings(settings: Mapping[str, str]) -> View:
    """Read the text of a link into a view; names that a view does not have are left out.

    Raises ValueError for a value that cannot be read or is out of range.
    """
    return View(**read_settings(settings, asdict(NEW)))


def to_python(view: View) -> str:
    """Return the lines of Python that open the page with this view."""
    return write_call("forms", "forms", _find_changes(view))


def _find_changes(view: View) -> dict[str, object]:
    return find_changes(asdict(view), asdict(NEW))
