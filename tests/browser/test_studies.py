"""Channels over all photographs and the study of noise as a visitor uses them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.seeing import find_faults

CHAPTER = "/voila/render/06_deepvis.ipynb"
FEW = "#channels.photographs=50&noise.photographs=5"
WALL = ".dv-histograms .dv-wall"


@pytest.fixture(scope="module")
def studies(open_for_module):
    """The chapter's page, counted over fifty photographs, with a run of noise of one's own."""
    page = open_for_module(CHAPTER + FEW, wait=WALL)
    expect(page.locator(WALL)).to_contain_text("Press Count: 50 photographs", timeout=60_000)
    channels(page).get_by_role("button", name="Count", exact=True).click()
    expect(channels(page)).to_contain_text("Done:", timeout=30_000)
    return page


def channels(page: Page):
    return page.locator(".dv-shell").filter(has=page.locator(WALL))


def noise(page: Page):
    return page.locator(".dv-shell").filter(has_text="Which layers tremble")


def test_count_fills_the_wall_and_tells_how_many_never_speak(studies, keep_screen):
    expect(channels(studies)).to_contain_text("4 of 32 channels never answered above zero on any of 50 photographs.")
    assert studies.locator(f"{WALL} .dv-wall-ring.marked").count() == 4
    shades = studies.evaluate(
        f"""() => {{ const c = document.querySelector('{WALL} canvas'); const seen = {{}};
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
        for (let i = 0; i < d.length; i += 4) seen[d[i]] = (seen[d[i]] || 0) + 1; return seen; }}"""
    )
    assert shades["235"] > 0.1 * sum(shades.values()), "bars"
    channels(studies).scroll_into_view_if_needed()
    keep_screen(studies, "channels")


def test_hovering_a_tile_tells_how_often_it_speaks(studies):
    wall = studies.locator(f"{WALL} canvas")
    wall.scroll_into_view_if_needed()
    box = wall.bounding_box()
    studies.mouse.move(box["x"] + 6, box["y"] + 6)
    tip = studies.locator(".dv-histograms .dv-wall-tip")
    expect(tip).to_have_text(re.compile(r"channel 0 · never above zero"))
    studies.mouse.move(box["x"] + 6 + box["width"] / 8, box["y"] + 6)
    expect(tip).to_have_text(re.compile(r"channel 1 · above zero at \d"))


def test_keys_select_a_channel_and_figures_follow(studies):
    wall = studies.locator(WALL)
    wall.press("Home")
    wall.press("ArrowRight")
    expect(channels(studies).get_by_role("heading", name="channel 1", exact=True)).to_be_visible()
    expect(studies.get_by_role("img", name=re.compile("^Histogram of channel 1: "))).to_be_visible()
    assert "channels.channel=1" in studies.url


def test_a_click_on_a_bar_goes_to_the_related_channel(studies):
    studies.locator(WALL).press("End")
    expect(studies.get_by_role("img", name=re.compile("^Channels related to 31"))).to_be_visible()
    figure = studies.get_by_role("img", name=re.compile("^Channels related to 31"))
    first = re.search(r"channel (\d+) ", figure.get_attribute("aria-label"))[1]
    bar = figure.locator(".bars .point path").first
    expect(bar).to_be_visible()
    bar.click(force=True)
    expect(channels(studies).get_by_role("heading", name=f"channel {first}", exact=True)).to_be_visible()


def test_a_related_channel_is_reached_without_a_mouse(studies):
    choice = studies.get_by_label("Go to a related channel")
    label = choice.locator("option").nth(1).inner_text()
    choice.select_option(label=label)
    expect(channels(studies).get_by_role("heading", name=label, exact=True)).to_be_visible()


def test_counting_can_be_stopped_and_continued(studies):
    channels(studies).get_by_label("Photographs", exact=True).select_option(label="all 593")
    channels(studies).get_by_role("button", name="Count", exact=True).click()
    channels(studies).get_by_role("button", name="Stop").click()
    expect(channels(studies)).to_contain_text("Stopped: step")
    channels(studies).get_by_role("button", name="Continue").click()
    expect(channels(studies).get_by_role("button", name="Stop")).to_be_enabled()
    channels(studies).get_by_role("button", name="Stop").click()
    expect(channels(studies)).to_contain_text("Stopped: step")


def test_the_finished_curves_are_there_before_anything_is_pressed(studies, keep_screen):
    curves = noise(studies).get_by_role("img", name=re.compile("over depth: MobileNetV2"))
    curves.scroll_into_view_if_needed()
    expect(curves.locator(".scatterlayer .trace .point").first).to_be_visible(timeout=20_000)
    expect(noise(studies).get_by_role("row", name=re.compile("^MobileNetV2 593"))).to_be_visible()
    keep_screen(studies, "noise")


def test_a_run_of_ones_own_stands_beside_the_finished_one(studies):
    noise(studies).get_by_role("button", name="Start", exact=True).click()
    expect(noise(studies).get_by_text(re.compile("^your run: MobileNetV2"))).to_be_visible(timeout=20_000)
    noise(studies).locator("label", has_text="16").click()
    expect(noise(studies).get_by_role("img", name=re.compile("16 grey levels")).first).to_be_visible()
    assert "noise.strength=16" in studies.url


def test_no_request_left_and_nothing_failed(studies):
    assert studies.errors == []
    assert studies.outside == []


@pytest.mark.parametrize("width", [1400, 900])
def test_nothing_scrolls_sideways_and_axe_finds_nothing_serious(studies, width):
    studies.set_viewport_size({"width": width, "height": 900})
    studies.wait_for_function(f"innerWidth === {width}")
    assert studies.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    beyond = """(tables) => tables.map((table) =>
        table.getBoundingClientRect().right - table.closest(".dv-pane").getBoundingClientRect().right)"""
    tables = studies.locator(".dv-pane .dv-table").evaluate_all(beyond)
    assert tables
    assert max(tables) <= 1, "no table is cut off at the right"
    assert find_faults(studies) == []
