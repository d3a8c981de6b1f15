"""How the classes of a data set are halved (thesis, section 5.3), and how sets are made smaller (section 5.7)."""

import math
import re
from collections.abc import Sequence

import numpy as np

from nbutils import zoo
from nbutils.zoo import wordnet

IMAGENET = "imagenet"
# The ten classes of CIFAR-10.
_PHOTOGRAPHED = dict.fromkeys(("airplane", "automobile", "ship", "truck"), "man-made")
_PHOTOGRAPHED |= dict.fromkeys(("bird", "cat", "deer", "dog", "frog", "horse"), "natural")
_RANDOM = re.compile(r"random-(\d{1,9})", re.ASCII)

Halves = tuple[tuple[int, ...], tuple[int, ...]]


def classes_of(data: str, split: str) -> Halves:
    """Return the classes A and the classes B, each in their order in the data set, as `halve` does.

    data : one of zoo.LABELLED, or "imagenet"
    Raises ValueError for data or a split that there is not.
    """
    return halve(wordnet.class_nodes() if data == IMAGENET else zoo.class_names(data), split)


def halve(names: Sequence[str], split: str) -> Halves:
    """Return the places of the classes A and of the classes B among names, each in order.

    names : of classes; those of ImageNet are nodes of WordNet such as n01440764
    split : "random-S", a permutation by seed S of which the first half is A; "nature", A man-made and B natural, of
        ImageNet as the thesis has them (section 5.8); "all", where B is empty. The published files draw their halves by
        seeds as well, but otherwise: ours hold other classes
    Raises ValueError for another split and for classes of which nobody has said whether people made them.
    """
    drawn = _RANDOM.fullmatch(split)
    if drawn:
        order = np.random.default_rng(int(drawn[1])).permutation(len(names)).tolist()
        return tuple(sorted(order[: len(names) // 2])), tuple(sorted(order[len(names) // 2 :]))
    if split == "all":
        return tuple(range(len(names))), ()
    if split != "nature":
        raise ValueError(f'A split is "random-" with a seed such as random-0, "nature" or "all"; got {split[:40]!r}.')
    kinds = wordnet.man_made_or_natural() | _PHOTOGRAPHED
    unknown = next((name for name in names if name not in kinds), None)
    if unknown is not None:
        raise ValueError(f'The split "nature" is for cifar10 and {IMAGENET}; nobody has said it of {unknown[:40]!r}.')
    made = [place for place, name in enumerate(names) if kinds[name] == "man-made"]
    return tuple(made), tuple(sorted({*range(len(names))}.difference(made)))


def at_most(labels: np.ndarray, most: int, seed: int = 0) -> np.ndarray:
    """Return the places of the first examples of every class, in the order of the data (thesis, section 5.7).

    labels : (n,), int; the result : (at most classes * most,), int64
    seed : 0 takes those that come first in the data; any other draws which come first
    Raises ValueError where most is not 1 or more.
    """
    if most < 1:
        raise ValueError(f"At least 1 example of every class is needed, got {most}.")
    order = np.random.default_rng(seed).permutation(len(labels)) if seed else np.arange(len(labels))
    by_class = order[np.argsort(labels[order], kind="stable")]
    _, first, counts = np.unique(labels[by_class], return_index=True, return_counts=True)
    rank = np.arange(len(labels)) - np.repeat(first, counts)
    return np.sort(by_class[rank < most])


def count_felids(split: str) -> tuple[int, int]:
    """Return how many of ImageNet's classes of the cat family are in A and in B."""
    places = {wordnet.class_nodes().index(name) for name in wordnet.reachable(wordnet.FELID)}
    first, second = classes_of(IMAGENET, split)
    return len(places.intersection(first)), len(places.intersection(second))


def felid_chances() -> np.ndarray:
    """Return the probabilities that 0, 1, ... 13 of the 13 cats are in a random half : (14,), float.

    500 of 1000 classes are drawn without putting back, so the number is hypergeometric, with mean 6.5.
    """
    classes, cats = len(wordnet.class_nodes()), len(wordnet.reachable(wordnet.FELID))
    half = classes // 2
    ways = [math.comb(cats, drawn) * math.comb(classes - cats, half - drawn) for drawn in range(cats + 1)]
    return np.array([way / math.comb(classes, half) for way in ways])
