"""Wake units whose rectifiers let no gradient through, by letting it pass in the first steps.

A unit that is silent for the start picture has a gradient of exactly zero, and a picture climbing along it never moves.
Source: tensorflow/lucid, misc/redirected_relu_grad.py, used there in the first 16 steps.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from nbutils.probe.rectifiers import Rectifying

STEPS = 16  # so many first steps may be made with redirected gradients


@contextmanager
def redirected() -> Iterator[None]:
    """Let every rectifier that runs inside redirect what it would hold back entirely, picture by picture.

    Where f is flat, so that f'(x) g = 0, it hands back g if that pushes x towards where f rises: up below zero, down
    above (ReLU6). Where f rises it hands back f'(x) g. A picture of which anything gets through as it is keeps that.
    """
    with Rectifying(_redirect):
        yield


def _redirect(node: torch.autograd.graph.Node, given: Tensor) -> None:
    """Set the rule on the node of a rectifier that was given x : (n, ...)."""
    node.register_hook(lambda leaving, arriving: _replace(given, leaving, arriving))


def _replace(
    given: Tensor, leaving: tuple[Tensor | None, ...], arriving: tuple[Tensor | None, ...]
) -> tuple[Tensor | None, ...] | None:
    """Return what leaves the node towards its input, redirected in the pictures where nothing would."""
    passed, difference = leaving[0], arriving[0]
    if passed is None or difference is None or passed.dim() == 0 or passed.shape != difference.shape:
        return None
    inwards = torch.where(given <= 0, difference > 0, difference < 0)
    redirected = torch.where((passed == 0) & inwards, difference, passed)
    blocked = (passed == 0).reshape(len(passed), -1).all(1).view(-1, *[1] * (passed.dim() - 1))
    return (torch.where(blocked, redirected, passed), *leaving[1:])
