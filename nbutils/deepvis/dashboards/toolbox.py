"""The live toolbox: every channel of a layer answers to a camera or a photograph."""

import time
from dataclasses import replace

import ipywidgets as ipw
import numpy as np

from nbutils import zoo
from nbutils.deepvis import looking, view
from nbutils.deepvis.dashboards import parts as panes
from nbutils.deepvis.dashboards.connecting import connect
from nbutils.deepvis.dashboards.sources import Sources
from nbutils.figures.palette import lift
from nbutils.probe import Layer, find_layer
from nbutils.runs import threads
from nbutils.widgets import shell
from nbutils.widgets.errors import dashboard
from nbutils.widgets.rate import Rate, Typical

SECONDS_BETWEEN_METERS = 0.5
# Words and bars that change faster than this cannot be read, and an enlarged map faster than a film cannot be told
# from a film; the wall and the heat change with every frame.
SECONDS_BETWEEN_WORDS = 0.1
SECONDS_BETWEEN_MAPS = 0.04
HINT = "Press Camera and hold something up, or look at a photograph; then click a tile."


@dashboard
def toolbox(**settings: object) -> ipw.Widget:
    """Return the live toolbox; settings are the fields of `nbutils.deepvis.view.View`."""
    threads(1)
    return Toolbox(view.check(view.View(**settings))).page


class Toolbox:
    """What is set becomes a view, a view and a picture become a look, a look is drawn."""

    def __init__(self, start: view.View) -> None:
        self.view = start
        self.parts = panes.make_parts()
        parts = self.parts
        self.sources = Sources(parts.camera, parts.status, parts.error, self.change, self.take_picture)
        self.setting = False
        self._networks: dict[str, tuple[zoo.Network, tuple[Layer, ...]]] = {}
        self._signed: set[tuple[str, str]] = set()
        self._rate, self._typical = Rate(), Typical()
        self._meter_at = self._words_at = self._map_at = 0.0
        self.page = self._lay_out()
        connect(self)
        self.show(start)
        self.start = self.view

    @property
    def network(self) -> zoo.Network:
        """The network that is looked into."""
        return self._known()[0]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Its layers in execution order."""
        return self._known()[1]

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

    def show(self, wanted: view.View) -> None:
        """Bring every part to this view and look again; an impossible view raises ValueError and changes nothing."""
        before, self.view = self.view, wanted
        try:
            layer = self.layer
            self.sources.check(wanted)
        except Exception:
            self.view = before
            raise
        self.sources.show(wanted, self.network.size)
        if wanted.channel is None:
            self.view = replace(wanted, channel=self.find_strongest())
        self._set_controls(layer)
        self.refresh()
        self.parts.link.write(view.to_settings(self.view))

    def change(self, **fields: object) -> None:
        """Show the view with these fields changed."""
        self.show(view.check(replace(self.view, **fields)))

    def refresh(self) -> None:
        """Look at the picture that is there, draw what is visible, and say how long that took."""
        if self.sources.pixels is not None:
            look = self._look(self.sources.pixels)
            self._draw(look)
            self.parts.status.meter(f"network {look.network_ms:.0f} ms, drawing {look.drawing_ms:.0f} ms")

    def find_strongest(self) -> int:
        """Return the channel with the largest answer to the picture that is there, 0 when there is none."""
        pixels = self.sources.pixels
        if pixels is None:
            return 0
        look = looking.look(self.network, self.layers, pixels, looking.Wish(self.layer, tiles=True))
        return int(np.argmax(look.tiles.ranges[:, 1]))

    def step_layer(self, step: int) -> None:
        """Go to the next (+1) or the previous (-1) layer."""
        known = self.layers
        place = min(max(known.index(self.layer) + step, 0), len(known) - 1)
        self.change(layer=known[place].name)

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
        self._draw(look, words)
        here = (time.perf_counter() - begin) * 1000
        self._typical.add(trip=self.sources.trip_ms, network=look.network_ms, here=here)
        self._say_rate(self._rate.tick())

    def _look(self, pixels: np.ndarray, words: bool = True) -> looking.Look:
        parts, layer = self.parts, self.layer
        aspect = layer.shape[2] / layer.shape[1] if layer.is_spatial else 1.0
        on_the_side = parts.enlarged.visible or (self.view.overlay and parts.camera.visible)
        wish = looking.Wish(
            layer=layer if parts.wall.visible or on_the_side else None,
            tiles=parts.wall.visible,
            room=parts.wall.tile_room(layer.channels, aspect),
            share=self.view.share,
            signed=(self.view.network, layer.name) in self._signed,
            channel=self.channel if on_the_side else None,
            guesses=words and parts.bars.visible,
        )
        return looking.look(self.network, self.layers, pixels, wish)

    def _draw(self, look: looking.Look, words: bool = True) -> None:
        parts, layer = self.parts, self.layer
        if look.signed:
            self._signed.add((self.view.network, layer.name))
        if look.tiles is not None:
            self._set_tables(look.signed)
            parts.wall.show(look.tiles.pixels, look.tiles.ranges, self.class_names)
        if look.channel is not None:
            self._draw_channel(look, layer, words)
        if look.guesses:
            parts.bars.show(*zip(*look.guesses, strict=True))
        elif self.network.labels is None:
            parts.bars.clear(f"{self.network.title} ends in maps: it has no classes to guess.")

    def _draw_channel(self, look: looking.Look, layer: Layer, words: bool) -> None:
        parts, now = self.parts, time.perf_counter()
        if look.channel.size == 1:
            parts.enlarged.clear("One number, no map: the tile on the wall shows it.")
        elif words or now - self._map_at >= SECONDS_BETWEEN_MAPS:
            self._map_at = now
            parts.enlarged.show(looking.draw_channel(look.channel, look.signed)[None])
        shown = self.view.overlay and layer.is_spatial and look.channel.size > 1
        parts.camera.show_heat(looking.draw_heat(look.channel) if shown else None)
        if words:
            parts.numbers.value = panes.tell_numbers(look.channel, look.signed)

    def _set_tables(self, signed: bool) -> None:
        table = lift(self.view.colours, self.view.gamma, signed).tobytes()
        self.parts.wall.table = self.parts.enlarged.table = table

    def _set_controls(self, layer: Layer) -> None:
        """Bring the controls to the view without answering to them."""
        parts, now = self.parts, self.view
        self.setting = True
        try:
            parts.network.value = now.network
            parts.layer.offer(panes.group_layers(self.layers), layer.name)
            for name in ("gamma", "share", "colours", "overlay"):
                getattr(parts, name).value = getattr(now, name)
            parts.wall.label = f"{self.network.title}, {layer.title}: {layer.channels} channels"
            parts.wall.noun = "channel" if layer.is_spatial else "unit"
            parts.wall.selected = self.channel
        finally:
            self.setting = False
        place = f"layer {self.layers.index(layer) + 1} of {len(self.layers)}"
        parts.heading.value = panes.tell_layer(layer, parts.wall.noun, place)
        parts.caption.value = panes.tell_channel(layer, parts.wall.noun, self.channel, self.class_names)

    def _known(self) -> tuple[zoo.Network, tuple[Layer, ...]]:
        name = self.view.network
        if name not in self._networks:
            network = zoo.load(name)
            self._networks[name] = (network, looking.list_layers(network))
        return self._networks[name]

    def _say_rate(self, rate: float) -> None:
        now = time.perf_counter()
        if now - self._meter_at < SECONDS_BETWEEN_METERS:
            return
        self._meter_at = now
        trip, network, here = (self._typical.of(name) for name in ("trip", "network", "here"))
        self.parts.status.meter(
            f"{rate:.0f} frames/s · {trip:.0f} ms from camera to wall "
            f"(network {network:.0f}, drawing {here - network:.0f}, wire {max(trip - here, 0):.0f})"
        )

    def _lay_out(self) -> ipw.Widget:
        parts = self.parts
        frame = shell(
            "Live toolbox",
            HINT,
            stage=panes.stage_of(parts, self.sources.parts),
            controls=panes.controls_of(parts, self.sources.parts),
            number="6",
            details=panes.details_of(parts),
            header=(parts.network, parts.layer),
            status=parts.status,
            reset=lambda: self.show(self.start),
            keys=panes.KEYS,
            link=parts.link,
            python=lambda: view.to_python(self.view),
            error=parts.error,
        )
        frame.panes.add_class("dv-controls-first")
        return frame
