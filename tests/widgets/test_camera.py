import io

import numpy as np
import pytest
from PIL import Image

from nbutils.widgets.camera import PROBLEMS, Camera, read_frame


def send(camera, content, buffers=()):
    """Deliver a message as a page would; return the number that was acknowledged."""
    camera._handle_custom_msg(content, list(buffers))
    return camera.acknowledged


def raw(size=32, value=7):
    return memoryview(bytes([value]) * (size * size * 3))


@pytest.fixture
def seen():
    return []


@pytest.fixture
def camera(seen):
    return Camera(on_frame=seen.append, running=True)


def test_a_raw_frame_arrives_and_is_acknowledged(camera, seen):
    content = {"type": "frame", "seq": 3, "size": 32, "format": "raw", "trip": 12.5, "capture": 1}
    assert send(camera, content, [raw()]) == 3
    assert seen[0].pixels.shape == (32, 32, 3)
    assert seen[0].trip_ms == 12.5


def test_a_jpeg_frame_arrives(camera, seen):
    out = io.BytesIO()
    Image.new("RGB", (32, 32), (200, 10, 10)).save(out, "JPEG")
    send(camera, {"type": "frame", "seq": 1, "size": 32, "format": "jpeg"}, [out.getvalue()])
    assert abs(int(seen[0].pixels[0, 0, 0]) - 200) < 5


def test_a_failing_callback_is_told_and_the_camera_goes_on():
    def fail(_frame):
        raise RuntimeError("the network fell over.")

    told, camera = [], Camera(on_frame=fail, running=True)
    camera.on_error(told.append)
    assert send(camera, {"type": "frame", "seq": 5, "size": 32, "format": "raw"}, [raw()]) == 5
    assert "fell over" in str(told[0])


def test_the_frame_under_way_when_a_hold_begins_is_the_one_that_is_held(camera, seen):
    camera.hold = True
    send(camera, {"type": "frame", "seq": 1, "size": 32, "format": "raw"}, [raw(value=200)])
    assert seen[0].pixels.max() == 200


def test_frames_that_come_after_the_camera_stopped_are_dropped(camera, seen):
    camera.running = False
    assert send(camera, {"type": "frame", "seq": 1, "size": 32, "format": "raw"}, [raw()]) == 1
    assert seen == []


def bomb():
    out = io.BytesIO()
    Image.new("L", (9000, 9000)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "buffer"),
    [
        ({"size": 10**6}, b""),
        ({"size": "32"}, b""),
        ({"size": True}, b""),
        ({"size": 32, "format": "raw"}, b"short"),
        ({"size": 32, "format": "jpeg"}, b"not a picture"),
        ({"size": 32, "format": "jpeg"}, b"\xff\xd8\xff" + b"\0" * 50),
        ({"size": 32, "format": "jpeg"}, bomb()),
        ({}, b""),
    ],
)
def test_a_hostile_frame_is_a_sentence(content, buffer):
    with pytest.raises(ValueError, match=r"frame") as caught:
        read_frame(content, [buffer])
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "content",
    [None, "frame", {"type": "other"}, {}, {"type": "frame", "seq": "1"}, {"type": "frame", "seq": 2**60}],
)
def test_other_messages_are_ignored(camera, seen, content):
    assert send(camera, content) == 0
    assert seen == []


@pytest.mark.parametrize("code", [code for code in PROBLEMS if code])
def test_every_problem_is_a_sentence_that_says_what_to_do(code):
    camera = Camera()
    camera.set_state({"problem": code})
    assert camera.sentence.endswith(".")
    assert "photographs" in camera.sentence


def test_a_hostile_page_sets_only_what_it_may():
    camera = Camera()
    camera.set_state(
        {
            "problem": "<b>pwned</b>",
            "sentence": "pwned",
            "size": 10**9,
            "device": "x" * 10**6,
            "devices": [["a", "<b>one</b>"], ["b", "two"]] * 50,
            "running": "yes",
            "still": b"x",
        }
    )
    assert (camera.problem, camera.sentence, camera.size, camera.device) == ("", "", 224, "")
    assert (camera.running, bytes(camera.still)) == (False, b"")
    assert len(camera.devices) == 20


def test_still_and_heat_are_traits_that_a_late_page_still_sees():
    camera = Camera()
    camera.show_still(np.zeros((8, 8, 3), np.uint8), "a black square")
    camera.show_heat(np.full((2, 3), 9, np.uint8))
    assert Image.open(io.BytesIO(bytes(camera.still))).size == (8, 8)
    assert (camera.heat_shape, bytes(camera.heat)) == ([2, 3], b"\x09" * 6)
    camera.show_heat(None)
    assert bytes(camera.heat) == b""
