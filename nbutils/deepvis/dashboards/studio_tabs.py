"""The tabs of the studio, and what each of them makes."""

from collections.abc import Callable, Sequence
from functools import partial

import ipywidgets as ipw

from nbutils.deepvis import recipe_groups
from nbutils.deepvis import studio_settings as settings
from nbutils.deepvis.dashboards.studio_together import TogetherPane
from nbutils.deepvis.recipe_groups import Group
from nbutils.deepvis.studio_settings import StudioView
from nbutils.preferred.recipe import Recipe
from nbutils.widgets.errors import ErrorLine

TITLES = {"make": "One recipe", "compare": "Compare", "presets": "Four rows of Table 6.1", "sweeps": "Sweeps"}
AS_SET = "the recipe as set"
COMPARE = "The recipe as set beside another one, for the same unit and with the same seeds."
PRESETS = (
    "The four combinations that the thesis chose out of 300 by eye (Table 6.1), for the unit and the seeds as set. "
    "Their steps are made longer for the gradients of the networks here; the rest is as printed."
)
SWEEPS = (
    "One regularizer of the thesis alone, from none to strong (Figure 6.3), climbing as the published tool "
    "does: 21 pictures for each seed. With a smaller size or fewer steps, under “Picture and steps”, they are there "
    "sooner. Under each picture: the strength, the objective, and for a class what the network and another one "
    "that never saw the picture give it."
)
PUBLISHED_SWEEP = 64  # steps; a sweep makes 21 pictures


def make_tabs(
    view: Callable[[], StudioView],
    published: bool,
    use: Callable[[Recipe], object],
    error: ErrorLine,
    other: ipw.Widget,
    stretched: Callable[[], bool],
) -> dict[str, TogetherPane]:
    """Return the panes where several recipes are made, by the names of their tabs.

    view : returns what is set
    published : whether what is made is bounded for a page that is everybody's
    use : use(recipe) takes a recipe to the first tab
    other : chooses what the recipe is compared with
    stretched : returns whether faint colours are spread
    """
    bound = settings.bound if published else lambda recipe: recipe

    def within(groups: Sequence[Group]) -> list[Group]:
        return [Group(group.title, group.names, tuple(map(bound, group.recipes))) for group in groups]

    def pair() -> list[Group]:
        now = view()
        return within(recipe_groups.pair(now.recipe, settings.name_of(now.recipe) or AS_SET, now.other))

    def sweeps() -> list[Group]:
        recipe = view().recipe
        return within(recipe_groups.sweeps(recipe, min(recipe.steps, PUBLISHED_SWEEP) if published else None))

    pane = partial(TogetherPane, use=use, error=error, stretched=stretched)
    return {
        "compare": pane(pair, told=COMPARE, more=[other]),
        "presets": pane(lambda: within(recipe_groups.four_rows(view().recipe)), told=PRESETS),
        "sweeps": pane(sweeps, told=SWEEPS, side_by_side=False, height=150),
    }
