"""Let more of the gradient come back past residual blocks than through them.

A residual block answers x + f(x). Its gradient through x is what earlier layers saw and any network shares; through f
it fits this one network's weights, and pictures climb along it towards what only this network takes for the class.
Source: D. Wu et al., "Skip Connections Matter" (2020, arXiv 2002.05990), equation 5, where the share is called gamma.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor
from torch.autograd.graph import Node
from torch.overrides import TorchFunctionMode

from nbutils.probe.functions import word_of


@contextmanager
def weakened(share: float) -> Iterator[None]:
    """Multiply by `share` every gradient that comes back through the branch of a residual block run inside.

    Answers stay as they are. A residual block is a sum of two answers of which one was made from the other; a sum of
    two branches, as where a block changes the size, is none.

    share : 0..1; with 1 gradients are those of the network
    """
    if share == 1:
        yield
        return
    with _Weakening(share):
        yield


class _Weakening(TorchFunctionMode):
    """Sees every addition that the network does, with + or by any function of that name."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def __torch_function__(self, function, types, args=(), kwargs=None):
        branch = _find_branch(*args[:2]) if word_of(function) == "add" and len(args) > 1 else None
        if branch is not None:
            branch.register_hook(lambda gradient: gradient * self.share)
        return function(*args, **(kwargs or {}))


def _find_branch(first: object, second: object) -> Tensor | None:
    """Return which of two summands was made from the other, None where neither was."""
    if not (isinstance(first, Tensor) and isinstance(second, Tensor)) or first.shape != second.shape:
        return None
    if first.grad_fn is None or second.grad_fn is None:
        return None
    older, newer = sorted((first, second), key=lambda answer: answer.grad_fn._sequence_nr())
    return newer if _leads_to(newer.grad_fn, older.grad_fn) else None


def _leads_to(start: Node, goal: Node) -> bool:
    """Say whether a node of the graph was made from another one, looking only at what is newer than that."""
    oldest, waiting, seen = goal._sequence_nr(), [start], set()
    while waiting:
        for node, _ in waiting.pop().next_functions:
            if node is goal:
                return True
            if node is not None and node not in seen and node._sequence_nr() > oldest:
                seen.add(node)
                waiting.append(node)
    return False
