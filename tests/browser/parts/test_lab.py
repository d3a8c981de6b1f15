"""The parts in JupyterLab: the same looks and answers, the link in Lab's address, keys that stay with the parts."""

import pytest
from playwright.sync_api import expect

WAIT = 90_000
FRAGMENT = "#parts.blur=0.77&parts.layer=conv5"


@pytest.fixture(scope="module")
def notebook(opened, lab):
    """The notebook of all parts, opened in Lab through a link and run."""
    # High enough for the whole notebook: Lab draws only the cells in sight.
    page = opened(
        lab.replace("/lab?", "/lab/workspaces/parts/tree/dev_parts.ipynb?") + FRAGMENT, width=1500, height=6000
    )
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=WAIT)
    idle = page.get_by_text("Python 3 (ipykernel) | Idle")
    expect(idle).to_be_visible(timeout=WAIT)
    page.get_by_role("menuitem", name="Run").click()
    page.get_by_text("Run All Cells", exact=True).click()
    expect(page.locator(".dv-exercise")).to_have_count(2, timeout=WAIT)
    # Lab moves cells while it follows the run; once the kernel rests, they stay.
    expect(idle).to_be_visible(timeout=WAIT)
    page.get_by_role("slider", name="Blur width").scroll_into_view_if_needed()
    yield page
    page.context.close()


def shell_of(page):
    return page.locator(".dv-shell")


def test_the_link_in_lab_s_address_restores_the_view(notebook):
    expect(notebook.get_by_role("slider", name="Blur width")).to_have_value("0.77")
    expect(notebook.get_by_label("Layer")).to_have_value("2")


def test_the_shell_looks_as_it_does_in_voila(notebook):
    shell = shell_of(notebook)
    expect(shell).to_have_css("background-color", "rgb(250, 248, 244)")
    expect(shell.locator(".dv-panes")).to_have_css("display", "grid")
    expect(shell.get_by_role("button", name="Measure")).to_have_css("background-color", "rgb(26, 111, 181)")
    assert all(button.bounding_box()["height"] >= 32 for button in shell.locator("button:visible").all())
    expect(notebook.get_by_role("region", name="Controls: Parts in their frame")).to_be_visible()


def test_keys_stay_with_the_part_that_has_the_focus(notebook):
    cells = notebook.locator(".jp-Cell").count()
    blur = notebook.get_by_role("slider", name="Blur width")
    blur.click()
    value = float(blur.input_value())
    for key in ("ArrowRight", "a", "b", "x"):
        notebook.keyboard.press(key)
    expect(blur).to_have_value(f"{value + 0.01:g}")
    expect(shell_of(notebook).locator(".dv-status")).to_contain_text(f"blur {value + 0.01:g}")
    assert notebook.locator(".jp-Cell").count() == cells
    assert f"parts.blur={value + 0.01:g}" in notebook.url
    notebook.keyboard.press("?")
    expect(notebook.get_by_role("dialog", name="Keys")).to_be_visible()
    notebook.keyboard.press("Escape")
    expect(notebook.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_a_job_runs(notebook):
    job = notebook.locator(".dv-job").first
    job.scroll_into_view_if_needed()
    job.get_by_role("button", name="Count to 100").click()
    expect(job.locator(".dv-job-line")).to_contain_text("left")
    job.get_by_role("button", name="Stop").click()
    expect(job.locator(".dv-job-line")).to_contain_text("Stopped")


def test_figures_are_drawn(notebook):
    figure = notebook.get_by_role("img", name="Bars: cat")
    figure.scroll_into_view_if_needed()
    expect(figure.locator(".bars .point")).to_have_count(3)


def test_the_stage_draws(notebook):
    stage = notebook.get_by_role("application", name="A ball that grows")
    stage.scroll_into_view_if_needed()
    expect(stage).not_to_have_attribute("data-painted", "0")
    cells = notebook.locator(".jp-Cell").count()
    stage.focus()
    painted = int(stage.get_attribute("data-painted"))
    notebook.keyboard.press("ArrowDown")
    notebook.wait_for_function(
        "([stage, n]) => Number(stage.dataset.painted) > n", arg=[stage.element_handle(), painted]
    )
    expect(stage).to_be_focused()
    assert notebook.locator(".jp-Cell").count() == cells


def test_nobody_is_asked_about_news(notebook):
    expect(notebook.locator(".jp-NotebookPanel")).to_be_visible()
    expect(notebook.get_by_text("Jupyter news")).to_have_count(0)
    expect(notebook.locator(".Toastify__toast")).to_have_count(0)


def test_nothing_broke_and_nothing_left_the_machine(notebook):
    assert notebook.errors == []
    assert notebook.outside == []
