"""The toolbox without a browser: what is set, what follows from it, what a hostile page can do."""

import io

import numpy as np
import pytest
from PIL import Image

from nbutils import zoo
from nbutils.deepvis.dashboards import narrow_maps, pets_before_food, toolbox
from nbutils.deepvis.dashboards.toolbox import Toolbox
from nbutils.deepvis.view import View
from nbutils.widgets import ErrorLine, check


@pytest.fixture
def box():
    return Toolbox(View())


def send_frame(box, picture, seq=1, encoding="raw"):
    size = picture.shape[0]
    if encoding == "raw":
        data = np.ascontiguousarray(picture).tobytes()
    else:
        out = io.BytesIO()
        Image.fromarray(picture).save(out, "JPEG", quality=95)
        data = out.getvalue()
    box.parts.camera._handle_custom_msg({"type": "frame", "seq": seq, "size": size, "format": encoding}, [data])


def picture_of(name, size=224):
    return zoo.read_photo(next(photo for photo in zoo.photos() if photo.name == name), size)


def test_it_opens_on_a_photograph_with_everything_drawn(box):
    parts = box.parts
    assert parts.wall.shape[0] == box.layer.channels == 576
    assert parts.wall.label == "MobileNetV2, block 14 expand relu: 576 channels"
    assert "cat" in parts.bars.rows[0][0]
    assert parts.enlarged.shape == [1, 14, 14]
    assert len(parts.camera.heat) == 14 * 14
    assert parts.status.figures.startswith("network")


@pytest.mark.parametrize("encoding", ["raw", "jpeg"])
def test_a_camera_frame_is_answered(box, encoding):
    box.change(source="camera")
    assert box.parts.camera.running
    send_frame(box, picture_of("coffee"), encoding=encoding)
    assert box.parts.camera.acknowledged == 1
    assert box.parts.bars.rows[0][0] in ("espresso", "cup", "coffee mug")
    assert box.parts.error.sentence == ""


def test_a_frame_of_the_wrong_size_is_a_sentence_and_the_camera_goes_on(box):
    box.change(source="camera")
    box.parts.camera._handle_custom_msg({"type": "frame", "seq": 1, "size": 64, "format": "raw"}, [b"x"])
    assert "frame" in box.parts.error.sentence
    send_frame(box, picture_of("coffee"), seq=2)
    assert box.parts.camera.acknowledged == 2


def test_what_is_not_seen_is_not_computed(box, monkeypatch):
    from nbutils.deepvis import looking

    wishes = []
    real = looking.look
    monkeypatch.setattr(looking, "look", lambda *given: wishes.append(given[3]) or real(*given))
    box.change(overlay=False)
    box.parts.wall.visible = box.parts.enlarged.visible = box.parts.bars.visible = False
    wishes.clear()
    box.refresh()
    assert wishes[-1].layer is None
    assert not wishes[-1].guesses
    box.parts.bars.visible = True
    box.refresh()
    assert wishes[-1].guesses


def test_guesses_and_numbers_of_a_running_camera_change_at_most_ten_times_a_second(box):
    box.change(source="camera")
    changes = []
    box.parts.bars.observe(changes.append, "rows")
    rng = np.random.default_rng(0)
    for seq in range(1, 5):
        send_frame(box, rng.integers(0, 256, (224, 224, 3), np.uint8), seq)
    assert len(changes) < 4


def test_every_layer_of_every_network_can_be_shown(box):
    for name in ("alexnet", "mobilenet_v2"):
        box.change(network=name, layer="")
        for layer in box.layers:
            box.change(layer=layer.name)
            assert box.parts.wall.shape[0] == layer.channels
            assert box.parts.wall.selected == box.channel < layer.channels
    assert box.view.channel == 521, "the channel that was wanted is kept where a layer has fewer"


def test_signed_layers_are_drawn_about_the_middle_and_stay_so(box):
    box.change(layer="block14.expand_norm", colours="inferno")
    signed = bytes(box.parts.wall.table)
    box.change(layer="block14.expand_relu")
    assert bytes(box.parts.wall.table) != signed
    assert bytes(box.parts.wall.table)[:3] == bytes([0, 0, 4]), "inferno begins nearly black"


def test_an_impossible_view_changes_nothing(box):
    before = box.view
    with pytest.raises(ValueError, match="no layer"):
        box.change(layer="nonsense")
    with pytest.raises(ValueError, match="no photograph"):
        box.change(photo="nobody")
    assert box.view == before
    box.refresh()
    assert box.parts.wall.shape[0] == 576


def test_a_network_that_is_not_there_leaves_the_other_in_place(box, monkeypatch):
    def absent(_name):
        raise zoo.Unavailable("AlexNet is not in the cache.")

    monkeypatch.setattr(zoo, "load", absent)
    with pytest.raises(zoo.Unavailable):
        box.change(network="alexnet", layer="", channel=None)
    assert box.view.network == "mobilenet_v2"
    box.change(layer="conv1")
    assert box.parts.wall.shape[0] == 32


def test_a_wrong_link_is_a_sentence(box):
    box.parts.link.set_state({"arrived": {"count": 1, "settings": {"layer": "nonsense"}}})
    assert 'There is no layer "nonsense"' in box.parts.error.sentence
    box.parts.link.set_state({"arrived": {"count": 2, "settings": {"layer": "conv1", "channel": "3"}}})
    assert box.parts.error.sentence == ""
    assert box.layer.name == "conv1"
    assert box.view.channel == 3


def test_two_toolboxes_share_nothing():
    one, other = Toolbox(View()), Toolbox(View())
    one.change(network="alexnet")
    assert other.view.network == "mobilenet_v2"
    assert other.parts.wall.shape[0] == 576


def test_settings_that_cannot_be_are_a_sentence_in_place_of_the_dashboard():
    line = toolbox(channel=-3)
    assert isinstance(line, ErrorLine)
    assert "channel must be 0 to" in line.sentence


def test_without_networks_it_says_which_command_fetches_them(monkeypatch, tmp_path):
    monkeypatch.setenv("NBUTILS_CACHE", str(tmp_path))
    line = toolbox()
    assert isinstance(line, ErrorLine)
    assert "python -m nbutils data fetch" in line.sentence


def test_the_first_exercise_is_checked_against_the_network():
    exercise = narrow_maps()
    assert check(exercise, "block 14 depthwise").right
    assert check(exercise, "block14.depthwise").right
    assert check(exercise, "Block 14 depthwise · 576 × 7 × 7").right
    for wrong in ("block 14 expand", "block 15 expand", "pool", "nonsense", ""):
        assert not check(exercise, wrong).right


def test_the_second_exercise_has_answers_and_refuses_others():
    exercise = pets_before_food()
    verdicts = [check(exercise, str(channel)) for channel in range(256)]
    right = sum(verdict.right for verdict in verdicts)
    assert 3 <= right <= 128, f"{right} of 256 channels are right"
    assert all("photographs each" in verdict.sentence for verdict in verdicts)
    assert all(verdicts[channel].right for channel in (130, 66, 196)), "the solution names them"
    for wrong in ("-1", "256", "many", ""):
        assert not check(exercise, wrong).right
