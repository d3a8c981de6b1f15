from dataclasses import replace

import numpy as np
import pytest

from nbutils.deepvis.search_ranges import (
    MODERN,
    PUBLISHED,
    RANGES,
    Range,
    check_range,
    draw_recipes,
    from_text,
    to_text,
)
from nbutils.preferred.fields import FIELDS
from nbutils.preferred.recipe import Recipe

BASE = Recipe(steps=4)
CLIMB = Recipe(method="published", picture="pixels", start="mean plus noise", policy="constant")


@pytest.mark.parametrize(("base", "ranges"), [(BASE, MODERN), (CLIMB, PUBLISHED)])
def test_the_same_seed_draws_the_same_recipes_and_a_longer_search_begins_with_the_shorter_one(base, ranges):
    drawn = draw_recipes(base, ranges, 20, seed=3)
    assert drawn == draw_recipes(base, ranges, 20, seed=3)
    assert drawn == draw_recipes(base, ranges, 30, seed=3)[:20]
    assert len(set(drawn)) == 20
    assert not set(drawn) & set(draw_recipes(base, ranges, 20, seed=4))


def test_only_what_has_a_range_is_drawn():
    for recipe in draw_recipes(BASE, {"jitter": Range(1, 8)}, 5, seed=0):
        assert replace(recipe, jitter=0) == BASE


def test_changing_one_range_leaves_the_other_fields_as_they_were():
    before = draw_recipes(BASE, MODERN, 50, seed=0)
    after = draw_recipes(BASE, {**MODERN, "jitter": Range(40, 60)}, 50, seed=0)
    assert all(40 <= recipe.jitter <= 60 for recipe in after)
    assert [replace(recipe, jitter=0) for recipe in before] == [replace(recipe, jitter=0) for recipe in after]


def test_values_fill_their_ranges_as_these_say():
    """2000 draws: the shares and the middles of the distributions, with room for chance (four standard errors)."""
    ranges = {
        "rate": Range(0.01, 100, logarithmic=True),
        "decay": Range(0.1, 0.5),
        "small_norm": Range(20, 60, off=0.25),
        "gradient_blur": Range(1, 4),
    }
    drawn = draw_recipes(BASE, ranges, 2000, seed=1)
    rates, decays, norms, blurs = (np.array([getattr(recipe, name) for recipe in drawn]) for name in ranges)
    assert abs(np.log10(rates).mean()) < 4 * (4 / 12**0.5) / 2000**0.5  # between 10^-2 and 10^2: about 10^0
    assert abs(decays.mean() - 0.3) < 4 * (0.4 / 12**0.5) / 2000**0.5
    assert abs((norms == 0).mean() - 0.25) < 4 * (0.25 * 0.75 / 2000) ** 0.5
    assert abs(norms[norms > 0].mean() - 40) < 4 * (40 / 12**0.5) / 1500**0.5
    for name, values in zip(ranges, (rates, decays, norms[norms > 0], blurs), strict=True):
        assert ranges[name].least <= values.min() <= values.max() <= ranges[name].most
    counts = np.bincount(blurs, minlength=5)[1:]
    assert (abs(counts - 500) < 4 * (2000 * 0.25 * 0.75) ** 0.5).all()
    assert {type(value) for value in blurs.tolist()} == {int}


def test_without_blur_there_is_no_number_of_steps_to_blur_after():
    drawn = draw_recipes(CLIMB, PUBLISHED, 60, seed=0)
    without = [recipe for recipe in drawn if recipe.blur == 0]
    assert 0 < len(without) < 60
    assert {recipe.blur_every for recipe in without} == {0}
    assert all(recipe.blur_every >= 1 for recipe in drawn if recipe.blur)


def test_the_ranges_that_come_along_lie_in_the_bounds_of_recipes_and_hold_the_rows_of_table_6_1():
    for ranges in RANGES.values():
        for name, range_ in ranges.items():
            assert check_range(name, range_) == range_
    rows = [(0, 0.5, 4, 50, 0), (0.3, 0, 0, 20, 0), (0.0001, 1.0, 4, 0, 0), (0, 0.5, 4, 0, 90)]
    fields = ("decay", "blur", "blur_every", "small_norm", "small_contribution")
    for row in rows:
        for name, value in zip(fields, row, strict=True):
            within = PUBLISHED[name].least <= value <= PUBLISHED[name].most
            assert within or (value == 0 and (PUBLISHED[name].off or name == "blur_every"))


@pytest.mark.parametrize(
    ("name", "range_", "told"),
    [
        ("size", Range(10, 20), "These fields can be searched: rate, .*; got \"size\""),
        ("decay", Range(0.5, 0.1), "begin with its smaller end, got 0.5 to 0.1"),
        ("decay", Range(0, 1.5), "must lie within 0 to 1"),
        ("decay", Range(float("nan"), 0.5), "must lie within 0 to 1"),
        ("decay", Range(0, 0.5, logarithmic=True), "begins above 0"),
        ("decay", Range(0.1, 0.5, off=1.5), "probability from 0 to 1, got 1.5"),
        ("blur_every", Range(1.5, 1.6), "is a whole number, .* got blur_every 1.5 1.6"),
        ("gradient_blur", Range(0.3, 2, logarithmic=True), "is a whole number, .* got gradient_blur 0.3 2 log"),
        ("rate", Range(0.1, 0.5, off=0.5), "rate cannot be left out: it is at least 1e-06"),
    ],
)  # fmt: skip
def test_a_range_that_cannot_be_drawn_from_is_refused(name, range_, told):
    with pytest.raises(ValueError, match=told):
        draw_recipes(BASE, {name: range_}, 1, seed=0)


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True, 1_000_000, "3"])
def test_numbers_and_seeds_out_of_bounds_are_refused(wrong):
    with pytest.raises(ValueError, match="A search has 1 to 10000 combinations"):
        draw_recipes(BASE, MODERN, wrong, seed=0)
    if wrong not in (0, 1_000_000):
        with pytest.raises(ValueError, match="A seed is a whole number"):
            draw_recipes(BASE, MODERN, 1, seed=wrong)
    with pytest.raises(ValueError, match="this recipe makes 2"):
        draw_recipes(replace(BASE, seeds=(0, 1)), MODERN, 1, seed=0)


def test_ranges_are_written_as_a_line_and_read_back():
    assert to_text({"decay": Range(0.0001, 0.3, True, 0.4), "blur": Range(0.3, 1.5)}) == (
        "decay 0.0001 0.3 log off 0.4, blur 0.3 1.5"
    )
    for ranges in RANGES.values():
        assert from_text(to_text(ranges)) == ranges
    every = {name: Range(field.least, field.most) for name, field in FIELDS.items() if name in MODERN}
    assert from_text(to_text(every)) == every


@pytest.mark.parametrize(
    "text",
    [
        "decay",
        "decay 0.1",
        "decay 0 one",
        "decay 0.1 0.2 on 0.5",
        "decay 0.1 0.2 log off",
        "decay 0.1 0.2 0.3",
        "decay 0.1 inf",
        "decay 0.1 0.2 off nan",
    ],
)
def test_a_line_that_is_no_range_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match=r"reads as .decay 0\.0001 0\.3 log off 0\.4., got"):
        from_text(text)


def test_a_search_needs_something_to_draw():
    with pytest.raises(ValueError, match="needs the range of one field"):
        from_text(" , ")
