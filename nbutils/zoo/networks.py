"""Pretrained networks, ready to answer: from the cache only, in evaluation mode, frozen, channels last."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.torch import load as load_tensors
from torch import Tensor, nn

from nbutils.zoo.alexnet import make_alexnet
from nbutils.zoo.cache import read_converted
from nbutils.zoo.catalogue import find_entry
from nbutils.zoo.efficientnet import EfficientNetLite0
from nbutils.zoo.labels import read_labels
from nbutils.zoo.mobilenet import MobileNetV2
from nbutils.zoo.vgg import make_vgg16


@dataclass(frozen=True)
class _Scale:
    """What the pixels were made into while a network was trained: (pixels / 255 - mean) / std."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


_IMAGENET = _Scale((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # torchvision's reference training
_LITE = _Scale((127 / 255,) * 3, (128 / 255,) * 3)  # (pixels - 127) / 128, TensorFlow's efficientnet/lite
_MAKERS = {
    "mobilenet_v2": (MobileNetV2, _IMAGENET),
    "efficientnet_lite0": (EfficientNetLite0, _LITE),
    "alexnet": (make_alexnet, _IMAGENET),
    "vgg16": (make_vgg16, _IMAGENET),
}
_CLASSIFIERS = ("mobilenet_v2", "efficientnet_lite0")


@dataclass(frozen=True)
class Network:
    """A network with all that is needed to ask it.

    module : in evaluation mode; the names of its layers are meant to be read
    size : side in pixels of the square pictures handed to `prepare`, the larger of height and width
    mean, std : of each channel over the training pictures, for pixels in 0..1
    labels : the name of each class, or None where the network has no classes
    parameters : how many trained numbers it has
    shape : (channels, height, width) of what the module takes
    prepare : its own way from pixels (n, height, width, 3), uint8, to what the module takes, or None
    """

    name: str
    title: str
    module: nn.Module
    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    labels: tuple[str, ...] | None
    parameters: int
    licence: str
    shape: tuple[int, int, int] = (3, 224, 224)
    prepare: Callable[[np.ndarray], np.ndarray | Tensor] | None = None


def load(name: str) -> Network:
    """Return "mobilenet_v2", "efficientnet_lite0", "alexnet" or "vgg16" from the cache; nothing is downloaded here.

    Raises Unavailable, whose text names the command to run, where it is absent or damaged, and ValueError for
    another name.
    """
    entry = find_entry(name)
    if name not in _MAKERS:
        raise ValueError(f"{name!r} is not a network; the networks are {', '.join(_MAKERS)}.")
    make, scale = _MAKERS[name]
    with torch.device("meta"):  # no time goes into random weights that would be overwritten
        module = make()
    module.load_state_dict(load_tensors(read_converted(entry)), strict=True, assign=True)
    module = module.eval().requires_grad_(False).to(memory_format=torch.channels_last)
    return Network(
        name=name,
        title=entry.title,
        module=module,
        size=224,
        mean=scale.mean,
        std=scale.std,
        labels=read_labels() if name in _CLASSIFIERS else None,
        parameters=sum(parameter.numel() for parameter in module.parameters()),
        licence=entry.licence,
    )
