"""Rectifiers that hand differences back by the rule of guided backprop or of the deconvnet.

A rectifier is a function of single numbers that lets positive ones through, about as they are, and holds negative
ones back: ReLU, its clipped (ReLU6), leaky (leaky, parametric, randomized) and smooth relatives (ELU, SELU, CELU,
GELU, SiLU, Mish, hardswish, softplus), and any clamp or maximum whose lower bound is 0. With the difference g that
arrives from above and the derivative f'(x), it hands back

    gradient   f'(x) g
    guided     f'(x) max(g, 0)    J. Springenberg et al., "Striving for Simplicity" (2014), section 3.4
    deconv     max(g, 0)          M. Zeiler and R. Fergus, "Visualizing and Understanding Convolutional Networks"
                                  (2013), section 2.1; in this form in Springenberg et al., section 3.4

The papers know only ReLU, whose f'(x) is 1 where x > 0 and else 0. We read the same two lines for its relatives:
where ReLU6 is clipped, f' is 0, so that guided backprop stops there and the deconvnet, which asks nothing of the
forward pass, does not; below zero, leaky and smooth ones hand back their slope in guided backprop. The sign of g
decides alone in the deconvnet. Sigmoid, tanh and softmax are no rectifiers and keep their derivative, and so do
max-pools: autograd sends each difference to the place that was the maximum, which is Zeiler's "switch".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

RULES = ("deconv", "guided")

_WHATEVER_THEY_ARE_GIVEN = """relu relu6 leaky_relu prelu rrelu elu selu celu gelu silu mish hardswish softplus"""
# Rectifiers only if their lowest answer is 0: where it stands among the arguments, its name, what it is if left out.
_WITH_LOWEST = {
    "clamp": (1, "min", None),
    "clip": (1, "min", None),
    "clamp_min": (1, "min", None),
    "max": (1, "other", None),
    "maximum": (1, "other", None),
    "hardtanh": (1, "min_val", -1.0),
    "threshold": (2, "value", None),
}
_SYMMETRIC = ("max", "maximum")


def _find_functions(names: Sequence[str]) -> dict[Callable, tuple[str, Callable, bool]]:
    """Return torch's functions and methods: what each is called, its plain form, whether it overwrites its input."""
    found = {}
    for place in (torch, F, Tensor):
        for name in names:
            plain = getattr(place, name, None)
            overwriting = getattr(place, f"{name}_", None)
            if plain is not None:
                found[plain] = (name, plain, False)
            if plain is not None and overwriting is not None:
                found[overwriting] = (name, plain, True)
    return found


_FUNCTIONS = _find_functions((*_WHATEVER_THEY_ARE_GIVEN.split(), *_WITH_LOWEST))


@contextmanager
def rectify(rule: str) -> Iterator[None]:
    """Give every rectifier that runs inside the backward rule "guided" or "deconv".

    Modules, functions, methods and calls that overwrite their input are seen alike. What they answer does not change.
    The rule lives in the graph of this pass: nothing is left on the network. Not seen are functions written out by
    hand from others (`x * (x > 0)`) and compiled ones.
    """
    with Rectifying(_set_guided if rule == "guided" else _set_deconv):
        yield


class Rectifying(TorchFunctionMode):
    """Calls `set_rule(node, given)` for every rectifier that runs while it is active.

    node : of the rectifier in the graph of this pass, whose hooks make its rule
    given : what the rectifier was given, as it was then
    """

    def __init__(self, set_rule: Callable[[torch.autograd.graph.Node, Tensor], object]) -> None:
        super().__init__()
        self._set_rule = set_rule

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = dict(kwargs or {})
        known = _FUNCTIONS.get(function)
        if known is not None and known[0] in _SYMMETRIC and len(args) == 2 and _is_zero(args[0]):
            args = args[::-1]
        if known is None or not _holds_back(known[0], args, kwargs):
            return function(*args, **kwargs)
        _, plain, overwrites = known
        overwrites = kwargs.pop("inplace", False) or overwrites
        given, *others = args or [kwargs.pop("input")]
        # Overwritten by a copy of the answer: the node of a call that overwrites a view would be that of the view, and
        # what the node keeps of its input must stay.
        kept = given.clone() if overwrites else given
        answer = plain(kept, *others, **kwargs)
        if answer.grad_fn is not None:
            self._set_rule(answer.grad_fn, kept.detach())
        return given.copy_(answer) if overwrites else answer


def _holds_back(name: str, args: Sequence[object], kwargs: Mapping[str, object]) -> bool:
    """Say whether this call of the function holds back what is below zero."""
    if name not in _WITH_LOWEST:
        return True
    place, word, otherwise = _WITH_LOWEST[name]
    lowest = args[place] if len(args) > place else kwargs.get(word, otherwise)
    if name in _SYMMETRIC:  # a number there is the axis of torch.max
        return _is_zero(lowest)
    return not bool(lowest.any()) if isinstance(lowest, Tensor) else lowest == 0


def _is_zero(value: object) -> bool:
    """Whether this is a tensor of zeros that no picture changes."""
    return isinstance(value, Tensor) and not value.requires_grad and not bool(value.any())


def _set_guided(node: torch.autograd.graph.Node, _given: Tensor) -> None:
    """Let only positive differences into the node, which multiplies them with its derivative."""
    node.register_prehook(_keep_positive)


def _set_deconv(node: torch.autograd.graph.Node, _given: Tensor) -> None:
    """Let the node hand back the positive differences as they arrive, whatever its derivative."""
    node.register_hook(_replace_by_positive)


def _keep_positive(arriving: tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]:
    return tuple(difference if difference is None else difference.clamp(min=0) for difference in arriving)


def _replace_by_positive(
    leaving: tuple[Tensor | None, ...], arriving: tuple[Tensor | None, ...]
) -> tuple[Tensor | None, ...] | None:
    """Replace what leaves towards the node's first input; others are weights, as in PReLU."""
    if leaving[0] is None or arriving[0] is None:
        return None
    return (arriving[0].clamp(min=0).sum_to_size(leaving[0].shape), *leaving[1:])
