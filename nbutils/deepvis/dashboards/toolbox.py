"""The live toolbox: every channel of a layer answers to a camera or a photograph."""

import random
import time
from dataclasses import replace
from html import escape

import ipywidgets as ipw
import numpy as np

from nbutils import zoo
from nbutils.deepvis import looking, view
from nbutils.deepvis.dashboards import parts as panes
from nbutils.figures.palette import lift
from nbutils.probe import find_layer
from nbutils.runs import threads
from nbutils.widgets import shell
from nbutils.widgets.camera import Frame
from nbutils.widgets.errors import dashboard, guard
from nbutils.widgets.rate import Rate, Typical

SECONDS_BETWEEN_METERS = 0.5
# Words and bars that change faster than this cannot be read; maps can, and change with every frame.
SECONDS_BETWEEN_WORDS = 0.1
HINT = "Press Camera and hold something up, or look at a photograph; then click a tile."


@dashboard
def toolbox(**settings: object) -> ipw.Widget:
    """Return the live toolbox; settings are the fields of `nbutils.deepvis.view.View`."""
    threads(1)
    return Toolbox(view.check(view.View(**settings))).page


class Toolbox:
    """Connects the parts: what is set becomes a view, a view and a picture become a look, a look is drawn."""

    def __init__(self, start: view.View) -> None:
        self.start = start
        self.view = start
        self.parts = panes.make_parts()
        self.pixels: np.ndarray | None = None
        self._networks: dict[str, tuple] = {}
        self._signed: set[tuple[str, str]] = set()
        self._setting = False
        self._rate, self._typical = Rate(), Typical()
        self._meter_at = self._words_at = 0.0
        self.photos = zoo.photos()
        self.page = self._lay_out()
        self._connect()
        self.show(start)
        if start == view.View():
            self.go_to_strongest()
        self.start = self.view

    @property
    def network(self) -> zoo.Network:
        """The network that is looked into."""
        return self._known_network()[0]

    @property
    def layers(self) -> tuple:
        """Its layers in execution order."""
        return self._known_network()[1]

    @property
    def layer(self) -> looking.Layer:
        """The layer on the wall."""
        known = self.layers
        return find_layer(known, self.view.layer) if self.view.layer else looking.starting_layer(self.network, known)

    def show(self, wanted: view.View) -> None:
        """Bring every part to this view and look again; an impossible view raises ValueError and changes nothing."""
        before, self.view = self.view, wanted
        try:
            layer, _ = self.layer, self._photo()
        except (ValueError, KeyError):
            self.view = before
            raise
        self.view = replace(wanted, channel=min(wanted.channel, layer.channels - 1))
        self._set_controls(layer)
        if self.view.source == "photographs":
            self._show_photo()
        self.refresh()
        self._tell_link()

    def change(self, **fields: object) -> None:
        """Show the view with these fields changed."""
        self.show(view.check(replace(self.view, **fields)))

    def refresh(self) -> None:
        """Look at the picture that is there, draw what is visible, and say how long that took."""
        if self.pixels is not None:
            look = self._look(self.pixels)
            self._draw(look)
            self.parts.status.meter(f"network {look.network_ms:.0f} ms, drawing {look.drawing_ms:.0f} ms")

    def step_layer(self, step: int) -> None:
        """Go to the next (+1) or the previous (-1) layer."""
        known = self.layers
        place = min(max(known.index(self.layer) + step, 0), len(known) - 1)
        self.change(layer=known[place].name)

    def go_to_strongest(self) -> None:
        """Select the channel with the largest answer to the picture that is there."""
        if self.pixels is not None:
            ranges = self._look(self.pixels).tiles.ranges
            self.change(channel=int(np.argmax(np.abs(ranges).max(1))))

    def step_photo(self, step: int) -> None:
        """Go that many photographs further, round the end."""
        place = (self.photos.index(self._photo()) + step) % len(self.photos)
        self.change(photo=self.photos[place].name)

    def take_frame(self, frame: Frame) -> None:
        """Look at one camera frame and say how fast frames come."""
        begin = time.perf_counter()
        words = begin - self._words_at >= SECONDS_BETWEEN_WORDS
        if words:
            self._words_at = begin
        self.pixels = frame.pixels
        look = self._look(frame.pixels, words)
        self._draw(look, words)
        here = (time.perf_counter() - begin) * 1000
        self._typical.add(trip=frame.trip_ms + frame.capture_ms, network=look.network_ms, here=here)
        self._say_rate(self._rate.tick())

    def _look(self, pixels: np.ndarray, words: bool = True) -> looking.Look:
        parts, layer = self.parts, self.layer
        aspect = layer.shape[2] / layer.shape[1] if layer.is_spatial else 1.0
        return looking.look(
            self.network,
            self.layers,
            pixels,
            looking.Wish(
                layer=layer if parts.wall.visible or parts.enlarged.visible or self.view.overlay else None,
                room=parts.wall.tile_room(layer.channels, aspect),
                share=self.view.share,
                signed=(self.view.network, layer.name) in self._signed,
                channel=self.view.channel,
                guesses=words and parts.bars.visible,
            ),
        )

    def _draw(self, look: looking.Look, words: bool = True) -> None:
        parts, layer = self.parts, self.layer
        if look.tiles is not None:
            if look.tiles.signed:
                self._signed.add((self.view.network, layer.name))
            self._set_tables(look.tiles.signed)
            names = self.network.labels if layer == looking.classifier(self.network, self.layers) else ()
            parts.wall.show(look.tiles.pixels, look.tiles.ranges, names)
            self._draw_channel(look, layer)
            if words:
                self._tell_channel(look)
        if look.guesses:
            parts.bars.show(*zip(*look.guesses, strict=True))
        elif self.network.labels is None:
            parts.bars.clear(f"{self.network.title} ends in maps: it has no classes to guess.")

    def _draw_channel(self, look: looking.Look, layer: looking.Layer) -> None:
        self.parts.enlarged.show(looking.draw_channel(look.channel, look.tiles.signed)[None])
        shown = self.view.overlay and layer.is_spatial and look.channel.size > 1
        self.parts.camera.show_heat(looking.draw_heat(look.channel) if shown else None)

    def _tell_channel(self, look: looking.Look) -> None:
        low, high = look.tiles.ranges[self.view.channel]
        self.parts.numbers.value = panes.tell_numbers(low, high, look.channel.mean())

    def _set_tables(self, signed: bool) -> None:
        table = lift(self.view.colours, self.view.gamma, signed).tobytes()
        self.parts.wall.table = self.parts.enlarged.table = table

    def _set_controls(self, layer: looking.Layer) -> None:
        """Bring the controls to the view without answering to them."""
        parts, now = self.parts, self.view
        self._setting = True
        try:
            parts.network.value = now.network
            parts.layer.offer(panes.group_layers(self.layers), layer.name)
            for name in ("source", "gamma", "share", "colours", "overlay", "mirror"):
                getattr(parts, name).value = getattr(now, name)
            parts.camera.mirror = now.mirror
            parts.camera.running = now.source == "camera" and not parts.camera.problem
            if now.source != "camera":
                parts.camera.problem, parts.hold.value, parts.camera.hold = "", False, False
            parts.wall.label = f"{self.network.title}, {layer.title}: {layer.channels} channels"
            parts.wall.noun = "channel" if layer.is_spatial else "unit"
            parts.wall.selected = now.channel
            panes.show_for_source(parts, now.source, parts.browse.value)
        finally:
            self._setting = False
        place = f"layer {self.layers.index(layer) + 1} of {len(self.layers)}"
        parts.heading.value = panes.tell_layer(layer, parts.wall.noun, place)
        parts.caption.value = f"<h3>{escape(layer.title)} · {parts.wall.noun} {now.channel}</h3>"

    def _connect(self) -> None:
        parts, guarded = self.parts, guard(self.parts.error)
        by_itself = guard(parts.error, clears=False)

        def on(name: str, **also: object) -> None:
            act = guarded(lambda change: self.change(**{name: change["new"]}, **also))
            getattr(parts, name).observe(lambda change: None if self._setting else act(change), "value")

        for name in ("source", "gamma", "share", "colours", "overlay", "mirror", "layer"):
            on(name)
        on("network", layer="")
        self._connect_photos(guarded)
        parts.wall.observe(guarded(self._on_selected), "selected")
        parts.wall.observe(by_itself(self._on_room), ["room", "zoom", "visible"])
        parts.wall.on_page(guarded(self.step_layer))
        parts.camera.on_frame(self.take_frame)
        parts.camera.on_error(parts.error.show)
        parts.camera.observe(by_itself(self._on_devices), "devices")
        parts.device.observe(guarded(lambda change: setattr(parts.camera, "device", change["new"])), "value")
        parts.hold.observe(guarded(self._on_hold), "value")
        parts.strongest.on_press(guarded(self.go_to_strongest))
        parts.link.on_read(guarded(self._on_link))

    def _connect_photos(self, guarded: object) -> None:
        parts = self.parts
        parts.earlier.on_press(guarded(lambda: self.step_photo(-1)))
        parts.later.on_press(guarded(lambda: self.step_photo(1)))
        parts.any.on_press(guarded(lambda: self.step_photo(random.randrange(1, len(self.photos)))))
        parts.browse.observe(guarded(self._on_browse), "value")
        parts.strip.observe(guarded(lambda change: self._on_strip(change["new"])), "selected")

    def _on_selected(self, change: dict) -> None:
        if not self._setting:
            self.change(channel=change["new"])

    def _on_room(self, _change: dict) -> None:
        if not self.parts.camera.running or self.parts.camera.hold:
            self.refresh()

    def _on_strip(self, place: int) -> None:
        if self.photos[place].name != self.view.photo:
            self.change(photo=self.photos[place].name)

    def _on_devices(self, change: dict) -> None:
        known = [(title, key) for key, title in change["new"] if key]
        self.parts.device.offer([("the usual one", ""), *known], self.parts.camera.device)
        panes.show_for_source(self.parts, self.view.source, self.parts.browse.value)

    def _on_hold(self, change: dict) -> None:
        self.parts.camera.hold = change["new"]
        self.parts.status.say("The picture is held; layers and channels can still be changed." if change["new"] else "")

    def _on_browse(self, _change: dict) -> None:
        parts = self.parts
        if parts.browse.value and not parts.strip.shape[0]:
            panes.fill_strip(parts.strip, *zoo.thumbnails(panes.THUMBNAIL))
        panes.show_for_source(parts, self.view.source, parts.browse.value)

    def _on_link(self, settings: dict[str, str]) -> None:
        if settings:
            self.show(view.from_settings(settings))

    def _photo(self) -> zoo.Photo:
        wanted = self.view.photo
        found = [photo for photo in self.photos if photo.name == wanted] if wanted else self.photos[:1]
        if not found:
            raise ValueError(
                f'There is no photograph "{wanted}"; choose one of the {len(self.photos)} with "All photographs".'
            )
        return found[0]

    def _show_photo(self) -> None:
        photo = self._photo()
        self.pixels = zoo.read_photo(photo, self.network.size)
        self.parts.camera.show_still(self.pixels, f"photograph {photo.name}")
        self.parts.strip.selected = self.photos.index(photo)

    def _known_network(self) -> tuple:
        name = self.view.network
        if name not in self._networks:
            network = zoo.load(name)
            self._networks[name] = (network, looking.list_layers(network))
        return self._networks[name]

    def _tell_link(self) -> None:
        self.parts.link.write(view.to_settings(self.view))

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
            stage=panes.stage_of(parts),
            controls=panes.controls_of(parts),
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
