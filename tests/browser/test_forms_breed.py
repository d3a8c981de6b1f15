"""Chapter 3's page in a browser: select, evolve, undo, publish, reload, download, and what a read-only page says."""

import base64
import io
import re
import time

import nbformat
import numpy as np
import pytest
import trimesh
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image
from playwright.sync_api import expect

from tests.browser.seeing import find_faults

PATH = "/voila/render/03_forms.ipynb"
READ = """(stage) => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() =>
    resolve(stage.querySelector("canvas").toDataURL()))))"""
ALL_DRAWN = re.compile(r"^[1-9]\d*(,[1-9]\d*){14}$")
WAIT = 60_000
BRIGHT = 150  # of a grey value: shapes are, the stage is not


@pytest.fixture(scope="module")
def page(open_for_module):
    """The page of chapter 3 in a browser that never was there."""
    page = open_for_module(PATH, camera=False)
    expect(stage(page)).to_have_attribute("data-drawn", ALL_DRAWN, timeout=WAIT)
    return page


def shell(page):
    """Return the dashboard."""
    return page.locator(".dv-shell").filter(has=page.get_by_role("radio", name="Family tree"))


def stage(page):
    """Return the stage with fifteen places."""
    return shell(page).get_by_role("listbox", name="Fifteen shapes")


def place(page, number):
    """Return one of the fifteen shapes."""
    return stage(page).get_by_role("option", name=re.compile(rf"^Shape {number}\b"))


def click(page, number, times=1):
    """Click in the middle of a place."""
    box = stage(page).bounding_box()
    side = min(box["width"] / 5, box["height"] / 3)
    column, row = (number - 1) % 5, (number - 1) // 5
    at = {"x": box["width"] / 2 + (column - 2) * side, "y": box["height"] / 2 + (row - 1) * side}
    stage(page).click(position=at, click_count=times)


def pixels(page):
    """Return what the stage shows, as grey values: (height, width), int."""
    encoded = stage(page).evaluate(READ).split(",")[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("L")).astype(int)


def count_drawn(picture):
    """Return in how many of the fifteen places there is something."""
    height, width = picture.shape
    side = min(width / 5, height / 3)
    left, top = (width - 5 * side) / 2, (height - 3 * side) / 2
    parts = [
        picture[int(top + row * side) : int(top + (row + 1) * side), int(left + column * side) :][:, : int(side)]
        for row in range(3)
        for column in range(5)
    ]
    return sum((part > BRIGHT).sum() > 20 for part in parts)


def wait_for(page, condition, what):
    """Wait until condition(picture) holds for what the stage shows, and return that picture."""
    end = time.monotonic() + WAIT / 1000
    while not condition(picture := pixels(page)):
        assert time.monotonic() < end, what
        page.wait_for_timeout(50)
    return picture


def evolve(page, generation):
    """Press Evolve and return the picture of that generation when all of it is drawn."""
    before = stage(page).get_attribute("data-drawn")
    shell(page).get_by_role("button", name=re.compile("^Evolve")).click()
    return wait_for_generation(page, generation, before)


def wait_for_generation(page, generation, before):
    """Wait until a generation is drawn after what was before, and return its picture."""
    expect(shell(page).get_by_text(f"{generation}.", exact=True)).to_be_visible()
    expect(stage(page)).not_to_have_attribute("data-drawn", before)
    expect(stage(page)).to_have_attribute("data-drawn", ALL_DRAWN)
    return wait_for(page, lambda picture: count_drawn(picture) == 15, "not all fifteen shapes were drawn")


def test_fifteen_shapes_stand_there_and_one_line_says_what_to_do(page):
    expect(shell(page).get_by_text("Click the shapes that you like")).to_be_visible()
    expect(shell(page).get_by_role("button", name="Evolve", exact=True)).to_be_visible()
    wait_for(page, lambda picture: count_drawn(picture) == 15, "not all fifteen shapes were drawn")
    assert page.outside == []


def test_clicks_and_keys_select_evolve_brings_children_and_undo_the_same_picture(page):
    click(page, 2)
    expect(place(page, 2)).to_have_attribute("aria-selected", "true")
    for key in ("ArrowRight", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(place(page, 8)).to_have_attribute("aria-selected", "true")
    expect(shell(page).get_by_role("button", name="Evolve 2 selected")).to_be_visible()
    first = pixels(page)
    second = evolve(page, "Generation 1")
    assert (np.abs(second - first) > 40).mean() > 0.01
    click(page, 8)
    before = stage(page).get_attribute("data-drawn")
    expect(shell(page).get_by_role("button", name="Evolve 1 selected")).to_be_visible()
    page.keyboard.press("Enter")
    wait_for_generation(page, "Generation 2", before)
    for generation in ("Generation 1", "The first generation"):
        before = stage(page).get_attribute("data-drawn")
        shell(page).get_by_role("button", name="Undo").click()
        wait_for_generation(page, generation, before)
    expect(place(page, 2)).to_have_attribute("aria-selected", "true")
    wait_for(page, lambda picture: (np.abs(picture - first) > 40).mean() < 0.001, "undo brought another picture")
    assert page.errors == []


def test_where_the_time_goes_is_told(page):
    evolve(page, "Generation 1")
    expect(
        shell(page).get_by_text(re.compile(r"\d+ ms of work in Python, drawn \d+ ms after the click"))
    ).to_be_visible()
    shell(page).get_by_role("button", name="Where the time goes").click()
    table = shell(page).get_by_role("table").filter(has_text="Figure 3.3")
    expect(table.get_by_role("row")).to_have_count(9)
    shell(page).get_by_role("button", name="Where the time goes").click()


@pytest.mark.parametrize("width", [900, 1400])
def test_nothing_scrolls_sideways_and_everything_has_a_name(page, keep_screen, width):
    page.set_viewport_size({"width": width, "height": 900})
    shell(page).evaluate("(shell) => { shell.id = 'breeding'; shell.scrollIntoView(); }")
    assert shell(page).evaluate("(shell) => shell.scrollWidth <= shell.clientWidth")
    box = shell(page).bounding_box()
    assert box["x"] + box["width"] <= width
    assert find_faults(page, "#breeding") == []
    keep_screen(page, f"forms-breed-{width}")


def test_an_opened_shape_is_published_once_and_its_file_is_closed(page, keep_screen):
    click(page, 8, times=2)
    opened = shell(page)
    expect(opened.get_by_role("application", name=re.compile("^Shape 8 of .*, large"))).to_be_visible()
    opened.get_by_role("button", name="Publish for all").click()
    expect(opened.get_by_role("alert").filter(has_text="The name is missing")).to_be_visible()
    opened.get_by_label("Name", exact=True).fill("<b>Lámpara</b> 🪔")
    opened.get_by_label("Tags").fill("lamp,")
    opened.get_by_role("button", name="Publish for all").dblclick()
    expect(opened.get_by_text("Published: everybody sees it").first).to_be_visible()
    expect(opened.get_by_role("heading", name="<b>Lámpara</b> 🪔")).to_be_visible()
    expect(opened.get_by_role("button", name="Publish for all")).to_be_hidden()
    with page.expect_download() as download:
        opened.get_by_role("button", name="STL").click()
    solid = trimesh.load(io.BytesIO(download.value.path().read_bytes()), file_type="stl")
    solid.merge_vertices()
    assert solid.is_watertight
    assert solid.extents[2] == pytest.approx(100, rel=1e-3)
    assert "forms.shape=" in page.url
    keep_screen(page, "forms-opened-1400")


def test_a_reload_opens_the_shape_again_and_brings_back_the_breeding(page):
    before = page.url
    page.reload(wait_until="domcontentloaded")
    opened = shell(page)
    expect(opened.get_by_role("heading", name="<b>Lámpara</b> 🪔")).to_be_visible(timeout=WAIT)
    assert page.url == before
    opened.get_by_role("button", name="Back").click()
    expect(opened.get_by_text("Generation 1.", exact=True)).to_be_visible()
    wait_for(page, lambda picture: count_drawn(picture) == 15, "not all fifteen shapes were drawn")
    expect(opened.get_by_role("button", name=re.compile("^first"))).to_be_visible()


def test_a_hostile_link_is_told_and_the_page_lives_on(page):
    page.evaluate("location.hash = '#forms.shape=' + encodeURIComponent('<img src=x onerror=alert(1)>')")
    expect(shell(page).get_by_role("alert").filter(has_text="shape must be the id of a shape")).to_be_visible()
    click(page, 3)
    expect(shell(page).get_by_role("button", name="Evolve 1 selected")).to_be_visible()
    assert page.errors == []
    assert page.outside == []


def test_a_read_only_page_breeds_and_says_why_nothing_can_be_kept(serve, open_for_module, tmp_path):
    alone = new_notebook(cells=[new_code_cell("from nbutils.forms.dashboards import forms\n\nforms()")])
    nbformat.write(alone, tmp_path / "alone.ipynb")
    address = serve("--notebooks", str(tmp_path), "--publish", "--visitors", "1")
    page = open_for_module(address + "/voila/render/alone.ipynb", camera=False)
    expect(stage(page)).to_have_attribute("data-drawn", ALL_DRAWN, timeout=WAIT)
    click(page, 5)
    evolve(page, "Generation 1")
    expect(shell(page).get_by_text("This page is read-only: what you breed is here until you leave it")).to_be_visible()
    click(page, 5, times=2)
    expect(shell(page).get_by_text("To keep, publish or rate, open the suite on your own computer")).to_be_visible()
    expect(shell(page).get_by_role("button", name="Publish for all")).to_be_hidden()
    with page.expect_download() as download:
        shell(page).get_by_role("button", name="network (JSON)").click()
    assert download.value.suggested_filename.endswith(".json")
