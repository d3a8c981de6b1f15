"""Places without a browser: each is filled by itself, and a page chooses, opens and acts only where there is one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets.widgets.widget import _instances
from pythreejs._base.renderable import RenderableWidget
from pythreejs._base.Three import ThreeWidget

from nbutils.figures.packing import pack_mesh
from nbutils.widgets import stage_places
from nbutils.widgets.stage import Mesh
from nbutils.widgets.stage_places import MOST_PLACES, Place, PlaceStage
from nbutils.widgets.stage_three import LONGEST_ALT, LONGEST_LABEL
from tests.widgets.anything import ANYTHING

TRIANGLES = np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]])
TETRAHEDRON = Mesh(np.eye(4, 3), TRIANGLES, colour="#102030")
LARGER = Mesh(np.eye(4, 3) * 2, TRIANGLES)
FREE = ("chosen", "cursor", "together", "gently", "visible")


def laid_out(number=5):
    stage = PlaceStage("Five shapes")
    stage.lay_out([f"shape {index}" for index in range(number)], 5)
    return stage


HELD = laid_out()
HELD.put(0, TETRAHEDRON)


def note_sending(stage, monkeypatch):
    """Return a list that fills with what is sent: (label, size of its arrays)."""
    sent = []
    for index, place in enumerate(stage.places):
        monkeypatch.setattr(place, "send_state", lambda key=None, index=index: sent.append((index, key)))
    return sent


def test_places_wait_until_each_is_filled_by_itself(monkeypatch):
    stage = laid_out()
    sent = note_sending(stage, monkeypatch)
    stage.put(3, TETRAHEDRON)
    assert [index for index, _ in sent] == [3]
    assert [bool(place.shape) for place in stage.places] == [False, False, False, True, False]


def test_what_reaches_the_page_is_the_packed_mesh_of_this_edition():
    stage = laid_out()
    stage.put(2, TETRAHEDRON, "a better name")
    shape = stage.places[2].shape
    assert shape.items() >= pack_mesh(TETRAHEDRON).state().items()
    assert (shape["edition"], shape["label"]) == (stage.edition, "a better name")


def test_a_finer_mesh_takes_the_place_of_a_coarse_one_under_a_new_number():
    stage = laid_out()
    stage.put(0, TETRAHEDRON)
    coarse = stage.places[0].shape
    stage.put(0, LARGER)
    assert stage.places[0].shape["put"] > coarse["put"]
    stage.lay_out(["one"], 1)
    stage.put(0, TETRAHEDRON)
    assert stage.places[0].shape["put"] > coarse["put"] + 1


def test_a_canvas_that_all_share_keeps_sizes_and_without_one_each_fills_its_place():
    stage = PlaceStage("Two")
    stage.lay_out("ab", 2, box=((0, 0, 0), (2, 2, 2)))
    stage.put_all([TETRAHEDRON, LARGER])
    small, large = (place.shape["step"] for place in stage.places)
    assert large == pytest.approx(2 * small)
    stage.lay_out("ab", 2)
    stage.put_all([TETRAHEDRON, LARGER])
    assert stage.places[0].shape["step"] == pytest.approx(stage.places[1].shape["step"])


def test_laying_out_again_empties_all_places_in_one_small_message(monkeypatch):
    stage = laid_out()
    stage.put_all([TETRAHEDRON] * 5)
    kept, sent = stage.places[:5], note_sending(stage, monkeypatch)
    before = stage.edition
    stage.lay_out([f"child {index}" for index in range(5)], 5, chosen=[3, 1])
    assert sent == []
    assert stage.places == kept
    assert stage.edition > before
    assert all(place.shape["edition"] < stage.edition for place in stage.places)
    assert (stage.chosen, stage.labels[0]) == ((1, 3), "child 0")


def test_none_says_that_there_is_no_shape():
    stage = laid_out()
    stage.put(1, None)
    assert stage.places[1].shape["put"] > 0
    assert "positions" not in stage.places[1].shape


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda stage: stage.put(5, TETRAHEDRON), "places 0 to 4, got 5"),
        (lambda stage: stage.put(-1, TETRAHEDRON), "places 0 to 4"),
        (lambda stage: stage.put_all([TETRAHEDRON]), "5 places, got 1"),
        (lambda stage: stage.lay_out([], 1), "1 to 100 places"),
        (lambda stage: stage.lay_out(["x"] * (MOST_PLACES + 1), 1), "show fewer"),
        (lambda stage: stage.lay_out(["x"], 0), "columns"),
        (lambda stage: stage.lay_out(["x"], 1, box=((0, 0, 0), (1, 1))), "a box is"),
        (lambda stage: setattr(stage, "chosen", (5,)), "from 0 to 4"),
        (lambda stage: setattr(stage, "chosen", (1, 1)), "different places"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_sentence_and_leaves_what_is_shown(act, sentence):
    stage = laid_out()
    before = stage.get_state()
    with pytest.raises(ValueError, match=sentence):
        act(stage)
    assert stage.get_state() == before


def test_more_triangles_than_a_page_draws_are_refused_in_all_places_together(monkeypatch):
    monkeypatch.setattr(stage_places, "MOST_TRIANGLES", 10)
    stage = laid_out()
    stage.put_all([TETRAHEDRON, TETRAHEDRON, None, None, None])
    with pytest.raises(ValueError, match=r"12 triangles.*coarser grid, or show fewer"):
        stage.put(2, TETRAHEDRON)
    assert not stage.places[2].shape.get("positions")
    # What is replaced does not count twice, and what was taken away not at all.
    stage.put(1, LARGER)
    stage.lay_out("abc", 3)
    stage.put(2, TETRAHEDRON)


def test_chosen_places_are_sorted_whoever_chooses_them():
    stage = laid_out()
    stage.chosen = (4, 0, 2)
    assert stage.chosen == (0, 2, 4)
    stage.set_state({"chosen": [3, 1.0]})
    assert stage.chosen == (1, 3)


@pytest.mark.parametrize(
    "sent",
    [
        *([5], [-1], [0, 0], [0.5], [float("nan")], [float("inf")], ["1"], [True], [None], [[0]], [10**400]),
        *(3, "01", None, {"0": 1}, list(range(6)), [0] * 1_000_000, range(10**9)),
    ],
    ids=lambda sent: repr(sent)[:30],
)
def test_what_names_no_places_changes_nothing_of_what_is_chosen(sent):
    stage = laid_out()
    stage.chosen = (1, 2)
    stage.set_state({"chosen": sent})
    assert stage.chosen == (1, 2)


def test_enter_and_opening_are_told_and_come_from_what_is_shown_now():
    stage, told = laid_out(), []
    stage.on_act(lambda: told.append("act"))
    stage.on_open(told.append)
    stage._handle_custom_msg({"event": "act", "edition": stage.edition, "at": 5_000}, [])
    stage._handle_custom_msg({"event": "open", "edition": stage.edition, "index": 4}, [])
    assert told == ["act", 4]
    assert stage.acted_at == 5.0
    stage._handle_custom_msg({"event": "act", "edition": stage.edition - 1}, [])
    for index in (5, -1, 0.5, "2", None, float("nan"), True, 10**400):
        stage._handle_custom_msg({"event": "open", "edition": stage.edition, "index": index}, [])
    assert told == ["act", 4]


def test_what_is_chosen_arrives_in_the_order_of_clicks_and_nothing_goes_back(monkeypatch):
    stage, told, sent = laid_out(), [], []
    stage.on_act(lambda: told.append(stage.chosen))
    monkeypatch.setattr(stage, "send", lambda content, *_: sent.append(content))
    monkeypatch.setattr(stage, "_send", lambda content, *_, **__: sent.append(content))
    for content in ({"event": "set", "chosen": [0, 2]}, {"event": "set", "cursor": 2}, {"event": "act"}):
        stage._handle_custom_msg({**content, "edition": stage.edition}, [])
    assert (told, stage.cursor, sent) == ([(0, 2)], 2, [])
    # What was clicked before the page heard of new shapes is not meant for them.
    stage._handle_custom_msg({"event": "set", "chosen": [4], "edition": stage.edition - 1}, [])
    assert (stage.chosen, sent) == ((0, 2), [])


def test_what_python_chooses_is_told_again_even_where_it_chose_the_same_before():
    stage = laid_out()
    stage.set_state({"chosen": [3]})
    before = stage.choice["number"]
    stage.chosen = ()
    assert stage.choice == {"chosen": [], "cursor": -1, "number": before + 1}
    stage.set_state({"chosen": [2], "cursor": 2})
    assert stage.choice["number"] == before + 1
    stage.lay_out("abcde", 5, chosen=(2,))
    assert (stage.choice["chosen"], stage.choice["number"] > before + 1) == ([2], True)


def test_what_is_chosen_in_answer_to_a_page_reaches_it():
    stage = laid_out()
    stage.observe(lambda change: setattr(stage, "chosen", change["new"][:1]), "chosen")
    stage.set_state({"chosen": [1, 4]})
    assert (stage.chosen, stage.choice["chosen"]) == ((1,), [1])


def test_what_a_page_drew_is_told_with_its_times_and_only_if_they_are_times():
    stage, told = laid_out(), []
    stage.on_drawn(lambda *times: told.append(times))
    drawn = {"event": "drawn", "edition": stage.edition}
    stage._handle_custom_msg({**drawn, "at": 2_000, "drawing": 30}, [])
    for wrong in ({"at": "now", "drawing": 30}, {"at": float("nan"), "drawing": 30}, {"at": 2_000}):
        stage._handle_custom_msg({**drawn, **wrong}, [])
    assert told == [(2.0, 0.03)]


@settings(max_examples=60, deadline=None)
@given(value=ANYTHING)
def test_a_page_sets_only_what_is_meant(value):
    before = {name: state for name, state in HELD.get_state().items() if name not in FREE}
    shapes = [place.shape for place in HELD.places]
    HELD.set_state(dict.fromkeys(HELD.keys, value))
    for place in HELD.places:
        place.set_state(dict.fromkeys(place.keys, value))
        place.set_state({"shape": value})
    assert {name: HELD.get_state()[name] for name in before} == before
    assert [place.shape for place in HELD.places] == shapes
    assert set(HELD.chosen) <= set(range(5))
    assert HELD.cursor in range(-1, 5)


@settings(max_examples=60, deadline=None)
@given(content=ANYTHING | st.fixed_dictionaries({"event": ANYTHING, "edition": st.just(1), "index": ANYTHING}))
def test_messages_that_nobody_meant_are_passed_over(content):
    told = []
    HELD._opening[:] = [told.append]
    HELD._handle_custom_msg(content, [])
    assert set(told) <= set(range(5))


def test_a_page_changes_nothing_of_what_the_stage_is_made_of():
    for part in HELD._canvas.parts:
        before = part.get_state()
        part.set_state(dict.fromkeys(part.keys, "intruder"))
        part.set_state({"array": np.zeros(3), "fragmentShader": "void main() {}", "_width": 10**9, "children": []})
        after = part.get_state()
        assert all(after[name] is before[name] or np.array_equal(after[name], before[name]) for name in before)


def test_a_cleared_stage_says_why_and_can_be_filled_again():
    stage = laid_out()
    stage.put_all([TETRAHEDRON] * 5)
    stage.chosen = (1,)
    stage.clear("Press Evolve.")
    assert (stage.labels, stage.chosen, stage.cursor, stage.empty) == ([], (), -1, "Press Evolve.")
    stage.set_state({"chosen": [0], "cursor": 3})
    assert (stage.chosen, stage.cursor) == ((), -1)
    stage.lay_out("a", 1)
    stage.put(0, TETRAHEDRON)
    assert stage.places[0].shape["edition"] == stage.edition


def test_texts_are_bounded_and_a_stage_must_say_what_it_shows():
    with pytest.raises(ValueError, match="alt text"):
        PlaceStage(" ")
    stage = PlaceStage("x" * 5_000)
    stage.lay_out(["y" * 500], 1, alt="z" * 5_000)
    stage.put(0, None, "w" * 500)
    assert len(stage.alt) == LONGEST_ALT
    assert len(stage.labels[0]) == len(stage.places[0].shape["label"]) == LONGEST_LABEL


def test_nothing_is_left_of_a_closed_stage():
    def held():
        kinds = (ThreeWidget, RenderableWidget, Place)
        return {name for name, widget in _instances.items() if isinstance(widget, kinds)}

    before = held()
    stage = laid_out()
    stage.put(0, TETRAHEDRON)
    assert len(held()) > len(before)
    stage.close()
    assert held() == before
