"""Layers in groups, and the words around them."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nbutils import zoo
from nbutils.deepvis import looking
from nbutils.deepvis.dashboards import telling
from nbutils.probe import Layer, layers


def groups_of(names):
    known = tuple(Layer(name, name, "convolution", (8, 4, 4)) for name in names)
    return {group: [name for _, name in rows] for group, rows in telling.group_layers(known).items()}


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x):
        return F.relu(self.conv2(F.relu(self.conv1(x))) + x)


class ResNetLike(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3)
        self.layer1 = nn.Sequential(Residual(), Residual())
        self.layer2 = nn.Sequential(Residual())
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(F.relu(self.conv1(x)))).mean((2, 3)))


def test_a_residual_network_is_grouped_by_its_blocks():
    found = telling.group_layers(layers(ResNetLike().eval(), torch.zeros(1, 3, 12, 12)))
    names = {group: [name for _, name in rows] for group, rows in found.items()}
    assert next(iter(names)) == "layers"
    assert {"layer 1 0", "layer 1 1", "layer 2 0"} < set(names)
    assert "conv1" in names["layers"]
    assert "fc" in names["after the blocks"]
    assert "layer1.0.conv1" in names["layer 1 0"]
    assert any("relu()@2" in name or name == "layer1.0" for name in names["layer 1 0"])


def test_every_layer_of_the_zoo_is_in_one_group_and_no_group_is_torn():
    for network in ("mobilenet_v2", "alexnet", "vgg16", "efficientnet_lite0"):
        known = looking.list_layers(zoo.load(network))
        listed = [name for rows in telling.group_layers(known).values() for _, name in rows]
        assert listed == [layer.name for layer in known], f"the layers of {network} are listed in another order"


def test_vgg_is_grouped_by_its_stages():
    groups = groups_of(["conv1_1", "relu1_1", "conv1_2", "pool1", "conv2_1", "relu2_1", "fc6"])
    assert groups == {
        "stage 1": ["conv1_1", "relu1_1", "conv1_2", "pool1"],
        "stage 2": ["conv2_1", "relu2_1"],
        "after the blocks": ["fc6"],
    }


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["conv1", "relu1", "pool1"], ["layers"]),
        (
            ["patch", "blocks.0.attn.qkv", "blocks.0.attention()", "blocks.1.mlp.fc1"],
            ["layers", "blocks 0", "blocks 1"],
        ),
        (["encoder.layers.encoder_layer_0.mlp.0"], ["encoder layers encoder layer 0"]),
        (["features.0", "features.1.conv.0.0", "features.1.conv.1"], ["features", "features 1"]),
        (["trunk.conv", "head"], ["trunk", "after the blocks"]),
        (["layer1.0.downsample.0", "layer1.0.relu()@2"], ["layer 1 0"]),
    ],
)
def test_names_of_many_kinds(names, groups):
    assert list(groups_of(names)) == groups


def test_names_are_escaped():
    bad = Layer("<b>", "<script>alert(1)</script>", "convolution", (3, 2, 2))
    said = (
        telling.tell_layer(bad, "channel", "layer 1 of 1", "<i>")
        + telling.name_unit(bad, 0, ("<u>",))
        + telling.tell_channel(bad, "channel", 0, ("<u>",))
        + telling.tell_range(bad, "channel", 0, 0.0, 1.0)
    )
    for tag in ("<script>", "<i>", "<u>"):
        assert tag not in said
