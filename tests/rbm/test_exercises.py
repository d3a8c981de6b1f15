"""The exercises of chapter 4: right answers are right, wrong ones say why, nothing gives the solution away."""

import numpy as np
import pytest

from nbutils.rbm.dashboards import exercises
from nbutils.rbm.dashboards.pictures import picture
from tests.exercising import list_judgements

RIGHT = {
    "wide_weights": "0.95",
    "one_mini_batch": "0,8",
    "same_run": "0.02",
    "mean_image": "39.4",
    "lost_panels": "2",
    "whitest_white": "255",
}
WRONG = {
    "wide_weights": {"0.022": "pegs 0%", "3": "Less would do", "-1": "above 0", "11": "at most 10"},
    "one_mini_batch": {"0.001": "Not yet half", "5": "Less would do", "0": "above 0"},
    "same_run": {"0.001": "some weight differs", "20": "at most 10"},
    "mean_image": {"253": "more than such", "10": "less than such"},
    "lost_panels": {"6": "Go through the six lines", "1": "six lines"},
    "whitest_white": {"256": "overflowed", "254": "not the largest", "0.5": "whole number", "100000": "65,535"},
}


@pytest.mark.parametrize("find_fault", list_judgements(exercises, RIGHT, WRONG))
def test_every_answer_gets_its_verdict_and_a_sentence(find_fault):
    assert find_fault() == ""


def test_a_picture_says_what_it_shows_and_is_as_large_as_wanted():
    html = picture(np.zeros((2, 3), np.uint8), 'a "black" <square>', zoom=5).value
    assert "a &quot;black&quot; &lt;square&gt;" in html
    assert "data:image/png;base64," in html


@pytest.mark.parametrize("gray", [np.zeros((2, 3)), np.zeros(3, np.uint8), np.zeros((0, 3), np.uint8)])
def test_a_picture_of_anything_but_bytes_is_a_sentence(gray):
    with pytest.raises(ValueError, match="0 black and 255 white"):
        picture(gray, "nothing")


def test_a_picture_that_does_not_fit_a_page_is_a_sentence():
    with pytest.raises(ValueError, match="above 2000 pixels"):
        picture(np.zeros((10, 500), np.uint8), "long", zoom=10)
