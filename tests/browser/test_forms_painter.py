"""The painter as a visitor uses it: weights, zoom, mutants and keys change what is painted."""

import re
from contextlib import suppress

import nbformat
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.seeing import find_faults

CELL = "from nbutils.forms.dashboards import painter\npainter(seed=3)"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


@pytest.fixture(scope="module")
def painter(serve, open_for_module, tmp_path_factory):
    """A page that holds the painter and nothing else."""
    folder = tmp_path_factory.mktemp("painter")
    cells = [nbformat.v4.new_code_cell(CELL)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), folder / "painter.ipynb")
    page = open_for_module(serve("--notebooks", str(folder)) + "/voila/render/painter.ipynb", wait=".dv-wall canvas")
    expect(mutants(page)).to_have_count(9)
    return page


def mutants(page: Page):
    return page.get_by_role("list", name="Nine mutants").get_by_role("button", name="Mutant")


# The colours of the picture in 8 x 6 places.
PIXELS = """() => {
  const canvas = document.querySelector(".dv-wall canvas"), found = [];
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 0; i < 48; i++) {
    const x = Math.floor((((i % 8) + 0.5) / 8) * canvas.width);
    const y = Math.floor(((Math.floor(i / 8) + 0.5) / 6) * canvas.height);
    found.push(...data.subarray(4 * (y * canvas.width + x)).slice(0, 3));
  }
  return found;
}"""
NEAR = 16  # of 255: as far as the same picture may be from itself when the page gives it another size


def painted(page: Page) -> list[int]:
    return page.evaluate(PIXELS)


def wait_for(page: Page, picture: list[int], *, again: bool = False) -> None:
    """Wait until something else than this picture is painted, or this one again."""
    same = f"({PIXELS})().every((colour, place) => Math.abs(colour - picture[place]) < {NEAR})"
    page.wait_for_function(f"([picture, again]) => ({same}) === again", arg=[picture, again])


def reset(page: Page) -> None:
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_role("slider", name="Zoom")).to_have_value("0")


def test_a_picture_is_painted_in_many_colours(painter, keep_screen):
    assert len({tuple(painted(painter)[place : place + 3]) for place in range(0, 144, 3)}) > 20
    expect(painter.get_by_role("img", name="what the network paints")).to_be_visible()
    keep_screen(painter, "painter")


def test_keys_on_the_slider_of_the_selected_link_change_the_picture_and_undo_brings_it_back(painter):
    before = painted(painter)
    painter.get_by_role("slider", name="x to green").press("Home")
    wait_for(painter, before)
    undo = painter.get_by_role("button", name="Undo")
    expect(undo).to_be_enabled()
    undo.click()
    wait_for(painter, before, again=True)
    expect(undo).to_be_disabled()


def test_the_slider_is_that_of_the_link_that_keys_select_in_the_drawing(painter):
    drawing, told = painter.get_by_role("application"), painter.locator(".dv-diagram-said")
    drawing.focus()
    links = set()
    for key in ("ArrowUp", "ArrowRight", "ArrowDown"):
        drawing.press(key)
        expect(told).not_to_contain_text("Link from")
        drawing.press("Enter")
        expect(told).to_contain_text("Link from")
        link = re.match(r"Link from (\w+ to \w+),", told.inner_text())[1]
        expect(painter.get_by_role("slider", name=link)).to_be_enabled()
        links.add(link)
    assert len(links) > 1


def test_zoom_paints_a_part_anew_and_stands_in_the_address(painter):
    before = painted(painter)
    painter.get_by_role("spinbutton", name="Zoom").fill("25")
    painter.get_by_role("spinbutton", name="Zoom").press("Enter")
    wait_for(painter, before)
    expect(painter).to_have_url(re.compile(r"#.*painter\.zoom=25\b"))
    reset(painter)
    expect(painter).not_to_have_url(re.compile("painter.zoom"))
    wait_for(painter, before, again=True)


def test_a_mutant_is_opened_by_keys_and_paints(painter):
    before, told = painted(painter), painter.get_by_text("Mutant 2 paints now")
    for _ in range(5):  # the mutants of the reset before may still be on their way and take the focus with them
        mutants(painter).first.focus()
        painter.keyboard.press("ArrowRight")
        painter.keyboard.press("Enter")
        with suppress(AssertionError):
            expect(told).to_be_visible(timeout=5_000)
            break
    expect(told).to_be_visible()
    wait_for(painter, before)
    expect(painter).to_have_url(re.compile(r"#.*painter\.network="))
    reset(painter)
    wait_for(painter, before, again=True)


def test_all_weights_have_sliders_in_a_fold(painter):
    fold = painter.get_by_role("button", name="Sliders on all weights")
    before, few = painted(painter), painter.get_by_role("slider").count()
    fold.click()
    slider = painter.get_by_role("slider", name="bias to blue").last
    expect(slider).to_be_visible()
    assert painter.get_by_role("slider").count() > few + 5
    slider.press("Home")
    wait_for(painter, before)
    reset(painter)
    fold.click()
    wait_for(painter, before, again=True)


def test_the_picture_is_saved_as_a_png_of_the_chosen_size(painter):
    painter.get_by_role("radio", name="640 × 480").check(force=True)
    with painter.expect_download() as saved:
        painter.get_by_role("button", name="Save as PNG").click()
    assert saved.value.suggested_filename == "painting_480.png"
    with Image.open(saved.value.path()) as picture:
        assert (picture.format, picture.size) == ("PNG", (640, 480))


@pytest.mark.parametrize("width", [1400, 900])
def test_nothing_scrolls_sideways_and_axe_finds_nothing_serious(painter, keep_screen, width):
    painter.set_viewport_size({"width": width, "height": 900})
    assert painter.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert find_faults(painter, ".dv-shell") == []
    keep_screen(painter, f"painter-{width}")
    assert painter.errors == []
    assert painter.outside == []
