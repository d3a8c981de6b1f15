"""The convolutional trunk of AlexNet: five convolutions, without the three fully connected layers and the classes."""

from collections import OrderedDict

from torch import nn

ALEXNET_CONVOLUTIONS = ("conv1", "conv2", "conv3", "conv4", "conv5")


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
