"""A dozen filters of solids in three dimensions, in the place of the third plot."""

from collections.abc import Callable

import ipywidgets as ipw

from nbutils.boltzmann.machine import Machine
from nbutils.rbm.space import Space
from nbutils.rbm.voxels import filter_opacities

DOZEN = 12
COLUMNS = 4
HEIGHT = 320
LABEL = "filters of units {first} to {last} as voxels, the more opaque the more a unit wants it to be there"


class FilterStage:
    """The stage, made when it is first wanted: its library takes a while to load."""

    def __init__(self, choose: Callable[[int], object]) -> None:
        self._choose = choose
        self._stage = None
        self._first = 0
        self.box = ipw.Box().add_class("dv-stack")

    @property
    def visible(self) -> bool:
        """Whether the stage is in sight."""
        return self._stage is not None and self._stage.visible

    def open(self, draw: Callable[[], object]) -> None:
        """Make the stage where there is none yet, and call draw now and whenever it comes into sight again."""
        from nbutils.widgets.stage import Stage

        if self._stage is not None:
            draw()
            return
        self._stage = Stage("filters in three dimensions", "Press Start: the filters appear here.", height=HEIGHT)
        self._stage.on_select(lambda place: self._choose(self._first + place))
        self._stage.observe(lambda change: draw() if change["new"] else None, "visible")
        self.box.children = [self._stage]
        draw()

    def draw(self, machine: Machine, shape: tuple[int, ...], unit: int) -> None:
        """Show the dozen filters of a machine that a hidden unit is among; why not, where weights are not finite."""
        from nbutils.widgets.stage import Voxels

        self._first = unit - unit % DOZEN
        last = min(self._first + DOZEN, machine.hidden)
        try:
            opacities = filter_opacities(machine.weights[:, self._first : last], shape, Space().threshold, Space().sign)
        except ValueError as error:
            self._stage.clear(str(error))
            return
        solids = [
            Voxels(opacity, f"unit {number}")
            for number, opacity in zip(range(self._first, last), opacities, strict=True)
        ]
        self._stage.show_voxels(solids, COLUMNS, alt=LABEL.format(first=self._first, last=last - 1))

    def clear(self) -> None:
        """Take the filters away."""
        if self._stage is not None:
            self._stage.clear()
