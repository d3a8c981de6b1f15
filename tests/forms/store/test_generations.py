import zlib
from dataclasses import replace

import numpy as np
import pytest

from nbutils.forms.breeding import begin_from, evolve, gather
from nbutils.forms.lineages import Lineage
from nbutils.forms.store import (
    StoreError,
    ancestry,
    browse,
    keep,
    keep_breeding,
    keep_generation,
    read_breeding,
    read_generation,
    read_innovations,
    statistics,
)
from nbutils.forms.store.tables import generations
from nbutils.neat import SPACE, Registry, first_generation, mutate
from tests.forms.store.making import SETTINGS, make_draft, make_path


def test_a_generation_is_kept_once_and_read_as_it_was(store, ada, bob):
    generation = make_path()[1]
    for person in (ada, bob, ada):
        keep_generation(store, person, generation)
    assert read_generation(store, generation.id) == generation
    assert statistics(store).generations == 1


@pytest.mark.parametrize("identity", ["", "f" * 32, "\0" * 32, None, "0" * 16])
def test_a_generation_that_is_not_kept_is_a_sentence(store, identity):
    with pytest.raises(StoreError, match=r"not in the gallery|32 hexadecimal digits"):
        read_generation(store, identity)


def test_what_one_is_breeding_survives(store, ada, bob):
    assert read_breeding(store, ada) is None
    lineage = Lineage((make_path()[0],))
    for generation in make_path()[1:]:
        lineage = lineage.add(generation)
        keep_breeding(store, ada, lineage)
    keep_breeding(store, ada, lineage.undo().undo())
    keep_breeding(store, bob, Lineage((make_path(1, seed=2)[0],)))
    seen = read_breeding(store, ada)
    assert seen == lineage.undo().undo()
    assert seen.redo().redo() == lineage
    assert len(read_breeding(store, bob).path) == 1
    assert statistics(store).generations == 5


def test_organisms_that_are_not_held_are_bred_again(store, ada):
    """Of every generation only what was selected is kept; every other organism comes out as it was."""
    path = make_path(5)
    for generation in path:
        keep_generation(store, ada, generation, places=(1, 3))
    assert [read_generation(store, one.id) for one in reversed(path)] == list(reversed(path))
    held = max(len(zlib.decompress(body)) for body in read_bodies(store))
    assert held < 4_000 < len(path[-1].organisms) * 500
    shape = keep(store, ada, make_draft(genome=path[-1].organisms[3].genome, generation=path[-1].id, place=3))
    forked = gather(begin_from(path[-1].organisms[3].genome, 7, SETTINGS, 2.0), 7, strength=2.0, begun_from=shape.id)
    keep_generation(store, ada, forked, places=())
    assert read_generation(store, forked.id) == forked


def test_what_cannot_be_bred_again_is_a_sentence(store, ada):
    first, second = make_path(2)
    keep_generation(store, ada, second, places=(0,))
    with pytest.raises(StoreError, match="before this one is not kept"):
        read_generation(store, second.id)
    keep_generation(store, ada, replace(first, seed=99), places=(1, 3))
    with pytest.raises(StoreError, match="cannot be made again as it was"):
        read_generation(store, first.id)
    stray = gather(begin_from(first.organisms[1].genome, 7, SETTINGS), 7, begun_from="0" * 16)
    keep_generation(store, ada, stray, places=())
    with pytest.raises(StoreError, match="bred from is not kept"):
        read_generation(store, stray.id)


def test_a_chain_of_which_nothing_is_kept_is_given_up(store, ada):
    for generation in make_path(60, seed=3):
        keep_generation(store, ada, generation, places=())
    with pytest.raises(StoreError, match="nothing is kept that was selected"):
        read_generation(store, generation.id)


@pytest.mark.parametrize(
    "body", [b"", b"no zlib", zlib.compress(b"{}"), zlib.compress(b'{"version":1}'), "cut", "bomb"]
)
def test_a_damaged_generation_is_a_sentence(store, ada, body):
    generation = make_path(1)[0]
    keep_generation(store, ada, generation)
    (whole,) = read_bodies(store)
    body = {"cut": whole[:-20], "bomb": zlib.compress(bytes(30_000_000))}.get(body, body)
    with store.engine.begin() as connection:
        connection.execute(generations.update().values(body=body))
    for act in (read_generation, ancestry):
        with pytest.raises(StoreError, match="damaged"):
            act(store, generation.id)


def test_ancestry_goes_back_to_the_first_network_and_over_forks(store, ada, bob):
    path = make_path(3)
    for generation in path:
        keep_generation(store, ada, generation)
    last = path[-1]
    place = next(place for place, one in enumerate(last.organisms) if one.changes)
    shape = keep(store, ada, make_draft(genome=last.organisms[place].genome, generation=last.id, place=place))
    forked = gather(begin_from(last.organisms[place].genome, 5, SETTINGS), 5, begun_from=shape.id)
    child = gather(evolve(forked, (4,), SETTINGS, 6), 6, forked, (4,))
    for generation in (forked, child):
        keep_generation(store, bob, generation)
    steps = ancestry(store, child.id, place=4)
    assert [step.generation for step in steps] == [child.id, forked.id, *(one.id for one in reversed(path))]
    assert [step.place for step in steps[:3]] == [4, 4, place]
    assert [step.shape for step in steps] == ["", "", shape.id, "", ""]
    for older, younger in zip(steps[1:], steps, strict=False):
        organism = next(g for g in (child, forked, *path) if g.id == younger.generation).organisms[younger.place]
        assert younger.genome == organism.genome
        assert younger.changes == organism.changes
        assert not organism.parents or organism.parents[0] == older.place
    assert ancestry(store, shape.id) == steps[2:]
    assert ancestry(store, child.id, most=2, place=4) == steps[:2]
    assert ancestry(store, child.id, place=99) == ()
    assert ancestry(store, "0" * 16) == ()


def test_nodes_of_any_genome_are_known_by_the_links_that_they_split(store, ada):
    """The registry that bred a genome knows all that happened; the store tells nearly all of it from genomes alone."""
    bred, random = Registry(SPACE), np.random.default_rng(0)
    genomes = list(first_generation(bred, random, SETTINGS))
    often = replace(SETTINGS, mutate_add_node_probability=0.8, mutate_add_link_probability=0.5)
    for _ in range(8):
        genomes = [mutate(genome, bred, random, often)[0] for genome in genomes]
    for number, genome in enumerate(genomes):
        keep(store, ada, make_draft(f"Shape {number}", genome=genome))
    kept = read_innovations(store)
    assert kept.structures.items() <= bred.structures.items()
    hidden = {node.number for genome in genomes for node in genome.nodes[1:]}
    assert len(hidden & kept.structures.keys()) > 0.95 * len(hidden) > 40
    assert browse(store).total == len(genomes)


def read_bodies(store):
    with store.engine.begin() as connection:
        return [bytes(body) for body in connection.scalars(generations.select().with_only_columns(generations.c.body))]
