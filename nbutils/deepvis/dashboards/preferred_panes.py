"""What the selected channel likes, as in Figure 6.1: synthetic pictures, strongest photographs, and their deconv."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from math import nan
from urllib.parse import quote

import ipywidgets as ipw

from nbutils import zoo
from nbutils.deepvis.best_crops import Crop, cut_best
from nbutils.deepvis.best_photos import read_best
from nbutils.deepvis.dashboards.gallery_words import SILENT, no_example, score
from nbutils.deepvis.dashboards.grids import Tile, grid
from nbutils.deepvis.galleries import Hit, read_gallery, read_hit
from nbutils.deepvis.nine import Nine, choose_recipe, make_nine
from nbutils.deepvis.studio_settings import StudioView, to_settings
from nbutils.deepvis.view import NETWORKS, View
from nbutils.figures.palette import spread_faint
from nbutils.probe import Layer
from nbutils.widgets import Turns, button, switch
from nbutils.widgets.errors import describe
from nbutils.widgets.job import readable_time

# Brought down to a tile, most of what comes back lies within some grey levels of the middle. Chosen by eye for conv1
# to conv5 of AlexNet: below it, noise becomes as strong as the outlines.
GAMMA = 0.7
LINE = "\n"  # tiles of three columns are too narrow for a score on one line


@dataclass(frozen=True)
class Liking:
    """The unit whose likes are shown.

    title : in words
    """

    network: zoo.Network
    known: tuple[Layer, ...]
    layer: Layer
    channel: int
    title: str

    @property
    def key(self) -> tuple[str, str, int]:
        """What the panes depend on."""
        return self.network.name, self.layer.name, self.channel


class PreferredPanes:
    """Three panes: pictures that ship or are made here, the nine strongest photographs, and what comes back to them."""

    def __init__(self) -> None:
        self.on = switch("What it likes", False)
        self.hint = ipw.HTML("<p class='dv-quiet'>Pictures made for the channel, and photographs it likes.</p>")
        self.made, self.photos, self.deconv = (ipw.HTML() for _ in range(3))
        self.progress, self.studio = ipw.HTML(), ipw.HTML()
        self.start, self.stop = button("Make nine"), button("Stop")
        self.start.on_press(self._make)
        self.stop.on_press(self._stop)
        making = ipw.Box([self.start, self.stop, self.progress]).add_class("dv-group")
        synthetic = ipw.VBox([self.made, making, self.studio]).add_class("dv-stack")
        self._panes = ipw.Box([synthetic, self.photos, self.deconv]).add_class("dv-three-panes")
        self.box = ipw.VBox([self.on, self.hint, self._panes]).add_class("dv-stack").add_class("dv-likes")
        self._key: tuple[str, str, int] | None = None
        self._liking: Liking | None = None
        self._hit: Hit | None = None
        self._nine: Nine | None = None
        self._crops: list[Crop] = []
        self._making = Turns(self._show_nine, lambda error: self._tell(describe(error)))
        self._cutting = Turns(self._show_crop, lambda error: self._tell_photos(describe(error)))
        self._set_open(False)

    def show(self, now: View, find: Callable[[], Liking]) -> None:
        """Bring the panes to the selected unit; closed panes cost nothing.

        find : returns the unit
        """
        self._set_open(now.likes)
        if not now.likes:
            self._leave()
            return
        liking = find()
        if liking.key == self._key:
            return
        self._leave()
        self._key, self._liking = liking.key, liking
        self.studio.value = link_to_studio(liking)
        try:
            self._begin(liking)
        except ValueError as error:
            self.made.value = _note(describe(error))

    def _begin(self, liking: Liking) -> None:
        """Show what ships for a unit, and begin to make what does not."""
        gallery = read_gallery(liking.network.name)
        self._hit = None if gallery is None else read_hit(gallery, liking.layer.name, liking.channel)
        if self._hit is None:
            self._make()
        else:
            said = f"a picture that {liking.title} prefers"
            self.made.value = _pane("Made for it", "ships with the suite", [_tile_of(self._hit, said)], columns=1)
            self._tell("")
        self._begin_photos(liking)

    def _begin_photos(self, liking: Liking) -> None:
        reached = nan if self._hit is None else self._hit.objective
        best = read_best(liking.network.name, liking.layer.name, liking.channel, reached)
        if best is None:
            self._tell_photos(
                "The strongest photographs ship for AlexNet's convolutions and MobileNetV2's classes. For other layers "
                "nbutils.probe.strongest finds them."
            )
        elif not best.has_good_example:
            self._tell_photos(no_example(best))
        else:
            self._tell_photos("Cutting them out.")
            self._cutting.begin(cut_best(liking.network, best))

    def _make(self) -> None:
        """Begin to make nine pictures of the unit."""
        if self._liking is not None:
            self._set_making(True)
            self._making.begin(_make(self._liking))

    def _stop(self) -> None:
        if self._making.drop():
            begun = "nothing was made yet" if self._nine is None else f"{len(self._nine.pictures)} were begun"
            self._tell(f"Stopped: {begun}.")

    def _show_nine(self, nine: Nine) -> None:
        self._nine = nine
        title = self._liking.title
        tiles = [
            Tile(pixels, SILENT if silent else f"{reached:.3g}", f"picture {place} made for {title}")
            for place, (pixels, reached, silent) in enumerate(
                zip(nine.pictures, nine.objectives, nine.silent, strict=True), 1
            )
        ]
        self.made.value = _pane("Made for it", "from nine starts; what it answers to each", tiles)
        if nine.finished:
            self._tell("Nine pictures.")
        else:
            self.progress.value = _note(f"picture {len(tiles)} of 9, {readable_time(nine.seconds_left)} left")

    def _show_crop(self, crop: Crop) -> None:
        self._crops.append(crop)
        title = self._liking.title
        seen, back = [], []
        for one in self._crops:
            name, told = one.photo.name, score(one.photo, LINE)
            seen.append(Tile(one.seen, told, f"{name}, as {title} sees it"))
            back.append(Tile(spread_faint(one.deconv, GAMMA), told, f"what of {name} came back"))
        self.photos.value = _pane("Strongest photographs", "the answer; how many answer less", seen)
        self.deconv.value = _pane("Their deconv", "what in each made it answer", back)

    def _leave(self) -> None:
        """Work no longer for a unit, and forget what was made for it."""
        self._making.drop()
        self._cutting.drop()
        self._key = self._liking = self._hit = self._nine = None
        self._crops = []
        self.made.value = self.photos.value = self.deconv.value = ""

    def _tell(self, words: str) -> None:
        """Say how the making stands, which rests now."""
        self.progress.value = _note(words) if words else ""
        self._set_making(False)

    def _tell_photos(self, words: str) -> None:
        self.photos.value = f"<h3>Strongest photographs</h3>{_note(words)}"
        self.deconv.value = ""

    def _set_making(self, on: bool) -> None:
        self.start.disabled, self.stop.disabled = on, not on

    def _set_open(self, is_open: bool) -> None:
        self.hint.layout.display = "none" if is_open else None
        self._panes.layout.display = None if is_open else "none"


def link_to_studio(liking: Liking) -> str:
    """Return a link that sets the studio of the same page to a unit, as HTML; empty for a network it does not know."""
    if liking.network.name not in NETWORKS:
        return ""
    recipe, _ = choose_recipe(liking.network, liking.known, liking.layer, liking.channel, None)
    settings = to_settings(StudioView(recipe))
    fragment = "&".join(f"studio.{name}={quote(value, safe='')}" for name, value in settings.items())
    return f"<p><a href='#{escape(fragment)}'>Set the studio of section 6.4 to it</a></p>"


def _make(liking: Liking) -> Iterator[Nine]:
    """Yield the nine pictures of a unit; its recipe is found with the first."""
    gallery = read_gallery(liking.network.name)
    hung = None if gallery is None else gallery.find(liking.layer.name)
    recipe, box = choose_recipe(liking.network, liking.known, liking.layer, liking.channel, hung)
    yield from make_nine(liking.network, recipe, box)


def _tile_of(hit: Hit, said: str) -> Tile:
    chance = "" if hit.probability is None else f", probability {hit.probability:.2f}"
    return Tile(hit.pixels, SILENT if hit.silent else f"answers {hit.objective:.3g}{chance}", said)


def _pane(title: str, told: str, tiles: list[Tile], columns: int = 3) -> str:
    return f"<h3>{escape(title)} <small>{escape(told)}</small></h3>{grid(tiles, columns)}"


def _note(words: str) -> str:
    return f"<p class='dv-quiet'>{escape(words)}</p>"
