"""Backward through every network of the zoo, and beside captum's own deconv and guided backprop."""

import numpy as np
import pytest
import torch
from captum.attr import Deconvolution, GuidedBackprop
from torch import nn

from nbutils import zoo
from nbutils.probe import Unit, activations, backward, layers
from nbutils.probe.backward import METHODS
from nbutils.probe.rectifiers import RULES

NETWORKS = [entry.name for entry in zoo.entries() if entry.kind == "network"]
CAPTUMS = {"guided": GuidedBackprop, "deconv": Deconvolution}


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    return zoo.load(request.param)


@pytest.fixture(scope="module")
def picture(network):
    return photograph(network)


@pytest.fixture(scope="module")
def unit(network, picture):
    """Return the strongest channel of the deepest layer of maps with several places."""
    deepest = [layer for layer in layers(network.module, picture) if layer.is_spatial and layer.shape[1] > 1][-1]
    return strongest(network, picture, deepest)


def strongest(network, picture, layer):
    answer = activations(network.module, picture, [layer.name])[layer.name]
    return Unit(layer.name, int(answer[0].reshape(layer.channels, -1).amax(1).argmax()))


def photograph(network):
    return zoo.prepare(network, zoo.read_photo(zoo.photos()[0], network.size))


def likeness(first, second):
    """Return the cosine between two differences at the pixels: 1 where one is the other times a number."""
    return float(torch.cosine_similarity(first.flatten(), second.flatten(), 0))


def test_the_three_methods_differ_by_more_than_their_strength(network, picture, unit):
    came = {method: backward(network.module, picture, unit, method).pixels for method in METHODS}
    for method, pixels in came.items():
        assert pixels.shape == picture.shape, method
        assert torch.isfinite(pixels).all(), method
        assert pixels.any(), method
    assert likeness(came["guided"], came["gradient"]) < 0.9
    assert likeness(came["deconv"], came["gradient"]) < 0.9
    assert likeness(came["guided"], came["deconv"]) < 0.9


def test_the_gradient_is_that_of_autograd(network, picture, unit):
    pixels = picture.clone().requires_grad_()
    held = []
    hook = network.module.get_submodule(unit.layer).register_forward_hook(lambda *call: held.append(call[2]))
    network.module(pixels)
    hook.remove()
    (wanted,) = torch.autograd.grad((held[0][:, unit.channel] ** 2).sum() / 2, pixels)
    came = backward(network.module, picture, unit).pixels
    torch.testing.assert_close(came, wanted, rtol=1e-4, atol=1e-5 * float(wanted.abs().max()))


@pytest.mark.parametrize("method", RULES)
def test_every_layer_is_reached_by_a_unit_of_the_last(network, picture, method):
    known = layers(network.module, picture)
    names = [layer.name for layer in known]
    came = backward(network.module, picture, strongest(network, picture, known[-1]), method, at=names)
    assert [tuple(came.layers[layer.name].shape[1:]) for layer in known] == [layer.shape for layer in known]
    assert all(torch.isfinite(difference).all() and difference.any() for difference in came.layers.values())


@pytest.mark.parametrize("method", CAPTUMS)
def test_on_a_network_of_relus_captum_agrees(method):
    network = zoo.load("alexnet")
    picture = photograph(network)
    channel, row, column = np.unravel_index(int(network.module(picture).argmax()), (256, 6, 6))
    unit = Unit("pool5", int(channel), (int(row), int(column)))
    theirs = ask_captum(CAPTUMS[method], network.module, picture, (unit.channel, *unit.position))
    ours = backward(network.module, picture, unit, method, "one").pixels
    assert ours.any()
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5 * float(ours.abs().max()))


@pytest.mark.parametrize("method", CAPTUMS)
def test_on_a_network_of_relu6_captum_returns_the_plain_gradient_and_we_do_not(method):
    network = zoo.load("mobilenet_v2")
    picture = photograph(network)
    unit = Unit("classes", 281)
    theirs = ask_captum(CAPTUMS[method], network.module, picture, 281)
    plain = backward(network.module, picture, unit, "gradient", "one").pixels
    torch.testing.assert_close(theirs, plain, rtol=1e-4, atol=1e-5 * float(plain.abs().max()))
    assert likeness(backward(network.module, picture, unit, method, "one").pixels, plain) < 0.9


def ask_captum(method, module: nn.Module, picture, target):
    with pytest.warns(UserWarning, match="Setting backward hooks on ReLU"):
        return method(module).attribute(picture.clone().requires_grad_(), target=target).detach()


def test_guided_backprop_of_a_class_stands_on_what_is_in_the_picture():
    # Springenberg et al. show that guided backprop is sharper than the gradient: fewer pixels hold most of its norm.
    network = zoo.load("mobilenet_v2")
    picture = photograph(network)
    guess = Unit("classes", int(network.module(picture).argmax()))
    shares = {}
    for method in ("gradient", "guided"):
        norm = backward(network.module, picture, guess, method).pixels.norm(dim=1).flatten().numpy()
        shares[method] = np.sort(norm)[-len(norm) // 10 :].sum() / norm.sum()
    assert shares["guided"] > shares["gradient"]
