"""Where pictures come from, without a browser: uploads, films, one's own photographs and networks."""

import io
import os
import time

import av
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from nbutils import zoo
from nbutils.deepvis.dashboards import toolbox
from nbutils.deepvis.dashboards.toolbox import Toolbox, first_view
from nbutils.deepvis.view import View, from_settings, to_python
from nbutils.widgets import ErrorLine


@pytest.fixture
def box():
    return Toolbox(View())


def photo(name, size=224):
    return zoo.read_photo(next(photo for photo in zoo.photos() if photo.name == name), size)


def upload(box, pixels, name="mine.png"):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    box.sources.parts.picker._handle_custom_msg({"event": "picture", "name": name}, [out.getvalue()])


def make_film(names, frames=5, size=224):
    """Return an MP4 file that shows each photograph for some frames."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10, options={"crf": "10"})
        stream.width = stream.height = size
        stream.pix_fmt = "yuv420p"
        for name in names:
            for _ in range(frames):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(photo(name, size), format="rgb24")))
        container.mux(stream.encode())
    return out.getvalue()


def send_film(box, data, name="film.mp4"):
    player = box.sources.film.player
    player._handle_custom_msg({"event": "begin", "upload": 1, "name": name, "size": len(data)}, [])
    for chunk, start in enumerate(range(0, len(data), 1_000_000)):
        part = data[start : start + 1_000_000]
        player._handle_custom_msg({"event": "chunk", "upload": 1, "chunk": chunk}, [part])


def go_to(box, index, seq=1):
    box.sources.film.player._handle_custom_msg({"event": "place", "index": index, "seq": seq}, [])


def best_guess(box):
    return box.parts.bars.rows[0][0]


def test_an_uploaded_picture_is_looked_at_in_its_middle_square(box):
    box.change(source="upload")
    wide = np.zeros((224, 400, 3), np.uint8)
    wide[:, 88:312] = photo("coffee")
    upload(box, wide, "lunch.png")
    assert best_guess(box) in ("espresso", "cup", "coffee mug")
    np.testing.assert_array_equal(box.sources.pixels, photo("coffee"))
    assert box.parts.camera.still_alt == "upload lunch.png"
    assert "lunch.png" in box.parts.status.message
    assert box.parts.error.sentence == ""


def test_an_upload_stays_there_while_photographs_are_looked_at(box):
    box.change(source="upload")
    upload(box, photo("coffee"))
    box.change(source="photographs")
    assert "cat" in best_guess(box)
    box.change(source="upload")
    np.testing.assert_array_equal(box.sources.pixels, photo("coffee"))
    assert best_guess(box) in ("espresso", "cup", "coffee mug")


def test_a_broken_upload_is_a_sentence_and_the_last_picture_stays(box):
    box.change(source="upload")
    upload(box, photo("coffee"))
    picker = box.sources.parts.picker
    picker._handle_custom_msg({"event": "picture", "name": "notes.txt"}, [b"these are words"])
    assert picker.report["fault"]
    assert "no picture" in picker.report["sentence"]
    np.testing.assert_array_equal(box.sources.pixels, photo("coffee"))
    box.change(layer="conv1")
    assert box.parts.wall.shape[0] == 32


@pytest.mark.parametrize(("source", "sentence"), [("upload", "Choose a picture"), ("video", "Choose a film")])
def test_a_link_cannot_carry_a_file_and_says_so(box, source, sentence):
    box.parts.link.set_state({"arrived": {"count": 1, "settings": {"source": source}}})
    assert box.view.source == source
    assert box.parts.status.message.startswith(sentence)
    assert "photograph cat" in box.parts.status.message
    assert "cat" in best_guess(box)
    assert box.parts.error.sentence == ""


def shown(widget):
    return widget.layout.display != "none"


@pytest.mark.parametrize("source", ["camera", "photographs", "upload", "video"])
def test_each_source_has_just_its_own_controls(box, source):
    box.change(source=source)
    parts = box.sources.parts
    assert shown(parts.later) == shown(parts.browse) == (source == "photographs")
    assert shown(parts.hold) == shown(parts.mirror) == (source == "camera")
    assert shown(parts.picker) == (source == "upload")
    assert shown(box.sources.film.player) == (source == "video")
    assert parts.source.value == source


def test_a_film_is_looked_at_frame_by_frame(box):
    box.change(source="video")
    send_film(box, make_film(["cat", "coffee"]))
    player = box.sources.film.player
    assert player.film["frames"] == 10
    assert player.film["fps"] == pytest.approx(10)
    assert np.abs(box.sources.pixels.astype(int) - photo("cat")).mean() < 6
    wall = bytes(box.parts.wall.data)
    go_to(box, 7)
    assert player.place == 7
    assert player.acknowledged == 1
    assert np.abs(box.sources.pixels.astype(int) - photo("coffee")).mean() < 6
    assert best_guess(box) in ("espresso", "cup", "coffee mug")
    assert bytes(box.parts.wall.data) != wall
    assert box.parts.camera.still_alt == "film film.mp4, frame 8 of 10"


def test_a_playing_film_says_how_fast_it_is_and_ends_with_the_words_of_its_last_frame(box):
    box.change(source="video")
    send_film(box, make_film(["cat", "coffee"]))
    player = box.sources.film.player
    player.set_state({"playing": True})
    assert box.sources.live
    box._meter._told_at = 0.0
    go_to(box, 1, 1)
    go_to(box, 2, 2)
    assert "frames/s" in box.parts.status.figures
    go_to(box, 7, 3)
    player.set_state({"playing": False})
    assert not box.sources.live
    assert best_guess(box) in ("espresso", "cup", "coffee mug")


def test_a_film_stops_when_another_source_is_chosen_and_stays_at_its_place(box):
    box.change(source="video")
    send_film(box, make_film(["cat", "coffee"]))
    go_to(box, 7)
    box.sources.film.player.set_state({"playing": True})
    box.change(source="photographs")
    assert not box.sources.film.player.playing
    assert box.parts.camera.still_alt == "photograph cat"
    box.change(source="video")
    assert box.parts.camera.still_alt == "film film.mp4, frame 8 of 10"


def test_what_is_no_film_is_a_sentence_and_the_film_before_goes_on(box):
    box.change(source="video")
    send_film(box, make_film(["cat", "coffee"]))
    send_film(box, b"no film at all" * 100, "notes.mp4")
    assert box.sources.film.player.report["fault"]
    go_to(box, 7)
    assert best_guess(box) in ("espresso", "cup", "coffee mug")


def test_a_frame_of_a_film_is_shown_in_less_than_three_milliseconds(box):
    pixels, times = photo("coffee"), []
    for _ in range(15):
        begin = time.perf_counter()
        box.sources._show_still(pixels, "film x, frame 1 of 2", 80)
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.003


def grey_network(name="digits", size=28):
    module = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Linear(6 * (size - 2) ** 2, 10))
    return zoo.wrap(
        module, size=size, mean=0.5, std=0.5, channels=1, labels=list("0123456789"), name=name, title="Digits"
    )


def test_a_network_of_another_size_and_one_channel_can_be_chosen(box):
    mixed = Toolbox(View(), own=[grey_network()])
    assert ["", "Digits"] in mixed.parts.network.labels
    mixed.change(network="digits", layer="", channel=None)
    assert mixed.sources.pixels.shape == (224, 224, 3)
    assert mixed.parts.wall.shape[0] in (6, 10)
    mixed.change(layer="0")
    assert mixed.parts.wall.shape[0] == 6
    assert len(mixed.parts.bars.rows) == 5
    mixed.change(network="mobilenet_v2", layer="", channel=None)
    assert "cat" in best_guess(mixed)
    with pytest.raises(ValueError, match="network must be one of"):
        box.change(network="digits")


def test_a_large_network_gets_large_pictures_from_every_source():
    large = zoo.wrap(nn.Sequential(nn.Conv2d(3, 4, 8, stride=8)), size=400, mean=0.5, std=0.5, name="large")
    box = Toolbox(View(network="large"), own=[large])
    assert box.sources.pixels.shape == (400, 400, 3)
    assert box.parts.camera.size == 400
    box.change(source="upload")
    upload(box, photo("coffee", 300))
    assert box.sources.pixels.shape == (400, 400, 3)
    box.change(network="mobilenet_v2", layer="", channel=None)
    assert box.sources.pixels.shape == (224, 224, 3)


def test_a_frame_held_at_another_size_goes_to_the_next_network_too():
    large = zoo.wrap(nn.Sequential(nn.Conv2d(3, 4, 8, stride=8)), size=400, mean=0.5, std=0.5, name="large")
    box = Toolbox(View(source="camera"), own=[large])
    content = {"type": "frame", "seq": 1, "size": 224, "format": "raw"}
    box.parts.camera._handle_custom_msg(content, [photo("coffee").tobytes()])
    box.sources.parts.hold.value = True
    box.change(network="large", layer="", channel=None)
    assert box.parts.wall.shape[0] == 4
    assert box.parts.error.sentence == ""


def test_a_network_without_named_classes_says_so():
    unnamed = zoo.wrap(
        nn.Sequential(nn.Flatten(), nn.Linear(3 * 64, 5)), size=8, mean=0.5, std=0.5, title="Five numbers"
    )
    assert Toolbox(View(network=unnamed.name), own=[unnamed]).parts.bars.empty == (
        "Five numbers names no classes: there is nothing to guess."
    )


def test_what_of_a_network_is_not_among_its_layers_is_named():
    class Bent(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)

        def forward(self, x):
            return torch.erf(self.conv(x)).sum((2, 3))

    box = Toolbox(View(), own=[zoo.wrap(Bent(), size=16, mean=0.5, std=0.5, name="bent")])
    assert "Not among its layers" not in box.parts.heading.value
    box.change(network="bent", layer="", channel=None)
    assert "Not among its layers, because of no known kind: erf()" in box.parts.heading.value


def test_two_networks_of_one_name_are_a_sentence():
    line = toolbox(own=[grey_network(), grey_network()])
    assert isinstance(line, ErrorLine)
    assert 'Two networks are called "digits"' in line.sentence


def test_what_was_given_stands_in_the_line_of_python():
    box = Toolbox(View(), own=[grey_network()])
    box.change(network="digits", layer="0", channel=2)
    line = to_python(box.view, box.new, box.given)
    assert line.endswith("toolbox(own=own, network='digits', layer='0', channel=2)")
    assert from_settings({"network": "digits"}, box.networks.names).network == "digits"


@pytest.fixture
def folder(tmp_path):
    for name in ("coffee", "coins"):
        Image.fromarray(photo(name)).save(tmp_path / f"{name}.png")
    return tmp_path


def test_own_photographs_begin_at_the_first_one_and_a_link_may_leave_it_out(folder, monkeypatch):
    monkeypatch.setenv("NBUTILS_PUBLISH", "1")
    album = zoo.photos(folder)
    first, second = (one.name for one in album)
    box = Toolbox(first_view(album), photos=album)
    assert box.parts.camera.still_alt == f"photograph {first}"
    box.sources.step_photo(1)
    assert box.parts.camera.still_alt == f"photograph {second}"
    box.parts.link.set_state({"arrived": {"count": 1, "settings": {"layer": "conv1"}}})
    assert box.parts.error.sentence == ""
    assert box.parts.camera.still_alt == f"photograph {first}"
    box.sources.parts.browse.value = True
    assert box.sources.parts.strip.shape[0] == 2
    assert to_python(box.view, box.new, box.given).endswith("toolbox(photos=photos, layer='conv1', channel=8)")


def test_what_was_skipped_in_a_folder_is_said_once(folder):
    (folder / "notes.jpg").write_text("these are words")
    album = zoo.photos(folder)
    box = Toolbox(first_view(album), photos=album)
    assert box.parts.status.message == album.summary
    assert "1 skipped" in album.summary
    box.sources.step_photo(1)
    assert box.parts.status.message.startswith("Photograph")


def test_a_photograph_that_is_gone_is_a_sentence_and_the_next_one_can_be_looked_at(folder):
    album = zoo.photos(folder)
    box = Toolbox(first_view(album), photos=album)
    album[1].path.unlink()
    box.sources.parts.later.value += 1
    assert "not there any more" in box.parts.error.sentence
    box.sources.parts.later.value += 1
    assert box.parts.error.sentence == ""
    assert box.parts.camera.still_alt == f"photograph {album[0].name}"


def test_a_folder_without_pictures_is_a_sentence(tmp_path):
    line = toolbox(photos=zoo.photos(tmp_path))
    assert isinstance(line, ErrorLine)
    assert "no photograph" in line.sentence


def test_a_network_without_layers_is_a_sentence():
    bare = zoo.wrap(nn.Flatten(), size=32, mean=0.5, std=0.5, name="bare")
    line = toolbox(own=[bare], network="bare")
    assert isinstance(line, ErrorLine)
    assert "nothing to look at" in line.sentence


def test_heavy_networks_get_more_threads_and_light_ones_one(box, monkeypatch):
    import torch

    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(2)), raising=False)
    before = torch.get_num_threads()
    try:
        heavy = zoo.wrap(nn.Sequential(nn.Conv2d(3, 64, 31, padding=15)), size=112, mean=0.5, std=0.5, name="heavy")
        mixed = Toolbox(View(), own=[heavy])
        assert torch.get_num_threads() == 1
        mixed.networks.use_threads("heavy")
        assert torch.get_num_threads() == 2
        mixed.change(layer="conv1")
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
