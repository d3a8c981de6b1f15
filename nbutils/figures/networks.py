"""Where the nodes of a small network stand in a drawing: layers by the longest path from the inputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

INPUT, HIDDEN, OUTPUT = "input", "hidden", "output"
KINDS = (INPUT, HIDDEN, OUTPUT)
MOST_NODES, MOST_LINKS = 128, 1_000
SWEEPS = 8
SAMPLES = np.linspace(-3, 3, 25)

# What each function looks like from -3 to 3, as a small curve; its height is brought to -1..1.
SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sine": np.sin,
    "cosine": np.cos,
    "gaussian": lambda sums: 2 * np.exp(-(sums**2)) - 1,
    "sigmoid": lambda sums: 2 / (1 + np.exp(-2 * sums)) - 1,
    "tanh": np.tanh,
    "linear": lambda sums: sums / 3,
    "abs": lambda sums: 2 * np.abs(sums) / 3 - 1,
}


@dataclass(frozen=True)
class DiagramNode:
    """A node: its number, what it is called, its kind (input, hidden, output), and the name of its function."""

    number: int
    label: str = ""
    kind: str = HIDDEN
    function: str = ""


@dataclass(frozen=True)
class DiagramLink:
    """A link from the node numbered source to the one numbered target."""

    number: int
    source: int
    target: int
    weight: float
    enabled: bool = True


@dataclass(frozen=True)
class NetworkLayout:
    """Where nodes stand, and which links go back.

    places : node number -> (layer, place in the layer), the inputs in layer 0, places around 0 and 1 apart
    backward : numbers of the links that end no higher than they begin: those that close a cycle
    """

    places: dict[int, tuple[float, float]]
    backward: frozenset[int]


def lay_out(nodes: Sequence[DiagramNode], links: Sequence[DiagramLink]) -> NetworkLayout:
    """Return where the nodes stand: inputs first, outputs last, each other one after all that it hears from.

    Raises ValueError, as a sentence, for what is no network that can be drawn.
    """
    check_network(nodes, links)
    backward = find_backward(nodes, links)
    layers = _find_layers(nodes, [link for link in links if link.number not in backward])
    # What ends in the layer that it began in, such as a link between two outputs, is drawn as one that goes back.
    backward |= {link.number for link in links if layers[link.target] <= layers[link.source]}
    rows: list[list[int]] = [[] for _ in range(1 + max(layers.values(), default=-1))]
    for node in nodes:
        rows[layers[node.number]].append(node.number)
    rows = _untangle(rows, links)
    places = {
        number: (float(layer), place - (len(row) - 1) / 2)
        for layer, row in enumerate(rows)
        for place, number in enumerate(row)
    }
    return NetworkLayout(places, frozenset(backward))


def check_network(nodes: Sequence[DiagramNode], links: Sequence[DiagramLink]) -> None:
    """Raise ValueError, as a sentence, for what is no network that can be drawn."""
    if len(nodes) > MOST_NODES or len(links) > MOST_LINKS:
        raise ValueError(
            f"A diagram holds at most {MOST_NODES} nodes and {MOST_LINKS:,} links, got {len(nodes)} and {len(links):,}."
        )
    numbers = {node.number for node in nodes}
    if len(numbers) < len(nodes) or len({link.number for link in links}) < len(links):
        raise ValueError("Each node and each link of a diagram has a number of its own.")
    for node in nodes:
        if node.kind not in KINDS:
            raise ValueError(f'A node is of the kind {", ".join(KINDS)}, got "{node.kind}".')
    for link in links:
        if link.source not in numbers or link.target not in numbers:
            raise ValueError(f"Link {link.number} joins nodes {link.source} and {link.target}, and one is not there.")
        if not np.isfinite(link.weight):
            raise ValueError(f"The weight of link {link.number} is no finite number.")


def find_backward(nodes: Sequence[DiagramNode], links: Sequence[DiagramLink]) -> set[int]:
    """Return the numbers of links without which the network has no cycle, found from the inputs on."""
    leaving: dict[int, list[DiagramLink]] = {node.number: [] for node in nodes}
    for link in links:
        leaving[link.source].append(link)
    backward = {link.number for link in links if link.source == link.target}
    order = sorted(nodes, key=lambda node: KINDS.index(node.kind))
    state = dict.fromkeys(leaving, 0)  # 0 unseen, 1 on the way here, 2 done
    for root in order:
        if state[root.number]:
            continue
        state[root.number] = 1
        way = [(root.number, iter(leaving[root.number]))]
        while way:
            number, rest = way[-1]
            link = next(rest, None)
            if link is None:
                state[number] = 2
                way.pop()
            elif state[link.target] == 1:
                backward.add(link.number)
            elif state[link.target] == 0:
                state[link.target] = 1
                way.append((link.target, iter(leaving[link.target])))
    return backward


def _find_layers(nodes: Sequence[DiagramNode], forward: Sequence[DiagramLink]) -> dict[int, int]:
    """Return the longest path from the inputs to each node: inputs 0, hidden nodes from 1 on, outputs together last."""
    arriving: dict[int, list[int]] = {node.number: [] for node in nodes}
    waiting = dict.fromkeys(arriving, 0)
    leaving: dict[int, list[int]] = {node.number: [] for node in nodes}
    for link in forward:
        arriving[link.target].append(link.source)
        leaving[link.source].append(link.target)
        waiting[link.target] += 1
    kinds = {node.number: node.kind for node in nodes}
    layers: dict[int, int] = {}
    ready = [number for number, count in waiting.items() if count == 0]
    while ready:
        number = ready.pop()
        longest = max((layers[source] + 1 for source in arriving[number]), default=1)
        layers[number] = 0 if kinds[number] == INPUT else longest
        for target in leaving[number]:
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    last = max((layer for number, layer in layers.items() if kinds[number] != OUTPUT), default=0) + 1
    return {number: last if kinds[number] == OUTPUT else layer for number, layer in layers.items()}


def _untangle(rows: list[list[int]], links: Sequence[DiagramLink]) -> list[list[int]]:
    """Return the rows ordered so that each node stands near the middle of those that it is linked with."""
    linked: dict[int, set[int]] = {number: set() for row in rows for number in row}
    for link in links:
        linked[link.source].add(link.target)
        linked[link.target].add(link.source)
    place = {number: at - (len(row) - 1) / 2 for row in rows for at, number in enumerate(row)}
    for sweep in range(SWEEPS):
        for row in rows[1:] if sweep % 2 == 0 else rows[-2:0:-1]:
            middle = {
                number: float(np.mean([place[other] for other in linked[number]])) if linked[number] else place[number]
                for number in row
            }
            row.sort(key=lambda number: (middle[number], place[number]))
            place.update({number: at - (len(row) - 1) / 2 for at, number in enumerate(row)})
    return rows


def draw_function(name: str) -> list[float]:
    """Return a function's values at SAMPLES in -1..1, for a small curve; none for a function without one."""
    shape = SHAPES.get(name)
    return [] if shape is None else [round(float(value), 3) for value in np.clip(shape(SAMPLES), -1, 1)]
