"""What is saved is what the network answered, and says where it comes from."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import nbutils
from nbutils import zoo
from nbutils.deepvis import exporting
from nbutils.deepvis.dashboards.exporting import save_numbers, save_view
from nbutils.deepvis.dashboards.toolbox import Toolbox
from nbutils.deepvis.view import View


@pytest.fixture
def box():
    return Toolbox(View())


def read_numbers(data):
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        return held["activations"], held["input"], json.loads(str(held["provenance"]))


def answer_by_hook(network, name, pixels):
    """Return what a module answers as a plain hook of torch sees it."""
    seen = []
    hook = network.module.get_submodule(name).register_forward_hook(lambda _module, _given, out: seen.append(out))
    with torch.no_grad():
        network.module(zoo.prepare(network, pixels))
    hook.remove()
    return seen[0][0].numpy()


def test_the_numbers_are_those_of_the_layer_and_the_picture(box):
    name, data = save_numbers(box)
    activations, pixels, provenance = read_numbers(data)
    cat = zoo.read_photo(next(photo for photo in zoo.photos() if photo.name == "cat"), 224)
    np.testing.assert_array_equal(pixels, cat)
    assert activations.dtype == np.float32
    np.testing.assert_allclose(
        activations, answer_by_hook(box.network, "block14.expand_relu", cat), rtol=1e-4, atol=1e-5
    )
    assert name == "mobilenet_v2_block14.expand_relu_photograph_cat.npz"
    assert provenance["layer"]["shape"] == list(activations.shape) == [576, 14, 14]


def test_the_record_says_where_the_numbers_come_from(box):
    box.change(network="alexnet", layer="conv3", channel=7, gamma=0.5)
    provenance = read_numbers(save_numbers(box)[1])[2]
    assert provenance["network"]["name"] == "alexnet"
    assert provenance["network"]["licence"]
    assert provenance["layer"]["name"] == "conv3"
    assert provenance["picture"] == "photograph cat"
    assert provenance["preprocessing"]["mean"] == pytest.approx([0.485, 0.456, 0.406])
    assert provenance["versions"]["nbutils"] == nbutils.__version__
    assert provenance["versions"]["torch"] == torch.__version__
    assert provenance["threads"] == torch.get_num_threads()
    assert provenance["date"].endswith("+00:00")
    assert View(**provenance["view"]) == box.view
    assert provenance["python"].endswith("toolbox(network='alexnet', layer='conv3', channel=7, gamma=0.5)")


def test_the_record_says_how_a_network_of_ones_own_gets_its_pictures(box):
    module = nn.Conv2d(1, 2, 3)
    narrow = zoo.wrap(module, size=(20, 30), mean=0.5, std=0.25, name="narrow")
    inverted = zoo.wrap(module, size=28, prepare=lambda pixels: 1 - pixels.mean(3)[:, None] / 255, name="inverted")
    mine = Toolbox(View(), own=[narrow, inverted])
    made = {}
    for name in ("narrow", "inverted"):
        mine.change(network=name, layer="", channel=None)
        made[name] = read_numbers(save_numbers(mine)[1])[2]["preprocessing"]
    assert made["narrow"] == {
        "cut": "the middle",
        "channels": 1,
        "height": 20,
        "width": 30,
        "formula": "((0.299 red + 0.587 green + 0.114 blue) / 255 - mean) / std",
        "mean": [0.5],
        "std": [0.25],
    }
    assert made["inverted"]["formula"] == "the network's own prepare function"
    assert "mean" not in made["inverted"]


def test_units_are_maps_of_one_pixel(box):
    box.change(layer=box.layers[-1].name)
    activations = read_numbers(save_numbers(box)[1])[0]
    assert activations.shape == (1000, 1, 1)
    assert "cat" in box.network.labels[int(activations.argmax())]


def test_a_held_camera_frame_is_saved_as_it_was_held(box):
    box.change(source="camera")
    frame = np.random.default_rng(1).integers(0, 256, (224, 224, 3), np.uint8)
    content = {"type": "frame", "seq": 1, "size": 224, "format": "raw"}
    box.parts.camera._handle_custom_msg(content, [frame.tobytes()])
    box.sources.parts.hold.value = True
    _, pixels, provenance = read_numbers(save_numbers(box)[1])
    np.testing.assert_array_equal(pixels, frame)
    assert provenance["picture"] == "camera frame"


def test_before_the_first_picture_there_is_nothing_to_save():
    box = Toolbox(View(source="camera"))
    for save in (save_numbers, save_view):
        with pytest.raises(ValueError, match="no picture yet"):
            save(box)


def test_a_layer_that_is_too_large_for_a_page_is_a_sentence(box, monkeypatch):
    monkeypatch.setattr(exporting, "MOST_BYTES", 1_000_000)
    box.change(layer="block2.expand")
    with pytest.raises(ValueError, match="1,204,224 numbers, 5 MB, and a page can hand over 1 MB"):
        save_numbers(box)


def test_the_button_hands_the_file_over(box):
    box.numbers._handle_custom_msg({"event": "make"}, [])
    assert box.numbers.file_name.endswith(".npz")
    assert read_numbers(box.numbers.file)[0].shape == (576, 14, 14)


def contains(part, whole):
    high, wide = part.shape[:2]
    corners = np.argwhere((whole[: len(whole) - high + 1, : whole.shape[1] - wide + 1] == part[0, 0]).all(-1))
    return any(np.array_equal(whole[y : y + high, x : x + wide], part) for y, x in corners)


def test_the_view_holds_the_picture_and_the_tiles_of_the_wall(box):
    box.change(layer="block17.project_norm")
    name, data = save_view(box)
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        assert picture.format == "PNG"
        assert 1400 < picture.width < 2000
        assert picture.height < 2000
        sheet, said = np.asarray(picture), picture.text
    assert name == "mobilenet_v2_block17.project_norm_photograph_cat.png"
    assert contains(box.sources.pixels, sheet)
    table = np.frombuffer(box.parts.wall.table, np.uint8).reshape(256, 3)
    tiles = np.frombuffer(box.parts.wall.data, np.uint8).reshape(box.parts.wall.shape)
    assert tiles.shape == (320, 7, 7)
    factor = next(size for size in range(1, 12) if contains(table[tiles[0]].repeat(size, 0).repeat(size, 1), sheet))
    for tile in tiles[::40]:
        assert contains(table[tile].repeat(factor, 0).repeat(factor, 1), sheet)
    provenance = json.loads(said["provenance"])
    assert provenance["layer"]["name"] == "block17.project_norm"
    assert said["Software"] == f"nbutils {nbutils.__version__}"
    assert said["Title"] == "MobileNetV2, block 17 project norm: photograph cat"


def test_every_kind_of_layer_can_be_drawn(box):
    for network, layer in (("mobilenet_v2", "conv1"), ("mobilenet_v2", ""), ("alexnet", "pool5")):
        box.change(network=network, layer=layer or box.layers[-1].name)
        with Image.open(io.BytesIO(save_view(box)[1])) as picture:
            assert picture.height > 400


@pytest.mark.parametrize(
    ("picture", "name"),
    [
        ("upload ../../etc/passwd", "n_l_upload_.._.._etc_passwd.npz"),
        ("upload 猫\u202e.png", "n_l_upload_猫_.png.npz"),
        ("x" * 500, f"n_l_{'x' * 76}.npz"),
    ],
)
def test_a_file_is_named_by_what_file_systems_take(box, picture, name):
    moment = exporting.Moment(
        zoo.Network("n", "N", torch.nn.Identity(), 8, (0.0,), (1.0,), None, 0, "ours"),
        box.layer.__class__("l", "l", "activation", (1, 8, 8)),
        np.zeros((8, 8, 3), np.uint8),
        picture,
        View(),
        "",
    )
    assert exporting.name_file(moment, "npz") == name


def test_what_a_visitor_called_a_file_comes_back_as_it_was(box):
    name = "<script>\"' 猫 \U0001f600"
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(out, "PNG")
    box.change(source="upload")
    box.sources.parts.picker._handle_custom_msg({"event": "picture", "name": name}, [out.getvalue()])
    assert read_numbers(save_numbers(box)[1])[2]["picture"] == f"upload {name}"
    with Image.open(io.BytesIO(save_view(box)[1])) as picture:
        assert json.loads(picture.text["provenance"])["picture"] == f"upload {name}"


def test_the_view_is_saved_with_what_the_wall_shows_of_the_kept_picture_and_with_the_backward_pane(box):
    plain = save_view(box)[1]
    box.keep_picture()
    box.change(photo="coffee", wall="difference", backward=True)
    with Image.open(io.BytesIO(save_view(box)[1])) as picture, Image.open(io.BytesIO(plain)) as before:
        sheet = np.asarray(picture)
        assert picture.height > before.height - 1
    back = np.frombuffer(box.backward.picture.data, np.uint8).reshape(*box.backward.picture.shape[1:], 3)
    assert contains(back, sheet)
    table = np.frombuffer(box.parts.wall.table, np.uint8).reshape(256, 3)
    tiles = np.frombuffer(box.parts.wall.data, np.uint8).reshape(box.parts.wall.shape)
    assert any(contains(table[tiles[3]].repeat(size, 0).repeat(size, 1), sheet) for size in range(1, 6))


def test_a_wall_with_nothing_on_it_is_saved_with_the_reason(box):
    box.change(wall="difference")
    with Image.open(io.BytesIO(save_view(box)[1])) as picture:
        assert picture.width > 1400
