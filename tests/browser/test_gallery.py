"""The browser of galleries and the panes of Figure 6.1, as a visitor uses them."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from nbutils.deepvis import galleries
from nbutils.deepvis.gallery_page import build_page
from tests.browser.conftest import SCREENS, watch

CHAPTER = (
    "/voila/render/06_deepvis.ipynb#gallery.layer=conv2&gallery.unit=7"
    "&toolbox.network=alexnet&toolbox.layer=relu2&toolbox.channel=7"
)


@pytest.fixture(scope="module")
def chapter(browser, suite):
    """The chapter's page, with the gallery on it."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    page = watch(context.new_page())
    page.goto(suite + CHAPTER, wait_until="domcontentloaded", timeout=90_000)
    expect(page.get_by_text("conv2 · channel 7").first).to_be_visible(timeout=60_000)
    yield page
    context.close()


def group_of(page, title):
    return page.get_by_role("group", name=title)


@pytest.fixture
def gallery(chapter):
    return group_of(chapter, "Gallery of preferred pictures")


@pytest.fixture
def toolbox(chapter):
    return group_of(chapter, "Live toolbox")


def test_a_link_opens_a_layer_and_a_unit(gallery):
    gallery.scroll_into_view_if_needed()
    expect(gallery.get_by_role("img", name="a picture that conv2 · channel 7 prefers")).to_be_visible()
    expect(gallery.get_by_role("application", name=re.compile("conv2: 192 preferred pictures"))).to_be_visible()


def test_keys_go_on_and_the_large_picture_follows(gallery):
    wall = gallery.get_by_role("application", name=re.compile("preferred pictures"))
    wall.press("ArrowRight")
    expect(gallery.get_by_role("img", name="a picture that conv2 · channel 8 prefers")).to_be_visible()
    wall.press("PageUp")
    expect(gallery.get_by_role("application", name=re.compile("conv1: 64 preferred pictures"))).to_be_visible()


def test_a_click_shows_the_strongest_photographs_of_the_unit(gallery):
    wall = gallery.get_by_role("application", name=re.compile("preferred pictures"))
    wall.locator(".dv-wall-field").click(position={"x": 5, "y": 5})
    expect(gallery.get_by_text("conv1 · channel 0").first).to_be_visible()
    expect(gallery.locator(".dv-grid figure")).to_have_count(9)
    assert all(picture.get_attribute("alt") for picture in gallery.locator(".dv-grid img").all())


def test_layers_are_compared(gallery):
    gallery.get_by_text("Layers compared").click()
    expect(gallery.get_by_role("img", name=re.compile("at the size of what units see"))).to_be_visible()
    expect(gallery.get_by_text("conv2 51 px")).to_be_visible()
    gallery.get_by_text("A whole layer").click()
    expect(gallery.get_by_role("application", name=re.compile("preferred pictures"))).to_be_visible()


def test_a_class_is_found_by_its_name(gallery):
    gallery.get_by_label("Network").select_option(label="MobileNetV2")
    expect(gallery.get_by_role("application", name=re.compile("classes: .* preferred pictures"))).to_be_visible()
    find = gallery.get_by_label("Find")
    find.fill("pizza")
    find.press("Enter")
    expect(gallery.get_by_role("img", name="a picture that 963 pizza prefers")).to_be_visible(timeout=10_000)
    expect(gallery.get_by_text("probability of the class")).to_be_visible()


def test_the_toolbox_shows_what_its_channel_likes(toolbox):
    toolbox.get_by_role("switch", name="What it likes").check()
    panes = toolbox.locator(".dv-likes")
    expect(panes.get_by_role("heading", name=re.compile("^Made for it"))).to_be_visible()
    expect(panes.locator("figure")).to_have_count(1 + 9 + 9)


@pytest.mark.alone
def test_nine_are_made_while_the_page_answers_and_stop_ends_it(toolbox):
    toolbox.get_by_role("switch", name="What it likes").check()
    panes = toolbox.locator(".dv-likes")
    panes.get_by_role("button", name="Make nine").click()
    expect(panes.get_by_text(re.compile("picture 1 of 9, .* left"))).to_be_visible(timeout=10_000)
    toolbox.get_by_role("button", name="Next").click()
    expect(toolbox.get_by_text(re.compile("Photograph .*, 4 of"))).to_be_visible(timeout=5_000)
    panes.get_by_role("button", name="Stop").click()
    expect(panes.get_by_text(re.compile("^Stopped: "))).to_be_visible(timeout=1_000)


@pytest.mark.parametrize("width", [1400, 900])
def test_it_is_usable_at_this_width(chapter, gallery, toolbox, width):
    chapter.set_viewport_size({"width": width, "height": 900})
    for name, part in (("gallery", gallery), ("likes", toolbox)):
        part.scroll_into_view_if_needed()
        part.screenshot(path=SCREENS / f"{name}-{width}.png")
    assert chapter.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(chapter, context=".dv-likes, .dv-gallery, .dv-large")
    assert found.violations_count == 0, found.generate_report()


def test_nothing_was_asked_of_another_machine_and_nothing_broke(chapter):
    assert chapter.outside == []
    assert chapter.errors == []


def test_the_saved_page_needs_no_kernel_and_no_address(browser, tmp_path):
    file = tmp_path / "gallery.html"
    file.write_bytes(build_page(galleries.read_gallery("mobilenet_v2"), tuple(f"class <i>{k}" for k in range(1000))))
    context = browser.new_context(viewport={"width": 900, "height": 900})
    page, asked = context.new_page(), []
    page.errors = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(file.as_uri())
    page.get_by_label("Find").fill("963")
    tile = page.get_by_role("button", name="the preferred picture of class 963")
    expect(page.locator("#wall button")).to_have_count(1)
    tile.press("Enter")
    expect(page.get_by_role("heading", name="class 963 class <i>963")).to_be_visible()
    assert "data:image/webp" in page.locator("#picture").evaluate("node => getComputedStyle(node).backgroundImage")
    page.screenshot(path=SCREENS / "gallery-page.png")
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert page.errors == []
    context.close()
