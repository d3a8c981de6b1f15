import json
from dataclasses import asdict, fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.preferred.fields import CHOICES, FIELDS, STEERED, TEXTS
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import MOST_PICTURES, Recipe, from_json, from_mapping, to_json


def test_every_field_is_described_once():
    described = [*FIELDS, *CHOICES, *TEXTS, "objectives", "seeds", "changes"]
    assert sorted(described) == sorted(field.name for field in fields(Recipe))
    assert set(STEERED) <= set(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_a_slider_knows_what_it_needs(name):
    field, new = FIELDS[name], getattr(Recipe(), name)
    assert field.title
    assert field.help.endswith(".")
    assert type(new) is field.kind
    if field.kind is not bool:
        assert field.least <= new <= field.most
        assert field.step > 0


@st.composite
def recipes(draw):
    values = {}
    for name in draw(st.sets(st.sampled_from([name for name in FIELDS if name not in ("coarse_steps", "octaves")]))):
        field = FIELDS[name]
        kinds = {bool: st.booleans(), int: st.integers(int(field.least), int(field.most))}
        values[name] = draw(kinds.get(field.kind, st.floats(field.least, field.most)))
    size = values.get("size", 224)
    values["coarse_size"] = min(values.get("coarse_size", 0), size)
    seeds = tuple(draw(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=3)))
    return Recipe(seeds=seeds, objectives=("channel('a', 1) - logit(\"ü\")",), **values)


@given(recipes())
@settings(max_examples=40, deadline=None)
def test_json_gives_the_recipe_back(recipe):
    assert from_json(to_json(recipe)) == recipe


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_recipes(name):
    assert from_json(to_json(PRESETS[name])) == PRESETS[name]


def test_equal_recipes_have_equal_json():
    assert to_json(Recipe(rate=1, decay=0)) == to_json(Recipe(rate=1.0, decay=0.0))
    assert json.loads(to_json(Recipe()))["version"] == 1


def test_what_is_left_out_is_as_in_a_new_recipe():
    assert from_json('{"steps": 7, "seeds": [1, 2]}') == Recipe(steps=7, seeds=(1, 2))


def test_objectives_and_seeds_are_spread_over_each_other():
    one, two = "logit(1)", "logit(2)"
    assert Recipe(objectives=(one,), seeds=(5, 6)).pairs() == ((one, 5), (one, 6))
    assert Recipe(objectives=(one, two), seeds=(5,)).pairs() == ((one, 5), (two, 5))
    assert Recipe(objectives=(one, two), seeds=(5, 6)).pairs() == ((one, 5), (two, 6))
    with pytest.raises(ValueError, match="2 objectives and 3 seeds"):
        Recipe(objectives=(one, two), seeds=(1, 2, 3))


def test_changes_are_in_force_from_their_step_on():
    recipe = Recipe(rate=0.1, changes=((3, "rate", 0.2), (3, "blur", 1.5), (7, "rate", 0.3)))
    assert [recipe.at(step).rate for step in (1, 2, 3, 6, 7, 90)] == [0.1, 0.1, 0.2, 0.2, 0.3, 0.3]
    assert (recipe.at(2).blur, recipe.at(3).blur) == (0.0, 1.5)
    assert from_json(to_json(recipe)) == recipe


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rate": float("nan")}, "rate must be a number from 1e-06"),
        ({"rate": float("inf")}, "rate must be"),
        ({"rate": True}, "rate must be"),
        ({"rate": "1"}, "rate must be"),
        ({"steps": 0}, "steps must be a whole number from 1 to 100000, got 0"),
        ({"steps": 1.5}, "steps must be a whole number"),
        ({"size": 4096}, "size must be a whole number from 4 to 1024"),
        ({"settle": 1}, "settle must be True or False"),
        ({"decay": -0.1}, "decay must be a number from 0 to 1"),
        ({"method": "magic"}, "method must be one of modern, published"),
        ({"device": ["cpu"]}, "device must be one of"),
        ({"photo": "a" * 300, "start": "photograph"}, "photo is a name"),
        ({"photo": "cat"}, "start is then"),
        ({"start": "photograph"}, "start is then"),
        ({"objectives": ()}, "objectives must be a tuple of 1 to"),
        ({"objectives": "logit(1)"}, "objectives must be a tuple"),
        ({"objectives": ("import os",)}, "no objective"),
        ({"objectives": (1,)}, "An objective is a text"),
        ({"seeds": (-1,)}, "A seed is a whole number"),
        ({"seeds": (True,)}, "A seed is a whole number"),
        ({"seeds": (0,) * (MOST_PICTURES + 1)}, "seeds must be a tuple of 1 to 256, got 257"),
        ({"coarse_steps": 5}, "coarse_size must say"),
        ({"coarse_size": 300}, "coarse_size must be at most size"),
        ({"coarse_size": 112, "coarse_steps": 9, "octaves": 2}, "octaves or coarse steps, not both"),
        ({"method": "published"}, "not with adam"),
        ({"changes": ((0, "rate", 1.0),)}, "steps of changes"),
        ({"changes": ((5, "rate", 1.0), (4, "rate", 1.0))}, "steps of changes"),
        ({"changes": ((5, "size", 64),)}, "While pictures are made these can change"),
        ({"changes": ((5, "rate", -1.0),)}, "rate must be"),
        ({"changes": ((5, "rate"),)}, "A change is"),
        ({"changes": ((5, {}, 1),)}, "these can change"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(wrong, said):
    with pytest.raises(ValueError, match=said):
        Recipe(**wrong)
    if not any(value != value or value == float("inf") for value in wrong.values() if isinstance(value, float)):
        with pytest.raises(ValueError, match=r"\.$"):
            from_json(json.dumps(wrong))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "7",
        '"text"',
        "{",
        '{"rate": NaN}',
        '{"rate": Infinity}',
        '{"rate": 1e999}',
        '{"steps": 1' + "0" * 5000 + "}",
        '{"version": 2}',
        '{"version": true}',
        '{"version": "1"}',
        '{"unknown": 1}',
        '{"__class__": "os"}',
        '{"objectives": {"0": "logit(1)"}}',
        '{"objectives": [["logit(1)"]]}',
        '{"seeds": "123"}',
        '{"changes": [[1, "rate"]]}',
        '{"changes": [1]}',
        '{"changes": {"1": 2}}',
        '{"network": {"$ref": "x"}}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"photo": "' + "a" * 3_000_000 + '"}',
        b"{}",
        None,
    ],
)
def test_hostile_json_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"\.$") as caught:
        from_json(text)
    assert len(str(caught.value)) < 400


def test_a_mapping_with_odd_keys_is_refused():
    with pytest.raises(ValueError, match="no field"):
        from_mapping({1: 2, "size": 64})


def test_a_recipe_with_another_value_is_checked_again():
    with pytest.raises(ValueError, match="size must be"):
        replace(Recipe(), size=-5)
    assert asdict(replace(Recipe(), size=64))["size"] == 64
