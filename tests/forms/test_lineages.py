"""What one is breeding: undo, redo and back to any generation, checked against a plain list."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.forms import lineages
from nbutils.forms.breeding import begin, evolve, gather
from nbutils.forms.generation_json import generation_from_json, generation_to_json
from nbutils.forms.lineages import Lineage
from nbutils.neat import Evolution

FEW = Evolution(population_size=3)
ROOT = gather(begin(1, FEW), 1)


def follow(before, seed=1, selected=(0,)):
    return gather(evolve(before, selected, FEW, seed), seed, before, selected)


def chain(length):
    found = [ROOT]
    for number in range(length - 1):
        found.append(follow(found[-1], number))
    return tuple(found)


def test_what_was_undone_can_be_redone_until_something_else_is_bred():
    first, second, third = chain(3)
    lineage = Lineage((first,)).add(second).add(third)
    assert lineage.now is third
    assert (lineage.can_undo, lineage.can_redo) == (True, False)
    back = lineage.undo()
    assert back.now is second
    assert back.redo() == lineage
    other = follow(second, 99)
    branched = back.add(other)
    assert branched.path == (first, second, other)
    assert not branched.can_redo


def test_at_either_end_undo_and_redo_change_nothing():
    lineage = Lineage((ROOT,))
    assert lineage.undo() == lineage == lineage.redo()
    assert not lineage.can_undo
    assert not lineage.can_redo


def test_one_goes_back_to_any_generation_and_forward_again():
    lineage = Lineage(chain(5), 4)
    assert lineage.go_to(1).now.number == 1
    assert lineage.go_to(1).go_to(4) == lineage


@pytest.mark.parametrize("place", [-1, 5, 1.0, True, "1", None])
def test_a_place_that_is_not_there_is_refused(place):
    with pytest.raises(ValueError, match="This lineage has the places 0 to 4"):
        Lineage(chain(5), 4).go_to(place)


def test_a_new_start_can_be_undone():
    first, second = chain(2)
    lineage = Lineage((first, second), 1).add(gather(begin(7, FEW), 7))
    assert lineage.now.number == 0
    assert lineage.undo().now is second


def test_a_generation_of_other_parents_does_not_follow():
    first, second, third = chain(3)
    with pytest.raises(ValueError, match="Generation 2 was bred from another one than generation 0"):
        Lineage((first,)).add(third)
    with pytest.raises(ValueError, match="was bred from another one"):
        Lineage((second, first, third), 0)
    with pytest.raises(ValueError, match="1 to 500 generations, got 0"):
        Lineage(())


@pytest.mark.parametrize("change", ["selected", "parents"])
def test_parents_that_the_generation_before_has_not_are_refused(change):
    first, second = chain(2)
    if change == "selected":
        second = replace(second, selected=(3,))
    else:
        second = replace(second, organisms=(*second.organisms[:2], replace(second.organisms[2], parents=(99,))))
    with pytest.raises(ValueError, match=r"has parent (3|99), and generation 0 only 3 organisms"):
        Lineage((first,)).add(second)


def test_the_oldest_generations_are_dropped_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(lineages, "MOST_GENERATIONS", 3)
    found = chain(5)
    lineage = Lineage(found[:1])
    for generation in found[1:]:
        lineage = lineage.add(generation)
    assert lineage.path == found[2:]
    assert lineage.now is found[4]


STEPS = st.one_of(
    st.tuples(st.just("evolve"), st.integers(0, 3), st.sets(st.integers(0, 2), min_size=1)),
    st.tuples(st.sampled_from(["undo", "redo"])),
    st.tuples(st.just("go to"), st.integers(0, 20)),
    st.tuples(st.just("begin"), st.integers(0, 3)),
)


def take(lineage, step):
    if step[0] == "evolve":
        return lineage.add(follow(lineage.now, step[1], tuple(step[2])))
    if step[0] == "begin":
        return lineage.add(gather(begin(step[1], FEW), step[1]))
    if step[0] == "go to":
        return lineage.go_to(step[1] % len(lineage.path))
    return getattr(lineage, step[0])()


@settings(max_examples=25, deadline=None)
@given(st.lists(STEPS, max_size=10))
def test_any_sequence_of_steps_is_that_of_a_list_with_a_finger_and_gives_the_same_again(steps):
    lineage, names, finger = Lineage((ROOT,)), [ROOT.id], 0
    for step in steps:
        lineage = take(lineage, step)
        if step[0] in ("evolve", "begin"):
            names, finger = [*names[: finger + 1], lineage.now.id], finger + 1
        elif step[0] == "go to":
            finger = step[1] % len(names)
        else:
            finger = max(0, min(len(names) - 1, finger + (1 if step[0] == "redo" else -1)))
        assert [generation.id for generation in lineage.path] == names
        assert lineage.at == finger
        assert len(lineage.now.organisms) == 3
    again = Lineage((ROOT,))
    for step in steps:
        again = take(again, step)
    assert again == lineage
    assert generation_from_json(generation_to_json(lineage.now)) == lineage.now
