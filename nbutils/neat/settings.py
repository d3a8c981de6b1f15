"""How networks evolve: Table 3.1 of the thesis field by field, and what it leaves open."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from nbutils.neat.functions import FUNCTIONS, THESIS_FUNCTIONS
from nbutils.neat.parsing import read_object
from nbutils.runs.fields import Field, check_choice, check_number

VERSION = 1
LONGEST_JSON = 10_000
MOST_STRENGTH = 10.0


@dataclass(frozen=True)
class Setting(Field):
    """A number of the settings.

    source : where its default comes from
    printed : its name in Table 3.1, empty for one that the table has not
    """

    source: str = ""
    printed: str = ""


@dataclass(frozen=True)
class Evolution:
    """All that evolution follows from, beside the selection and the random numbers; SETTINGS says what each is.

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
        for name, setting in SETTINGS.items():
            object.__setattr__(self, name, check_number(name, getattr(self, name), setting))
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
    power = min(SETTINGS["weight_power"].most, settings.weight_power * strength)
    return replace(settings, **likelier, weight_power=power)


def settings_to_json(settings: Evolution) -> str:
    """Return the settings as one line of canonical JSON with every field."""
    return json.dumps({"version": VERSION, **asdict(settings)}, sort_keys=True, separators=(",", ":"))


def settings_from_json(text: str) -> Evolution:
    """Read what `settings_to_json` wrote; fields that are left out have their defaults.

    Raises ValueError for anything else.
    """
    held: Mapping[str, object] = read_object("Settings of evolution", text, LONGEST_JSON, VERSION)
    unknown = sorted(name[:40] for name in held.keys() - {field.name for field in fields(Evolution)})
    if unknown:
        raise ValueError(f"Settings of evolution have no field {', '.join(unknown[:5])}.")
    values = dict(held)
    if isinstance(values.get("functions"), list):
        values["functions"] = tuple(values["functions"])
    return Evolution(**values)


_TABLE = "thesis, Table 3.1"
_OURS = "ours; the thesis does not print it"
_PAPER = "Stanley and Miikkulainen (2002), section 4.1"

SETTINGS = {
    "population_size": Setting(
        "population", "networks", 2, 100, 1, "How many networks a generation has.", int, False, _TABLE, "PopulationSize"
    ),
    "mutate_add_node_probability": Setting(
        *("add a node", "", 0, 1, 0.01),
        help="How likely a child is to have a link split by a new node.",
        source=_TABLE,
        printed="MutateAddNodeProbability",
    ),
    "mutate_add_link_probability": Setting(
        *("add a link", "", 0, 1, 0.01),
        help="How likely a child is to have two more nodes linked.",
        source=_TABLE,
        printed="MutateAddLinkProbability",
    ),
    "mutate_demolish_link_probability": Setting(
        *("demolish a link", "", 0, 1, 0.01),
        help="How likely a child is to lose a link, and with it each hidden node that is left without any.",
        source=_TABLE,
        printed="MutateDemolishLinkProbability",
    ),
    "mutate_link_weights_probability": Setting(
        *("change weights", "", 0, 1, 0.01),
        help="How likely a child is to have its weights changed at all.",
        source=_TABLE,
        printed="MutateLinkWeightsProbability",
    ),
    "mutate_only_probability": Setting(
        *("mutate only", "", 0, 1, 0.01),
        help="How likely a child is to have one parent; at 1 there is no crossover.",
        source=_TABLE,
        printed="MutateOnlyProbability",
    ),
    "mutate_link_probability": Setting(
        *("change a link", "", 0, 1, 0.01),
        help="Where weights are changed, how likely each link is to be among them.",
        source=_TABLE,
        printed="MutateLinkProbability",
    ),
    "weight_power": Setting(
        *("size of changes", "", 0, 10, 0.05), help="The standard deviation of a weight's change.", source=_OURS
    ),
    "weight_start": Setting(
        *("new weights", "", 0, 10, 0.05), help="The standard deviation of a new link's weight around 0.", source=_OURS
    ),
    "weight_limit": Setting(
        *("largest weight", "±", 0.1, 1000, 0.1),
        help="Weights that mutate stay between minus and plus this.",
        source=_OURS,
    ),
    "first_links_least": Setting(
        *("first links, least", "", 1, 64, 1, "How many inputs an output is linked to at first, at least.", int),
        source="ours; the thesis, section 3.5: nearly empty, only the minimal connections",
    ),
    "first_links_most": Setting(
        *("first links, most", "", 1, 64, 1, "How many inputs an output is linked to at first, at most.", int),
        source="ours; the thesis, section 3.5: nearly empty, only the minimal connections",
    ),
    "unmatched_coefficient": Setting(
        *("distance per unmatched link", "", 0, 100, 0.1),
        help="What disjoint and excess links add to the distance of two genomes.",
        source=f"{_PAPER}: c1 = c2 = 1.0",
    ),
    "weight_difference_coefficient": Setting(
        *("distance per weight", "", 0, 100, 0.1),
        help="What the mean difference of matching weights adds to the distance of two genomes.",
        source=f"{_PAPER}: c3 = 0.4",
    ),
    "compatibility_threshold": Setting(
        *("compatibility", "", 0, 1000, 0.1),
        help="Genomes that are less than this apart are of one species.",
        source=f"{_PAPER}: 3.0",
    ),
}

TABLE_3_1 = {setting.printed: name for name, setting in SETTINGS.items() if setting.printed}

# What a slider for the strength of mutations multiplies.
STRENGTHENED = (
    "mutate_add_node_probability",
    "mutate_add_link_probability",
    "mutate_demolish_link_probability",
    "mutate_link_weights_probability",
)
