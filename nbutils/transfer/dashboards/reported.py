"""In the text of chapter 5: what the thesis reported beside what was measured, and the drop of AnB split in two."""

import ipywidgets as ipw

from nbutils.figures import ledger
from nbutils.figures.curves import Axes, Curve, Level, draw_curves
from nbutils.transfer import findings, sentences
from nbutils.transfer.dashboards.tables import draw_table
from nbutils.transfer.findings_gaps import split_drops
from nbutils.transfer.results import load_results
from nbutils.transfer.thesis import LAYERS
from nbutils.widgets import Board
from nbutils.widgets.errors import dashboard

CHAPTER = "05_transfer"
PARTS = (
    ("the cut: BnB less base", "co_adaptation", 0),
    ("the other task: AnB less BnB", "specificity", 2),
    ("both: AnB less base", "all", 7),
)


@dashboard
def reported(*rows: str) -> ipw.Widget:
    """Return what the ledger's rows say: what the thesis reported, and what was measured on the runs that ship."""
    held = findings.read()
    quoted = {row.id: row for row in ledger.choose(ledger.read(), CHAPTER)}
    table = [(quoted[row].title, quoted[row].reports, _tell(row, held)) for row in rows]
    return ipw.HTML(draw_table(("", "the thesis", "measured here"), table, "Accuracies as shares of 1")).add_class("dv")


@dashboard
def split_figure() -> ipw.Widget:
    """Return what AnB loses on random halves, split into what the cut costs and what the other task costs."""
    drops = split_drops(load_results())
    curves = []
    for name, part, slot in PARTS:
        known = [(n, 100 * gap["mean"]) for n, gap in zip(LAYERS, drops[part]["gaps"], strict=True) if gap]
        curves.append(Curve(name, *zip(*known, strict=True), slot, beside=part == "all"))
    title = "Where the accuracy of AnB goes"
    axes = Axes("n, layers copied and frozen", "percentage points")
    figure, alt = draw_curves(curves, "", axes, levels=(Level(0, "as good as the control"),))
    board = Board(columns=1, height=320)
    board.set(title, figure, f"{title}: {alt}")
    return ipw.VBox([board]).add_class("dv")


def _tell(row: str, held: dict[str, dict]) -> str:
    try:
        return sentences.tell(row, held)
    except ValueError as error:
        return str(error)
