"""Mutations: a node more, a link more, a link less, other weights; several may happen to one child.

Section 3.3.2 of the thesis names "either the addition or deletion of a node", its Table 3.1 has probabilities for a
new node, a new link and a demolished link, but none for a deleted node. Here a demolished link leaves the genome, and
a hidden node goes with the last link that leads to it or away from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from nbutils.neat.genome import MOST_LINKS, MOST_NODES, Genome, Link, Node, check_registry
from nbutils.neat.innovations import Registry
from nbutils.neat.settings import Evolution


@dataclass(frozen=True)
class Changes:
    """What mutations did to a genome. nodes_lost : hidden nodes that went with a demolished link."""

    nodes_added: int = 0
    links_added: int = 0
    links_demolished: int = 0
    nodes_lost: int = 0
    weights_changed: int = 0


def mutate(
    genome: Genome, registry: Registry, random: np.random.Generator, settings: Evolution
) -> tuple[Genome, Changes]:
    """Return a genome with the mutations that the random numbers decide on, and what they were.

    An output that has an enabled link keeps one. Raises ValueError for a registry of other inputs or outputs.
    """
    check_registry(genome, registry)
    nodes_added = links_added = links_demolished = weights_changed = 0
    if random.random() < settings.mutate_add_node_probability:
        changed = add_node(genome, registry, random, settings)
        nodes_added, genome = int(changed is not genome), changed
    if random.random() < settings.mutate_add_link_probability:
        changed = add_link(genome, registry, random, settings)
        links_added, genome = int(changed is not genome), changed
    known = len(genome.nodes)
    if random.random() < settings.mutate_demolish_link_probability:
        changed = demolish_link(genome, random)
        links_demolished, genome = int(changed is not genome), changed
    nodes_lost = known - len(genome.nodes)
    if random.random() < settings.mutate_link_weights_probability:
        genome, weights_changed = change_weights(genome, random, settings)
    return genome, Changes(nodes_added, links_added, links_demolished, nodes_lost, weights_changed)


def add_node(genome: Genome, registry: Registry, random: np.random.Generator, settings: Evolution) -> Genome:
    """Return the genome with one link split by a new node; the same genome where it has no room or no link.

    The link is disabled, the new node's incoming link has the weight 1 and the outgoing one the weight of the link
    that was split (Stanley and Miikkulainen, 2002, section 3.1).
    """
    candidates = genome.enabled_links
    if not candidates or len(genome.nodes) >= MOST_NODES or len(genome.links) + 2 > MOST_LINKS:
        return genome
    split = candidates[random.integers(len(candidates))]
    number = registry.register_split(split.source, split.target, genome.numbers)
    node = Node(number, settings.functions[random.integers(len(settings.functions))])
    incoming = Link(registry.register_link(split.source, number), split.source, number, 1.0)
    outgoing = Link(registry.register_link(number, split.target), number, split.target, split.weight)
    rest = [replace(link, enabled=False) if link is split else link for link in genome.links]
    return Genome(genome.ends, _sort_nodes((*genome.nodes, node)), sort_links((*rest, incoming, outgoing)))


def add_link(genome: Genome, registry: Registry, random: np.random.Generator, settings: Evolution) -> Genome:
    """Return the genome with two nodes linked that were not; the same genome where all are, or where it has no room.

    Any node may be the source, the target itself too, so cycles arise. Where the genome has the link already,
    disabled, it is enabled again with a new weight.
    """
    targets = [node.number for node in genome.nodes]
    sources = [*range(len(genome.ends.inputs)), *targets]
    rows, columns = ({number: place for place, number in enumerate(numbers)} for numbers in (sources, targets))
    free = np.ones((len(sources), len(targets)), bool)
    for link in genome.enabled_links:
        free[rows[link.source], columns[link.target]] = False
    places = np.flatnonzero(free)
    if not len(places):
        return genome
    row, column = divmod(int(places[random.integers(len(places))]), len(targets))
    weight = _clip(random.normal(0, settings.weight_start), settings)
    number = registry.register_link(sources[row], targets[column])
    others = [link for link in genome.links if link.innovation != number]
    if len(others) >= MOST_LINKS:
        return genome
    added = Link(number, sources[row], targets[column], weight)
    return Genome(genome.ends, genome.nodes, sort_links((*others, added)))


def demolish_link(genome: Genome, random: np.random.Generator) -> Genome:
    """Return the genome without one of its enabled links, and the hidden nodes that nothing reaches or leaves then.

    Where an output would lose its last enabled link, the same genome is returned.
    """
    candidates = genome.enabled_links
    if not candidates:
        return genome
    gone = candidates[random.integers(len(candidates))]
    left = _remove_stranded(genome, tuple(link for link in genome.links if link is not gone))
    outputs = set(genome.ends.output_numbers)
    if _reached(genome.links) & outputs > _reached(left.links) & outputs:
        return genome
    return left


def change_weights(genome: Genome, random: np.random.Generator, settings: Evolution) -> tuple[Genome, int]:
    """Return the genome with some weights changed by normal random numbers, and how many were."""
    chosen = random.random(len(genome.links)) < settings.mutate_link_probability
    steps = random.normal(0, settings.weight_power, len(genome.links))
    changed = tuple(
        replace(link, weight=_clip(link.weight + step, settings)) if moved else link
        for link, moved, step in zip(genome.links, chosen.tolist(), steps.tolist(), strict=True)
    )
    return Genome(genome.ends, genome.nodes, changed), int(chosen.sum())


def sort_links(links: Iterable[Link]) -> tuple[Link, ...]:
    """Return links in the order of their innovation numbers."""
    return tuple(sorted(links, key=lambda link: link.innovation))


def _sort_nodes(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(sorted(nodes, key=lambda node: node.number))


def _clip(weight: float, settings: Evolution) -> float:
    return float(min(max(weight, -settings.weight_limit), settings.weight_limit))


def _reached(links: Iterable[Link]) -> set[int]:
    return {link.target for link in links if link.enabled}


def _remove_stranded(genome: Genome, links: tuple[Link, ...]) -> Genome:
    """Return the genome with these links, less the hidden nodes that only themselves reach, or are reached by."""
    nodes, outputs = genome.nodes, set(genome.ends.output_numbers)
    while True:
        passing = [link for link in links if link.enabled and link.source != link.target]
        useful = {link.source for link in passing} & {link.target for link in passing}
        kept = tuple(node for node in nodes if node.number in useful or node.number in outputs)
        if len(kept) == len(nodes):
            return Genome(genome.ends, nodes, links)
        lost = {node.number for node in nodes} - {node.number for node in kept}
        nodes = kept
        links = tuple(link for link in links if link.source not in lost and link.target not in lost)
