import json
from dataclasses import asdict, fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.neat import (
    FIELDS,
    FUNCTIONS,
    SOURCES,
    TABLE_3_1,
    Evolution,
    settings_from_json,
    settings_to_json,
    strengthen,
)

VALUES = {
    name: st.integers(int(one.least), int(one.most)) if one.kind is int else st.floats(one.least, one.most)
    for name, one in FIELDS.items()
    if not name.startswith("first_links")
} | {"functions": st.lists(st.sampled_from(list(FUNCTIONS)), min_size=1, unique=True).map(tuple)}


def test_the_defaults_are_table_3_1_of_the_thesis():
    defaults = asdict(Evolution())
    assert {printed: defaults[name] for printed, name in TABLE_3_1.items()} == {
        "PopulationSize": 15.0,
        "MutateAddNodeProbability": 0.1,
        "MutateAddLinkProbability": 0.1,
        "MutateDemolishLinkProbability": 0.03,
        "MutateLinkWeightsProbability": 0.95,
        "MutateOnlyProbability": 1.0,
        "MutateLinkProbability": 0.8,
    }
    assert all(SOURCES[name] == "thesis, Table 3.1" for name in TABLE_3_1.values())
    assert defaults["functions"] == ("sine", "cosine", "gaussian")


def test_every_field_says_where_its_default_comes_from():
    assert {field.name for field in fields(Evolution)} == {*FIELDS, "functions"} == set(SOURCES)
    for name, one in FIELDS.items():
        assert one.least <= getattr(Evolution(), name) <= one.most
        assert one.help.endswith(".")
        assert SOURCES[name]


@settings(deadline=None, max_examples=30)
@given(st.fixed_dictionaries({}, optional=VALUES))
def test_json_gives_the_same_settings_back(values):
    chosen = Evolution(**values)
    assert settings_from_json(settings_to_json(chosen)) == chosen


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"population_size": 1}, "population_size must be a whole number from 2 to 100, got 1"),
        ({"population_size": 15.5}, "population_size must be a whole number"),
        ({"mutate_only_probability": 1.1}, "mutate_only_probability must be a number from 0 to 1, got 1.1"),
        ({"weight_power": "1"}, "weight_power must be a number from 0 to 10, got '1'"),
        ({"first_links_least": 5}, "first_links_least must be at most first_links_most, got 5 and 4"),
        ({"functions": []}, "functions must be a tuple of 1 to 7 names"),
        ({"functions": ["sine", "sine"]}, "named once"),
        ({"functions": ["exec"]}, "A function must be one of sine"),
        ({"functions": [["sine"]]}, "A function must be one of sine"),
        ({"colour": 1}, "has no field colour"),
        ({"version": 3}, "of version 3 was found"),
    ],
)
def test_what_is_no_setting_is_refused_with_a_sentence(entries, sentence):
    with pytest.raises(ValueError, match=sentence):
        settings_from_json(json.dumps({"version": 1} | entries))


def test_strength_makes_mutations_more_frequent_and_larger():
    assert strengthen(Evolution(), 1) == Evolution()
    twice = strengthen(Evolution(), 2)
    assert (twice.mutate_add_node_probability, twice.mutate_demolish_link_probability) == (0.2, 0.06)
    assert (twice.mutate_link_weights_probability, twice.weight_power) == (1.0, 1.6)
    assert (twice.mutate_link_probability, twice.mutate_only_probability) == (0.8, 1.0)
    still = strengthen(Evolution(), 0)
    assert still.mutate_add_node_probability == still.mutate_link_weights_probability == still.weight_power == 0


@pytest.mark.parametrize("strength", [-0.1, 10.1, float("nan"), True, "2"])
def test_a_strength_out_of_range_is_refused(strength):
    with pytest.raises(ValueError, match="strength must be a number from 0 to 10"):
        strengthen(Evolution(), strength)
