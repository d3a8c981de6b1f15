"""A second network beside the first: its wall, its layer, its guesses, on the same picture."""

import ipywidgets as ipw
import numpy as np

from nbutils import zoo
from nbutils.deepvis import looking
from nbutils.deepvis.dashboards import telling
from nbutils.deepvis.dashboards.networks import Networks
from nbutils.deepvis.view import View
from nbutils.figures.palette import lift
from nbutils.probe import Layer, find_layer
from nbutils.widgets import Bars, Wall, choice

WALL_HEIGHT = 640


class BesidePane:
    """The second network's controls and what it answers."""

    def __init__(self, networks: Networks) -> None:
        options = [("none", ""), *((title, name) for name, title in networks.titles.items())]
        self.network = choice("A second network beside", options, "")
        self.layer = choice("Its layer", [("none", "")], "").add_class("dv-layer")
        self.heading = ipw.HTML()
        self.wall = Wall(height=WALL_HEIGHT, empty="The second network's channels appear here.")
        self.wall.add_class("dv-channels-beside")
        self.caption = ipw.HTML()
        self.bars = Bars(label="the second network's five best guesses", count=looking.GUESSES)
        parts = [self.heading, self.wall, self.caption, self.bars]
        self.box = ipw.VBox([self.layer, *parts]).add_class("dv-stack")
        self._networks = networks
        self._signed: set[tuple[str, str]] = set()

    def find(self, now: View) -> tuple[zoo.Network, tuple[Layer, ...], Layer]:
        """Return the second network, its layers and the one on its wall; ValueError for a layer it does not have."""
        network, known = self._networks.find(now.beside)
        layer = find_layer(known, now.beside_layer) if now.beside_layer else looking.starting_layer(network, known)
        return network, known, layer

    def find_channel(self, now: View) -> int:
        """Return the selected channel; the last one where the layer has fewer than were wanted."""
        return min(now.beside_channel or 0, self.find(now)[2].channels - 1)

    def find_strongest(self, now: View, pixels: np.ndarray) -> int:
        """Return the channel with the largest answer to the picture.

        pixels : (height, width, 3), uint8, sRGB
        """
        network, known, layer = self.find(now)
        look = looking.look(network, known, looking.fit_picture(pixels, network), looking.Wish(layer))
        return int(np.argmax(look.tiles.ranges[:, 1]))

    def find_layer_from(self, now: View, step: int) -> str:
        """Return the name of the layer that many further, or of the first or last."""
        _, known, layer = self.find(now)
        return known[min(max(known.index(layer) + step, 0), len(known) - 1)].name

    def set_controls(self, now: View) -> None:
        """Bring the controls to the view; without a second network the pane is gone."""
        self.network.value = now.beside
        self.box.layout.display = None if now.beside else "none"
        if not now.beside:
            return
        network, known, layer = self.find(now)
        self.layer.offer(telling.group_layers(known), layer.name)
        noun = self.wall.noun = "channel" if layer.is_spatial else "unit"
        self.wall.label = f"{network.title}, {layer.title}: {layer.channels} channels"
        self.wall.selected = self.find_channel(now)
        place = f"layer {known.index(layer) + 1} of {len(known)}"
        self.heading.value = telling.tell_layer(layer, noun, place, network.title)

    def look(self, now: View, pixels: np.ndarray, words: bool) -> float:
        """Look at the picture and draw what is seen; returns the milliseconds that the network took.

        pixels : (height, width, 3), uint8, sRGB
        """
        if not now.beside or not (self.wall.visible or self.bars.visible):
            return 0.0
        network, known, layer = self.find(now)
        aspect = layer.shape[2] / layer.shape[1] if layer.is_spatial else 1.0
        wish = looking.Wish(
            layer=layer if self.wall.visible else None,
            room=self.wall.tile_room(layer.channels, aspect),
            share=now.share,
            signed=(network.name, layer.name) in self._signed,
            guesses=words and self.bars.visible,
        )
        look = looking.look(network, known, looking.fit_picture(pixels, network), wish)
        self._draw(now, network, layer, look, words)
        return look.network_ms

    def _draw(self, now: View, network: zoo.Network, layer: Layer, look: looking.Look, words: bool) -> None:
        if look.tiles is not None:
            if look.signed:
                self._signed.add((network.name, layer.name))
            self.wall.table = lift(now.colours, now.gamma, look.signed).tobytes()
            self.wall.show(look.tiles.pixels, look.tiles.ranges, network.labels if self._names_classes(now) else ())
            if words:
                channel = self.find_channel(now)
                self.caption.value = telling.tell_range(layer, self.wall.noun, channel, *look.tiles.ranges[channel])
        if look.guesses:
            self.bars.show(*zip(*look.guesses, strict=True))
        elif network.labels is None:
            self.bars.clear(telling.no_guesses(network.title))

    def _names_classes(self, now: View) -> bool:
        network, known, layer = self.find(now)
        return layer == looking.classifier(network, known)
