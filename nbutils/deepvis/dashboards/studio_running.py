"""The tab where one recipe is made: its pictures as they grow, what is said of them, curves, what was taken away."""

import time
from collections.abc import Callable, Sequence

import ipywidgets as ipw
import numpy as np

from nbutils.deepvis.dashboards import studio_figures as figures
from nbutils.deepvis.making import Made, Together, draw_tiles, stretch
from nbutils.preferred.maximizing import Snapshot
from nbutils.preferred.recipe import Recipe
from nbutils.widgets import Board, Wall

HEIGHT = 520
SECONDS_BETWEEN_CURVES = 0.7
EMPTY = "Press Start: the picture appears here and grows."


class MakePane:
    """Shows what one recipe has made so far.

    recipe : returns the recipe that Start makes
    unit : returns in words what it is made for
    stretched : returns whether faint colours are spread
    """

    def __init__(self, recipe: Callable[[], Recipe], unit: Callable[[], str], stretched: Callable[[], bool]) -> None:
        self._recipe, self._unit, self._stretched = recipe, unit, stretched
        self._named = ""
        self.recipes: list[Recipe] = []
        self.made: Made | None = None
        self._titles: Sequence[str] = ("", "")
        self._drawn_at = 0.0
        self.heading, self.captions, self.removed, self.changes, self.stale = (ipw.HTML() for _ in range(5))
        self.wall = Wall(height=HEIGHT, empty=EMPTY, noun="picture", label="No picture yet").add_class("dv-studio-wall")
        self.stage = ipw.VBox([self.heading, self.stale, self.wall, self.captions, self.changes]).add_class("dv-stack")
        self.details = ipw.VBox([ipw.HTML("<h3>What each regularizer took</h3>"), self.removed]).add_class("dv-stack")
        self.clear()

    def clear(self) -> None:
        """Show nothing, and how to begin."""
        self.made = None
        self.wall.clear(EMPTY)
        self.wall.label = "No picture yet"
        self.captions.value = self.changes.value = self.stale.value = ""
        self.removed.value = figures.tell_removed({})

    def name(self, unit: str, network: str) -> None:
        """Say in the heading what is made; of pictures that are there, what they were made for."""
        if self.made is not None:
            unit, network = self._named, self._titles[0]
        snapshot = self.made.snapshot if self.made else None
        step = f" · step {snapshot.step} of {snapshot.recipe.steps}" if snapshot else ""
        self.heading.value = figures.heading(unit, f"{network}{step}")

    def plan(self) -> list[Recipe]:
        """Return what is to be made now."""
        self._named = self._unit()
        self.recipes = [self._recipe()]
        return self.recipes

    def prepare(self) -> None:
        """Its wall is always there."""

    def draw(self, together: Together, titles: Sequence[str]) -> None:
        """Show what there is now.

        titles : of the network that makes pictures and of the one that judges them
        """
        made, unit = together[0], self._named
        self.made, self._titles = made, titles
        count, snapshot = len(made.snapshot.pictures), made.snapshot
        pictures = stretch(snapshot.pictures) if self._stretched() else snapshot.pictures
        self.wall.show(draw_tiles(pictures, self.wall.tile_room(count)), names=_names(snapshot.recipe.pairs()))
        self.wall.marked = np.flatnonzero(snapshot.silent).tolist()
        self.wall.label = f"{count} picture{'s' * (count > 1)} made for {unit}, step {snapshot.step}"
        self.name(unit, titles[0])
        self.say()
        self.removed.value = figures.tell_removed(made.removed)
        self.changes.value = figures.tell_changes(snapshot.recipe.changes)

    def redraw(self) -> None:
        """Draw what there is once more."""
        if self.made is not None:
            self.draw((self.made,), self._titles)

    def choose(self) -> tuple[Snapshot, int]:
        """Return the chosen picture as a snapshot and its place in it; ValueError where there is none."""
        if self.made is None:
            raise ValueError("There is no picture yet: press Start, then save it.")
        place = min(self.wall.selected, len(self.made.verdicts) - 1)
        return self.made.choose(place), place

    def say(self) -> None:
        """Write under each picture what is said about it."""
        if self.made is not None:
            found = [figures.caption(self.made, place, self._titles) for place in range(len(self.made.verdicts))]
            self.captions.value = figures.captions(found, self.wall.columns)

    def draw_curves(self, board: Board, at_once: bool) -> None:
        """Bring the curves up to date, at most so often that a browser follows."""
        if self.made is None:
            for name in ("objective", "probability"):
                board.remove(name)
            return
        if not at_once and time.monotonic() - self._drawn_at < SECONDS_BETWEEN_CURVES:
            return
        self._drawn_at = time.monotonic()
        names = [f"seed {seed}" for _, seed in self.made.snapshot.recipe.pairs()]
        board.set("objective", *figures.curves(dict(zip(names, self.made.objectives.T, strict=False)), "Objective"))
        if self.made.snapshot.probabilities is None:
            board.remove("probability")
            return
        shares = dict(zip(names, self.made.probabilities.T, strict=False))
        board.set("probability", *figures.curves(shares, "Probability of the class", 1))


def _names(pairs: Sequence[tuple[str, int]]) -> list[str]:
    return [f"{line}, seed {seed}" for line, seed in pairs]
