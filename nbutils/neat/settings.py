"""How networks evolve: Table 3.1 of the thesis field by field, and what it leaves open."""

import json
from dataclasses import asdict, dataclass, fields, replace

from nbutils.neat.fields import FIELDS, STRENGTHENED
from nbutils.neat.functions import FUNCTIONS, THESIS_FUNCTIONS
from nbutils.runs.fields import check_choice, check_number
from nbutils.runs.parsing import check_known, read_object, without_version

VERSION = 1
LONGEST_JSON = 10_000
MOST_STRENGTH = 10.0


@dataclass(frozen=True)
class Evolution:
    """All that evolution follows from, beside selection and random numbers; FIELDS and SOURCES say what each is.

    functions : names in FUNCTIONS that new nodes may have
    Raises ValueError that names the field, what it may be and what was got.
    """

    population_size: int = 15
    mutate_add_node_probability: float = 0.1
    mutate_add_link_probability: float = 0.1
    mutate_demolish_link_probability: float = 0.03
    mutate_link_weights_probability: float = 0.95
    mutate_only_probability: float = 1.0
    mutate_link_probability: float = 0.8
    weight_power: float = 0.8
    weight_start: float = 1.5
    weight_limit: float = 6.0
    first_links_least: int = 2
    first_links_most: int = 4
    unmatched_coefficient: float = 1.0
    weight_difference_coefficient: float = 0.4
    compatibility_threshold: float = 3.0
    functions: tuple[str, ...] = THESIS_FUNCTIONS

    def __post_init__(self) -> None:
        for name, field in FIELDS.items():
            object.__setattr__(self, name, check_number(name, getattr(self, name), field))
        if self.first_links_least > self.first_links_most:
            raise ValueError(
                f"first_links_least must be at most first_links_most, got {self.first_links_least} "
                f"and {self.first_links_most}."
            )
        if not isinstance(self.functions, tuple) or not 1 <= len(self.functions) <= len(FUNCTIONS):
            raise ValueError(f"functions must be a tuple of 1 to {len(FUNCTIONS)} names.")
        for name in self.functions:
            check_choice("A function", name, tuple(FUNCTIONS))
        if len(set(self.functions)) != len(self.functions):
            raise ValueError("Each of functions is named once.")


def strengthen(settings: Evolution, strength: float) -> Evolution:
    """Return the settings with every mutation `strength` times as frequent (never over 1) and weights as far apart.

    strength : 0 to 10; 1 changes nothing. How likely a link of a genome is to change stays as in Table 3.1.
    Raises ValueError for another strength.
    """
    if isinstance(strength, bool) or not isinstance(strength, int | float) or not 0 <= strength <= MOST_STRENGTH:
        raise ValueError(f"strength must be a number from 0 to {MOST_STRENGTH:g}, got {str(strength)[:40]}.")
    likelier = {name: min(1.0, getattr(settings, name) * strength) for name in STRENGTHENED}
    power = min(FIELDS["weight_power"].most, settings.weight_power * strength)
    return replace(settings, **likelier, weight_power=power)


def settings_to_json(settings: Evolution) -> str:
    """Return the settings as one line of canonical JSON with every field."""
    return json.dumps({"version": VERSION, **asdict(settings)}, sort_keys=True, separators=(",", ":"))


def settings_from_json(text: str) -> Evolution:
    """Read what `settings_to_json` wrote; fields that are left out have their defaults.

    Raises ValueError for anything else.
    """
    what = "A record of settings"
    values = without_version(what, read_object(what, text, LONGEST_JSON), VERSION)
    check_known(what, values, {field.name for field in fields(Evolution)})
    if isinstance(values.get("functions"), list):
        values["functions"] = tuple(values["functions"])
    return Evolution(**values)
