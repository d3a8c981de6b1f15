"""The third plot: what each hidden unit looks for, a tile a unit."""

from collections.abc import Callable
from threading import RLock

import ipywidgets as ipw

from nbutils.figures.tiles import AXES, draw_tiles, to_pictures
from nbutils.rbm.running import Followed
from nbutils.widgets import Wall, choice, slider

NOTHING = -1
NUMBERS = (25, 100, 400, 1_000)
SHOWN = 100  # tiles at first, and as many as follow training from update to update
HEADING = "<h3>3 Filters</h3>"
LEGEND = (
    "<p class='dv-quiet'>A tile is a hidden unit: white is what it wants to be there, black what it does not, each "
    "on a scale of its own.</p>"
)
EMPTY = "Press Start: the filters appear here."


class FilterPane:
    """The weights of hidden units as tiles; of solids one layer is cut, which can be chosen."""

    def __init__(self) -> None:
        self._followed: Followed | None = None
        self._shape: tuple[int, ...] = ()
        self._selects: list[Callable[[int], object]] = []
        self._lock = RLock()
        self._setting = False
        self.wall = Wall(height=320, noun="hidden unit", empty=EMPTY, label="filters", selected=NOTHING)
        self.wall.add_class("dv-seamless")
        self.number = choice("Units", [(f"first {SHOWN}", SHOWN)], SHOWN)
        self.axis = choice("Cut across", [(name, place) for place, name in enumerate(AXES)], 0)
        self.layer = slider("Layer", 5, 0, 9, 1)
        self.cutting = ipw.Box([self.axis, self.layer]).add_class("dv-plot-foot")
        head = ipw.Box([ipw.HTML(HEADING), self.number]).add_class("dv-plot-head")
        self.box = ipw.VBox([head, ipw.HTML(LEGEND), self.wall, self.cutting]).add_class("dv-stack")
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

    def on_select(self, callback: Callable[[int], object]) -> None:
        """Call callback(unit) when a tile is clicked."""
        self._selects.append(callback)

    def select(self, unit: int) -> None:
        """Put the ring around a unit, where it is among those shown."""
        with self._lock:
            self._setting = True
            try:
                self.wall.selected = unit if 0 <= unit < self.wall.shape[0] else NOTHING
            finally:
                self._setting = False

    def _draw(self) -> None:
        with self._lock:
            if self._followed is None or self._setting or not self.wall.visible:
                return
            weights = self._followed.snapshot.machine.weights[:, : self.number.value].T.numpy()
            tiles, ranges = draw_tiles(to_pictures(weights, self._shape, self.axis.value, self.layer.value))
            layer = f", layer {self.layer.value} across {AXES[self.axis.value]}" if len(self._shape) == 3 else ""
            self.wall.label = f"filters of {len(tiles)} hidden units{layer}"
            self.wall.show(tiles, ranges)

    def _is_news(self, followed: Followed, before: Followed) -> bool:
        """Return whether there are other filters to draw: many tiles, much to send, wait for a point of the curves."""
        if self.wall.shape[0] > SHOWN:
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
            self.cutting.layout.display = None if len(shape) == 3 else "none"
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
        if self._setting or self._followed is None or change["new"] == NOTHING:
            return
        for callback in self._selects:
            callback(change["new"])
