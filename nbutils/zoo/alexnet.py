"""The convolutional trunk of AlexNet: five convolutions, without the three fully connected layers and the classes."""

from collections import OrderedDict
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn


def make_alexnet() -> nn.Sequential:
    """Return the trunk with untrained weights; pictures (n, 3, 224, 224) become (n, 256, 6, 6).

    Source of the sizes: A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014),
    the one-column network, as torchvision trained it.
    """
    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 64, 11, stride=4, padding=2),
            relu1=nn.ReLU(),
            pool1=nn.MaxPool2d(3, stride=2),
            conv2=nn.Conv2d(64, 192, 5, padding=2),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d(3, stride=2),
            conv3=nn.Conv2d(192, 384, 3, padding=1),
            relu3=nn.ReLU(),
            conv4=nn.Conv2d(384, 256, 3, padding=1),
            relu4=nn.ReLU(),
            conv5=nn.Conv2d(256, 256, 3, padding=1),
            relu5=nn.ReLU(),
            pool5=nn.MaxPool2d(3, stride=2),
        )
    )


def name_alexnet_weights(held: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, Tensor]:
    """Return the five convolutions of a Flax checkpoint under the trunk's own names.

    held : {"Conv_0": {"kernel": (height, width, in, out), "bias": (out,)}, ...}, float32
    """
    named = {}
    for index in range(5):
        convolution = held[f"Conv_{index}"]
        kernel = np.ascontiguousarray(convolution["kernel"].transpose(3, 2, 0, 1))
        named[f"conv{index + 1}.weight"] = torch.from_numpy(kernel)
        named[f"conv{index + 1}.bias"] = torch.from_numpy(convolution["bias"].copy())
    return named
