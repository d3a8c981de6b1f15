"""Genomes for tests: grown by many mutations, with every function, and with more structure than Table 3.1 gives."""

import numpy as np

from nbutils.neat import FUNCTIONS, SPACE, Evolution, Registry, make_first, mutate

WILD = Evolution(
    mutate_add_node_probability=0.5,
    mutate_add_link_probability=0.6,
    mutate_demolish_link_probability=0.25,
    functions=tuple(FUNCTIONS),
)


def grow(seed, mutations, settings=WILD, ends=SPACE, registry=None):
    """Return a genome after so many mutations."""
    registry = registry or Registry(ends)
    random = np.random.default_rng(seed)
    genome = make_first(registry, random, settings)
    for _ in range(mutations):
        genome, _ = mutate(genome, registry, random, settings)
    return genome
