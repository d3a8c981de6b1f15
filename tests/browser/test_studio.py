"""The studio as a visitor uses it: a picture that grows, a slider that acts, Stop, links, files, the keyboard."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from nbutils.preferred.saving import read_recipe
from tests.browser.seeing import find_faults, stop

pytestmark = pytest.mark.alone

CHAPTER = "/voila/render/06_deepvis.ipynb"
FEW = "#studio.size=64&studio.steps=400&studio.zoom=0.05"
WALL = ".dv-studio-wall .dv-wall"


@pytest.fixture(scope="module")
def chapter(open_for_module):
    """The chapter's page with a studio that makes small pictures for a long time."""
    page = open_for_module(CHAPTER + FEW, wait=WALL)
    expect(page.locator(WALL)).to_contain_text("Press Start", timeout=60_000)
    expect(box(page, "Steps")).to_have_value("400", timeout=30_000)
    return page


def studio(page: Page):
    return page.locator(".dv-shell").filter(has=page.locator(WALL))


def box(page: Page, name: str):
    return studio(page).get_by_label(f"{name}, as a number", exact=True)


def press(page: Page, name: str) -> None:
    studio(page).get_by_role("button", name=name, exact=True).click()


def picture(page: Page) -> str:
    return page.evaluate(f"document.querySelector('{WALL} canvas').toDataURL()")


def step(page: Page) -> int:
    found = re.search(r"step (\d+) of", studio(page).get_by_role("heading", name="strawberry").inner_text())
    return int(found[1]) if found else 0


def run_a_little(page: Page) -> None:
    press(page, "Start")
    expect(studio(page).get_by_role("heading", name="strawberry")).to_contain_text("step", timeout=30_000)


def test_the_picture_grows_while_it_runs_and_time_left_is_told(chapter, keep_screen):
    run_a_little(chapter)
    first = picture(chapter)
    expect(studio(chapter).locator(".dv-job-line")).to_contain_text(re.compile(r"step \d+ of 400, .* left"))
    chapter.wait_for_function(
        f"before => document.querySelector('{WALL} canvas').toDataURL() !== before", arg=first, timeout=20_000
    )
    expect(studio(chapter).locator(".dv-captions")).to_contain_text("MobileNetV2:", timeout=20_000)
    expect(studio(chapter).locator(".dv-captions")).to_contain_text("EfficientNet-Lite0:")
    expect(studio(chapter).get_by_role("img", name=re.compile("^Objective over the steps"))).to_be_visible()
    studio(chapter).scroll_into_view_if_needed()
    keep_screen(chapter, "studio")


def test_a_slider_moved_in_the_run_acts_and_is_recorded(chapter):
    box(chapter, "Decay").fill("0.2")
    box(chapter, "Decay").press("Enter")
    expect(studio(chapter)).to_contain_text(re.compile(r"Changed on the way: decay 0.2 from step \d+"), timeout=10_000)
    expect(studio(chapter).get_by_role("rowheader", name="decay", exact=True)).to_be_visible()
    assert re.search("studio.changes=.*decay", chapter.url)


def test_stop_acts_within_half_a_second_and_continue_goes_on(chapter):
    for _ in range(4):  # on a busy computer the kernel may have to wait for its turn
        seconds = stop(studio(chapter))
        at = step(chapter)
        press(chapter, "Continue")
        expect(studio(chapter).get_by_role("heading", name="strawberry")).not_to_contain_text(f"step {at} of")
        if seconds < 0.5:
            break
    stop(studio(chapter))
    assert step(chapter) > at
    assert seconds < 0.5


def test_the_picture_is_saved_with_its_recipe_and_opens_again(chapter):
    with chapter.expect_download() as saved:
        press(chapter, "Save the picture")
    data = saved.value.path().read_bytes()
    recipe = read_recipe(BytesIO(data))
    assert recipe.changes[0][1:] == ("decay", 0.2)
    assert Image.open(BytesIO(data)).size == (64, 64)
    press(chapter, "Reset")
    expect(chapter.locator(WALL)).to_contain_text("Press Start")
    field = studio(chapter).locator(".dv-drop input[type=file]")
    field.set_input_files({"name": "mine.png", "mimeType": "image/png", "buffer": data})
    expect(studio(chapter).locator(".dv-drop")).to_contain_text("mine.png: its recipe is set. Press Start.")
    assert "studio.changes" in chapter.url


def test_a_class_is_found_by_a_part_of_its_name(chapter):
    field = studio(chapter).get_by_label("Class, by name")
    field.fill("volca")
    field.press("Enter")
    expect(field).to_have_value("volcano")
    expect(box(chapter, "Unit, by number")).to_have_value("980")
    expect(studio(chapter).get_by_role("heading", name=re.compile("volcano"))).to_be_visible()


def test_folds_open_with_the_keyboard(chapter):
    fold = studio(chapter).get_by_role("button", name="Regularizers beyond it")
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(box(chapter, "Jitter")).to_be_hidden()
    fold.press("Enter")
    expect(box(chapter, "Jitter")).to_be_visible()
    expect(fold).to_have_attribute("aria-expanded", "true")


def test_a_rate_moves_in_powers_of_ten(chapter):
    studio(chapter).get_by_role("button", name="Picture and steps").click()
    slider = studio(chapter).get_by_role("slider", name="Learning rate")
    slider.fill("0")
    expect(box(chapter, "Learning rate")).to_have_value("1")


def test_a_link_from_elsewhere_sets_unit_and_recipe(chapter):
    chapter.evaluate(
        """location.hash = '#studio.network=alexnet&studio.size=48&studio.steps=3&studio.seeds=[5,6]'
        + '&studio.objectives=' + encodeURIComponent('["channel(\\\\"conv3\\\\", 7)"]')"""
    )
    expect(studio(chapter).get_by_role("heading", name=re.compile("conv3 · channel 7"))).to_be_visible(timeout=20_000)
    expect(studio(chapter).get_by_label("Network")).to_have_value("2")
    press(chapter, "Start")
    expect(studio(chapter).locator(".dv-job-line")).to_contain_text("Done:", timeout=30_000)
    expect(studio(chapter).locator(".dv-captions")).to_contain_text("seed 6")


def test_two_recipes_stand_side_by_side(chapter, keep_screen):
    studio(chapter).locator("label", has_text="Compare").click()
    studio(chapter).get_by_label("With", exact=True).select_option(label="draft")
    press(chapter, "Start")
    expect(studio(chapter).get_by_role("heading", name="draft")).to_be_visible()
    expect(studio(chapter).locator(".dv-job-line")).to_contain_text(re.compile(r"step \d+ of"), timeout=20_000)
    stop(studio(chapter))
    assert "studio.tab=compare" in chapter.url
    keep_screen(chapter, "studio-compare")


def test_no_request_left_and_nothing_failed(chapter):
    assert chapter.errors == []
    assert chapter.outside == []


@pytest.mark.parametrize("width", [1400, 900])
def test_nothing_scrolls_sideways_and_axe_finds_nothing_serious(chapter, width):
    chapter.set_viewport_size({"width": width, "height": 900})
    chapter.wait_for_function(f"innerWidth === {width}")
    assert chapter.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert find_faults(chapter, ".dv-shell:has(.dv-studio-wall)") == []
