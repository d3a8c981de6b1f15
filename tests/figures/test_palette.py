import re
from pathlib import Path

import numpy as np
import pytest

from nbutils.figures import palette
from nbutils.figures.palette import CATEGORIES, DASHES, MARKERS, TABLES, lift, lookup, spread_faint


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_256_colours_that_nobody_can_change(name):
    table = lookup(name)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        table[0] = 0


def test_gray_is_the_value_itself_and_others_grow_lighter():
    np.testing.assert_array_equal(lookup("gray")[:, 0], np.arange(256))
    for name in ("inferno", "cividis"):
        light = lookup(name).astype(float) @ [0.2126, 0.7152, 0.0722]
        assert (np.diff(light[::8]) > 0).all()


def test_diverging_is_white_in_the_middle_and_blue_below():
    table = lookup("diverging").astype(int)
    assert table[128].min() > 240
    assert table[20, 2] > table[20, 0]
    assert table[235, 0] > table[235, 2]


def test_an_unknown_table_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match="gray, inferno, cividis, diverging"):
        lookup("jet")


def test_lift_makes_faint_values_brighter_and_keeps_the_ends():
    lifted = lift("gray", 0.5)[:, 0].astype(int)
    assert lifted[0] == 0
    assert lifted[255] == 255
    assert lifted[64] == pytest.approx(128, abs=1)
    np.testing.assert_array_equal(lift("gray", 1.0), lookup("gray"))


def test_lift_of_signed_values_keeps_the_middle():
    lifted = lift("gray", 0.5, signed=True)[:, 0].astype(int)
    assert lifted[128] == 128
    assert lifted[128 + 32] == pytest.approx(128 + 64, abs=1)
    assert lifted[128 - 32] == pytest.approx(128 - 64, abs=1)
    np.testing.assert_array_equal(lift("inferno", 1.0, signed=True)[128], lookup("diverging")[128])


def test_what_is_faint_is_spread_around_grey():
    # Two values far away do not keep the others faint.
    picture = np.repeat(np.array([128, 130, 136, 24], np.uint8), [100, 500, 498, 2])
    spread = spread_faint(picture, 0.7)
    assert spread[[0, 100, 600, 1098]].tolist() == [128, round(128 + 127 * (2 / 8) ** 0.7), 255, 1]
    grey = np.full((4, 4, 3), 128, np.uint8)
    np.testing.assert_array_equal(spread_faint(grey, 0.7), grey)


def test_ten_categories_differ_in_colour_and_marker():
    assert len(set(CATEGORIES)) == len(set(MARKERS)) == len(DASHES) == 10


PACKAGE = Path(palette.__file__).parents[1]
PAGE_COLOURS = ("PAPER", "INK", "MUTED", "LINE", "ACCENT", "STALE", "STALE_PAPER", "ERROR", "STAGE")
VARIABLES = {f"--dv-{name.lower().replace('_', '-')}": getattr(palette, name) for name in PAGE_COLOURS}
SHEETS = ("widgets/style.css", "serve/share/jupyter/voila/templates/dv/static/dv.css")


def test_every_page_colour_of_the_palette_is_compared():
    colours = {name for name, value in vars(palette).items() if isinstance(value, str) and value.startswith("#")}
    assert colours == set(PAGE_COLOURS)


@pytest.mark.parametrize("sheet", SHEETS)
def test_parts_and_pages_take_the_palettes_colours(sheet):
    declared = re.findall(r"(--dv-[a-z-]+):\s*(#[0-9a-f]+)", (PACKAGE / sheet).read_text())
    assert sorted(declared) == sorted(VARIABLES.items())


def test_where_a_colour_stands_beside_its_variable_it_is_the_same():
    sheets = [path for kind in ("css", "js", "j2", "html") for path in PACKAGE.rglob(f"*.{kind}")]
    spare = [found for path in sheets for found in re.findall(r"var\((--dv-[a-z-]+),\s*(#\w+)\)", path.read_text())]
    assert spare
    assert [found for found in spare if VARIABLES.get(found[0]) != found[1]] == []


def test_the_home_page_and_the_icon_take_them_too():
    own = {*VARIABLES.values(), "#fff"}
    for path in (PACKAGE / "serve" / "home.css", (PACKAGE / SHEETS[1]).with_name("favicon.svg")):
        assert set(re.findall(r"#[0-9a-f]{3,6}\b", path.read_text())) <= own
