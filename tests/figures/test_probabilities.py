"""Probabilities as grey values between limits that nothing moves."""

import numpy as np
import pytest

from nbutils.figures.probabilities import to_columns, to_gray


def test_limits_are_fixed_whatever_the_picture_holds():
    assert to_gray(np.array([0, 0.5, 1])).tolist() == [0, 128, 255]
    flat = to_gray(np.random.default_rng(0).uniform(0.4, 0.6, (20, 100)))
    assert flat.min() >= 102
    assert flat.max() <= 153
    assert to_gray(np.full((2, 2), 0.5, np.float16)).tolist() == [[128, 128], [128, 128]]


def test_grey_values_stay_as_they_are_and_what_lies_outside_is_brought_in():
    gray = np.array([[0, 7, 255]], np.uint8)
    assert to_gray(gray) is gray
    assert to_gray(np.array([-0.1, 1.2])).tolist() == [0, 255]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_there_is_no_grey_for_what_is_no_number(value):
    with pytest.raises(ValueError, match="not a finite number"):
        to_gray(np.array([0.5, value]))


def test_a_column_is_a_tile():
    gray = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert to_columns(gray).tolist() == [[[0], [3]], [[1], [4]], [[2], [5]]]
