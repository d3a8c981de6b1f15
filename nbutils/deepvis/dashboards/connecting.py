"""What the live toolbox does when something on its page is set, pressed or happens."""

from typing import TYPE_CHECKING

from nbutils.deepvis import view
from nbutils.widgets.errors import guard

if TYPE_CHECKING:
    import ipywidgets as ipw

    from nbutils.deepvis.dashboards.toolbox import Toolbox

SETTINGS = ("gamma", "share", "colours", "overlay", "layer")


def connect(box: "Toolbox") -> None:
    """Let the parts of the toolbox act; whatever goes wrong is told in its error line."""
    connect_settings(box)
    connect_panes(box)
    parts, guarded = box.parts, guard(box.parts.error)
    by_itself = guard(parts.error, clears=False)

    def select(change: dict) -> None:
        if not box.setting:
            box.change(channel=change["new"])

    def select_beside(change: dict) -> None:
        if not box.setting:
            box.change(beside_channel=change["new"])

    def look_again(_change: dict) -> None:
        if not box.sources.live:
            box.refresh()

    parts.wall.observe(by_itself(select), "selected")
    box.beside.wall.observe(by_itself(select_beside), "selected")
    for wall in (parts.wall, box.beside.wall):
        wall.observe(by_itself(look_again), ["room", "zoom"])
    seen = (parts.wall, parts.enlarged, parts.bars, parts.camera)
    for part in (*seen, box.backward.picture, box.beside.wall, box.beside.bars):
        part.observe(by_itself(look_again), "visible")
    parts.wall.on_page(guarded(box.step_layer))
    box.beside.wall.on_page(guarded(box.step_beside))
    parts.strongest.on_press(guarded(lambda: box.change(channel=None)))
    parts.link.on_read(guarded(lambda settings: box.show(view.from_settings(settings, box.networks.names, box.new))))


def connect_settings(box: "Toolbox") -> None:
    """Let the controls that stand for a field of the view change it; a new network begins at its own layer."""

    def on(name: str, part: "ipw.Widget", **also: object) -> None:
        act = guard(box.parts.error)(lambda change: box.change(**{name: change["new"]}, **also))
        part.observe(lambda change: None if box.setting else act(change), "value")

    for name in SETTINGS:
        on(name, getattr(box.parts, name))
    on("network", box.parts.network, layer="", channel=None, frozen_layer="", frozen_channel=None)
    on("wall", box.parts.shows)
    for name in ("method", "shown", "seed"):
        on(name, getattr(box.backward, name))
    on("backward", box.backward.on)
    on("likes", box.likes.on)
    on("beside", box.beside.network, beside_layer="", beside_channel=None)
    on("beside_layer", box.beside.layer, beside_channel=None)


def connect_panes(box: "Toolbox") -> None:
    """Let units be frozen and pictures be kept."""
    guarded = guard(box.parts.error)
    box.parts.freeze.on_press(guarded(box.switch_freeze))
    box.kept.keep.on_press(guarded(box.keep_picture))
    box.kept.forget.on_press(guarded(box.forget_picture))
