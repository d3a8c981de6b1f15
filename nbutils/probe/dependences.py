"""On which numbers that a torch function is given each number of its answer depends, as boxes of pixels."""

from collections.abc import Callable, Sequence
from math import inf

import torch
from torch import Tensor
from torch.nn import functional as F

from nbutils.probe import windows
from nbutils.probe.bounds import Bounds, change, merge, unite
from nbutils.probe.calls import Call, depend_on_all, move
from nbutils.probe.functions import KIND_BY_WORD, MOVES


def depend(call: Call) -> list[Bounds]:
    """Return the boxes of a call's answers, the one of every answer where only one is returned.

    What no rule knows is taken to depend on all that it was given: its box may be too large, never too small.
    """
    if call.word in _OF_FIRST:
        made = _OF_FIRST[call.word](call) if call.given() and len(call.tracked()) == 1 else None
    elif call.word in _OF_SEVERAL:
        made = _OF_SEVERAL[call.word](call)
    else:
        made = move(call) if call.word in MOVES or call.function.__name__ == "__get__" else None
    return made if isinstance(made, list) else [made or depend_on_all(call)]


def _each_number(call: Call) -> Bounds:
    return unite(call.tracked(), call.shape)


def _write(call: Call) -> list[Bounds]:
    """Write the boxes of a value into those of a tensor: x[index] = value."""
    target, index, value = call.args
    written = call.find(value) if isinstance(value, Tensor) else None
    nothing = (torch.full_like(target, inf, dtype=torch.float32),) * 4
    before = call.find(target) or Bounds(nothing, nothing)

    def act(side: Tensor, new: Tensor | float) -> Tensor:
        changed = side.clone()
        changed[index] = new
        return changed

    seen, formal = (written.seen, written.formal) if written else ((inf,) * 4,) * 2
    return [Bounds(tuple(map(act, before.seen, seen)), tuple(map(act, before.formal, formal)))]


def _make_anew(_call: Call) -> list[Bounds]:
    """Return nothing: the answer depends on the shape of what was given alone."""
    return []


def _extreme(call: Call) -> Bounds | None:
    """Return the rule's boxes for torch.max and torch.min, of two tensors or along axes of one."""
    return _each_number(call) if isinstance(call.get(1, "other"), Tensor) else _reduction(call)


def _reduction(call: Call) -> Bounds | None:
    """Look at all numbers along some axes: sums, means, extremes."""
    bounds = call.given()
    axes = call.kwargs.get("dim", call.kwargs.get("axis", call.get(2 if call.word == "norm" else 1, "dim")))
    axes = _as_axes(axes, len(bounds.shape))
    if axes is None:
        return None
    merged = merge(bounds, axes)
    if len(call.shape) == len(bounds.shape):
        return merged
    return change(merged, lambda side: side.squeeze(tuple(axes)))


def _along(place: int, otherwise: int | None = None) -> Callable[[Call], Bounds | None]:
    """Return the rule of functions that keep the shape and mix numbers along one axis."""

    def rule(call: Call) -> Bounds | None:
        bounds, axis = call.given(), call.get(place, "dim", otherwise)
        return _spread(bounds, [axis % len(bounds.shape)]) if isinstance(axis, int) else None

    return rule


def _halving(call: Call) -> Bounds:
    """Look at both halves: one of them gates the other."""
    bounds, axis = call.given(), call.get(1, "dim", -1)
    return unite([change(bounds, lambda side, half=half: side.chunk(2, axis)[half]) for half in (0, 1)], call.shape)


def _last_axes(call: Call) -> Bounds:
    """Look at all of the normalized axes, which stand last."""
    bounds = call.given()
    number = len(call.get(1, "normalized_shape"))
    return _spread(bounds, range(len(bounds.shape) - number, len(bounds.shape)))


def _group_norm(call: Call) -> Bounds:
    bounds, groups = call.given(), call.get(1, "num_groups")
    grouped = change(bounds, lambda side: side.unflatten(1, (groups, -1)))
    spread = _spread(grouped, range(2, len(grouped.shape)))
    return change(spread, lambda side: side.flatten(1, 2))


def _instance_norm(call: Call) -> Bounds:
    return _spread(call.given(), range(2, len(call.shape))) if call.get(5, "use_input_stats", True) else call.given()


def _batch_norm(call: Call) -> Bounds:
    if call.get(5, "training", False):
        return _spread(call.given(), [0, *range(2, len(call.shape))])
    return call.given()


def _linear(call: Call) -> Bounds:
    bounds = call.given()
    merged = merge(bounds, [len(bounds.shape) - 1])
    return change(merged, lambda side: side.expand(call.shape))


def _matrix_product(call: Call) -> Bounds | None:
    first, second = call.get(0, "input"), call.get(1, "other", call.kwargs.get("mat2"))
    if first.dim() < 2 or second.dim() < 2:
        return None
    factors = [(call.find(first), -1), (call.find(second), -2)]
    merged = [merge(bounds, [len(bounds.shape) + axis]) for bounds, axis in factors if bounds is not None]
    return unite(merged, call.shape)


def _attention(call: Call) -> Bounds | None:
    """Let every query look at all keys and values of its head."""
    if call.function is not F.scaled_dot_product_attention or call.get(7, "enable_gqa", False):
        return None
    found = [call.find(call.get(place, name)) for place, name in enumerate(("query", "key", "value"))]
    axes = ((-1,), (-2, -1), (-2,))
    merged = [
        merge(bounds, [len(bounds.shape) + axis for axis in along])
        for bounds, along in zip(found, axes, strict=True)
        if bounds is not None
    ]
    return unite(merged, call.shape)


def _spread(bounds: Bounds, axes: Sequence[int]) -> Bounds:
    """Return for all numbers along some axes the box around all of them."""
    return change(merge(bounds, list(axes)), lambda side: side.expand(bounds.shape))


def _as_axes(value: object, number: int) -> list[int] | None:
    """Return the axes that an argument names, all where it names none; None where it is something else."""
    if value is None or value == ():
        return list(range(number))
    values = value if isinstance(value, (tuple, list)) else [value]
    if not all(type(axis) is int for axis in values):
        return None
    return [axis % number for axis in values]


def _words(text: str, rule: Callable) -> dict[str, Callable]:
    return dict.fromkeys(text.split(), rule)


_OF_KIND = {"convolution": windows.convolution, "pooling": windows.pooling}
# What looks at its first argument alone; weights that depend on the picture themselves make it look at everything.
_OF_FIRST: dict[str, Callable[[Call], Bounds | list[Bounds] | None]] = {
    **{word: _OF_KIND[kind] for word, kind in KIND_BY_WORD.items() if kind in _OF_KIND},
    **_words("conv_transpose1d conv_transpose2d conv_transpose3d", windows.transposed_convolution),
    **{word: windows.adaptive_pooling for word in KIND_BY_WORD if word.startswith("adaptive_")},
    **_words("mean sum amax amin std var prod norm logsumexp any all argmax argmin median", _reduction),
    **_words("softmax log_softmax", _along(1)),
    "normalize": _along(2, 1),
    "glu": _halving,
    "linear": _linear,
    "batch_norm": _batch_norm,
    "layer_norm": _last_axes,
    "rms_norm": _last_axes,
    "group_norm": _group_norm,
    "instance_norm": _instance_norm,
    "local_response_norm": windows.local_response_norm,
    "pad": windows.pad,
    "unfold": windows.unfolding,
    "interpolate": windows.interpolation,
}
_OF_SEVERAL: dict[str, Callable[[Call], Bounds | list[Bounds] | None]] = {
    **{word: _each_number for word, kind in KIND_BY_WORD.items() if kind in ("sum", "product", "activation")},
    **_words(
        """to type type_as float half double bfloat16 dropout dropout1d dropout2d dropout3d alpha_dropout
        feature_alpha_dropout where maximum minimum pow rpow sqrt rsqrt square exp expm1 log log1p abs neg sign erf sin
        cos tan atan floor ceil round reciprocal clamp_max lerp addcmul addcdiv gt lt ge le eq ne logical_and
        logical_or logical_not masked_fill nan_to_num floor_divide remainder atan2 sinh cosh and or xor invert""",
        _each_number,
    ),
    **_words("cat pixel_shuffle pixel_unshuffle channel_shuffle", move),
    **_words("max min", _extreme),
    **_words("matmul bmm", _matrix_product),
    **_words("zeros_like ones_like empty_like full_like rand_like randn_like", _make_anew),
    **_words("new_zeros new_ones new_full new_empty new_tensor", _make_anew),
    "attention": _attention,
    "fold": depend_on_all,
    "setitem": _write,
}
