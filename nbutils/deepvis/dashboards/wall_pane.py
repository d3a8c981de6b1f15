"""The first network's wall, the selected channel enlarged, and where on the picture it answers."""

import time
from dataclasses import dataclass

from torch import Tensor

from nbutils import zoo
from nbutils.deepvis import looking
from nbutils.deepvis.dashboards import telling
from nbutils.deepvis.dashboards.parts import Parts
from nbutils.deepvis.view import View
from nbutils.figures.palette import lift
from nbutils.probe import Layer

# An enlarged map that changes faster than a film cannot be told from a film; the wall and the heat follow every frame.
SECONDS_BETWEEN_MAPS = 0.04


@dataclass(frozen=True)
class Selection:
    """What is on the wall, what is selected of it, and what is looked at from behind."""

    network: zoo.Network
    layer: Layer
    channel: int
    class_names: tuple[str, ...]  # of the layer's units, empty where they stand for no class
    unit_title: str  # of the unit that is looked at from behind, as HTML


class WallPane:
    """Says what the next look has to bring for the parts that are seen, and draws what it brought."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._signed: set[tuple[str, str]] = set()  # layers that have answered with negative numbers
        self._map_at = 0.0

    def is_seen(self, now: View) -> bool:
        """Return whether anything that a channel's answers are drawn into is seen."""
        return self._parts.wall.visible or self._is_channel_seen(now)

    def is_signed(self, network: zoo.Network, layer: Layer) -> bool:
        """Return whether the layer has answered with negative numbers since the page was opened."""
        return (network.name, layer.name) in self._signed

    def wish_for(
        self, chosen: Selection, now: View, words: bool, kept: Tensor | None, back: looking.Return | None
    ) -> looking.Wish:
        """Return what the next look has to bring.

        kept : the layer's answers to the kept picture, (channels, height, width) or (units,); None for none
        """
        parts, layer = self._parts, chosen.layer
        aspect = layer.shape[2] / layer.shape[1] if layer.is_spatial else 1.0
        return looking.Wish(
            layer=layer if self.is_seen(now) else None,
            tiles=parts.wall.visible,
            room=parts.wall.tile_room(layer.channels, aspect),
            share=now.share,
            signed=self.is_signed(chosen.network, layer),
            channel=chosen.channel if self._is_channel_seen(now) else None,
            guesses=words and parts.bars.visible,
            wall=now.wall,
            kept=kept,
            back=back,
        )

    def draw(self, look: looking.Look, chosen: Selection, now: View, words: bool) -> None:
        """Draw the look; what changes faster than it can be read is left out where no words are wanted."""
        parts = self._parts
        if look.signed and now.wall == "answers":
            self._signed.add((chosen.network.name, chosen.layer.name))
        if look.tiles is not None:
            colours = now.colours if now.wall == "answers" else "diverging"
            parts.wall.table = parts.enlarged.table = lift(colours, now.gamma, look.signed).tobytes()
            parts.wall.show(look.tiles.pixels, look.tiles.ranges, chosen.class_names)
        elif now.wall != "answers" and parts.wall.visible:
            self._clear(telling.why_empty(now.wall, chosen.layer, chosen.unit_title))
        if look.channel is not None:
            self._draw_channel(look, chosen, now, words)
        if look.guesses:
            parts.bars.show(*zip(*look.guesses, strict=True))
        elif chosen.network.labels is None:
            parts.bars.clear(telling.no_guesses(chosen.network.title))

    def _is_channel_seen(self, now: View) -> bool:
        return self._parts.enlarged.visible or (now.overlay and self._parts.camera.visible)

    def _draw_channel(self, look: looking.Look, chosen: Selection, now: View, words: bool) -> None:
        parts, begin = self._parts, time.perf_counter()
        if look.channel.size == 1:
            parts.enlarged.clear("One number, no map: the tile on the wall shows it.")
        elif words or begin - self._map_at >= SECONDS_BETWEEN_MAPS:
            self._map_at = begin
            parts.enlarged.show(looking.draw_channel(look.channel, look.signed)[None])
        shown = now.overlay and chosen.layer.is_spatial and look.answer.size > 1
        heat = looking.frame_heat(looking.draw_heat(look.answer), chosen.network) if shown else None
        parts.camera.show_heat(heat)
        if words:
            parts.numbers.value = telling.tell_numbers(look.channel, look.signed)

    def _clear(self, why: str) -> None:
        parts = self._parts
        if parts.wall.shape[0] or parts.wall.empty != why:
            parts.wall.clear(why)
            parts.enlarged.clear("The channel appears here once the wall shows it.")
            parts.camera.show_heat(None)
            parts.numbers.value = ""
