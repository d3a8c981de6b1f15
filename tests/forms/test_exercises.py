"""The exercises of chapter 3: right answers are right, wrong ones say why, nothing gives the solution away."""

import pytest

from nbutils.forms.dashboards import exercises
from tests.exercising import list_judgements

RIGHT = {"half_ball": "-0.5", "five_slabs": "7", "corners_asked": "7936", "same_structure": "78,6"}
WRONG = {
    "half_ball": {"0.5": "stays empty", "-5": "canvas is full", "-0.8": "radius 0.80", "-1.2": "Not yet", "99": "from"},
    "five_slabs": {"6.2": "gives 4 slabs", "9": "A smaller weight", "1": "gives 1 slab.", "-7": "above 0", "41": "40"},
    "corners_asked": {"6750": "it is their corners", "119040": "more than were asked", "1": "less than were asked"},
    "same_structure": {"70": "too few", "97": "too many", "101": "from 0 to 100"},
}


@pytest.mark.parametrize("find_fault", list_judgements(exercises, RIGHT, WRONG))
def test_every_answer_gets_its_verdict_and_a_sentence(find_fault):
    assert find_fault() == ""
