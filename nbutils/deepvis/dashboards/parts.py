"""The controls and panes of the live toolbox, and where each stands on the page."""

from collections.abc import Mapping
from dataclasses import dataclass

import ipywidgets as ipw

from nbutils.deepvis.dashboards.backward_pane import BackwardPane
from nbutils.deepvis.dashboards.beside import BesidePane
from nbutils.deepvis.dashboards.comparing import KeptPane
from nbutils.deepvis.dashboards.preferred_panes import PreferredPanes
from nbutils.deepvis.dashboards.sources import SourceParts, Sources
from nbutils.deepvis.looking import GUESSES
from nbutils.deepvis.view import COLOURS, GAMMAS, SHARES, WALLS
from nbutils.widgets import Bars, Camera, Link, StatusLine, Wall, button, choice, segmented, switch
from nbutils.widgets.download import Download
from nbutils.widgets.errors import ErrorLine

WALL_HEIGHT, MAP_HEIGHT = 640, 288
STRONGEST = {
    "answers": "Go to the strongest channel now",
    "difference": "Go to what changed most",
    "backward": "Go to what matters most",
}
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
    shows: ipw.Widget
    heading: ipw.HTML
    note: ipw.HTML
    caption: ipw.HTML
    enlarged: Wall
    numbers: ipw.HTML
    strongest: ipw.Widget
    freeze: ipw.Widget
    frozen: ipw.HTML
    link: Link
    status: StatusLine
    error: ErrorLine


def make_parts(networks: Mapping[str, str]) -> Parts:
    """Make all parts, empty and unconnected.

    networks : name -> title of each that can be chosen
    """
    return Parts(
        network=choice("Network", [(title, name) for name, title in networks.items()]),
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
        shows=segmented("The wall shows", [(name.capitalize(), name) for name in WALLS], WALLS[0]),
        heading=ipw.HTML(),
        note=ipw.HTML(),
        caption=ipw.HTML(),
        enlarged=Wall(height=MAP_HEIGHT, pickable=False, label="the selected channel, enlarged", empty="Click a tile."),
        numbers=ipw.HTML(),
        strongest=button(STRONGEST["answers"]),
        freeze=button("Freeze this unit"),
        frozen=ipw.HTML().add_class("dv-whole"),
        link=Link("toolbox"),
        status=StatusLine(),
        error=ErrorLine(),
    )


def controls_of(
    parts: Parts, sources: Sources, backward: BackwardPane, kept: KeptPane, beside: BesidePane
) -> list[ipw.Widget]:
    """Return the first column: what goes in, what it is taken for, what made the channel answer, what to compare."""
    return [
        _group(sources.parts.source, parts.camera),
        _group(_title("Best guesses"), parts.bars, *sources.ways()),
        backward.box,
        _group(_title("Compare"), *kept.parts, beside.network),
    ]


def stage_of(parts: Parts, sources: SourceParts, beside: BesidePane, likes: PreferredPanes) -> ipw.Widget:
    """Return the middle: the wall, a second network's beside it, what a channel likes, photographs to choose from."""
    head = ipw.Box([parts.heading, parts.shows]).add_class("dv-wall-head")
    first = ipw.VBox([head, parts.note, parts.wall]).add_class("dv-stack")
    walls = ipw.Box([first, beside.box]).add_class("dv-walls")
    return ipw.VBox([walls, likes.box, sources.strip]).add_class("dv-stack")


def details_of(parts: Parts, numbers: Download) -> ipw.Widget:
    """Return the last column: the selected channel, and how channels are drawn."""
    drawing = _group(_title("How channels are drawn"), parts.gamma, parts.share, parts.colours, parts.overlay)
    ways = _group(parts.strongest, parts.freeze, parts.frozen, numbers)
    return ipw.VBox([parts.caption, parts.enlarged, parts.numbers, ways, drawing]).add_class("dv-stack")


def _gamma_title(value: float) -> str:
    return "as they are" if value == 1 else f"lifted (gamma {value:g})"


def _share_title(value: float) -> str:
    ends = {SHARES[0]: "the layer's largest answer", SHARES[-1]: "its own largest answer"}
    return ends.get(value, f"{value:.0%} its own")


def _group(*widgets: ipw.Widget) -> ipw.Box:
    return ipw.Box(widgets).add_class("dv-group")


def _title(text: str) -> ipw.HTML:
    return ipw.HTML(f"<h3>{text}</h3>").add_class("dv-whole")
