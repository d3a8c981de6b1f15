"""Where the pictures of the live toolbox come from: photographs and a camera, and the controls of each."""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets as ipw
import numpy as np
from PIL import Image

from nbutils import zoo
from nbutils.deepvis.view import SOURCES, View
from nbutils.widgets import Camera, StatusLine, Wall, button, choice, segmented, switch
from nbutils.widgets.camera import Frame
from nbutils.widgets.errors import ErrorLine, guard

THUMBNAIL, THUMBNAILS_ACROSS = 64, 25
STRIP_HEIGHT = 260
USUAL_CAMERA = ("the usual one", "")
HELD = "The picture is held; layers and channels can still be changed."


@dataclass(frozen=True)
class SourceParts:
    """Everything on the page by which a picture is chosen."""

    source: ipw.Widget
    earlier: ipw.Widget
    later: ipw.Widget
    any: ipw.Widget
    browse: ipw.Widget
    strip: Wall
    hold: ipw.Widget
    mirror: ipw.Widget
    device: ipw.Widget


def make_parts() -> SourceParts:
    """Make all parts, empty and unconnected."""
    return SourceParts(
        source=segmented("Source", [(name.capitalize(), name) for name in SOURCES], SOURCES[0]),
        earlier=button("Previous"),
        later=button("Next"),
        any=button("Any"),
        browse=switch("All photographs", False),
        strip=Wall(
            height=STRIP_HEIGHT, least=56, noun="photograph", label="all photographs: click one to look at it"
        ).add_class("dv-strip"),
        hold=switch("Hold the picture", False),
        mirror=switch("Mirror", True),
        device=choice("Camera", [USUAL_CAMERA], ""),
    )


class Sources:
    """Holds the picture that is there, and hands on those that come by themselves.

    pixels : (size, size, 3), uint8, sRGB, or None before the first one
    trip_ms : from grabbing the last camera frame to its acknowledgement
    change : asks for a view with other fields, such as change(photo="cat")
    on_picture : on_picture(pixels, live) is called with every picture that comes by itself; live = more will follow
    """

    def __init__(
        self,
        camera: Camera,
        status: StatusLine,
        error: ErrorLine,
        change: Callable[..., None],
        on_picture: Callable[[np.ndarray, bool], None],
    ) -> None:
        self.parts = make_parts()
        self.photos = zoo.photos()
        self.pixels: np.ndarray | None = None
        self.trip_ms = 0.0
        self.view = View()
        self._camera, self._status, self._error = camera, status, error
        self._change, self._on_picture = change, on_picture
        self._setting = self._frame_failed = False
        self._connect()

    @property
    def live(self) -> bool:
        """Whether the next picture comes by itself."""
        return self._camera.running and not self._camera.hold

    @property
    def photo(self) -> zoo.Photo:
        """The photograph that is chosen."""
        return find_photo(self.photos, self.view.photo)

    def check(self, wanted: View) -> None:
        """Raise ValueError for a view whose picture cannot be had."""
        find_photo(self.photos, wanted.photo)

    def show(self, wanted: View, size: int) -> None:
        """Bring parts and picture to this view, without calling back; pictures have size pixels a side."""
        before, self.view = self.view, wanted
        parts, camera = self.parts, self._camera
        self._setting = True
        try:
            parts.source.value = wanted.source
            parts.mirror.value = camera.mirror = wanted.mirror
            if wanted.source == "photographs":
                self._show_photo(size)
            elif before.source == "photographs":
                self._status.say("")
            camera.running = wanted.source == "camera"
            if wanted.source != "camera":
                parts.hold.value = camera.hold = False
            self._show_controls()
        finally:
            self._setting = False

    def step_photo(self, step: int) -> None:
        """Go that many photographs further, round the end."""
        self.go_to_photo((self.photos.index(self.photo) + step) % len(self.photos))

    def any_photo(self) -> None:
        """Go to a photograph by chance, never the one that is there."""
        self.step_photo(random.randrange(1, len(self.photos)))

    def go_to_photo(self, place: int) -> None:
        """Go to the photograph at that place among all."""
        self._camera.problem = ""
        if self.photos[place].name != self.view.photo:
            self._change(photo=self.photos[place].name)

    def _show_photo(self, size: int) -> None:
        photo = self.photo
        self.pixels = zoo.read_photo(photo, size)
        self._camera.show_still(self.pixels, f"photograph {photo.name}")
        place = self.parts.strip.selected = self.photos.index(photo)
        self._status.say(f"Photograph {photo.name}, {place + 1} of {len(self.photos)}.")

    def _show_controls(self) -> None:
        """Let only those controls be there that the source has."""
        parts, source = self.parts, self.view.source
        photographs, camera = source == "photographs", source == "camera"
        for part in (parts.earlier, parts.later, parts.any, parts.browse):
            _set_shown(part, photographs)
        _set_shown(parts.strip, photographs and parts.browse.value)
        _set_shown(parts.hold, camera)
        _set_shown(parts.mirror, camera)
        _set_shown(parts.device, camera and len(parts.device.labels) > 2)

    def _connect(self) -> None:
        """Let the parts act; whatever goes wrong is told in the error line."""
        parts, camera = self.parts, self._camera
        guarded, by_itself = guard(self._error), guard(self._error, clears=False)
        for name in ("source", "mirror"):
            self._connect_setting(name, guarded)
        parts.earlier.on_press(guarded(lambda: self.step_photo(-1)))
        parts.later.on_press(guarded(lambda: self.step_photo(1)))
        parts.any.on_press(guarded(self.any_photo))
        parts.browse.observe(guarded(self._browse), "value")
        choose = guarded(lambda change: self.go_to_photo(change["new"]))
        parts.strip.observe(lambda change: None if self._setting else choose(change), "selected")
        camera.on_frame(self._take_frame)
        camera.on_error(self._tell_failed_frame)
        camera.observe(by_itself(self._list_devices), "devices")
        camera.observe(by_itself(self._fall_back), "problem")
        parts.device.observe(guarded(lambda change: setattr(camera, "device", change["new"])), "value")
        hold = guarded(lambda change: self._hold(change["new"]))
        parts.hold.observe(lambda change: None if self._setting else hold(change), "value")

    def _connect_setting(self, name: str, guarded: Callable[[Callable], Callable]) -> None:
        act = guarded(lambda change: self._change(**{name: change["new"]}))
        getattr(self.parts, name).observe(lambda change: None if self._setting else act(change), "value")

    def _browse(self, _change: dict) -> None:
        parts = self.parts
        if parts.browse.value and not parts.strip.shape[0]:
            fill_strip(parts.strip, *zoo.thumbnails(THUMBNAIL))
            parts.strip.selected = self.photos.index(self.photo)
        self._show_controls()

    def _take_frame(self, frame: Frame) -> None:
        self.pixels, self.trip_ms = frame.pixels, frame.trip_ms + frame.capture_ms
        # The last frame before a hold is studied like a still: its words must be its own.
        self._on_picture(frame.pixels, not self._camera.hold)
        if self._frame_failed:
            self._frame_failed = False
            self._error.clear()

    def _tell_failed_frame(self, error: Exception) -> None:
        """Show why a frame could not be looked at; the next good one takes the words away."""
        self._frame_failed = True
        self._error.show(error)

    def _hold(self, held: bool) -> None:
        self._camera.hold = held
        self._status.say(HELD if held else "")
        if held and self.pixels is not None:
            self._on_picture(self.pixels, False)

    def _list_devices(self, change: dict) -> None:
        known = {key: title for key, title in change["new"] if key}
        if self._camera.device not in known:
            self._camera.device = ""
        options = [USUAL_CAMERA, *((title, key) for key, title in known.items())]
        self.parts.device.offer(options, self._camera.device)
        self._show_controls()

    def _fall_back(self, change: dict) -> None:
        # Back at the photographs, Camera can be pressed again; the sentence stays until it is or one is chosen.
        if change["new"]:
            self._camera.device = ""
            self._change(source="photographs")


def find_photo(photos: Sequence[zoo.Photo], name: str) -> zoo.Photo:
    """Return the photograph of that name; ValueError says where all can be seen."""
    for photo in photos:
        if photo.name == name:
            return photo
    raise ValueError(f'There is no photograph "{name}"; "All photographs" shows the {len(photos)} there are.')


def fill_strip(strip: Wall, photos: Sequence[zoo.Photo], pictures: np.ndarray) -> None:
    """Put the photographs on their wall, all in one JPEG.

    pictures : (n, THUMBNAIL, THUMBNAIL, 3), uint8, sRGB
    """
    rows = -(-len(photos) // THUMBNAILS_ACROSS)
    sheet = np.zeros((rows * THUMBNAILS_ACROSS, *pictures.shape[1:]), np.uint8)
    sheet[: len(pictures)] = pictures
    sheet = sheet.reshape(rows, THUMBNAILS_ACROSS, THUMBNAIL, THUMBNAIL, 3).swapaxes(1, 2)
    out = io.BytesIO()
    sheet = sheet.reshape(rows * THUMBNAIL, THUMBNAILS_ACROSS * THUMBNAIL, 3)
    Image.fromarray(sheet).save(out, "JPEG", quality=80)
    names = [photo.name for photo in photos]
    strip.show_atlas(out.getvalue(), len(photos), THUMBNAIL, THUMBNAIL, THUMBNAILS_ACROSS, names)


def _set_shown(widget: ipw.Widget, shown: bool) -> None:
    widget.layout.display = None if shown else "none"
