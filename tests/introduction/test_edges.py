import numpy as np
import pytest

from nbutils.introduction import edges


def test_the_photograph_is_small_and_within_range():
    photo = edges.photograph()
    assert photo.shape == (256, 256)
    assert photo.dtype == np.float32
    assert 0 <= photo.min() < 0.1 < 0.9 < photo.max() <= 1


@pytest.mark.parametrize(("direction", "right", "down"), [(0, 1, 0), (1, 0, 1), (2, -1, 0), (3, 0, -1)])
def test_only_the_filter_of_its_direction_answers_to_a_slope(direction, right, down):
    rows, columns = np.mgrid[:5, :6]
    answers = edges.find_edges(0.25 * (right * columns + down * rows), directions=4)
    expected = np.zeros((4, 5, 6))
    expected[direction] = 0.25
    np.testing.assert_allclose(answers, expected, atol=1e-7)


def test_opposite_filters_never_answer_at_the_same_place():
    answers = edges.find_edges(edges.photograph(), directions=12)
    overlap = np.minimum(answers[:6], answers[6:])
    assert overlap.max() < 1e-6
    assert answers.reshape(12, -1).max(1).min() > 0.1


@pytest.mark.parametrize("directions", [0, -1, 73])
def test_the_number_of_directions_is_bounded(directions):
    with pytest.raises(ValueError, match="directions must be 1 to 72"):
        edges.angles(directions)


def test_a_colour_picture_is_refused():
    with pytest.raises(ValueError, match="must have the axes"):
        edges.find_edges(np.zeros((4, 4, 3)), directions=2)
