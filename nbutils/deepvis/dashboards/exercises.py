"""The exercises of chapter 6, each checked by looking into the network itself."""

from functools import cache

import numpy as np

from nbutils import zoo
from nbutils.deepvis import looking
from nbutils.probe import find_layer
from nbutils.widgets.exercise import Exercise, Verdict, judge

PHOTOS_EACH = 24
TIMES = 2.0


def narrow_maps() -> Exercise:
    """Return the exercise on where the maps of MobileNetV2 become 7 pixels wide."""

    def check(answer: str) -> Verdict:
        known = looking.list_layers(zoo.load("mobilenet_v2"))
        name = str(answer).partition("·")[0].strip().casefold()
        if not name:
            return Verdict(False, "Write a layer's name first, such as conv1.")
        if name not in {word for layer in known for word in (layer.name, layer.title)}:
            return Verdict(False, f'There is no layer "{name[:40]}": write one as the list of layers shows it.')
        layer = find_layer(known, name)
        side = layer.shape[1] if layer.is_spatial else 1
        before = known[: known.index(layer)]
        if side > 7:
            return Verdict(False, f"The maps of {layer.title} are still {side} pixels wide: look deeper.")
        if any(earlier.is_spatial and earlier.shape[1] <= 7 for earlier in before):
            return Verdict(False, f"{layer.title} has narrow maps, but a layer before it has them already.")
        return judge(True, f"{layer.title} answers with {layer.channels} maps of {side} × {side}")

    return Exercise(
        question="A photograph of 224 × 224 pixels goes into MobileNetV2. Which is the first layer whose maps are only "
        "7 pixels wide? Write the layer's name as the toolbox shows it.",
        check=check,
        hint="Only a convolution with a stride makes maps smaller. Step through the layers with Page Down.",
        solution="Maps shrink where a convolution moves by two pixels at a time. conv1 does so first, then "
        "the depthwise convolutions of some blocks. The last of them is **block 14 depthwise**: it "
        "takes maps of 14 × 14 and answers with maps of 7 × 7.",
    )


def pets_before_food() -> Exercise:
    """Return the exercise of finding, by looking, a channel of AlexNet that prefers pets to food."""

    def check(answer: str) -> Verdict:
        network, pets, food = _measure_pets_and_food()
        channels = len(pets)
        try:
            channel = int(str(answer).strip())
        except ValueError:
            return Verdict(False, f'A channel is a whole number from 0 to {channels - 1}, got "{str(answer)[:40]}".')
        if not 0 <= channel < channels:
            return Verdict(False, f"{network.title} has the channels 0 to {channels - 1} there, got {channel}.")
        told = (
            f"channel {channel} answers with {pets[channel]:.2f} to pets and {food[channel]:.2f} to food, "
            f"on average over {PHOTOS_EACH} photographs each"
        )
        return judge(pets[channel] >= TIMES * food[channel] and pets[channel] > 0.5 * np.median(pets), told)

    return Exercise(
        question=f"Set the toolbox to AlexNet, layer relu5. Find a channel that answers at least {TIMES:g} times as "
        "strongly to cats and dogs as to food, and write its number.",
        check=check,
        hint="Go back and forth between a photograph of a dog and one of a pizza, and watch which tiles go dark.",
        solution="There are many; 130, 66 and 196 are three. Look at faces of cats and dogs: tiles that light up at "
        "the eyes or the nose and stay dark on plates of food are good candidates. The check takes each channel's "
        "largest answer on every photograph and compares the means.",
    )


@cache
def _measure_pets_and_food() -> tuple[zoo.Network, np.ndarray, np.ndarray]:
    """Return AlexNet and each relu5 channel's mean largest answer to pets and to food: (channels,), float32."""
    network = zoo.load("alexnet")
    layer = find_layer(looking.list_layers(network), "relu5")
    means = []
    for collection in ("pets", "food"):
        photos = [photo for photo in zoo.photos() if photo.collection == collection]
        chosen = photos[:: max(1, len(photos) // PHOTOS_EACH)][:PHOTOS_EACH]
        pictures = [zoo.read_photo(photo, network.size) for photo in chosen]
        means.append(looking.channel_strengths(network, layer, pictures).mean(0))
    return network, *means
