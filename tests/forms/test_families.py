"""The layout of the family tree, and an invented tree, against geometry and brute force."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from nbutils.forms.families import (
    MOST_DWELLING,
    check_parents,
    count_lengths,
    invent_family,
    measure_dwelling,
)
from nbutils.forms.family_layout import lay_out


@st.composite
def forests(draw):
    """Parents of up to 60 generations, each before its children."""
    number = draw(st.integers(0, 60))
    return np.array([draw(st.integers(-1, place - 1)) for place in range(number)], int)


def crossings(points, parents):
    """Return how many pairs of links without a common end cross, by the signs of areas."""
    links = [(child, parent) for child, parent in enumerate(parents) if parent >= 0]
    p = points.astype(float)

    def area(a, b, c):
        return (p[b][0] - p[a][0]) * (p[c][1] - p[a][1]) - (p[b][1] - p[a][1]) * (p[c][0] - p[a][0])

    found = 0
    for index, (a, b) in enumerate(links):
        for c, d in links[:index]:
            if len({a, b, c, d}) == 4:
                apart = area(a, b, c) * area(a, b, d) < -1e-3 and area(c, d, a) * area(c, d, b) < -1e-3
                found += apart
    return found


@settings(max_examples=40, deadline=None)
@given(forests())
def test_no_generation_lies_on_another_and_no_links_cross(parents):
    points = lay_out(parents)
    assert points.shape == (len(parents), 2)
    if len(parents) > 1:
        assert cKDTree(points).query(points, k=2)[0][:, 1].min() > 0.99
    assert crossings(points, parents) == 0


def test_10_000_generations_are_invented_and_laid_out_in_less_than_a_second():
    begun = time.process_time()
    invented = invent_family(10_000, 0)
    points = lay_out(invented.parents)
    assert time.process_time() - begun < 1
    assert points.dtype == np.float32
    assert np.isfinite(points).all()
    assert cKDTree(points).query(points, k=2)[0][:, 1].min() > 0.99


def test_a_chain_of_10_000_is_one_straight_line():
    points = lay_out(np.arange(-1, 9_999))
    assert np.ptp(points[:, 1]) == 0
    assert np.allclose(np.diff(points[:, 0]), 1, atol=1e-2)


def test_a_shape_that_was_forked_often_has_its_forks_around_it():
    parents = np.array([-1, *[0] * 200])
    points = lay_out(parents) - lay_out(parents)[0]
    angles = np.sort(np.arctan2(points[1:, 1], points[1:, 0]))
    assert np.diff(angles).max() < 0.2  # no side is left empty


def test_shapes_of_an_invented_family_are_forked_and_followed_as_the_thesis_says():
    invented = invent_family(5_000, 3)
    children = np.bincount(invented.parents[invented.parents >= 0], minlength=5_000)
    assert children.max() > 50  # one on the front page was forked many times
    assert (invented.parents < np.arange(5_000)).all()
    begun = np.flatnonzero((invented.parents < 0) | invented.forks)
    lengths = np.diff([*begun, 5_000])
    assert (lengths <= 2).mean() > 0.4  # "many ... only a single or several generations"
    assert lengths.max() > 40  # "other runs progress in long chains"
    assert invented.published[invented.parents[invented.forks]].all()
    assert np.array_equal(invent_family(5_000, 3).parents, invented.parents)


@pytest.mark.parametrize("parents", [[0], [1, -1], [-2], [0.5], [[0]]])
def test_a_generation_is_not_before_its_parent(parents):
    with pytest.raises(ValueError, match="arent"):
        check_parents(parents)


def test_an_invented_family_has_at_least_one_generation():
    with pytest.raises(ValueError, match="1 to"):
        invent_family(0, 0)


def test_runs_are_counted_by_doubling_lengths():
    assert count_lengths(np.array([1, 1, 2, 3, 4, 9])) == (("1", 2), ("2", 1), ("3–4", 2), ("5–8", 0), ("9–16", 1))
    assert count_lengths(np.zeros(0, int)) == ()


def test_only_clicks_of_people_count_as_dwelling():
    parents = np.array([-1, 0, 1, 2, 3, 4])
    forked = np.array([False, False, False, False, True, False])
    created = np.array([0.0, 4.0, 4.001, 10.0, 11.0, 12.0 + MOST_DWELLING])
    assert measure_dwelling(parents, forked, created).tolist() == [4.0, pytest.approx(5.999)]
