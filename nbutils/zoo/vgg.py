"""The convolutional trunk of VGG16: thirteen convolutions, without the fully connected layers and the classes."""

from collections import OrderedDict

from torch import nn

# Channels of each stage and how many convolutions it has. Source: K. Simonyan and A. Zisserman, "Very Deep
# Convolutional Networks for Large-Scale Image Recognition" (2014), table 1, column D.
_STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
VGG16_CONVOLUTIONS = tuple(
    f"conv{stage}_{number}" for stage, (_, count) in enumerate(_STAGES, 1) for number in range(1, count + 1)
)


def make_vgg16() -> nn.Sequential:
    """Return the trunk with untrained weights; pictures (n, 3, 224, 224) become (n, 512, 7, 7)."""
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    channels = 3
    for stage, (out, count) in enumerate(_STAGES, 1):
        for number in range(1, count + 1):
            parts[f"conv{stage}_{number}"] = nn.Conv2d(channels, out, 3, padding=1)
            parts[f"relu{stage}_{number}"] = nn.ReLU()
            channels = out
        parts[f"pool{stage}"] = nn.MaxPool2d(2)
    return nn.Sequential(parts)
