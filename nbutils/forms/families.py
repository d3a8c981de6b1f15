"""The family tree of all generations: how long people went on breeding, how long they looked, and an invented tree.

A tree is parents : (n,) int, for each generation the place of the one that it was bred from, -1 where there is none;
parents stand before their children.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MOST_GENERATIONS = 1_000_000
NOBODY = -1
LEAST_DWELLING, MOST_DWELLING = 0.3, 600.0  # seconds


def check_parents(parents: Sequence[int] | np.ndarray) -> np.ndarray:
    """Return parents as (n,) int32; raise ValueError unless each stands before its children."""
    found = np.asarray(parents)
    if found.ndim != 1 or len(found) > MOST_GENERATIONS:
        raise ValueError(f"A family has one row of at most {MOST_GENERATIONS:,} parents, got shape {found.shape}.")
    if not len(found):
        return np.zeros(0, np.int32)
    if found.dtype.kind not in "iu" or found.min() < NOBODY or (found >= np.arange(len(found))).any():
        raise ValueError("Parents are places of generations that stand before their children, or -1 for none.")
    return found.astype(np.int32)


def list_children(parents: np.ndarray) -> list[list[int]]:
    """Return the children of each generation, in their order."""
    children: list[list[int]] = [[] for _ in range(len(parents))]
    for place, parent in enumerate(parents.tolist()):
        if parent >= 0:
            children[parent].append(place)
    return children


def count_lengths(runs: np.ndarray) -> tuple[tuple[str, int], ...]:
    """Return how many runs have 1 generation, 2, 3 to 4, 5 to 8, and so on, up to the longest.

    runs : (r,), generations in each run
    """
    counted, low, high = [], 1, 1
    while low <= runs.max(initial=0):
        number = int(((runs >= low) & (runs <= high)).sum())
        counted.append((str(low) if low == high else f"{low}–{high}", number))
        low, high = high + 1, 2 * high
    return tuple(counted)


def measure_dwelling(parents: np.ndarray, forked: np.ndarray, created: np.ndarray) -> np.ndarray:
    """Return the times from a screen of shapes to the next one that was bred from it: (m,) float, seconds.

    Less than LEAST_DWELLING nobody needs, and after MOST_DWELLING somebody had gone away: neither counts.
    parents, forked : (n,), as in store.Family; created : (n,), seconds
    """
    bred = np.flatnonzero((parents >= 0) & ~forked)
    times = created[bred] - created[parents[bred]]
    return times[(times >= LEAST_DWELLING) & (times <= MOST_DWELLING)]


@dataclass(frozen=True)
class Crowd:
    """How invented visitors behave; no measured numbers: they follow what section 3.5 of the thesis says in words.

    scratch : the share of runs that begin from scratch; the others fork a published shape
    memory : a fork is begun from what is behind one of the last so many publications and forks, so that a shape that
        was forked often lately is forked again ("on the front page and forked many times"), until others come
    tail : the chance that a run has more than n generations is n ** -tail ("many ... only a single or several
        generations", "other runs progress in long chains")
    longest : generations of a run
    patience : runs of at least so many generations end with a shape that is published
    """

    scratch: float = 0.15
    memory: int = 100
    tail: float = 1.0
    longest: int = 150
    patience: int = 8


@dataclass(frozen=True)
class Invented:
    """A family tree of invented visitors.

    parents : (n,) int32, in the order in which they were bred; -1 for none
    forks : (n,) bool, whether a generation was begun from a published shape
    published : (n,) bool, whether a shape of the generation was published
    """

    parents: np.ndarray
    forks: np.ndarray
    published: np.ndarray


def invent_family(generations: int, seed: int, crowd: Crowd = Crowd()) -> Invented:
    """Return a family tree of so many generations, by a simulation of visitors one after the other."""
    if not 1 <= generations <= MOST_GENERATIONS:
        raise ValueError(f"A family has 1 to {MOST_GENERATIONS:,} generations, got {generations}.")
    random = np.random.default_rng(seed)
    parents = np.full(generations, NOBODY, np.int32)
    forks, published = np.zeros(generations, bool), np.zeros(generations, bool)
    offers: list[int] = []  # a published generation stands here once, and once more for every fork of it
    place = 0
    while place < generations:
        length = min(crowd.longest, int(random.random() ** (-1 / crowd.tail)), generations - place)
        if offers and random.random() >= crowd.scratch:
            parents[place] = offers[-1 - int(random.integers(min(len(offers), crowd.memory)))]
            forks[place] = True
            offers.append(int(parents[place]))
        parents[place + 1 : place + length] = np.arange(place, place + length - 1)
        if length >= crowd.patience:
            published[place + length - 1] = True
            offers.append(place + length - 1)
        place += length
    return Invented(parents, forks, published)
