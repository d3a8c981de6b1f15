"""Networks in layers: inputs first, nothing on anything else, cycles found, ways that pass beside the nodes."""

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from nbutils.figures import networks
from nbutils.figures.layers import find_backward, space
from nbutils.figures.networks import DiagramLink, DiagramNode, lay_out
from nbutils.neat import functions


@st.composite
def drawn_networks(draw):
    """A network of any kind: cycles, loops, nodes that nothing leads to."""
    kinds = draw(st.lists(st.sampled_from(networks.KINDS), max_size=14))
    nodes = [DiagramNode(10 * number, "", kind) for number, kind in enumerate(kinds)]
    if not nodes:
        return nodes, []
    ends = st.tuples(*[st.sampled_from(nodes)] * 2).map(lambda pair: (pair[0].number, pair[1].number))
    pairs = draw(st.lists(ends, max_size=40, unique=True))
    return nodes, [DiagramLink(number, *pair, 1.0) for number, pair in enumerate(pairs)]


def chain(number, kind="hidden"):
    nodes = [DiagramNode(0, "x", "input"), *(DiagramNode(node, "", kind) for node in range(1, number))]
    return nodes, [DiagramLink(node, node, node + 1, 1.0) for node in range(number - 1)]


@settings(max_examples=150, deadline=None)
@given(drawn_networks())
def test_no_two_nodes_overlap_and_inputs_come_first(network):
    nodes, links = network
    layout = lay_out(nodes, links)
    kinds = {node.number: node.kind for node in nodes}
    assert set(layout.places) == set(kinds)
    layers = {number: layer for number, (layer, _) in layout.places.items()}
    for kind in ("input", "output"):
        assert len({layer for number, layer in layers.items() if kinds[number] == kind}) <= 1
    for one, other in itertools.combinations(nodes, 2):
        order = [networks.KINDS.index(node.kind) for node in (one, other)]
        if order[0] != order[1]:
            assert (layers[one.number] < layers[other.number]) == (order[0] < order[1])
        (layer, across), (other_layer, other_across) = layout.places[one.number], layout.places[other.number]
        assert layer != other_layer or abs(across - other_across) > 1 - 1e-9


@settings(max_examples=150, deadline=None)
@given(drawn_networks())
def test_links_go_up_or_are_known_to_go_back(network):
    nodes, links = network
    layout = lay_out(nodes, links)
    for link in links:
        up = layout.places[link.source][0] < layout.places[link.target][0]
        assert up == (link.number not in layout.backward)


@settings(max_examples=150, deadline=None)
@given(drawn_networks())
def test_without_the_links_that_go_back_there_is_no_cycle(network):
    nodes, links = network
    ends = {link.number: (link.source, link.target) for link in links}
    kinds = {node.number: networks.KINDS.index(node.kind) for node in nodes}
    opened = find_backward(kinds, ends)
    graph = nx.DiGraph([pair for number, pair in ends.items() if number not in opened])
    assert nx.is_directed_acyclic_graph(graph)
    # None was opened without need: each would close a cycle again.
    for number in opened:
        closed = nx.DiGraph([*graph.edges, ends[number]])
        assert not nx.is_directed_acyclic_graph(closed)


@settings(max_examples=100, deadline=None)
@given(drawn_networks())
def test_no_way_leads_through_a_node(network):
    nodes, links = network
    layout = lay_out(nodes, links)
    for link in links:
        for layer, across in layout.routes[link.number]:
            beside = [abs(across - other) for place, other in layout.places.values() if place == layer]
            assert min(beside, default=1) > 0.69
        if link.number in layout.backward:
            (_, begin), (_, lane), (_, same), (_, end) = layout.routes[link.number]
            low, high = layout.places[link.target][0], layout.places[link.source][0]
            passed = [abs(lane - across) for layer, across in layout.places.values() if low <= layer <= high]
            assert lane == same
            assert min(passed) > 0.49
            assert (begin, end) == (layout.places[link.source][1], layout.places[link.target][1])


def test_a_node_stands_after_the_longest_way_from_the_inputs():
    nodes, links = chain(6)
    nodes.append(DiagramNode(9, "field", "output"))
    shortcut = [DiagramLink(20, 0, 5, 1.0), DiagramLink(21, 0, 9, 1.0), DiagramLink(22, 5, 9, 1.0)]
    layout = lay_out(nodes, [*links, *shortcut])
    assert [layout.places[number][0] for number in (0, 1, 2, 3, 4, 5, 9)] == [0, 1, 2, 3, 4, 5, 6]
    assert [layer for layer, _ in layout.routes[21]] == [1, 2, 3, 4, 5]
    assert layout.backward == frozenset()


def test_links_back_have_lanes_of_their_own():
    nodes, links = chain(4)
    back = [DiagramLink(30 + number, 3, target, 1.0) for number, target in enumerate((1, 2, 3))]
    layout = lay_out(nodes, [*links, *back])
    assert layout.backward == {30, 31, 32}
    lanes = [layout.routes[number][1][1] for number in (30, 31, 32)]
    assert min(abs(a - b) for a, b in itertools.combinations(lanes, 2)) > 0.05


def test_inputs_keep_the_order_in_which_people_know_them():
    names = ["x", "y", "z", "bias"]
    nodes = [*(DiagramNode(number, name, "input") for number, name in enumerate(names)), DiagramNode(9, "", "output")]
    layout = lay_out(nodes, [DiagramLink(0, 3, 9, 1.0), DiagramLink(1, 0, 9, 1.0)])
    across = [layout.places[number][1] for number in range(4)]
    assert across == sorted(across)


def test_order_avoids_crossings():
    nodes = [DiagramNode(number, "", "input") for number in range(4)]
    nodes += [DiagramNode(10 + number, "", "hidden") for number in range(4)]
    layout = lay_out(nodes, [DiagramLink(number, number, 13 - number, 1.0) for number in range(4)])
    straight = [layout.places[number][1] - layout.places[13 - number][1] for number in range(4)]
    assert np.abs(straight).max() < 1e-9


def test_a_chain_of_all_nodes_needs_no_recursion():
    nodes, links = chain(networks.MOST_NODES)
    assert max(layer for layer, _ in lay_out(nodes, links).places.values()) == networks.MOST_NODES - 1


def test_the_largest_network_is_laid_out():
    random = np.random.default_rng(0)
    nodes = [DiagramNode(number, "", "input" if number < 8 else "hidden") for number in range(networks.MOST_NODES)]
    pairs = random.permutation(networks.MOST_NODES**2)[: networks.MOST_LINKS]
    ends = [(int(pair) // networks.MOST_NODES, int(pair) % networks.MOST_NODES) for pair in pairs]
    layout = lay_out(nodes, [DiagramLink(number, *pair, 1.0) for number, pair in enumerate(ends)])
    assert len(layout.places) == networks.MOST_NODES
    assert len(layout.routes) == networks.MOST_LINKS


def test_nothing_is_a_network_too():
    assert lay_out([], []).places == {}


@pytest.mark.parametrize(
    ("nodes", "links", "said"),
    [
        ([DiagramNode(number) for number in range(201)], [], "at most 200 nodes"),
        ([DiagramNode(0)], [DiagramLink(number, 0, 0, 1.0) for number in range(1_001)], "1,000 links"),
        ([DiagramNode(0), DiagramNode(0)], [], "a number of its own"),
        ([DiagramNode(0)], [DiagramLink(1, 0, 0, 1.0)] * 2, "a number of its own"),
        ([DiagramNode(0)], [DiagramLink(1, 0, 5, 1.0)], "joins nodes 0 and 5, and one is not there"),
        ([DiagramNode(0)], [DiagramLink(1, 0, 0, float("inf"))], "no finite number"),
        ([DiagramNode(0, kind="ghost")], [], 'got "ghost"'),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_sentence(nodes, links, said):
    with pytest.raises(ValueError, match=said):
        lay_out(nodes, links)


@pytest.mark.parametrize(
    ("wanted", "widths"),
    [
        ([0, 0, 0], [1, 1, 1]),
        ([3, 1, 2], [1, 0.4, 1]),
        ([0, 5, 5.2, 5.1], [1, 1, 0.4, 0.4]),
        ([2, 2, -4, 0], [1, 1, 1, 1]),
    ],
)
def test_spacing_is_the_least_move_that_a_solver_finds(wanted, widths):
    gaps = [(a + b) / 2 for a, b in itertools.pairwise(widths)]
    limits = [{"type": "ineq", "fun": lambda x, at=at, gap=gap: x[at + 1] - x[at] - gap} for at, gap in enumerate(gaps)]
    start = np.cumsum([0, *gaps])
    solved = minimize(lambda x: ((x - wanted) ** 2).sum(), start, constraints=limits, options={"ftol": 1e-12}).x
    np.testing.assert_allclose(space(wanted, widths), solved, atol=1e-4)


@pytest.mark.parametrize("name", functions.FUNCTIONS)
def test_every_function_of_a_network_has_its_own_curve(name):
    drawn = networks.draw_function(name)
    exact = networks.SAMPLES.copy()
    functions.FUNCTIONS[name].apply(exact)
    assert len(drawn) == len(networks.SAMPLES)
    assert max(map(abs, drawn)) <= 1
    assert np.corrcoef(drawn, exact)[0, 1] > 0.9


def test_a_function_without_a_curve_has_none():
    assert networks.draw_function("no such function") == []
