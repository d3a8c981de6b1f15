"""Crossover: two genomes laid beside each other by their innovation numbers.

The thesis writes (section 3.3.2) that crossover in NEAT "entails choosing a random node from each of the two networks
and swapping the two subtrees rooted at those nodes". That is the crossover of genetic programming, on trees. Networks
with cycles have no subtrees, and NEAT crosses otherwise (Stanley and Miikkulainen, 2002, section 3.2; chapter 2 of
the thesis names its historical markings): links with the same innovation number have the same origin, so a child takes
each of them from either parent. With Table 3.1's MutateOnlyProbability of 1.0 neither kind ever happens.
"""

from dataclasses import dataclass, replace

import numpy as np

from nbutils.neat.genome import Genome, Link


@dataclass(frozen=True)
class Alignment:
    """The links of two genomes, each of them in one place.

    matching : pairs of links with the same innovation number, the first genome's before the second's
    first_only, second_only : what NEAT calls disjoint and excess links
    """

    matching: tuple[tuple[Link, Link], ...]
    first_only: tuple[Link, ...]
    second_only: tuple[Link, ...]


def align(first: Genome, second: Genome) -> Alignment:
    """Lay the links of two genomes beside each other. Raises ValueError for genomes of other inputs or outputs."""
    if first.ends != second.ends:
        raise ValueError("Genomes with other inputs or outputs have nothing to be laid beside each other.")
    theirs = {link.innovation: link for link in second.links}
    ours = {link.innovation for link in first.links}
    return Alignment(
        tuple((link, theirs[link.innovation]) for link in first.links if link.innovation in theirs),
        tuple(link for link in first.links if link.innovation not in theirs),
        tuple(link for link in second.links if link.innovation not in ours),
    )


def cross(first: Genome, second: Genome, random: np.random.Generator) -> Genome:
    """Return a child of two genomes that has the structure of the first.

    Matching links have the weight of either parent, matching nodes the function of either, each with probability 1/2;
    what only the first has is inherited from it, as from the fitter parent in the paper. Which links are enabled
    follows the first parent: a child never loses its only path to an output because one parent had split it.
    Raises ValueError for genomes of other inputs or outputs.
    """
    theirs = {pair[0].innovation: pair[1] for pair in align(first, second).matching}
    functions = {node.number: node.function for node in second.nodes}
    from_second = random.random(len(first.links)) < 0.5
    links = tuple(
        replace(link, weight=theirs[link.innovation].weight) if taken and link.innovation in theirs else link
        for link, taken in zip(first.links, from_second.tolist(), strict=True)
    )
    from_second = random.random(len(first.nodes)) < 0.5
    nodes = tuple(
        replace(node, function=functions.get(node.number, node.function)) if taken else node
        for node, taken in zip(first.nodes, from_second.tolist(), strict=True)
    )
    return Genome(first.ends, nodes, links)
