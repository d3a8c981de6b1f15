"""The controls and panes of the live toolbox, and where each stands on the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import ipywidgets as ipw
import numpy as np

from nbutils.deepvis.dashboards.sources import SourceParts
from nbutils.deepvis.looking import GUESSES
from nbutils.deepvis.view import COLOURS, GAMMAS, NETWORKS, SHARES
from nbutils.probe import Layer
from nbutils.widgets import Bars, Camera, Link, StatusLine, Wall, button, choice, switch
from nbutils.widgets.errors import ErrorLine

TITLES = {
    "mobilenet_v2": "MobileNetV2",
    "efficientnet_lite0": "EfficientNet-Lite0",
    "alexnet": "AlexNet",
    "vgg16": "VGG16",
}
WALL_HEIGHT, MAP_HEIGHT = 640, 288
KEYS = (
    ("arrow keys on the wall", "the next channel; with Shift five further"),
    ("Page Down, Page Up", "the next or the previous layer"),
    ("Home, End", "the first or the last channel"),
    ("+ - 0", "larger tiles, smaller tiles, all tiles at once"),
)


@dataclass(frozen=True)
class Parts:
    """Everything on the page that shows or takes something."""

    network: ipw.Widget
    layer: ipw.Widget
    camera: Camera
    bars: Bars
    gamma: ipw.Widget
    share: ipw.Widget
    colours: ipw.Widget
    overlay: ipw.Widget
    wall: Wall
    heading: ipw.HTML
    caption: ipw.HTML
    enlarged: Wall
    numbers: ipw.HTML
    strongest: ipw.Widget
    link: Link
    status: StatusLine
    error: ErrorLine


def make_parts() -> Parts:
    """Make all parts, empty and unconnected."""
    return Parts(
        network=choice("Network", [(TITLES[name], name) for name in NETWORKS], NETWORKS[0]),
        layer=choice("Layer", [("none", "")], "").add_class("dv-layer"),
        camera=Camera().add_class("dv-whole"),
        bars=Bars(label="the network's five best guesses", count=GUESSES).add_class("dv-whole"),
        gamma=choice("Faint answers", [(_gamma_title(value), value) for value in GAMMAS], GAMMAS[1]),
        share=choice("Each channel's scale", [(_share_title(value), value) for value in SHARES], SHARES[2]),
        colours=choice("Colours", [(name, name) for name in COLOURS], COLOURS[0]),
        overlay=switch("Blue on the picture where the channel answers", True),
        wall=Wall(height=WALL_HEIGHT, empty="Choose a photograph or press Camera: the channels appear here.").add_class(
            "dv-channels"
        ),
        heading=ipw.HTML(),
        caption=ipw.HTML(),
        enlarged=Wall(height=MAP_HEIGHT, pickable=False, label="the selected channel, enlarged", empty="Click a tile."),
        numbers=ipw.HTML(),
        strongest=button("Go to the strongest channel now"),
        link=Link("toolbox"),
        status=StatusLine(),
        error=ErrorLine(),
    )


def controls_of(parts: Parts, sources: SourceParts) -> list[ipw.Widget]:
    """Return the first column: what goes in, what the network takes it for, and how what goes in is chosen."""
    ways = (
        *(sources.earlier, sources.later, sources.any, sources.browse),
        *(sources.hold, sources.mirror, sources.device),
    )
    return [
        _group(sources.source, parts.camera),
        _group(_title("Best guesses"), parts.bars, *ways),
    ]


def stage_of(parts: Parts, sources: SourceParts) -> ipw.Widget:
    """Return the middle: the wall under its heading, and the photographs to choose from."""
    return ipw.VBox([parts.heading, parts.wall, sources.strip])


def details_of(parts: Parts) -> ipw.Widget:
    """Return the last column: the selected channel, and how channels are drawn."""
    drawing = _group(_title("How channels are drawn"), parts.gamma, parts.share, parts.colours, parts.overlay)
    return ipw.VBox([parts.caption, parts.enlarged, parts.numbers, parts.strongest, drawing])


def group_layers(known: tuple[Layer, ...]) -> dict[str, list[tuple[str, str]]]:
    """Return the layers as groups of (label, name): blocks by their number, runs of single layers between them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for layer in known:
        head = layer.name.split(".")[0]
        group = head.replace("block", "block ") if head.startswith("block") else _side(groups)
        groups.setdefault(group, []).append((label_of(layer), layer.name))
    return groups


def label_of(layer: Layer) -> str:
    """Return a layer's title with the size of its answer."""
    return f"{layer.title} · {' × '.join(map(str, layer.shape))}"


def tell_layer(layer: Layer, noun: str, place: str) -> str:
    """Return the heading over the wall, as HTML."""
    side = " × ".join(map(str, layer.shape[1:])) or "1"
    size = f"{layer.channels} {noun}s, {side}"
    return f"<h3>{escape(layer.title)} <small>{escape(layer.kind)}: {size}; {place}</small></h3>"


def tell_channel(layer: Layer, noun: str, channel: int, names: Sequence[str]) -> str:
    """Return the heading over the enlarged channel, as HTML; a unit that stands for a class is named."""
    name = f"<br><small>{escape(names[channel])}</small>" if names else ""
    return f"<h3>{escape(layer.title)} · {noun} {channel}{name}</h3>"


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


def _side(groups: dict[str, list]) -> str:
    return "after the blocks" if any(name.startswith("block ") for name in groups) else "layers"


def _gamma_title(value: float) -> str:
    return "as they are" if value == 1 else f"lifted (gamma {value:g})"


def _share_title(value: float) -> str:
    ends = {SHARES[0]: "the layer's largest answer", SHARES[-1]: "its own largest answer"}
    return ends.get(value, f"{value:.0%} its own")


def _group(*widgets: ipw.Widget) -> ipw.Box:
    return ipw.Box(widgets).add_class("dv-group")


def _title(text: str) -> ipw.HTML:
    return ipw.HTML(f"<h3>{text}</h3>").add_class("dv-whole")
