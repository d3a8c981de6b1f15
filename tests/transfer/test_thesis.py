"""What is quoted of chapter 5 agrees with itself, but for the contradictions that the source has."""

from itertools import pairwise

import pytest

from nbutils.figures import ledger
from nbutils.nets.schedules import THESIS
from nbutils.transfer import imagenet, thesis
from nbutils.zoo import wordnet

PRINTED = {point.per_class: point.accuracy for point in thesis.TABLE_5_2}


def test_the_five_readings_stand_in_order_and_speak_of_layers_that_there_are():
    assert [reading.number for reading in thesis.INTERPRETATIONS] == [1, 2, 3, 4, 5]
    assert [reading.treatment for reading in thesis.INTERPRETATIONS] == ["base", "BnB", "BnB+", "AnB", "AnB+"]
    assert all(set(reading.layers) <= {0, *thesis.LAYERS} for reading in thesis.INTERPRETATIONS)


def test_the_rise_of_the_last_segment_is_that_of_the_table():
    rise = PRINTED[1300] - PRINTED[1000]
    assert rise == pytest.approx(thesis.LAST_RISE.value, abs=1e-6)


def test_the_caption_tells_two_points_ten_times_as_high_as_the_table():
    for told in thesis.CAPTION_5_4:
        assert told.accuracy / 10 == pytest.approx(PRINTED[told.per_class], abs=1e-4)


def test_from_5_to_100_examples_nothing_is_better_than_chance():
    by_chance = [point.per_class for point in thesis.TABLE_5_2 if point.accuracy < 1.2 / thesis.CLASSES.value]
    assert by_chance == [100, 50, 25, 10, 5]


def test_reduced_sets_grow_smaller():
    assert all(more.per_class > less.per_class for more, less in pairwise(thesis.TABLE_5_2))


def test_what_is_quoted_is_what_the_networks_of_the_thesis_are_trained_with():
    assert thesis.BATCH.value == imagenet.BATCH
    assert thesis.CLASSES.value == len(wordnet.class_nodes())
    days = THESIS.steps * thesis.SECONDS_AN_ITERATION.value / 86_400
    assert 8 < days < 9.5  # "about 1.7 s" an iteration, "about 9.5 days" (section 5.6)


def test_the_ledger_quotes_the_same_tables():
    rows = {row.id: row.reports for row in ledger.choose(ledger.read(), "05_transfer")}
    for boost in thesis.TABLE_5_1:
        assert f"{boost.layers} {boost.over_base:.1%} / {boost.over_selffer:.1%}" in rows["T5.1"]
    for point in thesis.TABLE_5_2:
        assert f"{point.per_class} {point.accuracy:.5f}" in rows["T5.2"]
