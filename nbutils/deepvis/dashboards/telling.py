"""What the live toolbox says about layers, channels and numbers, as HTML and as labels of lists."""

import re
from collections.abc import Sequence
from html import escape, unescape

import numpy as np

from nbutils.probe import Layer

# VGG's names: conv3_2 is the second convolution of the third stage, pool3 its end.
STAGED = re.compile(r"[a-z]+(\d+)_\d+(@\d+)?")
IN_STAGE = re.compile(r"[a-z]+(\d+)(_\d+)?(@\d+)?")
MOST_LEFT_OUT = 5


def group_layers(known: tuple[Layer, ...]) -> dict[str, list[tuple[str, str]]]:
    """Return the layers as groups of (label, name): blocks and stages by their number, the rest before and after."""
    names = [layer.name for layer in known]
    stages = {found[1] for name in names if (found := STAGED.fullmatch(name))}
    blocks = {block for name in names if (block := _block_of(name))}
    groups: dict[str, list[tuple[str, str]]] = {}
    for layer in known:
        group = _group_of(layer.name, blocks, stages) or ("after the blocks" if _has_blocks(groups) else "layers")
        groups.setdefault(group, []).append((label_of(layer), layer.name))
    return groups


def label_of(layer: Layer) -> str:
    """Return a layer's title with the size of its answer."""
    return f"{layer.title} · {' × '.join(map(str, layer.shape))}"


def tell_layer(layer: Layer, noun: str, place: str, network: str = "") -> str:
    """Return the heading over a wall, as HTML; with the network's title where there are two walls."""
    side = " × ".join(map(str, layer.shape[1:])) or "1"
    size = f"{layer.channels} {noun}s, {side}"
    of = f"{escape(network)}: " if network else ""
    return f"<h3>{of}{escape(layer.title)} <small>{escape(layer.kind)}: {size}; {place}</small></h3>"


def tell_left_out(names: Sequence[str]) -> str:
    """Return the sentence that names what of a network is not among its layers, as HTML; empty where all is."""
    if not names:
        return ""
    first = ", ".join(names[:MOST_LEFT_OUT])
    more = f" and {len(names) - MOST_LEFT_OUT} more" if len(names) > MOST_LEFT_OUT else ""
    return f"<p class='dv-quiet'>Not among its layers, because of no known kind: {escape(first + more)}.</p>"


def name_unit(layer: Layer, channel: int, names: Sequence[str] = ()) -> str:
    """Return a unit in words, as HTML: its layer, its number and the class that it stands for."""
    noun = "channel" if layer.is_spatial else "unit"
    named = f" ({escape(names[channel])})" if names else ""
    return f"{escape(layer.title)} · {noun} {channel}{named}"


def tell_channel(layer: Layer, noun: str, channel: int, names: Sequence[str]) -> str:
    """Return the heading over the enlarged channel, as HTML; a unit that stands for a class is named."""
    name = f"<br><small>{escape(names[channel])}</small>" if names else ""
    return f"<h3>{escape(layer.title)} · {noun} {channel}{name}</h3>"


def tell_range(layer: Layer, noun: str, channel: int, lowest: float, highest: float) -> str:
    """Return the selected channel of a second wall and how far its answers reach, as HTML."""
    reach = f"{lowest:.3g} to {highest:.3g}" if layer.is_spatial else f"{highest:.3g}"
    return f"<p class='dv-numbers'>{escape(layer.title)} · {noun} {channel} answers with <b>{reach}</b></p>"


def tell_numbers(channel: np.ndarray, signed: bool) -> str:
    """Return the numbers under the enlarged channel and what its grey means, as HTML.

    channel : (height, width), float32
    """
    if channel.size == 1:
        return f"<p class='dv-numbers'>answers with <b>{float(channel[0, 0]):.3g}</b></p>"
    numbers = {"smallest": channel.min(), "largest": channel.max(), "mean": channel.mean()}
    told = "<br>".join(f"{name} <b>{value:.3g}</b>" for name, value in numbers.items())
    zero = "The middle of the scale is 0." if signed else "Black is 0."
    scale = f"{zero} Compare numbers, not tiles: each has its scale."
    return f"<p class='dv-numbers'>{told}</p><p class='dv-quiet'>{scale}</p>"


def tell_wall(wall: str, unit: str, frozen: bool) -> str:
    """Return the line over a wall that does not show answers, as HTML; an empty text over one that does.

    unit : the unit that is looked at from behind, as HTML
    frozen : whether it stays that unit while layers are browsed
    """
    further = "" if frozen else " Freeze the unit and choose a layer before it to follow it back."
    lines = {
        "answers": "",
        "difference": "This picture minus the kept one: red answers more now, blue less, white the same.",
        "backward": f"Red: more of it here would raise <b>{unit}</b>; blue: would lower it; white: no matter.{further}",
    }
    return f"<p class='dv-quiet'>{lines[wall]}</p>" if lines[wall] else ""


def why_empty(wall: str, layer: Layer, unit: str) -> str:
    """Return why a wall has nothing to show, and what to do.

    unit : the unit that is looked at from behind, as HTML
    """
    if wall == "difference":
        return "Press “Keep this picture”, then go to another: the wall shows what changes."
    return (
        f"{layer.title} runs after {unescape(unit)}, so nothing comes back through it. "
        "Choose a layer before it, or another unit."
    )


def tell_frozen(unit: str) -> str:
    """Return the line under the button that ends a freeze, as HTML."""
    return f"<p class='dv-quiet'>Frozen: <b>{unit}</b>. Browse the layers before it.</p>"


def no_guesses(title: str) -> str:
    """Return why a network has no best guesses."""
    return f"{title} names no classes: there is nothing to guess."


def _group_of(name: str, blocks: set[str], stages: set[str]) -> str:
    """Return the group that a layer belongs to by its name, "" for a layer that stands alone."""
    block = name if name in blocks else _block_of(name)
    if block:
        return re.sub(r"(?<=[a-z])(?=\d)", " ", block).replace(".", " ").replace("_", " ")
    staged = IN_STAGE.fullmatch(name)
    return f"stage {staged[1]}" if staged and staged[1] in stages else ""


def _block_of(name: str) -> str:
    """Return the path of the block that a name lies in: up to its first number, or its first container.

    layer1.0.conv2 lies in layer1.0, blocks.3.attn.qkv in blocks.3, features.7 in features, conv1 in nothing.
    """
    *path, _ = name.split(".")
    numbered = next((place for place, part in enumerate(path) if re.search(r"\d", part)), None)
    if numbered is None:
        return path[0] if path else ""
    end = numbered + 1
    while end < len(path) and path[end].isdigit() and not path[end - 1].isdigit():
        end += 1
    return ".".join(path[:end])


def _has_blocks(groups: dict[str, list]) -> bool:
    return any(group not in ("layers", "after the blocks") for group in groups)
