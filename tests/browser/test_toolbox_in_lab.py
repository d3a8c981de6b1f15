"""The main path of chapter 6 in JupyterLab: the same notebook, the same toolbox, the same camera."""

import re

import pytest
from playwright.sync_api import expect

WAIT = 90_000
WALL = ".dv-channels .dv-wall"


@pytest.fixture(scope="module")
def notebook(browser, lab):
    """Chapter 6, opened in Lab through a link and run."""
    context = browser.new_context(viewport={"width": 1600, "height": 3200}, permissions=["camera"])
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    fragment = "#toolbox.layer=block17.project_norm&toolbox.channel=7"
    page.goto(lab.replace("/lab?", "/lab/workspaces/chapter6/tree/06_deepvis.ipynb?") + fragment, timeout=WAIT)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=WAIT)
    idle = page.get_by_text("Python 3 (ipykernel) | Idle")
    expect(idle).to_be_visible(timeout=WAIT)
    page.get_by_role("menuitem", name="Run").click()
    page.get_by_text("Run All Cells", exact=True).click()
    expect(page.locator(".dv-exercise")).to_have_count(6, timeout=WAIT)
    expect(idle).to_be_visible(timeout=WAIT)
    page.locator(".dv-shell").first.scroll_into_view_if_needed()
    yield page
    context.close()


def test_a_link_restores_the_view_in_lab(notebook):
    expect(notebook.locator(".dv-details h3").first).to_have_text("block 17 project norm · channel 7")
    assert notebook.errors == []


def test_keys_and_layers_work_as_in_voila(notebook):
    notebook.locator(WALL).press("ArrowRight")
    expect(notebook.locator(".dv-details h3").first).to_have_text("block 17 project norm · channel 8")
    notebook.locator(WALL).press("PageDown")
    expect(notebook.locator(".dv-stage h3").first).to_contain_text("last convolution: 1280 channels")
    notebook.wait_for_function("location.hash.includes('toolbox.layer=last')")


def test_the_camera_is_answered_live_in_lab(notebook, keep_screen):
    notebook.locator(".dv-controls").get_by_text("Camera", exact=True).first.click()
    expect(notebook.get_by_label("the network's five best guesses", exact=True)).to_contain_text(
        re.compile("tabby|tiger cat|Egyptian cat")
    )
    expect(notebook.locator(".dv-shell").first).to_contain_text("frames/s")
    before = notebook.evaluate(f"Number(document.querySelector('{WALL}').dataset.painted)")
    notebook.wait_for_function(
        f"before => Number(document.querySelector('{WALL}').dataset.painted) > before + 10", arg=before
    )
    keep_screen(notebook, "toolbox_in_lab")
    notebook.locator(".dv-controls").get_by_text("Photographs", exact=True).first.click()
    assert notebook.errors == []
