"""Shapes for tests: bred by selecting at random."""

from functools import lru_cache

import numpy as np

from nbutils.forms.breeding import Generation, begin, evolve, gather
from nbutils.neat import SPACE, Evolution, Genome, Link, Node
from nbutils.neat.innovations import number_link

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
    output = SPACE.output_numbers[0]
    places = [(SPACE.inputs.index(name), float(weight)) for name, weight in weights.items()]
    links = [Link(number_link(place, output), place, output, weight) for place, weight in places]
    return Genome(SPACE, (Node(output, function),), tuple(sorted(links, key=lambda link: link.innovation)))


BALL = make_genome("linear", r_xyz=1, bias=-0.7)
