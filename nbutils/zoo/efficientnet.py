"""EfficientNet-Lite0 with layers that carry readable names."""

from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional as F

# Kernel, widening, channels, repetitions, first stride. Source: M. Tan and Q. V. Le, "EfficientNet" (2019), table 1;
# Lite0 is B0 without squeeze-and-excitation and with ReLU6 (R. Liu, "EfficientNet-Lite", TensorFlow blog, 2020).
_STAGES = (
    (3, 1, 16, 1, 1),
    (3, 6, 24, 2, 2),
    (5, 6, 40, 2, 2),
    (3, 6, 80, 3, 2),
    (5, 6, 112, 3, 1),
    (5, 6, 192, 4, 2),
    (3, 6, 320, 1, 1),
)
_BLOCKS = sum(repetitions for _, _, _, repetitions, _ in _STAGES)
_EPSILON = 1e-3  # of the batch norms, as it was trained


class SameConv2d(nn.Conv2d):
    """A convolution whose answer is as wide as its input over its stride, as TensorFlow pads: more to the right.

    With stride 1 that is the usual padding; with stride 2 an even width gets one column less on its left.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, out, ceil(height / stride), ceil(width / stride)) for x : (n, channels, height, width), float."""
        return super().forward(F.pad(x, (*self._missing(x, 1), *self._missing(x, 0))))

    def _missing(self, x: Tensor, axis: int) -> tuple[int, int]:
        """Return how many zeros belong before and after, along rows (axis 0) or columns (axis 1)."""
        length, kernel, stride = x.shape[2 + axis], self.kernel_size[axis], self.stride[axis]
        total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
        return total // 2, total - total // 2


class WideningBlock(nn.Module):
    """One block: widen with 1x1, filter each channel with 3x3 or 5x5, narrow with 1x1; add the input where it fits."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int, widening: int) -> None:
        super().__init__()
        hidden = channels * widening
        self.adds_input = stride == 1 and channels == out
        self.widens = widening > 1
        if self.widens:
            self.expand = nn.Conv2d(channels, hidden, 1, bias=False)
            self.expand_norm = nn.BatchNorm2d(hidden, _EPSILON)
            self.expand_relu = nn.ReLU6()
        self.depthwise = _make_same(hidden, hidden, kernel, stride, groups=hidden)
        self.depthwise_norm = nn.BatchNorm2d(hidden, _EPSILON)
        self.depthwise_relu = nn.ReLU6()
        self.project = nn.Conv2d(hidden, out, 1, bias=False)
        self.project_norm = nn.BatchNorm2d(out, _EPSILON)

    def forward(self, x: Tensor) -> Tensor:
        """Return (n, out, height / stride, width / stride) for x : (n, channels, height, width), float."""
        wide = self.expand_relu(self.expand_norm(self.expand(x))) if self.widens else x
        wide = self.depthwise_relu(self.depthwise_norm(self.depthwise(wide)))
        narrow = self.project_norm(self.project(wide))
        return x + narrow if self.adds_input else narrow


def _make_same(channels: int, out: int, kernel: int, stride: int, groups: int = 1) -> nn.Conv2d:
    """Return a convolution padded as TensorFlow does; torch's own padding is that where the stride is 1."""
    if stride == 1:
        return nn.Conv2d(channels, out, kernel, padding=kernel // 2, groups=groups, bias=False)
    return SameConv2d(channels, out, kernel, stride, groups=groups, bias=False)


class EfficientNetLite0(nn.Module):
    """The network for 1000 classes, without the dropout that only training needs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = _make_same(3, 32, 3, 2)
        self.conv1_norm = nn.BatchNorm2d(32, _EPSILON)
        self.conv1_relu = nn.ReLU6()
        channels, number = 32, 0
        for kernel, widening, out, repetitions, first_stride in _STAGES:
            for repetition in range(repetitions):
                number += 1
                block = WideningBlock(channels, out, kernel, 1 if repetition else first_stride, widening)
                self.add_module(f"block{number}", block)
                channels = out
        self.last = nn.Conv2d(channels, 1280, 1, bias=False)
        self.last_norm = nn.BatchNorm2d(1280, _EPSILON)
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


def name_efficientnet_weights(held: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the package's state dict under this module's own names."""
    return {_readable_name(name): tensor.contiguous() for name, tensor in held.items()}


def _readable_name(name: str) -> str:
    """Return our name of one of the package's tensors: _blocks.1._bn0.weight is block2.expand_norm.weight."""
    layer, tensor = name.rsplit(".", 1)
    if not layer.startswith("_blocks."):
        return f"{_OUTER_NAMES[layer]}.{tensor}"
    _, index, part = layer.split(".")
    return f"block{int(index) + 1}.{_INNER_NAMES[part]}.{tensor}"


_OUTER_NAMES = {
    "_conv_stem": "conv1",
    "_bn0": "conv1_norm",
    "_conv_head": "last",
    "_bn1": "last_norm",
    "_fc": "classes",
}
_INNER_NAMES = {
    "_expand_conv": "expand",
    "_bn0": "expand_norm",
    "_depthwise_conv": "depthwise",
    "_bn1": "depthwise_norm",
    "_project_conv": "project",
    "_bn2": "project_norm",
}
