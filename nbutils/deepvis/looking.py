"""One look into a network: what a layer answers to a picture, what makes a unit answer, what it all is taken for."""

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from nbutils import zoo
from nbutils.probe import (
    Backward,
    Layer,
    Tiles,
    Unit,
    activations,
    backward,
    draw_backward,
    find_layer,
    layers,
    make_tiles,
    to_shares,
    unseen,
)
from nbutils.zoo import Network, prepare

GUESSES = 5
# Two passes of one picture, one of them on its way back, differ by about 1e-6 of the largest answer in float32.
ROUNDING = 1e-5
# A thousand probabilities in float16 add up to 1 within this.


@dataclass(frozen=True)
class Return:
    """A way back from one unit to the picture."""

    unit: Unit
    method: str = "guided"  # one of nbutils.probe.METHODS
    seed: str = "activation"  # one of nbutils.probe.SEEDS
    shown: str = "raw"  # one of nbutils.probe.SHOWN
    picture: bool = True  # whether the picture at its end is wanted, or only what passes the layer on the wall


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
    # The layer's "answers", their "difference" to those to a kept picture, or how much a little more of each would
    # change the unit at the other end of the way back: "backward".
    wall: str = "answers"
    kept: Tensor | None = None  # the layer's answers to the kept picture, (channels, height, width) or (units,)
    back: Return | None = None


@dataclass(frozen=True)
class Look:
    """What one look brought."""

    tiles: Tiles | None
    channel: np.ndarray | None  # (height, width), float32: of what the wall shows
    answer: np.ndarray | None  # (height, width), float32: what the same channel answers
    signed: bool  # whether what the wall shows has been negative
    guesses: tuple[tuple[str, float], ...]  # (name, probability), the best first
    backward: np.ndarray | None  # (size, size, 3), uint8
    network_ms: float
    drawing_ms: float


def list_layers(network: Network) -> tuple[Layer, ...]:
    """Return the network's layers in execution order."""
    return layers(network.module, prepare(network, _dark_picture(network)))


def list_left_out(network: Network) -> tuple[str, ...]:
    """Return what makes numbers in the network and is none of its listed layers, as `probe.unseen` names it."""
    return unseen(network.module, prepare(network, _dark_picture(network)))


def _dark_picture(network: Network) -> np.ndarray:
    return np.zeros((network.size, network.size, 3), np.uint8)


def classifier(network: Network, known: tuple[Layer, ...]) -> Layer | None:
    """Return the last layer with one number for each class, None for a network without classes."""
    number = len(network.labels or ())
    return next((layer for layer in reversed(known) if layer.channels == number == np.prod(layer.shape)), None)


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


def has_way_back(known: tuple[Layer, ...], layer: Layer, unit: Unit) -> bool:
    """Return whether the layer runs no later than the unit's own, so that the way back can pass it."""
    return known.index(layer) <= known.index(find_layer(known, unit.layer))


def look(network: Network, known: tuple[Layer, ...], pixels: np.ndarray, wish: Wish) -> Look:
    """Run the network on one picture as far as the wish needs, and draw what it asks for.

    pixels : (size, size, 3), uint8, sRGB, at the network's own size
    """
    classes = classifier(network, known) if wish.guesses else None
    asked = [layer.name for layer in (wish.layer, classes) if layer is not None]
    begin = time.perf_counter()
    answers, way = run(network, known, pixels, asked, wish)
    between = time.perf_counter()
    shown = find_shown(answers, way, wish)
    tiles, channel, signed = draw_layer(shown, wish) if shown is not None else (None, None, wish.signed)
    answer = enlarge(answers[wish.layer.name][0], wish.channel) if channel is not None else None
    guesses = best_guesses(answers[classes.name][0], network.labels) if classes else ()
    picture = draw_backward(way.pixels, wish.back.shown) if way and wish.back.picture else None
    end = time.perf_counter()
    return Look(tiles, channel, answer, signed, guesses, picture, (between - begin) * 1000, (end - between) * 1000)


def run(
    network: Network, known: tuple[Layer, ...], pixels: np.ndarray, asked: list[str], wish: Wish
) -> tuple[dict[str, Tensor], Backward | None]:
    """Return what the named layers answer and, where the wish has a way back, that: one pass for both.

    pixels : (size, size, 3), uint8, sRGB, at the network's own size
    """
    if wish.back is None:
        return (activations(network.module, prepare(network, pixels), asked) if asked else {}), None
    back = wish.back
    passed = wish.wall == "backward" and wish.layer is not None and has_way_back(known, wish.layer, back.unit)
    at = [wish.layer.name] if passed else []
    way = backward(network.module, prepare(network, pixels), back.unit, back.method, back.seed, at=at, keep=asked)
    return way.answers, way


def answer_of(network: Network, layer: Layer, pixels: np.ndarray) -> Tensor:
    """Return what one layer answers to one picture: (channels, height, width) or (units,), float.

    pixels : (size, size, 3), uint8, sRGB, at the network's own size
    """
    return activations(network.module, prepare(network, pixels), [layer.name])[layer.name][0]


def fit_picture(pixels: np.ndarray, network: Network) -> np.ndarray:
    """Return the picture as large as the network takes it: (size, size, 3), uint8, sRGB.

    pixels : (height, width, 3), uint8, sRGB
    """
    return pixels if pixels.shape[:2] == (network.size, network.size) else zoo.fit(pixels, network.size)


def find_shown(answers: dict[str, Tensor], way: Backward | None, wish: Wish) -> Tensor | None:
    """Return what the wall shows of its layer, (channels, height, width) or (units,); None where there is nothing."""
    if wish.layer is None:
        return None
    answer = answers[wish.layer.name][0]
    if wish.wall == "difference":
        return None if wish.kept is None else subtract(answer, wish.kept)
    if wish.wall == "backward":
        passing = way.layers.get(wish.layer.name) if way else None
        return None if passing is None else passing[0]
    return answer


def subtract(answer: Tensor, kept: Tensor) -> Tensor:
    """Return how an answer differs from a kept one, without what two passes of one picture differ by in rounding.

    answer, kept : (channels, height, width) or (units,), float
    """
    difference = answer - kept
    return torch.where(difference.abs() > ROUNDING * answer.abs().max(), difference, torch.zeros_like(difference))


def draw_layer(shown: Tensor, wish: Wish) -> tuple[Tiles | None, np.ndarray | None, bool]:
    """Return the tiles and the channel that are wished for, and whether they are to be drawn as signed.

    shown : (channels, height, width) or (units,), float
    """
    signed = wish.signed or wish.wall != "answers"
    tiles = make_tiles(shown, wish.room, wish.share, signed) if wish.tiles else None
    channel = enlarge(shown, wish.channel) if wish.channel is not None else None
    signed = tiles.signed if tiles else signed or bool((shown < 0).any())
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


def frame_heat(heat: np.ndarray, network: Network) -> np.ndarray:
    """Return heat over what the network sees as heat over the square picture, 0 around it: (height, width), uint8.

    heat : (height, width), uint8, over the middle that a network which is not square cuts out
    """
    around = [side * (network.size / seen - 1) / 2 for side, seen in zip(heat.shape, network.shape[1:], strict=True)]
    return np.pad(heat, [(round(edge), round(edge)) for edge in around]) if any(around) else heat


def best_guesses(logits: Tensor, labels: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """Return the five most probable classes, the best first.

    logits : (classes,) or (classes, 1, 1), float, or probabilities
    """
    best, places = probabilities(logits).topk(min(GUESSES, len(labels)))
    return tuple((labels[place], share) for share, place in zip(best.tolist(), places.tolist(), strict=True))


def probabilities(answer: Tensor) -> Tensor:
    """Return the probabilities of the classes, also where the network ends with a softmax of its own: (classes,).

    answer : (classes,) or (classes, 1, 1), float, logits or probabilities
    """
    return to_shares(answer.float().flatten()[None])[0]


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
    "Return",
    "Unit",
    "Wish",
    "answer_of",
    "best_guesses",
    "channel_strengths",
    "classifier",
    "draw_channel",
    "draw_heat",
    "enlarge",
    "find_layer",
    "fit_picture",
    "frame_heat",
    "has_way_back",
    "last_convolution",
    "list_layers",
    "look",
    "probabilities",
    "starting_layer",
    "widest_layer",
]
