"""One look into a network: what a layer answers to a picture, and what the network takes it for."""

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from nbutils.probe import Layer, Tiles, activations, find_layer, layers, make_tiles
from nbutils.zoo import Network, prepare

GUESSES = 5


@dataclass(frozen=True)
class Wish:
    """What a look should bring; what nobody sees is not asked for and costs nothing."""

    layer: Layer | None  # None: nothing of a layer
    tiles: bool = True  # all of its channels, small
    room: int = 64  # screen pixels for each tile
    share: float = 0.0
    signed: bool = False
    channel: int | None = None  # one of its channels, as large as the layer has it
    guesses: bool = False


@dataclass(frozen=True)
class Look:
    """What one look brought."""

    tiles: Tiles | None
    channel: np.ndarray | None  # (height, width), float32
    signed: bool  # whether the layer has answered with negative numbers
    guesses: tuple[tuple[str, float], ...]  # (name, probability), the best first
    network_ms: float
    drawing_ms: float


def list_layers(network: Network) -> tuple[Layer, ...]:
    """Return the network's layers in execution order."""
    size = network.size
    return layers(network.module, prepare(network, np.zeros((size, size, 3), np.uint8)))


def classifier(network: Network, known: tuple[Layer, ...]) -> Layer | None:
    """Return the layer whose units are the classes, None for a network without classes."""
    last = known[-1]
    return last if network.labels and last.channels == len(network.labels) else None


def starting_layer(network: Network, known: tuple[Layer, ...]) -> Layer:
    """Return a layer worth seeing first: the last one whose maps are still at least 12 pixels wide and one-sided."""
    fine = [la for la in known if la.is_spatial and la.shape[1] >= 12 and la.kind == "activation"]
    return fine[-1] if fine else known[0]


def widest_layer(known: tuple[Layer, ...]) -> Layer:
    """Return the layer with the most numbers in its answer; the first of them where several have as many."""
    return max(known, key=lambda layer: (int(np.prod(layer.shape)), -known.index(layer)))


def last_convolution(known: tuple[Layer, ...]) -> Layer:
    """Return the last convolution of the network."""
    return [layer for layer in known if layer.kind == "convolution"][-1]


def look(network: Network, known: tuple[Layer, ...], pixels: np.ndarray, wish: Wish) -> Look:
    """Run the network on one picture as far as the wish needs, and draw what it asks for.

    pixels : (size, size, 3), uint8, sRGB, at the network's own size
    """
    classes = classifier(network, known) if wish.guesses else None
    asked = [layer.name for layer in (wish.layer, classes) if layer is not None]
    if not asked:
        return Look(None, None, wish.signed, (), 0.0, 0.0)
    begin = time.perf_counter()
    answers = activations(network.module, prepare(network, pixels), asked)
    between = time.perf_counter()
    tiles, channel, signed = draw_layer(answers[wish.layer.name][0], wish) if wish.layer else (None, None, False)
    guesses = best_guesses(answers[classes.name][0], network.labels) if classes else ()
    end = time.perf_counter()
    return Look(tiles, channel, signed, guesses, (between - begin) * 1000, (end - between) * 1000)


def draw_layer(answer: Tensor, wish: Wish) -> tuple[Tiles | None, np.ndarray | None, bool]:
    """Return the tiles and the channel that are wished for, and whether the layer is to be drawn as signed.

    answer : (channels, height, width) or (units,), float
    """
    tiles = make_tiles(answer, wish.room, wish.share, wish.signed) if wish.tiles else None
    channel = enlarge(answer, wish.channel) if wish.channel is not None else None
    signed = tiles.signed if tiles else wish.signed or bool((answer < 0).any())
    return tiles, channel, signed


def enlarge(answer: Tensor, channel: int) -> np.ndarray:
    """Return one channel of an answer at full size: (height, width), float32; one number is a map of one pixel."""
    one = answer[min(max(channel, 0), len(answer) - 1)]
    return one.reshape(one.shape if one.dim() == 2 else (1, 1)).float().cpu().numpy()


def draw_channel(channel: np.ndarray, signed: bool) -> np.ndarray:
    """Return a channel as grey, by its own largest answer: (height, width), uint8; 128 is zero where signed.

    channel : (height, width), float32
    """
    strength = max(float(np.abs(channel).max()), 1e-12)
    grey = channel / strength * 127.5 + 128 if signed else channel / strength * 255.5
    return np.clip(grey, 0, 255).astype(np.uint8)


def draw_heat(channel: np.ndarray) -> np.ndarray:
    """Return how strongly a channel answers at each place, negative answers as nothing: (height, width), uint8.

    channel : (height, width), float32
    """
    return draw_channel(np.maximum(channel, 0), signed=False)


def best_guesses(logits: Tensor, labels: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """Return the five most probable classes, the best first.

    logits : (classes,), float
    """
    best, places = torch.softmax(logits.float(), 0).topk(min(GUESSES, len(labels)))
    return tuple((labels[place], share) for share, place in zip(best.tolist(), places.tolist(), strict=True))


def channel_strengths(network: Network, layer: Layer, pictures: list[np.ndarray], batch: int = 8) -> np.ndarray:
    """Return how strongly each channel answers to each picture, at its best place: (pictures, channels), float32.

    pictures : each (size, size, 3), uint8, sRGB
    """
    rows = []
    for start in range(0, len(pictures), batch):
        pixels = np.stack(pictures[start : start + batch])
        answer = activations(network.module, prepare(network, pixels), [layer.name])[layer.name]
        rows.append(answer.flatten(2).amax(2) if answer.dim() > 2 else answer)
    return torch.cat(rows).float().cpu().numpy()


__all__ = [
    "Look",
    "Wish",
    "best_guesses",
    "channel_strengths",
    "classifier",
    "draw_channel",
    "draw_heat",
    "enlarge",
    "find_layer",
    "last_convolution",
    "list_layers",
    "look",
    "starting_layer",
    "widest_layer",
]
