"""The page of all parts as a whole, and the shell on it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.seeing import find_faults

WAIT = 20_000
# As on a busy computer: the script of every part arrives after three seconds.
SLOW = """const Fast = Blob;
window.Blob = function (parts, options) {
  const late = options?.type === "text/javascript" ? ["await new Promise((go) => setTimeout(go, 3000));"] : [];
  return new Fast([...late, ...parts], options);
};"""


def box_of(page, name):
    return page.get_by_role("spinbutton", name=f"{name}, as a number")


def said(page):
    """Return the status line of the shell."""
    return page.locator(".dv-shell .dv-status")


def test_nothing_leaves_the_machine(parts):
    assert parts.outside == []


def test_one_copy_of_plotly_s_script_serves_two_boards(parts):
    # Three figures on two boards; the script alone is 1.5 MB packed and 4.8 MB as it lies in the package.
    assert 1_400_000 < parts.loaded < 3_500_000


def test_axe_finds_nothing_serious(parts):
    assert find_faults(parts) == []
    parts.get_by_role("button", name="python").click()
    expect(parts.get_by_role("dialog")).to_be_visible()
    assert find_faults(parts) == []
    parts.keyboard.press("Escape")


@pytest.mark.parametrize("width", [1400, 900])
def test_nothing_scrolls_sideways_and_nothing_is_cut(parts, width, keep_screen):
    parts.set_viewport_size({"width": width, "height": 900})
    wide = "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
    parts.wait_for_function(f"!({wide})", timeout=WAIT)
    cut = parts.evaluate(
        """() => [...document.querySelectorAll(".dv :is(button, label, legend, h2, p, span, select)")]
            .filter((element) => !element.closest(".dv-unseen, dialog") && element.clientWidth > 0)
            .filter((element) => getComputedStyle(element).display !== "inline")
            .filter((element) => element.scrollWidth > element.clientWidth + 1)
            .map((element) => element.outerHTML)"""
    )
    keep_screen(parts, f"parts-{width}")
    parts.set_viewport_size({"width": 1400, "height": 900})
    assert cut == []


def test_columns_stand_side_by_side_and_stack_where_it_is_narrow(parts):
    def left(pane):
        return parts.locator(f".dv-shell .{pane}").bounding_box()["x"]

    assert left("dv-stage") < left("dv-controls") < left("dv-details")
    assert parts.locator(".dv-shell .dv-controls").bounding_box()["width"] <= 320
    parts.set_viewport_size({"width": 900, "height": 900})
    parts.wait_for_function("innerWidth === 900")
    expect(parts.locator(".dv-shell .dv-panes")).to_have_css("grid-template-columns", re.compile(r"^[\d.]+px$"))
    assert left("dv-stage") == left("dv-controls") == left("dv-details")
    parts.set_viewport_size({"width": 1400, "height": 900})


@pytest.mark.parametrize("width", [1400, 900])
def test_buttons_stand_beside_the_title_and_the_hint_keeps_to_one_line(parts, width):
    parts.set_viewport_size({"width": width, "height": 900})
    parts.wait_for_function(f"innerWidth === {width}")
    title, hint, buttons, fields = (
        parts.locator(f".dv-shell .dv-header {part}").bounding_box()
        for part in (".dv-heading h2", ".dv-heading p", ".dv-actions", ".dv-header-fields")
    )
    parts.set_viewport_size({"width": 1400, "height": 900})
    assert buttons["y"] <= title["y"] < buttons["y"] + buttons["height"] <= hint["y"] + 1
    assert title["x"] + title["width"] <= buttons["x"]
    assert hint["height"] < 2 * 15
    assert fields["y"] >= buttons["y"] + buttons["height"]


def test_screen_readers_hear_the_panes_by_name(parts):
    for pane in ("Stage", "Controls", "Details"):
        expect(parts.get_by_role("region", name=f"{pane}: Parts in their frame")).to_have_count(1)
    expect(parts.get_by_role("heading", name="Parts in their frame")).to_be_visible()


def test_buttons_are_high_enough_to_hit(parts):
    boxes = [button.bounding_box() for button in parts.locator(".dv button").all()]
    heights = [box["height"] for box in boxes if box]
    assert len(heights) > 10
    assert min(heights) >= 32


def test_the_question_mark_lists_the_keys_and_escape_closes(parts):
    parts.locator("body").click(position={"x": 3, "y": 3})
    parts.keyboard.press("?")
    keys = parts.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("move the slider that has the focus")
    parts.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    parts.get_by_role("button", name="Keys").click()
    expect(keys).to_be_visible()
    keys.get_by_role("button", name="Close").click()
    expect(keys).to_be_hidden()


def test_the_question_mark_is_a_letter_where_one_types(parts):
    answer = parts.get_by_role("textbox", name="Your answer")
    answer.fill("")
    answer.press("?")
    expect(answer).to_have_value("?")
    expect(parts.get_by_role("dialog", name="Keys")).to_be_hidden()
    answer.fill("")


def test_python_shows_the_line_and_copies_it(parts):
    box_of(parts, "Blur width").fill("0.72")
    box_of(parts, "Blur width").press("Enter")
    expect(said(parts)).to_contain_text("blur 0.72")
    parts.get_by_role("button", name="python").click()
    dialog = parts.get_by_role("dialog", name="The same in Python")
    expect(dialog.locator(".dv-code")).to_contain_text("'blur': 0.72")
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog).to_contain_text("Copied.")
    assert parts.evaluate("navigator.clipboard.readText()") == dialog.locator(".dv-code").inner_text()
    parts.keyboard.press("Escape")


def test_save_hands_over_a_file(parts):
    with parts.expect_download() as download:
        parts.get_by_role("button", name="save").click()
    assert download.value.suggested_filename == "parts.txt"
    assert download.value.path().read_text() == "blur 0.3"


def test_parts_whose_scripts_arrive_late_still_listen_to_the_kernel(browser, suite):
    context = browser.new_context()
    context.add_init_script(SLOW)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(suite + "/voila/render/dev_parts.ipynb", wait_until="domcontentloaded", timeout=90_000)
    blur = page.get_by_role("slider", name="Blur width")
    expect(blur).to_have_value("0.3", timeout=90_000)
    blur.press("ArrowRight")
    expect(said(page)).to_contain_text("blur 0.31")
    assert errors == []
    context.close()
