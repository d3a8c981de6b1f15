"""Small networks with weights from a seed, of the kinds that pictures are made for."""

import torch
from torch import nn

from nbutils import zoo

LABELS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def make_colour(size=32, **given):
    """Two convolutions over colours and ten classes."""
    torch.manual_seed(0)
    module = nn.Sequential()
    module.add_module("conv1", nn.Conv2d(3, 8, 5, stride=2, padding=2))
    module.add_module("relu1", nn.ReLU())
    module.add_module("conv2", nn.Conv2d(8, 12, 3, stride=2, padding=1))
    module.add_module("relu2", nn.ReLU())
    module.add_module("pool", nn.AdaptiveAvgPool2d(2))
    module.add_module("flat", nn.Flatten())
    module.add_module("classes", nn.Linear(48, 10))
    wanted = {"size": size, "mean": (0.5, 0.45, 0.4), "std": (0.2, 0.25, 0.3), "labels": LABELS, "name": "tiny"}
    return zoo.wrap(module, **wanted | given)


def make_grey():
    """A network for digits: one channel, 28 pixels."""
    torch.manual_seed(1)
    module = nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(6 * 12 * 12, 10))
    return zoo.wrap(module, size=28, mean=0.13, std=0.31, labels=LABELS, name="digits")


class Transformer(nn.Module):
    """Patches of four pixels, a class token, one layer of attention."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(2)
        self.patches = nn.Conv2d(3, 16, 4, stride=4)
        self.token = nn.Parameter(torch.randn(1, 1, 16))
        self.places = nn.Parameter(torch.randn(1, 17, 16))
        self.block = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, dropout=0.0)
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        """Return logits (n, 10) for pictures (n, 3, 16, 16)."""
        tokens = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.token.expand(len(x), -1, -1), tokens], 1) + self.places
        return self.head(self.block(tokens)[:, 0])


def make_transformer():
    """Return a tiny vision transformer for pictures of 16 pixels."""
    return zoo.wrap(Transformer(), size=16, mean=0.5, std=0.5, labels=LABELS, name="patches")


def make_dead():
    """A network whose channel 0 answers bright pictures alone, none near the mean, and whose channel 1 answers all."""
    torch.manual_seed(3)
    convolution = nn.Conv2d(3, 2, 3)
    with torch.no_grad():
        convolution.weight[0] = torch.rand(3, 3, 3) * 0.05
        convolution.bias[0] = -0.1
        convolution.bias[1] = 1.0
    return zoo.wrap(nn.Sequential(convolution, nn.ReLU()), size=16, mean=0.5, std=1.0, name="dead")
