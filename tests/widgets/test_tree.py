"""The tree without a browser: what is a forest, what a page may ask for, and what it is given."""

import numpy as np
import pytest

from nbutils.widgets import Tree
from nbutils.widgets.tree import MOST_BYTES, MOST_NODES, MOST_WANTED

PARENTS = np.array([-1, 0, 0, 1, -1])
POINTS = np.array([[0, 0], [1, 0], [1, 1], [2, 0], [0, 2]])


@pytest.fixture
def tree():
    tree = Tree("A family", "Nothing yet.")
    tree.show(POINTS, PARENTS, [0, 1, 0, 2, 0], ["bred", "published", "yours"], {3: "Dragon"})
    return tree


def ask(tree, event, nodes, forest=None):
    tree._handle_custom_msg({"event": event, "nodes": nodes, "forest": tree.forest if forest is None else forest}, [])


def test_a_forest_is_sent_as_arrays(tree):
    assert np.frombuffer(tree.points, np.float32).reshape(-1, 2).tolist() == POINTS.tolist()
    assert np.frombuffer(tree.parents, np.int32).tolist() == PARENTS.tolist()
    assert np.frombuffer(tree.kinds, np.uint8).tolist() == [0, 1, 0, 2, 0]
    assert (tree.names, tree.number, tree.forest) == ({"3": "Dragon"}, 5, 1)


def test_twenty_thousand_nodes_take_thirteen_bytes_each():
    tree = Tree("Many")
    tree.show(np.random.default_rng(0).random((MOST_NODES, 2)), np.arange(MOST_NODES) - 1)
    assert len(tree.points) + len(tree.parents) + len(tree.kinds) == 13 * MOST_NODES


@pytest.mark.parametrize(
    ("points", "parents", "kinds"),
    [
        (POINTS, PARENTS[:4], None),
        (POINTS[:, :1], PARENTS, None),
        (np.full((5, 2), np.nan), PARENTS, None),
        (POINTS, [-1, 0, 0, 1, 5], None),
        (POINTS, [-2, 0, 0, 1, -1], None),
        (POINTS, PARENTS, [0, 1]),
        (POINTS, PARENTS, [0, 1, 0, 6, 0]),
        (np.zeros((MOST_NODES + 1, 2)), np.full(MOST_NODES + 1, -1), None),
    ],
)
def test_what_is_no_forest_is_refused_with_a_sentence_and_the_one_before_stays(tree, points, parents, kinds):
    with pytest.raises(ValueError, match=r"tree|parent"):
        tree.show(points, parents, kinds)
    assert (tree.number, tree.forest) == (5, 1)


def test_a_new_forest_takes_selection_and_pictures_away(tree):
    tree.selected = 3
    tree.give({3: b"png"})
    tree.show(POINTS[:2], PARENTS[:2])
    assert (tree.selected, tree.batch, tree.pictures, tree.forest) == (-1, {}, b"", 2)


def test_pictures_are_asked_for_and_given(tree):
    asked = []
    tree.on_wanted(asked.append)
    ask(tree, "wanted", [3, 1, 3])
    assert asked == [(3, 1)]
    tree.give({3: b"abc", 1: b""})
    assert bytes(tree.pictures) == b"abc"
    assert tree.batch == {"count": 1, "forest": 1, "nodes": [3, 1], "bytes": [3, 0]}


@pytest.mark.parametrize("nodes", [None, [], "123", [5], [-1], ["1"], [1.0], [True], [[1]], {"0": 1}, [10**30]])
def test_what_is_no_node_is_not_asked_for_or_opened(tree, nodes):
    heard = []
    tree.on_wanted(heard.append)
    tree.on_open(heard.append)
    for event in ("wanted", "open", "close"):
        ask(tree, event, nodes)
    assert heard == []


def test_what_a_page_asked_of_a_forest_before_is_not_answered(tree):
    heard = []
    tree.on_wanted(heard.append)
    for forest in (0, 2, None, "1", [1]):
        tree._handle_custom_msg({"event": "wanted", "nodes": [1], "forest": forest}, [])
    assert heard == []


def test_a_page_may_not_want_everything(tree):
    asked = []
    tree.show(np.zeros((500, 2)), np.full(500, -1))
    tree.on_wanted(asked.append)
    ask(tree, "wanted", list(range(500)))
    assert len(asked[0]) == MOST_WANTED


def test_what_is_given_is_bounded(tree):
    tree.give({99: b"nobody"})
    assert tree.batch["nodes"] == []
    with pytest.raises(ValueError, match="at most 8,000,000 bytes"):
        tree.give({1: bytes(MOST_BYTES + 1)})


def test_select_open_and_go_to(tree):
    selected, opened = [], []
    tree.on_select(selected.append)
    tree.on_open(opened.append)
    tree.set_state({"selected": 2})
    ask(tree, "open", [2])
    tree.go_to(3)
    assert (selected, opened, tree.selected, tree.aim) == ([2, 3], [2], 3, {"count": 1, "node": 3})


@pytest.mark.parametrize("sent", [None, "1", 1.5, float("inf"), [1], True, 10**400])
def test_a_selection_that_cannot_be_meant_changes_nothing(tree, sent):
    tree.set_state(
        {"selected": sent, "points": b"", "parents": b"", "names": {"0": "x"}, "forest": 9, "aim": {"node": 1}}
    )
    assert (tree.selected, tree.number, tree.names, tree.forest, tree.aim) == (-1, 5, {"3": "Dragon"}, 1, {})


@pytest.mark.parametrize(("sent", "kept"), [(99, 4), (-9, -1), (2.0, 2)])
def test_a_selection_stays_inside_the_forest(tree, sent, kept):
    tree.set_state({"selected": sent})
    assert tree.selected == kept


def test_clear_says_how_to_fill_the_tree(tree):
    tree.clear("Breed first.")
    assert (tree.number, tree.empty, tree.names) == (0, "Breed first.", {})
    tree.set_state({"selected": 0})
    assert tree.selected == -1
