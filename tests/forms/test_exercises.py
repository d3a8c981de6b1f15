"""The exercises of chapter 3: right answers are right, wrong ones say why, nothing gives the solution away."""

import pytest

from nbutils.forms.dashboards import exercises
from tests.exercising import find_fault_of_right, find_fault_of_wrong, find_taken

RIGHT = {"half_ball": "-0.5", "five_slabs": "7", "corners_asked": "7936", "same_structure": "78,6"}
WRONG = {
    "half_ball": {"0.5": "stays empty", "-5": "canvas is full", "-0.8": "radius 0.80", "-1.2": "Not yet", "99": "from"},
    "five_slabs": {"6.2": "gives 4 slabs", "9": "A smaller weight", "1": "gives 1 slab.", "-7": "above 0", "41": "40"},
    "corners_asked": {"6750": "it is their corners", "119040": "more than were asked", "1": "less than were asked"},
    "same_structure": {"70": "too few", "97": "too many", "101": "from 0 to 100"},
}


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_answer_and_that_of_the_solution_are_right(name):
    assert find_fault_of_right(getattr(exercises, name)(), RIGHT[name]) == ""


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name in WRONG for answer in WRONG[name]])
def test_a_wrong_answer_says_what_is_wrong_and_not_what_is_right(name, answer):
    assert find_fault_of_wrong(getattr(exercises, name)(), answer, WRONG[name][answer], RIGHT[name]) == ""


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_no_number_is_a_sentence(name):
    assert find_taken(getattr(exercises, name)()) == []
