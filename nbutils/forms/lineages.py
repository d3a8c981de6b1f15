"""What one is breeding: the generations that led here, and those that were undone."""

from dataclasses import dataclass, replace

from nbutils.forms.breeding import Generation

MOST_GENERATIONS = 500  # that one goes back over; older ones are in the store


@dataclass(frozen=True)
class Lineage:
    """A chain of generations, each bred from the one before or a new start, and the place where one is.

    path : oldest first; those behind `at` were undone and can be redone
    Raises ValueError for an empty path, for a place that it has not, and where a generation does not follow.
    """

    path: tuple[Generation, ...]
    at: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.path) <= MOST_GENERATIONS:
            raise ValueError(f"A lineage has 1 to {MOST_GENERATIONS} generations, got {len(self.path)}.")
        _check_place(self.at, len(self.path))
        for before, after in zip(self.path, self.path[1:], strict=False):
            _check_follows(before, after)

    @property
    def now(self) -> Generation:
        """Return the generation that is shown."""
        return self.path[self.at]

    @property
    def can_undo(self) -> bool:
        """Return whether there is a generation before."""
        return self.at > 0

    @property
    def can_redo(self) -> bool:
        """Return whether a generation was undone."""
        return self.at < len(self.path) - 1

    def add(self, generation: Generation) -> "Lineage":
        """Return the lineage with one more generation behind the present one; what was undone is dropped.

        A first generation may follow any, so that a new start can be undone. Raises ValueError where the generation
        was bred from another one.
        """
        path = (*self.path[: self.at + 1], generation)[-MOST_GENERATIONS:]
        return Lineage(path, len(path) - 1)

    def undo(self) -> "Lineage":
        """Return the lineage at the generation before, or the same where there is none."""
        return replace(self, at=self.at - 1) if self.can_undo else self

    def redo(self) -> "Lineage":
        """Return the lineage at the generation that was undone last, or the same where there is none."""
        return replace(self, at=self.at + 1) if self.can_redo else self

    def go_to(self, place: int) -> "Lineage":
        """Return the lineage at a place of its path; raise ValueError for one that it has not."""
        _check_place(place, len(self.path))
        return replace(self, at=place)


def _check_place(place: object, length: int) -> None:
    if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < length:
        raise ValueError(f"This lineage has the places 0 to {length - 1}, got {str(place)[:40]}.")


def _check_follows(before: Generation, after: Generation) -> None:
    if after.parent not in (None, before.id):
        raise ValueError(f"Generation {after.number} was bred from another one than generation {before.number} here.")
    named = (*after.selected, *(parent for organism in after.organisms for parent in organism.parents))
    if max(named, default=0) >= len(before.organisms):
        raise ValueError(
            f"Generation {after.number} has parent {max(named)}, and generation {before.number} only "
            f"{len(before.organisms)} organisms: one of them was changed after it was written."
        )
