"""Rankings against sorting all answers at once, with many equal answers, and with more photographs than fit memory."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nbutils.probe.ranking import (
    LEAST_PROBABILITY,
    LEAST_SHARE,
    Best,
    add,
    begin_ranking,
    is_good_example,
    strongest_percentiles,
    weakest_percentiles,
)


def best_of(values, first=0):
    """Return answers whose positions, boxes and probabilities tell by their numbers which photograph they are of."""
    number = np.broadcast_to(first + np.arange(len(values))[:, None], values.shape)
    return Best(
        values=values.astype(np.float32),
        positions=np.stack([number, number + 1], 2).astype(np.int32),
        boxes=np.stack([number, number, number + 2, number + 3], 2).astype(np.int32),
        probabilities=(number % 7 / 7).astype(np.float32),
    )


def rank(values, number, sizes):
    """Return the ranking of answers (photographs, channels) that come in batches of these sizes, over and over."""
    ranking, first = begin_ranking(values.shape[1], number), 0
    while first < len(values):
        size = sizes[first % len(sizes)]
        batch = values[first : first + size]
        ranking = add(ranking, best_of(batch, first), np.arange(first, first + len(batch)))
        first += len(batch)
    return ranking


@st.composite
def answers(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    shape = (draw(st.integers(1, 40)), draw(st.integers(1, 5)))
    few = draw(st.booleans())
    return (rng.integers(-2, 3, shape) if few else rng.normal(size=shape)).astype(np.float32)


@given(answers(), st.integers(1, 12), st.lists(st.integers(1, 9), min_size=1, max_size=4))
@settings(max_examples=80, deadline=None)
def test_what_is_kept_is_what_sorting_all_would_bring(values, number, sizes):
    ranking = rank(values, number, sizes)
    kept = min(number, len(values))
    for end, sign, percent in (
        (ranking.strongest, -1, strongest_percentiles(ranking)),
        (ranking.weakest, 1, weakest_percentiles(ranking)),
    ):
        order = np.argsort(sign * values, 0, kind="stable")[:kept].T
        assert np.array_equal(end.photos[:, :kept], order)
        assert (end.photos[:, kept:] == -1).all()
        assert np.array_equal(end.values[:, :kept], np.take_along_axis(values.T, order, 1))
        assert np.array_equal(end.positions[:, :kept, 1], order + 1)
        assert np.array_equal(end.boxes[:, :kept, 3], order + 3)
        assert np.allclose(end.probabilities[:, :kept], order % 7 / 7)
        lower = (values.T[:, None] < np.take_along_axis(values.T, order, 1)[:, :, None]).mean(2) * 100
        assert np.allclose(percent[:, :kept], lower, atol=1e-4)
        assert np.isnan(percent[:, kept:]).all()
    assert np.allclose(ranking.mean, values.mean(0, dtype=float), atol=1e-5)
    assert np.allclose(ranking.deviation, values.std(0, dtype=float), atol=1e-5)


def test_a_hundred_thousand_photographs_take_no_more_memory_than_a_thousand():
    rng = np.random.default_rng(0)
    batch, channels = 500, 8

    def measure(photographs):
        ranking = begin_ranking(channels, 9)
        tracemalloc.start()
        for first in range(0, photographs, batch):
            values = rng.normal(size=(batch, channels)).astype(np.float32)
            ranking = add(ranking, best_of(values, first), np.arange(first, first + batch))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak, ranking

    few, _ = measure(1000)
    many, ranking = measure(100_000)
    assert many < 1.05 * few
    assert ranking.looked == 100_000
    assert np.all(ranking.strongest.values[:, -1] > 3)
    assert np.all(strongest_percentiles(ranking)[:, -1] == np.float32(100 * (1 - 9 / 100_000)))


def test_a_channel_that_always_answers_zero_has_no_percentile_above_zero():
    ranking = rank(np.zeros((30, 1), np.float32), 9, [4])
    assert ranking.strongest.photos.tolist() == [list(range(9))]
    assert strongest_percentiles(ranking).tolist() == weakest_percentiles(ranking).tolist() == [[0.0] * 9]


@pytest.mark.parametrize(
    ("value", "probability", "reached", "good"),
    [
        (5.0, float("nan"), float("nan"), True),
        (0.0, float("nan"), float("nan"), False),
        (-1.0, 0.9, float("nan"), False),
        (float("nan"), 0.9, float("nan"), False),
        (float("inf"), 0.9, float("nan"), False),
        (9.0, LEAST_PROBABILITY, float("nan"), True),
        (9.0, LEAST_PROBABILITY - 0.01, float("nan"), False),
        (9.0, 0.001, 5.0, False),
        (10.0, float("nan"), 10.0 / LEAST_SHARE - 1, True),
        (10.0, float("nan"), 10.0 / LEAST_SHARE + 1, False),
        (10.0, 0.9, 10.0 / LEAST_SHARE + 1, False),
    ],
)
def test_a_good_example_excites_the_unit_and_not_only_more_than_the_others(value, probability, reached, good):
    assert is_good_example(value, probability, reached) is good
