"""What the thesis reported stands beside what was measured, in tables where it is told layer by layer."""

import json
import re
from pathlib import Path

import pytest

from nbutils.figures import ledger
from nbutils.runs import records
from nbutils.transfer import findings
from nbutils.transfer.dashboards import reported, reporting, split_figure
from nbutils.transfer.sentences import tell
from tests.transfer.made_up import GAPS, make_grid, make_ladder

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "05_transfer.ipynb"
BENT = make_grid(("random-0",), ("base", "random"), nonlinearity="abs_tanh")
RUNS = (*make_grid(), *make_grid(("nature",), ("base", "AnB")), *make_ladder((1, 2, 10, 0)), *BENT)
LAYER_BY_LAYER = ("F5.2", "C5-05", "C5-06", "C5-07", "C5-08", "C5-11", "C5-12", "C5-13", "C5-14", "C5-15")


@pytest.fixture
def measured(monkeypatch):
    """Let all rows be those of made-up runs."""
    monkeypatch.setattr(findings, "load_results", lambda _folder: RUNS)
    rows = (*LAYER_BY_LAYER, "C5-23")
    held = {row: records.plain(findings.measure(row)) for row in rows}
    monkeypatch.setattr(findings, "read", lambda: held)
    return held


@pytest.mark.parametrize("row", LAYER_BY_LAYER)
def test_a_row_told_layer_by_layer_is_a_table_with_a_column_for_each_n(row, measured):
    html = reported(row).value
    quoted = next(one for one in ledger.read() if one.id == row)
    assert f"<b>{quoted.title}</b> ({row}). The thesis: " in html
    heads, *lines = re.findall(r"<tr>(.*?)</tr>", html)
    assert re.findall(r"<th scope='col'>(.*?)</th>", heads) == ["n", "1", "2", "3", "4", "5", "6", "7"]
    assert lines
    assert all(len(re.findall("<td>", line)) == 7 for line in lines)


def test_gaps_beyond_chance_have_a_star(measured):
    cells = re.findall(r"<td>(.*?)</td>", reported("C5-05").value)
    assert cells == [f"{100 * gap:+.1f}{'*' if gap else ''}" for gap in GAPS["BnB"]]


def test_another_row_is_its_sentence_and_one_not_measured_says_so(measured):
    html = reported("C5-23", "C5-25").value
    assert f"<p>Here: {tell('C5-23', measured)}.</p>" in html
    assert "Not measured here yet." in html


def test_the_two_parts_of_the_drop_are_drawn_and_told(monkeypatch):
    monkeypatch.setattr(reporting, "load_results", lambda: RUNS)
    (board,) = split_figure().children
    (pane,) = board.panes
    both, other, cut = (trace["y"] for trace in json.loads(pane.figure)["data"][:3])
    assert [one + two for one, two in zip(cut, other, strict=True)] == pytest.approx(both)
    assert "Where the accuracy of AnB goes" in pane.alt


def test_the_page_asks_for_rows_that_are_measured():
    wanted = re.findall(r"[FTSC]5[.-]\d+", " ".join(re.findall(r"reported\((.*?)\)", NOTEBOOK.read_text())))
    assert len(set(wanted)) == len(wanted) > 20
    assert set(wanted) <= set(findings.FINDINGS)
    assert set(reporting.LINES) <= set(wanted)
