"""Comparing: with a kept picture, and with a second network."""

import numpy as np
import pytest

from nbutils import zoo
from nbutils.deepvis import looking
from nbutils.deepvis.dashboards.toolbox import Toolbox
from nbutils.deepvis.view import View, from_settings


@pytest.fixture(scope="module")
def opened():
    return Toolbox(View())


@pytest.fixture
def box(opened):
    opened.reset()
    return opened


def photo(name, size=224):
    return zoo.read_photo(next(found for found in zoo.photos() if found.name == name), size)


def tiles(wall):
    return np.frombuffer(wall.data, np.uint8)


def test_a_kept_picture_minus_itself_is_white_and_another_is_not(box):
    box.keep_picture()
    box.change(wall="difference")
    assert set(tiles(box.parts.wall)) == {128}
    white = np.frombuffer(box.parts.wall.table, np.uint8).reshape(256, 3)[128]
    assert white.min() > 240
    box.change(photo="coffee")
    assert len(set(tiles(box.parts.wall))) > 100
    assert "kept one" in box.parts.note.value


def test_the_strongest_is_then_what_changed_most(box):
    box.keep_picture()
    box.change(photo="coffee", wall="difference", channel=None)
    layer = box.layer
    now, before = (looking.answer_of(box.network, layer, photo(name)) for name in ("coffee", "cat"))
    assert box.channel == int((now - before).abs().amax((1, 2)).argmax())
    assert box.parts.strongest.text == "Go to what changed most"


def test_the_difference_follows_layer_and_network(box):
    box.keep_picture()
    box.change(photo="coffee", wall="difference")
    for network, layer in (("mobilenet_v2", "conv1"), ("alexnet", "conv5"), ("mobilenet_v2", "classes")):
        box.change(network=network, layer=layer)
        now, before = (looking.answer_of(box.network, box.layer, photo(name)) for name in ("coffee", "cat"))
        ranges = np.frombuffer(box.parts.wall.ranges, np.float32)
        assert ranges.max() == pytest.approx(float((now - before).max()), rel=1e-3)


def test_without_a_kept_picture_the_wall_says_how_to_keep_one(box):
    box.change(wall="difference")
    assert box.parts.wall.shape[0] == 0
    assert "Keep this picture" in box.parts.wall.empty
    box.keep_picture()
    assert box.parts.wall.shape[0] == 576
    box.forget_picture()
    assert box.parts.wall.shape[0] == 0
    assert box.kept.small.layout.display is None or box.kept.small.layout.display == "none"


def test_a_kept_photograph_comes_back_by_its_link_and_goes_with_reset(box):
    box.keep_picture()
    box.change(photo="coffee", wall="difference")
    settings = box.parts.link.settings
    assert settings["kept"] == "cat"
    pixels = tiles(box.parts.wall).copy()
    box.reset()
    assert box.kept.pixels is None
    assert box.view.wall == "answers"
    box.show(from_settings(settings))
    np.testing.assert_array_equal(tiles(box.parts.wall), pixels)
    with pytest.raises(ValueError, match="no photograph"):
        box.change(kept="nobody")
    assert box.view.kept == "cat"


def test_a_camera_frame_can_be_kept_but_is_in_no_link(box):
    box.keep_picture()
    box.change(source="camera")
    box.sources.pixels = photo("coffee")
    box.keep_picture()
    assert box.view.kept == ""
    assert "kept" not in box.parts.link.settings
    np.testing.assert_array_equal(box.kept.pixels, photo("coffee"))
    box.change(wall="difference", source="photographs", photo="coffee")
    assert set(tiles(box.parts.wall)) == {128}
    box.reset()
    assert box.kept.pixels is None


def test_two_networks_look_at_one_picture(box):
    box.change(beside="efficientnet_lite0")
    beside = box.beside
    network = zoo.load("efficientnet_lite0")
    known = looking.list_layers(network)
    expected = looking.look(network, known, photo("cat"), looking.Wish(None, guesses=True)).guesses
    assert [row[0] for row in beside.bars.rows] == [name for name, _ in expected]
    assert "EfficientNet-Lite0" in beside.heading.value
    assert beside.wall.shape[0] == looking.starting_layer(network, known).channels
    assert "answers with" in beside.caption.value
    assert "MobileNetV2" in box.parts.status.figures
    assert "EfficientNet-Lite0" in box.parts.status.figures
    assert "cat" in box.parts.bars.rows[0][0]


def test_the_second_network_has_its_own_layer_and_channel(box):
    box.change(beside="alexnet")
    strongest = box.view.beside_channel
    box.beside.layer.value = "conv5"
    assert box.view.beside_layer == "conv5"
    assert box.beside.wall.shape[0] == 256
    assert box.view.layer == ""
    box.step_beside(1)
    assert box.view.beside_layer == "relu5"
    box.beside.wall.selected = 9
    assert box.view.beside_channel == 9 != strongest
    assert "channel 9" in box.beside.caption.value
    assert "no classes" in box.beside.bars.empty
    assert box.parts.error.sentence == ""


def test_a_second_network_that_is_not_seen_costs_nothing(box, monkeypatch):
    box.change(beside="alexnet")
    asked, real = [], looking.look
    monkeypatch.setattr(looking, "look", lambda *given: asked.append(given[0].name) or real(*given))
    box.beside.wall.visible = box.beside.bars.visible = False
    asked.clear()
    box.take_picture(photo("coffee"), True)
    assert asked == ["mobilenet_v2"]
    box.beside.wall.visible = box.beside.bars.visible = True
    asked.clear()
    box.take_picture(photo("coffee"), True)
    assert asked == ["mobilenet_v2", "alexnet"]
    box.change(beside="")
    asked.clear()
    box.refresh()
    assert asked == ["mobilenet_v2"]
    assert box.beside.box.layout.display == "none"


def test_an_impossible_second_network_changes_nothing(box):
    before = box.view
    with pytest.raises(ValueError, match="beside must be one of"):
        box.change(beside="resnet")
    with pytest.raises(ValueError, match="no layer"):
        box.change(beside="alexnet", beside_layer="nonsense")
    with pytest.raises(ValueError, match="no layer"):
        box.change(frozen_layer="nonsense", frozen_channel=1)
    assert box.view == before
    box.refresh()
    assert box.parts.wall.shape[0] == 576
