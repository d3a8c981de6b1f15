"""The work behind fifteen shapes, in steps of some milliseconds between which a page can answer."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

from nbutils.forms.breeding import Organism
from nbutils.forms.fields import measure_field
from nbutils.forms.grids import THESIS, Grid
from nbutils.forms.meshing import Body, mesh_field


@dataclass(frozen=True)
class Shown:
    """One shape at its place.

    body : None where no corner of the grid is inside
    fine : whether this is the grid that was asked for, not a draft of it
    """

    place: int
    body: Body | None
    fine: bool


class Stopwatch:
    """Adds up how long each of several kinds of work took: `seconds` by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Add the time that is spent within."""
        begun = perf_counter()
        try:
            yield
        finally:
            self.add(name, perf_counter() - begun)

    def add(self, name: str, seconds: float) -> None:
        """Add so many seconds."""
        self.seconds[name] = self.seconds.get(name, 0.0) + seconds


def mesh_brood(organisms: Iterable[Organism], grid: Grid, mode: str, watch: Stopwatch) -> Iterator[Shown]:
    """Yield each shape as soon as it is made; where the grid is fine, coarse ones of all before the first fine one.

    watch : gets the times of "reproduce", "evaluate" and "mesh"
    """
    draft = THESIS if is_finer(grid, THESIS) else grid
    made = []
    for organism in _timed(organisms, watch):
        yield mesh_one(organism, len(made), draft, mode, watch, fine=draft == grid)
        made.append(organism)
    if draft != grid:
        for place, organism in enumerate(made):
            yield mesh_one(organism, place, grid, mode, watch, fine=True)


def mesh_one(organism: Organism, place: int, grid: Grid, mode: str, watch: Stopwatch, *, fine: bool) -> Shown:
    """Return one shape on a grid; where the grid is too coarse for it, without a body."""
    with watch.time("evaluate"):
        field = measure_field(organism.genome, grid)
    with watch.time("mesh"):
        try:
            body = mesh_field(field, grid, mode=mode)
        except ValueError:  # what is thinner than a voxel is not there on this grid
            body = None
    return Shown(place, body, fine)


def is_finer(grid: Grid, other: Grid) -> bool:
    """Return whether a grid has the smaller voxels."""
    return grid.edge < other.edge


def _timed(organisms: Iterable[Organism], watch: Stopwatch) -> Iterator[Organism]:
    coming = iter(organisms)
    while True:
        with watch.time("reproduce"):
            organism = next(coming, None)
        if organism is None:
            return
        yield organism
