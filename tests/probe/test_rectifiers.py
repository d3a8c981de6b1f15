"""Every rectifier, however it is called, against its derivative written out with numpy."""

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nbutils.probe.rectifiers import rectify

INPUTS = np.array([-7.0, -2.5, -1.0, -0.3, 0.2, 1.0, 2.5, 5.0, 7.0])
ARRIVING = np.array([1.0, -2.0, 3.0, -4.0, 5.0, -6.0, 7.0, -8.0, 9.0])

X, POSITIVE = INPUTS, INPUTS > 0
SIGMOID = 1 / (1 + np.exp(-X))
TANH_OF_SOFTPLUS = np.tanh(np.log1p(np.exp(X)))
NORMAL = np.array([math.erf(x / math.sqrt(2)) for x in X]) / 2 + 0.5
DENSITY = np.exp(-X * X / 2) / math.sqrt(2 * math.pi)
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772  # G. Klambauer et al. (2017), equation 14

DERIVATIVES = {
    "relu": POSITIVE * 1.0,
    "relu6": (POSITIVE & (X < 6)) * 1.0,
    "leaky": np.where(POSITIVE, 1, 0.1),
    "elu": np.where(POSITIVE, 1, np.exp(X)),
    "selu": SCALE * np.where(POSITIVE, 1, ALPHA * np.exp(X)),
    "celu": np.where(POSITIVE, 1, np.exp(X / 2)),
    "gelu": NORMAL + X * DENSITY,
    "silu": SIGMOID * (1 + X * (1 - SIGMOID)),
    "mish": TANH_OF_SOFTPLUS + X * (1 - TANH_OF_SOFTPLUS**2) * SIGMOID,
    "hardswish": np.where(X <= -3, 0, np.where(X >= 3, 1, X / 3 + 0.5)),
    "softplus": SIGMOID,
    "above_one": (X > 1) * 1.0,
}
CALLS = [
    ("relu", nn.ReLU()),
    ("relu", nn.ReLU(inplace=True)),
    ("relu", F.relu),
    ("relu", F.relu_),
    ("relu", torch.relu),
    ("relu", torch.relu_),
    ("relu", torch.Tensor.relu),
    ("relu", torch.Tensor.relu_),
    ("relu", lambda x: F.relu(x, True)),
    ("relu", lambda x: F.relu(input=x, inplace=True)),
    ("relu", lambda x: x.clamp(min=0)),
    ("relu", lambda x: x.clamp_(0)),
    ("relu", lambda x: torch.clamp(x, min=torch.zeros(()))),
    ("relu", lambda x: torch.clamp_min(x, 0)),
    ("relu", lambda x: x.clip(0.0)),
    ("relu", lambda x: torch.maximum(x, torch.zeros(1))),
    ("relu", lambda x: torch.maximum(torch.zeros_like(x), x)),
    ("relu", lambda x: torch.max(x, torch.zeros_like(x))),
    ("relu", lambda x: torch.zeros_like(x).max(x)),
    ("relu", lambda x: x.max(other=torch.zeros(()))),
    ("relu", nn.Threshold(0, 0)),
    ("above_one", nn.Threshold(1, 0, inplace=True)),
    ("relu6", nn.ReLU6()),
    ("relu6", nn.ReLU6(inplace=True)),
    ("relu6", F.relu6),
    ("relu6", lambda x: F.relu6(x, inplace=True)),
    ("relu6", nn.Hardtanh(0, 6)),
    ("relu6", lambda x: F.hardtanh_(x, 0.0, 6.0)),
    ("relu6", lambda x: torch.clamp(x, 0, 6)),
    ("leaky", nn.LeakyReLU(0.1)),
    ("leaky", nn.LeakyReLU(0.1, inplace=True)),
    ("leaky", nn.PReLU(init=0.1)),
    ("leaky", nn.RReLU(0.05, 0.15).eval()),
    ("elu", nn.ELU()),
    ("elu", F.elu_),
    ("selu", nn.SELU(inplace=True)),
    ("celu", nn.CELU(2.0)),
    ("gelu", nn.GELU()),
    ("silu", nn.SiLU(inplace=True)),
    ("mish", nn.Mish()),
    ("hardswish", nn.Hardswish()),
    ("hardswish", nn.Hardswish(inplace=True)),
    ("softplus", nn.Softplus()),
]


def name_call(value):
    return value if isinstance(value, str) else getattr(value, "__name__", str(value))


def hand_back(function, rule):
    """Return what the function hands back of ARRIVING, what it answered and what it left of its input."""
    leaf = torch.tensor(INPUTS, requires_grad=True)
    given = leaf * 1
    with rectify(rule):
        answer = function(given)
    (came,) = torch.autograd.grad(answer, leaf, torch.tensor(ARRIVING))
    return came.numpy(), answer.detach().numpy(), given.detach().numpy()


@pytest.mark.parametrize(("kind", "function"), CALLS, ids=name_call)
def test_each_rectifier_hands_back_what_its_rule_says(kind, function):
    function = function.double() if isinstance(function, nn.Module) else function
    arriving = np.maximum(ARRIVING, 0)
    guided, answer, left = hand_back(function, "guided")
    deconv, _, _ = hand_back(function, "deconv")
    np.testing.assert_allclose(guided, DERIVATIVES[kind] * arriving, atol=1e-12)
    np.testing.assert_allclose(deconv, arriving, atol=1e-12)
    plain = torch.tensor(INPUTS)
    np.testing.assert_array_equal(answer, function(plain).detach().numpy())
    np.testing.assert_array_equal(left, plain.numpy())  # who overwrites its input still does, who does not still not


@pytest.mark.parametrize("rule", ["guided", "deconv"])
@pytest.mark.parametrize(
    "function",
    [
        torch.sigmoid,
        torch.tanh,
        nn.Hardtanh(),
        lambda x: x.clamp(-1, 1),
        lambda x: x.clamp(max=2),
        nn.Threshold(0, 5),
        lambda x: x * torch.max(x, 0).values,
    ],
    ids=["sigmoid", "tanh", "hardtanh", "clamp to 1", "clamp from above", "threshold to 5", "maximum along an axis"],
)
def test_what_holds_nothing_back_keeps_its_derivative(rule, function):
    leaf = torch.tensor(INPUTS, requires_grad=True)
    (plain,) = torch.autograd.grad(function(leaf), leaf, torch.tensor(ARRIVING))
    np.testing.assert_array_equal(hand_back(function, rule)[0], plain.numpy())


@pytest.mark.parametrize(("rule", "wanted"), [("guided", [2.0, 0.0, 0.0]), ("deconv", [2.0, 0.0, 4.0])])
def test_a_view_that_is_overwritten_follows_the_rule_too(rule, wanted):
    leaf = torch.tensor([1.0, 1.0, -1.0], requires_grad=True)
    given = leaf * 1
    with rectify(rule):
        given.view(3, 1).relu_()
    (came,) = torch.autograd.grad(given, leaf, torch.tensor([2.0, -3.0, 4.0]))
    assert given.tolist() == [1, 1, 0]
    assert came.tolist() == wanted


def test_the_rule_ends_with_the_block_even_after_an_exception():
    with pytest.raises(ZeroDivisionError), rectify("deconv"):
        raise ZeroDivisionError
    leaf = torch.tensor([-1.0, 1.0], requires_grad=True)
    (came,) = torch.autograd.grad(F.relu(leaf), leaf, torch.tensor([-5.0, -5.0]))
    assert came.tolist() == [0, -5]


def test_weights_of_a_prelu_that_is_trained_do_not_disturb_the_rule():
    slope = nn.Parameter(torch.tensor([0.5]))
    leaf = torch.tensor([[-1.0, 1.0]], requires_grad=True)
    with rectify("deconv"):
        answer = F.prelu(leaf * 1, slope)
    (came,) = torch.autograd.grad(answer, leaf, torch.tensor([[3.0, -3.0]]))
    assert came.tolist() == [[3, 0]]
    assert slope.grad is None
