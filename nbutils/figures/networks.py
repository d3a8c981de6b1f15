"""Where the nodes of a small network stand in a drawing, and which way its links take."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from nbutils.figures.layers import Span, find_backward, find_layers, spread, untangle

INPUT, HIDDEN, OUTPUT = "input", "hidden", "output"
KINDS = (INPUT, HIDDEN, OUTPUT)
MOST_NODES, MOST_LINKS = 200, 1_000
MOST_BENDS = 400  # of a network with more, long links are drawn straight
GAP = 0.5  # of the way between two layers: where links that go back turn
LANE = 0.16  # between two links that go back side by side
SAMPLES = np.linspace(-3, 3, 25)

# What each function looks like from -3 to 3, its height brought to -1..1.
SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sine": np.sin,
    "cosine": np.cos,
    "gaussian": lambda sums: 2 * np.exp(-(sums**2)) - 1,
    "sigmoid": lambda sums: 2 / (1 + np.exp(-2 * sums)) - 1,
    "tanh": np.tanh,
    "linear": lambda sums: sums / 3,
    "abs": lambda sums: 2 * np.abs(sums) / 3 - 1,
}

Point = tuple[float, float]


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
    """Where nodes stand, which links go back, and which way each link takes.

    places : node number -> (layer, across); inputs are in layer 0, the nodes of a layer at least 1 apart
    backward : numbers of the links that end no higher than they begin: those that close a cycle, above all
    routes : link number -> the points between its ends, (layer, across)
    """

    places: dict[int, Point]
    backward: frozenset[int]
    routes: dict[int, tuple[Point, ...]]


def lay_out(nodes: Sequence[DiagramNode], links: Sequence[DiagramLink]) -> NetworkLayout:
    """Return where the nodes stand: inputs first, outputs last, each other one after all that it hears from.

    Raises ValueError, as a sentence, for what is no network that can be drawn.
    """
    check_network(nodes, links)
    kinds = {node.number: KINDS.index(node.kind) for node in nodes}
    ends = {link.number: (link.source, link.target) for link in links}
    opened = find_backward(kinds, ends)
    layers = find_layers(kinds, [pair for number, pair in ends.items() if number not in opened])
    # Outputs stand last, whatever they lead to: only layers say which links go back in the drawing.
    backward = {number for number, (source, target) in ends.items() if layers[target] <= layers[source]}
    forward = [Span(number, *pair) for number, pair in ends.items() if number not in backward]
    bends = sum(layers[span.target] - layers[span.source] - 1 for span in forward) <= MOST_BENDS
    rows, neighbours = untangle(layers, forward if bends else [], forward)
    across = spread(rows, neighbours)
    places = {number: (float(layer), across[number]) for number, layer in layers.items()}
    routes: dict[int, tuple[Point, ...]] = dict.fromkeys(ends, ())
    for layer, row in enumerate(rows):
        for stop in row:
            if isinstance(stop, tuple):
                routes[stop[0]] += ((float(layer), across[stop]),)
    return NetworkLayout(places, frozenset(backward), routes | _route_back(backward, ends, places))


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


def draw_function(name: str) -> list[float]:
    """Return a function's values at SAMPLES in -1..1, for a small curve; none for a function without one."""
    shape = SHAPES.get(name)
    return [] if shape is None else [round(float(value), 3) for value in np.clip(shape(SAMPLES), -1, 1)]


def _route_back(
    backward: set[int], ends: dict[int, tuple[int, int]], places: dict[int, Point]
) -> dict[int, tuple[Point, ...]]:
    """Return the ways of links that go back: out at the top, past the nodes between on the nearer side, in from below.

    The shortest go innermost, so that no two lie on each other.
    """
    routes = {}
    taken: dict[str, int] = {"left": 0, "right": 0}
    between = {
        number: [place for place in places.values() if places[target][0] <= place[0] <= places[source][0]]
        for number, (source, target) in ends.items()
        if number in backward
    }
    for number in sorted(between, key=lambda number: (len(between[number]), number)):
        (high, begin), (low, end) = (places[node] for node in ends[number])
        if ends[number][0] == ends[number][1]:
            lane, turn = begin + GAP, 0.36
        else:
            least, most = (bound(across for _, across in between[number]) for bound in (min, max))
            side = "right" if begin + end >= least + most else "left"
            away = 0.6 + LANE * taken[side]
            lane, turn = (most + away if side == "right" else least - away), GAP - 0.03 * (taken[side] % 8)
            taken[side] += 1
        routes[number] = ((high + turn, begin), (high + turn, lane), (low - turn, lane), (low - turn, end))
    return routes
