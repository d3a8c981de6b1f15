import random as global_random
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from nbutils.neat import (
    PLANE,
    SPACE,
    Evolution,
    Registry,
    first_generation,
    make_child,
    next_generation,
    registry_to_json,
    to_json,
)
from tests.neat.growing import WILD, grow

LINEAGE = """
import numpy as np
from nbutils.neat import *
registry, random, table = Registry(SPACE), np.random.default_rng(5), Evolution()
people = first_generation(registry, random, table)
for _ in range(20):
    people = [child.genome for child in next_generation([people[3], people[11]], registry, random, table)]
print(*map(to_json, people), sep=chr(10))
"""


def breed(seed, generations=20, disturb=lambda: None):
    registry, random, table = Registry(SPACE), np.random.default_rng(seed), Evolution()
    people = first_generation(registry, random, table)
    for _ in range(generations):
        children = []
        for child in next_generation([people[3], people[11]], registry, random, table):
            disturb()
            children.append(child.genome)
        people = children
    return [to_json(genome) for genome in people], registry_to_json(registry)


def disturb():
    np.random.seed(1)  # noqa: NPY002  the global generators are what must not matter
    np.random.normal()  # noqa: NPY002
    global_random.seed(2)
    global_random.random()
    grow(99, 2)


def test_the_same_seed_gives_the_same_lineage_whatever_else_runs():
    assert breed(5) == breed(5, disturb=disturb)
    assert breed(5)[0] != breed(6)[0]


def test_the_same_seed_gives_the_same_lineage_in_another_process():
    run = subprocess.run([sys.executable, "-c", LINEAGE], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == breed(5)[0]


def test_the_first_generation_is_nearly_empty_and_no_two_are_alike():
    people = first_generation(Registry(SPACE), np.random.default_rng(0), Evolution())
    assert len(people) == 15
    assert len({to_json(genome) for genome in people}) == 15
    assert {len(genome.nodes) for genome in people} == {1}
    assert {len(genome.links) for genome in people} == {2, 3, 4}
    assert {node.function for genome in people for node in genome.nodes} == {"sine", "cosine", "gaussian"}


def test_every_output_of_a_first_generation_is_linked_and_more_links_than_inputs_are_not_asked_for():
    all_linked = replace(Evolution(), first_links_least=64, first_links_most=64)
    for genome in first_generation(Registry(PLANE), np.random.default_rng(0), all_linked):
        assert {(link.source, link.target) for link in genome.links} == {
            (source, target) for source in range(4) for target in PLANE.output_numbers
        }


def test_complexity_comes_with_time():
    registry, random, table = Registry(SPACE), np.random.default_rng(0), Evolution()
    people = first_generation(registry, random, table)
    sizes = []
    for _ in range(60):
        people = [child.genome for child in next_generation(people[8:10], registry, random, table)]
        sizes.append(np.mean([len(genome.nodes) for genome in people]))
    assert sizes[0] < 1.5
    assert sizes[-1] > 3


def test_the_selected_carry_over_and_are_the_only_parents():
    people = [grow(seed, 6) for seed in range(15)]
    selected = [people[2], people[9], people[14]]
    registry, random = Registry(SPACE), np.random.default_rng(1)
    generation = list(next_generation(selected, registry, random, Evolution()))
    assert len(generation) == 15
    assert [child.genome for child in generation[:3]] == selected
    assert [(child.parents, child.changes) for child in generation[:3]] == [((0,), None), ((1,), None), ((2,), None)]
    counts = np.zeros(3)
    frozen = replace(Evolution(), mutate_add_node_probability=0, mutate_add_link_probability=0)
    for _ in range(100):
        for child in list(next_generation(selected, registry, random, frozen))[3:]:
            (parent,) = child.parents
            counts[parent] += 1
            assert child.genome.numbers <= selected[parent].numbers
            assert {link.innovation for link in child.genome.links} <= {
                link.innovation for link in selected[parent].links
            }
    assert counts.min() > 340  # of 1200, each as likely as the others


def test_of_a_whole_population_that_is_selected_one_place_is_a_childs():
    people = [grow(seed, 3) for seed in range(15)]
    generation = list(next_generation(people, Registry(SPACE), np.random.default_rng(0), Evolution()))
    assert [child.genome for child in generation[:14]] == people[:14]
    assert generation[14].changes is not None


def test_crossover_happens_as_often_as_mutate_only_leaves():
    selected, registry, random = [grow(1, 5), grow(2, 5)], Registry(SPACE), np.random.default_rng(0)
    for probability in (1.0, 0.6, 0.0):
        settings = replace(WILD, mutate_only_probability=probability)
        parents = [make_child(selected, registry, random, settings).parents for _ in range(400)]
        crossed = [len(one) == 2 for one in parents]
        assert all(len(set(one)) == len(one) for one in parents)
        assert abs(np.mean(crossed) - (1 - probability)) < 0.11 * (probability not in (0, 1)) + 1e-9
    assert make_child(selected[:1], registry, random, settings).parents == (0,)


def test_nothing_selected_is_said_at_once():
    with pytest.raises(ValueError, match="Nothing is selected: select at least one"):
        next_generation([], Registry(SPACE), np.random.default_rng(0), Evolution())


def test_selected_genomes_of_other_networks_are_refused():
    with pytest.raises(ValueError, match="other inputs or outputs than the genome's"):
        make_child([grow(0, 2, ends=PLANE)], Registry(SPACE), np.random.default_rng(0), Evolution())
