from dataclasses import replace

import pytest

from nbutils.neat import Ends, Evolution, Genome, Link, Node, measure_distance, speciate
from nbutils.neat.innovations import number_link
from tests.neat.growing import grow

ENDS = Ends(tuple(f"x{number}" for number in range(30)), ("out",))


def linked(weights):
    """Return a genome whose output is linked to inputs: {input: weight}."""
    links = (Link(number_link(source, 30), source, 30, float(weight)) for source, weight in weights.items())
    return Genome(ENDS, (Node(30, "sine"),), tuple(sorted(links, key=lambda link: link.innovation)))


def test_the_distance_of_small_genomes_is_the_sum_of_equation_1():
    first, second = linked({0: 1, 1: 2, 2: -1}), linked({1: 4, 2: 0, 3: 9, 4: 9})
    # Unmatched are 0, 3 and 4; the weights of 1 and 2 differ by 2 and 1.
    assert measure_distance(first, second, Evolution()) == pytest.approx(1.0 * 3 + 0.4 * 1.5)
    other = Evolution(unmatched_coefficient=2, weight_difference_coefficient=1)
    assert measure_distance(first, second, other) == pytest.approx(2.0 * 3 + 1.5)


def test_the_distance_of_large_genomes_is_measured_by_their_size():
    first, second = linked(dict.fromkeys(range(20), 1)), linked(dict.fromkeys(range(5, 30), 1))
    assert measure_distance(first, second, Evolution()) == pytest.approx(15 / 25)


def test_without_a_link_in_common_only_unmatched_ones_count():
    assert measure_distance(linked({0: 5}), linked({1: -5}), Evolution()) == 2
    assert measure_distance(linked({}), linked({}), Evolution()) == 0


def test_distance_is_symmetric_and_zero_to_itself():
    genomes = [grow(seed, 3 * seed) for seed in range(8)]
    for first in genomes:
        assert measure_distance(first, first, Evolution()) == 0
        for second in genomes:
            there, back = (measure_distance(*pair, Evolution()) for pair in ((first, second), (second, first)))
            assert there == pytest.approx(back)


def test_genomes_join_the_first_species_that_is_near_enough():
    near, far = [linked({0: weight}) for weight in (0, 1, 5)], [linked({1: 0, 2: 0, 3: 0}), linked({1: 1, 2: 0, 3: 0})]
    found = speciate([near[0], far[0], near[1], far[1], near[2]], Evolution())
    assert [species.members for species in found] == [(0, 2, 4), (1, 3)]
    assert [species.representative for species in found] == [near[0], far[0]]


def test_species_of_the_last_generation_go_on_where_somebody_joins_them():
    old, gone = linked({0: 3}), linked({5: 1, 6: 1, 7: 1})
    found = speciate([linked({0: 2}), linked({1: 1, 2: 1, 3: 1})], Evolution(), representatives=[gone, old])
    assert [species.members for species in found] == [(0,), (1,)]
    assert found[0].representative is old


def test_every_genome_is_in_one_species_and_near_its_representative():
    genomes = [grow(seed, 4) for seed in range(40)]
    for threshold in (0.0, 1.0, 3.0, 1000.0):
        settings = replace(Evolution(), compatibility_threshold=threshold)
        found = speciate(genomes, settings)
        assert sorted(member for species in found for member in species.members) == list(range(40))
        for species in found:
            for member in species.members[1:]:
                assert measure_distance(genomes[member], species.representative, settings) < threshold
    assert len(speciate(genomes, replace(Evolution(), compatibility_threshold=0.0))) == 40
    assert len(speciate(genomes, replace(Evolution(), compatibility_threshold=1000.0))) == 1
