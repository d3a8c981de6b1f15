"""Breeding without a wish: parents are drawn at random, so that what is seen comes of mutations alone."""

from collections.abc import Iterator

import numpy as np

from nbutils.forms.breeding import MOST_SEED, Generation, begin, evolve, gather
from nbutils.neat import SPACE, Ends, Evolution, Registry

MOST_SELECTED = 3


def drift(seed: int, generations: int, settings: Evolution | None = None, ends: Ends = SPACE) -> Iterator[Generation]:
    """Yield a first generation from scratch and so many after it, each of one to three parents drawn at random."""
    settings = settings or Evolution()
    random, registry = np.random.default_rng(seed), Registry(ends)
    first = int(random.integers(MOST_SEED))
    generation = gather(begin(first, settings, registry), first)
    yield generation
    for _ in range(generations):
        number = int(random.integers(1, MOST_SELECTED + 1))
        chosen = random.choice(settings.population_size, number, replace=False).tolist()
        following = int(random.integers(MOST_SEED))
        bred = evolve(generation, chosen, settings, following, registry=registry)
        generation = gather(bred, following, generation, chosen)
        yield generation
