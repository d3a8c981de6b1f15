"""One shape, large, as fine as one likes."""

from collections.abc import Callable, Iterator

import ipywidgets as ipw

from nbutils.forms.dashboards.breed_controls import MODE_WORDS
from nbutils.forms.dashboards.breed_pictures import to_mesh
from nbutils.forms.dashboards.breed_work import is_finer
from nbutils.forms.fields import measure_field
from nbutils.forms.grids import GRIDS, THESIS
from nbutils.forms.meshing import Body, mesh_field
from nbutils.forms.view import MODES
from nbutils.neat import Genome
from nbutils.widgets import Turns, segmented
from nbutils.widgets.stage_places import PlaceStage

WORDS = {name: f"{grid.voxels[0]} × {grid.voxels[2]}" for name, grid in GRIDS.items()}
AT_FIRST = "fine"


class OpenedStage:
    """A stage with one shape, and how it is meshed: `body` is the newest surface, None before there is one.

    failed : failed(error) is called with what went wrong on the way
    made : made(body) is called with every surface
    """

    def __init__(self, failed: Callable[[Exception], object], made: Callable[[Body], object]) -> None:
        self.body: Body | None = None
        self._genome: Genome | None = None
        self._laid = False  # whether the stage has a place for this shape
        self._title, self._failed, self._made = "", failed, made
        self.stage = PlaceStage("The opened shape", choosable=False, height=560)
        self.resolution = segmented("Voxels", [(WORDS[name], name) for name in GRIDS], AT_FIRST)
        self.mode = segmented("Surface", [(MODE_WORDS[name], name) for name in MODES])
        self._turns = Turns(lambda _nothing: None, failed)
        for control in (self.resolution, self.mode):
            control.observe(lambda _change: self._genome is not None and self._turns.begin(self._work()), "value")
        controls = ipw.Box([self.resolution, self.mode]).add_class("dv-plot-foot")
        self.box = ipw.VBox([self.stage, controls]).add_class("dv-stack")

    def show(self, genome: Genome, title: str) -> None:
        """Show a shape, coarse first."""
        self._genome, self._title, self.body, self._laid = genome, title, None, False
        self._turns.begin(self._work())

    def clear(self) -> None:
        """Show nothing, and leave undone what is under way."""
        self._turns.drop()
        self._genome = self.body = None
        self.stage.clear()

    def _work(self) -> Iterator[None]:
        """Mesh the shape on the coarse grid and on the one that is set; all stand in the place of the first."""
        grid, mode = GRIDS[self.resolution.value], self.mode.value
        grids = (grid,) if self._laid or not is_finer(grid, THESIS) else (THESIS, grid)
        refusal = None
        for each in grids:
            field = measure_field(self._genome, each)
            yield
            try:
                body = mesh_field(field, each, mode=mode)
            except ValueError as error:
                refusal = error
                continue
            if not self._laid:
                box = tuple(tuple(map(float, side)) for side in (body.vertices.min(0), body.vertices.max(0)))
                self.stage.lay_out([""], 1, box=box, alt=f"{self._title}, large")
                self._laid = True
            self.stage.put(0, to_mesh(body, mode))
            self.body, refusal = body, None
            self._made(body)
            yield
        if refusal is not None:
            raise refusal
