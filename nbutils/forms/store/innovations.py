"""The registry of NEAT, kept with the shapes: what every innovation number in any genome of the gallery stands for.

Numbers follow from structures (nbutils/neat/innovations.py), so that the registries of two galleries are merged by
keeping what either knows.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, product

import sqlalchemy as sql

from nbutils.forms.store.engine import Store, insert_missing, reading
from nbutils.forms.store.tables import innovations
from nbutils.neat import SPACE, Genome, Registry
from nbutils.neat.ends import MOST_ENDS
from nbutils.neat.innovations import Structure, number_structure

LINK = -1  # in the column `copy`, where a Structure has None
MOST_PAIRS = 4_096  # of links into a node and out of it, to find the link that the node split
MOST_COPIES = 4


def read_innovations(store: Store) -> Registry:
    """Return the registry of all genomes in the gallery. Raises StoreError."""
    registry = Registry(SPACE)
    with reading(store) as connection:
        for source, target, copy in connection.execute(
            sql.select(innovations.c.source, innovations.c.target, innovations.c.copy)
        ):
            registry.keep(Structure(source, target, None if copy == LINK else copy))
    return registry


def keep_structures(connection: sql.Connection, structures: Iterable[Structure]) -> None:
    """Keep structures that are not known, in a transaction that is under way."""
    rows = {
        number_structure(one): {
            "number": number_structure(one),
            "source": one.source,
            "target": one.target,
            "copy": LINK if one.copy is None else one.copy,
        }
        for one in structures
    }
    # In one order, or two who keep the same ones at once would wait for each other.
    insert_missing(connection, innovations, [rows[number] for number in sorted(rows)])


def list_structures(genomes: Iterable[Genome]) -> frozenset[Structure]:
    """Return the links of genomes, and the splits that made their nodes as far as their links still tell them."""
    return frozenset(structure for genome in genomes for structure in _list_structures(genome))


def _list_structures(genome: Genome) -> Iterator[Structure]:
    sources: dict[int, list[int]] = {}
    targets: dict[int, list[int]] = {}
    for link in genome.links:
        yield Structure(link.source, link.target)
        sources.setdefault(link.target, []).append(link.source)
        targets.setdefault(link.source, []).append(link.target)
    for node in genome.nodes:
        if node.number >= MOST_ENDS:
            yield from _find_split(node.number, sources.get(node.number, []), targets.get(node.number, []))


def _find_split(number: int, sources: list[int], targets: list[int]) -> Iterator[Structure]:
    """Yield the split that made a node: it left a link into the node and one out of it, and has the node's number."""
    for source, target in islice(product(sources, targets), MOST_PAIRS):
        for copy in range(MOST_COPIES):
            split = Structure(source, target, copy)
            if number_structure(split) == number:
                yield split
                return
