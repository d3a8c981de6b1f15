"""The gallery in two browsers: hostile names, search, stars of two people, publishing, my shapes, the chess set."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import expect

from nbutils.forms.store import Query, browse, close, hide
from tests.browser.seeing import find_faults
from tests.forms.galleries import new_session, publish

OPENING = 'from nbutils.forms.dashboards import forms\n\nforms(tab="{tab}")'
HOSTILE = ("<img src=x onerror='window.hacked=1'>", "<script>window.hacked=1</script>", "מנורה <b>יפה</b> 🪔")
TAGS = ("king", "rook", "lamp", "vase")
WAIT = 60_000


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """A gallery on disk with shapes of Ada, who is in neither browser."""
    session = new_session(tmp_path_factory.mktemp("gallery"))
    for seed, name in enumerate(HOSTILE):
        publish(session, name, [f"<i>{seed}</i>"], seed=seed)
    for seed, tag in enumerate(TAGS, start=len(HOSTILE)):
        kept = publish(session, f"The {tag}", [tag], seed=seed)
        if tag == "king":
            publish(session, "The queen", ["queen"], seed=99, origin=kept)
    yield session
    close(session.store)


@pytest.fixture(scope="module")
def address(serve, session, tmp_path_factory):
    """The address of a page that opens with the gallery."""
    folder = tmp_path_factory.mktemp("pages")
    nbformat.write(new_notebook(cells=[new_code_cell(OPENING.format(tab="gallery"))]), folder / "gallery.ipynb")
    served = serve("--notebooks", str(folder), NBUTILS_DATABASE=session.store.url)
    return served + "/voila/render/gallery.ipynb"


@pytest.fixture(scope="module")
def pages(open_for_module, address):
    """Two browsers that never were there."""
    found = [open_for_module(address, camera=False, wait="") for _ in range(2)]
    for page in found:
        expect(cards(page).first).to_be_visible(timeout=WAIT)
    return found


def cards(page):
    return page.get_by_role("list", name="Published shapes").get_by_role("button")


def card(page, name):
    return cards(page).filter(has=page.get_by_text(name, exact=True))


def look_for(page, words):
    page.get_by_label("Search", exact=True).fill(words)


def go_to(page, tab):
    page.get_by_role("radio", name=tab, exact=True).check(force=True)


def give(page, name, stars):
    """Open a shape of the gallery, give it stars, and go back."""
    look_for(page, name)
    expect(cards(page)).to_have_count(1)
    card(page, name).click()
    page.get_by_role("radio", name=re.compile(rf"^{stars} star")).check(force=True)
    expect(page.get_by_text(f"{stars} stars given").first).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()


def test_names_are_shown_as_typed_and_nothing_in_them_runs(pages, session):
    page = pages[0]
    for name in HOSTILE:
        look_for(page, name)
        expect(cards(page)).to_have_count(1)
        expect(card(page, name)).to_be_visible()
    card(page, HOSTILE[-1]).click()
    expect(page.get_by_role("heading", name=HOSTILE[-1])).to_be_visible()
    page.get_by_role("button", name="Back", exact=True).click()
    look_for(page, "x" * 1_000_000)
    look_for(page, "no such shape")
    expect(page.get_by_text("No shape fits")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(cards(page).nth(5)).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert page.errors == []


def test_tags_choose_and_say_how_many_there_are(pages):
    page = pages[0]
    page.get_by_role("radio", name="<i>1</i>").check(force=True)
    expect(cards(page)).to_have_count(1)
    page.get_by_role("button", name="Show all").click()
    expect(cards(page).nth(5)).to_be_visible()


def test_stars_of_two_people_average_and_nobody_rates_twice(pages):
    first, second = pages
    give(first, "The king", 5)
    give(second, "The king", 2)
    expect(card(second, "The king")).to_contain_text("3.5 of 5 from 2")
    give(second, "The king", 4)
    expect(card(second, "The king")).to_contain_text("4.5 of 5 from 2")
    first.get_by_role("button", name="Refresh").click()
    expect(card(first, "The king")).to_contain_text("4.5 of 5 from 2")


def test_a_shape_published_in_one_browser_is_found_forked_and_owned(pages, keep_screen):
    first, second = pages
    look_for(first, "The lamp")
    expect(cards(first)).to_have_count(1)
    first.get_by_role("radio", name="breeds from it").check(force=True)
    card(first, "The lamp").click()
    shapes = first.get_by_role("listbox", name="Fifteen shapes")
    expect(shapes).to_have_attribute("data-drawn", re.compile(r"^[1-9]\d*(,[1-9]\d*){14}$"))
    shapes.press("ArrowRight")
    shapes.press("o")
    first.get_by_label("Name", exact=True).fill("A fork 🌿")
    first.get_by_role("button", name="Publish for all").click()
    expect(first.get_by_text("Published: everybody sees it").first).to_be_visible()
    go_to(first, "My shapes")
    mine = first.get_by_role("list", name="My shapes").get_by_role("button")
    expect(mine).to_have_count(1)
    mine.click()
    expect(first.get_by_text("A published shape stays")).to_be_visible()
    keep_screen(first, "forms-mine")
    look_for(second, "fork 🌿")
    expect(card(second, "A fork 🌿")).to_be_visible()
    look_for(second, "The lamp")
    expect(card(second, "The lamp")).to_contain_text("1 fork")
    assert first.errors == second.errors == []


def test_what_the_owner_hides_is_gone_at_the_next_look(pages, session):
    page = pages[1]
    look_for(page, "The vase")
    expect(card(page, "The vase")).to_be_visible()
    hide(session.store, browse(session.store, Query(words="The vase")).shapes[0].id)
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_text("No shape fits")).to_be_visible()
    page.get_by_role("button", name="Show all").click()


@pytest.mark.parametrize("width", [900, 1400])
def test_tabs_have_names_for_everything_and_scroll_only_down(pages, keep_screen, width):
    page = pages[1]
    page.set_viewport_size({"width": width, "height": 900})
    for tab, there in (("Statistics", "thesis, as printed"), ("Chess", "The king"), ("Gallery", "The king")):
        go_to(page, tab)
        expect(page.get_by_text(there).locator("visible=true").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        keep_screen(page, f"forms-{tab.lower()}-{width}")
    assert find_faults(page) == []


def test_a_piece_tells_who_made_it_and_which_pieces_it_descends_from(pages, keep_screen):
    page = pages[1]
    go_to(page, "Chess")
    board = page.get_by_role("application", name=re.compile("A chess board with 4 of 32 pieces"))
    expect(board).to_be_visible()
    expect(page.get_by_text("No bishop yet: publish a shape with the tag bishop.")).to_be_visible()
    page.get_by_role("list", name="Who plays").get_by_role("button", name=re.compile("^Light king")).click()
    expect(page.get_by_role("heading", name="Light king: The king")).to_be_visible()
    table = page.get_by_role("table").filter(has_text="genetic distance")
    expect(table.get_by_role("row").nth(1)).to_have_text(
        re.compile("light queen.*descends from it, 2 generations after")
    )
    expect(page.locator(".dv-stage-mark:not([hidden])")).to_have_count(1)
    keep_screen(page, "forms-chess-piece")
    assert page.errors == []
    assert page.outside == []
