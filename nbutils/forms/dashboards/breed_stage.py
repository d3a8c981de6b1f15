"""Fifteen places on one canvas, filled shape by shape while the page goes on answering."""

from collections.abc import Callable, Iterable, Iterator
from time import time

from nbutils.forms.breeding import Organism
from nbutils.forms.dashboards.breed_pictures import BOX, to_mesh
from nbutils.forms.dashboards.breed_timing import Timing, account
from nbutils.forms.dashboards.breed_work import Shown, Stopwatch, mesh_brood
from nbutils.forms.grids import Grid
from nbutils.widgets import Turns
from nbutils.widgets.stage_places import PlaceStage

COLUMNS, PLACES = 5, 15
LABELS = tuple(f"Shape {place + 1}" for place in range(PLACES))
ALT = "Fifteen shapes in five columns"


class BreedStage:
    """The shapes of a generation; `chosen` are the places that are selected.

    failed : failed(error) is called with what went wrong on the way
    timed : timed(timing) is called when Python has done its part, and when the page has told what it drew
    """

    def __init__(self, failed: Callable[[Exception], object], timed: Callable[[Timing], object]) -> None:
        self.stage = PlaceStage(ALT, empty="Shapes appear here.", height=600, enter="evolves")
        self._timed = timed
        self._mode = "smooth"
        self._watch, self._asked_at = Stopwatch(), None
        self._received = self._handed_over = 0.0
        self._turns = Turns(self._put, failed)
        self.stage.on_drawn(self._drawn)

    @property
    def chosen(self) -> tuple[int, ...]:
        """The places that are selected."""
        return tuple(self.stage.chosen)

    def show(
        self,
        organisms: Iterable[Organism],
        grid: Grid,
        mode: str,
        *,
        chosen: tuple[int, ...] = (),
        watch: Stopwatch | None = None,
        asked_at: float | None = None,
        then: Callable[[], Iterable[None]] = tuple,
    ) -> None:
        """Mark all places as loading, then fill them one by one; what was under way before is dropped.

        watch : has the times of what was done for these shapes before
        asked_at : when the page asked for them, in seconds by its clock
        then : called when all are there; what it returns is worked through in further steps
        """
        self._watch, self._asked_at, self._received, self._mode = watch or Stopwatch(), asked_at, time(), mode
        self.stage.lay_out(LABELS, COLUMNS, box=BOX, chosen=chosen, alt=ALT)
        self._turns.begin(self._work(organisms, grid, mode, then))

    def drop(self) -> None:
        """Leave undone what is under way."""
        self._turns.drop()

    def _work(
        self, organisms: Iterable[Organism], grid: Grid, mode: str, then: Callable[[], Iterable[None]]
    ) -> Iterator[Shown | None]:
        yield from mesh_brood(organisms, grid, mode, self._watch)
        self._timed(Timing(self._watch.seconds))
        yield from then()

    def _put(self, shown: Shown | None) -> None:
        if shown is None:
            return
        with self._watch.time("pack"):
            mesh = to_mesh(shown.body, self._mode)
            self.stage.put(shown.place, mesh, None if mesh else f"{LABELS[shown.place]}: too thin for these voxels")
        self._handed_over = time()

    def _drawn(self, at: float, drawing: float) -> None:
        if self._asked_at is not None:
            wall = self._handed_over - self._received
            self._timed(account(self._watch.seconds, self._received, wall, self._asked_at, at, drawing))
            self._asked_at = None
