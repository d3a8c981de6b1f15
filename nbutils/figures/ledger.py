"""The ledger of what the sources report and what is shown here: docs/ledger.md as rows and as an HTML table."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ledger.md"
COLUMNS = ("id", "source", "title", "reports", "ours", "why")
STATES = ("not yet", "shown", "measured", "not here")
EMPTY = "-"

_ID = re.compile(r"[FTECS](?:[2-6]|A|Er|Ga|Ka)[.-](?:[1-9]\d*\.)?(?:S?[1-9]\d*|0[1-9]|S)")
_CHAPTER = re.compile(r"## (\d\d_[a-z]+)")
_RULE = re.compile(r"\|(?:\s*-+\s*\|)+")

_STYLE = """<style>
.dv-ledger { border-collapse: collapse; width: 100%; font-size: 15px; line-height: 1.4;
  color: var(--dv-ink, #1f2428); background: var(--dv-paper, #faf8f4); }
.dv-ledger caption { text-align: left; padding: 6px 0; color: var(--dv-muted, #5b6168); }
.dv-ledger th, .dv-ledger td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0;
  border-bottom: 1px solid var(--dv-line, #d9d5cc); overflow-wrap: anywhere; white-space: normal; }
.dv-ledger th { font-weight: 600; }
.dv-ledger [data-column=id], .dv-ledger [data-column=ours] { min-width: 4.5em; font-variant-numeric: tabular-nums; }
.dv-ledger [data-column=source], .dv-ledger [data-column=title] { min-width: 7em; }
@media (max-width: 1000px) {
  .dv-ledger thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .dv-ledger, .dv-ledger tbody, .dv-ledger tr, .dv-ledger th, .dv-ledger td, .dv-ledger caption { display: block; }
  .dv-ledger tr { padding: 10px 0; border-bottom: 1px solid var(--dv-line, #d9d5cc); }
  .dv-ledger tbody th, .dv-ledger td { border: 0; padding: 1px 0; }
}
</style>"""


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
            cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
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
    if not _ID.fullmatch(row.id):
        raise ValueError(f'{where}: "{row.id}" is no id; wanted one like F6.1, TA.1, E2.3, C2-01 or SGa-02.')
    if row.state not in STATES:
        raise ValueError(f'{where}: ours is "{row.ours}"; wanted it to begin with one of: {", ".join(STATES)}.')
    what = row.ours[len(row.state) :].removeprefix(":").strip()
    if (row.state in ("shown", "measured")) != bool(what):
        raise ValueError(
            f'{where}: "shown: " and "measured: " say what and where, the others nothing; got "{row.ours}".'
        )
    if row.state == "not here" and row.why == EMPTY:
        raise ValueError(f'{where}: {row.id} is "not here"; say why.')
    return row


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
        f'{_STYLE}<table class="dv-ledger" role="table"><caption>{caption}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _html_row(row: Row) -> str:
    cells = "".join(f'<td role="cell" data-column="{name}">{escape(getattr(row, name))}</td>' for name in COLUMNS[1:])
    first = f'<th scope="row" role="rowheader" data-column="id">{escape(row.id)}</th>'
    return f'<tr role="row">{first}{cells}</tr>'
