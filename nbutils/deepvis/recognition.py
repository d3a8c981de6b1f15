"""Whether the regularizers of section 6.4 make pictures that another network recognises, alone and together (C6-10)."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nbutils.preferred.judging import judge
from nbutils.preferred.maximizing import maximize
from nbutils.preferred.presets import TUNED
from nbutils.preferred.recipe import Recipe
from nbutils.zoo import Network

MAKER, JUDGE = "mobilenet_v2", "efficientnet_lite0"
CLASSES, STEPS = 10, 80
TOP = 5
NONE = "none"
# The strengths of Table 6.1, but for decay: its .3 goes with larger steps, .01 is the default of the published tool.
ALONE = {
    "decay": {"decay": 0.01},
    "blur": {"blur": 1.0, "blur_every": 4},
    "small norm": {"small_norm": 50},
    "small contribution": {"small_contribution": 90},
}


@dataclass(frozen=True)
class Recognition:
    """What two networks say of the pictures that one recipe made, one for each class.

    maker, judge : (n,), float, the class's probability by the network that made the picture and by the other
    ranks : (n,), how many classes the judge holds for more likely
    """

    name: str
    maker: tuple[float, ...]
    judge: tuple[float, ...]
    ranks: tuple[int, ...]


def make_recipes(steps: int = STEPS) -> dict[str, Recipe]:
    """Return the recipes to be compared: without a regularizer, with each alone, with the rows of Table 6.1.

    All start from the same noise. Those of no row climb at the constant rate of the row "low frequency".
    """
    row = replace(TUNED["low frequency"], steps=steps)
    plain = replace(row, decay=0, blur=0, blur_every=0)
    alone = {name: replace(plain, **strengths) for name, strengths in ALONE.items()}
    return {NONE: plain, **alone, **{name: replace(recipe, steps=steps) for name, recipe in TUNED.items()}}


def draw_classes(network: Network, number: int, seed: int) -> tuple[int, ...]:
    """Return that many different classes of a network, drawn by the seed.

    Raises ValueError for more than there are.
    """
    if not 1 <= number <= len(network.labels):
        raise ValueError(f"{network.title} has {len(network.labels)} classes; got {number} to be drawn.")
    return tuple(np.random.default_rng(seed).choice(len(network.labels), number, replace=False).tolist())


def measure(
    maker: Network, other: Network, recipes: Mapping[str, Recipe], classes: Sequence[int], seed: int = 0
) -> Iterator[Recognition]:
    """Yield for each recipe how its pictures of these classes are recognised.

    The pictures of a recipe are finished before the judge is asked; picture k starts from the noise of seed + k.
    """
    places = np.arange(len(classes))
    asked = {
        "network": maker.name,
        "objectives": tuple(f"logit({number})" for number in classes),
        "seeds": tuple(range(seed, seed + len(classes))),
    }
    for name, recipe in recipes.items():
        (last,) = deque(maximize(maker, replace(recipe, **asked)), maxlen=1)
        spread = judge(other, last.pictures)
        likely = spread[places, classes]
        yield Recognition(
            name=name,
            maker=tuple(last.probabilities.tolist()),
            judge=tuple(likely.tolist()),
            ranks=tuple((spread > likely[:, None]).sum(1).tolist()),
        )


def sum_up(found: Recognition) -> dict:
    """Return a recognition with its means, as it is kept.

    top1, top5 : share of pictures whose class the judge names first, or among its first five
    """
    ranks = np.array(found.ranks)
    return {
        "name": found.name,
        "top1": float((ranks == 0).mean()),
        "top5": float((ranks < TOP).mean()),
        "mean_p": float(np.mean(found.judge)),
        "maker_p": float(np.mean(found.maker)),
        "judge": list(found.judge),
        "maker": list(found.maker),
        "ranks": list(found.ranks),
    }
