"""What the random search shows: one frozen record that its controls, its link and its line of Python come from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from nbutils.deepvis.search_ranges import MOST_COMBINATIONS, MOST_SEED, RANGES, Range, draw_recipes, from_text, to_text
from nbutils.deepvis.searching import COMBINATIONS, ORDERS
from nbutils.preferred.objectives import parse
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe
from nbutils.runs.fields import find_changes, write_call

METHODS = tuple(RANGES)
LONGEST_NAME = 200
LONGEST_LINE = 800  # of a link
SIZES, STEPS = (32, 512), (4, 1000)
# A published page is many people's: these bound what one of them can ask of its computer.
PUBLISHED = {"number": 24, "size": 128, "steps": 48}
_PUBLISHED_WAY = {"method": "published", "picture": "pixels", "start": "mean plus noise", "policy": "constant"}
_BASES = {
    "modern": PRESETS["default"],
    "published": Recipe(**_PUBLISHED_WAY, rate=PRESETS["low frequency"].rate),
}


@dataclass(frozen=True)
class SearchPlan:
    """Everything that a person can set in the random search.

    objective : a line that `nbutils.preferred.objectives.parse` reads
    method : the recipe's method, and the ranges that come with it
    number : how many combinations
    seed : of the combinations
    noise : the seed of the noise that all pictures begin with
    ranges : as `search_ranges.to_text` writes them, "" for those that come with the method
    order : of the wall, one of ORDERS
    starred : whether the wall shows starred ones only
    """

    network: str = "mobilenet_v2"
    objective: str = 'logit("gorilla")'
    method: str = "modern"
    number: int = COMBINATIONS
    seed: int = 0
    noise: int = 0
    size: int = 128
    steps: int = 48
    ranges: str = ""
    order: str = "judge"
    starred: bool = False

    def __post_init__(self) -> None:
        for name, longest in (("network", LONGEST_NAME), ("objective", LONGEST_LINE), ("ranges", LONGEST_LINE)):
            _check_text(name, getattr(self, name), longest)
        for name, allowed in (("method", METHODS), ("order", ORDERS), ("starred", (True, False))):
            _check_choice(name, getattr(self, name), allowed)
        bounds = {
            "number": (1, MOST_COMBINATIONS),
            "seed": (0, MOST_SEED),
            "noise": (0, MOST_SEED),
            "size": SIZES,
            "steps": STEPS,
        }
        for name, (low, high) in bounds.items():
            _check_whole(name, getattr(self, name), low, high)
        parse(self.objective)
        if self.ranges:
            from_text(self.ranges)


def base_of(plan: SearchPlan) -> Recipe:
    """Return the recipe of which some fields are drawn."""
    return replace(
        _BASES[plan.method],
        network=plan.network,
        objectives=(plan.objective,),
        seeds=(plan.noise,),
        size=plan.size,
        steps=plan.steps,
        threads=1,
    )


def ranges_of(plan: SearchPlan) -> dict[str, Range]:
    """Return what is drawn, and from where."""
    return from_text(plan.ranges) if plan.ranges else dict(RANGES[plan.method])


def recipes_of(plan: SearchPlan) -> tuple[Recipe, ...]:
    """Return the combinations of a plan."""
    return draw_recipes(base_of(plan), ranges_of(plan), plan.number, plan.seed)


def with_ranges(plan: SearchPlan, ranges: Mapping[str, Range]) -> SearchPlan:
    """Return the plan with other ranges; those that come with the method are left out of the text."""
    text = to_text(ranges)
    return replace(plan, ranges="" if text == to_text(RANGES[plan.method]) else text)


def is_same_search(one: SearchPlan, other: SearchPlan) -> bool:
    """Say whether two plans differ at most in what of the search is shown."""
    shown = {"order": one.order, "starred": one.starred}
    return one == replace(other, **shown)


def bound(plan: SearchPlan) -> SearchPlan:
    """Return the plan within the bounds of a published page."""
    return replace(plan, **{name: min(getattr(plan, name), most) for name, most in PUBLISHED.items()})


def to_settings(plan: SearchPlan) -> dict[str, str]:
    """Return the fields that differ from a new plan, as the text of a link."""
    return {name: str(value) for name, value in _find_changes(plan).items()}


def from_settings(settings: Mapping[str, str]) -> SearchPlan:
    """Read the text of a link into a plan; names that it does not have are left out.

    Raises ValueError for a value that cannot be read or is out of range.
    """
    new = SearchPlan()
    given = {field.name: settings[field.name] for field in fields(SearchPlan) if field.name in settings}
    return replace(new, **{name: _read(name, type(getattr(new, name)), text) for name, text in given.items()})


def to_python(plan: SearchPlan, given: tuple[str, ...] = ()) -> str:
    """Return the lines of Python that open the search with this plan.

    given : what else it was opened with, as names that whoever reads the lines has
    """
    return write_call("deepvis", "random_search", _find_changes(plan), given)


def _find_changes(plan: SearchPlan) -> dict[str, object]:
    return find_changes(asdict(plan), asdict(SearchPlan()))


def _read(name: str, kind: type, text: str) -> object:
    if kind is str:
        return text
    if kind is bool:
        if text not in ("True", "False"):
            raise ValueError(f'{name} must be True or False, got "{text[:40]}".')
        return text == "True"
    try:
        return int(text)
    except ValueError:
        raise ValueError(f'{name} must be a whole number, got "{text[:40]}".') from None


def _check_text(name: str, value: object, longest: int) -> None:
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError(f"{name} is a text of at most {longest} letters, got {str(value)[:40]!r}.")


def _check_choice(name: str, value: object, allowed: tuple) -> None:
    if value not in allowed or type(value) is not type(allowed[0]):
        raise ValueError(f'{name} must be one of {", ".join(map(str, allowed))}, got "{str(value)[:40]}".')


def _check_whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, got {str(value)[:40]}.")
