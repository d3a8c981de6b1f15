import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.neat import PLANE, SPACE, Registry, align, compile_genome, cross, mutate
from tests.neat.growing import WILD, grow

SEEDS = st.integers(0, 2**32)


@st.composite
def relatives(draw):
    """Two genomes with a common ancestor, whose mutations were numbered by registries that never met."""
    ancestor = grow(draw(SEEDS), draw(st.integers(0, 15)))
    both = []
    for mutations in draw(st.tuples(st.integers(0, 20), st.integers(0, 20))):
        genome, random, registry = ancestor, np.random.default_rng(draw(SEEDS)), Registry(SPACE)
        for _ in range(mutations):
            genome, _ = mutate(genome, registry, random, WILD)
        both.append(genome)
    return both


@settings(max_examples=40, deadline=None)
@given(relatives())
def test_every_link_of_both_parents_has_one_place(parents):
    first, second = parents
    aligned = align(first, second)
    ours, theirs = ({(link.source, link.target) for link in genome.links} for genome in parents)
    assert [(one.source, one.target) for one, _ in aligned.matching] == [
        (other.source, other.target) for _, other in aligned.matching
    ]
    assert {(one.source, one.target) for one, _ in aligned.matching} == ours & theirs
    assert {(link.source, link.target) for link in aligned.first_only} == ours - theirs
    assert {(link.source, link.target) for link in aligned.second_only} == theirs - ours
    assert len(aligned.matching) + len(aligned.first_only) == len(first.links)
    assert len(aligned.matching) + len(aligned.second_only) == len(second.links)


@settings(max_examples=40, deadline=None)
@given(relatives(), SEEDS)
def test_a_child_has_the_first_parents_structure_and_the_weights_of_both(parents, seed):
    first, second = parents
    child = cross(first, second, np.random.default_rng(seed))
    matching = {one.innovation: (one.weight, other.weight) for one, other in align(first, second).matching}
    for link, own in zip(child.links, first.links, strict=True):
        assert (link.source, link.target, link.enabled) == (own.source, own.target, own.enabled)
        assert link.weight in matching.get(link.innovation, (own.weight,))
    functions = [{node.number: node.function for node in genome.nodes} for genome in parents]
    for node in child.nodes:
        assert node.function in {owner.get(node.number, functions[0][node.number]) for owner in functions}
    compile_genome(child)


def test_each_parent_gives_half_of_what_matches():
    first = grow(1, 50)
    second, random = first, np.random.default_rng(0)
    while any(one.weight == other.weight for one, other in align(first, second).matching):
        second, _ = mutate(second, Registry(SPACE), random, WILD)
    pairs = align(first, second).matching
    assert len(pairs) > 5
    taken = [
        link.weight == theirs.weight
        for _ in range(200)
        for link, theirs in zip(
            (one for one, _ in align(cross(first, second, random), second).matching),
            (other for _, other in pairs),
            strict=True,
        )
    ]
    assert abs(np.mean(taken) - 0.5) < 0.05


def test_a_genome_crossed_with_itself_stays_what_it_is():
    genome = grow(2, 30)
    assert cross(genome, genome, np.random.default_rng(0)) == genome


def test_genomes_of_other_networks_are_not_crossed():
    with pytest.raises(ValueError, match="other inputs or outputs"):
        cross(grow(0, 2), grow(0, 2, ends=PLANE), np.random.default_rng(0))
