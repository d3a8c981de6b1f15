"""Random search for recipes, as in the thesis (6.4): regularizers combined by chance, from which people choose."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from nbutils import zoo
from nbutils.deepvis.making import judge_of
from nbutils.deepvis.search_ranges import Range, draw_recipes
from nbutils.preferred import judging
from nbutils.preferred.maximizing import Snapshot, maximize
from nbutils.preferred.objectives import class_of, parse
from nbutils.preferred.recipe import Recipe, from_mapping, to_json
from nbutils.preferred.saving import to_colours
from nbutils.runs import Result, Store, sweep, version_of

VERSION = 1  # a new number when the same recipe makes another picture: what was found before is then found anew
COMBINATIONS = 300  # thesis 6.4
SMALL = 96
ORDERS = ("judge", "objective", "drawn")


@dataclass(frozen=True, eq=False)
class Find:
    """What one combination made.

    place : which combination of the search it is, from 0
    picture : (height, width, 3), uint8, sRGB, at most SMALL pixels a side
    objective : the objective at the last step
    probability : what the network itself gives the class that the objective names, in the picture as it is shown;
        None where it names none
    verdict : what a network that never saw the picture gives that class, None where there is none to ask
    silent : the gradient was exactly zero, so that the picture is what it was at the start
    large : (height, width, 3), uint8, the whole picture; None where `read_large` finds it in a folder
    """

    place: int
    recipe: Recipe
    picture: np.ndarray
    objective: float
    probability: float | None
    verdict: float | None
    silent: bool
    large: np.ndarray | None = None


@dataclass(frozen=True)
class Failure:
    """A combination that made no picture, and why, such as numbers that were no longer finite."""

    place: int
    recipe: Recipe
    reason: str


def search(
    base: Recipe,
    ranges: Mapping[str, Range],
    n: int = COMBINATIONS,
    seed: int = 0,
    folder: Path | str = "searches",
    judge: str = "",
    workers: int | None = None,
    beat: float | None = None,
) -> Iterator[Find | Failure | None]:
    """Yield what n combinations make, as they are finished, in several processes; those in the folder come first.

    Killed and begun again with the same words, it goes on where it was; with a larger n it adds to what is there.
    base : one objective of a network of the zoo, one seed, and all that is not drawn
    judge : a network of the zoo to ask about class pictures, or "" for none
    workers, beat : as for `nbutils.runs.sweep`, which does the work
    Raises ValueError for what cannot be searched, and Unwritable where the folder cannot be written.
    """
    recipes = draw_recipes(base, ranges, n, seed)
    settings = [settings_of(recipe, judge) for recipe in recipes]
    with closing(sweep(find_picture, settings, folder, workers, beat)) as runs:
        for done in runs:
            if done is None:
                yield None
            elif done.result is None:
                yield Failure(done.place, recipes[done.place], done.failure)
            else:
                yield _to_find(done.place, recipes[done.place], done.result)


def search_here(
    network: zoo.Network, recipes: Mapping[int, Recipe], judge: zoo.Network | None = None
) -> Iterator[Find | Failure | None]:
    """Yield what recipes make, one after the other in this process; nothing is kept, None is yielded between steps.

    It serves published pages, where nothing is written, and networks that no other process can load.
    recipes : by their places in the search
    """
    for place, recipe in recipes.items():
        last = None
        try:
            for last in maximize(network, recipe):
                if not last.finished:
                    yield None
        except FloatingPointError as error:
            yield Failure(place, recipe, str(error))
        else:
            result = _conclude(network, judge, last)
            yield replace(_to_find(place, recipe, result), large=result.arrays["picture"])


def find_picture(settings: Mapping[str, object]) -> Result:
    """Make one picture and ask the judge about it; what `search` runs in its workers.

    settings : as `settings_of` returns them
    """
    recipe = from_mapping(settings["recipe"])
    network = _load(recipe.network)
    last = deque(maximize(network, recipe), maxlen=1).pop()
    return _conclude(network, _load(settings["judge"]) if settings["judge"] else None, last)


def settings_of(recipe: Recipe, judge: str = "") -> dict[str, object]:
    """Return what names a find in the store."""
    return {"recipe": json.loads(to_json(recipe)), "judge": judge}


def read_large(find: Find, folder: Path | str, judge: str = "") -> np.ndarray:
    """Return the whole picture of a find, (height, width, 3), uint8; the small one where it was removed."""
    if find.large is not None:
        return find.large
    result = _store(folder).get(settings_of(find.recipe, judge))
    return find.picture if result is None else result.arrays["picture"]


def read_kept(recipes: Iterable[Recipe], folder: Path | str, judge: str = "") -> Iterator[Find]:
    """Yield what a folder holds of these combinations, quickly: with their small pictures only."""
    store = _store(folder)
    for place, recipe in enumerate(recipes):
        result = store.get(settings_of(recipe, judge), ("small",))
        if result is not None:
            yield _to_find(place, recipe, result)


def choose_judge(base: Recipe) -> str:
    """Return a network of the zoo, on this machine, that has not made the pictures and knows their class, or ""."""
    if class_of(parse(base.objectives[0])) is None:
        return ""
    name = judge_of(base.network)
    return name if zoo.is_ready(name) else ""


def arrange(finds: Iterable[Find], order: str, starred: Iterable[Recipe] | None = None) -> list[Find]:
    """Return finds in an order: by the judge's verdict, by objective (best first), or as they were drawn.

    starred : only those with these recipes; None is all
    Raises ValueError for an order that is none of ORDERS.
    """
    if order not in ORDERS:
        raise ValueError(f'order must be one of {", ".join(ORDERS)}, got "{str(order)[:40]}".')
    wanted = None if starred is None else set(starred)
    kept = [find for find in finds if wanted is None or find.recipe in wanted]
    keys = {
        "judge": lambda find: (-1 if find.verdict is None else find.verdict, find.objective),
        "objective": lambda find: find.objective,
        "drawn": lambda find: -find.place,
    }
    return sorted(kept, key=keys[order], reverse=True)


def to_python(recipe: Recipe) -> str:
    """Return the lines of Python that make a recipe: what differs from a new one."""
    new = Recipe()
    given = {field.name: getattr(recipe, field.name) for field in fields(Recipe)}
    words = ", ".join(f"{name}={value!r}" for name, value in given.items() if value != getattr(new, name))
    return f"from nbutils.preferred.recipe import Recipe\nRecipe({words})"


@lru_cache(maxsize=4)
def _load(name: str) -> zoo.Network:
    return zoo.load(name)


def _store(folder: Path | str) -> Store:
    return Store(Path(folder), version_of(find_picture))


def _conclude(network: zoo.Network, asked: zoo.Network | None, last: Snapshot) -> Result:
    """Return the last picture of a recipe with what two networks say about it."""
    picture, named = to_colours(last.pictures[0]), class_of(parse(last.recipe.objectives[0]))
    facts = {
        "objective": float(last.objectives[0]),
        "probability": None if named is None else _say(network, network, named, last),
        "verdict": None if named is None or asked is None else _say(asked, network, named, last),
        "silent": bool(last.silent[0]),
    }
    return Result({"picture": picture, "small": _shrink(picture, SMALL)}, facts)


def _say(asked: zoo.Network, maker: zoo.Network, named: str | int, last: Snapshot) -> float | None:
    """Return the probability that a network gives the class for which another one made a picture, as it is shown.

    None where it does not know this class or takes other pictures.
    """
    place = judging.find_same_class(asked, maker, named)
    return None if place is None else float(judging.judge(asked, last.pictures)[0, place])


def _shrink(picture: np.ndarray, side: int) -> np.ndarray:
    """Return the picture with at most so many pixels a side, each an average over the area that it covers."""
    share = side / max(picture.shape[:2])
    if share >= 1:
        return picture
    height, width = (max(1, round(length * share)) for length in picture.shape[:2])
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BOX))


def _to_find(place: int, recipe: Recipe, result: Result) -> Find:
    return Find(place, recipe, result.arrays["small"], **result.facts)
