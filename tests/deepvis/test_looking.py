import numpy as np
import pytest
import torch
from torch import nn

from nbutils import zoo
from nbutils.deepvis import looking
from nbutils.deepvis.attributing import attribute, light_up, maps_below
from nbutils.deepvis.noise import read_codes
from nbutils.probe import Unit, find_layer


@pytest.fixture(scope="module")
def mobilenet():
    network = zoo.load("mobilenet_v2")
    return network, looking.list_layers(network)


@pytest.fixture(scope="module")
def cat(mobilenet):
    return zoo.read_photo(next(photo for photo in zoo.photos() if photo.name == "cat"), mobilenet[0].size)


def test_the_layers_of_mobilenet_in_order(mobilenet):
    _, known = mobilenet
    names = [layer.name for layer in known]
    assert names[:3] == ["conv1", "conv1_norm", "conv1_relu"]
    assert names[-5:] == ["last", "last_norm", "last_relu", "pool", "classes"]
    assert "block3" in names, "a block that adds its input makes something of its own"
    assert "block2" not in names, "a block that adds nothing is its last layer"
    assert {layer.kind for layer in known} == {
        "convolution",
        "normalization",
        "activation",
        "block",
        "pooling",
        "linear",
    }


def test_conv5_of_alexnet_is_256_maps_of_13_by_13():
    known = looking.list_layers(zoo.load("alexnet"))
    names = "conv1 relu1 pool1 conv2 relu2 pool2 conv3 relu3 conv4 relu4 conv5 relu5 pool5"
    assert " ".join(layer.name for layer in known) == names
    assert find_layer(known, "conv5").shape == (256, 13, 13)
    assert looking.classifier(zoo.load("alexnet"), known) is None


def test_named_layers_of_the_benches(mobilenet):
    _, known = mobilenet
    assert looking.last_convolution(known).name == "last"
    assert looking.widest_layer(known).shape == (96, 112, 112)


class TwoHeads(nn.Module):
    """Three classes with their probabilities, and two numbers that are computed last."""

    def __init__(self):
        super().__init__()
        self.classes, self.softmax, self.box = nn.Linear(4, 3), nn.Softmax(1), nn.Linear(4, 2)

    def forward(self, x):
        x = x.mean((2, 3))
        return self.softmax(self.classes(x)), self.box(x)


def test_classes_are_found_before_another_output_and_behind_a_softmax_of_the_networks_own():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), TwoHeads())
    network = zoo.wrap(module, size=8, mean=0.5, std=0.5, labels=("one", "two", "three"))
    known = looking.list_layers(network)
    assert looking.classifier(network, known).name == "1.softmax"
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    found = looking.look(network, known, pixels, looking.Wish(None, guesses=True)).guesses
    with torch.inference_mode():
        shares = module(zoo.prepare(network, pixels))[0][0]
    assert dict(found) == pytest.approx(dict(zip(network.labels, shares.tolist(), strict=True)))
    assert float(read_codes(network, known, pixels)["probabilities"].sum()) == pytest.approx(1)
    torch.testing.assert_close(read_codes(network, known, pixels)["probabilities"], shares)


def test_classes_that_are_maps_of_one_pixel_are_guessed_too():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 3, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    module[2].forward = lambda x: x.view(len(x), -1)
    network = zoo.wrap(module, size=8, mean=0.5, std=0.5, labels=("one", "two", "three"))
    known = looking.list_layers(network)[:2]  # as where the network only reshapes what its last layer answers
    assert looking.classifier(network, known).name == "1"
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    found = dict(looking.look(network, known, pixels, looking.Wish(None, guesses=True)).guesses)
    with torch.inference_mode():
        shares = torch.softmax(module(zoo.prepare(network, pixels))[0], 0)
    assert found == pytest.approx(dict(zip(network.labels, shares.tolist(), strict=True)))


def test_what_a_network_that_is_not_square_finds_is_shown_where_it_is():
    module = nn.Sequential(nn.Conv2d(3, 1, 1), nn.Conv2d(1, 1, 1))
    for layer in module:
        nn.init.ones_(layer.weight)
        nn.init.zeros_(layer.bias)
    network = zoo.wrap(module, size=(4, 8), mean=0.0, std=1.0)
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[3, 6] = 255  # the middle rows 2 to 5 are seen
    known = looking.list_layers(network)
    answer = looking.look(network, known, pixels, looking.Wish(known[0], channel=0)).answer
    heat = looking.frame_heat(looking.draw_heat(answer), network)
    assert heat.shape == (8, 8)
    assert np.argwhere(heat).tolist() == [[3, 6]]
    (lit,) = attribute(network, known, pixels, Unit("1", 0), "grad_cam", "raw")
    assert lit.shape == (4, 8, 3)
    assert np.argwhere(lit.any(2)).tolist() == [[1, 6]]
    square = zoo.load("alexnet")
    assert looking.frame_heat(np.ones((13, 13), np.uint8), square).shape == (13, 13)


@pytest.mark.parametrize("logits", [[0.0, 0.0], [2.0, -1.0], [0.5, 0.6], [-0.5, 1.5]])
def test_logits_are_not_taken_for_probabilities(logits):
    given = torch.tensor(logits)
    torch.testing.assert_close(looking.probabilities(given), torch.softmax(given, 0))


def test_guesses_equal_the_network_run_whole(mobilenet, cat):
    network, known = mobilenet
    found = looking.look(network, known, cat, looking.Wish(None, guesses=True)).guesses
    with torch.inference_mode():
        shares = torch.softmax(network.module(zoo.prepare(network, cat))[0], 0)
    best = shares.argsort(descending=True)[:5]
    assert [name for name, _ in found] == [network.labels[place] for place in best]
    np.testing.assert_allclose([share for _, share in found], shares[best], rtol=1e-5)
    assert "cat" in found[0][0]


def test_only_what_is_asked_for_is_computed(mobilenet, cat):
    network, known = mobilenet

    def forbidden(*_):
        raise AssertionError("ran past the layer on the wall")

    hook = network.module.get_submodule("block3").register_forward_hook(forbidden)
    try:
        wish = looking.Wish(find_layer(known, "block2.expand"), channel=3)
        found = looking.look(network, known, cat, wish)
        nothing = looking.look(network, known, cat, looking.Wish(None))
    finally:
        hook.remove()
    assert found.tiles.pixels.shape[0] == 96
    assert found.channel.shape == (112, 112)
    assert found.guesses == ()
    assert (nothing.tiles, nothing.channel, nothing.guesses) == (None, None, ())


def test_drawing_a_channel():
    channel = np.array([[-2.0, 0.0], [1.0, 4.0]], np.float32)
    assert looking.draw_channel(channel, signed=True).tolist() == [[64, 128], [159, 255]]
    assert looking.draw_heat(channel).tolist() == [[0, 0], [63, 255]]
    assert looking.draw_heat(-np.abs(channel)).max() == 0


def test_channel_strengths_are_each_channels_largest_answer(mobilenet, cat):
    network, known = mobilenet
    layer = find_layer(known, "block2.expand_relu")
    pictures = [cat, np.zeros_like(cat), cat[:, ::-1]]
    strengths = looking.channel_strengths(network, layer, pictures, batch=2)
    assert strengths.shape == (3, 96)
    alone = looking.look(network, known, cat, looking.Wish(layer)).tiles.ranges[:, 1]
    np.testing.assert_allclose(strengths[0], alone, rtol=1e-4, atol=1e-5)


@pytest.fixture(scope="module")
def coffee(mobilenet):
    return zoo.read_photo(next(photo for photo in zoo.photos() if photo.name == "coffee"), mobilenet[0].size)


def test_one_pass_serves_wall_guesses_and_way_back(mobilenet, cat):
    network, known = mobilenet
    layer = find_layer(known, "block6.expand_relu")
    passes = []
    hook = network.module.register_forward_pre_hook(lambda *_: passes.append(1))
    try:
        back = looking.Return(Unit(layer.name, 64))
        both = looking.look(network, known, cat, looking.Wish(layer, channel=64, guesses=True, back=back))
    finally:
        hook.remove()
    plain = looking.look(network, known, cat, looking.Wish(layer, channel=64, guesses=True))
    assert len(passes) == 1
    assert both.backward.shape == cat.shape
    np.testing.assert_allclose(both.channel, plain.channel, atol=1e-4)
    np.testing.assert_allclose(both.tiles.pixels.astype(int), plain.tiles.pixels, atol=1)
    assert [name for name, _ in both.guesses] == [name for name, _ in plain.guesses]
    assert plain.backward is None


def test_the_backward_wall_is_the_gradient_of_the_unit_by_autograd(mobilenet, cat):
    """The plain gradient of half the squared map, taken by torch alone at an earlier layer."""
    network, known = mobilenet
    layer, unit = find_layer(known, "block3"), Unit("block5.expand_relu", 7)
    held = {}

    def hold(_module, _given, answer):
        held[layer.name] = answer
        answer.retain_grad()

    def stop(_module, _given, answer):
        held[unit.layer] = answer

    hooks = [
        network.module.get_submodule(name).register_forward_hook(hook)
        for name, hook in ((layer.name, hold), (unit.layer, stop))
    ]
    try:
        network.module(zoo.prepare(network, cat).requires_grad_())
        (held[unit.layer][:, unit.channel] ** 2).sum().div(2).backward()
    finally:
        for hook in hooks:
            hook.remove()
    back = looking.Return(unit, method="gradient", picture=False)
    look = looking.look(network, known, cat, looking.Wish(layer, channel=5, wall="backward", back=back))
    np.testing.assert_allclose(look.channel, held[layer.name].grad[0, 5].numpy(), rtol=1e-3, atol=1e-5)
    assert look.signed
    assert look.backward is None


def test_nothing_comes_back_through_a_layer_behind_the_unit(mobilenet, cat):
    network, known = mobilenet
    back = looking.Return(Unit("block3", 0))
    look = looking.look(network, known, cat, looking.Wish(find_layer(known, "last"), wall="backward", back=back))
    assert look.tiles is None
    assert look.backward is not None


def test_the_difference_wall_is_the_answers_less_those_to_the_kept_picture(mobilenet, cat, coffee):
    network, known = mobilenet
    layer = find_layer(known, "block14.expand_relu")
    kept = looking.answer_of(network, layer, coffee)
    wish = looking.Wish(layer, channel=11, wall="difference", kept=kept)
    look = looking.look(network, known, cat, wish)
    expected = (looking.answer_of(network, layer, cat) - kept)[11].numpy()
    np.testing.assert_allclose(look.channel, expected, atol=1e-4)
    assert np.abs(expected).max() > 0.1
    np.testing.assert_allclose(look.answer, looking.answer_of(network, layer, cat)[11].numpy(), atol=1e-5)
    assert (looking.look(network, known, coffee, wish).tiles.pixels == 128).all()
    again = looking.Wish(layer, wall="difference", kept=kept, back=looking.Return(Unit(layer.name, 0)))
    pixels = looking.look(network, known, coffee, again).tiles.pixels
    assert (pixels == 128).all(), "a pass on its way back rounds otherwise and must not look like a difference"
    assert looking.look(network, known, cat, looking.Wish(layer, wall="difference")).tiles is None


def test_a_picture_is_brought_to_the_size_of_the_network(mobilenet, cat):
    large = np.repeat(np.repeat(cat, 2, 0), 2, 1)
    assert looking.fit_picture(large, mobilenet[0]).shape == cat.shape
    assert looking.fit_picture(cat, mobilenet[0]) is cat


def test_grad_cam_weighs_the_maps_that_the_unit_reads(mobilenet):
    _, known = mobilenet
    assert maps_below(known, Unit("classes", 281)).name == "last_relu", "pooled maps of one pixel say no place"
    assert maps_below(known, Unit("block14.expand_relu", 0)).name == "block13"
    with pytest.raises(ValueError, match="below it is only the picture"):
        maps_below(known, Unit("conv1_relu", 0))


def test_grad_cam_lights_up_the_cat_and_integrated_gradients_differ(mobilenet, cat):
    network, known = mobilenet
    unit = Unit("classes", network.labels.index("Egyptian cat"))
    (lit,) = attribute(network, known, cat, unit, "grad_cam", "raw")
    share = lit.astype(float).sum(2) / np.maximum(cat.astype(float).sum(2), 1)
    assert 0.2 < share.min() < 0.6
    assert share.max() == pytest.approx(1, abs=0.02)
    white = np.full((4, 4, 3), 200, np.uint8)
    assert light_up(white, np.array([[0.0, 0.0], [0.0, 3.0]], np.float32))[[0, 3], [0, 3]].tolist() == [
        [40] * 3,
        [200] * 3,
    ]
    assert light_up(white, np.zeros((2, 2), np.float32)).max() == 40
    first, *_, drawn = attribute(network, known, cat, unit, "integrated", "norm")
    assert first.shape == cat.shape
    assert drawn.shape == cat.shape
    assert len(np.unique(drawn)) > 50
