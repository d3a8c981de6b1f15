"""Genomes, drafts and generations that take next to no time."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from nbutils.forms.breeding import Generation, Organism, begin, evolve, gather
from nbutils.forms.pictures import to_png
from nbutils.forms.store import Draft
from nbutils.neat import SPACE, Evolution, Registry, make_first

SETTINGS = Evolution()
PICTURE = to_png(np.zeros((16, 16, 3), np.uint8))


@lru_cache
def make_genome(seed=0):
    """Return a nearly empty genome."""
    return make_first(Registry(SPACE), np.random.default_rng(seed), SETTINGS)


def make_draft(name="Vase", seed=0, **changes):
    """Return a draft of a public shape."""
    return replace(Draft(name, "", (), make_genome(seed), public=True, thumbnail=PICTURE), **changes)


@lru_cache
def make_path(length=4, seed=1):
    """Return generations, each bred from places 1 and 3 of the one before."""
    path = [gather(begin(seed, SETTINGS), seed)]
    for step in range(1, length):
        path.append(gather(evolve(path[-1], (1, 3), SETTINGS, step), step, path[-1], (1, 3)))
    return tuple(path)


def make_small(number, parent=None, begun_from=None):
    """Return a generation of one organism, for trees of thousands."""
    organism = Organism(make_genome())
    identity = f"{number:032x}"
    return Generation(identity, parent, 0 if parent is None else 1, (organism,), (), 0, 1.0, begun_from)
