"""The one truth of how a picture is made: for widgets, JSON, links, the command line and the metadata of a PNG."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from nbutils.preferred.fields import CHOICES, FIELDS, STEERED, TEXTS
from nbutils.preferred.objectives import parse
from nbutils.runs.fields import check_choice, check_number
from nbutils.runs.parsing import as_tuple, check_known, read_object, without_version

VERSION = 1
MOST_PICTURES = 256
MOST_CHANGES = 10_000
MOST_SEED = 2**32 - 1
LONGEST_JSON = 2_000_000
LONGEST_NAME = 200

Change = tuple[int, str, float]


@dataclass(frozen=True)
class Recipe:
    """All that makes pictures; what each number means and may be stands in FIELDS, what each word may be in CHOICES.

    objectives : lines that `objectives.parse` reads; one for each picture, or one for all
    seeds : the random numbers of a picture come from its seed alone; one for each picture, or one for all
    photo : the name of a photograph of `zoo.photos()`, where start is "photograph"
    changes : (step, field, value): from that step on the field has that value
    Raises ValueError that names the field, what it may be and what was got.
    """

    network: str = "mobilenet_v2"
    objectives: tuple[str, ...] = ('logit("strawberry")',)
    seeds: tuple[int, ...] = (0,)
    method: str = "modern"
    picture: str = "fourier"
    start: str = "noise"
    photo: str = ""
    size: int = 224
    steps: int = 128
    policy: str = "adam"
    rate: float = 0.05
    progress: float = 2.0
    late_progress: float = 0.1
    slope: float = 1.0
    decay: float = 0.0
    blur: float = 0.0
    blur_every: int = 0
    small_values: float = 0.0
    small_norm: float = 0.0
    signed_contribution: float = 0.0
    small_contribution: float = 0.0
    total_variation: float = 0.0
    sparsity: float = 0.0
    branch_gradient: float = 1.0
    gradient_blur: int = 0
    jitter: float = 0.0
    rotation: float = 0.0
    zoom: float = 0.0
    octaves: int = 1
    octave_scale: float = 1.4
    coarse_size: int = 0
    coarse_steps: int = 0
    colour_bound: float = 0.0
    settle: bool = False
    device: str = "cpu"
    half: bool = False
    threads: int = 1
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        for name in TEXTS:
            _check_text(name, getattr(self, name))
        for name, allowed in CHOICES.items():
            check_choice(name, getattr(self, name), allowed)
        for name in FIELDS:
            # Numbers are kept in one form (1 as 1.0 where any number may stand), so that equal recipes have equal JSON.
            object.__setattr__(self, name, check_number(name, getattr(self, name), FIELDS[name]))
        _check_objectives(self.objectives)
        _check_seeds(self.seeds)
        _check_together(self)
        _check_changes(self.changes)

    @property
    def pictures(self) -> int:
        """Return how many pictures are made."""
        return max(len(self.objectives), len(self.seeds))

    def pairs(self) -> tuple[tuple[str, int], ...]:
        """Return the objective and the seed of each picture."""
        repeated = (values * self.pictures if len(values) == 1 else values for values in (self.objectives, self.seeds))
        return tuple(zip(*repeated, strict=False))[: self.pictures]

    def at(self, step: int) -> "Recipe":
        """Return the recipe with the values that are in force at a step, the first of which is 1."""
        made = {field: value for number, field, value in self.changes if number <= step}
        return replace(self, **made) if made else self


def check_change(field: str, value: object) -> int | float | bool:
    """Return the value of a field as it may be set while pictures are made.

    Raises ValueError for a field that stays as it was at the start, and for a value out of its range.
    """
    if not isinstance(field, str) or field not in STEERED:
        raise ValueError(f"While pictures are made these can change: {', '.join(STEERED)}; got {str(field)[:40]!r}.")
    return check_number(field, value, FIELDS[field])


def to_json(recipe: Recipe) -> str:
    """Return the recipe as one line of canonical JSON: keys in order, no spaces, every field."""
    held = {"version": VERSION, **asdict(recipe)}
    return json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def from_json(text: str) -> Recipe:
    """Read what `to_json` wrote; fields that are left out are those of a new recipe.

    Raises ValueError for anything that is no recipe, for an unknown field and for a value out of range.
    """
    return from_mapping(read_object("A recipe", text, LONGEST_JSON))


def from_mapping(held: Mapping[str, object]) -> Recipe:
    """Return the recipe of a mapping that JSON held.

    Raises ValueError for another version, an unknown field and a value out of range.
    """
    values = without_version("A recipe", {"version": VERSION, **held}, VERSION)
    check_known("A recipe", values, {field.name for field in fields(Recipe)})
    for name in ("objectives", "seeds"):
        if name in values:
            values[name] = as_tuple(name, values[name])
    if "changes" in values:
        values["changes"] = tuple(as_tuple("a change", one) for one in as_tuple("changes", values["changes"]))
    return Recipe(**values)


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise ValueError(f"{name} is a name of at most {LONGEST_NAME} letters, got {str(value)[:40]!r}.")


def _check_objectives(values: object) -> None:
    _check_count("objectives", values)
    for line in values:
        parse(line)


def _check_seeds(values: object) -> None:
    _check_count("seeds", values)
    for seed in values:
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MOST_SEED:
            raise ValueError(f"A seed is a whole number from 0 to {MOST_SEED}, got {str(seed)[:40]!r}.")


def _check_count(name: str, values: object) -> None:
    if not isinstance(values, tuple) or not 1 <= len(values) <= MOST_PICTURES:
        count = len(values) if isinstance(values, tuple) else f"{str(values)[:40]!r}"
        raise ValueError(f"{name} must be a tuple of 1 to {MOST_PICTURES}, got {count}.")


def _check_together(recipe: Recipe) -> None:
    """Raise ValueError for fields that do not go together."""
    objectives, seeds = len(recipe.objectives), len(recipe.seeds)
    if 1 not in (objectives, seeds) and objectives != seeds:
        raise ValueError(
            f"Give as many seeds as objectives, or one of either: got {objectives} objectives and {seeds} seeds."
        )
    if (recipe.start == "photograph") != bool(recipe.photo):
        raise ValueError('photo names the photograph to start from, and start is then "photograph": give both.')
    if recipe.coarse_steps and not recipe.coarse_size:
        raise ValueError(f"coarse_steps is {recipe.coarse_steps}, so coarse_size must say at how many pixels.")
    if recipe.coarse_size > recipe.size:
        raise ValueError(f"coarse_size must be at most size ({recipe.size}), got {recipe.coarse_size}.")
    if recipe.coarse_steps and recipe.octaves > 1:
        raise ValueError("Give octaves or coarse steps, not both: each says at which size a step is made.")
    if recipe.method == "published" and recipe.policy == "adam":
        raise ValueError("The published method climbs with the policy constant, progress or progress01, not with adam.")


def _check_changes(changes: object) -> None:
    if not isinstance(changes, tuple) or len(changes) > MOST_CHANGES:
        raise ValueError(f"changes must be a tuple of at most {MOST_CHANGES} changes.")
    before = 1
    for change in changes:
        if not isinstance(change, tuple) or len(change) != 3:
            raise ValueError(f"A change is (step, field, value), got {str(change)[:60]!r}.")
        step, field, value = change
        if isinstance(step, bool) or not isinstance(step, int) or not before <= step <= FIELDS["steps"].most:
            raise ValueError(f"The steps of changes are whole numbers from 1 on and in order, got {str(step)[:20]!r}.")
        before = step
        check_change(field, value)
