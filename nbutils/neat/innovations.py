"""Innovation numbers: one for each structure that evolution ever makes, the same one wherever it is made.

NEAT numbers structures so that genes of the same origin can be laid beside each other (Stanley and Miikkulainen,
2002, section 3.2). Where the numbers come from a counter, two people who never met use the same number for different
structures. Here a number follows from the structure itself: a link is known by the nodes that it joins, a node by the
link that it split. So two registries never contradict each other, and to merge them is to unite them.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from nbutils.neat.ends import MOST_ENDS, Ends, read_ends
from nbutils.runs.parsing import check_whole, read_list, read_object, take, without_version

VERSION = 1
MOST_NUMBER = 2**53 - 1  # whole numbers that every reader of JSON keeps
MOST_STRUCTURES = 1_000_000
MOST_COPIES = 1_000
LONGEST_JSON = 100_000_000


@dataclass(frozen=True)
class Structure:
    """A link, or the node that split one.

    source, target : numbers of the nodes that the link joins
    copy : None for the link itself; else how many nodes had split this link before, in the genome where it happened
    """

    source: int
    target: int
    copy: int | None = None


@lru_cache(maxsize=65_536)
def number_structure(structure: Structure) -> int:
    """Return the innovation number of a structure, MOST_ENDS to 2^53 - 1: the first bits of its SHA-256."""
    kind = "link" if structure.copy is None else f"split {structure.copy} of"
    digest = sha256(f"{kind} {structure.source} {structure.target}".encode()).digest()
    return MOST_ENDS + int.from_bytes(digest[:8], "big") % (MOST_NUMBER + 1 - MOST_ENDS)


def number_link(source: int, target: int) -> int:
    """Return the innovation number of the link that joins two nodes."""
    return number_structure(Structure(source, target))


@dataclass
class Registry:
    """The innovations that were made, to be kept with the genomes: it tells what every number stands for.

    structures : innovation number -> structure
    """

    ends: Ends
    structures: dict[int, Structure] = field(default_factory=dict)

    def register_link(self, source: int, target: int) -> int:
        """Return the number of a link and keep it. Raises ValueError as `keep` does."""
        return self.keep(Structure(source, target))

    def register_split(self, source: int, target: int, taken: Iterable[int]) -> int:
        """Return the number of a node that splits a link, in a genome whose nodes have the numbers `taken`.

        The first node that splits a link has the same number in every genome. Where that node is still there from an
        earlier split, the next one is the link's second node, again the same in every genome.
        Raises ValueError as `keep` does.
        """
        present = frozenset(taken)
        splits = (Structure(source, target, copy) for copy in range(MOST_COPIES))
        return self.keep(next(split for split in splits if number_structure(split) not in present))

    def keep(self, structure: Structure) -> int:
        """Keep a structure and return its number.

        Raises ValueError where another structure has that number: one chance in 2^53 for each pair.
        """
        number = number_structure(structure)
        known = self.structures.setdefault(number, structure)
        if known != structure:
            raise ValueError(f"Innovation {number} stands for {known} and {structure}; another mutation will do.")
        return number


def merge_registries(first: Registry, second: Registry) -> Registry:
    """Return the registry that knows what either of two knows; genomes keep their numbers.

    Raises ValueError for registries of other inputs or outputs.
    """
    if first.ends != second.ends:
        raise ValueError("Registries of networks with other inputs or outputs cannot be merged.")
    merged = Registry(first.ends, dict(first.structures))
    for structure in second.structures.values():
        merged.keep(structure)
    return merged


def registry_to_json(registry: Registry) -> str:
    """Return a registry as one line of canonical JSON: links as [number, source, target], splits with their copy."""
    links, splits = [], []
    for number, one in sorted(registry.structures.items()):
        if one.copy is None:
            links.append([number, one.source, one.target])
        else:
            splits.append([number, one.source, one.target, one.copy])
    held = {
        "version": VERSION,
        "inputs": registry.ends.inputs,
        "outputs": registry.ends.outputs,
        "links": links,
        "splits": splits,
    }
    return json.dumps(held, sort_keys=True, separators=(",", ":"))


def registry_from_json(text: str) -> Registry:
    """Read what `registry_to_json` wrote.

    Raises ValueError for anything else, and for a number that does not belong to its structure.
    """
    held = without_version("A registry", read_object("A registry", text, LONGEST_JSON), VERSION)
    values = take("A registry", held, ("inputs", "outputs", "links", "splits"))
    registry = Registry(read_ends(values))
    for kind, length in (("links", 3), ("splits", 4)):
        for row in read_list(kind, values[kind], MOST_STRUCTURES):
            numbers = read_list(f"A row of {kind}", row, length)
            if len(numbers) != length:
                raise ValueError(f"A row of {kind} has {length} numbers, got {len(numbers)}.")
            wholes = [check_whole(f"A number of {kind}", one, MOST_NUMBER) for one in numbers]
            if registry.keep(Structure(*wholes[1:])) != wholes[0]:
                raise ValueError(f"In {kind}, {wholes[0]} is not the number of {wholes[1:]}.")
    return registry
