"""The ways in which the chapter halves a data set, each with its name, its title and its runs."""

from collections.abc import Iterable
from dataclasses import dataclass

from nbutils.transfer.records import Run, RunSettings

RANDOM, NATURE, ALL = "random", "nature", "all"


@dataclass(frozen=True)
class Halves:
    """A data set and how its classes are halved.

    kind : "random" (any seed) or "nature" (man-made, A, and natural, B)
    sides : what the halves A and B are called
    """

    name: str
    title: str
    data: str
    kind: str
    sides: tuple[str, str] = ("A", "B")

    def holds(self, settings: RunSettings) -> bool:
        """Return whether a run is one of these halves."""
        return settings.data == self.data and settings.split.partition("-")[0] == self.kind


HALVES = (
    Halves("cifar10_random", "CIFAR-10, random halves", "cifar10", RANDOM),
    Halves("cifar10_nature", "CIFAR-10, man-made / natural", "cifar10", NATURE, ("man-made", "natural")),
    Halves("quickdraw_random", "Quick, Draw!, random halves", "quickdraw", RANDOM),
)
NAMES = tuple(halves.name for halves in HALVES)


def halves_of(name: str) -> Halves:
    """Return the halves of that name; raises ValueError for one that there is not."""
    for halves in HALVES:
        if halves.name == name:
            return halves
    raise ValueError(f"Halves are one of {', '.join(NAMES)}; got {str(name)[:40]!r}.")


def list_measured(runs: Iterable[Run]) -> tuple[Halves, ...]:
    """Return the halves of which there are runs; the first one also where there are none."""
    runs = tuple(runs)
    return tuple(halves for halves in HALVES if halves is HALVES[0] or any(halves.holds(run.settings) for run in runs))
