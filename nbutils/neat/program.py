"""What a genome computes, as a list of array operations over all points at once.

What a network with cycles means is a matter of definition. Here:

1. At step 0 the value of every node is 0; the inputs keep their values throughout.
2. In each step all nodes change together: a node's new value is its function of the weighted sum of the values that
   the nodes which are linked to it had before the step. A node that no enabled link reaches stays at 0.
3. There are `depth` steps, as many as a signal needs to pass every node on the longest way from the inputs to an
   output, nodes on cycles included; where an output depends on a cycle, SWEEPS more. So a link that closes a cycle
   and has next to no weight changes next to nothing.
4. The values of the outputs after the last step are what the network answers.

Nothing is carried from one point to another, or from one evaluation to the next. A network without cycles has settled
after `depth` steps, so it answers as if its nodes were computed once, one after the other, and they are: a node's
value at a step is computed only where an output needs it and it differs from the step before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from nbutils.neat.genome import Genome
from nbutils.neat.graph import Graph, analyse

SWEEPS = 4

Value = tuple[int, int]  # a node, and the step after which it has the value


@dataclass(frozen=True, slots=True)
class Operation:
    """One value of one node at all points: target = function(sum of weight * source).

    sources, target : places of arrays; those of the inputs come first
    """

    function: str
    sources: tuple[int, ...]
    weights: tuple[float, ...]
    target: int


@dataclass(frozen=True)
class Program:
    """A genome made ready for arrays.

    steps : after how many synchronous steps it gives the values of the network
    places : how many arrays it needs at once, with the inputs
    outputs : place of each output after the last operation; None for one that no enabled link reaches, which is 0
    """

    inputs: int
    steps: int
    places: int
    operations: tuple[Operation, ...]
    outputs: tuple[int | None, ...]


def compile_genome(genome: Genome, sweeps: int = SWEEPS) -> Program:
    """Return the program of a genome; `sweeps` is how many steps more than its depth a network with cycles makes.

    Raises ValueError for a number of sweeps that is no whole number from 0 to 1000.
    """
    if isinstance(sweeps, bool) or not isinstance(sweeps, int) or not 0 <= sweeps <= 1000:
        raise ValueError(f"sweeps must be a whole number from 0 to 1000, got {str(sweeps)[:40]}.")
    graph = analyse(genome)
    cyclic = len(graph.settled) < len(graph.incoming)
    steps = max(graph.depth.values(), default=0) + (sweeps if cyclic else 0)
    outputs = [_find_value(output, steps, graph) for output in genome.ends.output_numbers]
    needed = _trace(outputs, graph)
    return _allot(genome, steps, needed, outputs)


def _find_value(node: int, step: int, graph: Graph) -> Value | None:
    """Return the node with the first step after which it has the value of this one; None for a value of 0."""
    if step < 1 or node not in graph.incoming:
        return None
    return node, min(step, graph.depth[node]) if node in graph.settled else step


def _trace(outputs: list[Value | None], graph: Graph) -> dict[Value, list[tuple[Value | int, float]]]:
    """Return {value: what is summed for it} of all values that the outputs need, in an order to compute them in."""
    found: dict[Value, list[tuple[Value | int, float]]] = {}
    waiting = [value for value in outputs if value]
    while waiting:
        value = waiting.pop()
        if value in found:
            continue
        node, step = value
        terms: list[tuple[Value | int, float]] = []
        for source, weight in graph.incoming[node]:
            earlier = _find_value(source, step - 1, graph) if source in graph.incoming else source
            if earlier is not None:
                terms.append((earlier, weight))
        found[value] = terms
        waiting.extend(source for source, _ in terms if isinstance(source, tuple))
    # What a value is summed from belongs to an earlier step.
    return dict(sorted(found.items(), key=lambda item: item[0][1]))


def _allot(
    genome: Genome,
    steps: int,
    needed: Mapping[Value, list[tuple[Value | int, float]]],
    outputs: list[Value | None],
) -> Program:
    """Give every value a place among as few arrays as possible: a place is free again after the last use."""
    functions = {node.number: node.function for node in genome.nodes}
    last_use = {source: number for number, terms in enumerate(needed.values()) for source, _ in terms}
    inputs = places = len(genome.ends.inputs)
    free: list[int] = []
    place: dict[Value | int, int] = {number: number for number in range(inputs)}
    operations = []
    for number, (value, terms) in enumerate(needed.items()):
        sources = tuple(place[source] for source, _ in terms)
        if not free:
            free.append(places)
            places += 1
        place[value] = free.pop()
        weights = tuple(weight for _, weight in terms)
        operations.append(Operation(functions[value[0]], sources, weights, place[value]))
        ended = {source for source, _ in terms if last_use[source] == number and isinstance(source, tuple)}
        free.extend(place[source] for source in sorted(ended - set(outputs)))
    return Program(inputs, steps, places, tuple(operations), tuple(value and place[value] for value in outputs))
