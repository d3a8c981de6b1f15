import pytest

from nbutils.introduction.dashboards import figures_of_chapter_6, negative_photograph
from nbutils.widgets.exercise import check


@pytest.mark.parametrize(("exercise", "answer"), [(negative_photograph, "5"), (figures_of_chapter_6, "6")])
def test_the_right_answer_is_right(exercise, answer):
    verdict = check(exercise(), answer)
    assert verdict.right
    assert verdict.sentence.startswith("Right")
    assert f"**{answer}" in exercise().solution or f"Tile {answer}" in exercise().solution


@pytest.mark.parametrize("exercise", [negative_photograph, figures_of_chapter_6])
@pytest.mark.parametrize("answer", ["1", "7", "-1", "", "two", "2.5", "9" * 400])
def test_another_answer_gets_a_sentence_that_keeps_the_solution(exercise, answer):
    verdict = check(exercise(), answer)
    assert not verdict.right
    assert verdict.sentence.endswith((".", "?"))
    assert exercise().solution not in verdict.sentence


def test_only_one_filter_solves_the_negative():
    assert [number for number in range(8) if check(negative_photograph(), number).right] == [5]
