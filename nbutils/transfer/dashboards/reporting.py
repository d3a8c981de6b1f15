"""In the text of chapter 5: what the thesis reported beside what was measured, and the drop of AnB split in two."""

from collections.abc import Callable, Mapping, Sequence
from html import escape

import ipywidgets as ipw

from nbutils.figures import ledger
from nbutils.figures.curves import Axes, Curve, Level, draw_curves
from nbutils.figures.palette import CATEGORIES
from nbutils.transfer import findings
from nbutils.transfer.dashboards.reported_tables import TABLES
from nbutils.transfer.dashboards.styles import STYLES, Style
from nbutils.transfer.dashboards.tables import draw_table
from nbutils.transfer.findings_gaps import split_drops
from nbutils.transfer.halves import halves_of
from nbutils.transfer.results import load_results
from nbutils.transfer.sentences import ABSENT, points, share, tell
from nbutils.transfer.thesis import LAYERS
from nbutils.widgets import Board
from nbutils.widgets.errors import dashboard

CHAPTER = "05_transfer"
POINTS = "Measured here, in percentage points; a star: beyond chance"
RIGHT = "Measured here: share of test pictures named right"
NOT_YET = "Not measured here yet"
PARTS = (
    ("the cut: BnB less base", "co_adaptation"),
    ("the other task: AnB less BnB", "specificity"),
    ("both: AnB less base", "all"),
)
OTHER_TASK = Style(CATEGORIES[5], "square", "dash", 0.0, "what the other task costs")
LOOKS = {"co_adaptation": STYLES["BnB"], "specificity": OTHER_TASK, "all": STYLES["AnB"]}
Line = tuple[str, Sequence[str]]


@dashboard
def reported(*rows: str) -> ipw.Widget:
    """Return what the ledger's rows say: what the thesis reported, and what was measured on the runs that ship."""
    held = findings.read()
    quoted = {row.id: row for row in ledger.choose(ledger.read(), CHAPTER)}
    parts = (
        f"<p><b>{escape(quoted[row].title)}</b> ({row}). The thesis: {escape(quoted[row].reports)}.</p>"
        f"{_tell(row, held)}"
        for row in rows
    )
    return ipw.HTML("".join(parts)).add_class("dv").add_class("dv-told").add_class("dv-reported")


@dashboard
def split_figure() -> ipw.Widget:
    """Return what AnB loses on random halves, split into what the cut costs and what the other task costs."""
    drops = split_drops(load_results())
    curves = []
    for name, part in PARTS[::-1]:
        known = [(n, 100 * gap["mean"]) for n, gap in zip(LAYERS, drops[part]["gaps"], strict=True) if gap]
        look = {"colour": LOOKS[part].colour, "marker": LOOKS[part].marker}
        curves.append(Curve(name, *zip(*known, strict=True), beside=part == "specificity", **look))
    title = "Where the accuracy of AnB goes"
    axes = Axes("n, layers copied and frozen", "percentage points")
    figure, alt = draw_curves(curves, "", axes, levels=(Level(0, "as good as its control", below=True),))
    board = Board(columns=1, height=320)
    board.layout.max_width = "760px"
    board.set(title, figure, f"{title}: {alt}")
    return ipw.VBox([board]).add_class("dv")


def _tell(row: str, held: Mapping[str, dict]) -> str:
    """Return what was measured as HTML: a table where there are many numbers, else a sentence."""
    if row not in held:
        return f"<p class='dv-quiet'>{NOT_YET}.</p>"
    if row in TABLES:
        caption, heads, rows = TABLES[row](held[row])
        return draw_table(heads, rows, f"Measured here. {caption}")
    if row in LINES:
        caption, list_lines = LINES[row]
        lines = [(name, *values) for name, values in list_lines(held[row])]
        return draw_table(("n", *map(str, LAYERS)), lines, caption + _explain_gaps(lines))
    return f"<p>Here: {escape(tell(row, held))}.</p>"


def _explain_gaps(lines: Sequence[Sequence[str]]) -> str:
    """Return what the sign for what was not measured means, where it stands in a table."""
    return f"; {ABSENT} not measured" if any(ABSENT in line for line in lines) else ""


def _gap_line(name: str, found: Mapping) -> Line:
    """Return gaps in points, with a star where they are beyond chance."""
    clear = {*found.get("clearly_below_at", ()), *found.get("clearly_above_at", ())}
    stars = ("*" if n in clear else "" for n in LAYERS)
    return name, [f"{points(gap)}{star}" for gap, star in zip(found["gaps"], stars, strict=True)]


def _points_line(name: str, gaps: Sequence) -> Line:
    return name, [points(gap) for gap in gaps]


def _share_line(name: str, levels: Sequence) -> Line:
    return name, [share(level) for level in levels]


def _list_levels(found: Mapping) -> list[Line]:
    return [
        _share_line(f"{halves_of(name).title}: {treatment}", levels)
        for name, row in found.items()
        for treatment, levels in row["last"].items()
        if treatment != "base"
    ]


def _list_split(found: Mapping) -> list[Line]:
    return [_gap_line(name, found[part]) for name, part in PARTS]


def _list_tuned(found: Mapping) -> list[Line]:
    return [_gap_line("AnB+ less base", found["over_base"]), _gap_line("AnB+ less BnB+", found["over_BnB+"])]


def _list_targets(found: Mapping) -> list[Line]:
    return [
        _share_line(f"AnB towards {side}, {row['classes']} classes (base {share(row['base'])})", row["AnB"])
        for side, row in found.items()
    ]


def _list_random(found: Mapping) -> list[Line]:
    loss = [ABSENT if value is None else f"{value:.2f}" for value in found["loss"]]
    right = _share_line(f"right (base {share(found['base'])}, guessing {share(found['chance'])})", found["accuracy"])
    title = f"training loss (base {found['base_loss']:.2f}, guessing {found['loss_of_guessing']:.2f})"
    return [right, (title, loss)]


def _list_nonlinearities(found: Mapping) -> list[Line]:
    named = (("relu", "max(0, x)"), ("abs_tanh", "abs(tanh(x))"))
    return [_points_line(f"{title} (base {share(found[name]['base'])})", found[name]["gaps"]) for name, title in named]


def _list_distances(found: Mapping) -> list[Line]:
    sides = found["dissimilar"]["by_target"].items()
    return [
        _points_line("random halves", found["similar"]["gaps"]),
        _points_line("man-made / natural", found["dissimilar"]["gaps"]),
        *(_points_line(f"of these towards {side}", gaps) for side, gaps in sides),
    ]


def _list_better(found: Mapping) -> list[Line]:
    titles = (("distant", "layers of the distant task"), ("random", "random layers"), ("better_by", "the difference"))
    return [_points_line(title, found[name]) for name, title in titles]


LINES: dict[str, tuple[str, Callable[[Mapping], list[Line]]]] = {
    "F5.2": (RIGHT, _list_levels),
    "C5-05": (POINTS, lambda found: [_gap_line("BnB less base", found)]),
    "C5-06": (POINTS, lambda found: [_gap_line("BnB+ less base", found)]),
    "C5-07": (POINTS, _list_split),
    "C5-08": (POINTS, _list_tuned),
    "C5-11": (RIGHT, _list_targets),
    "C5-12": ("Measured here, where the first n layers are random", _list_random),
    "C5-13": (
        "Measured here: percentage points from the base, where the first n layers are random",
        _list_nonlinearities,
    ),
    "C5-14": ("Measured here: AnB less base, in percentage points", _list_distances),
    "C5-15": ("Measured here, in percentage points from the base", _list_better),
}
