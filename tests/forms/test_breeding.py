"""Generations: who is whose child, what is drawn again, and that a seed and selections are all that counts."""

import random as plain_random

import numpy as np
import pytest

from nbutils.forms import breeding
from nbutils.forms.breeding import MOST_REDRAWN, begin, begin_from, evolve, gather
from nbutils.forms.fields import judge_genome
from nbutils.neat import SPACE, Evolution, Registry, compile_genome
from tests.forms.bred import BALL, TABLE, breed, make_genome

FIRST = gather(begin(1, TABLE), 1)


def test_a_first_generation_has_fifteen_nearly_empty_networks_without_parents():
    assert len(FIRST.organisms) == 15
    for organism in FIRST.organisms:
        assert [node.number for node in organism.genome.nodes] == list(SPACE.output_numbers)
        assert 2 <= len(organism.genome.links) <= 4
        assert organism.parents == ()
        assert organism.changes is None
    assert (FIRST.parent, FIRST.number, FIRST.selected, FIRST.begun_from) == (None, 0, (), None)


def test_organisms_come_one_by_one():
    organisms = begin(1, TABLE)
    assert [next(organisms) for _ in range(3)] == list(FIRST.organisms[:3])
    children = evolve(FIRST, [2], TABLE, 5)
    assert next(children).parents == (2,)


def test_nothing_in_a_first_generation_is_empty_full_or_a_speck_and_what_was_is_counted():
    generations = [gather(begin(seed, TABLE), seed) for seed in range(20)]
    assert all(judge_genome(one.genome) == "" for found in generations for one in found.organisms)
    assert sum(one.redrawn for found in generations for one in found.organisms) > 10


def test_children_that_are_no_shapes_are_drawn_again():
    settings = Evolution(weight_power=10, weight_limit=1000)
    ball = gather(begin_from(make_genome("linear", r_xyz=1, bias=-0.3), 1, settings), 1)
    assert all(judge_genome(one.genome) == "" for one in ball.organisms)
    assert sum(one.redrawn for one in ball.organisms) > 0


def test_where_no_child_is_a_shape_the_parent_takes_its_place(monkeypatch):
    asked = []
    monkeypatch.setattr(breeding, "judge_genome", lambda genome: asked.append(genome) or "empty")
    organisms = list(evolve(FIRST, [4, 9], TABLE, 1))
    assert len(organisms) == 15
    for place, organism in enumerate(organisms):
        assert organism.genome == FIRST.organisms[organism.parents[0]].genome
        assert organism.changes is None
        assert organism.redrawn == (0 if place in (4, 9) else MOST_REDRAWN)
    assert len(asked) == 13 * (MOST_REDRAWN + 1)


def test_functions_that_never_fall_below_the_level_are_refused_with_a_sentence():
    with pytest.raises(ValueError, match=r"with sigmoid as functions .* are empty, full or specks. Choose functions"):
        next(begin(1, Evolution(functions=("sigmoid",))))


def test_what_was_selected_stays_in_its_place_and_all_others_are_its_children():
    following = gather(evolve(FIRST, [9, 3, 3], TABLE, 7), 7, FIRST, [9, 3, 3])
    assert following.selected == (3, 9)
    assert (following.parent, following.number) == (FIRST.id, 1)
    for place, organism in enumerate(following.organisms):
        if place in (3, 9):
            assert organism == breeding.Organism(FIRST.organisms[place].genome, (place,))
        else:
            assert organism.parents in ((3,), (9,))
            assert organism.changes is not None
    assert {organism.parents for organism in following.organisms} == {(3,), (9,)}


def test_of_a_whole_generation_that_is_selected_all_but_one_stay():
    organisms = list(evolve(FIRST, range(15), TABLE, 7))
    assert [one.genome for one in organisms[:14]] == [one.genome for one in FIRST.organisms[:14]]
    assert organisms[14].changes is not None


def test_a_smaller_population_has_room_for_what_was_selected_beyond_it():
    organisms = list(evolve(FIRST, [2, 12], Evolution(population_size=5), 7))
    assert organisms[2].genome == FIRST.organisms[2].genome
    assert len(organisms) == 5
    assert {parent for one in organisms for parent in one.parents} <= {2, 12}


def test_a_fork_keeps_its_genome_and_says_which_shape_it_is_from():
    forked = gather(begin_from(BALL, 3, TABLE), 3, begun_from="a1")
    assert forked.organisms[0].genome == BALL
    assert all(organism.parents == () for organism in forked.organisms)
    assert all(organism.changes is not None for organism in forked.organisms[1:])
    assert (forked.begun_from, forked.parent) == ("a1", None)
    with pytest.raises(ValueError, match="This shape is empty: there is nothing to be bred from"):
        next(begin_from(make_genome("linear", bias=1), 3, TABLE))


def test_crossover_is_off_by_default_and_a_setting_switches_it_on():
    parents = [one.parents for one in evolve(FIRST, [1, 5, 6], TABLE, 3)]
    assert {len(one) for one in parents} == {1}
    parents = [one.parents for one in evolve(FIRST, [1, 5, 6], Evolution(mutate_only_probability=0), 3)]
    assert [len(one) for place, one in enumerate(parents) if place not in (1, 5, 6)] == [2] * 12
    assert {parent for one in parents for parent in one} == {1, 5, 6}


def test_strength_scales_mutations_down_to_none():
    assert all(one.genome == FIRST.organisms[0].genome for one in evolve(FIRST, [0], TABLE, 3, strength=0))

    def count_changes(strength):
        children = [one for seed in range(8) for one in evolve(FIRST, [0], TABLE, seed, strength=strength)]
        return sum(one.changes.nodes_added + one.changes.links_added for one in children if one.changes)

    assert count_changes(0.2) < count_changes(1) < count_changes(4)
    with pytest.raises(ValueError, match="strength must be a number from 0 to 10"):
        next(evolve(FIRST, [0], TABLE, 3, strength=11))


def test_the_same_seed_and_selections_give_the_same_lineage_whatever_else_runs():
    def breed_lineage(disturb):
        now = gather(begin(11, TABLE), 11)
        for number, selected in enumerate([[3], [0, 7], [14, 2, 2], [5]]):
            found = []
            for organism in evolve(now, selected, TABLE, number, strength=1.5):
                if disturb:
                    np.random.seed(number)  # noqa: NPY002  the state that all others share
                    np.random.random(number + 3)  # noqa: NPY002
                    plain_random.random()
                    next(begin(99, TABLE))
                found.append(organism)
            now = gather(found, number, now, selected, strength=1.5)
        return now

    assert breed_lineage(disturb=False) == breed_lineage(disturb=True)


def test_the_order_of_selecting_makes_no_difference_and_another_seed_does():
    assert list(evolve(FIRST, [4, 8], TABLE, 1)) == list(evolve(FIRST, [8, 4], TABLE, 1))
    assert list(evolve(FIRST, [4, 8], TABLE, 1)) != list(evolve(FIRST, [4, 8], TABLE, 2))


def test_an_id_follows_from_all_that_a_generation_is():
    organisms = list(evolve(FIRST, [4], TABLE, 1))
    found = gather(organisms, 1, FIRST, [4])
    assert found == gather(organisms, 1, FIRST, [4])
    others = [
        gather(organisms, 2, FIRST, [4]),
        gather(organisms, 1, FIRST, [5]),
        gather(organisms[::-1], 1, FIRST, [4]),
        gather(organisms, 1, FIRST, [4], strength=2),
        gather(organisms, 1),
        gather(organisms, 1, begun_from="a"),
    ]
    assert len({found.id, *(other.id for other in others)}) == 7
    assert all(len(other.id) == 32 and set(other.id) <= set("0123456789abcdef") for other in others)


@pytest.mark.parametrize("selected", [[15], [-1], [True], ["1"], [1.0], [None]])
def test_what_is_not_there_cannot_be_selected(selected):
    with pytest.raises(ValueError, match="Shapes are selected by their places, 0 to 14"):
        next(evolve(FIRST, selected, TABLE, 1))


def test_nothing_selected_is_refused_with_what_to_do():
    with pytest.raises(ValueError, match="Nothing is selected: select at least one shape"):
        next(evolve(FIRST, [], TABLE, 1))


@pytest.mark.parametrize("seed", [-1, 2**53, 1.0, True, "1", None])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="A seed is a whole number from 0 to"):
        next(begin(seed, TABLE))


def test_a_registry_that_is_passed_in_learns_every_innovation():
    registry = Registry(SPACE)
    wild = Evolution(mutate_add_node_probability=1)
    now = gather(begin(1, wild, registry), 1)
    for number in range(3):
        now = gather(evolve(now, [number], wild, number, registry=registry), number, now, [number])
    for organism in now.organisms:
        assert {link.innovation for link in organism.genome.links} <= registry.structures.keys()
        hidden = {node.number for node in organism.genome.nodes} - set(SPACE.output_numbers)
        assert hidden <= registry.structures.keys()


def test_networks_grow_over_generations():
    def mean_links(generation):
        return np.mean([len(one.genome.links) for one in generation.organisms])

    early, late = (np.mean([mean_links(breed(seed, number)) for seed in range(5)]) for number in (0, 12))
    assert late > early + 0.5
    assert all(compile_genome(one.genome).operations for one in breed(0, 12).organisms)
