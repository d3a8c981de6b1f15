"""Backward against numbers worked out by hand, against autograd, and what is left behind."""

import re

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nbutils.probe import Unit, activations, backward
from nbutils.probe.backward import METHODS


def convolve(weights, **settings):
    """Return a convolution over single pixels with these weights: one list an output channel."""
    layer = nn.Conv2d(len(weights[0]), len(weights), 1, bias=False, **settings)
    layer.weight.data = torch.tensor(weights, dtype=torch.float32)[:, :, None, None]
    return layer


class Opposites(nn.Module):
    """y = 2 r(x) - 3 r(-x), with a rectifier r of any make."""

    def __init__(self, rectifier):
        super().__init__()
        self.split = convolve([[1.0], [-1.0]])
        self.rectifier = rectifier
        self.join = convolve([[2.0, -3.0]])

    def forward(self, x):
        return self.join(self.rectifier(self.split(x)))


PICTURE = torch.tensor([[[[1.0, -2.0], [8.0, -4.0]]]])
# The answers y = 2 r(x) - 3 r(-x) are ((2, -6), (16, -12)); clipped at 6 the third is 12.
# Above the rectifier stand (2, -3) times the seed. Where x > 0 only the first of the two channels is open.
BY_HAND = {
    # Seed 1 where x = 1: 2 through the open channel; -3 is cut off by guided and deconv.
    ("relu", (0, 0)): {"gradient": 2.0, "guided": 2.0, "deconv": 2.0},
    # Seed 1 where x = -2: -3 goes through the open second channel and its weight -1; guided cuts it off, and the first
    # is closed; deconv sends 2 through the closed first.
    ("relu", (0, 1)): {"gradient": 3.0, "guided": 0.0, "deconv": 2.0},
    ("relu", (1, 0)): {"gradient": 2.0, "guided": 2.0, "deconv": 2.0},
    # x = 8 is clipped: no derivative, but deconv does not ask.
    ("relu6", (1, 0)): {"gradient": 0.0, "guided": 0.0, "deconv": 2.0},
    ("relu6", (1, 1)): {"gradient": 3.0, "guided": 0.0, "deconv": 2.0},
}
RECTIFIERS = {
    "relu": [nn.ReLU(), nn.ReLU(inplace=True), F.relu, torch.relu_],
    "relu6": [nn.ReLU6(), F.relu6, lambda x: x.clamp(0, 6)],
}
CASES = [
    (rectifier, position, wanted) for (kind, position), wanted in BY_HAND.items() for rectifier in RECTIFIERS[kind]
]


@pytest.mark.parametrize(("rectifier", "position", "wanted"), CASES)
def test_one_position_comes_back_as_worked_out_by_hand(rectifier, position, wanted):
    for method in METHODS:
        came = backward(Opposites(rectifier), PICTURE, Unit("join", 0, position), method, "one").pixels
        expected = torch.zeros_like(PICTURE)
        expected[0, 0, *position] = wanted[method]
        torch.testing.assert_close(came, expected, msg=method)


def test_the_channels_own_answers_are_the_seed_with_their_signs():
    # Seeds (2, -6, 16, -12); above the rectifier (4, -6), (-12, 18), (32, -48), (-24, 36).
    for method in METHODS:
        came = backward(Opposites(nn.ReLU()), PICTURE, Unit("join", 0), method).pixels
        assert came.flatten().tolist() == [4, -18, 32, -36], method
    at_one = backward(Opposites(nn.ReLU()), PICTURE, Unit("join", 0, (1, 1))).pixels
    assert at_one.flatten().tolist() == [0, 0, 0, -36]


def test_seed_one_without_a_position_is_put_where_each_picture_is_strongest():
    pictures = torch.cat([PICTURE, PICTURE.flip(3)])
    came = backward(Opposites(nn.ReLU()), pictures, Unit("join", 0), "gradient", "one").pixels
    assert came.flatten(1).tolist() == [[0, 0, 2, 0], [0, 0, 0, 2]]


class Pooled(nn.Module):
    """The maximum of four pixels, rectified and weighted by -1: a unit without a map."""

    def __init__(self):
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        self.unit = nn.Linear(1, 2, bias=False)
        self.unit.weight.data = torch.tensor([[-1.0], [3.0]])

    def forward(self, x):
        return self.unit(self.pool(F.relu(x)).flatten(1))


@pytest.mark.parametrize(
    ("channel", "seed", "wanted"),
    [
        # The largest pixel is 8, the third. Unit 1 answers 24, so that 24 * 3 goes back to this place alone.
        (1, "activation", {"gradient": 72.0, "guided": 72.0, "deconv": 72.0}),
        # Unit 0 answers -8; its weight turns the seed into +8. Seed 1 becomes -1, which the rectifier cuts off.
        (0, "activation", {"gradient": 8.0, "guided": 8.0, "deconv": 8.0}),
        (0, "one", {"gradient": -1.0, "guided": 0.0, "deconv": 0.0}),
    ],
)
def test_max_pools_send_back_to_the_place_that_was_the_maximum(channel, seed, wanted):
    for method in METHODS:
        came = backward(Pooled(), PICTURE, Unit("unit", channel), method, seed).pixels
        assert came.flatten().tolist() == [0, 0, wanted[method], 0], method


class Residual(nn.Module):
    """y = x - 2 relu(x): the way past the rectifier is open to every difference."""

    def __init__(self):
        super().__init__()
        self.scale = convolve([[-2.0]])

    def forward(self, x):
        return x + self.scale(F.relu(x))


def test_a_residual_sum_adds_what_both_ways_hand_back():
    # Seed 1 at x = 1: 1 past the rectifier, -2 into it. At x = -2: the rectifier is closed.
    wanted = {"gradient": (-1, 1), "guided": (1, 1), "deconv": (1, 1)}
    network = nn.Sequential(Residual())
    for method, (open_, closed) in wanted.items():
        for position, value in (((0, 0), open_), ((0, 1), closed)):
            came = backward(network, PICTURE, Unit("0", 0, position), method, "one")
            assert came.pixels[0, 0, *position] == value, method


def small_network(rectifier=nn.ReLU):
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, padding=1),
        nn.BatchNorm2d(6),
        rectifier(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 5, 3),
        rectifier(),
        nn.Flatten(),
        nn.Linear(5 * 16, 4),
    ).eval()


PICTURES = torch.randn(2, 3, 12, 12, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("layer", ["4", "5", "7"])
def test_the_plain_gradient_is_that_of_half_the_sum_of_squares(layer):
    network = small_network()
    pixels = PICTURES.clone().requires_grad_()
    answer = network[: int(layer) + 1](pixels)[:, 2]
    (wanted,) = torch.autograd.grad((answer**2).sum() / 2, pixels)
    torch.testing.assert_close(backward(network, PICTURES, Unit(layer, 2)).pixels, wanted)


def test_differences_at_each_layer_are_those_of_a_network_cut_there():
    network = small_network()
    unit = Unit("7", 1)
    back = backward(network, PICTURES, unit, "gradient", "one", at=[str(place) for place in range(8)])
    for place in range(8):
        at = network[: place + 1](PICTURES).detach().requires_grad_()
        (wanted,) = torch.autograd.grad(network[place + 1 :](at)[:, 1].sum(), at)
        torch.testing.assert_close(back.layers[str(place)], wanted)


@pytest.mark.parametrize("method", ["guided", "deconv"])
def test_what_arrives_at_a_rectifier_is_what_stands_above_it(method):
    network = Opposites(nn.ReLU())
    back = backward(network, PICTURE, Unit("join", 0), method, "one", at=["join", "rectifier", "split"])
    assert back.layers["join"].flatten().tolist() == [0, 0, 1, 0]
    assert back.layers["rectifier"][0, :, 1, 0].tolist() == [2, -3]
    assert back.layers["split"][0, :, 1, 0].tolist() == [2, 0]


def test_layers_that_overwrite_each_other_do_not_disturb_the_differences():
    apart, overwriting = small_network(), small_network(lambda: nn.ReLU(inplace=True))
    places = ["0", "1", "2", "4", "5"]
    for method in METHODS:
        wanted = backward(apart, PICTURES, Unit("7", 1), method, at=places, keep=places)
        got = backward(overwriting, PICTURES, Unit("7", 1), method, at=places, keep=places)
        torch.testing.assert_close(got.pixels, wanted.pixels)
        torch.testing.assert_close(got.layers, wanted.layers)
        torch.testing.assert_close(got.answers, wanted.answers)


class OverwritesWhatTheDerivativeNeeds(nn.Module):
    """Rectified, then clipped and tripled in place: plain autograd refuses to go back through this."""

    def forward(self, x):
        x = torch.relu(x - 1)
        return x.clamp_(0, 5).mul_(3)


def test_a_network_that_overwrites_what_a_derivative_needs_has_a_way_back():
    network = nn.Sequential(OverwritesWhatTheDerivativeNeeds())
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        network(PICTURE.clone().requires_grad_() * 1).sum().backward()
    # Of the pixels 0.5, -2, 3.5 and 8 only the third is neither below 1 nor clipped at 5: its difference is tripled.
    picture = torch.tensor([[[[0.5, -2.0], [3.5, 8.0]]]])
    wanted = {"gradient": [0, 0, 7.5 * 3, 0], "guided": [0, 0, 7.5 * 3, 0], "deconv": [0, 0, 7.5 * 3, 15 * 3]}
    for method in METHODS:
        assert backward(network, picture, Unit("0", 0), method).pixels.flatten().tolist() == wanted[method], method


def test_behind_the_unit_there_are_no_differences_but_answers():
    network = small_network()
    back = backward(network, PICTURES, Unit("4", 0), at=["5", "7"], keep=["7"])
    assert back.layers["5"].shape == (2, 5, 4, 4)
    assert not back.layers["5"].any()
    assert not back.layers["7"].any()
    torch.testing.assert_close(back.answers["7"], network(PICTURES).detach())


def test_kept_answers_are_those_of_activations_and_one_pass_makes_them():
    network = small_network()
    passes = []
    network[0].register_forward_hook(lambda *_: passes.append(0))
    back = backward(network, PICTURES, Unit("5", 3), "guided", keep=["2", "4"])
    assert len(passes) == 1
    torch.testing.assert_close(back.answers, activations(network, PICTURES, ["2", "4"]))


def test_the_pass_stops_at_the_deepest_site():
    network = small_network()
    ran = []
    for place in (4, 5):
        network[place].register_forward_hook(lambda *_, place=place: ran.append(place))
    backward(network, PICTURES, Unit("4", 0), keep=["2"])
    assert ran == [4]


def test_functions_and_modules_that_run_twice_have_differences_too():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = convolve([[-2.0]])

        def forward(self, x):
            return self.scale(F.relu(self.scale(x)))

    network = Twice()
    at_second = backward(network, PICTURE, Unit("scale@2", 0), at=["relu()", "scale"], keep=["relu()"])
    # relu(-2 x) = (0, 4, 0, 8), answers -2 of these; the seed (0, -8, 0, -16) times -2 arrives at the function.
    assert at_second.answers["relu()"].flatten().tolist() == [0, 4, 0, 8]
    assert at_second.layers["relu()"].flatten().tolist() == [0, 16, 0, 32]
    assert at_second.pixels.flatten().tolist() == [0, -32, 0, -64]
    # The function of its own: seed (0, 4, 0, 8) times -2.
    assert backward(network, PICTURE, Unit("relu()", 0)).pixels.flatten().tolist() == [0, -8, 0, -16]


class Tokens(nn.Module):
    """Four by four patches as tokens with a class token before them, through one transformer layer."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(1, 8, 2, 2)
        self.first = nn.Parameter(torch.linspace(-1, 1, 8)[None, None])
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dropout=0.0)

    def forward(self, x):
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        return self.layer(torch.cat([self.first.expand(len(x), -1, -1), tokens], 1))[:, 0]


@pytest.mark.parametrize("method", METHODS)
def test_tokens_and_attention_have_a_way_back(method):
    torch.manual_seed(0)
    network = Tokens().eval().requires_grad_(False)
    picture = torch.randn(2, 1, 8, 8)
    back = backward(network, picture, Unit("layer", 3, (2, 1)), method, "one", at=["layer", "layer.norm1"])
    assert back.layers["layer"].shape == (2, 8, 4, 4)
    assert back.layers["layer"].count_nonzero() == 2
    assert back.layers["layer.norm1"].any()
    assert back.pixels.any()
    attention = backward(network, picture, Unit("layer.self_attn.attention()", 1), method)
    assert attention.pixels.any()


def test_a_frozen_network_in_inference_mode_is_left_as_it_was():
    network = small_network().requires_grad_(False)
    wanted = backward(network, PICTURES, Unit("7", 0)).pixels
    with torch.inference_mode():
        inferred = PICTURES * 1
        torch.testing.assert_close(backward(network, inferred, Unit("7", 0)).pixels, wanted)
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()
    with torch.no_grad():
        torch.testing.assert_close(
            backward(network, inferred, Unit("4", 0), keep=["7"]).answers["7"], network(PICTURES)
        )
        assert not torch.is_grad_enabled()


def test_weights_get_no_gradients_and_nothing_stays_hooked():
    network = small_network()
    for method in METHODS:
        backward(network, PICTURES, Unit("7", 0), method, at=["2"], keep=["4"])
        assert all(parameter.grad is None for parameter in network.parameters())
        assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())


def test_nothing_stays_hooked_or_switched_after_an_exception():
    network = small_network()
    network.append(nn.Linear(5, 5))
    for method in METHODS:
        with pytest.raises(RuntimeError, match="shapes"):
            backward(network, PICTURES, Unit("8", 0), method)
        assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())
        leaf = torch.tensor([1.0], requires_grad=True)
        assert torch.autograd.grad(F.relu(leaf), leaf, torch.tensor([-1.0]))[0] == -1


def test_a_network_may_overwrite_its_pictures():
    network = nn.Sequential(nn.ReLU(inplace=True), convolve([[3.0]]))
    given = PICTURE.clone()
    came = backward(network, given, Unit("1", 0), seed="one").pixels
    assert came.flatten().tolist() == [0, 0, 3, 0]
    torch.testing.assert_close(given, PICTURE)


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [
        (Unit("6.conv", 0), 'The network has no layer "6.conv".'),
        (Unit("rectifer", 0), "The nearest are: rectifier."),
        (Unit("rectifier.relu()@3", 0), "never ran"),
        (Unit("split", 2), '"split" has the channels 0 to 1, got 2.'),
        (Unit("split", -1), "got -1"),
        (Unit("split", 0, (2, 0)), "the rows 0 to 1 and the columns 0 to 1, got (2, 0)"),
        (Unit("split", 0, (0, -1)), "got (0, -1)"),
    ],
)
def test_a_wrong_unit_is_answered_with_a_sentence(unit, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        backward(Opposites(nn.ReLU()), PICTURE, unit)


def test_other_wrong_wishes_are_answered_with_a_sentence():
    network = Opposites(nn.ReLU())
    with pytest.raises(ValueError, match='The methods are gradient, deconv, guided; got "smooth"'):
        backward(network, PICTURE, Unit("join", 0), "smooth")
    with pytest.raises(ValueError, match='The seeds are activation, one; got "two"'):
        backward(network, PICTURE, Unit("join", 0), seed="two")
    with pytest.raises(ValueError, match="no positions"):
        backward(Pooled(), PICTURE, Unit("unit", 0, (0, 0)))
    with pytest.raises(ValueError, match=r"Pictures must be floating-point numbers, got torch\.uint8"):
        backward(network, PICTURE.to(torch.uint8), Unit("join", 0))


class Cut(nn.Module):
    """A network whose answers are cut off from its pictures, as with a detach in the middle."""

    def __init__(self):
        super().__init__()
        self.split = convolve([[1.0]])

    def forward(self, x):
        return self.split(x.detach())


def test_a_network_that_lets_no_gradient_through_says_so():
    with pytest.raises(ValueError, match='No gradient leads from "split" back to the pixels'):
        backward(Cut().requires_grad_(False), PICTURE, Unit("split", 0))


class OverwritesAView(nn.Module):
    """A view that a later layer overwrites: what arrived at it cannot be told."""

    def __init__(self):
        super().__init__()
        self.flat = nn.Flatten()
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.flat(x * 1))


def test_differences_that_cannot_be_told_are_refused_instead_of_shown_as_none():
    with pytest.raises(ValueError, match='overwrites what "flat" answered'):
        backward(OverwritesAView(), PICTURE, Unit("relu", 0), at=["flat"])
    assert backward(OverwritesAView(), PICTURE, Unit("relu", 0)).pixels.flatten().tolist() == [1, 0, 0, 0]
