"""Generations as text: the same again, or a sentence."""

import json
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.forms.breeding import begin_from, evolve, gather
from nbutils.forms.generation_json import (
    LONGEST_JSON,
    generation_from_json,
    generation_to_json,
    pack_generation,
    unpack_generation,
)
from nbutils.neat import Evolution
from tests.forms.bred import BALL, breed
from tests.refusing import JSON, is_sentence, read_or_refuse, refuse

FEW = Evolution(population_size=3, mutate_only_probability=0)
ROOT = gather(begin_from(BALL, 5, FEW), 5, begun_from="shape_1")
GENERATION = gather(evolve(ROOT, [0, 2], FEW, 7, 2.5), 7, ROOT, [0, 2], 2.5)
HELD = json.loads(generation_to_json(GENERATION))


@pytest.mark.parametrize("generation", [ROOT, GENERATION, breed(2, 5)], ids=["fork", "children", "fifteen"])
def test_a_generation_is_read_back_as_it_was(generation):
    text = generation_to_json(generation)
    assert generation_from_json(text) == generation
    assert generation_to_json(generation_from_json(text)) == text
    assert "\n" not in text
    packed = pack_generation(generation)
    assert unpack_generation(packed) == generation
    assert len(packed) < len(text) / 3


def change(**entries):
    return json.dumps(HELD | entries)


def change_organism(**entries):
    return change(organisms=[HELD["organisms"][0] | entries, *HELD["organisms"][1:]])


HOSTILE = {
    "nothing": ("", "A generation could not be read"),
    "a deep list": ("[" * 100_000, "A generation could not be read"),
    "too long": (" " * (LONGEST_JSON + 1), "at most 20,000,000 characters"),
    "another version": (change(version=2), "of version 2 was found"),
    "a name more": (change(more=1), "A generation has no field more"),
    "no organisms": (change(organisms=[]), "at least one organism"),
    "many organisms": (change(organisms=[{}] * 101), "at most 100 entries are wanted, got 101"),
    "an organism that is text": (change(organisms=["x"]), "An organism is a JSON object"),
    "a genome that is none": (change_organism(genome={"version": 1}), "A genome lacks"),
    "a genome of NaN": (change_organism(genome=float("nan")), "could not be read"),
    "three parents": (change_organism(parents=[0, 1, 2]), "at most 2 entries"),
    "a parent that is no place": (change_organism(parents=["0"]), "A parent must be a whole number"),
    "changes that are text": (change_organism(changes="many"), "What mutations did is a JSON object"),
    "many changes": (change_organism(redrawn=10**9), "redrawn must be a whole number from 0 to 1,000"),
    "no id": (change(id=None), "The id of a generation is 32 hexadecimal digits, got None"),
    "an id of markup": (change(id="<script>" * 4), "32 hexadecimal digits"),
    "a parent of another kind": (change(parent=3), "The parent of a generation is 32 hexadecimal digits"),
    "nothing selected": (change(selected=[]), "Nothing is selected"),
    "selected for no parent": (change(parent=None), "must be empty for a first generation"),
    "a negative number": (change(number=-1), "The number of a generation must be a whole number"),
    "half a seed": (change(seed=0.5), "A seed is a whole number"),
    "an endless seed": (change(seed=10**400), "A seed is a whole number"),
    "a strength of text": (change(strength="1"), "strength must be a number from 0 to 10"),
    "a large strength": (change(strength=1e9), "strength must be a number from 0 to 10"),
    "a shape that is a path": (change(begun_from="../etc"), "begun_from is the id of a shape"),
    "another seed": (change(seed=8), "The id of this generation belongs to another one"),
    "organisms in another order": (change(organisms=HELD["organisms"][::-1]), "belongs to another one"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_json_is_refused_at_once_with_a_sentence(name):
    text, told = HOSTILE[name]
    assert is_sentence(refuse(generation_from_json, text, told))


PACKED = {
    "no bytes": "text",
    "no zlib": b"abc",
    "cut off": pack_generation(GENERATION)[:-8],
    "followed by more": pack_generation(GENERATION) + b"x",
    "a bomb": zlib.compress(b" " * 200_000_000, 9),
    "no text": zlib.compress(b"\xff\xfe"),
    "too long": b"0" * 6_000_000,
}


@pytest.mark.parametrize("name", PACKED)
def test_what_is_no_packed_generation_is_refused_at_once_with_a_sentence(name):
    assert is_sentence(refuse(unpack_generation, PACKED[name], "A packed generation"))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*HELD, *HELD["organisms"][0]]), JSON)
def test_any_entry_may_be_anything_and_only_sentences_come_back(entry, value):
    text = change(**{entry: value}) if entry in HELD else change_organism(**{entry: value})
    assert read_or_refuse(generation_from_json, text) in (GENERATION, None)
