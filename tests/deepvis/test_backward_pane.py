"""What in the picture makes a channel answer: the pane, freezing, and the wall that shows the way back."""

from importlib import import_module

import numpy as np
import pytest

from nbutils.deepvis import looking
from nbutils.deepvis.dashboards import backward_pane
from nbutils.deepvis.dashboards.toolbox import Toolbox
from nbutils.deepvis.view import LIVE_METHODS, View


@pytest.fixture(scope="module")
def opened():
    return Toolbox(View(backward=True))


@pytest.fixture
def box(opened):
    opened.reset()
    return opened


@pytest.fixture
def wishes(monkeypatch):
    """All that is asked of a look from now on."""
    asked, real = [], looking.look
    monkeypatch.setattr(looking, "look", lambda *given: asked.append(given[3]) or real(*given))
    return asked


def shown(box):
    height, width = box.backward.picture.shape[1:]
    return np.frombuffer(box.backward.picture.data, np.uint8).reshape(height, width, 3)


def test_each_method_draws_another_picture(box):
    pictures = {}
    for method in LIVE_METHODS:
        box.change(method=method)
        pictures[method] = shown(box).astype(int)
        assert pictures[method].std() > 1
    for one in LIVE_METHODS:
        for other in LIVE_METHODS:
            if one < other:
                assert np.abs(pictures[one] - pictures[other]).max() > 20, f"{one} is drawn as {other} is"


def test_every_way_to_show_and_to_start_draws(box):
    drawn = set()
    for fields in ({"shown": "raw"}, {"shown": "gray"}, {"shown": "norm"}, {"shown": "blurred norm"}, {"seed": "one"}):
        box.change(**fields)
        drawn.add(shown(box).tobytes())
    assert len(drawn) == 5


def test_faint_pixels_are_lifted_about_the_middle():
    picture = np.full((2, 2, 3), 128, np.uint8)
    picture[0, 0] = (130, 120, 255)
    lifted = backward_pane.lift_picture(picture, View(gamma=0.3))
    assert lifted[1, 1].tolist() == [128, 128, 128]
    assert lifted[0, 0, 0] > 160
    assert lifted[0, 0, 1] < 90
    assert backward_pane.lift_picture(picture, View(gamma=0.3, method="grad_cam")) is picture


def test_a_closed_or_hidden_pane_costs_nothing(box, wishes):
    box.backward.picture.visible = False
    box.refresh()
    assert wishes[-1].back is None
    box.backward.picture.visible = True
    assert wishes[-1].back.picture, "it is filled when it comes into sight"
    box.change(backward=False)
    assert wishes[-1].back is None


def test_a_channel_that_does_not_answer_says_so(box):
    silent = int(np.argmin(np.frombuffer(box.parts.wall.ranges, np.float32).reshape(-1, 2)[:, 1]))
    assert np.frombuffer(box.parts.wall.ranges, np.float32).reshape(-1, 2)[silent, 1] == 0
    box.change(channel=silent)
    assert box.backward.picture.shape[0] == 0
    assert "does not answer" in box.backward.picture.empty
    box.change(channel=None)
    assert box.backward.picture.shape[0] == 1


def test_a_frozen_unit_stays_while_layers_are_browsed(box):
    box.switch_freeze()
    before, unit = shown(box).copy(), box.unit
    for layer in ("conv1", "block6.expand_relu", "last"):
        box.change(layer=layer, channel=3)
        assert box.unit == unit
        assert np.abs(shown(box).astype(int) - before).max() <= 2, f"another picture at {layer}"
    assert "block 14 expand relu · channel 521" in box.parts.frozen.value
    box.switch_freeze()
    assert box.unit.layer == "last"
    assert np.abs(shown(box).astype(int) - before).max() > 20


def test_another_network_ends_a_freeze(box):
    box.switch_freeze()
    box.parts.network.value = "alexnet"
    assert box.view.frozen_layer == ""
    assert box.unit.layer == box.layer.name == "relu5"
    assert box.parts.error.sentence == ""


def test_the_backward_wall_shows_what_passes_each_layer_and_says_where_nothing_does(box):
    box.switch_freeze()
    box.change(wall="backward", layer="block6.expand_relu", channel=None)
    ranges = np.frombuffer(box.parts.wall.ranges, np.float32).reshape(-1, 2)
    assert box.parts.wall.shape[0] == 192
    assert ranges.min() < 0 < ranges.max()
    assert box.channel == int(np.abs(ranges).max(1).argmax())
    assert "block 14 expand relu · channel 521" in box.parts.note.value
    box.change(layer="last")
    assert box.parts.wall.shape[0] == 0
    assert box.parts.wall.empty.startswith("last runs after block 14 expand relu · channel 521")
    box.change(wall="answers")
    assert box.parts.wall.shape[0] == 1280


def test_the_backward_wall_of_the_selected_channel_is_its_own_tile_alone(box):
    box.change(wall="backward")
    ranges = np.abs(np.frombuffer(box.parts.wall.ranges, np.float32).reshape(-1, 2)).max(1)
    assert ranges.argmax() == box.channel
    assert (ranges > 0).sum() == 1


def test_slow_methods_wait_for_a_picture_that_stands_still(box, monkeypatch):
    worked = []
    pictures = iter(np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), np.uint8))
    module = import_module("nbutils.deepvis.dashboards.toolbox")

    def attribute(*given):
        worked.append(given[4])
        yield next(pictures)

    monkeypatch.setattr(module, "attribute", attribute)
    box.change(source="camera", method="integrated")
    assert "hold or pause the picture" in box.backward.picture.empty
    box.take_picture(box.sources.pixels.copy(), True)
    assert worked == []
    box.sources.parts.hold.value = True
    assert worked == ["integrated"]
    assert box.backward.picture.shape[0] == 1
    box.change(source="photographs", photo="coffee")
    assert len(worked) == 2
    box.change(share=1.0)
    assert len(worked) == 2, "what was worked out is not worked out again"
    assert box.backward.picture.shape[0] == 1


def test_a_method_that_cannot_be_is_told_in_the_pane(box):
    box.change(layer="conv1_relu", method="grad_cam", channel=None)
    assert "below it is only the picture" in box.backward.picture.empty
    assert box.parts.wall.shape[0] == 32


def test_only_those_controls_are_there_that_the_method_takes(box):
    def there(part):
        return part.layout.display is None

    pane = box.backward
    assert there(pane.shown)
    assert there(pane.seed)
    box.change(layer="classes", channel=None)
    assert not there(pane.seed), "a unit without a map starts in one way"
    box.change(method="grad_cam")
    assert not there(pane.shown)
    box.change(backward=False)
    assert not any(there(part) for part in (pane.method, pane.shown, pane.seed, pane.picture))
