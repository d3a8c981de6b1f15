import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.neat import (
    PLANE,
    SPACE,
    Evolution,
    Registry,
    make_first,
    merge_registries,
    register_genome,
    registry_from_json,
    registry_to_json,
)
from nbutils.neat.ends import MOST_ENDS
from nbutils.neat.innovations import MOST_NUMBER, Structure, number_link, number_structure
from nbutils.neat.mutating import add_node
from tests.neat.growing import grow

ENDS_OF_LINKS = st.integers(0, MOST_NUMBER)
STRUCTURES = st.builds(Structure, ENDS_OF_LINKS, ENDS_OF_LINKS, st.none() | st.integers(0, 20))


@given(st.lists(STRUCTURES, max_size=40, unique=True))
def test_every_structure_has_a_number_of_its_own(structures):
    numbers = [number_structure(structure) for structure in structures]
    assert len(set(numbers)) == len(structures)
    assert all(MOST_ENDS <= number <= MOST_NUMBER for number in numbers)


def test_numbers_are_the_same_on_every_computer_and_for_ever():
    assert number_link(0, 8) == 4_924_679_770_316_626
    assert number_structure(Structure(0, 8, 0)) == 1_432_635_348_324_899


def test_the_same_split_in_different_places_gets_the_same_numbers():
    one_link = Evolution(first_links_least=1, first_links_most=1)
    found = {}
    for seed in range(40):
        random, registry = np.random.default_rng(seed), Registry(SPACE)
        first = make_first(registry, random, one_link)
        split = add_node(first, registry, random, one_link)
        numbers = frozenset(link.innovation for link in split.links), split.numbers
        assert found.setdefault(first.links[0].source, numbers) == numbers
    assert len(found) == len(set(found.values())) == len(SPACE.inputs)


def test_a_link_that_is_split_again_gets_a_second_node_that_is_the_same_everywhere():
    first, second = Registry(SPACE), Registry(SPACE)
    earlier = first.register_split(0, 8, ())
    assert second.register_split(0, 8, {earlier}) == first.register_split(0, 8, {earlier, 7}) != earlier
    assert second.register_split(0, 8, ()) == earlier


def test_merged_registries_know_what_either_knew():
    alone = Registry(SPACE), Registry(SPACE)
    for seed, registry in enumerate(alone):
        grow(seed, 60, registry=registry)
    first, second = alone
    merged = merge_registries(first, second)
    assert merged.structures == first.structures | second.structures
    assert merged.structures == merge_registries(second, first).structures
    assert merge_registries(merged, first).structures == merged.structures
    assert len(merged.structures) > max(len(one.structures) for one in alone)
    common = Registry(SPACE)
    for seed in range(2):
        grow(seed, 60, registry=common)
    assert merged == common


def test_genomes_of_two_registries_need_no_new_numbers_after_a_merge():
    first, second = Registry(SPACE), Registry(SPACE)
    genomes = [grow(1, 40, registry=first), grow(2, 40, registry=second)]
    merged = merge_registries(first, second)
    for genome in genomes:
        for link in genome.links:
            assert merged.structures[link.innovation] == Structure(link.source, link.target)
        hidden = genome.numbers - set(SPACE.output_numbers)
        assert all(merged.structures[number].copy is not None for number in hidden)


def test_the_links_of_a_genome_from_elsewhere_are_kept():
    genome, registry = grow(4, 30), Registry(SPACE)
    register_genome(registry, genome)
    assert registry.structures == {link.innovation: Structure(link.source, link.target) for link in genome.links}
    with pytest.raises(ValueError, match="other inputs or outputs than the genome's"):
        register_genome(Registry(PLANE), genome)


def test_registries_of_other_networks_are_not_merged():
    with pytest.raises(ValueError, match="other inputs or outputs cannot be merged"):
        merge_registries(Registry(SPACE), Registry(PLANE))


def test_two_structures_with_one_number_are_not_mixed_up():
    registry = Registry(SPACE, {number_link(0, 8): Structure(1, 8)})
    with pytest.raises(ValueError, match=r"Innovation \d+ stands for .* another mutation will do"):
        registry.register_link(0, 8)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_json_gives_the_same_registry_back(seed, mutations):
    registry = Registry(SPACE)
    grow(seed, mutations, registry=registry)
    text = registry_to_json(registry)
    assert registry_from_json(text) == registry
    assert registry_to_json(registry_from_json(text)) == text


def test_rows_of_json_stand_in_order():
    registry = Registry(SPACE)
    grow(5, 40, registry=registry)
    held = json.loads(registry_to_json(registry))
    assert all(one[0] < other[0] for rows in (held["links"], held["splits"]) for one, other in pairwise(rows))
    assert held["splits"]


EMPTY = {"version": 1, "inputs": ["x"], "outputs": ["out"], "links": [], "splits": []}


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ({"links": [[5, 0, 8]]}, r"In links, 5 is not the number of \[0, 8\]"),
        ({"splits": [[number_link(0, 8), 0, 8, 0]]}, "In splits, .* is not the number of"),
        ({"links": [[1, 0]]}, "A row of links has 3 numbers, got 2"),
        ({"links": [[1, 0, 8, 9]]}, "A row of links: at most 3 entries are wanted, got 4"),
        ({"links": [7]}, "A row of links must be a list, got int"),
        ({"links": {}}, "links must be a list, got dict"),
        ({"links": [[1, -1, 8]]}, "A number of links must be a whole number from 0 to"),
        ({"links": [[1, True, 8]]}, "A number of links must be a whole number"),
        ({"links": [[1, 10**80, 8]]}, "got a number of more than 60 digits"),
        ({"inputs": ["x", "x"]}, "The names in inputs must differ"),
        ({"inputs": ["<b>"]}, "a-z, 0-9 and _; got '<b>'"),
        ({"version": 2}, "of version 2 was found; this program reads version 1"),
        ({"more": 1}, "A registry has no field more"),
    ],
)
def test_a_registry_that_is_none_is_refused_with_a_sentence(entries, sentence):
    with pytest.raises(ValueError, match=sentence):
        registry_from_json(json.dumps(EMPTY | entries))
