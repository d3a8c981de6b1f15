from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.neat import (
    PLANE,
    SPACE,
    Evolution,
    Genome,
    Registry,
    compile_genome,
    evaluate,
    make_first,
    mutate,
    to_json,
)
from nbutils.neat.evaluating import grid_inputs
from nbutils.neat.genome import MOST_LINKS, MOST_NODES
from nbutils.neat.mutating import add_link, add_node, change_weights, demolish_link
from tests.neat.growing import WILD, grow

POINTS = grid_inputs(SPACE, [np.linspace(-1, 1, 3)] * 3)
STILL = replace(WILD, mutate_link_weights_probability=0.0)

MUTATIONS = {
    "add node": add_node,
    "add link": add_link,
    "demolish link": lambda genome, registry, random, settings: demolish_link(genome, random),
    "change weights": lambda genome, registry, random, settings: change_weights(genome, random, settings)[0],
}


def first(seed, settings=WILD, ends=SPACE):
    random, registry = np.random.default_rng(seed), Registry(ends)
    return make_first(registry, random, settings), registry, random


def is_reached(genome, output):
    return any(link.enabled and link.target == output for link in genome.links)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.sampled_from(list(MUTATIONS)), max_size=60), st.sampled_from([SPACE, PLANE]))
def test_genomes_are_valid_after_any_sequence_of_mutations(seed, names, ends):
    genome, registry, random = first(seed, ends=ends)
    for name in names:
        genome = MUTATIONS[name](genome, registry, random, WILD)
        assert Genome(genome.ends, genome.nodes, genome.links) == genome
        assert all(is_reached(genome, output) for output in ends.output_numbers)
        assert all(abs(link.weight) <= WILD.weight_limit for link in genome.links)
    for link in genome.links:
        assert registry.structures[link.innovation].source == link.source
    program = compile_genome(genome)
    inputs = np.random.default_rng(0).normal(size=(len(ends.inputs), 5)).astype(np.float32)
    assert np.isfinite(evaluate(program, inputs)).all()


def test_hidden_nodes_always_have_a_way_in_and_a_way_out_after_a_link_is_demolished():
    genome, registry, random = first(3)
    lost = 0
    for _ in range(400):
        before = len(genome.nodes)
        genome = demolish_link(genome, random)
        lost += before - len(genome.nodes)
        passing = [link for link in genome.links if link.enabled and link.source != link.target]
        hidden = genome.numbers - set(SPACE.output_numbers)
        assert hidden <= {link.source for link in passing} & {link.target for link in passing}
        for _ in range(2):
            genome = add_node(add_link(genome, registry, random, WILD), registry, random, WILD)
            genome = demolish_link(genome, random)
    assert lost > 20


def test_a_new_node_splits_a_link_and_keeps_its_weight():
    genome, registry, random = first(1)
    split = add_node(genome, registry, random, WILD)
    (node,) = split.numbers - genome.numbers
    (incoming,) = (link for link in split.links if link.target == node)
    (outgoing,) = (link for link in split.links if link.source == node)
    (disabled,) = (link for link in split.links if not link.enabled)
    assert (incoming.source, outgoing.target) == (disabled.source, disabled.target)
    assert (incoming.weight, outgoing.weight) == (1.0, disabled.weight)
    assert len(split.links) == len(genome.links) + 2


def test_a_linear_node_that_splits_a_link_changes_no_answer():
    genome, registry, random = first(2)
    split = add_node(genome, registry, random, replace(WILD, functions=("linear",)))
    before, after = (evaluate(compile_genome(one), POINTS) for one in (genome, split))
    assert np.allclose(before, after, atol=1e-5)


def test_links_are_added_until_every_pair_of_nodes_has_one():
    genome, registry, random = first(4)
    genome = add_node(genome, registry, random, WILD)
    pairs = (len(SPACE.inputs) + len(genome.nodes)) * len(genome.nodes)
    enabled = len(genome.enabled_links)
    for _ in range(pairs - enabled):
        genome = add_link(genome, registry, random, WILD)
        enabled += 1
        assert len(genome.enabled_links) == enabled
    assert add_link(genome, registry, random, WILD) is genome
    assert any(link.source == link.target for link in genome.links)


def test_growth_ends_at_the_bounds_of_genomes():
    genome, registry, random = first(5)
    for _ in range(2 * MOST_NODES):
        genome = add_node(genome, registry, random, WILD)
    assert len(genome.nodes) == MOST_NODES
    while len(genome.links) < MOST_LINKS:
        genome = add_link(genome, registry, random, WILD)
    assert len(add_link(genome, registry, random, WILD).links) == MOST_LINKS
    assert mutate(genome, registry, random, WILD)[0].numbers <= genome.numbers


def test_mutations_happen_as_often_as_table_3_1_says():
    table, number = Evolution(), 6000
    genome, registry, random = grow(6, 6), Registry(SPACE), np.random.default_rng(0)
    changes = [mutate(genome, registry, random, table)[1] for _ in range(number)]

    def near(found, probability, trials):
        return abs(found - trials * probability) < 4.5 * (trials * probability * (1 - probability)) ** 0.5

    assert near(sum(one.nodes_added for one in changes), 0.1, number)
    assert near(sum(one.links_added for one in changes), 0.1, number)
    assert near(sum(one.links_demolished for one in changes), 0.03, number)
    assert near(sum(one.weights_changed > 0 for one in changes), 0.95, number)
    alone = [
        one for one in changes if one.weights_changed and not (one.nodes_added or one.links_added or one.nodes_lost)
    ]
    alone = [one for one in alone if not one.links_demolished]
    assert near(sum(one.weights_changed for one in alone), 0.8, len(alone) * len(genome.links))
    assert sum(one.nodes_added and one.links_added for one in changes) > 20  # several may happen to one child


def test_what_mutate_says_is_what_it_did():
    genome, registry, random = first(7)
    for _ in range(300):
        child, changes = mutate(genome, registry, random, STILL)
        assert len(child.nodes) - len(genome.nodes) == changes.nodes_added - changes.nodes_lost
        if changes == type(changes)():
            assert child == genome
        genome = child


def test_weights_change_by_normal_steps_within_their_limit():
    table = replace(Evolution(), mutate_link_probability=1.0, weight_power=0.5)
    genome, random = grow(8, 60), np.random.default_rng(0)
    genome = replace(genome, links=tuple(replace(link, weight=0.0) for link in genome.links))
    steps = [link.weight for _ in range(200) for link in change_weights(genome, random, table)[0].links]
    assert abs(np.mean(steps)) < 0.03
    assert abs(np.std(steps) - 0.5) < 0.03
    far = replace(table, weight_power=10.0)
    assert max(abs(link.weight) for link in change_weights(genome, random, far)[0].links) == far.weight_limit


def test_parents_stay_as_they_are():
    genome, registry, random = first(9)
    before = to_json(genome)
    for _ in range(50):
        mutate(genome, registry, random, WILD)
    assert to_json(genome) == before


def test_a_registry_of_other_networks_is_refused():
    with pytest.raises(ValueError, match="other inputs or outputs than the genome's"):
        mutate(grow(0, 1), Registry(PLANE), np.random.default_rng(0), WILD)
