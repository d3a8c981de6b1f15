"""The live toolbox: every channel of a layer answers to a camera or a photograph."""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from html import unescape

import ipywidgets as ipw
import numpy as np
from torch import Tensor

from nbutils import zoo
from nbutils.deepvis import looking, view
from nbutils.deepvis.attributing import attribute
from nbutils.deepvis.dashboards import parts as panes
from nbutils.deepvis.dashboards import telling
from nbutils.deepvis.dashboards.backward_pane import BackwardPane
from nbutils.deepvis.dashboards.beside import BesidePane
from nbutils.deepvis.dashboards.comparing import KeptPane
from nbutils.deepvis.dashboards.connecting import connect
from nbutils.deepvis.dashboards.exporting import save_numbers, save_view
from nbutils.deepvis.dashboards.metering import Meter, Times
from nbutils.deepvis.dashboards.networks import Networks
from nbutils.deepvis.dashboards.preferred_panes import Liking, PreferredPanes
from nbutils.deepvis.dashboards.sources import Sources
from nbutils.deepvis.dashboards.strip import find_photo
from nbutils.deepvis.dashboards.wall_pane import Selection, WallPane
from nbutils.probe import Layer, find_layer
from nbutils.widgets import shell
from nbutils.widgets.download import Download
from nbutils.widgets.errors import dashboard

# Words and bars that change faster than this cannot be read.
SECONDS_BETWEEN_WORDS = 0.1
HINT = "Press Camera and hold something up, or look at a photograph; then click a tile."


@dashboard
def toolbox(photos: zoo.Album | None = None, own: Sequence[zoo.Network] = (), **settings: object) -> ipw.Widget:
    """Return the live toolbox; settings are the fields of `nbutils.deepvis.view.View`.

    photos : the photographs to choose from, such as zoo.photos("a/folder"); those of the zoo when None
    own : further networks to choose from, made by zoo.wrap()
    """
    return Toolbox(replace(first_view(photos), **settings), photos, own).page


def first_view(photos: zoo.Album | None) -> view.View:
    """Return a new view, on the first of these photographs; ValueError where there is none."""
    if photos is None:
        return view.View()
    if not photos:
        raise ValueError("There is no photograph to look at: choose a folder with pictures that can be read.")
    return view.View(photo=photos[0].name)


class Toolbox:
    """What is set becomes a view, a view and a picture become a look, a look is drawn."""

    def __init__(self, start: view.View, photos: zoo.Album | None = None, own: Sequence[zoo.Network] = ()) -> None:
        self.networks = Networks(own)
        self.new, self.view = first_view(photos), view.check(start, self.networks.names)
        self.given = tuple(name for name, there in (("photos", photos is not None), ("own", own)) if there)
        parts = self.parts = panes.make_parts(self.networks.titles)
        self.sources = Sources(parts.camera, parts.status, parts.error, photos, self.change, self.take_picture)
        self.numbers = Download("Save the numbers", partial(save_numbers, self))
        self.wall, self.backward, self.kept = WallPane(parts), BackwardPane(), KeptPane()
        self.beside, self.likes = BesidePane(self.networks), PreferredPanes()
        self.setting = False
        self._meter = Meter(parts.status)
        self._words_at = 0.0
        self.page = self._lay_out()
        connect(self)
        self.show(start)
        self.start = self.view

    @property
    def network(self) -> zoo.Network:
        """The network that is looked into."""
        return self.networks.find(self.view.network)[0]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Its layers in execution order."""
        return self.networks.find(self.view.network)[1]

    @property
    def layer(self) -> Layer:
        """The layer on the wall."""
        known = self.layers
        return find_layer(known, self.view.layer) if self.view.layer else looking.starting_layer(self.network, known)

    @property
    def channel(self) -> int:
        """The selected channel; the last one where the layer has fewer than were wanted."""
        return min(self.view.channel, self.layer.channels - 1)

    @property
    def class_names(self) -> tuple[str, ...]:
        """What the units of the layer on the wall stand for; empty where they stand for no class."""
        return self.network.labels if self.layer == looking.classifier(self.network, self.layers) else ()

    @property
    def unit(self) -> looking.Unit:
        """The unit that is looked at from behind: the frozen one, or the selected channel."""
        if not self.view.frozen_layer:
            return looking.Unit(self.layer.name, self.channel)
        layer = find_layer(self.layers, self.view.frozen_layer)
        return looking.Unit(layer.name, min(self.view.frozen_channel, layer.channels - 1))

    @property
    def unit_title(self) -> str:
        """The same unit in words, as HTML."""
        layer = find_layer(self.layers, self.unit.layer)
        named = layer == looking.classifier(self.network, self.layers)
        return telling.name_unit(layer, self.unit.channel, self.network.labels if named else ())

    @property
    def selection(self) -> Selection:
        """What is on the wall and selected of it."""
        return Selection(self.network, self.layer, self.channel, self.class_names, self.unit_title)

    def show(self, wanted: view.View) -> None:
        """Bring every part to this view and look again; an impossible view raises ValueError and changes nothing."""
        before, self.view = self.view, wanted
        try:
            self._check_names(wanted)
        except Exception:
            self.view = before
            raise
        self.networks.use_threads(*self._used())
        self.sources.show(wanted, self._picture_size())
        self._bring_kept(before, wanted)
        if wanted.channel is None:
            self.view = replace(self.view, channel=self.find_strongest())
        if wanted.beside and wanted.beside_channel is None and self.sources.pixels is not None:
            self.view = replace(self.view, beside_channel=self.beside.find_strongest(wanted, self.sources.pixels))
        self._set_controls(self.layer)
        self.refresh()
        self.likes.show(self.view, self.find_liking)
        self.parts.link.write(view.to_settings(self.view, self.new))

    def change(self, **fields: object) -> None:
        """Show the view with these fields changed."""
        self.show(view.check(replace(self.view, **fields), self.networks.names))

    def reset(self) -> None:
        """Go back to the view that the toolbox began with, and to no kept picture of a camera."""
        self.kept.clear()
        self.show(self.start)

    def refresh(self) -> None:
        """Look at the picture that is there, draw what is visible, and say how long that took."""
        pixels = self.sources.pixels
        if pixels is None:
            return
        look = self._look(pixels)
        beside_ms = self.beside.look(self.view, pixels, words=True)
        self._study(pixels)
        self._meter.show_still(self._name_times(look.network_ms, beside_ms), look.drawing_ms)

    def find_strongest(self) -> int:
        """Return the channel with the largest answer to the picture that is there, 0 when there is none.

        Where the wall shows something else of every channel, it is the one for which that is furthest from 0.
        """
        pixels, now = self.sources.pixels, self.view
        if pixels is None:
            return 0
        # With no unit frozen the backward wall stands for a channel that is still to be found.
        wall = "answers" if now.wall == "backward" and not now.frozen_layer else now.wall
        back = self.backward.find_return(now, self.unit, walled=True) if wall == "backward" else None
        wish = looking.Wish(self.layer, wall=wall, kept=self._kept_answer(), back=back)
        tiles = looking.look(self.network, self.layers, looking.fit_picture(pixels, self.network), wish).tiles
        if tiles is None:
            return self.view.channel or 0
        strengths = tiles.ranges[:, 1] if wall == "answers" else np.abs(tiles.ranges).max(1)
        return int(np.argmax(strengths))

    def find_liking(self) -> Liking:
        """Return the selected channel as one whose likes are shown."""
        title = unescape(telling.name_unit(self.layer, self.channel, self.class_names))
        return Liking(self.network, self.layers, self.layer, self.channel, title)

    def keep_picture(self) -> None:
        """Keep the picture that is there, to be compared with others."""
        if self.sources.pixels is None:
            raise ValueError("There is no picture to keep yet: choose a photograph or press Camera.")
        if self.view.source == "photographs":
            self.change(kept=self.view.photo)
        else:
            self.change(kept="")
            self.kept.hold(self.sources.pixels, self.sources.picture or self.view.source)
            self.refresh()

    def forget_picture(self) -> None:
        """Keep no picture."""
        self.kept.clear()
        self.change(kept="")

    def switch_freeze(self) -> None:
        """Go on looking at the selected unit from behind while others are selected, or end that."""
        if self.view.frozen_layer:
            self.change(frozen_layer="", frozen_channel=None)
        else:
            self.change(frozen_layer=self.layer.name, frozen_channel=self.channel)

    def step_layer(self, step: int) -> None:
        """Go to the next (+1) or the previous (-1) layer."""
        known = self.layers
        place = min(max(known.index(self.layer) + step, 0), len(known) - 1)
        self.change(layer=known[place].name)

    def step_beside(self, step: int) -> None:
        """Go to the second network's next (+1) or previous (-1) layer."""
        self.change(beside_layer=self.beside.find_layer_from(self.view, step))

    def take_picture(self, pixels: np.ndarray, live: bool) -> None:
        """Look at a picture that came by itself; where more will follow, say how fast they come.

        pixels : (size, size, 3), uint8, sRGB
        """
        if not live:
            self.refresh()
            return
        begin = time.perf_counter()
        words = begin - self._words_at >= SECONDS_BETWEEN_WORDS
        if words:
            self._words_at = begin
        look = self._look(pixels, words)
        beside_ms = self.beside.look(self.view, pixels, words)
        self._study(pixels)
        here = (time.perf_counter() - begin) * 1000
        trip = self.sources.trip_ms if self.view.source == "camera" else None
        self._meter.count_live(self._name_times(look.network_ms, beside_ms), here, trip)

    def make_wish(self, words: bool = True) -> looking.Wish:
        """Return what the parts of the page that are seen need of the next look at the first network."""
        chosen, now = self.selection, self.view
        back = self.backward.find_return(now, self.unit, walled=self.wall.is_seen(now))
        return self.wall.wish_for(chosen, now, words, self._kept_answer(), back)

    def _look(self, pixels: np.ndarray, words: bool = True) -> looking.Look:
        """Look at the picture and draw what is seen of the first network."""
        fitted = looking.fit_picture(pixels, self.network)
        look = looking.look(self.network, self.layers, fitted, self.make_wish(words))
        self.wall.draw(look, self.selection, self.view, words)
        if look.backward is not None:
            self.backward.draw(look.backward, self.view, words)
        return look

    def _kept_answer(self) -> Tensor | None:
        return self.kept.answer(self.network, self.layer) if self.view.wall == "difference" else None

    def _study(self, pixels: np.ndarray) -> None:
        """Fill the backward pane by a method that takes its time, on a picture that stands still."""
        now, unit = self.view, self.unit
        if now.method not in view.SLOW_METHODS or not self.backward.is_wanted(now):
            self.backward.leave_study()
            return
        if self.sources.live:
            self.backward.leave_study()
            self.backward.ask_to_hold(now.method)
            return
        fitted = looking.fit_picture(pixels, self.network)
        work = attribute(self.network, self.layers, fitted, unit, now.method, now.shown)
        self.backward.study(pixels, now, unit, work)

    def _set_controls(self, layer: Layer) -> None:
        """Bring the controls to the view without answering to them."""
        parts, now = self.parts, self.view
        self.setting = True
        try:
            parts.network.value = now.network
            parts.layer.offer(telling.group_layers(self.layers), layer.name)
            for name in ("gamma", "share", "colours", "overlay"):
                getattr(parts, name).value = getattr(now, name)
            parts.shows.value = now.wall
            has_map = find_layer(self.layers, self.unit.layer).is_spatial
            self.backward.set_controls(now, self.unit_title, has_map)
            self.beside.set_controls(now)
            self.likes.on.value = now.likes
            parts.wall.label = f"{self.network.title}, {layer.title}: {layer.channels} channels"
            parts.wall.noun = "channel" if layer.is_spatial else "unit"
            parts.wall.selected = self.channel
        finally:
            self.setting = False
        parts.strongest.text = panes.STRONGEST[now.wall]
        parts.freeze.text = "Unfreeze" if now.frozen_layer else "Freeze this unit"
        parts.frozen.value = telling.tell_frozen(self.unit_title) if now.frozen_layer else ""
        parts.frozen.layout.display = None if now.frozen_layer else "none"
        parts.note.value = telling.tell_wall(now.wall, self.unit_title, bool(now.frozen_layer))
        parts.note.layout.display = "none" if now.wall == "answers" else None
        place = f"layer {self.layers.index(layer) + 1} of {len(self.layers)}"
        left_out = telling.tell_left_out(self.networks.list_left_out(now.network))
        parts.heading.value = telling.tell_layer(layer, parts.wall.noun, place) + left_out
        parts.caption.value = telling.tell_channel(layer, parts.wall.noun, self.channel, self.class_names)

    def _name_times(self, first_ms: float, beside_ms: float) -> Times:
        """Return the milliseconds that the network took, or each of two by its title."""
        if not self.view.beside:
            return (("network", first_ms),)
        return ((self.network.title, first_ms), (self.networks.titles[self.view.beside], beside_ms))

    def _check_names(self, wanted: view.View) -> None:
        """Raise ValueError for a network, layer or photograph that is not there."""
        known = self.layers
        for name in filter(None, (wanted.layer, wanted.frozen_layer)):
            find_layer(known, name)
        self.sources.check(wanted)
        if wanted.kept:
            find_photo(self.sources.photos, wanted.kept)
        if wanted.beside:
            self.beside.find(wanted)

    def _picture_size(self) -> int:
        """Return the side at which pictures are kept: as the largest of the networks on the page takes them."""
        return self.networks.picture_size(*self._used())

    def _used(self) -> tuple[str, ...]:
        """Return the names of the networks on the page."""
        return (self.view.network, self.view.beside) if self.view.beside else (self.view.network,)

    def _bring_kept(self, before: view.View, wanted: view.View) -> None:
        """Keep the photograph that the view names; a picture from elsewhere stays until it is forgotten."""
        if wanted.kept and (wanted.kept != before.kept or self.kept.pixels is None):
            photo = find_photo(self.sources.photos, wanted.kept)
            self.kept.hold(zoo.read_photo(photo, self._picture_size()), f"photograph {photo.name}")
        elif before.kept and not wanted.kept:
            self.kept.clear()

    def _lay_out(self) -> ipw.Widget:
        parts = self.parts
        frame = shell(
            "Live toolbox",
            HINT,
            stage=panes.stage_of(parts, self.sources.parts, self.beside, self.likes),
            controls=panes.controls_of(parts, self.sources, self.backward, self.kept, self.beside),
            number="6",
            details=panes.details_of(parts, self.numbers),
            header=(parts.network, parts.layer),
            status=parts.status,
            reset=self.reset,
            keys=panes.KEYS,
            link=parts.link,
            python=lambda: view.to_python(self.view, self.new, self.given),
            save=partial(save_view, self),
            error=parts.error,
        )
        frame.panes.add_class("dv-controls-first")
        return frame
