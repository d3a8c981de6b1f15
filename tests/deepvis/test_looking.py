import numpy as np
import pytest
import torch

from nbutils import zoo
from nbutils.deepvis import looking
from nbutils.probe import find_layer


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
