"""The exercises on silent channels and on noise, both checked by measuring."""

from functools import cache

import numpy as np

from nbutils import zoo
from nbutils.deepvis import classes, looking, noise, perturbing, statistics
from nbutils.probe import find_layer
from nbutils.widgets.exercise import Exercise, Verdict, judge, takes_number

PHOTOGRAPHS = 40
SAMPLE = "astronaut"
TIMES = 20
FEW, MANY = 0.25, 0.75


def silent_channels() -> Exercise:
    """Return the exercise of finding the channels of a first layer that never speak."""

    def check(answer: str) -> Verdict:
        named = read_channels(answer)
        silent, channels = _find_silent()
        if not named:
            return Verdict(False, "Write the numbers of the channels with commas between them, such as 3, 7.")
        if foreign := sorted(named - set(range(channels))):
            return Verdict(False, f"The layer has the channels 0 to {channels - 1}, and no {foreign[0]}.")
        if speaking := sorted(named - silent):
            return Verdict(False, f"Channel {speaking[0]} does answer: hover its tile and read how often.")
        if named < silent:
            return Verdict(False, f"These {len(named)} never speak, and there are more.")
        return judge(True, f"these {len(silent)} stay at zero on each of {PHOTOGRAPHS} photographs looked at just now")

    return Exercise(
        question="Set **Channels over all photographs** to MobileNetV2, layer conv1 relu, and count. Which of the 32 "
        "channels never answer above zero? Write their numbers with commas between them.",
        check=check,
        hint="Their tiles are dashed and crossed. Hover one to read its number.",
        solution="**0, 16, 17 and 23**. Every answer of theirs before the rectifier is zero or negative, so it "
        "passes nothing on, whatever is on the photograph. Training left them behind: where nothing passes, no "
        "gradient comes back that could change them.",
    )


def half_the_time() -> Exercise:
    """Return the exercise of finding the noise at which a network changes its mind about half of the time."""

    @takes_number(
        lambda strength: noise.WEAKEST <= strength <= noise.STRONGEST,
        f"Try a strength from {noise.WEAKEST:g} to {noise.STRONGEST:g} grey levels.",
    )
    def check(strength: float) -> Verdict:
        share = _share_changed(strength)
        told = f"at {strength:g} grey levels {share * TIMES:.0f} of {TIMES} noisy copies are called something else"
        return judge(FEW <= share <= MANY, told, f"Try {'more' if share < FEW else 'less'}.")

    return Exercise(
        question=f"MobileNetV2 calls the photograph *{SAMPLE}* a bobsled: none of its 1000 classes is a person. How "
        "strong must the noise be, in grey levels, for the name to change in about half of the noisy copies?",
        check=check,
        hint="Begin with 1 and double it. The check makes 20 noisy copies and asks the network each time.",
        solution="About **3.5** grey levels of 255, hardly to be seen. The cat, whose class exists, keeps its name "
        "at 16.",
    )


def read_channels(answer: str) -> set[int]:
    """Return the channels named in an answer; ValueError for anything but whole numbers with commas between them."""
    parts = [part.strip() for part in str(answer).replace(";", ",").replace(" and ", ",").split(",")]
    try:
        return {int(part) for part in parts if part}
    except ValueError:
        raise ValueError("write whole numbers with commas between them, such as 3, 7.") from None


@cache
def _find_silent() -> tuple[set[int], int]:
    """Return the channels of conv1_relu that answer to none of some photographs, and how many channels there are."""
    network = zoo.load("mobilenet_v2")
    layer = find_layer(looking.list_layers(network), "conv1_relu")
    photos = classes.mix(zoo.photos(), PHOTOGRAPHS)
    *_, found = statistics.collect(network, layer, len(photos), lambda at: zoo.read_photo(photos[at], network.size))
    return set(np.flatnonzero(found.silent).tolist()), layer.channels


def _share_changed(strength: float) -> float:
    """Return the share of noisy copies of the photograph that MobileNetV2 takes for something else."""
    network = zoo.load("mobilenet_v2")
    photo = next(photo for photo in zoo.photos() if photo.name == SAMPLE)
    pixels = zoo.read_photo(photo, network.size)
    first = perturbing.guess(network, pixels)
    copies = (noise.add_camera_noise(pixels, strength, np.random.default_rng(seed)) for seed in range(TIMES))
    return float(np.mean([perturbing.guess(network, copy) != first for copy in copies]))
