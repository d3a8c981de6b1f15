"""Say plainly what makes numbers in a network without being listed among its layers."""

import weakref

import torch
from torch import Tensor, nn

from nbutils.probe.constants import Constants
from nbutils.probe.functions import KIND_BY_WORD, MOVES
from nbutils.probe.sites import Site, is_scripted
from nbutils.probe.watching import listen


def unseen(network: nn.Module, example: Tensor) -> tuple[str, ...]:
    """Return what `layers` leaves out: first calls of functions of no known kind, and modules scripted by torch.jit.

    The functions (`head.erf()`) can be asked for by these names all the same; the scripted modules cannot. Functions
    that only cut, reorder or copy are left out.
    example : (n, channels, height, width), float, as the network takes it
    """
    found: list[tuple[Site, weakref.ref[Tensor]]] = []

    def hear(site: Site, answer: Tensor) -> None:
        if site.path and not site.word:
            # A function whose answer is its module's is listed as that module.
            found[:] = [one for one in found if one[0].path != site.path or one[1]() is not answer]
        elif (
            site.word
            and site.word not in KIND_BY_WORD
            and site.word not in MOVES
            and answer.is_floating_point()
            and answer.dim() >= 2
            and answer not in constants
        ):
            found.append((site, weakref.ref(answer)))

    with torch.inference_mode(), Constants(network) as constants, listen(network, hear):
        network(example)
    functions = dict.fromkeys(Site(site.path, site.word).name for site, _ in found)
    return (*functions, *_scripted(network, ""))


def _scripted(module: nn.Module, path: str) -> list[str]:
    """Return the paths of the outermost scripted modules."""
    if is_scripted(module):
        return [path]
    return [
        scripted
        for name, child in module.named_children()
        for scripted in _scripted(child, f"{path}.{name}" if path else name)
    ]
