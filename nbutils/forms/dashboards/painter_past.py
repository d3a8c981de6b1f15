"""The networks that one has painted with: back and forth between them."""

from nbutils.neat import Genome

MOST_STEPS = 300


class Past:
    """Networks, oldest first, and the one that is shown."""

    def __init__(self, genome: Genome) -> None:
        self._path, self._at = [genome], 0
        self._held: int | None = None

    @property
    def now(self) -> Genome:
        """Return the network that is shown."""
        return self._path[self._at]

    @property
    def can_undo(self) -> bool:
        """Return whether there is a network before."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Return whether a network was undone."""
        return self._at < len(self._path) - 1

    def add(self, genome: Genome, held: int | None = None) -> None:
        """Go on to another network; what was undone is dropped.

        held : the link whose weight alone changed; while the same one is held, all its weights are one step
        """
        begin = self._at if held is not None and held == self._held else self._at + 1
        self._path = [*self._path[:begin], genome][-MOST_STEPS:]
        self._at = len(self._path) - 1
        self._held = held

    def move(self, steps: int) -> None:
        """Go so many steps, as far as there are any."""
        self._at = max(0, min(len(self._path) - 1, self._at + steps))
        self._held = None
