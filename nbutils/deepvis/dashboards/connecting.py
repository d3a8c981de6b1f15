"""What the live toolbox does when something on its page is set, pressed or happens."""

from typing import TYPE_CHECKING

from nbutils import zoo
from nbutils.deepvis import view
from nbutils.deepvis.dashboards import parts as panes
from nbutils.widgets.errors import guard

if TYPE_CHECKING:
    from nbutils.deepvis.dashboards.toolbox import Toolbox

SETTINGS = ("source", "gamma", "share", "colours", "overlay", "mirror", "layer")


def connect(box: "Toolbox") -> None:
    """Let the parts of the toolbox act; whatever goes wrong is told in its error line."""
    connect_settings(box)
    connect_photos(box)
    connect_camera(box)
    parts, guarded = box.parts, guard(box.parts.error)
    by_itself = guard(parts.error, clears=False)

    def select(change: dict) -> None:
        if not box.setting:
            box.change(channel=change["new"])

    def look_again(_change: dict) -> None:
        if not parts.camera.running or parts.camera.hold:
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


def connect_photos(box: "Toolbox") -> None:
    """Let buttons and the wall of all photographs choose one."""
    parts, guarded = box.parts, guard(box.parts.error)

    def browse(_change: dict) -> None:
        if parts.browse.value and not parts.strip.shape[0]:
            panes.fill_strip(parts.strip, *zoo.thumbnails(panes.THUMBNAIL))
            parts.strip.selected = box.photos.index(box.photo)
        panes.show_for_source(parts, box.view.source, parts.browse.value)

    parts.earlier.on_press(guarded(lambda: box.step_photo(-1)))
    parts.later.on_press(guarded(lambda: box.step_photo(1)))
    parts.any.on_press(guarded(box.any_photo))
    parts.browse.observe(guarded(browse), "value")
    parts.strip.observe(guarded(lambda change: box.go_to_photo(change["new"])), "selected")


def connect_camera(box: "Toolbox") -> None:
    """Let frames be looked at, and hold, device and trouble with the camera be answered."""
    parts = box.parts
    guarded, by_itself = guard(parts.error), guard(parts.error, clears=False)

    def hold(change: dict) -> None:
        parts.camera.hold = change["new"]
        held = "The picture is held; layers and channels can still be changed."
        parts.status.say(held if change["new"] else "")
        if change["new"]:
            box.refresh()

    def list_devices(change: dict) -> None:
        known = {key: title for key, title in change["new"] if key}
        if parts.camera.device not in known:
            parts.camera.device = ""
        options = [("the usual one", ""), *((title, key) for key, title in known.items())]
        parts.device.offer(options, parts.camera.device)
        panes.show_for_source(parts, box.view.source, parts.browse.value)

    def fall_back(change: dict) -> None:
        # Back at the photographs, Camera can be pressed again; the sentence stays until it is or one is chosen.
        if change["new"]:
            parts.camera.device = ""
            box.change(source="photographs")

    parts.camera.on_frame(box.take_frame)
    parts.camera.on_error(box.tell_failed_frame)
    parts.camera.observe(by_itself(list_devices), "devices")
    parts.camera.observe(by_itself(fall_back), "problem")
    parts.device.observe(guarded(lambda change: setattr(parts.camera, "device", change["new"])), "value")
    parts.hold.observe(guarded(hold), "value")
