"""List the layers of any network in the order in which they run."""

import difflib
import re
import weakref
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

KINDS = (
    ("convolution", (nn.modules.conv._ConvNd,)),
    ("linear", (nn.Linear, nn.Bilinear)),
    ("attention", (nn.MultiheadAttention,)),
    (
        "normalization",
        (
            nn.modules.batchnorm._NormBase,
            nn.LayerNorm,
            nn.GroupNorm,
            nn.LocalResponseNorm,
            nn.RMSNorm,
            nn.CrossMapLRN2d,
        ),
    ),
)
KIND_BY_SOURCE = {"torch.nn.modules.activation": "activation", "torch.nn.modules.pooling": "pooling"}


@dataclass(frozen=True)
class Layer:
    """One place in a network whose answer can be looked at."""

    name: str  # the module's path, as in network.get_submodule(name)
    title: str  # the same in words
    kind: str  # convolution, linear, normalization, activation, pooling, attention or block
    shape: tuple[int, ...]  # of one answer, without the batch: (channels, height, width) or (units,)

    @property
    def channels(self) -> int:
        """How many channels or units answer."""
        return self.shape[0]

    @property
    def is_spatial(self) -> bool:
        """Whether each channel answers with a map rather than with one number."""
        return len(self.shape) == 3


def layers(network: nn.Module, example: Tensor) -> tuple[Layer, ...]:
    """Return every layer of the network in execution order, found by running the example once.

    A module made of others is listed only where it makes something of its own (the sum of a residual block).
    example : (n, channels, height, width), float, as the network takes it
    """
    found: list[Layer] = []
    # Weak, because to hold every answer of a network at once takes far more memory than its pass needs.
    outputs: list[weakref.ref[Tensor]] = []

    def record(name: str, module: nn.Module, output: object) -> None:
        answer = first_tensor(output)
        if answer is None or answer.dim() < 2:
            return
        # A container hands on what its last part made, dropout at rest what it was given; an in-place layer, too,
        # answers with the tensor it was given, but has written its own answer into it.
        if kind_of(module) == "block" and any(answer is earlier() for earlier in outputs):
            return
        outputs.append(weakref.ref(answer))
        if all(layer.name != name for layer in found):
            found.append(Layer(name, title_of(name), kind_of(module), tuple(answer.shape[1:])))

    hooks = [
        module.register_forward_hook(lambda module, _, output, name=name: record(name, module, output))
        for name, module in network.named_modules()
        if name
    ]
    try:
        with torch.inference_mode():
            network(example)
    finally:
        for hook in hooks:
            hook.remove()
    return tuple(found)


def find_layer(known: Sequence[Layer], name: str) -> Layer:
    """Return the layer with that name or title.

    Raises ValueError that names the nearest layers when there is none.
    """
    for layer in known:
        if name in (layer.name, layer.title):
            return layer
    names = [layer.name for layer in known] + [layer.title for layer in known]
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names[:3]
    raise ValueError(f'There is no layer "{name}". The nearest are: {", ".join(near)}.')


def first_tensor(output: object) -> Tensor | None:
    """Return the first tensor of a module's output, None where it holds none."""
    if isinstance(output, Tensor):
        return output
    if isinstance(output, (tuple, list)):
        return next((found for part in output if (found := first_tensor(part)) is not None), None)
    return None


def kind_of(module: nn.Module) -> str:
    """Say in one word what a module does; "block" for anything that is not one of torch's own layers."""
    for kind, classes in KINDS:
        if isinstance(module, classes):
            return kind
    return KIND_BY_SOURCE.get(type(module).__module__, "block")


def title_of(name: str) -> str:
    """Turn a module path into words: "block17.project_norm" becomes "block 17 project norm"."""
    head, *rest = name.split(".")
    if rest or head.startswith("block"):
        head = re.sub(r"(?<=[a-z])(?=\d)", " ", head)
    return " ".join([head, *rest]).replace("_", " ")
