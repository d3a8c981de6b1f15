"""The page of a gallery that needs no kernel: nothing from outside, every text escaped, bounded."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from nbutils.deepvis import galleries, gallery_making, gallery_page, gallery_plans, gallery_writing

HOSTILE = "</script><script>alert(1)</script><img src=http://evil.example/x>"


@pytest.fixture(scope="module")
def shown(small_network, tmp_path_factory):
    """A gallery of three classes."""
    folder = tmp_path_factory.mktemp("gallery")
    (part,) = gallery_plans.plan_gallery(small_network, ("classes",), "draft")
    part = replace(part, recipe=replace(part.recipe, steps=1, size=32))
    store = gallery_making.open_store(folder / "work")
    list(gallery_making.make_pictures(small_network, (part,), store))
    network = replace(small_network, title=HOSTILE)
    gallery_writing.write_gallery(network, (part,), store, folder, {"command": HOSTILE, "date": HOSTILE})
    return galleries.read_gallery("small", folder)


class Addresses(HTMLParser):
    """Collects the elements of a page and the addresses in their attributes."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.found = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.found += [value for name, value in attributes if name in ("src", "href", "action", "data", "poster")]


def test_nothing_is_loaded_from_anywhere(shown):
    page = gallery_page.build_page(shown, ("one", "two", "three")).decode()
    assert Addresses(page).found == []
    assert set(re.findall(r"url\((.{0,16})", page)) == {"data:image/webp;"}
    assert "default-src &#x27;none&#x27;" in page


def test_names_from_elsewhere_stay_text(shown):
    page = gallery_page.build_page(shown, (HOSTILE, "two", "three")).decode()
    assert HOSTILE not in page
    assert Addresses(page).elements.count("script") == 2
    assert "img" not in Addresses(page).elements
    assert "\\u003c/script\\u003e" in page


def test_a_text_that_looks_like_a_gap_of_the_frame_fills_nothing(shown):
    page = gallery_page.build_page(replace(shown, title="{{script}}")).decode()
    assert page.count("const data = JSON.parse") == 1


def test_what_a_browser_cannot_be_handed_is_refused(shown, monkeypatch):
    monkeypatch.setattr(gallery_page, "MOST_BYTES", 1000)
    with pytest.raises(ValueError, match="The page would hold"):
        gallery_page.build_page(shown)


def test_a_missing_sheet_is_told_as_such(shown, tmp_path):
    with pytest.raises(ValueError, match="is not there"):
        gallery_page.build_page(replace(shown, folder=tmp_path))
