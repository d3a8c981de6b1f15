"""The study of frequencies as a visitor uses it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.seeing import find_faults

CHAPTER = "/voila/render/06_deepvis.ipynb#frequencies.photographs=5"
TITLE = "Why high frequencies win"


@pytest.fixture(scope="module")
def chapter(browser, suite):
    """The chapter's page with the study on it."""
    from tests.browser.conftest import watch

    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = watch(context.new_page())
    page.goto(suite + CHAPTER, wait_until="domcontentloaded", timeout=90_000)
    expect(page.get_by_role("img", name=re.compile("^Mean answer by frequency"))).to_be_visible(timeout=60_000)
    yield page
    context.close()


@pytest.fixture
def study(chapter):
    return chapter.locator(".dv-shell").filter(has_text=TITLE)


def test_the_finished_numbers_are_there_before_anything_is_pressed(study):
    study.scroll_into_view_if_needed()
    figures = study.get_by_role("img", name=re.compile("factor .*; the thesis 90 and 5.4, factor 17"))
    expect(figures.locator(".scatterlayer .point").first).to_be_visible(timeout=20_000)
    expect(study.get_by_role("row", name=re.compile("^thesis: four networks"))).to_contain_text("17")


def test_keys_on_the_wall_go_from_filter_to_filter(study):
    wall = study.locator(".dv-wall").first
    wall.press("End")
    expect(study.get_by_role("heading", name="filter 8", exact=True)).to_be_visible()
    expect(study.get_by_role("img", name=re.compile("^Spectrum of filter 8: "))).to_be_visible()
    wall.press("ArrowLeft")
    expect(study.get_by_role("heading", name="filter 8", exact=True)).to_be_hidden()


def test_a_click_on_a_point_selects_its_filter(study):
    edges = study.get_by_role("img", name=re.compile("^Mean answer by frequency")).locator(".scatterlayer .trace").first
    edges.locator(".point").last.click(force=True)
    expect(study.get_by_text("counts as an edge")).to_be_visible()


def test_a_run_of_ones_own_replaces_the_figures(study):
    study.get_by_role("button", name="Measure again").click()
    expect(study.get_by_role("row", name=re.compile("^your run: 5 photographs"))).to_be_visible(timeout=20_000)
    study.get_by_role("button", name="Reset").click()
    expect(study.get_by_text("what was measured beforehand, 593 photographs")).to_be_visible()


@pytest.mark.parametrize("width", [1400, 900])
def test_nothing_scrolls_sideways_and_axe_finds_nothing_serious(chapter, study, keep_screen, width):
    chapter.set_viewport_size({"width": width, "height": 900})
    chapter.wait_for_function(f"innerWidth === {width}")
    assert chapter.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert find_faults(chapter, ".dv-shell") == []
    study.evaluate("dashboard => dashboard.scrollIntoView()")
    keep_screen(chapter, f"frequencies-{width}")
    study.get_by_role("img", name=re.compile("^Power over frequency")).evaluate("figure => figure.scrollIntoView()")
    keep_screen(chapter, f"frequencies-{width}-spectra")


def test_no_request_left_and_nothing_failed(chapter):
    assert chapter.errors == []
    assert chapter.outside == []
