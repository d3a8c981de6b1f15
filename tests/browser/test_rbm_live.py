"""The training dashboard as a visitor uses it: plots that move, a rate that acts, Stop, files, links, the keyboard."""

import re
import time
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from nbutils.boltzmann.files import read_machine
from tests.browser.seeing import find_faults, stop

pytestmark = pytest.mark.alone

CHAPTER = "/voila/render/04_rbm.ipynb"
FEW = "#training.data_number=4000&training.hidden=100&training.epochs=10000&training.rate_on=sum"


@pytest.fixture(scope="module")
def chapter(open_for_module):
    """The chapter's page with a dashboard that trains a small machine for a long time."""
    page = open_for_module(CHAPTER + FEW)
    expect(box(page, "Hidden units")).to_have_value("100", timeout=60_000)
    return page


def live(page: Page):
    return page.locator(".dv-shell").filter(has=page.get_by_role("button", name="Start training", exact=True))


def box(page: Page, name: str):
    return live(page).get_by_label(f"{name}, as a number", exact=True)


def button(page: Page, name: str):
    return live(page).get_by_role("button", name=name, exact=True)


def heading(page: Page):
    return live(page).get_by_role("heading", name=re.compile("^Spheres"))


def line(page: Page):
    return live(page).locator(".dv-job-line").first


def update(page: Page) -> int:
    found = re.search(r"update (\d+)", line(page).inner_text())
    return int(found[1]) if found else 0


def picture(page: Page, label: str) -> str:
    """The pixels of the first wall whose label begins so."""
    return (
        live(page)
        .locator(f"[aria-label^='{label}'] canvas, canvas[aria-label^='{label}']")
        .first.evaluate("canvas => canvas.toDataURL()")
    )


def wait_until(page: Page, condition, seconds=60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        page.wait_for_timeout(50)


def noise(seed: int) -> bytes:
    """A small picture of noise, as the bytes of a PNG file."""
    file = BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (30, 40, 3), np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_the_page_opens_full(chapter, keep_screen):
    expect(heading(chapter)).to_contain_text("epoch 45 of 45")
    expect(live(chapter)).to_contain_text("trained beforehand with the rate on the sum")
    expect(live(chapter)).to_contain_text("After epoch 45")
    expect(live(chapter).get_by_role("img", name=re.compile("^Reconstruction error"))).to_be_visible()
    expect(live(chapter)).to_contain_text("Healthy after 45 epochs")
    keep_screen(chapter, "rbm-live-opened")


def test_the_plots_move_while_it_trains_and_time_left_is_told(chapter, keep_screen):
    button(chapter, "Start training").click()
    expect(heading(chapter)).to_contain_text(re.compile(r"epoch [1-9]\d* of 10000"))
    expect(line(chapter)).to_contain_text(re.compile(r"update \d+ of 2000000, .* left"))
    error = live(chapter).get_by_role("img", name=re.compile("^Reconstruction error"))
    said, hidden = error.get_attribute("aria-label"), picture(chapter, "hidden probabilities")
    wait_until(chapter, lambda: error.get_attribute("aria-label") != said)
    wait_until(chapter, lambda: picture(chapter, "hidden probabilities") != hidden)
    filters = live(chapter).get_by_text("3 Filters")
    filters.scroll_into_view_if_needed()
    before = picture(chapter, "filters")
    wait_until(chapter, lambda: picture(chapter, "filters") != before)
    keep_screen(chapter, "rbm-live")


def test_a_rate_changed_in_the_run_acts_and_marks_the_curves(chapter):
    box(chapter, "Learning rate").fill("0.02")
    box(chapter, "Learning rate").press("Enter")
    expect(live(chapter)).to_contain_text(re.compile(r"Changed on the way: learning rate 0.02 from update [\d,]+"))
    wait_until(chapter, lambda: re.search(r"training.changes=.*rate.*0\.02", chapter.url))
    marked = live(chapter).get_by_role("img", name=re.compile("learning rate 0.001 to 0.02"))
    expect(marked.first).to_be_visible()
    expect(live(chapter).locator(".dv-figure text", has_text="learning rate 0.001 to 0.02").first).to_be_attached()


def test_stop_acts_within_half_a_second_and_continue_goes_on(chapter):
    seconds = []
    for _ in range(4):  # on a busy computer the kernel may have to wait for its turn
        seconds.append(stop(live(chapter)))
        at = update(chapter)
        button(chapter, "Continue").click()
        wait_until(chapter, lambda at=at: update(chapter) > at)
    stop(live(chapter))
    assert min(seconds) < 0.5


def test_an_epoch_is_stepped_with_the_keyboard(chapter):
    epoch = int(re.search(r"epoch (\d+) of", heading(chapter).inner_text())[1])
    button(chapter, "Step an epoch").press("Enter")
    expect(heading(chapter)).to_contain_text(f"epoch {epoch + 1} of")
    expect(button(chapter, "Continue")).to_be_enabled()
    assert update(chapter) == 200 * (epoch + 1)


def test_weights_and_curves_are_saved(chapter, tmp_path):
    with chapter.expect_download() as saved:
        button(chapter, "Save the weights").click()
    machine, settings = read_machine(saved.value.path().read_bytes())
    assert (machine.visible, machine.hidden) == (1000, 100)
    assert settings.changes[0][1:] == ("rate", 0.02)
    with chapter.expect_download() as saved:
        button(chapter, "Save the curves").click()
    assert saved.value.path().read_text().startswith("epoch,update,")


def test_a_run_is_kept_and_compared(chapter):
    button(chapter, "Keep this run").click()
    expect(live(chapter).get_by_label("Compare with")).to_have_value("3")
    button(chapter, "Start training").click()
    expect(live(chapter).locator(".legendtext", has_text="this run").first).to_be_attached()
    expect(live(chapter).locator(".legendtext", has_text="kept: rate 0.001 sum, CD-1, changed").first).to_be_attached()
    stop(live(chapter))


def test_folds_open_with_the_keyboard_and_are_drawn_then(chapter):
    fold = live(chapter).get_by_role("button", name="More monitors")
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.press("Enter")
    expect(live(chapter).get_by_role("img", name=re.compile("gap")).first).to_be_visible()
    live(chapter).get_by_role("button", name=re.compile("timeline")).press("Enter")
    expect(live(chapter).get_by_role("cell", name=re.compile("^Hidden probability plot gray"))).to_be_visible()


def test_a_bad_file_of_ones_own_is_a_sentence_and_a_good_one_is_learned_from(chapter):
    live(chapter).get_by_role("button", name=re.compile("Examples$")).click()
    field = live(chapter).locator(".dv-drop input[type=file]")
    field.set_input_files({"name": "mine.npy", "mimeType": "application/octet-stream", "buffer": b"no numbers at all"})
    said = live(chapter).locator(".dv-drop [role=status]")
    expect(said).to_contain_text("Error: mine.npy")
    field.set_input_files({"name": "mine.txt", "mimeType": "text/plain", "buffer": b"1 2 3"})
    expect(said).to_contain_text("mine.txt is not taken: choose a file that ends in .npy")
    expect(heading(chapter)).to_be_visible()
    files = [{"name": f"{seed}.png", "mimeType": "image/png", "buffer": noise(seed)} for seed in range(24)]
    field.set_input_files(files)
    expect(said).to_contain_text("24 pictures: 22 examples of 784 numbers. Press Start.")
    expect(live(chapter).get_by_label("Learns from")).to_have_value("4")


def test_a_link_from_elsewhere_sets_data_and_training(chapter):
    chapter.evaluate(
        "location.hash = '#training.data_grid=6&training.data_number=500&training.hidden=24&training.epochs=2'"
    )
    expect(box(chapter, "Hidden units")).to_have_value("24")
    expect(live(chapter)).to_contain_text("What you see was trained with other settings")
    button(chapter, "Start training").click()
    expect(line(chapter)).to_contain_text("Done: update 50 of 50")
    expect(heading(chapter)).to_contain_text("Spheres in 6³ voxels")


def test_a_hostile_link_is_a_sentence_and_nothing_typed_is_lost(chapter):
    chapter.evaluate("location.hash = '#training.hidden=99999&training.rate=%3Cscript%3E'")
    expect(live(chapter).locator(".dv-error").first).to_contain_text("rate cannot be read")
    expect(box(chapter, "Hidden units")).to_have_value("24")


def test_reset_brings_the_stored_run_back(chapter):
    button(chapter, "Reset").click()
    expect(heading(chapter)).to_contain_text("epoch 45 of 45")
    expect(box(chapter, "Hidden units")).to_have_value("400")


def test_no_request_left_and_nothing_failed(chapter):
    assert chapter.errors == []
    assert chapter.outside == []


@pytest.mark.parametrize("width", [1400, 900])
def test_nothing_scrolls_sideways_and_axe_finds_nothing_serious(chapter, width):
    chapter.set_viewport_size({"width": width, "height": 900})
    chapter.wait_for_function(f"innerWidth === {width}")
    chapter.wait_for_function("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert find_faults(chapter, ".dv-shell:has(.dv-quarters)") == []
