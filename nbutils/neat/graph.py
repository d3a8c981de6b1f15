"""What the links of a genome make of its nodes: which are needed, which lie on cycles, how deep they lie."""

from collections.abc import Mapping
from dataclasses import dataclass

from nbutils.neat.genome import Genome

Incoming = Mapping[int, tuple[tuple[int, float], ...]]


@dataclass(frozen=True)
class Graph:
    """The part of a network that its outputs depend on.

    incoming : node -> (source, weight) of the enabled links that arrive; nodes that none reaches are left out
    depth : node -> how many nodes a signal passes at most on its way from the inputs through it, each one once; nodes
        that lie on cycles with one another are all counted
    settled : the nodes that depend on no cycle, after `depth` steps their values stay as they are
    """

    incoming: Incoming
    depth: Mapping[int, int]
    settled: frozenset[int]


def analyse(genome: Genome) -> Graph:
    """Return what the outputs of a genome depend on."""
    incoming = _find_needed(genome)
    reached_from = _find_ancestors(incoming)
    cyclic = {node for node, ancestors in reached_from.items() if node in ancestors}
    settled = frozenset(node for node, ancestors in reached_from.items() if not ancestors & cyclic)
    return Graph(incoming, _measure_depths(incoming, reached_from), settled)


def _find_needed(genome: Genome) -> Incoming:
    arriving: dict[int, list[tuple[int, float]]] = {}
    for link in genome.enabled_links:
        arriving.setdefault(link.target, []).append((link.source, link.weight))
    needed: set[int] = set()
    waiting = [output for output in genome.ends.output_numbers if output in arriving]
    while waiting:
        node = waiting.pop()
        if node not in needed:
            needed.add(node)
            waiting.extend(source for source, _ in arriving[node] if source in arriving)
    inputs = len(genome.ends.inputs)
    return {
        node: tuple((source, weight) for source, weight in arriving[node] if source < inputs or source in arriving)
        for node in sorted(needed)
    }


def _find_ancestors(incoming: Incoming) -> dict[int, frozenset[int]]:
    """Return for each node all nodes with a way to it, itself too where it lies on a cycle."""
    found = {}
    for node in incoming:
        ancestors: set[int] = set()
        waiting = [node]
        while waiting:
            sources = {source for source, _ in incoming[waiting.pop()] if source in incoming} - ancestors
            ancestors |= sources
            waiting.extend(sources)
        found[node] = frozenset(ancestors)
    return found


def _measure_depths(incoming: Incoming, reached_from: Mapping[int, frozenset[int]]) -> dict[int, int]:
    # Nodes that reach one another have the same ancestors, themselves among them. What comes before a node has fewer
    # ancestors, or as many where it lies on the cycle that the node hangs from.
    order = sorted(incoming, key=lambda node: (len(reached_from[node]), node not in reached_from[node]))
    depth: dict[int, int] = {}
    for node in order:
        if node in depth:
            continue
        together = [node]
        if node in reached_from[node]:
            together = [other for other in reached_from[node] if reached_from[other] == reached_from[node]]
        before = {source for member in together for source, _ in incoming[member] if source in depth}
        deepest = len(together) + max((depth[source] for source in before), default=0)
        depth.update(dict.fromkeys(together, deepest))
    return depth
