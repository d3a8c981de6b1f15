"""A graph in layers: which links close a cycle, how deep each node is, and an order with few crossings.

The steps are those of Sugiyama, Tagawa and Toda (1981, "Methods for visual understanding of hierarchical system
structures"): cycles are opened, layers found, long links given a stop in every layer between, and each layer ordered
by the mean place of what its members are linked with.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

SWEEPS = 12
STOP_WIDTH = 0.4  # of a link that passes through a layer; a node is 1 wide
# How much a link pulls straight by how many of its ends are stops: a long one is easier to follow without bends
# (Gansner, Koutsofios, North and Vo, 1993, "A technique for drawing directed graphs", section 4.1).
PULL = (1, 2, 8)

# What stands in a layer: a node's number, or (link, layer) where a link passes through.
Member = int | tuple[int, int]


class Span(NamedTuple):
    """A link that goes forward: its number and its ends."""

    number: int
    source: int
    target: int


def find_backward(kinds: Mapping[int, int], ends: Mapping[int, tuple[int, int]]) -> set[int]:
    """Return the numbers of links without which the graph has no cycle.

    kinds : node -> 0 input, 1 hidden, 2 output; the search begins at the inputs
    ends : link -> (source, target)
    """
    leaving: dict[int, list[tuple[int, int]]] = {node: [] for node in kinds}
    for number, (source, target) in ends.items():
        leaving[source].append((number, target))
    backward, begun, done = set(), set(), set()
    for root in sorted(kinds, key=lambda node: kinds[node]):
        if root in begun:
            continue
        begun.add(root)
        way = [(root, iter(leaving[root]))]
        while way:
            node, rest = way[-1]
            number, target = next(rest, (None, node))
            if number is None:
                done.add(node)
                way.pop()
            elif target not in begun:
                begun.add(target)
                way.append((target, iter(leaving[target])))
            elif target not in done:
                backward.add(number)
    return backward


def find_layers(kinds: Mapping[int, int], forward: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return the longest way from the inputs to each node: inputs 0, hidden nodes from 1 on, outputs together last.

    forward : (source, target) of links without a cycle
    """
    arriving: dict[int, list[int]] = {node: [] for node in kinds}
    leaving: dict[int, list[int]] = {node: [] for node in kinds}
    for source, target in forward:
        arriving[target].append(source)
        leaving[source].append(target)
    waiting = {node: len(sources) for node, sources in arriving.items()}
    ready = [node for node, count in waiting.items() if not count]
    depths: dict[int, int] = {}
    while ready:
        node = ready.pop()
        depths[node] = 0 if kinds[node] == 0 else max((depths[source] + 1 for source in arriving[node]), default=1)
        for target in leaving[node]:
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    last = max((depth for node, depth in depths.items() if kinds[node] != 2), default=-1) + 1
    layers = {node: last if kinds[node] == 2 else depths[node] for node in kinds}
    # Without inputs nothing stands in the first layer: the others move down.
    used = {layer: place for place, layer in enumerate(sorted(set(layers.values())))}
    return {node: used[layer] for node, layer in layers.items()}


def untangle(
    layers: Mapping[int, int], bent: Sequence[Span], forward: Sequence[Span]
) -> tuple[list[list[Member]], dict[Member, list[Member]]]:
    """Return the members of each layer in an order with few crossings, and what each is linked with.

    bent : the links that get a stop in every layer that they pass; forward : all that go forward
    """
    rows: list[list[Member]] = [[] for _ in range(1 + max(layers.values(), default=-1))]
    for node, layer in layers.items():
        rows[layer].append(node)
    neighbours: dict[Member, list[Member]] = {node: [] for node in layers}
    stopping = {span.number for span in bent}
    for span in forward:
        way: list[Member] = [span.source]
        if span.number in stopping:
            for layer in range(layers[span.source] + 1, layers[span.target]):
                rows[layer].append((span.number, layer))
                neighbours[span.number, layer] = []
                way.append((span.number, layer))
        way.append(span.target)
        for one, next_one in pairwise(way):
            neighbours[one].append(next_one)
            neighbours[next_one].append(one)
    place = {member: at - (len(row) - 1) / 2 for row in rows for at, member in enumerate(row)}
    for sweep in range(SWEEPS):
        # Inputs keep the order in which they came: that is how people know them.
        for row in rows[1:] if sweep % 2 == 0 else rows[:0:-1]:
            middle = {member: _mean(neighbours[member], place, member) for member in row}
            row.sort(key=middle.__getitem__)
            place.update({member: at - (len(row) - 1) / 2 for at, member in enumerate(row)})
    return rows, neighbours


def spread(rows: Sequence[Sequence[Member]], neighbours: Mapping[Member, Sequence[Member]]) -> dict[Member, float]:
    """Return how far across each member stands: near what it is linked with, nodes 1 apart, stops less."""
    across: dict[Member, float] = {}
    for row in rows:
        across.update(zip(row, space([0.0] * len(row), [_width(member) for member in row]), strict=True))
    for sweep in range(SWEEPS):
        for row in rows[1:] if sweep % 2 == 0 else rows[:0:-1]:
            wanted = [_pull(neighbours[member], across, member) for member in row]
            across.update(zip(row, space(wanted, [_width(member) for member in row]), strict=True))
    return across


def space(wanted: Sequence[float], widths: Sequence[float]) -> list[float]:
    """Return the places nearest to those wanted, in least squares, in that order, with no two overlapping.

    Less the widths before them places only have to rise, which pooling those that fall solves exactly.
    """
    starts = [0.0]
    for width, next_width in pairwise(widths):
        starts.append(starts[-1] + (width + next_width) / 2)
    pools: list[tuple[float, int]] = []
    for value, start in zip(wanted, starts, strict=False):
        pool = (value - start, 1)
        while pools and pools[-1][0] > pool[0]:
            mean, count = pools.pop()
            pool = ((mean * count + pool[0] * pool[1]) / (count + pool[1]), count + pool[1])
        pools.append(pool)
    risen = [mean for mean, count in pools for _ in range(count)]
    return [value + start for value, start in zip(risen, starts, strict=False)]


def _width(member: Member) -> float:
    return STOP_WIDTH if isinstance(member, tuple) else 1.0


def _pull(members: Sequence[Member], places: Mapping[Member, float], alone: Member) -> float:
    """Return where those that a member is linked with pull it, in the middle."""
    pulls = [PULL[isinstance(alone, tuple) + isinstance(member, tuple)] for member in members]
    return sum(p * places[m] for p, m in zip(pulls, members, strict=True)) / sum(pulls) if pulls else places[alone]


def _mean(members: Sequence[Member], places: Mapping[Member, float], alone: Member) -> float:
    return sum(places[member] for member in members) / len(members) if members else places[alone]
