"""The third plot: what each hidden unit looks for, a tile a unit."""

from collections.abc import Callable
from threading import RLock

import ipywidgets as ipw

from nbutils.figures.tiles import AXES, draw_tiles, to_pictures
from nbutils.rbm.dashboards.filter_stage import DOZEN, FilterStage
from nbutils.rbm.running import Followed
from nbutils.widgets import Wall, choice, segmented, slider

NOTHING = -1
NUMBERS = (25, 100, 400, 1_000)
SHOWN = 100  # tiles at first, and as many as follow training from update to update
HEADING = "<h3>3 Filters</h3>"
LEGEND = (
    "<p class='dv-quiet'>A tile is a hidden unit: white is what it wants to be there, black what it does not, each "
    "on a scale of its own.</p>"
)
IN_SPACE = (
    "<p class='dv-quiet'>A cube is a hidden unit: the more opaque a voxel, the more it wants it to be there. A dozen "
    "are seen, those around the chosen one.</p>"
)
EMPTY = "Press Start: the filters appear here."


class FilterPane:
    """The weights of hidden units as tiles; solids are cut in a layer, which can be chosen, or seen in space."""

    def __init__(self) -> None:
        self._followed: Followed | None = None
        self._shape: tuple[int, ...] = ()
        self._selects: list[Callable[[int], object]] = []
        self._lock = RLock()
        self._setting = False
        self._unit = 0
        self.wall = Wall(height=320, noun="hidden unit", empty=EMPTY, label="filters", selected=NOTHING)
        self.wall.add_class("dv-seamless")
        self.number = choice("Units", [(f"first {SHOWN}", SHOWN)], SHOWN)
        self.axis = choice("Cut across", [(name, place) for place, name in enumerate(AXES)], 0)
        self.layer = slider("Layer", 5, 0, 9, 1)
        self.legend = ipw.HTML()
        self.seen = segmented("Seen", [("in slices", "slices"), ("in space", "space")], "slices")
        self.stage = FilterStage(self._tell)
        self.cutting = ipw.Box([self.axis, self.layer]).add_class("dv-plot-foot")
        head = ipw.Box([ipw.HTML(HEADING), self.seen, self.number]).add_class("dv-plot-head")
        self.box = ipw.VBox([head, self.legend, self.wall, self.cutting, self.stage.box]).add_class("dv-stack")
        self._arrange()
        self.seen.observe(lambda _change: self._see(), "value")
        # First of all: there may be fewer layers across another axis, and the next lines draw one of them.
        self.axis.observe(lambda _change: self._fit_layer(), "value")
        for control in (self.number, self.axis, self.layer):
            control.observe(lambda _change: self._draw(), "value")
        self.wall.observe(lambda _change: self._draw(), "visible")
        self.wall.observe(self._tell_selected, "selected")

    def show(self, followed: Followed, beside: Followed | None = None) -> None:
        """Show the newest filters of a run."""
        with self._lock:
            before, self._followed = self._followed, followed
            if followed.shape != self._shape:
                self._take_shape(followed.shape)
            elif before is not None and not self._is_news(followed, before):
                return
            self._offer_numbers(followed.snapshot.machine.hidden)
            self._draw()

    def clear(self) -> None:
        """Take the filters away."""
        with self._lock:
            self._followed = None
            self.wall.clear(EMPTY)
            self.stage.clear()

    def on_select(self, callback: Callable[[int], object]) -> None:
        """Call callback(unit) when a tile is clicked."""
        self._selects.append(callback)

    def select(self, unit: int) -> None:
        """Put the ring around a unit, where it is among those shown; in space, show the dozen that it is among."""
        with self._lock:
            moved, self._unit = max(unit, 0) // DOZEN != self._unit // DOZEN, max(unit, 0)
            if moved:
                self._draw_in_space()
            self._setting = True
            try:
                self.wall.selected = unit if 0 <= unit < self.wall.shape[0] else NOTHING
            finally:
                self._setting = False

    def _draw(self) -> None:
        with self._lock:
            if self._followed is None or self._setting:
                return
            if self.in_space:
                self._draw_in_space()
                return
            if not self.wall.visible:
                return
            weights = self._followed.snapshot.machine.weights[:, : self.number.value].T.numpy()
            tiles, ranges = draw_tiles(to_pictures(weights, self._shape, self.axis.value, self.layer.value))
            layer = f", layer {self.layer.value} across {AXES[self.axis.value]}" if len(self._shape) == 3 else ""
            self.wall.label = f"filters of {len(tiles)} hidden units{layer}"
            self.wall.show(tiles, ranges)

    @property
    def in_space(self) -> bool:
        """Whether filters are seen in three dimensions; only solids can be."""
        return self.seen.value == "space" and len(self._shape) == 3

    def _draw_in_space(self) -> None:
        if self._followed is not None and self.in_space and self.stage.visible:
            machine = self._followed.snapshot.machine
            self.stage.draw(machine, self._shape, min(self._unit, machine.hidden - 1))

    def _see(self) -> None:
        """Change between slices and space."""
        with self._lock:
            self._arrange()
            if self.in_space:
                self.stage.open(self._draw_in_space)
            else:
                self._draw()

    def _arrange(self) -> None:
        solid = len(self._shape) == 3
        self.seen.layout.display = None if solid else "none"
        self.cutting.layout.display = None if solid and not self.in_space else "none"
        for part in (self.wall, self.number):
            part.layout.display = "none" if self.in_space else None
        self.stage.box.layout.display = None if self.in_space else "none"
        self.legend.value = IN_SPACE if self.in_space else LEGEND

    def _is_news(self, followed: Followed, before: Followed) -> bool:
        """Return whether there are other filters to draw: what is much to send waits for a point of the curves."""
        if self.in_space or self.wall.shape[0] > SHOWN:
            return followed.points[-1] is not before.points[-1]
        return followed.snapshot is not before.snapshot

    def _offer_numbers(self, hidden: int) -> None:
        """Offer numbers of tiles up to all units, and keep what was chosen where it is among them."""
        offers = [(f"first {number:,}", number) for number in NUMBERS if number < hidden]
        if hidden <= NUMBERS[-1]:
            offers.append((f"all {hidden:,}", hidden))
        if [label for _, label in self.number.labels] == [label for label, _ in offers]:
            return
        numbers = [number for _, number in offers]
        self._setting = True
        try:
            kept = self.number.value in numbers
            self.number.offer(offers, self.number.value if kept else min(SHOWN, hidden))
        finally:
            self._setting = False

    def _take_shape(self, shape: tuple[int, ...]) -> None:
        """Offer layers where examples are solids."""
        self._setting = True
        try:
            self._shape = shape
            self._arrange()
            self._fit_layer()
        finally:
            self._setting = False

    def _fit_layer(self) -> None:
        if len(self._shape) == 3:
            last = self._shape[self.axis.value] - 1
            beyond = self.layer.value > last or self.layer.max != last
            self.layer.max = max(last, 1)
            if beyond:
                self.layer.value = (last + 1) // 2
            self.layer.disabled = last == 0

    def _tell_selected(self, change: dict) -> None:
        if not self._setting and self._followed is not None and change["new"] != NOTHING:
            self._tell(change["new"])

    def _tell(self, unit: int) -> None:
        self._unit = unit
        for callback in self._selects:
            callback(unit)
