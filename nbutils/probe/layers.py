"""List the layers of any network in the order in which they run."""

import difflib
import re
import weakref
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nbutils.probe.constants import Constants
from nbutils.probe.functions import KIND_BY_WORD
from nbutils.probe.sites import Site
from nbutils.probe.tokens import arrange, aspect_of
from nbutils.probe.watching import listen

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

    name: str  # of the site: path, path@2 for the second call, path.relu() for a function that the module calls
    title: str  # the same in words
    kind: str  # convolution, linear, normalization, activation, pooling, attention, sum, product, join or block
    shape: tuple[int, ...]  # of one answer, without the batch: (channels, height, width) or (units,)

    @property
    def channels(self) -> int:
        """How many channels or units answer."""
        return self.shape[0]

    @property
    def is_spatial(self) -> bool:
        """Whether each channel answers with a map rather than with one number."""
        return len(self.shape) == 3


@dataclass(frozen=True)
class _Found:
    """A layer beside the answer it was found by."""

    site: Site
    layer: Layer
    # Weak, because to hold every answer of a network at once takes far more memory than its pass needs.
    answer: weakref.ref[Tensor]


def layers(network: nn.Module, example: Tensor) -> tuple[Layer, ...]:
    """Return every layer of the network in execution order, found by running the example once.

    Functions that modules call are listed where they make something of the picture, under the names of `watch`.
    A module made of others is listed only where it makes something of its own (the sum of a residual block); a
    function whose answer is the answer of its module is listed as that module. `unseen` says what is not listed.
    example : (n, channels, height, width), float, as the network takes it
    """
    modules = dict(network.named_modules())
    found: list[_Found] = []

    def hear(site: Site, answer: Tensor) -> None:
        if not site.name or answer.dim() < 2 or (site.word and (site.word not in KIND_BY_WORD or answer in constants)):
            return
        made = next((earlier for earlier in reversed(found) if earlier.answer() is answer), None)
        kind = KIND_BY_WORD[site.word] if site.word else kind_of(modules[site.path])
        if made and not site.word:
            if made.site.word and made.site.path == site.path:
                found.remove(made)
            elif kind == "block":
                # A container hands on what its last part made, dropout at rest what it was given.
                return
        shape = tuple(arrange(answer, len(example), aspect_of(example)).shape[1:])
        found.append(_Found(site, Layer(site.name, title_of(site.name), kind, shape), weakref.ref(answer)))

    with torch.inference_mode(), Constants(network) as constants, listen(network, hear):
        network(example)
    return tuple(one.layer for one in found)


def find_layer(known: Sequence[Layer], name: str) -> Layer:
    """Return the layer with that name or title.

    Raises ValueError that names the nearest layers when there is none.
    """
    for layer in known:
        if name in (layer.name, layer.title):
            return layer
    names = list(dict.fromkeys([*(layer.name for layer in known), *(layer.title for layer in known)]))
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.4) or names[:3]
    raise ValueError(f'There is no layer "{name}". The nearest are: {", ".join(near)}.')


def kind_of(module: nn.Module) -> str:
    """Say in one word what a module does; "block" for anything that is not one of torch's own layers."""
    for kind, classes in KINDS:
        if isinstance(module, classes):
            return kind
    return KIND_BY_SOURCE.get(type(module).__module__, "block")


def title_of(name: str) -> str:
    """Turn a site's name into words: "block17.project_norm@2" becomes "block 17 project norm, call 2"."""
    place, _, call = name.partition("@")
    head, *rest = place.split(".")
    if rest or head.startswith("block"):
        head = re.sub(r"(?<=[a-z])(?=\d)", " ", head)
    words = re.sub(r"(?<!\d)_|_(?!\d)", " ", " ".join([head, *rest]))  # conv1_1 stays one word
    return words + (f", call {call}" if call else "")
