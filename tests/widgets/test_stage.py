import numpy as np
import pytest
from hypothesis import given, settings
from ipywidgets.widgets.widget import _instances
from pythreejs._base.renderable import RenderableWidget
from pythreejs._base.Three import ThreeWidget

from nbutils.widgets.stage import Mesh, Stage, Voxels
from nbutils.widgets.stage_three import LONGEST_ALT, LONGEST_LABEL
from tests.widgets.anything import ANYTHING

TETRAHEDRON = Mesh(np.eye(4, 3), np.array([[0, 1, 2], [0, 2, 3], [0, 3, 1], [1, 3, 2]]))


def cubes(number, size=2):
    return [Voxels(np.ones((size, size, size)), f"cube {index}") for index in range(number)]


def film(frames=3, objects=2):
    stage = Stage("Cubes that grow")
    stage.show_film([cubes(objects, 1 + frame) for frame in range(frames)], 2)
    return stage


HELD = film()


def parts_of(stage):
    """Return every widget that a stage has made."""
    scene, geometries = stage.renderer.scene, [stage.geometry, stage.boxes]
    parts = [stage.renderer, stage.renderer.shadowMap, stage.renderer.camera, scene, *scene.children, *geometries]
    for child in scene.children:
        parts += [child.material, child.geometry]
    for geometry in geometries:
        parts += geometry.attributes.values()
    return parts


def open_parts():
    """Return which widgets of pythreejs a kernel would hold."""
    kinds = (ThreeWidget, RenderableWidget)
    return {name for name, widget in _instances.items() if isinstance(widget, kinds)}


def test_what_is_shown_reaches_the_page_as_arrays():
    stage = Stage("Two cubes")
    stage.show_voxels(cubes(2), 2)
    arrays = {name: part.array for name, part in stage.geometry.attributes.items()}
    assert stage.starts == [0, 96]
    assert stage.places == [[0, 0], [1, 0]]
    assert stage.labels == ["cube 0", "cube 1"]
    assert np.frombuffer(stage.cells, np.uint8).reshape(-1, 3).max() == 1
    assert arrays["index"].dtype == np.uint32
    assert arrays["position"].dtype == np.float32
    assert len(arrays["index"]) == 3 * 97
    # Colours are shares of 255, places are numbers.
    shares = {name for name, part in stage.geometry.attributes.items() if part.normalized}
    assert shares == {"normal", "tint", "rim"}


def test_a_film_is_sent_once_and_played_without_asking_for_more():
    stage = film(frames=3)
    before = stage.geometry
    assert len(stage.starts) == 4
    stage.set_state({"frame": 2})
    assert stage.frame == 2
    assert stage.geometry is before


def test_meshes_have_no_cells_to_sort_by():
    stage = Stage("A tetrahedron")
    stage.show_meshes([TETRAHEDRON], 1)
    assert stage.starts == [0, 4]
    assert bytes(stage.cells) == b""


def test_a_new_picture_takes_the_place_of_the_old_one_whole():
    stage = film()
    stage.selected, stage.frame = 1, 2
    old = [stage.geometry, stage.boxes, *stage.geometry.attributes.values(), *stage.boxes.attributes.values()]
    stage.show_voxels(cubes(1), 1)
    assert all(part.comm is None for part in old)
    assert all(part.comm is not None for part in parts_of(stage))
    assert (stage.selected, stage.frame, stage.starts) == (0, 0, [0, 48])


def test_what_cannot_be_shown_leaves_what_is_shown():
    stage = film()
    before = stage.get_state()
    with pytest.raises(ValueError, match="same number"):
        stage.show_film([cubes(1), cubes(2)], 2)
    assert stage.get_state() == before


def test_a_cleared_stage_says_why_and_can_be_filled_again():
    stage = film()
    stage.clear("Press Start.")
    assert (stage.geometry, stage.starts, stage.selected, stage.empty) == (None, [], -1, "Press Start.")
    stage.set_state({"selected": 0, "frame": 1})
    assert (stage.selected, stage.frame) == (-1, 0)
    stage.show_voxels(cubes(1), 1)
    assert stage.geometry is not None


def test_nothing_is_left_of_a_closed_stage():
    before = open_parts()
    stage = film()
    stage.show_voxels(cubes(1), 1)
    assert len(open_parts()) > len(before)
    stage.close()
    assert stage.comm is None
    assert open_parts() == before


def test_texts_are_bounded_and_a_stage_must_say_what_it_shows():
    with pytest.raises(ValueError, match="alt text"):
        Stage(" ")
    stage = Stage("x" * 5_000)
    stage.show_voxels([Voxels(np.ones((1, 1, 1)), "y" * 500)], 1, captions=["z" * 500])
    assert len(stage.alt) == LONGEST_ALT
    assert len(stage.labels[0]) == len(stage.captions[0]) == LONGEST_LABEL


def test_a_selection_is_told_and_letting_go_of_it_is_not():
    stage, told = film(), []
    stage.on_select(told.append)
    stage.set_state({"selected": 1})
    stage.set_state({"selected": -1})
    stage.set_state({"selected": 0})
    assert told == [1, 0]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [({"selected": 99}, 1), ({"selected": -7}, -1), ({"frame": 99}, 2), ({"frame": -1}, 0), ({"frame": 1.0}, 1)],
)
def test_what_a_page_sends_is_brought_into_bounds(sent, kept):
    stage = film()
    stage.set_state(sent)
    ((name, _),) = sent.items()
    assert getattr(stage, name) == kept


@settings(max_examples=60, deadline=None)
@given(value=ANYTHING)
def test_a_page_sets_only_what_is_meant(value):
    stage = HELD
    before = {name: state for name, state in stage.get_state().items() if name not in ("selected", "frame", "visible")}
    stage.set_state(dict.fromkeys(stage.keys, value))
    assert {name: stage.get_state()[name] for name in before} == before
    assert stage.selected in (-1, 0, 1)
    assert stage.frame in (0, 1, 2)
    assert stage.visible in (True, False)


def test_a_page_changes_nothing_of_what_the_stage_is_made_of():
    for part in parts_of(HELD):
        before = part.get_state()
        part.set_state(dict.fromkeys(part.keys, "intruder"))
        part.set_state({"array": np.zeros(3), "fragmentShader": "void main() {}", "_width": 10**9, "children": []})
        part.set_state("intruder")
        after = part.get_state()
        assert after.keys() == before.keys()
        assert all(after[name] is before[name] or np.array_equal(after[name], before[name]) for name in before)


@pytest.mark.parametrize(
    "content", [None, [], "text", {}, {"type": "exec_three_obj_method_retval"}, {"event": "select"}]
)
def test_messages_that_nobody_meant_are_passed_over(content, caplog):
    for part in [HELD, *parts_of(HELD)]:
        part._handle_custom_msg(content, [])
    assert caplog.records == []
