"""Chapter 4's spheres, filters and samples in three dimensions, on its page beside the run that they follow."""

import base64
import io
import re
import time

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.seeing import find_faults

WAIT = 60_000
BACKGROUND = (20, 22, 26)
READ = """(stage) => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() =>
    resolve(stage.querySelector("canvas").toDataURL()))))"""


@pytest.fixture(scope="module")
def page(open_for_module):
    """The page of chapter 4, its stage in sight and drawn."""
    page = open_for_module("/voila/render/04_rbm.ipynb", camera=False)
    stage = page.locator(".dv-stage3")
    expect(stage).to_have_count(1, timeout=WAIT)
    stage.scroll_into_view_if_needed()
    expect(stage).not_to_have_attribute("data-painted", "0", timeout=WAIT)
    return page


@pytest.fixture
def space(page):
    """The dashboard, as it was opened."""
    shell = page.locator(".dv-shell").filter(has=page.locator(".dv-stage3"))
    shell.get_by_role("button", name="Reset").click()
    expect(shell.locator(".dv-stage-label").first).to_contain_text("voxels")
    return shell


def pixels(shell):
    """Return what the canvas shows: (height, width, 3), int."""
    encoded = shell.locator(".dv-stage3").evaluate(READ).split(",")[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")).astype(int)


def wait_for_pixels(shell, condition):
    """Wait until condition(picture) holds for what the canvas shows, and return that picture."""
    end = time.monotonic() + WAIT / 1000
    while not condition(picture := pixels(shell)):
        assert time.monotonic() < end, "the picture never came"
        shell.page.wait_for_timeout(50)
    return picture


def differs(before, share):
    """Return the condition that so large a share of the pixels is another colour than before."""
    return lambda picture: (np.abs(picture - before).sum(-1) > 40).mean() > share


def oranges(picture):
    """Return the share of orange pixels."""
    return (picture[..., 0] > picture[..., 2] + 60).mean()


def drawn(picture):
    """Return the share of pixels that are far brighter than the background, which outlines are not."""
    return (picture.sum(-1) > sum(BACKGROUND) + 120).mean()


def choose(shell, view, label):
    shell.get_by_role("radio", name=view).check(force=True)
    expect(shell.locator(".dv-stage-label").first).to_contain_text(label)


def test_spheres_stand_in_a_grid_and_turn_by_keys(space, page):
    expect(space.locator(".dv-stage-label")).to_have_count(24)
    before = wait_for_pixels(space, lambda picture: 0.01 < drawn(picture) < 0.4)
    space.locator(".dv-stage3").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    turned = wait_for_pixels(space, differs(before, 0.01))
    assert 0.01 < drawn(turned) < 0.4


def test_filters_are_orange_fewer_with_a_higher_threshold_and_tell_of_the_unit_that_is_clicked(space):
    choose(space, "Filters", "unit")
    orange = oranges(wait_for_pixels(space, lambda picture: oranges(picture) > 0.05))
    space.get_by_role("spinbutton", name="Threshold").fill("0.8")
    space.get_by_role("spinbutton", name="Threshold").press("Enter")
    expect(space.get_by_text("below 80% of its own")).to_be_visible()
    wait_for_pixels(space, lambda picture: 0 < oranges(picture) < orange / 2)
    label = space.locator(".dv-stage-label").nth(3).text_content()
    box, first = space.locator(".dv-stage3").bounding_box(), space.locator(".dv-stage-label").nth(3).bounding_box()
    at = {"x": first["x"] - box["x"] + first["width"] / 2, "y": first["y"] - box["y"] + first["height"] / 2}
    space.locator(".dv-stage3").click(position=at)
    expect(space.get_by_text(f"Hidden {label}:")).to_be_visible()


def test_samples_tell_how_round_they_are_and_play_as_a_film(space, page):
    choose(space, "Samples", "0 · 1.00")
    expect(space.get_by_text("How round?")).to_be_visible(timeout=WAIT)
    assert float(re.search(r"median (0\.\d+|1\.00)", space.inner_text())[1]) > 0.5
    space.get_by_label("Shown as").select_option(label="a film")
    film = space.get_by_role("group", name="Film")
    expect(film).to_contain_text("Frame 1 of 24: sweep 0, overlap 1.00", timeout=WAIT)
    first = pixels(space)
    film.get_by_role("button", name="Step forward").click()
    expect(film).to_contain_text("Frame 2 of 24: sweep 10")
    expect(space.locator(".dv-stage3")).to_have_attribute("data-frame", "1")
    wait_for_pixels(space, differs(first, 0.001))
    film.get_by_role("button", name="Play").click()
    expect(film).to_contain_text(re.compile(r"Frame ([6-9]|1\d|2\d) of"))
    assert page.outside == []


@pytest.mark.parametrize("width", [1400, 900])
def test_nothing_scrolls_sideways_and_everything_has_a_name(space, page, keep_screen, width):
    page.set_viewport_size({"width": width, "height": 900})
    choose(space, "Samples", "0 · 1.00")
    assert space.evaluate("(shell) => shell.scrollWidth <= shell.clientWidth")
    box = space.bounding_box()
    assert box["x"] + box["width"] <= width
    wait_for_pixels(space, lambda picture: 0.005 < drawn(picture) < 0.4)
    space.evaluate("(shell) => { shell.id = 'in-space'; shell.scrollIntoView(); }")
    assert find_faults(page, "#in-space") == []
    keep_screen(page, f"space-{width}")


def test_filters_follow_the_run_above_once_it_is_trained(space, page):
    page.set_viewport_size({"width": 1400, "height": 900})
    choose(space, "Filters", "unit")
    before = pixels(space)
    page.get_by_role("button", name="Start training").click()
    space.locator(".dv-stage3").scroll_into_view_if_needed()
    expect(space.get_by_label("Machine")).to_have_value("0", timeout=WAIT)
    expect(space.locator(".dv-stage-label").first).to_contain_text("unit")
    page.get_by_role("button", name="Stop", exact=True).first.click()
    wait_for_pixels(space, differs(before, 0.01))
    assert page.errors == []
    assert page.outside == []
