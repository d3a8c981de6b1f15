"""Figure 5.2 in a browser: resting on a point, clicking it, its row in the table, and marks that are judged."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

OPENING = """from tests.transfer.pages import open_page

open_page(subtracted=True).page"""
# Where a point of the plot lies on the screen: the trace with that name, the point with that number.
WHERE = """(plot, [name, point]) => {
  const trace = plot.data.findIndex((one) => one.mode === "markers" && one.name === name);
  const { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect(), { x, y } = plot.data[trace];
  return [box.x + xaxis._offset + xaxis.l2p(x[point]), box.y + yaxis._offset + yaxis.l2p(y[point])];
}"""


@pytest.fixture(scope="module")
def page(serve, open_for_module, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    nbformat.write(new_notebook(cells=[new_code_cell(OPENING)]), folder / "curves.ipynb")
    served = serve("--notebooks", str(folder))
    page = open_for_module(served + "/voila/render/curves.ipynb", camera=False, wait="")
    expect(curves(page).locator(".scatterlayer .trace").first).to_be_visible(timeout=180_000)
    return page


def curves(page):
    return page.get_by_role("img", name=re.compile("^share named right, less the base by n"))


def learning(page):
    return page.get_by_role("img", name=re.compile("random halves . from"))


def go_to(page, name, point, click=False):
    x, y = curves(page).evaluate(WHERE, [name, point])
    page.mouse.move(x - 6, y - 6)
    page.mouse.move(x, y, steps=3)
    if click:
        page.mouse.click(x, y)


def test_resting_on_a_point_shows_how_that_network_learned(page):
    go_to(page, "AnB", 10)
    expect(learning(page)).to_be_visible()


def test_a_click_selects_the_network(page, keep_screen):
    go_to(page, "BnB", 12, click=True)
    heading = page.get_by_role("heading", name=re.compile(r"^[AB]4[AB], random halves"))
    expect(heading).to_be_visible()
    expect(page.get_by_label("Treatment", exact=True)).to_have_value(re.compile("1"))
    expect(page.get_by_role("img", name=re.compile("^The two base networks, and [AB]4[AB]: "))).to_be_visible()
    keep_screen(page, "transfer-selected")


def test_a_row_of_the_table_does_the_same(page):
    page.get_by_role("button", name="All networks as a table").click()
    row = page.get_by_role("button", name="A7B+, random halves 1", exact=True)
    row.focus()
    expect(learning(page)).to_have_attribute("aria-label", re.compile(r"A7B\+, random halves 1"))
    row.press("Enter")
    expect(page.get_by_role("heading", name="A7B+, random halves 1")).to_be_visible()
    expect(row).to_be_focused()


def test_marks_on_the_plot_are_compared_with_the_runs(page, keep_screen):
    page.get_by_role("group", name="The five interpretations").get_by_text("2 BnB", exact=True).click()
    marks = page.get_by_role("group", name="Marked")
    expect(marks).to_be_visible()
    x, y = curves(page).evaluate(
        """(plot) => {
          const { xaxis, yaxis } = plot._fullLayout, box = plot.getBoundingClientRect(), feet = plot.data.at(-1);
          return [box.x + xaxis._offset + xaxis.l2p(feet.x[3]), box.y + yaxis._offset + yaxis.l2p(feet.y[3])];
        }"""
    )
    page.mouse.move(x - 5, y - 5)
    page.mouse.move(x, y, steps=3)
    page.mouse.click(x, y)
    expect(marks.get_by_role("button", name="n = 4")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("status").get_by_text(re.compile("^Not yet: at n = 3"))).to_be_visible()
    for n in "356":
        marks.get_by_role("button", name=f"n = {n}").click()
        expect(marks.get_by_role("button", name=f"n = {n}")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("Yes: BnB lies below the base by more than chance at n = 3, 4, 5, 6.")).to_be_visible()
    expect(page.get_by_text("Fragile co-adaptation")).to_be_visible()
    keep_screen(page, "transfer-marked")
    assert page.errors == []
