"""Shapes for tests: bred by selecting at random."""

from functools import lru_cache

import numpy as np

from nbutils.forms.breeding import Generation, begin, evolve, gather
from nbutils.forms.handmade import connect
from nbutils.neat import Evolution, Genome

TABLE = Evolution()


@lru_cache(maxsize=64)
def breed(seed: int, generations: int, settings: Evolution = TABLE) -> Generation:
    """Return the last of some generations, each bred from two shapes that were selected at random."""
    random = np.random.default_rng(seed)
    now = gather(begin(seed, settings), seed)
    for number in range(generations):
        selected = [int(place) for place in random.choice(settings.population_size, 2, replace=False)]
        now = gather(evolve(now, selected, settings, number), number, now, selected)
    return now


def make_genome(function: str, **weights: float) -> Genome:
    """Return the network of one function of a weighted sum of inputs: make_genome("linear", r_xyz=1, bias=-0.5)."""
    return connect(weights, function)


BALL = make_genome("linear", r_xyz=1, bias=-0.7)
