"""Where the pictures of the live toolbox come from: camera, photographs, files, and the controls of each."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import ipywidgets as ipw
import numpy as np

from nbutils import zoo
from nbutils.deepvis.dashboards.film_source import FilmSource
from nbutils.deepvis.dashboards.strip import THUMBNAIL, fill_strip, find_photo, make_strip
from nbutils.deepvis.view import SOURCES, View
from nbutils.widgets import Camera, Picker, StatusLine, Wall, button, choice, segmented, switch
from nbutils.widgets.camera import Frame
from nbutils.widgets.errors import ErrorLine, guard

USUAL_CAMERA = ("the usual one", "")
UPLOAD_SIZE = 512
# A frame of a film is seen for a moment: it is encoded faster than a photograph, and nobody sees the difference.
PHOTO_QUALITY, FILM_QUALITY = 92, 80
# What a link leaves open, because it cannot carry a file.
WANTED = {"upload": "Choose a picture from your files", "video": "Choose a film from your files"}
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
    picker: Picker
    until: ipw.HTML


def make_parts() -> SourceParts:
    """Make all parts, empty and unconnected."""
    return SourceParts(
        source=segmented("Source", [(name.capitalize(), name) for name in SOURCES], SOURCES[0]),
        earlier=button("Previous"),
        later=button("Next"),
        any=button("Any"),
        browse=switch("All photographs", False),
        strip=make_strip(),
        hold=switch("Hold the picture", False),
        mirror=switch("Mirror", True),
        device=choice("Camera", [USUAL_CAMERA], ""),
        picker=Picker(UPLOAD_SIZE).add_class("dv-whole"),
        until=ipw.HTML().add_class("dv-whole"),
    )


class Sources:
    """Holds the picture that is there, and hands on those that come by themselves.

    photos : the photographs to choose from; those of the zoo when None
    pixels : (size, size, 3), uint8, sRGB, or None before the first one
    picture : what it is called, such as "photograph cat"
    trip_ms : from grabbing the last camera frame to its acknowledgement
    change : asks for a view with other fields, such as change(photo="cat")
    on_picture : on_picture(pixels, live) is called with every picture that comes by itself; live = more will follow
    """

    def __init__(
        self,
        camera: Camera,
        status: StatusLine,
        error: ErrorLine,
        photos: zoo.Album | None,
        change: Callable[..., None],
        on_picture: Callable[[np.ndarray, bool], None],
    ) -> None:
        self.parts = make_parts()
        self.photos = zoo.photos() if photos is None else photos
        self._own_photos = photos
        self._news = self.photos.summary if self.photos.skipped or self.photos.cut_short else ""
        self.pixels: np.ndarray | None = None
        self.picture = ""
        self.trip_ms = 0.0
        self.view = View()
        self._camera, self._status, self._error = camera, status, error
        self._change, self._on_picture = change, on_picture
        self._setting = self._frame_failed = False
        self._size = 0
        self._upload: tuple[str, np.ndarray] | None = None
        self.film = FilmSource(self._take_film_frame)
        self._connect()

    @property
    def live(self) -> bool:
        """Whether the next picture comes by itself."""
        return self._is_filming or (self._camera.running and not self._camera.hold)

    @property
    def photo(self) -> zoo.Photo:
        """The photograph that is chosen."""
        return find_photo(self.photos, self.view.photo)

    @property
    def _is_filming(self) -> bool:
        return self.view.source == "video" and self.film.playing

    def check(self, wanted: View) -> None:
        """Raise ValueError for a view whose picture cannot be had."""
        find_photo(self.photos, wanted.photo)

    def show(self, wanted: View, size: int) -> None:
        """Bring parts and picture to this view, without calling back; pictures have size pixels a side."""
        self.view, self._size = wanted, size
        parts, camera = self.parts, self._camera
        camera.size = size
        self._setting = True
        try:
            parts.source.value = wanted.source
            parts.mirror.value = camera.mirror = wanted.mirror
            camera.running = wanted.source == "camera"
            if wanted.source != "video":
                self.film.player.playing = False
            if wanted.source != "camera":
                parts.hold.value = camera.hold = False
            self._show_controls()
            self._show_picture()
        finally:
            self._setting = False

    def ways(self) -> tuple[ipw.Widget, ...]:
        """Return all controls by which a picture is chosen, in the order in which they stand."""
        parts = self.parts
        photographs = (parts.earlier, parts.later, parts.any, parts.browse)
        return (*photographs, parts.hold, parts.mirror, parts.device, parts.until, parts.picker, self.film.player)

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

    def _show_picture(self) -> None:
        """Bring the picture of the source and say what it is; a camera brings its own."""
        source, until = self.view.source, ""
        if source == "camera":
            self._status.say(HELD if self._camera.hold else "")
        elif source == "upload" and self._upload is not None:
            name, pixels = self._upload
            self._show_still(zoo.fit(pixels, self._size), f"upload {name}")
            self._status.say(f"Your picture {name}.")
        elif source == "video" and self.film.is_there:
            self._show_still(self.film.read(self._size), self.film.title, FILM_QUALITY)
            self._status.say("")
        else:
            self._show_photo()
            if source in WANTED:
                self._status.say(f"{WANTED[source]}. Until then this is the photograph {self.view.photo}.")
                until = f"<p class='dv-quiet'>Still the photograph {escape(self.view.photo)}. {WANTED[source]}:</p>"
        self.parts.until.value = until
        _set_shown(self.parts.until, bool(until))

    def _show_photo(self) -> None:
        photo = self.photo
        self._show_still(zoo.read_photo(photo, self._size), f"photograph {photo.name}")
        place = self.parts.strip.selected = self.photos.index(photo)
        self._status.say(self._news or f"Photograph {photo.name}, {place + 1} of {len(self.photos)}.")
        self._news = ""

    def _show_still(self, pixels: np.ndarray, name: str, quality: int = PHOTO_QUALITY) -> None:
        self.pixels, self.picture = pixels, name
        self._camera.show_still(pixels, name, quality)

    def _take_upload(self, pixels: np.ndarray) -> None:
        """Keep a picture from the visitor's files and look at it."""
        self._upload = (self.parts.picker.file_name, pixels)
        self._show_picture()
        self._on_picture(self.pixels, False)

    def _take_film_frame(self) -> None:
        if self.view.source == "video":
            self._show_picture()
            self._on_picture(self.pixels, self.film.playing)

    def _end_playing(self, change: dict) -> None:
        # The last frame is studied like a still: its words must be its own.
        if not change["new"] and not self._setting and self.view.source == "video" and self.film.is_there:
            self._on_picture(self.pixels, False)

    def _show_controls(self) -> None:
        """Let only those controls be there that the source has."""
        parts, source = self.parts, self.view.source
        photographs, camera = source == "photographs", source == "camera"
        _set_shown(parts.picker, source == "upload")
        _set_shown(self.film.player, source == "video")
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
        parts.picker.on_file(self._take_upload)
        self.film.player.observe(by_itself(self._end_playing), "playing")
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
            fill_strip(parts.strip, *zoo.thumbnails(THUMBNAIL, self._own_photos))
            parts.strip.selected = self.photos.index(self.photo)
        self._show_controls()

    def _take_frame(self, frame: Frame) -> None:
        self.picture = "camera frame"
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


def _set_shown(widget: ipw.Widget, shown: bool) -> None:
    widget.layout.display = None if shown else "none"
