"""The first plot: how likely each hidden unit is on for each example, as a picture and as a film of the run."""

from collections.abc import Callable
from math import ceil
from threading import RLock

import ipywidgets as ipw
import numpy as np
import torch

from nbutils.boltzmann.machine import Machine, hidden_probabilities
from nbutils.boltzmann.monitors import GRAY, PEGGED
from nbutils.figures.probabilities import to_columns, to_gray
from nbutils.rbm.running import IMAGES, Followed, Point
from nbutils.widgets import Wall, choice
from nbutils.widgets.film import Film

EXAMPLES, UNITS = 20, 100  # of Figure 4.1
ROW = 2  # how many times higher than wide a probability is drawn, so that twenty rows are seen well
LEAST_HEIGHT, MOST_HEIGHT = 60, 280
EMPTY = "Press Start: the hidden units' probabilities appear here."
NOTHING = -1
HEADING = "<h3>1 Hidden probabilities</h3>"
LEGEND = "<p class='dv-quiet'>Rows are examples, columns are units; black is 0, white is 1.</p>"


class HiddenPane:
    """The probabilities of a hundred hidden units for the same twenty examples, at every point of a run."""

    def __init__(self) -> None:
        self._followed: Followed | None = None
        self._frames: tuple[Point, ...] = ()
        self._selects: list[Callable[[int], object]] = []
        self._lock = RLock()
        self._setting = False
        self.wall = Wall(height=130, noun="hidden unit", empty=EMPTY, selected=NOTHING, whole=False)
        self.wall.add_class("dv-seamless").add_class("dv-edged")
        self.film = Film("Probabilities over the run")
        self.units = choice("Units", [("0 to 99", 0)], 0)
        self.told = ipw.HTML()
        head = ipw.Box([ipw.HTML(HEADING), self.units]).add_class("dv-plot-head")
        self.box = ipw.VBox([head, ipw.HTML(LEGEND), self.wall, self.told, self.film]).add_class("dv-stack")
        self.film.on_place(lambda _place: self._draw())
        self.units.observe(lambda _change: self._draw(), "value")
        self.wall.observe(lambda _change: self._fit_height(), "room")
        self.wall.observe(lambda _change: self._draw(), "visible")
        self.wall.observe(self._tell_selected, "selected")

    def show(self, followed: Followed, beside: Followed | None = None) -> None:
        """Show the newest of a run, unless an earlier frame is being looked at."""
        with self._lock:
            changed = self._followed is None or followed.points != self._followed.points
            self._followed = followed
            if changed:
                self._frames = choose_frames(followed.points)
                self._offer_units(followed.points[-1].measures.probabilities.shape[1])
                per_epoch = followed.updates_per_epoch
                self.film.show([tell_frame(point, per_epoch) for point in self._frames])
            if changed or self.film.newest:
                self._draw()

    def clear(self) -> None:
        """Take the picture and its film away."""
        with self._lock:
            self._followed, self._frames = None, ()
            self.film.reset()
            self.wall.clear(EMPTY)
            self.told.value = ""

    def on_select(self, callback: Callable[[int], object]) -> None:
        """Call callback(unit) when a column is clicked."""
        self._selects.append(callback)

    def select(self, unit: int) -> None:
        """Put the ring around a unit, where it is among those shown."""
        place = unit - self.units.value
        self._setting = True
        try:
            self.wall.selected = place if 0 <= place < self.wall.shape[0] else NOTHING
        finally:
            self._setting = False

    def _draw(self) -> None:
        with self._lock:
            if not self._frames or not self.wall.visible:
                return
            probabilities, when = self._chosen()
            try:
                gray = to_gray(probabilities)
            except ValueError as error:
                self.wall.clear(f"{when}: {error}")
                self.told.value = ""
                return
            self.wall.label = f"hidden probabilities, {when}: {len(gray)} examples, {gray.shape[1]} units"
            if gray.size:
                self.wall.show(to_columns(gray.repeat(ROW, 0)), ranges_of(gray), self._names(gray.shape[1]))
                self._fit_height()
            self.told.value = f"<p class='dv-numbers'>{when}: {tell_shares(probabilities)}</p>"

    def _chosen(self) -> tuple[np.ndarray, str]:
        """Return the probabilities to show, (examples, units), and of when they are."""
        followed, first = self._followed, self.units.value
        chosen = slice(first, first + UNITS)
        latest = followed.points[-1]
        if self.film.newest and followed.watch is not None and followed.snapshot.update > latest.update:
            when = f"Update {followed.snapshot.update:,}"
            return probabilities_of(followed.snapshot.machine, followed.watch.train[:EXAMPLES], chosen), when
        point = self._frames[min(self.film.place, len(self._frames) - 1)]
        when = tell_frame(point, followed.updates_per_epoch)
        return np.asarray(point.measures.probabilities)[:EXAMPLES, chosen], f"{when[0].upper()}{when[1:]}"

    def _offer_units(self, hidden: int) -> None:
        offers = [(f"{first} to {min(first + UNITS, hidden) - 1}", first) for first in range(0, hidden, UNITS)]
        if len(offers) != len(self.units.labels) or offers[-1][0] != self.units.labels[-1][1]:
            self.units.offer(offers, offers[0][1])

    def _names(self, number: int) -> list[str]:
        return [f"unit {self.units.value + place}" if self.units.value else "" for place in range(number)]

    def _fit_height(self) -> None:
        """Make the picture as high as its rows want, so that all columns stand beside each other."""
        columns = self.wall.shape[0] or UNITS
        wanted = ceil(self.wall.room[0] / columns * EXAMPLES * ROW)
        self.wall.height = min(max(wanted, LEAST_HEIGHT), MOST_HEIGHT)

    def _tell_selected(self, change: dict) -> None:
        if self._setting or change["new"] == NOTHING or not self._frames:
            return
        for callback in self._selects:
            callback(self.units.value + change["new"])


def choose_frames(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Return at most 300 points that have an image, at even distances, the last always among them."""
    held = tuple(point for point in points if point.has_image)
    stride = ceil(len(held) / IMAGES) or 1
    return held[::-1][::stride][::-1]


def probabilities_of(machine: Machine, examples: torch.Tensor, units: slice) -> np.ndarray:
    """Return the probabilities of some hidden units: (examples, units), float32.

    examples : (n, visible), float
    """
    part = Machine(machine.weights[:, units], machine.visible_bias, machine.hidden_bias[units], machine.gaussian)
    return hidden_probabilities(part, examples).numpy()


def ranges_of(gray: np.ndarray) -> np.ndarray:
    """Return the smallest and largest probability of each column: (columns, 2), float32.

    gray : (examples, columns), uint8
    """
    return np.stack([gray.min(0), gray.max(0)], 1).astype(np.float32) / 255


def tell_frame(point: Point, updates_per_epoch: int) -> str:
    """Return when a point was, in words."""
    if not point.update:
        return "before training"
    if point.update % updates_per_epoch:
        return f"update {point.update:,} of the first epoch"
    return f"after epoch {point.update // updates_per_epoch}"


def tell_shares(probabilities: np.ndarray) -> str:
    """Return how many of the probabilities shown are gray and how many pegged, in words.

    probabilities : any shape, float 0..1, or uint8 0..255
    """
    found = np.asarray(probabilities, np.float32) / (255 if np.asarray(probabilities).dtype == np.uint8 else 1)
    gray = float(((found > GRAY[0]) & (found < GRAY[1])).mean())
    pegged = float(((found < PEGGED[0]) | (found > PEGGED[1])).mean())
    return f"<b>{gray:.0%}</b> gray (.4 to .6), <b>{pegged:.0%}</b> pegged (below .02 or above .98)"
