"""Boxes behind functions that look through windows: convolutions, pools, padding, ways to enlarge."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch.nn import functional as F

from nbutils.probe.bounds import Bounds, change, extend, join_channels, merge, mix, slide
from nbutils.probe.calls import Call, move


def convolution(call: Call) -> Bounds:
    """Return the boxes behind F.conv1d, conv2d or conv3d."""
    bounds, weight = call.given(), call.get(1, "weight")
    axes = weight.dim() - 2
    strides, dilations = _each(call.get(3, "stride", 1), axes), _each(call.get(5, "dilation", 1), axes)
    padding = call.get(4, "padding", 0)
    if padding == "same":
        before = [dilation * (side - 1) // 2 for dilation, side in zip(dilations, weight.shape[2:], strict=True)]
    else:
        before = _each(0 if padding == "valid" else padding, axes)
    bounds = join_channels(bounds, len(bounds.shape) - axes - 1, call.get(6, "groups", 1), weight.shape[0])
    return _slide_all(bounds, call, weight.shape[2:], dilations, strides, before)


def pooling(call: Call) -> Bounds:
    """Return the boxes behind a max, average or power-average pool."""
    bounds = call.given()
    first = 2 if call.word.startswith("lp_") else 1
    axes = int(call.word[-2])
    kernel = call.get(first, "kernel_size")
    stride = call.get(first + 1, "stride") or kernel
    padding = 0 if call.word.startswith("lp_") else call.get(3, "padding", 0)
    dilation = call.get(4, "dilation", 1) if call.word.startswith("max_") else 1
    return _slide_all(bounds, call, *(_each(value, axes) for value in (kernel, dilation, stride, padding)))


def _slide_all(
    bounds: Bounds,
    call: Call,
    kernels: Sequence[int],
    dilations: Sequence[int],
    strides: Sequence[int],
    before: Sequence[int],
) -> Bounds:
    """Slide a window along the last axes, one after the other."""
    first = len(bounds.shape) - len(kernels)
    for place, window in enumerate(zip(kernels, dilations, strides, strict=True)):
        bounds = slide(bounds, first + place, window, before[place], call.shape[first + place])
    return bounds


def transposed_convolution(call: Call) -> Bounds:
    """Return the boxes behind F.conv_transpose1d, 2d or 3d: answer i stride - padding + k looks at number i."""
    bounds, weight = call.given(), call.get(1, "weight")
    axes, groups = weight.dim() - 2, call.get(6, "groups", 1)
    strides, padding = _each(call.get(3, "stride", 1), axes), _each(call.get(4, "padding", 0), axes)
    dilations = _each(call.get(7, "dilation", 1), axes)
    first = len(bounds.shape) - axes
    bounds = join_channels(bounds, first - 1, groups, weight.shape[1] * groups)
    for place in range(axes):
        numbers, answers = bounds.shape[first + place], call.shape[first + place]
        looks = torch.zeros(answers, numbers, dtype=torch.bool, device=weight.device)
        for tap in range(weight.shape[2 + place]):
            reached = torch.arange(numbers) * strides[place] - padding[place] + tap * dilations[place]
            inside = (reached >= 0) & (reached < answers)
            looks[reached[inside], torch.arange(numbers)[inside]] = True
        bounds = mix(bounds, first + place, looks)
    return bounds


def adaptive_pooling(call: Call) -> Bounds:
    """Return the boxes behind pools that are told the size of their answer."""
    bounds = call.given()
    axes = int(call.word[-2])
    first = len(bounds.shape) - axes
    for axis in range(first, len(bounds.shape)):
        numbers, answers = bounds.shape[axis], call.shape[axis]
        if answers == 1:
            bounds = merge(bounds, [axis])
            continue
        # torch's own borders of each share: floor(i n / m) to ceil((i + 1) n / m).
        begins = torch.arange(answers) * numbers // answers
        ends = -(-(torch.arange(1, answers + 1) * numbers) // answers)
        places = torch.arange(numbers)
        looks = (places >= begins[:, None]) & (places < ends[:, None])
        bounds = mix(bounds, axis, looks.to(bounds.seen[0].device))
    return bounds


def interpolation(call: Call) -> Bounds:
    """Ask the function itself which numbers each of its answers is mixed from, along each axis."""
    bounds = call.given()
    axes = len(bounds.shape) - 2
    names = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", "antialias")
    asked = dict(zip(names, call.args[1:], strict=False)) | {
        name: value for name, value in call.kwargs.items() if name in names
    }
    if asked.get("mode") == "area":
        return adaptive_pooling(replace(call, word=f"adaptive_avg_pool{axes}d"))
    given = bounds.shape[2:]
    for place, length in enumerate(given):
        # Each number along the axis in a channel of its own; the other axes stay as they are, or scales would differ.
        single = torch.eye(length).reshape(1, length, *[length if other == place else 1 for other in range(axes)])
        weights = F.interpolate(single.expand(1, length, *given), **asked)[0].movedim(1 + place, 1).flatten(2)
        bounds = mix(bounds, 2 + place, (weights[..., 0].T != 0).to(bounds.seen[0].device))
    return bounds


def pad(call: Call) -> Bounds | list[Bounds]:
    """Return the boxes behind F.pad: constant padding depends on nothing, mirrored padding on what it mirrors."""
    bounds, ends = call.given(), call.get(1, "pad")
    if call.get(2, "mode", "constant") != "constant":
        return move(call)
    for place in range(len(ends) // 2):
        bounds = extend(bounds, len(bounds.shape) - 1 - place, ends[2 * place], ends[2 * place + 1])
    return bounds


def unfolding(call: Call) -> Bounds | list[Bounds] | None:
    """Return the boxes behind F.unfold, whose padding is done beforehand, or Tensor.unfold, which cuts views."""
    bounds = call.given()
    if call.function is not F.unfold:
        return move(call)
    if len(bounds.shape) != 4:
        return None
    kernel, dilation, padding, stride = (
        call.get(place, name, otherwise)
        for place, name, otherwise in ((1, "kernel_size", 1), (2, "dilation", 1), (3, "padding", 0), (4, "stride", 1))
    )
    for axis, number in zip((2, 3), _each(padding, 2), strict=True):
        bounds = extend(bounds, axis, number, number)
    return change(bounds, lambda side: F.unfold(side.contiguous(), kernel, dilation, 0, stride))


def local_response_norm(call: Call) -> Bounds:
    """Return the boxes behind a normalization over neighbouring channels."""
    size = call.get(1, "size")
    return slide(call.given(), 1, (size, 1, 1), size // 2, call.shape[1])


def _each(value: object, axes: int) -> list[int]:
    """Return one number for each axis."""
    values = list(value) if isinstance(value, (tuple, list)) else [value]
    return values * axes if len(values) == 1 else values
