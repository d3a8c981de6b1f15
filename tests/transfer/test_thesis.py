"""What is quoted of chapter 5 agrees with itself, but for the contradictions that the source has."""

from itertools import pairwise

import pytest

from nbutils.figures import ledger
from nbutils.transfer import thesis


def test_the_five_readings_stand_in_order_and_speak_of_layers_that_there_are():
    assert [reading.number for reading in thesis.INTERPRETATIONS] == [1, 2, 3, 4, 5]
    assert [reading.treatment for reading in thesis.INTERPRETATIONS] == ["base", "BnB", "BnB+", "AnB", "AnB+"]
    assert all(set(reading.layers) <= {0, *thesis.LAYERS} for reading in thesis.INTERPRETATIONS)


def test_the_rise_of_the_last_segment_is_that_of_the_table():
    rise = thesis.find_reduced(1300).accuracy - thesis.find_reduced(1000).accuracy
    assert rise == pytest.approx(thesis.LAST_RISE.value, abs=1e-6)


def test_the_caption_tells_two_points_ten_times_as_high_as_the_table():
    for told in thesis.CAPTION_5_4:
        assert told.accuracy / 10 == pytest.approx(thesis.find_reduced(told.per_class).accuracy, abs=1e-4)


def test_from_5_to_100_examples_nothing_is_better_than_chance():
    by_chance = [point.per_class for point in thesis.TABLE_5_2 if point.accuracy < 1.2 / thesis.CLASSES.value]
    assert by_chance == [100, 50, 25, 10, 5]


def test_reduced_sets_grow_smaller_and_another_size_is_a_sentence():
    assert all(more.per_class > less.per_class for more, less in pairwise(thesis.TABLE_5_2))
    with pytest.raises(ValueError, match="1300, 1000, 750"):
        thesis.find_reduced(7)


def test_the_faster_schedule_is_a_quarter_faster():
    assert thesis.FAST_SCHEDULE.rate == pytest.approx(1.25 * thesis.SCHEDULE.rate)
    assert thesis.FAST_SCHEDULE.iterations < thesis.SCHEDULE.iterations / 2


def test_days_and_halves_are_rounder_than_what_they_are_made_from():
    days = thesis.SCHEDULE.iterations * thesis.SECONDS_AN_ITERATION.value / 86_400
    assert days == pytest.approx(8.85, abs=0.01)
    assert days < thesis.SCHEDULE.days
    assert round(thesis.TRAINING_IMAGES.value / 2, -4) == 640_000 < thesis.HALF_OF_THE_IMAGES.value


def test_classes_of_both_halves_are_all_there_are_and_thirteen_are_cats():
    assert thesis.MAN_MADE.value + thesis.NATURAL.value == thesis.CLASSES.value
    assert len(set(thesis.FELIDAE)) == 13


def test_the_ledger_quotes_the_same_tables():
    rows = {row.id: row.reports for row in ledger.choose(ledger.read(), "05_transfer")}
    for boost in thesis.TABLE_5_1:
        assert f"{boost.layers} {boost.over_base:.1%} / {boost.over_selffer:.1%}" in rows["T5.1"]
    for point in thesis.TABLE_5_2:
        assert f"{point.per_class} {point.accuracy:.5f}" in rows["T5.2"]
