"""MobileNetV2 with layers that carry readable names."""

from collections.abc import Mapping

from torch import Tensor, nn

# Widening, channels, repetitions, first stride. Source: M. Sandler et al., "MobileNetV2: Inverted Residuals and
# Linear Bottlenecks" (2018), table 2.
_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_BLOCKS = sum(repetitions for _, _, repetitions, _ in _STAGES)


class InvertedResidual(nn.Module):
    """One block: widen with 1x1, filter each channel with 3x3, narrow with 1x1; add the input where shapes agree."""

    def __init__(self, channels: int, out: int, stride: int, widening: int) -> None:
        super().__init__()
        hidden = channels * widening
        self.adds_input = stride == 1 and channels == out
        self.widens = widening > 1
        if self.widens:
            self.expand = nn.Conv2d(channels, hidden, 1, bias=False)
            self.expand_norm = nn.BatchNorm2d(hidden)
            self.expand_relu = nn.ReLU6()
        self.depthwise = nn.Conv2d(hidden, hidden, 3, stride, padding=1, groups=hidden, bias=False)
        self.depthwise_norm = nn.BatchNorm2d(hidden)
        self.depthwise_relu = nn.ReLU6()
        self.project = nn.Conv2d(hidden, out, 1, bias=False)
        self.project_norm = nn.BatchNorm2d(out)

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, out, height / stride, width / stride) for x : (n, channels, height, width), float."""
        wide = self.expand_relu(self.expand_norm(self.expand(x))) if self.widens else x
        wide = self.depthwise_relu(self.depthwise_norm(self.depthwise(wide)))
        narrow = self.project_norm(self.project(wide))
        return x + narrow if self.adds_input else narrow


class MobileNetV2(nn.Module):
    """The network for 1000 classes, without the dropout that only training needs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, stride=2, padding=1, bias=False)
        self.conv1_norm = nn.BatchNorm2d(32)
        self.conv1_relu = nn.ReLU6()
        channels, number = 32, 0
        for widening, out, repetitions, first_stride in _STAGES:
            for repetition in range(repetitions):
                number += 1
                block = InvertedResidual(channels, out, 1 if repetition else first_stride, widening)
                self.add_module(f"block{number}", block)
                channels = out
        self.last = nn.Conv2d(channels, 1280, 1, bias=False)
        self.last_norm = nn.BatchNorm2d(1280)
        self.last_relu = nn.ReLU6()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classes = nn.Linear(1280, 1000)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (n, 1000) for pictures x : (n, 3, 224, 224), float, normalised."""
        x = self.conv1_relu(self.conv1_norm(self.conv1(x)))
        for number in range(1, _BLOCKS + 1):
            x = self.get_submodule(f"block{number}")(x)
        x = self.last_relu(self.last_norm(self.last(x)))
        return self.classes(self.pool(x).flatten(1))


def name_mobilenet_weights(held: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return torchvision's state dict under this module's own names."""
    return {_readable_name(name): tensor.contiguous() for name, tensor in held.items()}


def _readable_name(name: str) -> str:
    """Return our name of one of torchvision's tensors: features.2.conv.1.0.weight is block2.depthwise.weight."""
    layer, tensor = name.rsplit(".", 1)
    return f"{_LAYER_NAMES[layer]}.{tensor}"


def _name_layers() -> dict[str, str]:
    """Return torchvision's layer names, each with ours."""
    names = {"features.0.0": "conv1", "features.0.1": "conv1_norm", "classifier.1": "classes"}
    names |= {f"features.{_BLOCKS + 1}.0": "last", f"features.{_BLOCKS + 1}.1": "last_norm"}
    pairs = ("expand", "depthwise")
    for number in range(1, _BLOCKS + 1):
        theirs, ours = f"features.{number}.conv", f"block{number}"
        parts = pairs[1:] if number == 1 else pairs  # the first block does not widen
        for index, part in enumerate(parts):
            names |= {f"{theirs}.{index}.0": f"{ours}.{part}", f"{theirs}.{index}.1": f"{ours}.{part}_norm"}
        names |= {f"{theirs}.{len(parts)}": f"{ours}.project", f"{theirs}.{len(parts) + 1}": f"{ours}.project_norm"}
    return names


_LAYER_NAMES = _name_layers()
