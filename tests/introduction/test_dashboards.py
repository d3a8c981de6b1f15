import numpy as np
import pytest

from nbutils.figures import ledger
from nbutils.introduction.dashboards import ledger_page, practice_wall
from nbutils.introduction.dashboards.practice import PracticeWall
from nbutils.introduction.practice import Practice
from nbutils.widgets.errors import ErrorLine
from nbutils.widgets.shell import Shell


@pytest.fixture
def wall():
    return PracticeWall(Practice())


def tiles(part):
    return np.frombuffer(part.data, np.uint8).reshape(part.shape)


def test_a_slider_changes_the_number_of_tiles_and_keeps_the_selection_on_the_wall(wall):
    wall.wall.selected = 11
    wall.directions.value = 6
    assert wall.wall.shape[0] == 6
    assert wall.shown == Practice(directions=6, tile=5)
    assert wall.wall.selected == 5


def test_selecting_a_tile_enlarges_it_and_says_where_it_looks(wall):
    before = tiles(wall.enlarged).copy()
    wall.wall.selected = 3
    assert "90°" in wall.caption.value
    assert "towards the bottom" in wall.caption.value
    assert tiles(wall.enlarged).shape == (1, 256, 256)
    assert not np.array_equal(tiles(wall.enlarged), before)


def test_more_contrast_makes_tiles_brighter(wall):
    before = tiles(wall.wall).mean()
    wall.contrast.value = 10
    assert tiles(wall.wall).mean() > 1.5 * before


def test_tiles_are_no_larger_than_the_screen_shows_them(wall):
    wall.wall.room = [400.0, 300.0, 1.0]
    assert wall.wall.shape[1] == 128
    wall.wall.room = [2400.0, 1800.0, 1.0]
    assert wall.wall.shape[1] == 256


def test_the_link_is_written_and_read(wall):
    wall.wall.selected = 4
    assert wall.link.settings == {"tile": "4"}
    wall.link.set_state({"arrived": {"count": 1, "settings": {"directions": "8", "tile": "7"}}})
    assert wall.shown == Practice(directions=8, tile=7)


def test_a_bad_link_is_a_sentence_and_changes_nothing(wall):
    wall.link.set_state({"arrived": {"count": 1, "settings": {"directions": "1000"}}})
    assert "directions must be" in wall.error.sentence
    assert wall.shown == Practice()


def test_impossible_settings_leave_a_sentence_in_place_of_the_dashboard():
    assert isinstance(practice_wall(tile=12), ErrorLine)
    assert isinstance(practice_wall(), Shell)


def parts_of(page):
    header, *_ = page.children
    stage, *_ = page.panes.children
    return stage.children[0], header.children[-1].children


def test_the_ledger_page_shows_the_rows_of_a_chapter_and_a_state():
    page = ledger_page()
    table, (chapters, states) = parts_of(page)
    rows = ledger.read()
    assert table.value == ledger.table(rows)
    chapters.value = "06_deepvis"
    states.value = "not here"
    assert table.value == ledger.table(ledger.choose(rows, "06_deepvis", "not here"))
    assert page.status.message.endswith(f"of {len(rows)} rows")


def test_the_ledger_page_offers_only_chapters_that_have_rows():
    page = ledger_page("04_rbm")
    _, (chapters, _) = parts_of(page)
    assert chapters.value == "04_rbm"
    assert isinstance(ledger_page("11_nothing"), ErrorLine)
