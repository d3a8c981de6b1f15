"""What the studio shows: a recipe and the tab that is open, as a link, a line of Python and within bounds."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from nbutils.deepvis.recipe_groups import apply
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe, from_mapping
from nbutils.runs.fields import find_changes, read_settings, write_call, write_settings

TABS = ("make", "compare", "presets", "sweeps")
NEW = PRESETS["default"]
# A published page is many people's: these bound what one of them can ask of its computer.
PUBLISHED = {"size": 256, "steps": 256, "coarse_size": 256, "coarse_steps": 256, "threads": 1}
PUBLISHED_PICTURES = 4
BLUR_EVERY = 4  # Table 6.1; a blur alone, every 0 steps, would do nothing


@dataclass(frozen=True)
class StudioView:
    """Everything that a person can set in the studio.

    recipe : how pictures are made
    other : the named recipe that it is compared with
    """

    recipe: Recipe = NEW
    tab: str = "make"
    other: str = "baseline"

    def __post_init__(self) -> None:
        for name, allowed in (("tab", TABS), ("other", tuple(PRESETS))):
            value = getattr(self, name)
            if value not in allowed:
                raise ValueError(f'{name} must be one of {", ".join(allowed)}, got "{str(value)[:40]}".')


def view_of(settings: Mapping[str, object]) -> StudioView:
    """Return the view that has these fields of a recipe and of a view, and else those of a new one.

    Raises ValueError for a field that neither has, and for a value out of range.
    """
    own = {name: settings[name] for name in ("tab", "other") if name in settings}
    given = {name: value for name, value in settings.items() if name not in own}
    return StudioView(from_mapping({**asdict(NEW), **given}), **own)


def to_settings(view: StudioView) -> dict[str, str]:
    """Return the fields that differ from those of a new view, as the text of a link."""
    return write_settings(_find_changes(view))


def from_settings(settings: Mapping[str, str]) -> StudioView:
    """Read the text of a link into a view; names that neither it nor a recipe has are left out.

    Raises ValueError for a value that cannot be read or is out of range.
    """
    new = {**asdict(NEW), "tab": "", "other": ""}
    return view_of(read_settings(settings, new))


def to_python(view: StudioView, given: tuple[str, ...] = ()) -> str:
    """Return the lines of Python that open the studio with this view.

    given : what else it was opened with, as names that whoever reads the lines has
    """
    return write_call("deepvis", "studio", _find_changes(view), given)


def take_preset(recipe: Recipe, name: str) -> Recipe:
    """Return the named recipe for the pictures that another one is for."""
    return apply(PRESETS[name], recipe)


def name_of(recipe: Recipe) -> str:
    """Return the name of the preset that a recipe is, "" where it is none of them."""
    return next((name for name in PRESETS if take_preset(recipe, name) == recipe), "")


def bound(recipe: Recipe) -> Recipe:
    """Return the recipe within the bounds of a published page."""
    least = {name: min(getattr(recipe, name), most) for name, most in PUBLISHED.items()}
    least["threads"] = PUBLISHED["threads"]  # 0 would be one for each core
    kept = {name: getattr(recipe, name)[:PUBLISHED_PICTURES] for name in ("objectives", "seeds")}
    return replace(recipe, **least, **kept)


def change_field(recipe: Recipe, name: str, value: object, photos: tuple[str, ...] = ()) -> Recipe:
    """Return the recipe with a field changed, and with it what would no longer fit.

    photos : the names of the photographs that a picture may start from
    Raises ValueError for a value out of range.
    """
    also: dict[str, object] = {}
    if name == "method":
        also = _climb_as(str(value), recipe)
    elif name == "policy":
        also = {"rate": _rate_of(str(value), recipe)}
        if value == "adam":
            also["method"] = "modern"
    elif name == "start":
        also = {"photo": (recipe.photo or photos[0]) if value == "photograph" and photos else ""}
    elif name == "blur" and value:
        also = {"blur_every": recipe.blur_every or BLUR_EVERY}
    elif name == "size":
        also = {"coarse_size": min(recipe.coarse_size, int(value))}
    elif name == "coarse_size":
        also = {"coarse_size": min(recipe.size, int(value))} | ({} if value else {"coarse_steps": 0})
    elif name == "coarse_steps" and value:
        also = {"coarse_size": recipe.coarse_size or max(1, recipe.size // 2), "octaves": 1}
    elif name == "octaves" and value > 1:
        also = {"coarse_steps": 0}
    return replace(recipe, **({name: value} | also))


def _climb_as(method: str, recipe: Recipe) -> dict[str, object]:
    """Return the policy, the rate and the start that go with a method, where those of the recipe do not."""
    if method == "modern":
        return {"policy": "adam", "rate": NEW.rate, "start": NEW.start, "picture": NEW.picture, "photo": ""}
    start = recipe.start if recipe.start in ("mean plus noise", "uniform", "zero") else "mean plus noise"
    return {"policy": "constant", "rate": 100.0, "start": start, "photo": "", "picture": "pixels"}


def _rate_of(policy: str, recipe: Recipe) -> float:
    """Return a rate that fits a policy: Adam's steps have a length of their own, the others' that of the gradient."""
    if (policy == "adam") == (recipe.policy == "adam"):
        return recipe.rate
    return NEW.rate if policy == "adam" else 100.0


def _find_changes(view: StudioView) -> dict[str, object]:
    """Return the fields that differ from those of a new view."""
    new, now = asdict(NEW), {field.name: getattr(view.recipe, field.name) for field in fields(Recipe)}
    own = {name: getattr(view, name) for name in ("tab", "other")}
    before = {name: getattr(StudioView(), name) for name in own}
    return find_changes(now | own, new | before)
