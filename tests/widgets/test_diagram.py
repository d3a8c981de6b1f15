"""The diagram without a browser: names, what is sent, and what a page may select."""

import numpy as np
import pytest

from nbutils.figures import palette
from nbutils.widgets import Diagram, DiagramLink, DiagramNode
from nbutils.widgets.diagram import COLOURS, name_nodes

LARGEST = 2**53 - 1
NODES = [
    DiagramNode(0, "x", "input"),
    DiagramNode(7, "field", "output", "gaussian"),
    DiagramNode(LARGEST, "", "hidden", "sine"),
]
LINKS = [DiagramLink(12, 0, LARGEST, 1.5), DiagramLink(13, LARGEST, 7, -2.0), DiagramLink(14, 7, LARGEST, 0.1, False)]


@pytest.fixture
def diagram():
    diagram = Diagram("Network", "Open a shape.")
    diagram.show(NODES, LINKS)
    return diagram


def test_what_is_drawn(diagram):
    nodes, links = diagram.drawing["nodes"], diagram.drawing["links"]
    assert [(row["number"], row["name"], row["kind"]) for row in nodes] == [
        (0, "x", "input"),
        (7, "field", "output"),
        (LARGEST, "sine", "hidden"),
    ]
    assert [row["at"][0] for row in nodes] == [0, 2, 1]
    assert [(row["number"], row["weight"], row["enabled"], row["backward"]) for row in links] == [
        (12, 1.5, True, False),
        (13, -2.0, True, False),
        (14, 0.1, False, True),
    ]
    assert set(diagram.drawing["curves"]) == {"", "gaussian", "sine"}


def test_nodes_without_a_label_are_called_by_their_function_and_counted():
    functions = ["sine", "cosine", "sine", "", ""]
    nodes = [DiagramNode(number, "", "hidden", name) for number, name in enumerate(functions)]
    assert name_nodes([*nodes, DiagramNode(9, "out", "output", "sine")]) == [
        *("sine 1", "cosine", "sine 2", "node 1", "node 2"),
        "out",
    ]


def test_a_selection_stays_where_it_is_in_the_new_network_too(diagram):
    diagram.selected = "link 13"
    diagram.show(NODES, LINKS[:2])
    assert diagram.selected == "link 13"
    diagram.show(NODES, LINKS[:1])
    assert diagram.selected == ""
    diagram.show(NODES, LINKS, selected="node 7")
    assert diagram.selected == "node 7"


def test_a_person_selects_and_python_does_not_hear_itself(diagram):
    heard = []
    diagram.on_select(heard.append)
    for part in ("node 7", "node 7", f"node {LARGEST}", "link 12", ""):
        diagram.set_state({"selected": part})
    diagram.selected = "node 0"
    assert heard == ["node 7", f"node {LARGEST}", "link 12", ""]


@pytest.mark.parametrize(
    "sent",
    [
        "node 1",
        "link 99",
        "node",
        "nodes 0",
        "node 00",
        " node 0",
        "node 0\n",
        "drawing",
        "x" * 10**6,
        None,
        7,
        ["node 7"],
    ],
)
def test_a_selection_of_what_is_not_there_changes_nothing(diagram, sent):
    before = diagram.drawing
    diagram.set_state({"selected": sent, "drawing": {}, "label": "x", "colours": []})
    assert (diagram.selected, diagram.drawing, diagram.label) == ("", before, "Network")


def test_a_network_that_cannot_be_drawn_leaves_the_one_before(diagram):
    with pytest.raises(ValueError, match="no finite number"):
        diagram.show(NODES, [DiagramLink(1, 0, 7, float("nan"))])
    assert len(diagram.drawing["links"]) == 3


def test_clear_says_how_to_fill_the_place(diagram):
    diagram.selected = "node 7"
    diagram.clear("Paint first.")
    assert (diagram.drawing["nodes"], diagram.selected, diagram.empty) == ([], "", "Paint first.")


def test_texts_are_bounded():
    diagram = Diagram()
    diagram.show([DiagramNode(0, "x" * 500, "input"), DiagramNode(1, "", "hidden", "f" * 500)], [])
    assert [len(row["name"]) for row in diagram.drawing["nodes"]] == [60, 60]


def test_the_colours_are_those_of_the_diverging_table():
    table = palette.lookup("diverging").astype(int)
    for colour, place in zip(COLOURS, (230, 25), strict=True):
        ours = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
        assert np.abs(table[place] - ours).max() <= 4
