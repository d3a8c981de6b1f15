"""The numbers of evolution with their bounds, and where each default comes from."""

from nbutils.runs.fields import Field

# Table 3.1 of the thesis: its name for a number -> ours.
TABLE_3_1 = {
    "PopulationSize": "population_size",
    "MutateAddNodeProbability": "mutate_add_node_probability",
    "MutateAddLinkProbability": "mutate_add_link_probability",
    "MutateDemolishLinkProbability": "mutate_demolish_link_probability",
    "MutateLinkWeightsProbability": "mutate_link_weights_probability",
    "MutateOnlyProbability": "mutate_only_probability",
    "MutateLinkProbability": "mutate_link_probability",
}

_OURS = "ours; the thesis does not print it"
_NEARLY_EMPTY = "ours; thesis, section 3.5: nearly empty, with only the minimal connections"
_PAPER = "Stanley and Miikkulainen (2002), section 4.1"

SOURCES = dict.fromkeys(TABLE_3_1.values(), "thesis, Table 3.1") | {
    "weight_power": _OURS,
    "weight_start": _OURS,
    "weight_limit": _OURS,
    "first_links_least": _NEARLY_EMPTY,
    "first_links_most": _NEARLY_EMPTY,
    "unmatched_coefficient": f"{_PAPER}: c1 = c2 = 1.0",
    "weight_difference_coefficient": f"{_PAPER}: c3 = 0.4",
    "compatibility_threshold": f"{_PAPER}: 3.0",
    "functions": "thesis, section 3.3.2: sine, cosine and Gaussian",
}

FIELDS = {
    "population_size": Field("population", "networks", 2, 100, 1, "How many networks a generation has.", int),
    "mutate_add_node_probability": Field(
        "add a node", "", 0, 1, 0.01, "How likely a child is to have a link split by a new node."
    ),
    "mutate_add_link_probability": Field(
        "add a link", "", 0, 1, 0.01, "How likely a child is to have two more nodes linked."
    ),
    "mutate_demolish_link_probability": Field(
        "demolish a link",
        "",
        0,
        1,
        0.01,
        "How likely a child is to lose a link, and each hidden node that is then left without.",
    ),
    "mutate_link_weights_probability": Field(
        "change weights", "", 0, 1, 0.01, "How likely a child is to have its weights changed at all."
    ),
    "mutate_only_probability": Field(
        "mutate only", "", 0, 1, 0.01, "How likely a child is to have one parent; at 1 there is no crossover."
    ),
    "mutate_link_probability": Field(
        "change a link", "", 0, 1, 0.01, "Where weights are changed, how likely each link is to be among them."
    ),
    "weight_power": Field("size of changes", "", 0, 10, 0.05, "The standard deviation of a weight's change."),
    "weight_start": Field("new weights", "", 0, 10, 0.05, "The standard deviation of a new link's weight around 0."),
    "weight_limit": Field(
        "largest weight", "±", 0.1, 1000, 0.1, "Weights that mutate stay between minus and plus this."
    ),
    "first_links_least": Field(
        "first links, least", "", 1, 64, 1, "How many inputs an output is linked to at first, at least.", int
    ),
    "first_links_most": Field(
        "first links, most", "", 1, 64, 1, "How many inputs an output is linked to at first, at most.", int
    ),
    "unmatched_coefficient": Field(
        "distance by unmatched links",
        "",
        0,
        100,
        0.1,
        "What disjoint and excess links add to the distance of two genomes.",
    ),
    "weight_difference_coefficient": Field(
        "distance by weights",
        "",
        0,
        100,
        0.1,
        "What the mean difference of matching weights adds to the distance of two genomes.",
    ),
    "compatibility_threshold": Field(
        "compatibility", "", 0, 1000, 0.1, "Genomes that are less than this apart are of one species."
    ),
}

# What a slider for the strength of mutations multiplies, beside the size of changes.
STRENGTHENED = (
    "mutate_add_node_probability",
    "mutate_add_link_probability",
    "mutate_demolish_link_probability",
    "mutate_link_weights_probability",
)
