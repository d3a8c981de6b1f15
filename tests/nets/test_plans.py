"""The plans as networks: sizes, numbers of parameters, first weights, against what was published."""

import pytest
import torch
from torch import nn

from nbutils.nets.networks import KEPT, AbsTanh, build
from nbutils.nets.normalization import LocalResponse
from nbutils.nets.plans import PLANS

# Sides of what the layers give: the published network's, and half of half for small pictures.
SIDES = {
    "alexnet_227": (27, 13, 13, 13, 6),
    "small_32": (8, 4, 4, 4, 2),
    "small_28": (7, 4, 4, 4, 2),
    "small_32_7x7": (8, 4, 4, 4, 2),
    "small_32_11x11": (4, 2, 2, 2, 1),
}


def maps(network):
    return [part for part in network.modules() if isinstance(part, nn.Conv2d | nn.Linear)]


@pytest.fixture(scope="module")
def alexnet():
    return build(PLANS["alexnet_227"], 1000, 3)


@pytest.fixture(scope="module")
def networks(alexnet):
    small = {name: build(plan, 5, 3) for name, plan in PLANS.items() if name != "alexnet_227"}
    return small | {"alexnet_227": alexnet}


@pytest.mark.parametrize("name", SIDES)
def test_every_layer_gives_what_the_plan_says(networks, name):
    plan, network = PLANS[name], networks[name]
    x = torch.zeros(1, plan.channels, plan.size, plan.size)
    with torch.no_grad():
        for place, layer in enumerate(plan.layers):
            x = network(x, first=place, last=place + 1)
            wide = (
                (1, layer.width, *2 * SIDES[name][place : place + 1])
                if place < 5
                else (1, maps(network)[place].out_features)
            )
            assert x.shape == wide
    assert len(network.layers) == len(plan.layers) == 8
    assert [layer.kind for layer in plan.layers] == ["conv"] * 5 + ["linear"] * 3


def test_the_large_one_is_the_published_network(alexnet):
    """Caffe's reference network: 60,965,224 parameters; 55 pixels a side before its first pooling, 227 of a picture."""
    assert sum(value.numel() for value in alexnet.parameters()) == 60_965_224
    assert alexnet.layers[0][0](torch.zeros(1, 3, 227, 227)).shape == (1, 96, 55, 55)
    assert [part.groups for part in maps(alexnet)[:5]] == [1, 2, 1, 2, 2]


def test_its_first_weights_and_biases_are_those_of_the_published_files(alexnet):
    for part, spread, bias in zip(
        maps(alexnet), [0.01] * 5 + [0.005, 0.005, 0.01], [0, 1, 0, 1, 1, 1, 1, 0], strict=True
    ):
        assert part.weight.std().item() == pytest.approx(spread, rel=0.02)
        assert abs(part.weight.mean().item()) < 4 * spread / part.weight.numel() ** 0.5
        assert torch.equal(part.bias, torch.full_like(part.bias, bias))


@pytest.mark.parametrize("name", [name for name in PLANS if name != "alexnet_227"])
def test_small_ones_begin_as_he_et_al_have_it(networks, name):
    for part in maps(networks[name]):
        inputs = part.weight[0].numel()
        assert part.weight.std().item() == pytest.approx((2 / inputs) ** 0.5, rel=0.1)
        assert not part.bias.any()


@pytest.mark.parametrize("name", PLANS)
def test_normalization_comes_after_pooling_and_dropout_after_the_inner_linear_layers(networks, name):
    network = networks[name]
    kinds = [[type(part) for part in layer] for layer in network.layers]
    pooled = [nn.Conv2d, nn.ReLU, nn.MaxPool2d]
    assert kinds[:2] == [[*pooled, LocalResponse]] * 2
    assert kinds[2:5] == [pooled[:2], pooled[:2], pooled]
    assert kinds[5:] == [[nn.Flatten, nn.Linear, nn.ReLU]] * 2 + [[nn.Flatten, nn.Linear]]
    assert network.drops == (5, 6)


def test_a_seed_gives_the_same_weights_and_another_one_others():
    first, again, other = (build(PLANS["small_32"], 5, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first if name.endswith("weight"))


def test_parts_of_a_pass_make_the_whole_and_masks_drop(networks):
    network = networks["small_32"]
    x = torch.randn(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    masks = {5: torch.zeros(4, 256), 6: torch.ones(4, 256) / KEPT}
    with torch.no_grad():
        whole = network(x)
        for cut in range(9):
            assert torch.equal(network(network(x, last=cut), first=cut), whole)
        six = network(x, last=6)
        by_hand = network.layers[7](network.layers[6](six * 0) / KEPT)
        assert torch.equal(network(x, masks), by_hand)
        assert torch.equal(network(six, masks, first=6), by_hand)


def test_the_other_nonlinearity_takes_the_place_of_all():
    network = build(PLANS["small_28"], 5, 3, "abs_tanh")
    assert [type(layer[-1]) for layer in network.layers[5:7]] == [AbsTanh] * 2
    assert not [part for part in network.modules() if isinstance(part, nn.ReLU)]
    torch.testing.assert_close(
        AbsTanh()(torch.tensor([-1.0, 0, 2])), torch.tensor([0.76159, 0, 0.96403]), atol=1e-5, rtol=0
    )
