"""The page of chapter 5 in a browser: the shipped runs, tabs that are made when they are seen, and what a link says."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.seeing import find_faults


@pytest.fixture(scope="module")
def page(open_for_module):
    page = open_for_module("/voila/render/05_transfer.ipynb", camera=False, wait="")
    expect(curves(page)).to_be_visible(timeout=180_000)
    return page


def curves(page):
    return page.get_by_role("img", name=re.compile("^share of test pictures named right by n"))


def tab(page, name):
    return page.get_by_role("group", name="Tabs").get_by_text(name, exact=True)


def test_the_shipped_runs_are_drawn(page, keep_screen):
    expect(page.get_by_text(re.compile(r"^(All \d+|\d+ of the \d+) networks of \d+ splits? are here"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^The two base networks, and A3B"))).to_be_visible()
    expect(curves(page).locator(".scatterlayer .trace").first).to_be_visible()
    keep_screen(page, "transfer-curves")


def test_a_toggle_changes_the_figure(page):
    toggle = page.get_by_role("button", name="base", exact=True)
    expect(curves(page)).to_have_attribute("aria-label", re.compile("base, 2 measured|base, [1-9]"))
    toggle.press("Enter")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    expect(curves(page)).not_to_have_attribute("aria-label", re.compile(r"base, \d+ measured"))
    expect(toggle).to_be_focused()
    toggle.press("Enter")
    expect(curves(page)).to_have_attribute("aria-label", re.compile(r"base, \d+ measured"))


def test_the_drawing_follows_treatment_and_n(page):
    drawing = page.get_by_role("img", name=re.compile("^The two base networks"))
    page.get_by_label("Treatment", exact=True).select_option("BnB+")
    expect(drawing).to_have_attribute(
        "aria-label", re.compile("B3B\\+: Layers 1 to 3 come from the base of B and learn")
    )
    drawing.locator("[data-part='n 5']").click()
    expect(drawing).to_have_attribute("aria-label", re.compile(r"B5B\+: Layers 1 to 5"))


def test_other_tabs_are_made_when_they_are_seen(page, keep_screen):
    tab(page, "Distance").click()
    for title in ("Between man-made and natural", "The first n layers random", "All less their base"):
        expect(page.get_by_role("img", name=re.compile(f"^{title}"))).to_be_visible()
    keep_screen(page, "transfer-distance")
    tab(page, "Less data").click()
    for title in ("Linear", "Logarithmic"):
        expect(page.get_by_role("img", name=re.compile(f"^{title}"))).to_be_visible()
    page.get_by_label("thesis' numbers").check()
    expect(page.get_by_role("cell", name="0.55176")).to_be_visible()
    keep_screen(page, "transfer-data")
    assert "transfer.tab=data" in page.url
    tab(page, "Curves").click()
    expect(curves(page)).to_be_visible()


def test_the_page_has_no_barrier_and_stays_within_900_pixels(page, keep_screen):
    assert find_faults(page, ".dv-shell") == []
    page.set_viewport_size({"width": 900, "height": 900})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    page.wait_for_function(f"{wide} <= 1")
    keep_screen(page, "transfer-900")
    assert page.errors == []
    assert page.outside == []
