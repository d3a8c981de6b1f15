"""The chess set: who stands where, who is related to whom, and what the tab says of it."""

from collections import Counter

import networkx as nx
import numpy as np
import pytest

from nbutils.forms.chess import PIECES, Relation, find_relation, set_up, tell_relation
from nbutils.forms.dashboards import chess_tab
from nbutils.forms.dashboards.chess_tab import make_chess
from nbutils.forms.store import StoreError, hide, rate
from nbutils.neat import Evolution, from_json, measure_distance
from tests.forms.galleries import click, heard, know_bob, press, publish, titles


def test_a_set_has_32_pieces_on_the_squares_of_the_game():
    standing = {(one.column, one.row): (one.side, one.piece) for one in set_up()}
    assert len(standing) == 32
    assert standing[4, 0] == ("light", "king")  # e1
    assert standing[3, 7] == ("dark", "queen")  # d8
    assert {standing[column, 6] for column in range(8)} == {("dark", "pawn")}
    counted = Counter(piece for side, piece in standing.values() if side == "light")
    assert counted == {"pawn": 8, "rook": 2, "knight": 2, "bishop": 2, "queen": 1, "king": 1}


def test_the_nearest_common_ancestor_is_that_of_networkx():
    random = np.random.default_rng(5)
    parents = [-1, *(int(random.integers(place)) for place in range(1, 60))]
    tree = nx.DiGraph([(parent, child) for child, parent in enumerate(parents) if parent >= 0])

    def line(place):
        return (place, *line(parents[place])) if parents[place] >= 0 else (place,)

    for first, second in random.integers(60, size=(80, 2)).tolist():
        relation = find_relation(line(first), line(second))
        assert relation.ancestor == nx.lowest_common_ancestor(tree, first, second)
        assert relation.first == nx.shortest_path_length(tree, relation.ancestor, first)
        assert relation.second == nx.shortest_path_length(tree, relation.ancestor, second)


def test_strangers_have_no_relation():
    assert find_relation(("a", "b"), ("c",)) is None


@pytest.mark.parametrize(
    ("relation", "said"),
    [
        (None, "no common ancestor with the king is known"),
        (Relation("x", 0, 0), "the same shape as the king"),
        (Relation("x", 0, 3), "an ancestor of the king, 3 generations before it"),
        (Relation("x", 1, 0), "descends from the king, 1 generation after it"),
        (Relation("x", 2, 5), "a common ancestor with the king, 2 generations back from here and 5 from there"),
    ],
)
def test_relations_are_told_in_words(relation, said):
    assert tell_relation(relation, "the king") == said


def test_an_empty_gallery_says_which_tags_are_wanted(session):
    tab = make_chess(session)
    tab.seen()
    assert tab.error.sentence == ""
    assert "publish one with the tag king" in tab.board.empty
    assert all(f"No {piece} yet: publish a shape with the tag <b>{piece}</b>." in tab.missing.value for piece in PIECES)


def test_the_best_king_plays_light_and_the_second_best_dark(session):
    bob = know_bob(session)
    worse, better = publish(session, "Low", ["king"], seed=1), publish(session, "High", ["king"], seed=2)
    rate(session.store, bob, worse.id, 2)
    rate(session.store, bob, better.id, 5)
    rook = publish(session, "Tower", ["rook"], seed=3)
    tab = make_chess(session)
    tab.seen()
    assert {role: shape.name for role, shape in tab._cast.items()} == {
        ("light", "king"): "High",
        ("dark", "king"): "Low",
        ("light", "rook"): "Tower",
    }
    assert len(tab.board.board["pieces"]) == 1 + 1 + 2
    assert len(tab.board.board["meshes"]) == 3  # a mesh is sent once
    assert "No dark rook yet" in tab.missing.value
    assert "No queen yet" in tab.missing.value
    assert "king" not in tab.missing.value
    rate(session.store, bob, worse.id, 5)
    rate(session.store, bob, better.id, 1)
    hide(session.store, rook.id)
    tab.seen()
    assert tab._cast["light", "king"].name == "Low"
    assert "No rook yet" in tab.missing.value


def test_relatives_are_told_with_their_genetic_distance(session):
    king = publish(session, "Father", ["king"], seed=1)
    queen = publish(session, "Daughter", ["queen"], seed=2, origin=king, generations=2)
    pawn = publish(session, "Stranger", ["pawn"], seed=9)
    tab = make_chess(session)
    tab.seen()
    click(tab.cards, "Light queen")
    assert tab.board.selected == [(one.side, one.piece) for one in tab._standing].index(("light", "queen"))
    told = tab.relatives.value
    assert "1 of 2 other pieces shares an ancestor with the light queen (dashed frame)." in told
    assert [tab._standing[place].piece for place in tab.board.marked] == ["king"]
    assert "an ancestor of it" in told
    assert told.index("light king") < told.index("light pawn")  # relatives first
    for other in (king, pawn):
        genomes = from_json(other.genome_json), from_json(queen.genome_json)
        assert f"{measure_distance(*genomes, Evolution()):.2f}" in told


def test_a_piece_is_opened_and_forked(session):
    king = publish(session, "<i>Father</i>", ["king"])
    opened, forked = heard(session, "open"), heard(session, "fork")
    tab = make_chess(session)
    tab.seen()
    tab.board.set_state({"selected": 0})
    assert "&lt;i&gt;Father&lt;/i&gt;" in tab.told.value
    assert "<i>" not in tab.told.value
    press(tab.open)
    press(tab.breed)
    assert opened[0].id == king.id
    assert (forked[0].shape, forked[0].genome) == (king.id, from_json(king.genome_json))
    assert titles(tab.cards) == ["Light king"]


def test_a_store_that_fails_is_told_and_the_set_stays(session, monkeypatch):
    publish(session, "Father", ["king"])
    tab = make_chess(session)
    tab.seen()

    def fail(_store):
        raise StoreError("The gallery's server is away.")

    monkeypatch.setattr(chess_tab, "read_cast", fail)
    tab.seen()
    assert tab.error.sentence == "The gallery's server is away."
    assert len(tab.board.board["pieces"]) == 1
