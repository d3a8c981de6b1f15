"""Backward through generated networks against rules written as plain autograd functions."""

import copy

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from nbutils.probe import Unit, activations, backward, layers
from nbutils.probe.backward import METHODS

CHANNELS = 4
# Each kind of rectifier with the ways of calling it that must all be seen.
RECTIFIERS = {
    "relu": [nn.ReLU(), nn.ReLU(inplace=True), F.relu, torch.relu, torch.relu_, lambda x: x.clamp(min=0)],
    "relu6": [nn.ReLU6(), nn.ReLU6(inplace=True), F.relu6, lambda x: x.clamp(0, 6)],
    "leaky_relu": [nn.LeakyReLU(), lambda x: F.leaky_relu(x, inplace=True), nn.PReLU(init=0.01)],
    "elu": [nn.ELU(), F.elu, F.elu_],
    "gelu": [nn.GELU(), F.gelu],
    "silu": [nn.SiLU(), lambda x: F.silu(x, inplace=True)],
    "hardswish": [nn.Hardswish(), F.hardswish],
}
RECTIFIER = st.sampled_from([(kind, call) for kind, calls in RECTIFIERS.items() for call in range(len(calls))])
PLAIN = st.sampled_from(["convolution", "normalization", "max-pool", "mean-pool", "again"])
STEP = st.one_of(RECTIFIER, PLAIN)
STEPS = st.lists(st.one_of(STEP, STEP, st.lists(STEP, min_size=1, max_size=3)), min_size=1, max_size=7)


class Generated(nn.Module):
    """The steps one after the other; "again" runs one and the same convolution each time."""

    def __init__(self, steps, again):
        super().__init__()
        self.again = again
        self.steps = [(step, make_part(step, again)) for step in steps]
        for place, (_, part) in enumerate(self.steps):
            if isinstance(part, nn.Module):
                self.add_module(f"step{place}", part)

    def forward(self, x):
        return self.run(x)

    def run(self, x, rule=None):
        """Run the steps, each rectifier as it is called or, where there is a rule, as rule(kind, x)."""
        for step, part in self.steps:
            if isinstance(step, list):
                x = x + (part.run(x * 1, rule) if rule else part(x * 1))
            elif isinstance(step, tuple) and rule:
                x = rule(step[0], x)
            else:
                x = part(x)
        return x


def make_part(step, again):
    """Return the module or function of one step: a list is a block that adds its input, a tuple a rectifier."""
    if isinstance(step, list):
        return Generated(step, again)
    if isinstance(step, tuple):
        kind, call = step
        return copy.deepcopy(RECTIFIERS[kind][call])
    return {
        "convolution": lambda: nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1),
        "normalization": lambda: nn.BatchNorm2d(CHANNELS),
        "max-pool": lambda: nn.MaxPool2d(3, 1, 1),
        "mean-pool": lambda: nn.AvgPool2d(3, 1, 1),
        "again": lambda: again,
    }[step]()


class Ruled(torch.autograd.Function):
    """A rectifier with the rule of a method, from the definition: its true derivative by autograd, or none."""

    @staticmethod
    def forward(ctx, x, kind, method):
        ctx.kind, ctx.method = kind, method
        ctx.save_for_backward(x)
        return getattr(F, kind)(x)

    @staticmethod
    def backward(ctx, arriving):
        (x,) = ctx.saved_tensors
        with torch.enable_grad():
            leaf = x.detach().requires_grad_()
            (slope,) = torch.autograd.grad(getattr(F, ctx.kind)(leaf).sum(), leaf)
        positive = torch.where(arriving > 0, arriving, torch.zeros_like(arriving))
        return {"gradient": slope * arriving, "guided": slope * positive, "deconv": positive}[ctx.method], None, None


def make_network(steps, seed):
    torch.manual_seed(seed)
    again = nn.Conv2d(CHANNELS, CHANNELS, 1)
    body = Generated(steps, again)
    network = nn.Sequential(nn.Conv2d(2, CHANNELS, 3), body, nn.Conv2d(CHANNELS, 3, 1)).eval().double()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            nn.init.normal_(module.weight)
    return network


PICTURES = torch.randn(2, 2, 9, 7, generator=torch.Generator().manual_seed(5), dtype=torch.float64) * 3


@settings(max_examples=60, deadline=None)
@given(STEPS, st.sampled_from(METHODS), st.integers(0, 2), st.integers(0, 1000))
def test_any_network_sends_back_what_its_rules_say(steps, method, channel, seed):
    network = make_network(steps, seed)
    pixels = PICTURES.clone().requires_grad_()

    def rule(kind, x):
        return Ruled.apply(x, kind, method)

    answer = network[2](network[1].run(network[0](pixels), rule))
    start = torch.zeros_like(answer)
    start[:, channel] = answer[:, channel].detach()
    (wanted,) = torch.autograd.grad(answer, pixels, start)
    came = backward(network, PICTURES, Unit("2", channel), method, keep=["2"])
    torch.testing.assert_close(came.answers["2"], answer.detach())
    torch.testing.assert_close(came.pixels, wanted)


@settings(max_examples=30, deadline=None)
@given(STEPS, st.sampled_from(METHODS), st.sampled_from(["activation", "one"]), st.data())
def test_every_layer_of_any_network_is_a_unit_and_has_differences(steps, method, seed, data):
    network = make_network(steps, 1)
    known = layers(network, PICTURES)
    names = [layer.name for layer in known]
    unit = Unit(data.draw(st.sampled_from(names)), data.draw(st.integers(0, 2)))
    back = backward(network, PICTURES, unit, method, seed, at=names, keep=names)
    assert back.pixels.shape == PICTURES.shape
    assert torch.isfinite(back.pixels).all()
    for layer in known:
        assert back.layers[layer.name].shape[1:] == layer.shape
        assert torch.isfinite(back.layers[layer.name]).all()
    torch.testing.assert_close(back.answers, activations(network, PICTURES, names))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())
    assert all(parameter.grad is None for parameter in network.parameters())
