"""Grad-CAM against its formula, integrated gradients against what they promise."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nbutils import zoo
from nbutils.probe import Unit, activations, backward, grad_cam, integrate_gradients, integrated_gradients


class Small(nn.Module):
    """Two convolutions with one relu module and one functional relu, then three units."""

    def __init__(self, overwrites=False):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3)
        self.relu = nn.ReLU(inplace=overwrites)
        self.conv2 = nn.Conv2d(6, 5, 3)
        self.units = nn.Linear(5, 3)

    def forward(self, x):
        x = F.relu(self.conv2(self.relu(self.conv1(x))))
        return self.units(x.mean((2, 3)))


@pytest.fixture
def small():
    torch.manual_seed(4)
    return Small().eval()


PICTURES = torch.randn(2, 3, 12, 12, generator=torch.Generator().manual_seed(2))


def weigh_by_hand(network, pictures, unit, layer):
    """Equations 1 and 2 of Selvaraju et al. from our own pieces."""
    sent = backward(network, pictures, unit, "gradient", "one", at=[layer], keep=[layer])
    cams = []
    for difference, maps in zip(sent.layers[layer], sent.answers[layer], strict=True):
        weights = [float(one.mean()) for one in difference]
        cams.append(sum(weight * one for weight, one in zip(weights, maps, strict=True)).clamp(min=0))
    return torch.stack(cams)


@pytest.mark.parametrize("layer", ["conv1", "relu", "conv2", "relu()"])
@pytest.mark.parametrize("unit", [Unit("units", 1), Unit("relu()", 3), Unit("relu()", 3, (2, 5))])
def test_grad_cam_is_the_formula_of_the_paper(small, unit, layer):
    cam = grad_cam(small, PICTURES, unit, layer)
    assert cam.dim() == 3
    torch.testing.assert_close(cam, weigh_by_hand(small, PICTURES, unit, layer))


def test_grad_cam_of_a_layer_worked_out_by_hand():
    # Two maps, the unit answers 3 mean(first) - mean(second): weights 3/4 and -1/4, each place over four places.
    network = nn.Sequential(nn.Identity(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 1, bias=False))
    network[3].weight.data = torch.tensor([[3.0, -1.0]])
    maps = torch.tensor([[[[4.0, 0.0], [1.0, 8.0]], [[0.0, 8.0], [3.0, 4.0]]]])
    assert grad_cam(network, maps, Unit("3", 0), "0").tolist() == [[[3, 0], [0, 5]]]


def test_grad_cam_of_a_layer_that_the_next_overwrites(small):
    overwriting = Small(overwrites=True)
    overwriting.load_state_dict(small.state_dict())
    wanted = weigh_by_hand(small, PICTURES, Unit("units", 0), "conv1")
    torch.testing.assert_close(grad_cam(overwriting, PICTURES, Unit("units", 0), "conv1"), wanted)


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 8, 3, 3)
        self.norm = nn.LayerNorm(8)
        self.units = nn.Linear(8, 2)

    def forward(self, x):
        return self.units(self.norm(self.patches(x).flatten(2).transpose(1, 2)).square().mean(1))


def test_grad_cam_of_tokens_is_a_grid():
    torch.manual_seed(0)
    network = Tokens().eval()
    cam = grad_cam(network, PICTURES, Unit("units", 1), "norm")
    pixels = PICTURES.clone().requires_grad_()
    tokens = network.norm(network.patches(pixels).flatten(2).transpose(1, 2))
    (gradient,) = torch.autograd.grad(network.units(tokens.square().mean(1))[:, 1].sum(), tokens)
    wanted = (gradient.mean(1, keepdim=True) * tokens).sum(2).clamp(min=0).reshape(2, 4, 4)
    torch.testing.assert_close(cam, wanted.detach())


@pytest.mark.parametrize("unit", [Unit("units", 2), Unit("relu()", 1, (3, 3)), Unit("conv2", 0)])
def test_integrated_gradients_are_complete(small, unit):
    came = integrated_gradients(small, PICTURES, unit, steps=300)
    assert came.shape == PICTURES.shape

    def ask(pictures):
        channel = activations(small, pictures, [unit.layer])[unit.layer][:, unit.channel]
        return channel[:, *unit.position] if unit.position else channel.reshape(len(pictures), -1).amax(1)

    wanted = ask(PICTURES) - ask(torch.zeros_like(PICTURES))
    torch.testing.assert_close(came.sum((1, 2, 3)), wanted, atol=0.01, rtol=0.02)


def test_integrated_gradients_come_step_by_step_to_the_same_end(small):
    unit = Unit("units", 1)
    *_, early, whole = integrate_gradients(small, PICTURES, unit, steps=64)
    torch.testing.assert_close(whole, integrated_gradients(small, PICTURES, unit, steps=64), atol=0.01, rtol=0.05)
    assert not torch.equal(early, whole)
    with pytest.raises(ValueError, match=r"steps must be 1 or more, got 0"):
        next(integrate_gradients(small, PICTURES, unit, steps=0))


def test_integrated_gradients_of_a_linear_unit_are_its_weights_times_the_picture():
    network = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    pictures = torch.tensor([[[[1.0, -2.0], [3.0, 0.0]]]])
    wanted = network[1].weight[1].reshape(1, 1, 2, 2) * pictures
    torch.testing.assert_close(integrated_gradients(network, pictures, Unit("1", 1), steps=3), wanted.detach())


def test_both_on_a_network_of_the_zoo():
    network = zoo.load("mobilenet_v2")
    picture = zoo.prepare(network, zoo.read_photo(zoo.photos()[0], network.size))
    with torch.inference_mode():
        inferred = picture * 1
    guess = Unit("classes", int(network.module(picture).argmax()))
    cam = grad_cam(network.module, inferred, guess, "last_relu")
    assert cam.shape == (1, 7, 7)
    torch.testing.assert_close(cam, weigh_by_hand(network.module, picture, guess, "last_relu"), rtol=1e-3, atol=1e-6)
    came = integrated_gradients(network.module, inferred, guess)
    gained = network.module(picture) - network.module(torch.zeros_like(picture))
    assert float(came.sum()) == pytest.approx(float(gained[0, guess.channel]), rel=0.1)


def test_wrong_wishes_are_answered_with_a_sentence(small):
    unit = Unit("conv2", 0)
    with pytest.raises(ValueError, match=r'"units" comes behind "conv2"'):
        grad_cam(small, PICTURES, unit, "units")
    with pytest.raises(ValueError, match=r"one number a unit"):
        grad_cam(small, PICTURES, Unit("units", 0), "units")
    with pytest.raises(ValueError, match=r"The nearest are: conv2, conv1"):
        grad_cam(small, PICTURES, unit, "conv3")
    with pytest.raises(ValueError, match=r"channels 0 to 4, got 5"):
        integrated_gradients(small, PICTURES, Unit("conv2", 5))
    with pytest.raises(ValueError, match=r"never ran"):
        integrated_gradients(small, PICTURES, Unit("relu()@9", 0))
    with pytest.raises(ValueError, match=r"steps must be 1 or more, got 0"):
        integrated_gradients(small, PICTURES, unit, steps=0)


def test_nothing_is_left_behind(small):
    for attribute in (
        lambda: grad_cam(small, PICTURES, Unit("units", 0), "conv1"),
        lambda: integrated_gradients(small, PICTURES, Unit("units", 0), 4),
    ):
        attribute()
        assert all(parameter.grad is None for parameter in small.parameters())
        assert not any(module._forward_hooks or module._forward_pre_hooks for module in small.modules())
