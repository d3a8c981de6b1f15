"""The page of chapter 4 as a whole: figures of the survey, an exercise, nothing sideways, the pace of training."""

import pytest
from playwright.sync_api import expect

from nbutils.bench import rbm

PAGE = "/voila/render/04_rbm.ipynb"


@pytest.fixture(scope="module")
def page(open_for_module):
    opened = open_for_module(PAGE)
    opened.wait_for_function("document.querySelectorAll('.dv-exercise').length >= 6", timeout=90_000)
    return opened


def test_it_shows_no_error_and_asks_nobody_else(page):
    page.wait_for_selector("text=mildly sparse", timeout=30_000)
    assert [text for text in page.locator(".dv-error").all_inner_texts() if text.strip()] == []
    assert page.errors == []
    assert page.outside == []


def test_every_picture_has_words_and_nothing_scrolls_sideways_on_a_narrow_page(page):
    assert page.evaluate("[...document.querySelectorAll('img')].filter(image => !image.alt).length") == 0
    page.set_viewport_size({"width": 900, "height": 900})
    page.wait_for_function("document.documentElement.scrollWidth <= 900", timeout=30_000)
    page.set_viewport_size({"width": 1400, "height": 900})


def test_an_exercise_measures_the_answer(page):
    exercise = page.locator(".dv-exercise").nth(0)
    for answer, verdict in (("0.022", "pegs 0%"), ("0.95", "Yes:")):
        exercise.get_by_role("textbox").fill(answer)
        exercise.get_by_role("button", name="Check").click()
        expect(exercise.get_by_text(verdict)).to_be_visible()


def test_the_bench_sees_the_dashboard_train(browser, suite):
    assert rbm.measure_live(browser, suite, batch=100, seconds=1.5) > 1
