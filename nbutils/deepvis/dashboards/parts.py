"""The controls and panes of the live toolbox, and where each stands on the page."""

from dataclasses import dataclass

import ipywidgets as ipw

from nbutils.deepvis.looking import GUESSES
from nbutils.deepvis.view import COLOURS, GAMMAS, SHARES, SOURCES
from nbutils.probe import Layer
from nbutils.widgets import Bars, Camera, Link, StatusLine, Wall, button, choice, segmented, switch
from nbutils.widgets.errors import ErrorLine

NETWORKS = {"MobileNetV2": "mobilenet_v2", "AlexNet": "alexnet"}
WALL_HEIGHT, MAP_HEIGHT, STRIP_HEIGHT = 640, 288, 260
KEYS = (
    ("arrow keys on the wall", "the next channel; with Shift five further"),
    ("Page Down, Page Up", "the next or the previous layer"),
    ("Home, End", "the first or the last channel"),
    ("+ - 0", "larger tiles, smaller tiles, all tiles at once"),
    ("?", "these keys"),
)


@dataclass(frozen=True)
class Parts:
    """Everything on the page that shows or takes something."""

    network: ipw.Widget
    layer: ipw.Widget
    source: ipw.Widget
    camera: Camera
    device: ipw.Widget
    hold: ipw.Widget
    mirror: ipw.Widget
    earlier: ipw.Widget
    later: ipw.Widget
    any: ipw.Widget
    browse: ipw.Widget
    strip: Wall
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
    link: Link
    status: StatusLine
    error: ErrorLine


def make_parts() -> Parts:
    """Make all parts, empty and unconnected."""
    return Parts(
        network=choice("Network", list(NETWORKS.items()), "mobilenet_v2"),
        layer=choice("Layer", [("none", "")], ""),
        source=segmented("Source", [(name.capitalize(), name) for name in SOURCES], SOURCES[0]),
        camera=Camera(),
        device=choice("Camera", [("the usual one", "")], ""),
        hold=switch("Hold the picture", False),
        mirror=switch("Mirror", True),
        earlier=button("Previous"),
        later=button("Next"),
        any=button("Any"),
        browse=switch("All photographs", False),
        strip=Wall(height=STRIP_HEIGHT, least=56, noun="photograph", label="all photographs: click one to look at it"),
        bars=Bars(label="the network's five best guesses", count=GUESSES, empty="No guesses yet."),
        gamma=choice("Faint answers", [(_gamma_title(value), value) for value in GAMMAS], GAMMAS[1]),
        share=choice("Each channel's scale", [(_share_title(value), value) for value in SHARES], SHARES[2]),
        colours=choice("Colours", [(name, name) for name in COLOURS], COLOURS[0]),
        overlay=switch("Heat on the picture", True),
        wall=Wall(height=WALL_HEIGHT, empty="Choose a photograph or press Camera: the channels appear here."),
        heading=ipw.HTML(),
        caption=ipw.HTML(),
        enlarged=Wall(height=MAP_HEIGHT, label="the selected channel, enlarged", empty="Click a tile."),
        numbers=ipw.HTML(),
        link=Link("toolbox"),
        status=StatusLine(),
        error=ErrorLine(),
    )


def controls_of(parts: Parts) -> list[ipw.Widget]:
    """Return the left column: what goes in, what the network takes it for, how the wall is drawn."""
    photo_row = ipw.HBox([parts.earlier, parts.later, parts.any])
    photo_row.add_class("dv-photo-row")
    return [
        parts.source,
        parts.camera,
        photo_row,
        parts.browse,
        parts.hold,
        parts.mirror,
        parts.device,
        _title("Best guesses"),
        parts.bars,
        _title("How the wall is drawn"),
        parts.gamma,
        parts.share,
        parts.colours,
        parts.overlay,
    ]


def stage_of(parts: Parts) -> ipw.Widget:
    """Return the middle: the wall under its heading, and the photographs to choose from."""
    return ipw.VBox([parts.heading, parts.wall, parts.strip])


def details_of(parts: Parts) -> ipw.Widget:
    """Return the right column: the selected channel."""
    return ipw.VBox([parts.caption, parts.enlarged, parts.numbers])


def show_for_source(parts: Parts, source: str, browsing: bool) -> None:
    """Show just the controls that act on this source."""
    live = source == "camera"
    for widget in (parts.hold, parts.mirror):
        _set_shown(widget, live)
    _set_shown(parts.device, live and len(parts.camera.devices) > 1)
    for widget in (parts.earlier, parts.later, parts.any, parts.browse):
        _set_shown(widget, not live)
    _set_shown(parts.strip, not live and browsing)


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


def _side(groups: dict[str, list]) -> str:
    return "after the blocks" if any(name.startswith("block ") for name in groups) else "layers"


def _gamma_title(value: float) -> str:
    return "as they are" if value == 1 else f"lifted (gamma {value:g})"


def _share_title(value: float) -> str:
    ends = {SHARES[0]: "the layer's largest answer", SHARES[-1]: "its own largest answer"}
    return ends.get(value, f"{value:.0%} its own")


def _title(text: str) -> ipw.HTML:
    return ipw.HTML(f"<h3>{text}</h3>")


def _set_shown(widget: ipw.Widget, shown: bool) -> None:
    widget.layout.display = None if shown else "none"
