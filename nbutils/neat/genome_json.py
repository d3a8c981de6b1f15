"""Genomes as JSON, version 1, checked entry by entry when they are read: anyone may have written them."""

import json

from nbutils.neat.ends import read_ends
from nbutils.neat.genome import MOST_LINKS, MOST_NODES, Genome, Link, Node, check_function, check_weight
from nbutils.neat.innovations import MOST_NUMBER
from nbutils.runs.parsing import check_whole, read_list, read_object, show, take, without_version

VERSION = 1
LONGEST_JSON = 1_000_000
NODE = ("number", "function")
LINK = ("innovation", "source", "target", "weight", "enabled")


def to_json(genome: Genome) -> str:
    """Return a genome as one line of canonical JSON: keys in order, no spaces; equal genomes give equal text."""
    held = {
        "version": VERSION,
        "inputs": genome.ends.inputs,
        "outputs": genome.ends.outputs,
        "nodes": [{name: getattr(node, name) for name in NODE} for node in genome.nodes],
        "links": [{name: getattr(link, name) for name in LINK} for link in genome.links],
    }
    return json.dumps(held, sort_keys=True, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Genome:
    """Read what `to_json` wrote.

    Raises ValueError, with a sentence, for anything that is not a genome of this version.
    """
    held = without_version("A genome", read_object("A genome", text, LONGEST_JSON), VERSION)
    values = take("A genome", held, ("inputs", "outputs", "nodes", "links"))
    nodes = tuple(_read_node(one) for one in read_list("nodes", values["nodes"], MOST_NODES))
    links = tuple(_read_link(one) for one in read_list("links", values["links"], MOST_LINKS))
    return Genome(read_ends(values), nodes, links)


def _read_node(held: object) -> Node:
    values = take("A node", held, NODE)
    number = check_whole("The number of a node", values["number"], MOST_NUMBER)
    return Node(number, check_function(values["function"]))


def _read_link(held: object) -> Link:
    values = take("A link", held, LINK)
    innovation, source, target = (check_whole(f"{name} of a link", values[name], MOST_NUMBER) for name in LINK[:3])
    if not isinstance(values["enabled"], bool):
        raise ValueError(f"A link is enabled or not: true or false is wanted, got {show(values['enabled'])}.")
    return Link(innovation, source, target, check_weight(values["weight"]), values["enabled"])
