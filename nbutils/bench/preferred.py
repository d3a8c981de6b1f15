"""Whether another network recognises the pictures that a network prefers, and what each picture costs.

MobileNetV2 makes pictures of classes drawn by chance, EfficientNet-Lite0, which was trained independently, says what
they show. A picture that merely fools its maker fails there. The judge is asked when all pictures of a preset are
finished, so it chooses no class, seed or step. The presets were compared by the same judge over 24 classes drawn by
another seed (`preferred.presets`), so that the classes measured here should be drawn by one not used before.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nbutils.bench import CannotMeasureError
from nbutils.commands import as_typed
from nbutils.preferred import judging, maximizing
from nbutils.preferred.presets import PRESETS
from nbutils.preferred.recipe import Recipe
from nbutils.zoo import Network

MAKER, JUDGE, CHANNELS_OF = "mobilenet_v2", "efficientnet_lite0", "alexnet"
CLASS_PRESETS = ("default", "draft", "baseline")
CHANNEL_PRESET, CHANNEL_LAYER, CHANNELS = "channel", "conv5", 4
CLASSES, SEED = 100, 0
AT_ONCE = 20  # pictures of one recipe; what becomes of a picture does not depend on it
TOP = 5


@dataclass(frozen=True)
class Made:
    """Finished pictures and what they cost.

    pictures : (n, channels, height, width), float32, 0..1
    cpu_s, passes : of a picture on average; a pass is one picture through the network forward and backward
    """

    pictures: np.ndarray
    cpu_s: float
    passes: float


def measure(say: Callable[[str], None], classes: int = CLASSES, seed: int = SEED) -> dict:
    """Return for each preset how often the judge names the class, and seconds and passes a picture.

    top1, top5 : share of pictures whose class is the judge's first, or one of its five first
    mean_p, maker_p : mean probability of the class, by the judge and by the network that made the picture
    cpu_s_per_picture : process time without loading networks and without judging
    alexnet_channel : the same costs for channels of AlexNet's conv5, which no judge knows
    Raises CannotMeasureError where a network is not there, and for a number of classes that there is not.
    """
    from nbutils import zoo

    missing = [name for name in (MAKER, JUDGE, CHANNELS_OF) if not zoo.is_ready(name)]
    if missing:
        raise CannotMeasureError(f"{', '.join(missing)} must be fetched first: {as_typed('nbutils data fetch')}")
    maker, judge = zoo.load(MAKER), zoo.load(JUDGE)
    wanted, seeds = draw(len(maker.labels), classes, seed)
    lines = [f"logit({number})" for number in wanted]
    results = {}
    for name in CLASS_PRESETS:
        made = make(maker, PRESETS[name], lines, seeds, say)
        results[name] = {
            **recognition(judging.judge(judge, made.pictures), wanted),
            "maker_p": chance(judging.judge(maker, made.pictures), wanted),
            **costs(made),
        }
        say(f"{name}: {results[name]}")
    results["alexnet_channel"] = measure_channels(zoo.load(CHANNELS_OF), seed, say)
    return {**results, "classes": classes, "seed": seed}


def draw(known: int, classes: int, seed: int) -> tuple[list[int], list[int]]:
    """Return that many different classes and a seed for each picture, all drawn by one seed.

    Raises CannotMeasureError for more classes than there are.
    """
    if not 1 <= classes <= known:
        raise CannotMeasureError(f"There are {known} classes to draw from: --classes must be 1 to {known}.")
    random = np.random.default_rng(seed)
    return random.choice(known, classes, replace=False).tolist(), random.integers(2**32, size=classes).tolist()


def make(
    network: Network, recipe: Recipe, lines: Sequence[str], seeds: Sequence[int], say: Callable[[str], None]
) -> Made:
    """Return the pictures of these objectives and seeds, made by a recipe, a few at once."""
    pictures, seconds, passes = [], 0.0, 0
    for first in range(0, len(lines), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        asked = replace(recipe, network=network.name, objectives=tuple(lines[some]), seeds=tuple(seeds[some]))
        begin = time.process_time()
        (last,) = deque(maximizing.maximize(network, asked), maxlen=1)
        seconds += time.process_time() - begin
        pictures.append(last.pictures)
        passes += int(last.passes.sum())
        say(f"{min(first + AT_ONCE, len(lines))} of {len(lines)} pictures, {seconds:.0f} s of processor time")
    return Made(np.concatenate(pictures), seconds / len(lines), passes / len(lines))


def recognition(probabilities: np.ndarray, wanted: Sequence[int]) -> dict[str, float]:
    """Return how often the wanted class comes first and among the first five, and its mean probability.

    probabilities : (n, classes), the judge's
    """
    own = probabilities[np.arange(len(wanted)), wanted]
    before = (probabilities > own[:, None]).sum(1)
    return {
        "top1": float((before == 0).mean()),
        "top5": float((before < TOP).mean()),
        "mean_p": chance(probabilities, wanted),
    }


def chance(probabilities: np.ndarray, wanted: Sequence[int]) -> float:
    """Return the mean probability of the wanted classes over pictures."""
    return float(probabilities[np.arange(len(wanted)), wanted].mean())


def costs(made: Made) -> dict[str, float]:
    """Return what a picture cost under the names that others rely on."""
    return {"cpu_s_per_picture": made.cpu_s, "passes_per_picture": made.passes}


def measure_channels(network: Network, seed: int, say: Callable[[str], None]) -> dict[str, float]:
    """Return what a picture of a channel costs: of some channels of AlexNet's last convolution, drawn by the seed."""
    channels = network.module.get_submodule(CHANNEL_LAYER).out_channels
    chosen, seeds = draw(channels, CHANNELS, seed)
    lines = [f'channel("{CHANNEL_LAYER}", {number})' for number in chosen]
    made = make(network, PRESETS[CHANNEL_PRESET], lines, seeds, say)
    return {"cpu_s": made.cpu_s, "passes_per_picture": made.passes}
