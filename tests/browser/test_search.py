"""The random search as a visitor uses it: killed and gone on with, and a star that a reload finds again."""

import os
import re
import signal

import nbformat
import pytest
from playwright.sync_api import Page, expect

WAIT = 60_000
NUMBER = 12
OPENING = """
import os
import ipywidgets
from nbutils.deepvis.dashboards import random_search
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Where the searches of this file are kept."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def address(serve, kept, tmp_path_factory) -> str:
    """The address of a page with a short search."""
    folder = tmp_path_factory.mktemp("searches")
    search = f"random_search(folder={str(kept)!r}, number={NUMBER}, size=64, steps=12)"
    kernel = "ipywidgets.HTML(f'<p class=\"kernel\">{os.getpid()}</p>')"
    cells = [nbformat.v4.new_code_cell(code) for code in (OPENING, kernel, search)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "search.ipynb")
    return serve("--notebooks", str(folder)) + "/voila/render/search.ipynb"


@pytest.fixture(scope="module")
def finished(open_for_module, address, kept) -> tuple[Page, dict[str, int]]:
    """A search whose kernel was killed in the middle and that was gone on with; what was kept before, with its age."""
    first = open_for_module(address, wait=".dv-job")
    press(first, "Start")
    expect(first.locator(".dv-job-line")).to_contain_text(re.compile(r"combination [2-6] of 12"), timeout=WAIT)
    os.kill(int(first.locator(".kernel").inner_text()), signal.SIGKILL)
    before = ages(kept)
    second = open_for_module(address, wait=".dv-job")
    expect(second.locator(".dv-status")).to_contain_text(re.compile(r"\d+ of 12 combinations were there already"))
    press(second, "Start")
    expect(second.locator(".dv-job-line")).to_contain_text("Done", timeout=WAIT)
    return second, before


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def ages(folder) -> dict[str, int]:
    """Return when each finished combination was written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*.npz")}


def test_a_killed_search_goes_on_and_makes_nothing_twice(finished, kept):
    page, before = finished
    after = ages(kept)
    assert 2 <= len(before) < NUMBER == len(after)
    assert {path: after[path] for path in before} == before
    expect(page.get_by_label(re.compile(f"{NUMBER} pictures of gorilla"))).to_be_visible()
    assert page.errors == []


def test_a_star_is_there_after_a_reload(finished, open_page, address, keep_screen):
    page, _ = finished
    press(page, "Star")
    expect(page.get_by_role("button", name="Take the star away")).to_be_visible()
    keep_screen(page, "search")
    again = open_page(address, wait=".dv-job")
    again.get_by_label("Starred only", exact=True).and_(again.locator("[role=switch]")).check()
    expect(again.get_by_label(re.compile("^1 pictures of gorilla"))).to_be_visible()
    expect(again.get_by_role("button", name="Take the star away")).to_be_visible()
    assert again.errors == []
