"""Table 4.1 beside a run: what each row says, and that it waits until it can know."""

import numpy as np
import pytest

from nbutils.rbm import results
from nbutils.rbm.timeline import NOT_YET, correlate, fill, find_fast_fall, find_final_pattern, find_pattern
from tests.rbm.histories import alter, short_run


@pytest.fixture(scope="module")
def measures():
    return short_run("healthy", 0).epochs[-1]


def with_errors(measures, errors):
    return [alter(measures, error=error) for error in errors]


def with_images(measures, weights):
    """Return measures whose hidden images are mixtures of two unrelated images, by the weight of the second."""
    chance = np.random.default_rng(0)
    first, second = chance.random((2, 20, 50))
    return [alter(measures, probabilities=(1 - weight) * first + weight * second) for weight in weights]


def test_the_rows_are_those_of_table_41():
    assert [event.thesis for event in fill(())] == ["0", "1", "2-4", "0-45", "0-20", "20-25", "25-45"]


def test_before_training_nothing_is_known_and_afterwards_the_start():
    assert {event.ours for event in fill(())} == {NOT_YET}
    assert not any(event.known for event in fill(()))
    history = short_run("healthy", 0).epochs
    events = fill(history[:1])
    assert [event.known for event in events] == [True, *[False] * 6]
    assert events[0].ours == f"epoch 0: {history[0].gray:.0%} of it is .4 to .6"


def test_the_first_pattern_is_the_first_epoch_that_is_no_longer_flat_grey(measures):
    assert find_pattern([alter(measures, gray=gray) for gray in (1.0, 0.95, 0.91, 0.7, 0.3)]) == 3
    assert find_pattern([alter(measures, gray=gray) for gray in (0.2, 0.95)]) is None


def test_the_final_pattern_counts_from_where_it_stays_like_the_last(measures):
    history = with_images(measures, [0, 0.3, 0.6, 0.98, 1, 1, 1])
    assert find_final_pattern(history) == 3
    returned = with_images(measures, [1, 1, 0.2, 1, 1, 1, 1])
    assert find_final_pattern(returned) == 3


def test_images_that_were_left_out_of_a_long_run_are_passed_over(measures):
    history = with_images(measures, [0, 0.3, 0.6, 0.98, 1, 1, 1])
    history[4] = alter(history[4], probabilities=np.zeros((0, 0)))
    assert find_final_pattern(history) == 3


def test_the_final_pattern_is_not_known_before_three_epochs_passed(measures):
    history = with_images(measures, [0, 0.5, 1, 1, 1, 1])
    assert [find_final_pattern(history[:end]) for end in range(1, 7)] == [None, None, None, None, None, 2]
    assert find_final_pattern(()) is None


def test_the_quick_fall_is_found_between_a_plateau_and_a_slow_end(measures):
    errors = [250, 40, 39, 38, 30, 20, 14, 13.5, 13, 12.6]
    assert find_fast_fall(with_errors(measures, errors)) == (3, 6)
    slow, quick, after = fill(with_errors(measures, errors))[4:]
    assert "epoch 1: 250 to 40" in slow.ours
    assert "epochs 1-3: 40 to 38" in slow.ours
    assert quick.ours == "epochs 3-6: 38 to 14"
    assert after.ours == "epochs 6-9: 14 to 12.6"


def test_a_fall_that_may_go_on_is_not_known_yet(measures):
    errors = [250, 40, 39, 38, 30, 20, 14, 13.5, 13]
    assert [find_fast_fall(with_errors(measures, errors[:end])) for end in (4, 5, 6, 7, 8)] == [None] * 5
    assert find_fast_fall(with_errors(measures, [250, 40, 41, 42, 43, 44])) is None
    assert find_fast_fall(with_errors(measures, [250, 40, 39, float("nan"), 38, 37])) is None


def test_without_a_slow_start_the_row_says_so(measures):
    slow = fill(with_errors(measures, [250, 20, 12, 11.5, 11, 10.6, 10.3]))[4]
    assert slow.ours.endswith("no slow start after it")


def test_filters_resolve_where_nine_tenths_of_their_smoothness_is_reached(measures):
    history = [alter(measures, checkerboard=smooth) for smooth in (0.0, 0.5, 0.7, 0.78, 0.8)]
    ours = fill(history)[3].ours
    assert "0.00 at first, 0.80 now" in ours
    assert ours.endswith("90% of the change was done by epoch 3")
    negative = [alter(measures, checkerboard=smooth) for smooth in (-0.001, 0.5, 0.7, 0.78, 0.8)]
    assert "by 0.00 at first" in fill(negative)[3].ours
    assert fill([alter(measures, checkerboard=float("nan"))] * 5)[3].ours == NOT_YET


def test_correlation_is_that_of_numpy_and_copes_with_images_without_contrast():
    chance = np.random.default_rng(1)
    image, other = chance.random((2, 7, 9))
    assert correlate(image, other) == pytest.approx(np.corrcoef(image.ravel(), other.ravel())[0, 1])
    black = np.zeros((3, 4))
    assert correlate(black, black) == 1
    assert correlate(black, black + 1) == 0


def test_the_thesis_run_with_the_rate_on_the_mean_has_a_plateau_and_then_a_quick_fall():
    history = results.load("mean").epochs
    start, end = find_fast_fall(history)
    assert 1 < start < end < 20
    assert find_pattern(history) == 1
    assert start < find_final_pattern(history) < 45
    assert all(event.known for event in fill(history))
