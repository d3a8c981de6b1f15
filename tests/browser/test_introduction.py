"""Chapter 1 in a real Chromium: the practice wall, the ledger's filter, the exercises, at two widths."""

import pytest
from playwright.sync_api import expect

from nbutils.figures import ledger
from tests.browser.seeing import find_faults

PATH = "/voila/render/01_introduction.ipynb"


@pytest.fixture
def open_introduction(open_page):
    def open_(width=1400, fragment=""):
        page = open_page(PATH + fragment, width=width, wait="")
        expect(page.locator(".dv-exercise")).to_have_count(2, timeout=90_000)
        return page

    return open_


def rows_of(page):
    return page.locator(".dv-ledger tbody tr")


def test_a_visitor_walks_the_wall_filters_the_ledger_and_answers(open_introduction, keep_screen):
    page = open_introduction()
    page.get_by_role("application", name="what each filter finds in the photograph").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("filter 3: 90°")).to_be_visible()

    rows = ledger.read()
    expect(rows_of(page)).to_have_count(len(ledger.choose(rows, "06_deepvis")))
    page.get_by_label("Chapter").select_option("04_rbm")
    expect(rows_of(page)).to_have_count(len(ledger.choose(rows, "04_rbm")))
    expect(page.get_by_text(f"of {len(rows)} rows")).to_be_visible()
    assert "ledger.chapter=04_rbm" in page.url
    assert "practice.tile=3" in page.url

    answer = page.locator(".dv-exercise").nth(1)
    answer.get_by_role("textbox").fill("7")
    answer.get_by_role("button", name="Check").click()
    expect(answer.get_by_text("Not yet.")).to_be_visible()
    answer.get_by_role("textbox").fill("6")
    answer.get_by_role("button", name="Check").click()
    expect(answer.get_by_text("Right.")).to_be_visible()
    keep_screen(page, "introduction")
    assert page.errors == []
    assert page.outside == []


def test_a_link_opens_both_dashboards_as_they_were(open_introduction):
    page = open_introduction(
        fragment="#practice.directions=8&practice.tile=5&ledger.state=not+yet&ledger.chapter=02_gaits"
    )
    expect(page.get_by_text("filter 5: 225°")).to_be_visible()
    expect(page.get_by_label("Chapter").locator("option:checked")).to_have_text("02_gaits")
    expect(rows_of(page)).to_have_count(13)


def test_a_narrow_page_stacks_and_is_accessible(open_introduction, keep_screen):
    page = open_introduction(width=600)
    expect(rows_of(page).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    cell = rows_of(page).first.locator("td").first
    assert cell.evaluate("node => getComputedStyle(node).display") == "block"
    assert find_faults(page) == []
    keep_screen(page, "introduction_narrow")
