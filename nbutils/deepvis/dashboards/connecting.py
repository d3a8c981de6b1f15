"""What the live toolbox does when something on its page is set, pressed or happens."""

from typing import TYPE_CHECKING

from nbutils.deepvis import view
from nbutils.widgets.errors import guard

if TYPE_CHECKING:
    from nbutils.deepvis.dashboards.toolbox import Toolbox

SETTINGS = ("gamma", "share", "colours", "overlay", "layer")


def connect(box: "Toolbox") -> None:
    """Let the parts of the toolbox act; whatever goes wrong is told in its error line."""
    connect_settings(box)
    parts, guarded = box.parts, guard(box.parts.error)
    by_itself = guard(parts.error, clears=False)

    def select(change: dict) -> None:
        if not box.setting:
            box.change(channel=change["new"])

    def look_again(_change: dict) -> None:
        if not box.sources.live:
            box.refresh()

    parts.wall.observe(by_itself(select), "selected")
    parts.wall.observe(by_itself(look_again), ["room", "zoom"])
    for part in (parts.wall, parts.enlarged, parts.bars, parts.camera):
        part.observe(by_itself(look_again), "visible")
    parts.wall.on_page(guarded(box.step_layer))
    parts.strongest.on_press(guarded(lambda: box.change(channel=None)))
    parts.link.on_read(guarded(lambda settings: box.show(view.from_settings(settings))))


def connect_settings(box: "Toolbox") -> None:
    """Let the controls that stand for a field of the view change it; a new network begins at its own layer."""

    def on(name: str, **also: object) -> None:
        act = guard(box.parts.error)(lambda change: box.change(**{name: change["new"]}, **also))
        getattr(box.parts, name).observe(lambda change: None if box.setting else act(change), "value")

    for name in SETTINGS:
        on(name)
    on("network", layer="", channel=None)
