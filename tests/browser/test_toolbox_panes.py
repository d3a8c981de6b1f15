"""The backward pane, kept pictures and the second network as a visitor meets them, also by keyboard alone."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from nbutils.figures.palette import lookup
from tests.browser.seeing import find_faults, read_pixels

CHAPTER = "/voila/render/06_deepvis.ipynb"
WALL, BACK, BESIDE = ".dv-channels .dv-wall", ".dv-backward .dv-wall", ".dv-channels-beside .dv-wall"
PAINTED = "selector => Number(document.querySelector(selector)?.dataset.painted ?? 0)"
ALL_OPEN = (
    "toolbox.backward=yes&toolbox.beside=efficientnet_lite0&toolbox.kept=cat&toolbox.photo=coffee"
    "&toolbox.wall=difference&toolbox.frozen_layer=block14.expand_relu&toolbox.frozen_channel=521"
    "&toolbox.layer=block6.expand_relu"
)
# Every place of the toolbox that can be focused: of a group of radio buttons, the browser stops at the chosen one.
STOPS = """() => [...document.querySelector('.dv-shell').querySelectorAll(
    'button:enabled, select:enabled, input:enabled:not([type=radio]), input[type=radio]:checked, [tabindex="0"]')]
  .filter(node => node.checkVisibility() && node.tabIndex >= 0)
  .map((node, place) => (node.dataset.stop = String(place)))"""
PLAIN = "() => !/toolbox.(wall|kept|backward|method|beside|frozen_layer|layer|photo|source)=/.test(location.hash)"
FOCUSED = "() => document.activeElement?.dataset.stop ?? ''"


def ready(page: Page, *walls: str) -> Page:
    for wall in walls or (WALL,):
        page.wait_for_function(f"wall => ({PAINTED})(wall) > 0", arg=wall, timeout=60_000)
    return page


@pytest.fixture(scope="module")
def opened(open_for_module):
    """The chapter, opened once for all tests of a width of 1400 pixels."""
    return ready(open_for_module(CHAPTER, wait=WALL))


@pytest.fixture
def toolbox(opened):
    """The toolbox as it is when it is opened."""
    opened.get_by_role("button", name="Reset").first.click()
    opened.wait_for_function(PLAIN)
    # What is out of sight is not computed.
    opened.evaluate("document.querySelector('.dv-shell').scrollIntoView()")
    expect(shell(opened).locator(".dv-stage")).to_contain_text("block 14 expand relu")
    expect(opened.locator(BACK)).to_be_hidden()
    return opened


def shell(page: Page) -> Locator:
    return page.locator(".dv-shell").first


def choose(page: Page, name: str, label: str) -> None:
    shell(page).get_by_label(name, exact=True).select_option(label=label)


def press(page: Page, segment: str) -> None:
    page.get_by_text(segment, exact=True).first.click()


def pixels_after(page: Page, wall: str, act) -> np.ndarray:
    """Return what a wall shows once it was painted after act()."""
    painted = page.evaluate(PAINTED, wall)
    act()
    page.wait_for_function(f"([wall, painted]) => ({PAINTED})(wall) > painted", arg=[wall, painted])
    return read_pixels(page.locator(f"{wall} canvas"))


def open_backward(page: Page) -> np.ndarray:
    """Return what the backward pane shows once it is open; an earlier test may have painted it too."""

    def act() -> None:
        page.get_by_label("Backward", exact=True).and_(page.locator("[role=switch]")).check()
        page.locator(BACK).scroll_into_view_if_needed()

    return pixels_after(page, BACK, act)


def largest_change(one: np.ndarray, other: np.ndarray) -> int:
    return int(np.abs(one.astype(int) - other).max())


def colours(shown: np.ndarray) -> set[tuple[int, ...]]:
    return set(map(tuple, np.unique(shown[..., :3].reshape(-1, 3), axis=0).tolist()))


def test_each_method_draws_another_picture(toolbox, keep_screen):
    expect(toolbox.locator(BACK)).to_be_hidden()
    pictures = {"guided backprop": open_backward(toolbox)}
    for method in ("deconv", "gradient", "Grad-CAM"):
        pictures[method] = pixels_after(toolbox, BACK, lambda method=method: choose(toolbox, "Method", method))
    names = list(pictures)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            assert largest_change(pictures[one], pictures[other]) > 20, f"{one} is drawn as {other} is"
    expect(toolbox.locator(BACK)).to_have_attribute("aria-label", re.compile("Grad-CAM: what in the picture makes"))
    expect(toolbox.get_by_label("Shown as", exact=True)).to_be_hidden()
    keep_screen(toolbox, "panes_backward")
    assert toolbox.errors == []


def test_a_frozen_unit_is_kept_while_layers_are_browsed(toolbox):
    before = open_backward(toolbox)
    toolbox.get_by_role("button", name="Freeze this unit").click()
    expect(shell(toolbox).locator(".dv-details")).to_contain_text("Frozen: block 14 expand relu · channel 521")
    pixels_after(toolbox, WALL, lambda: choose(toolbox, "Layer", "block 6 expand relu · 192 × 28 × 28"))
    assert largest_change(before, read_pixels(toolbox.locator(f"{BACK} canvas"))) <= 2
    toolbox.locator(".dv-wall-head").get_by_text("Backward", exact=True).click()
    expect(shell(toolbox).locator(".dv-stage")).to_contain_text("would raise block 14 expand relu · channel 521")
    choose(toolbox, "Layer", "last · 1280 × 7 × 7")
    expect(toolbox.locator(f"{WALL} .dv-wall-empty")).to_contain_text(
        "last runs after block 14 expand relu · channel 521"
    )
    toolbox.get_by_role("button", name="Unfreeze").click()
    expect(shell(toolbox).locator(".dv-backward")).to_contain_text("from last · channel")
    assert toolbox.errors == []


def test_the_difference_to_the_same_picture_is_white_and_to_another_is_not(toolbox):
    toolbox.get_by_role("button", name="Keep this picture").click()
    same = pixels_after(toolbox, WALL, lambda: press(toolbox, "Difference"))
    drawn = colours(same)
    white = tuple(int(value) for value in lookup("diverging")[128])
    assert white in drawn
    assert drawn <= {white, (20, 22, 26)}, "only white, and the stage where there is no tile"
    other = pixels_after(toolbox, WALL, lambda: toolbox.get_by_role("button", name="Next").click())
    assert len(colours(other)) > 50
    caption = shell(toolbox).locator(".dv-details h3").first
    before = caption.inner_text()
    toolbox.get_by_role("button", name="Go to what changed most").click()
    expect(caption).not_to_have_text(before)
    toolbox.get_by_role("button", name="Forget it").click()
    expect(toolbox.locator(f"{WALL} .dv-wall-empty")).to_contain_text("Keep this picture")
    assert toolbox.errors == []


def test_two_networks_guess_at_one_picture_live(toolbox, keep_screen):
    choose(toolbox, "A second network beside", "EfficientNet-Lite0")
    ready(toolbox, BESIDE)
    one, other = toolbox.locator(WALL).bounding_box(), toolbox.locator(BESIDE).bounding_box()
    assert other["x"] >= one["x"] + one["width"], "side by side where there is room"
    bars = shell(toolbox).locator(".dv-bars")
    for place in (0, 1):
        # What is out of sight is not computed, and bars that hold nothing have no height to scroll to.
        bars.nth(place).evaluate("bars => bars.parentElement.scrollIntoView({ block: 'center' })")
        expect(bars.nth(place)).to_contain_text(re.compile("tabby|tiger cat|Egyptian cat"))
    toolbox.evaluate("document.querySelector('.dv-shell').scrollIntoView()")
    toolbox.get_by_text("Camera", exact=True).first.click()
    painted = toolbox.evaluate(PAINTED, BESIDE)
    toolbox.wait_for_function(f"([wall, before]) => ({PAINTED})(wall) > before + 4", arg=[BESIDE, painted])
    expect(shell(toolbox).locator(".dv-status")).to_contain_text(re.compile(r"MobileNetV2 \d+, EfficientNet-Lite0 \d+"))
    choose(toolbox, "Its layer", "last relu · 1280 × 7 × 7")
    expect(shell(toolbox).locator(".dv-walls")).to_contain_text("EfficientNet-Lite0: last relu")
    keep_screen(toolbox, "panes_beside")
    choose(toolbox, "A second network beside", "none")
    expect(toolbox.locator(BESIDE)).to_be_hidden()
    assert toolbox.errors == []


def assert_tab_reaches_everything(page: Page) -> None:
    stops = set(page.evaluate(STOPS))
    assert len(stops) > 25
    page.locator('[data-stop="0"]').focus()
    reached = {"0"}
    for _ in range(len(stops) + 5):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    missed = [page.locator(f'[data-stop="{stop}"]').evaluate("node => node.outerHTML") for stop in stops - reached]
    assert missed == []


def test_a_link_opens_every_pane_tab_reaches_all_of_it_and_reset_closes_it(open_page, keep_screen):
    page = ready(open_page(f"{CHAPTER}#{ALL_OPEN}", wait=WALL))
    page.evaluate("document.querySelector('.dv-shell').scrollIntoView()")
    expect(shell(page).locator(".dv-stage")).to_contain_text("block 6 expand relu")
    expect(shell(page).locator(".dv-details")).to_contain_text("Frozen: block 14 expand relu · channel 521")
    expect(page.locator(BACK)).to_be_visible()
    expect(page.get_by_role("button", name="Forget it")).to_be_visible()
    for width in (1400, 900):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
        one, other = page.locator(WALL).bounding_box(), page.locator(BESIDE).bounding_box()
        beside = other["x"] >= one["x"] + one["width"]
        assert beside if width == 1400 else other["y"] >= one["y"] + one["height"]
        assert find_faults(page) == []
        keep_screen(page, f"panes_all_{width}")
        assert_tab_reaches_everything(page)
    page.get_by_role("button", name="Reset").first.click()
    expect(page.locator(BACK)).to_be_hidden()
    expect(page.locator(BESIDE)).to_be_hidden()
    expect(page.get_by_role("button", name="Forget it")).to_be_hidden()
    expect(shell(page).locator(".dv-stage")).to_contain_text("block 14 expand relu")
    page.wait_for_function(PLAIN)
    assert page.errors == []


def tab_to(page: Page, role: str, name: str) -> None:
    """Press Tab until the control of that role and name has the focus."""
    wanted = shell(page).get_by_role(role, name=name, exact=True).first
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"Tab never comes to {role} {name}")


def test_the_keyboard_alone_works_every_kind_of_control(toolbox):
    toolbox.evaluate("document.querySelector('.dv-shell button').focus()")
    tab_to(toolbox, "radio", "Answers")
    toolbox.keyboard.press("ArrowRight")
    expect(toolbox.locator(f"{WALL} .dv-wall-empty")).to_contain_text("Keep this picture")
    tab_to(toolbox, "switch", "Backward")
    toolbox.keyboard.press("Space")
    expect(toolbox.locator(BACK)).to_be_visible()
    tab_to(toolbox, "combobox", "Method")
    toolbox.keyboard.press("ArrowUp")
    expect(shell(toolbox).locator(".dv-backward")).to_contain_text("deconv from")
    tab_to(toolbox, "button", "Keep this picture")
    toolbox.keyboard.press("Enter")
    expect(toolbox.get_by_role("button", name="Forget it")).to_be_visible()
    tab_to(toolbox, "combobox", "A second network beside")
    toolbox.keyboard.press("ArrowDown")
    expect(toolbox.locator(BESIDE)).to_be_visible()
    tab_to(toolbox, "button", "Freeze this unit")
    toolbox.keyboard.press("Enter")
    expect(shell(toolbox).locator(".dv-details")).to_contain_text("Frozen: block 14 expand relu · channel 521")
    assert toolbox.errors == []
