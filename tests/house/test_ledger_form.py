"""The ledger names every figure and table of the five sources once, in order."""

from itertools import groupby

import pytest

from nbutils.figures import ledger

# The figures and tables that the sources number, counted in the sources: prefix and how many.
NUMBERED = {
    "02_gaits": (("F2", 11), ("T2", 2)),
    "03_forms": (("F3", 9), ("T3", 1)),
    "04_rbm": (("F4", 7), ("T4", 2)),
    "05_transfer": (("F5", 4), ("T5", 2)),
    "06_deepvis": (("F6", 6), ("T6", 1)),
    "07_convergent": (("FA", 13), ("FKa.S9", 0), ("TA", 1)),
    "08_features": (("FEr", 4), ("FEr.S", 0)),
    "09_mixture": (("FGa.1", 1), ("FGa.2", 1), ("FGa.3", 2), ("FGa.4", 3)),
}


@pytest.fixture(scope="module")
def rows():
    return ledger.read()


def wanted(chapter):
    """Return the ids of a chapter's figures and tables; a prefix counted 0 is an id by itself."""
    return [
        id_
        for prefix, count in NUMBERED[chapter]
        for id_ in ([f"{prefix}.{number}" for number in range(1, count + 1)] if count else [prefix])
    ]


@pytest.mark.parametrize("chapter", NUMBERED)
def test_every_figure_and_table_of_a_chapter_stands_once_and_in_order(rows, chapter):
    assert [row.id for row in rows if row.chapter == chapter and row.id[0] in "FT"] == wanted(chapter)


def test_the_sources_have_72_figures_and_tables(rows):
    assert sum(row.id[0] in "FT" for row in rows) == sum(len(wanted(chapter)) for chapter in NUMBERED) == 72


def test_chapters_stand_in_order_and_no_id_twice(rows):
    chapters = [chapter for chapter, _ in groupby(row.chapter for row in rows)]
    assert chapters == sorted(set(chapters))
    assert len({row.id for row in rows}) == len(rows)


def test_equations_claims_and_systems_follow_the_figures_and_tables(rows):
    for chapter, group in groupby(rows, key=lambda row: row.chapter):
        kinds = ["FT".count(row.id[0]) for row in group]
        assert kinds == sorted(kinds, reverse=True), f"{chapter}: rows of E, C and S stand at the end of the list"


def test_every_chapter_has_its_heading():
    headings = [line for line in ledger.PAGE.read_text().splitlines() if line.startswith(("## 0", "## 1"))]
    assert [heading.removeprefix("## ") for heading in headings] == [*NUMBERED, "10_scrutiny"]
