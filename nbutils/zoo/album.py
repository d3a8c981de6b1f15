"""Photographs on this machine, and what of a folder is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

IS_NO_PICTURE = "is no picture"
IS_CUT_OFF = "is cut off"
IS_EMPTY = "is empty"
MAY_NOT_BE_READ = "may not be read"
LEADS_NOWHERE = "is a link that leads nowhere"
# The same reasons for several files at once; any other reason is a number of pixels.
_OF_SEVERAL = {
    IS_NO_PICTURE: "are no pictures",
    IS_CUT_OFF: "are cut off",
    IS_EMPTY: "are empty",
    MAY_NOT_BE_READ: "may not be read",
    LEADS_NOWHERE: "are links that lead nowhere",
}
_TOO_LARGE = "have too many pixels"
_MOST_NAMED = 3


@dataclass(frozen=True)
class Photo:
    """One photograph on this machine; its name is unique in its album, and in the suite's own says what is on it."""

    name: str
    collection: Literal["food", "pets", "samples", "own"]
    path: Path


@dataclass(frozen=True)
class Skipped:
    """A file that is not in the album, and why, as the end of a sentence such as "notes.jpg is no picture"."""

    name: str
    reason: str


@dataclass(frozen=True)
class Album(Sequence):
    """Photographs in a fixed order, and what was skipped while they were looked for.

    cut_short : whether the folder held more files than are looked at
    """

    held: tuple[Photo, ...]
    skipped: tuple[Skipped, ...] = ()
    cut_short: bool = False

    def __len__(self) -> int:
        """Return how many photographs there are."""
        return len(self.held)

    def __getitem__(self, place: int | slice) -> Photo | tuple[Photo, ...]:
        """Return the photograph at a place, or those of a slice."""
        return self.held[place]

    def __iter__(self) -> Iterator[Photo]:
        """Yield the photographs in order."""
        return iter(self.held)

    @property
    def summary(self) -> str:
        """A sentence: how many photographs there are, how many files were skipped, and why."""
        parts = ["1 photograph" if len(self) == 1 else f"{len(self) or 'No'} photographs"]
        if self.skipped:
            parts.append(f"{len(self.skipped):,} skipped: {', '.join(_tell_reasons(self.skipped))}")
        if self.cut_short:
            parts.append("the folder holds more files than are looked at")
        return "; ".join(parts) + "."


def _tell_reasons(skipped: Sequence[Skipped]) -> Iterator[str]:
    """Yield for each reason how many files it applies to and some of their names."""
    groups: dict[str, list[Skipped]] = {}
    for one in skipped:
        groups.setdefault(_OF_SEVERAL.get(one.reason, _TOO_LARGE), []).append(one)
    for of_several, members in groups.items():
        reason = members[0].reason if len(members) == 1 else of_several
        names = ", ".join(one.name for one in members[:_MOST_NAMED])
        more = f" and {len(members) - _MOST_NAMED:,} more" if members[_MOST_NAMED:] else ""
        yield f"{len(members):,} {reason} ({names}{more})"
