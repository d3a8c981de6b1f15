"""The tabs where several recipes are made at once: side by side, the rows of Table 6.1, sweeps of one regularizer."""

import time
from collections.abc import Callable, Sequence
from html import escape

import ipywidgets as ipw
import numpy as np

from nbutils.deepvis.dashboards import studio_figures as figures
from nbutils.deepvis.dashboards.studio_running import SECONDS_BETWEEN_CURVES
from nbutils.deepvis.making import Made, Together, draw_tiles, stretch
from nbutils.deepvis.recipe_groups import Group
from nbutils.preferred.maximizing import Snapshot
from nbutils.preferred.recipe import Recipe
from nbutils.widgets import Board, Wall, button
from nbutils.widgets.errors import ErrorLine, guard

NOTHING = -1  # selected of a wall whose tiles are not chosen
EMPTY = "Press Start: the pictures appear here and grow."
CHOOSE = "click one, or go to it with the arrow keys"
NONE_MADE = f"Press Start, then choose a picture: {CHOOSE}."
NONE_CHOSEN = f"Choose a picture: {CHOOSE}."
NOT_BEGUN = "That picture has not begun yet: press Start, or choose another one."


class TogetherPane:
    """Shows what several recipes make, one wall for each group of them.

    plan : returns the groups to be made
    use : use(recipe) takes the recipe of the chosen picture to the first tab
    stretched : returns whether faint colours are spread
    told : a sentence over the walls
    side_by_side : whether walls stand side by side, or one under the other
    """

    def __init__(
        self,
        plan: Callable[[], Sequence[Group]],
        *,
        use: Callable[[Recipe], object],
        error: ErrorLine,
        stretched: Callable[[], bool],
        told: str,
        more: Sequence[ipw.Widget] = (),
        side_by_side: bool = True,
        height: int = 330,
    ) -> None:
        self._plan, self._stretched, self._height = plan, stretched, height
        self.groups: tuple[Group, ...] = ()
        self._together: Together = ()
        self._titles: Sequence[str] = ("", "")
        self._chosen: tuple[int, int] | None = None  # which wall, which tile
        self._drawn_at = 0.0
        self._walls: list[Wall] = []
        self._captions: list[ipw.HTML] = []
        self._box = ipw.Box().add_class("dv-walls" if side_by_side else "dv-stack")
        self.use = button("Go on with the chosen picture's recipe", guard(error)(lambda: self._hand_on(use)))
        self.first = ipw.HTML()  # what to do before the button
        about = ipw.HTML(f"<p class='dv-quiet'>{told}</p>")
        going_on = ipw.Box([self.use, self.first]).add_class("dv-row")
        self.stage = ipw.VBox([about, *more, self._box, going_on]).add_class("dv-stack")
        self._offer()

    def plan(self) -> list[Recipe]:
        """Lay out the walls for what is to be made now, and return the recipes, each once."""
        self._set(tuple(self._plan()))
        return self.recipes

    def prepare(self) -> None:
        """Show empty walls for what would be made now; where the same walls hold pictures they stay."""
        groups = tuple(self._plan())
        if not self._together or _titles(groups) != _titles(self.groups):
            self._set(groups)

    def clear(self) -> None:
        """Show nothing, and how to begin."""
        self._together, self._chosen = (), None
        for wall in self._walls:
            wall.clear(EMPTY)
            wall.selected = NOTHING
        for caption in self._captions:
            caption.value = ""
        self._offer()

    def _set(self, groups: tuple[Group, ...]) -> None:
        if _titles(groups) != _titles(self.groups):
            self._lay_out(groups)
        self.groups = groups
        self.clear()

    @property
    def recipes(self) -> list[Recipe]:
        """Every recipe of the groups once; the first picture of several sweeps is the same."""
        return list(dict.fromkeys(recipe for group in self.groups for recipe in group.recipes))

    def draw(self, together: Together, titles: Sequence[str]) -> None:
        """Show what there is of all recipes now.

        titles : of the network that makes pictures and of the one that judges them
        """
        self._together, self._titles = together, titles
        for group, wall in zip(self.groups, self._walls, strict=True):
            found = [self._find(recipe) for recipe in group.recipes]
            first = next((made for made in found if made is not None), None)
            if first is None:
                continue
            shape = first.snapshot.pictures.shape
            pictures = [np.full(shape, 0.5, np.float32) if made is None else made.snapshot.pictures for made in found]
            whole = np.concatenate(pictures)
            whole = stretch(whole) if self._stretched() else whole
            wall.show(draw_tiles(whole, wall.tile_room(len(whole))), names=self._tile_names(group, shape[0]))
            wall.marked = [place for place, silent in enumerate(_silent(found, shape[0])) if silent]
        self.say()
        self._offer()

    def redraw(self) -> None:
        """Draw what there is once more."""
        if self._together:
            self.draw(self._together, self._titles)

    def say(self) -> None:
        """Write under each picture what is said about it."""
        for group, wall, caption in zip(self.groups, self._walls, self._captions, strict=True):
            found = [(name, self._find(recipe)) for name, recipe in zip(group.names, group.recipes, strict=True)]
            if any(made is not None for _, made in found):
                told = [text for name, made in found for text in self._say(name, made, len(group.recipes) > 1)]
                caption.value = figures.captions(told, wall.columns)

    def draw_curves(self, board: Board, at_once: bool) -> None:
        """Bring the curves up to date, at most so often that a browser follows."""
        if not at_once and time.monotonic() - self._drawn_at < SECONDS_BETWEEN_CURVES:
            return
        self._drawn_at = time.monotonic()
        lines = {group.title: [self._find(recipe) for recipe in group.recipes] for group in self.groups}
        for name, figure in figures.compare(lines, [group.names for group in self.groups]).items():
            if figure is None:
                board.remove(name)
            else:
                board.set(name, *figure)

    def _find(self, recipe: Recipe) -> Made | None:
        place = self.recipes.index(recipe)
        return self._together[place] if place < len(self._together) else None

    def _say(self, name: str, made: Made | None, by_name: bool) -> list[str]:
        """Return the captions of one recipe's pictures; by its name where a wall holds several."""
        if made is None:
            return [f"<div><b>{escape(name)}</b></div>"]
        if by_name:
            return [figures.short_caption(made, place, name) for place in range(len(made.verdicts))]
        return [figures.caption(made, place, self._titles) for place in range(len(made.verdicts))]

    def _tile_names(self, group: Group, pictures: int) -> list[str]:
        return [
            f"{group.title}: {name}, seed {recipe.pairs()[place][1]}"
            for name, recipe in zip(group.names, group.recipes, strict=True)
            for place in range(pictures)
        ]

    def _lay_out(self, groups: Sequence[Group]) -> None:
        traits = {"height": self._height, "empty": EMPTY, "noun": "picture", "selected": NOTHING}
        self._walls = [Wall(label=group.title, **traits) for group in groups]
        self._captions = [ipw.HTML() for _ in groups]
        for number, wall in enumerate(self._walls):
            wall.observe(lambda change, number=number: self._choose(number, change["new"]), "selected")
            wall.observe(lambda _change: self.say(), "columns")
        self._box.children = [
            ipw.VBox([ipw.HTML(figures.heading(group.title, "")), wall, caption]).add_class("dv-stack")
            for group, wall, caption in zip(groups, self._walls, self._captions, strict=True)
        ]

    def choose(self) -> tuple[Snapshot, int]:
        """Return the chosen picture as a snapshot and its place in it; ValueError where there is none."""
        if self._chosen is None:
            raise ValueError(f"No picture is chosen: {CHOOSE}, then press again.")
        found, picture = self._look_up(*self._chosen)
        if found is None:
            raise ValueError(NOT_BEGUN)
        return found.choose(picture), picture

    def _look_up(self, number: int, tile: int) -> tuple[Made | None, int]:
        """Return what a tile of a wall shows a picture of, and which one; None for what has not begun."""
        recipes = self.groups[number].recipes
        place, picture = divmod(tile, recipes[0].pictures)
        return self._find(recipes[place]), picture

    def _offer(self) -> None:
        """Let the button be pressed where there is what it asks for, and say how to get there where not."""
        chosen = self._chosen
        if chosen is None:
            told = NONE_CHOSEN if self._together else NONE_MADE
        else:
            told = NOT_BEGUN if self._look_up(*chosen)[0] is None else ""
        self.use.disabled = bool(told)
        self.first.value = f"<p class='dv-quiet'>{told}</p>" if told else ""

    def _choose(self, number: int, tile: int) -> None:
        """Take a tile as the chosen one; only its wall shows a ring then."""
        if tile == NOTHING:
            return
        self._chosen = (number, tile)
        for other, wall in enumerate(self._walls):
            if other != number:
                wall.selected = NOTHING
        self._offer()

    def _hand_on(self, use: Callable[[Recipe], object]) -> None:
        snapshot, _ = self.choose()
        use(snapshot.recipe)


def _titles(groups: Sequence[Group]) -> list[str]:
    return [group.title for group in groups]


def _silent(found: Sequence[Made | None], pictures: int) -> list[bool]:
    return [bool(silent) for made in found for silent in ([False] * pictures if made is None else made.snapshot.silent)]
