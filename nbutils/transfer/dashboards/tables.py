"""Tables of the page: the boosts of Table 5.1, the ladder of Table 5.2, and all runs, one a row."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from nbutils.transfer import thesis
from nbutils.transfer.dashboards.telling import tell
from nbutils.transfer.records import Run
from nbutils.transfer.results import key_of
from nbutils.transfer.summaries import CONFIDENCE, Mean, Rung, has_ten_best

ABSENT = "-"


def draw_table(heads: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> str:
    """Return a table as HTML; all texts are escaped."""
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in heads)
    body = "".join(
        f"<tr><th scope='row'>{escape(row[0])}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in row[1:])}</tr>"
        for row in rows
    )
    # A caption inside would be as narrow as the table.
    return (
        f"<p class='dv-quiet'>{escape(caption)}</p>"
        f"<table class='dv-table dv-figures' aria-label='{escape(caption, quote=True)}'>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def draw_boosts(found: Mapping[tuple[int, int], Mapping[str, Mean]], with_thesis: bool) -> str:
    """Return Table 5.1: the mean boost of AnB+ over both controls, with its interval.

    with_thesis : whether the thesis' numbers stand beside
    """
    heads = ["layers", "over base", "over BnB+", *(["thesis, over base", "thesis, over BnB+"] if with_thesis else [])]
    rows = []
    for boost in thesis.TABLE_5_1:
        means = found.get((boost.first, boost.last), {})
        row = [boost.layers, _tell_boost(means.get("base")), _tell_boost(means.get("BnB+"))]
        rows.append(row + ([f"{boost.over_base:+.1%}", f"{boost.over_selffer:+.1%}"] if with_thesis else []))
    caption = (
        f"Table 5.1: what AnB+ gains over its controls, averaged over layers. In brackets, the {CONFIDENCE:.0%} "
        "interval over the halves that were learned."
    )
    return draw_table(heads, rows, caption)


def draw_ladder(rungs: Sequence[Rung], with_thesis: bool) -> str:
    """Return Table 5.2: how often networks are right by how many examples of each class they had."""
    ours = {rung.per_class: rung for rung in rungs}
    printed = {point.per_class: point for point in thesis.TABLE_5_2} if with_thesis else {}
    rows = []
    for per_class in sorted({*ours, *printed}, reverse=True):
        rung = ours.get(per_class)
        row = [f"{per_class:,}", f"{rung.mean.mean:.5f}" if rung else ABSENT, str(len(rung.values)) if rung else ABSENT]
        rows.append(
            row + ([f"{printed[per_class].accuracy:.5f}" if per_class in printed else ABSENT] if printed else [])
        )
    heads = ("a class", "right", "networks", *(["thesis"] if printed else []))
    caption = "Table 5.2: share of test pictures named right, by pictures of each class to learn from"
    return draw_table(heads, rows, caption)


def draw_rows(runs: Sequence[Run], selected: str) -> str:
    """Return all runs, one a row, for a Markup: the button of a row is the part with the run's key.

    selected : the key of the run that is selected, "" for none
    """
    body = "".join(_row(run, key_of(run.settings), selected) for run in runs)
    heads = "".join(f"<th scope='col'>{name}</th>" for name in ("network", "last", "ten best", "seconds"))
    return (
        "<div class='dv-rows' tabindex='0' role='region' aria-label='All runs'><table>"
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(run: Run, key: str, selected: str) -> str:
    chosen, current = (" class='dv-chosen'", " aria-current='true'") if key == selected else ("", "")
    best = f"{run.best_ten:.4f}" if has_ten_best(run) else ABSENT
    return (
        f'<tr data-part="{key}"{chosen}>'
        f'<th scope="row"><button type="button" data-part="{key}"{current}>{escape(tell(run.settings))}</button></th>'
        f"<td>{run.score:.4f}</td><td>{best}</td><td>{run.seconds:.0f}</td></tr>"
    )


def _tell_boost(mean: Mean | None) -> str:
    if mean is None:
        return ABSENT
    if mean.count < 2:
        return f"{mean.mean:+.1%} (one target)"
    return f"{mean.mean:+.1%} ({mean.low:+.1%} to {mean.high:+.1%})"
