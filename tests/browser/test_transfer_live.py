"""Chapter 5's work in a browser: a network that is trained, a grid that is started and stopped, and first layers."""

import re
import time

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from nbutils.runs.notes import note_failed
from nbutils.runs.store import Store
from nbutils.transfer import monitoring
from nbutils.transfer.records import to_json

OPENING = """from tests.transfer.live_page import open_live

open_live(tab="train").page"""
FAILURE = "ValueError: the pictures of layer 7 are upside down."


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The folder of the visitor's runs, where one of the self-test has failed before."""
    folder = tmp_path_factory.mktemp("runs")
    note_failed(Store(folder, monitoring.TRAINER), to_json(monitoring.SELF_TEST[-1]), FAILURE)
    return folder


@pytest.fixture(scope="module")
def page(serve, open_for_module, tmp_path_factory, runs):
    folder = tmp_path_factory.mktemp("pages")
    nbformat.write(new_notebook(cells=[new_code_cell(OPENING)]), folder / "live.ipynb")
    served = serve("--notebooks", str(folder), NBUTILS_RUNS=str(runs))
    page = open_for_module(served + "/voila/render/live.ipynb", camera=False, wait="")
    expect(button(page, "Start training")).to_be_visible(timeout=180_000)
    return page


def button(page, name):
    return page.get_by_role("button", name=name, exact=True).locator("visible=true")


def control(page, name):
    return page.get_by_label(name, exact=True).locator("visible=true")


def choose_n(page, n):
    page.get_by_role("group", name="n, layers copied").locator("visible=true").get_by_text(str(n), exact=True).click()


def go_to(page, name):
    page.get_by_role("group", name="Tabs").get_by_text(name, exact=True).click()


def figure(page, words):
    return page.get_by_role("img", name=re.compile(words)).locator("visible=true")


def test_a_network_is_trained_and_lands_on_the_plot_as_a_star(page, keep_screen):
    control(page, "Classes").select_option(label="man-made (A) / natural (B)")
    control(page, "Treatment").select_option("AnB")
    choose_n(page, 4)
    expect(figure(page, "^The two base networks, and A4B: ")).to_be_visible()
    expect(page.get_by_text(re.compile("^A4B takes about .* on one core"))).to_be_visible()
    page.get_by_role("group", name=re.compile("^Predict first")).get_by_text("below", exact=True).click()
    button(page, "Start training").click()
    expect(figure(page, "this network from").first).to_be_visible()
    expect(figure(page, "trained here, 1 measured: 4.32: ")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^A4B, man-made / natural names 0\.\d+ of the"))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^As you said\.|^You had said below the base\."))).to_be_visible()
    keep_screen(page, "transfer-trained")


def test_stop_acts_at_once_and_the_page_lives_on(page):
    control(page, "Treatment").select_option("base")
    button(page, "Start training").click()
    expect(page.get_by_text(re.compile(r"^step [1-9]\d* of"))).to_be_visible()
    button(page, "Stop").click()
    expect(page.get_by_text(re.compile(r"^Stopped: step \d+ of")).first).to_be_visible(timeout=10_000)
    control(page, "Treatment").select_option("random")
    expect(figure(page, "^The two base networks, and random 4, then B: ")).to_be_visible()
    expect(page.get_by_text(re.compile("^What you see is baseB, man-made / natural"))).to_be_visible()
    button(page, "Continue").click()
    expect(figure(page, "trained here, 2 measured")).to_be_visible()
    expect(page.get_by_text(re.compile("^Done: step")).first).to_be_visible()
    go_to(page, "Curves")
    expect(figure(page, "trained here, 2 measured")).to_be_visible()


def test_a_grid_says_its_plan_starts_tells_and_stops(page, runs, keep_screen):
    go_to(page, "Run the grid")
    expect(page.get_by_text(re.compile("networks belong to these experiments"))).to_be_visible()
    expect(button(page, "Start")).to_have_count(0)
    control(page, "Grid").select_option(label="Self-test, 14 small networks")
    expect(page.get_by_text(re.compile("^14 networks: 0 trained, 14 left, which takes about"))).to_be_visible()
    expect(page.get_by_text(f"A7B, random halves 0: {FAILURE}")).to_be_visible()
    page.get_by_role("button", name="A7B, random halves 0: failed").click()
    expect(page.get_by_text(f"It failed: {FAILURE}")).to_be_visible()
    button(page, "Start").click()
    expect(page.get_by_role("button", name=re.compile("^base[AB], random halves 0: running")).first).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d\d base[AB], random-0: 0\.\d+ after"))).to_be_visible()
    assert find_workers(runs)
    keep_screen(page, "transfer-grid-runs")
    button(page, "Stop").click()
    expect(page.get_by_text(re.compile(r"\d\d Stopped: what was under way"))).to_be_visible()
    expect(page.get_by_text("0 running")).to_be_visible()
    wait_until(lambda: not find_workers(runs))
    done = page.get_by_role("button", name=re.compile("^base[AB], random halves 0: done")).first
    done.click()
    expect(figure(page, "^base[AB], random halves 0: ")).to_be_visible()
    keep_screen(page, "transfer-grid-stopped")


def test_first_layers_stand_side_by_side(page, keep_screen):
    go_to(page, "Filters")
    control(page, "Data").select_option(label="CIFAR-10, random halves")
    for when in ("before", "after"):
        expect(wall(page, f"^first layer of base. {when} training, 48 filters")).to_be_visible()
    control(page, "Side by side").select_option(label="Pre-trained and from scratch")
    choose_n(page, 5)
    expect(
        wall(page, "^first layer of B5A.|^first layer of A5B., pre-trained on [AB], 48 filters").first
    ).to_be_visible()
    expect(wall(page, "^first layer of base[AB], from scratch, 48 filters")).to_be_visible()
    expect(figure(page, r"^[AB]5[AB]\+, pre-trained on [AB], filter 1")).to_be_visible()
    keep_screen(page, "transfer-filters")
    assert page.errors == []
    assert page.outside == []


def wall(page, words):
    return page.get_by_role("application", name=re.compile(words)).locator("visible=true")


def find_workers(folder):
    """The processes of the sweep that keeps its runs in a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if "LokyProcess" in " ".join(process.cmdline()) and process.environ().get("NBUTILS_RUNS") == str(folder):
                found.append(process.pid)
        except psutil.Error:
            continue  # ended meanwhile, or of somebody else
    return found


def wait_until(met, seconds=30):
    until = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < until
        time.sleep(0.05)
