import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.neat import PLANE, SPACE, Ends, Genome, Link, Node, from_json, to_json
from nbutils.neat.genome import MOST_LINKS, MOST_NODES
from nbutils.neat.genome_json import LONGEST_JSON
from nbutils.neat.innovations import number_link
from tests.neat.growing import grow
from tests.refusing import JSON, is_sentence, read_or_refuse, refuse

GENOME = json.loads(to_json(grow(1, 30)))
HIDDEN = GENOME["nodes"][-1]["number"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 40), st.sampled_from([SPACE, PLANE]))
def test_json_gives_the_same_genome_back(seed, mutations, ends):
    genome = grow(seed, mutations, ends=ends)
    text = to_json(genome)
    assert from_json(text) == genome
    assert to_json(from_json(text)) == text
    assert "\n" not in text


def test_a_genome_of_version_1_reads_as_ever():
    text = (
        '{"version":1,"inputs":["x","bias"],"outputs":["out"],"nodes":[{"number":2,"function":"sine"}],'
        '"links":[{"innovation":NUMBER,"source":0,"target":2,"weight":1,"enabled":false}]}'
    ).replace("NUMBER", str(number_link(0, 2)))
    link = Link(number_link(0, 2), 0, 2, 1.0, enabled=False)
    assert from_json(text) == Genome(Ends(("x", "bias"), ("out",)), (Node(2, "sine"),), (link,))


def change(**entries):
    return json.dumps(GENOME | entries)


def change_node(**entries):
    return change(nodes=[GENOME["nodes"][0] | entries, *GENOME["nodes"][1:]])


def change_link(**entries):
    return change(links=[GENOME["links"][0] | entries, *GENOME["links"][1:]])


HOSTILE = {
    "nothing": ("", "A genome could not be read"),
    "no text": (b"{}", "A genome is JSON of at most"),
    "no JSON": ("{", "no JSON of ours begins with '{'"),
    "a list": ("[]", "A genome is a JSON object, got list"),
    "a deep list": ("[" * 100_000, "A genome could not be read"),
    "a deep list that ends": ("[" * 100_000 + "]" * 100_000, "A genome could not be read"),
    "deep objects": ('{"a":' * 50_000 + "1" + "}" * 50_000, "A genome could not be read"),
    "too long": (" " * (LONGEST_JSON + 1), "at most 1,000,000 characters"),
    "no version": (json.dumps({"nodes": []}), "of version None was found"),
    "another version": (change(version=2), "of version 2 was found; this program reads version 1"),
    "true as version": (change(version=True), "of version True was found"),
    "an endless version": (change(version="9" * 500), "of version 9999"),
    "a name more": (change(more=1), "A genome has no field more"),
    "a name less": (json.dumps({key: GENOME[key] for key in GENOME if key != "links"}), "A genome lacks links"),
    "no inputs": (change(inputs=[]), "inputs must be a tuple of 1 to 64 names"),
    "many inputs": (change(inputs=[f"x{number}" for number in range(70)]), "at most 64 entries are wanted, got 70"),
    "many ends": (change(inputs=[f"x{number}" for number in range(64)]), "at most 64 inputs and outputs together"),
    "markup as input": (change(inputs=["<script>"]), "a-z, 0-9 and _; got '<script>'"),
    "a number as input": (change(inputs=[1]), "a-z, 0-9 and _; got '1'"),
    "an unknown function": (change_node(function="system"), "one of sine, .*, abs; got 'system'"),
    "a list as function": (change_node(function=["sine"]), "one of sine, .* got list"),
    "a node that is text": (change(nodes=["sine"]), "A node is a JSON object, got str"),
    "a node with more": (change_node(bias=1), "A node has no field bias"),
    "a million nodes": (change(nodes=[0] * 300_000), f"at most {MOST_NODES} entries are wanted, got 300,000"),
    "many links": (change(links=[0] * 300_000), f"at most {MOST_LINKS:,} entries are wanted, got 300,000"),
    "no output": (change(nodes=GENOME["nodes"][1:]), "The first nodes are the outputs"),
    "a node twice": (change(nodes=[*GENOME["nodes"], GENOME["nodes"][-1]]), "each number once"),
    "nodes out of order": (
        change(nodes=[GENOME["nodes"][0], *GENOME["nodes"][:0:-1]]),
        "in the order of their numbers",
    ),
    "a node in the place of an input": (change_node(number=3), "The first nodes are the outputs"),
    "a negative number": (change_node(number=-1), "The number of a node must be a whole number"),
    "half a number": (change_node(number=8.5), "The number of a node must be a whole number"),
    "a huge number": (change_node(number=10**300), "got a number of more than 60 digits"),
    "an endless number": (change().replace(f'"number": {HIDDEN}', '"number": ' + "9" * 50_000), "could not be read"),
    "NaN": (change_link(weight=float("nan")), "A genome could not be read"),
    "infinity": (change_link(weight=float("inf")), "A genome could not be read"),
    "a number beyond floats": (change_link(weight="W").replace('"W"', "1e999"), "from -1,000 to 1,000, got inf"),
    "a large weight": (change_link(weight=1001), "A weight must be a number from -1,000 to 1,000, got 1001"),
    "an enormous weight": (change_link(weight=-(10**400)), "got a number of more than 60 digits"),
    "text as weight": (change_link(weight="1"), "A weight must be a number"),
    "true as weight": (change_link(weight=True), "A weight must be a number"),
    "null as weight": (change_link(weight=None), "A weight must be a number from .* got None"),
    "one as enabled": (change_link(enabled=1), "true or false is wanted, got 1"),
    "a link to nowhere": (change_link(target=99), "joins nodes that the genome has not"),
    "a link into an input": (change_link(target=0), "joins nodes that the genome has not"),
    "a lying link": (change_link(innovation=70), "70 is not the innovation number of the link from"),
    "a link twice": (change(links=[GENOME["links"][0]] * 2), "each number once"),
    "links out of order": (change(links=GENOME["links"][::-1]), "in the order of their innovation numbers"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_json_is_refused_at_once_with_a_sentence(name):
    text, told = HOSTILE[name]
    assert is_sentence(refuse(from_json, text, told))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["version", "inputs", "outputs", "nodes", "links"]), st.sampled_from(["", *"nfiste"]), JSON)
def test_any_entry_may_be_anything_and_only_sentences_come_back(entry, inner, value):
    names = {"n": "number", "f": "function", "i": "innovation", "s": "source", "t": "target", "e": "enabled"}
    held = json.loads(json.dumps(GENOME))
    if inner and entry in ("nodes", "links"):
        held[entry][0][names[inner]] = value
    else:
        held[entry] = value
    genome = read_or_refuse(from_json, json.dumps(held))
    assert genome is None or from_json(to_json(genome)) == genome
