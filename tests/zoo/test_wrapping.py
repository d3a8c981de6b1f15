"""Any network of a person's own: channels, sizes, answers, and a sentence where it cannot look."""

import copy
import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from nbutils import probe, zoo


def small(channels=3, units=4):
    """Return a network that takes pictures of any size."""
    return nn.Sequential(
        nn.Conv2d(channels, 5, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, units)
    )


def digits():
    """Return a network that takes 28 x 28 grey pictures and no others."""
    return nn.Sequential(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 12 * 12, 10))


class Several(nn.Module):
    """A network with an answer of any form."""

    def __init__(self, form):
        super().__init__()
        self.trunk, self.head, self.form = nn.Conv2d(3, 6, 3), nn.Linear(6, 7), form

    def forward(self, x):
        maps = self.trunk(x)
        return self.form(maps, self.head(maps.mean((2, 3))))


def noise(size, count=None, seed=0):
    shape = (size, size, 3) if count is None else (count, size, size, 3)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def refusal(module, **given):
    with pytest.raises(ValueError, match=r"[.?]$") as caught:
        zoo.wrap(module, **({"size": 32, "mean": 0.5, "std": 0.5} | given))
    return str(caught.value)


def test_a_wrapped_network_is_one_of_the_zoo():
    network = zoo.wrap(small(), size=32, mean=(0.1, 0.2, 0.3), std=(1, 2, 4), labels="abcd", name="mine", title="Mine")
    assert (network.name, network.title, network.size, network.shape) == ("mine", "Mine", 32, (3, 32, 32))
    assert network.labels == ("a", "b", "c", "d")
    assert network.parameters == 3 * 5 * 9 + 5 + 5 * 4 + 4
    pixels = noise(32, 2)
    expected = ((pixels / 255 - (0.1, 0.2, 0.3)) / (1, 2, 4)).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(zoo.prepare(network, pixels).numpy(), expected, atol=1e-5)


def test_its_layers_are_seen_and_a_wrong_name_is_answered_with_the_nearest():
    network = zoo.wrap(digits(), size=28, mean=0.1307, std=0.3081)
    example = zoo.prepare(network, noise(28))
    known = probe.layers(network.module, example)
    assert [layer.shape for layer in known] == [(4, 24, 24), (4, 24, 24), (4, 12, 12), (576,), (10,)]
    with pytest.raises(ValueError, match="nearest"):
        probe.find_layer(known, "0.conv")


def test_the_module_itself_is_used_and_only_switched_to_evaluation():
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout())
    before = copy.deepcopy(module.state_dict())
    network = zoo.wrap(module, size=9, mean=0.5, std=0.5)
    assert network.module is module
    assert not any(part.training for part in module.modules())
    assert all(parameter.requires_grad for parameter in module.parameters())
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in module.modules())
    module.train()
    zoo.prepare(network, noise(9))
    module(torch.zeros(2, 3, 9, 9)).sum().backward()  # it can still be trained


def test_one_channel_is_the_luma_that_pillow_makes():
    network = zoo.wrap(small(1), size=24, mean=0.25, std=0.5)
    pixels = noise(24)
    luma = np.asarray(Image.fromarray(pixels).convert("L")) / 255
    prepared = zoo.prepare(network, pixels)
    assert prepared.shape == (1, 1, 24, 24)
    np.testing.assert_allclose(prepared[0, 0].numpy() * 0.5 + 0.25, luma, atol=0.51 / 255)  # Pillow rounds


@pytest.mark.parametrize("mean", [0.4, (0.4, 0.5, 0.6), (0.4, 0.5, 0.6, 9, 9)])
def test_further_channels_hold_their_mean(mean):
    network = zoo.wrap(small(5), size=16, mean=mean, std=0.2)
    prepared = zoo.prepare(network, noise(16, 3))
    assert network.shape == (5, 16, 16)
    assert len(network.mean) == len(network.std) == 5
    assert prepared.shape == (3, 5, 16, 16)
    assert (prepared[:, 3:] == 0).all()
    expected = (noise(16, 3) / 255 - np.broadcast_to(mean, 5 if np.size(mean) == 5 else 3)[:3]) / 0.2
    np.testing.assert_allclose(prepared[:, :3].numpy(), expected.transpose(0, 3, 1, 2), atol=1e-5)


@pytest.mark.parametrize(
    ("size", "rows", "columns"), [((20, 32), slice(6, 26), slice(32)), ((32, 20), slice(32), slice(6, 26))]
)
def test_a_network_that_is_not_square_gets_the_middle(size, rows, columns):
    network = zoo.wrap(small(), size=size, mean=0.0, std=1.0)
    assert (network.size, network.shape) == (32, (3, *size))
    pixels = noise(32)
    prepared = zoo.prepare(network, pixels)[0].permute(1, 2, 0).numpy() * 255
    np.testing.assert_allclose(prepared, pixels[rows, columns], atol=1e-3)


@pytest.mark.parametrize(
    "form",
    [
        lambda maps, units: (maps, units),
        lambda maps, units: [units, maps],
        lambda maps, units: {"out": {"units": units}, "aux": [maps], "nothing": None},
    ],
    ids=["tuple", "list", "dict"],
)
def test_several_answers_are_taken(form):
    network = zoo.wrap(Several(form), size=12, mean=0.5, std=0.5, labels=[str(number) for number in range(7)])
    assert len(network.labels) == 7
    names = [layer.name for layer in probe.layers(network.module, zoo.prepare(network, noise(12)))]
    assert "trunk" in names
    assert "head" in names
    assert "labels has 6 names" in refusal(Several(form), labels="abcdef")


def test_a_preparation_of_ones_own_takes_the_place_of_mean_and_std():
    def opponents(pixels):
        red, green, _ = np.moveaxis(pixels.astype(np.float32), 3, 0)
        return np.stack([red - green, red + green], 1)

    network = zoo.wrap(small(2), size=(10, 14), prepare=opponents)
    pixels = noise(14, 2)
    assert network.shape == (2, 10, 14)
    np.testing.assert_array_equal(zoo.prepare(network, pixels).numpy(), opponents(pixels[:, 2:12]))
    assert zoo.prepare(network, pixels[0]).shape == (1, 2, 10, 14)


@pytest.mark.parametrize("made", [np.zeros((1, 2, 5, 5)), np.zeros((5, 5)), None])
def test_a_preparation_that_makes_something_else_is_said(made):
    assert "must return an array or a tensor of shape (1, channels, 32, 32)" in refusal(
        small(2), prepare=lambda _: made
    )


def test_a_preparation_that_changes_its_mind_is_said():
    network = zoo.wrap(small(2), size=8, prepare=lambda pixels: np.zeros((1, 2, 8, 8)))
    with pytest.raises(ValueError, match=r"shape \(3, 2, 8, 8\), these have \(1, 2, 8, 8\)"):
        zoo.prepare(network, noise(8, 3))


def test_another_type_of_numbers_and_a_module_without_any_are_taken():
    double = zoo.wrap(small().double(), size=16, mean=0.5, std=0.5)
    assert zoo.prepare(double, noise(16)).dtype == torch.float64
    assert zoo.wrap(nn.AvgPool2d(2), size=16, mean=np.float32(0.5), std=torch.tensor(0.5)).parameters == 0


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_a_scripted_module_is_taken():
    file = io.BytesIO()
    torch.jit.save(torch.jit.script(small()), file)
    file.seek(0)
    assert zoo.wrap(torch.jit.load(file), size=16, mean=0.5, std=0.5, labels="abcd").parameters == 164


def test_wrong_channels_are_said_with_what_the_first_convolution_takes():
    said = refusal(small(1), mean=(0.5, 0.5, 0.5))
    assert '"own network" could not look at a picture of 3 channels, 32 pixels high and 32 wide' in said
    assert "Its first convolution, 0, takes 1 channel: give mean and std for as many." in said
    assert "takes 3 channels" in refusal(small(3), mean=[0.5] * 4)


def test_a_wrong_size_is_said():
    said = refusal(digits())
    assert "1 channel, 32 pixels high and 32 wide" in said
    assert "does take 1: does the network take another size" in said


def test_a_module_without_convolutions_says_what_it_says():
    said = refusal(nn.Sequential(nn.Flatten(), nn.Linear(7, 2)))
    assert "3 channels, 32 pixels high" in said
    assert "RuntimeError: mat1 and mat2" in said
    assert said.endswith(".")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"mean": None}, "Give mean and std as the network was trained"),
        ({"std": 0}, "std must be finite and above 0"),
        ({"mean": float("nan")}, "mean must be finite"),
        ({"mean": (0.1, 0.2, 0.3, 0.4), "std": (1, 1)}, "std has 2 numbers for pictures of 4 channels"),
        ({"channels": 2}, "not into 2: give prepare"),
        ({"channels": 0}, "not into 0"),
        ({"size": 0}, "1 to 2048 pixels, got 0"),
        ({"size": (32, 5000)}, "1 to 2048 pixels"),
        ({"size": (1, 2, 3)}, r"or (height, width)"),
        ({"size": 31.5}, "1 to 2048 pixels"),
        ({"name": ""}, "1 to 60 letters"),
        ({"name": "a" * 61}, "1 to 60 letters"),
        ({"name": "alexnet"}, '"alexnet" is already in the zoo'),
        ({"labels": ["cat", "dog"]}, "labels has 2 names, and the network answers with 4 units"),
    ],
)
def test_what_was_given_wrongly_is_said(given, sentence):
    assert sentence in refusal(small(), **given)


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        (len, "wrap takes a torch.nn.Module, got builtin_function_or_method"),
        (nn.Sequential(nn.LazyConv2d(4, 3)), "run it once, then wrap it"),
        (Several(lambda _maps, _units: None), "answered with NoneType, in which there is no tensor"),
        (Several(lambda _maps, _units: {}), "answered with dict"),
    ],
)
def test_what_is_no_network_is_said(module, sentence):
    assert sentence in refusal(module)


def test_a_module_whose_maps_are_no_classes_takes_no_labels():
    assert "answers with no units" in refusal(nn.Conv2d(3, 4, 3), labels="abcd")


@pytest.mark.parametrize("size", [1, 17, 64])
@pytest.mark.parametrize("shape", [(1, 1, 3), (40, 90, 3), (90, 40, 3), (1, 500, 3)])
def test_fit_makes_any_picture_a_square(shape, size):
    assert zoo.fit(np.full(shape, 77, np.uint8), size).shape == (size, size, 3)
    assert (zoo.fit(np.full(shape, 77, np.uint8), size) == 77).all()


def test_fit_takes_the_middle_and_views():
    pixels = noise(60)[::-1, ::2]  # (60, 30, 3), not contiguous
    np.testing.assert_array_equal(zoo.fit(pixels, 30), pixels[15:45])


@pytest.mark.parametrize("pixels", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])
def test_fit_says_what_it_takes(pixels):
    with pytest.raises(ValueError, match=r"uint8 pixels of shape \(height, width, 3\)"):
        zoo.fit(pixels, 8)


def test_fit_refuses_a_size_out_of_range():
    with pytest.raises(ValueError, match="1 to 2048 pixels a side"):
        zoo.fit(noise(8), 4000)
