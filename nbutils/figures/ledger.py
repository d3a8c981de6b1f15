"""The ledger of what the sources report and what stands in its place here: docs/ledger.md as rows and as HTML."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from nbutils.figures.palette import INK, LINE, MUTED, PAPER

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ledger.md"
COLUMNS = ("id", "source", "title", "reports", "ours", "why")
STATES = ("not yet", "shown", "measured", "not here")
EMPTY = "-"

_ID = re.compile(r"[FTECS](?:[2-6]|A|Er|Ga|Ka)[.-](?:[1-9]\d*\.)?(?:S?[1-9]\d*|0[1-9]|S)")
_CHAPTER = re.compile(r"## (\d\d_[a-z]+)")
_RULE = re.compile(r"\|(?:\s*-+\s*\|)+")

_COLOURS = f".dv-ledger {{ --dv-ink: {INK}; --dv-muted: {MUTED}; --dv-line: {LINE}; --dv-paper: {PAPER}; }}"
_STYLE = """
.dv-ledger { border-collapse: collapse; width: 100%; font: 15px/1.4 system-ui, sans-serif;
  color: var(--dv-ink); background: var(--dv-paper); font-variant-numeric: tabular-nums; }
.dv-ledger caption { text-align: left; padding: 6px 0; color: var(--dv-muted); }
.dv-ledger th, .dv-ledger td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0;
  border-bottom: 1px solid var(--dv-line); overflow-wrap: anywhere; white-space: normal; }
.dv-ledger th { font-weight: 600; }
.dv-ledger :is([data-column=id], [data-column=ours], [data-column=why]) { min-width: 4.5em; }
.dv-ledger :is([data-column=source], [data-column=title]) { min-width: 7em; }
@media (max-width: 1000px) {
  .dv-ledger thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .dv-ledger, .dv-ledger :is(caption, tbody, tr, th, td) { display: block; }
  .dv-ledger tbody tr { padding: 10px 0; border-bottom: 1px solid var(--dv-line); }
  .dv-ledger tbody :is(th, td) { border: 0; padding: 1px 0; }
  .dv-ledger td::before { content: attr(data-column) ": "; color: var(--dv-muted); }
}
"""


@dataclass(frozen=True)
class Row:
    """One thing that a source reports, and what this suite has in its place."""

    chapter: str
    id: str
    source: str
    title: str
    reports: str
    ours: str
    why: str

    @property
    def state(self) -> str:
        """Return the row's state: one of STATES."""
        return self.ours.partition(":")[0]


def read(page: Path = PAGE) -> tuple[Row, ...]:
    """Return every row of the ledger in the order of the page.

    Raises FileNotFoundError when there is no page, ValueError naming the line of the first row out of form.
    """
    if not page.is_file():
        raise FileNotFoundError(f"There is no ledger at {page}. It comes with the repository; run from a clone of it.")
    rows: list[Row] = []
    chapter = ""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if heading := _CHAPTER.match(line):
            chapter = heading[1]
        elif chapter and line.startswith("|") and not _RULE.fullmatch(line):
            cells = tuple(cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|"))
            if cells != COLUMNS:
                rows.append(_row(chapter, cells, f"{page.name}, line {number}"))
    return tuple(rows)


def _row(chapter: str, cells: tuple[str, ...], where: str) -> Row:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{where}: a row has {len(COLUMNS)} cells ({', '.join(COLUMNS)}), got {len(cells)}.")
    for column, cell in zip(COLUMNS, cells, strict=True):
        if not cell:
            raise ValueError(f'{where}: the cell "{column}" is empty; write {EMPTY} where there is nothing to say.')
    row = Row(chapter, *cells)
    if fault := _fault(row):
        raise ValueError(f"{where}: {fault}")
    return row


def _fault(row: Row) -> str:
    """Return what is wrong with a row as a sentence, or an empty text."""
    said = row.ours.removeprefix(row.state).removeprefix(":").strip()
    if not _ID.fullmatch(row.id):
        return f'"{row.id}" is no id; wanted one like F6.1, TA.1, E2.3, C2-01 or SGa-02.'
    if row.state not in STATES:
        return f'ours is "{row.ours}"; wanted it to begin with one of: {", ".join(STATES)}.'
    if (row.state in ("shown", "measured")) != bool(said):
        return f'ours is "{row.ours}"; "shown: " and "measured: " say what and where, the others stand alone.'
    if row.state == "not here" and row.why == EMPTY:
        return f'{row.id} is "not here"; wanted the reason under why.'
    return ""


def choose(rows: Iterable[Row], chapter: str = "", state: str = "") -> tuple[Row, ...]:
    """Return the rows of one chapter, in one state; an empty word takes all.

    Raises ValueError for a state that does not exist.
    """
    if state and state not in STATES:
        raise ValueError(f'There is no state "{state}"; choose one of {", ".join(STATES)}.')
    return tuple(row for row in rows if chapter in ("", row.chapter) and state in ("", row.state))


def table(rows: Iterable[Row]) -> str:
    """Return the rows as one HTML table with a caption that counts them; every text is escaped."""
    rows = tuple(rows)
    head = "".join(f'<th scope="col" role="columnheader" data-column="{name}">{name}</th>' for name in COLUMNS)
    body = "".join(_html_row(row) for row in rows)
    caption = "1 row" if len(rows) == 1 else f"{len(rows)} rows"
    return (
        f'<style>{_COLOURS}{_STYLE}</style><table class="dv-ledger" role="table"><caption>{caption}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


def _html_row(row: Row) -> str:
    cells = "".join(f'<td role="cell" data-column="{name}">{escape(getattr(row, name))}</td>' for name in COLUMNS[1:])
    first = f'<th scope="row" role="rowheader" data-column="id">{escape(row.id)}</th>'
    return f'<tr role="row">{first}{cells}</tr>'
