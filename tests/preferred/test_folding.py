"""A folded network answers, and sends gradients back, like the network itself, and leaves that as it was."""

import pytest
import torch
from torch import nn

from nbutils import zoo
from nbutils.preferred.folding import fold

SHAPE = (3, 16, 16)


def settle(module):
    """Return the module in evaluation mode with statistics that are not those of a new normalization."""
    with torch.no_grad():
        for one in module.modules():
            if isinstance(one, nn.BatchNorm2d):
                for values in (one.running_mean, one.weight, one.bias):
                    values.normal_()
                one.running_var.uniform_(0.3, 3)
    return module.eval()


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.fixture
def plain():
    return settle(
        nn.Sequential(
            nn.Conv2d(3, 8, 3, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU6(),
            nn.Conv2d(8, 4, 1, groups=2),
            nn.BatchNorm2d(4),
        )
    )


class TwiceUsed(nn.Module):
    """The convolution's answer goes into the normalization and past it."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)

    def forward(self, x):
        wide = self.conv(x)
        return wide + self.norm(wide)


class Repeated(nn.Module):
    """One convolution runs twice, each time with a normalization of its own behind it."""

    def __init__(self):
        super().__init__()
        self.conv, self.first, self.second = nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3), nn.BatchNorm2d(3)

    def forward(self, x):
        return self.second(self.conv(self.first(self.conv(x))))


class Uncopied(nn.Sequential):
    def __deepcopy__(self, memo):
        raise RuntimeError("no copies")


def norms(module):
    return [name for name, one in module.named_modules() if isinstance(one, nn.BatchNorm2d)]


def gradient(module, picture):
    leaf = picture.clone().requires_grad_()
    module(leaf).square().sum().backward()
    return leaf.grad


def test_it_answers_and_sends_back_the_same(plain):
    folded, picture = fold(plain, [], SHAPE), torch.rand(2, *SHAPE)
    assert norms(folded) == []
    torch.testing.assert_close(folded(picture), plain(picture), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(gradient(folded, picture), gradient(plain, picture), rtol=1e-4, atol=1e-4)


def test_the_network_itself_is_left_alone(plain):
    before = {name: values.clone() for name, values in plain.state_dict().items()}
    fold(plain, [], SHAPE)
    assert norms(plain) == ["1", "4"]
    assert all(torch.equal(values, before[name]) for name, values in plain.state_dict().items())
    assert all(parameter.requires_grad for parameter in plain.parameters())
    assert not any(one._forward_hooks for one in plain.modules())


def test_a_named_convolution_answers_as_before(plain):
    folded, picture = fold(plain, ["0"], SHAPE), torch.rand(1, *SHAPE)
    assert norms(folded) == ["1"]
    assert torch.equal(folded[0](picture), plain[0](picture))
    torch.testing.assert_close(folded(picture), plain(picture), rtol=1e-5, atol=1e-5)


def test_a_named_normalization_answers_as_before(plain):
    folded, picture = fold(plain, ["1"], SHAPE), torch.rand(1, *SHAPE)
    torch.testing.assert_close(folded[:2](picture), plain[:2](picture), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("make", [TwiceUsed, Repeated])
def test_what_would_answer_otherwise_is_used_as_it_is(make):
    module = settle(make())
    assert fold(module, [], SHAPE) is module


@pytest.mark.parametrize(
    "module",
    [
        Uncopied(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)).eval(),
        nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU()).eval(),
        nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4, track_running_stats=False)).eval(),
        nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)).train(),
        nn.Sequential(nn.BatchNorm2d(3), nn.Conv2d(3, 4, 1)).eval(),
        nn.Flatten(),
    ],
)
def test_what_cannot_be_folded_is_used_as_it_is(module):
    assert fold(module, [], SHAPE) is module


@pytest.mark.parametrize("name", ["mobilenet_v2", "efficientnet_lite0"])
def test_every_normalization_of_the_zoo_is_folded(name):
    network = zoo.load(name)
    folded, picture = fold(network.module, [], network.shape), torch.randn(1, 3, 96, 96)
    assert norms(folded) == []
    torch.testing.assert_close(folded(picture), network.module(picture), rtol=1e-4, atol=1e-4)
    ours, theirs = gradient(folded, picture), gradient(network.module, picture)
    assert torch.nn.functional.cosine_similarity(ours.flatten(), theirs.flatten(), 0) > 0.9999
