"""Controls that are moved, and the address that keeps what they say."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect


def range_of(page, name):
    return page.get_by_role("slider", name=name, exact=True)


def box_of(page, name):
    return page.get_by_role("spinbutton", name=f"{name}, as a number")


def said(page):
    """Return the status line of the shell."""
    return page.locator(".dv-shell .dv-status")


def test_a_slider_obeys_the_keyboard(parts):
    range_of(parts, "Blur width").focus()
    parts.keyboard.press("ArrowRight")
    expect(said(parts)).to_contain_text("blur 0.31")
    expect(box_of(parts, "Blur width")).to_have_value("0.31")


def test_a_number_beyond_the_range_is_brought_back(parts):
    box = box_of(parts, "Steps")
    box.fill("5000")
    box.press("Enter")
    expect(said(parts)).to_contain_text("steps 64")
    expect(box).to_have_value("64")
    expect(range_of(parts, "Steps")).to_have_value("64")


def test_a_slider_that_waits_tells_on_release(parts):
    expect(said(parts)).to_contain_text("steps 8")
    parts.locator(".dv-shell").scroll_into_view_if_needed()
    box = range_of(parts, "Steps").bounding_box()
    parts.mouse.move(box["x"] + box["width"] * 0.13, box["y"] + box["height"] / 2)
    parts.mouse.down()
    parts.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] / 2, steps=5)
    shown = box_of(parts, "Steps").input_value()
    assert 25 < int(shown) < 40
    assert "steps 8" in said(parts).inner_text()
    parts.mouse.up()
    expect(said(parts)).to_contain_text(f"steps {shown}")


def test_choices_segments_and_switches_tell_what_was_chosen(parts):
    parts.get_by_label("Layer").select_option(label="the last one")
    expect(said(parts)).to_contain_text("layer conv5")
    parts.get_by_role("radio", name="photographs").check(force=True)
    expect(said(parts)).to_contain_text("source photographs")
    parts.keyboard.press("ArrowRight")
    expect(said(parts)).to_contain_text("source upload")
    parts.get_by_role("switch", name="Mirror").focus()
    parts.keyboard.press("Space")
    expect(said(parts)).to_contain_text("mirror False")
    expect(parts.locator("optgroup")).to_have_count(2)


def test_a_button_is_pressed(parts):
    parts.get_by_role("button", name="Measure").click()
    expect(said(parts)).to_contain_text("43 frames/s")


def test_a_link_restores_the_view_in_another_page(parts, opened):
    box_of(parts, "Blur width").fill("0.64")
    box_of(parts, "Blur width").press("Enter")
    parts.get_by_label("Layer").select_option(label="conv2")
    expect(said(parts)).to_contain_text("blur 0.64, steps 8, layer conv2")
    parts.get_by_role("button", name="link", exact=True).click()
    expect(parts.locator(".dv-link")).to_contain_text("Link copied.")
    address = parts.evaluate("navigator.clipboard.readText()")
    assert urlsplit(address).fragment == urlsplit(parts.url).fragment
    second = opened(address)
    expect(said(second)).to_contain_text("blur 0.64, steps 8, layer conv2", timeout=90_000)
    expect(range_of(second, "Blur width")).to_have_value("0.64")
    assert second.errors == []
    second.context.close()


def test_an_address_edited_by_hand_is_read(parts):
    parts.evaluate("location.hash = '#heading&other.blur=0.9&parts.blur=0.11&parts.layer=conv5'")
    expect(said(parts)).to_contain_text("blur 0.11, steps 8, layer conv5")
    assert "other.blur=0.9" in urlsplit(parts.url).fragment


def test_an_address_that_has_just_come_is_not_written_over(parts):
    unheard = "addEventListener('hashchange', (event) => event.stopImmediatePropagation(), {capture: true, once: true})"
    parts.evaluate(f"{unheard}; location.hash = '#parts.blur=0.37&parts.layer=conv2'")
    range_of(parts, "Blur width").focus()
    parts.keyboard.press("ArrowLeft")
    # The step of the key comes before the address is heard, or after it.
    expect(said(parts)).to_contain_text(re.compile(r"blur 0\.3[67], steps 8, layer conv2"))


@pytest.mark.parametrize(
    "fragment",
    [
        "parts.blur=%ZZ&parts.layer=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
        "parts.blur=" + "9" * 5_000,
        "&".join(f"parts.a{number}=1" for number in range(200)),
        "parts.__class__=1&parts.=2&=3&&&parts",
    ],
    ids=["markup", "long", "many", "odd"],
)
def test_a_hostile_address_leaves_the_page_alive(parts, fragment):
    parts.evaluate("fragment => { location.hash = fragment; }", fragment)
    range_of(parts, "Blur width").focus()
    parts.keyboard.press("ArrowLeft")
    expect(said(parts)).to_contain_text("blur 0.29")
    assert parts.locator(".dv-shell img").count() == 0
