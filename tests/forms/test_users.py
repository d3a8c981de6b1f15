"""Simulated users: what they think, what they tell evolution, and what comes of it."""

from itertools import pairwise

import numpy as np
import pytest

from nbutils.forms.breeding import evolve, gather
from nbutils.forms.fields import mark_shape
from nbutils.forms.grids import THESIS
from nbutils.forms.targets import TARGETS, ball, fill, turned
from nbutils.forms.users import (
    EVOLUTION,
    SCRATCH,
    Start,
    User,
    choose,
    draw,
    follow_choices,
    go_on,
    likeness_to,
    measure_likeness,
    measure_overlap,
    sit_down,
)
from nbutils.neat import Evolution

SEED = 4
BALL = fill(ball(0.8), THESIS)


@pytest.fixture(scope="module")
def sat():
    """What a user who wants a ball did in forty presses."""
    user = User(likeness_to(BALL), most=2)
    first = sit_down(user, SEED)
    return user, [first, *go_on(user, first, SEED, 40)]


def test_overlap_is_what_both_hold_over_what_either_holds():
    one, other = np.zeros((2, 8), bool)
    one[:4], other[2:8] = True, True
    assert measure_overlap(one, other) == 2 / 8
    assert measure_overlap(one, one) == 1
    assert measure_overlap(one, ~one) == 0
    assert measure_overlap(one & ~one, one & ~one) == 0


def test_a_thin_neck_is_worth_as_much_as_a_broad_foot():
    bottle = fill(turned([(-2, 0.8), (0, 0.8), (0.1, 0.2), (1.8, 0.2)]), THESIS)
    foot, neck = bottle.copy(), bottle.copy()
    foot[:, :, 16:], neck[:, :, :16] = False, False
    assert measure_overlap(neck, bottle) < 0.1 < 0.9 < measure_overlap(foot, bottle)
    assert measure_likeness(bottle, bottle) == 1
    assert measure_likeness(neck, bottle) > 4 * measure_overlap(neck, bottle)
    assert measure_likeness(foot, bottle) < measure_overlap(foot, bottle) - 0.1


def test_what_looks_the_same_is_selected_once_and_the_first_of_it():
    assert choose([0.2, 0.7, 0.7, 0.5, 0.5, 0.1], 3) == (1, 3, 0)
    assert choose([0.5, 0.5], 2) == (0,)
    assert choose([0.1, 0.3], 5) == (1, 0)


def test_the_settings_are_those_of_table_3_1():
    assert Evolution() == EVOLUTION


def test_evolution_gets_no_more_than_places(sat):
    user, sittings = sat
    for before, after in pairwise(sittings[-1].path):
        likings = [user.like(organism.genome) for organism in before.organisms]
        assert after.selected == tuple(sorted(choose(likings, user.most)))
        again = gather(
            evolve(before, after.selected, EVOLUTION, after.seed, after.strength),
            after.seed,
            before,
            after.selected,
            after.strength,
        )
        assert again == after


def test_a_generation_with_nothing_better_is_undone(sat):
    _, sittings = sat
    for before, after in pairwise(sittings):
        assert after.evolved == before.evolved + 1
        assert len(after.path) - len(before.path) in (0, 1)
        assert (sum(after.likings) > sum(before.likings)) == (len(after.path) > len(before.path))
    assert sittings[-1].undone == 40 - (len(sittings[-1].path) - 1) > 0


def test_a_user_comes_nearer_to_what_it_wants(sat):
    _, sittings = sat
    assert sittings[-1].likings[0] > 0.6 > 0.3 > sittings[0].likings[0]
    assert measure_likeness(mark_shape(sittings[-1].best.genome), BALL) == pytest.approx(sittings[-1].likings[0])


def test_who_stops_and_goes_on_comes_to_the_same(sat):
    user, sittings = sat
    assert list(go_on(user, sittings[25], SEED, 15))[-1] == sittings[-1]


def test_a_fork_begins_with_the_shape_and_says_which(sat):
    user, sittings = sat
    genome = sittings[-1].best.genome
    forked = sit_down(user, 0, Start(genome, "ab" * 8))
    assert forked.path[0].begun_from == "ab" * 8
    assert forked.path[0].organisms[0].genome == genome
    assert forked.likings[0] >= sittings[-1].likings[0]
    assert SCRATCH.genome is None


def test_other_presses_draw_other_seeds_and_strengths_on_the_slider():
    user = User(likeness_to(BALL))
    drawn = [draw(user, 0, press) for press in range(50)]
    assert len({seed for seed, _ in drawn}) == 50
    assert {strength for _, strength in drawn} == set(user.strengths)
    assert draw(user, 1, 7) != draw(user, 0, 7) == drawn[7]


def test_choices_beat_choices_at_random_and_clicks_are_counted():
    user = User(likeness_to(fill(TARGETS["pear"], THESIS)), most=2)
    meant = [follow_choices(user, seed, 25) for seed in range(3)]
    random = [follow_choices(user, seed, 25, at_random=True) for seed in range(3)]
    assert np.mean([curve.best[-1] for curve in meant]) > np.mean([curve.best[-1] for curve in random]) + 0.1
    for curve in (*meant, *random):
        assert curve.best.shape == curve.clicks.shape == (25,)
        assert set(np.diff(curve.clicks, prepend=0)) <= {2, 3}


def test_without_slips_what_was_best_is_never_lost():
    user = User(likeness_to(BALL), most=1)
    assert (np.diff(follow_choices(user, 5, 20).best) >= 0).all()
    slipped = follow_choices(user, 5, 20, mistaken=1.0)
    np.testing.assert_array_equal(slipped.best[:1], follow_choices(user, 5, 1).best)
    assert (np.diff(slipped.best) < 0).any()
