"""Genomes: networks as lists of nodes and of links with innovation numbers."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import isfinite

from nbutils.neat.ends import MOST_ENDS, Ends
from nbutils.neat.functions import FUNCTIONS
from nbutils.neat.innovations import MOST_NUMBER, Registry, number_link
from nbutils.runs.parsing import check_whole, show

# With these bounds the largest program, all nodes on cycles with one another, has 17,000 operations (program.py).
MOST_NODES = 128
MOST_LINKS = 1_000
MOST_WEIGHT = 1_000.0


@dataclass(frozen=True, slots=True)
class Node:
    """A node that is no input.

    function : a name in FUNCTIONS
    """

    number: int
    function: str


@dataclass(frozen=True, slots=True)
class Link:
    """A weighted link from one node to another; one that is not enabled stays in the genome and carries nothing."""

    innovation: int
    source: int
    target: int
    weight: float
    enabled: bool = True


@dataclass(frozen=True)
class Genome:
    """A network that can be inherited; cycles are allowed, and `program.py` says what they mean.

    nodes : in the order of their numbers; the outputs come first and are all there
    links : in the order of their innovation numbers; a pair of nodes has one link at most
    Raises ValueError that says what is not as it must be.
    """

    ends: Ends
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]

    def __post_init__(self) -> None:
        if len(self.nodes) > MOST_NODES or len(self.links) > MOST_LINKS:
            raise ValueError(
                f"A genome has at most {MOST_NODES} nodes and {MOST_LINKS:,} links, "
                f"got {len(self.nodes):,} and {len(self.links):,}."
            )
        _check_nodes(self.ends, self.nodes)
        _check_links(self)

    @cached_property
    def numbers(self) -> frozenset[int]:
        """Return the numbers of the nodes, without the inputs."""
        return frozenset(node.number for node in self.nodes)

    @cached_property
    def enabled_links(self) -> tuple[Link, ...]:
        """Return the links that carry something."""
        return tuple(link for link in self.links if link.enabled)


def register_genome(registry: Registry, genome: Genome) -> None:
    """Keep the links of a genome that comes from elsewhere in a registry; which link a node split it does not tell.

    Raises ValueError for a registry of other inputs or outputs.
    """
    check_registry(genome, registry)
    for link in genome.links:
        registry.register_link(link.source, link.target)


def check_registry(genome: Genome, registry: Registry) -> None:
    """Raise ValueError where a registry numbers the innovations of other networks than this."""
    if genome.ends != registry.ends:
        raise ValueError("The registry belongs to networks with other inputs or outputs than the genome's.")


def check_function(name: object) -> str:
    """Return the name of a function of nodes; raise ValueError for anything else."""
    if not isinstance(name, str) or name not in FUNCTIONS:
        raise ValueError(f"The function of a node is one of {', '.join(FUNCTIONS)}; got {show(name)}.")
    return name


def check_weight(value: object) -> float:
    """Return a weight as a float; raise ValueError for what is no finite number of at most MOST_WEIGHT."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -MOST_WEIGHT <= value <= MOST_WEIGHT:
        raise ValueError(
            f"A weight must be a number from {-MOST_WEIGHT:,.0f} to {MOST_WEIGHT:,.0f}, got {show(value)}."
        )
    return float(value)


def _check_nodes(ends: Ends, nodes: tuple[Node, ...]) -> None:
    for node in nodes:
        check_whole("The number of a node", node.number, MOST_NUMBER)
        check_function(node.function)
    numbers = [node.number for node in nodes]
    outputs = list(ends.output_numbers)
    if numbers[: len(outputs)] != outputs or any(number < MOST_ENDS for number in numbers[len(outputs) :]):
        raise ValueError(f"The first nodes are the outputs, {outputs}; the others have numbers from {MOST_ENDS} on.")
    if any(number >= following for number, following in pairwise(numbers)):
        raise ValueError("Nodes stand in the order of their numbers, each number once.")


def _check_links(genome: Genome) -> None:
    sources = genome.numbers | frozenset(range(len(genome.ends.inputs)))
    before = -1
    for link in genome.links:
        if not isinstance(link.weight, float) or not isfinite(link.weight) or abs(link.weight) > MOST_WEIGHT:
            check_weight(link.weight)
            raise ValueError(f"A weight must be a float, got {show(link.weight)}.")
        if not isinstance(link.enabled, bool):
            raise ValueError(f"A link is enabled or not: true or false is wanted, got {show(link.enabled)}.")
        for end in (link.source, link.target, link.innovation):
            check_whole("A number in a link", end, MOST_NUMBER)
        if link.source not in sources or link.target not in genome.numbers:
            raise ValueError(f"The link from {link.source} to {link.target} joins nodes that the genome has not.")
        if link.innovation != number_link(link.source, link.target):
            raise ValueError(
                f"{link.innovation} is not the innovation number of the link from {link.source} to {link.target}."
            )
        if link.innovation <= before:
            raise ValueError("Links stand in the order of their innovation numbers, each number once.")
        before = link.innovation
