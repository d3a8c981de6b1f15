"""A grid of runs as tables: treatments down, n across, each run a button that says where it stands."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from nbutils.transfer.dashboards.telling import tell, tell_split
from nbutils.transfer.records import LAYERS, TREATMENTS, RunSettings
from nbutils.transfer.results import key_of

# The sign of each state and what it is called; colour alone says nothing.
SIGNS = {"waiting": ("·", "waiting"), "running": ("▸", "running"), "done": ("✓", "done"), "failed": ("×", "failed")}


def draw_cells(runs: Sequence[RunSettings], words: Sequence[str], selected: str = "") -> str:
    """Return one table for each split and direction; the part of a cell is its run's key.

    words : where each run stands, a name of SIGNS
    selected : the key of the run that is selected
    """
    states = dict(zip(runs, words, strict=True))
    blocks: dict[tuple, dict[tuple[str, int], RunSettings]] = {}
    for run in runs:
        place = (run.data, run.split, run.seed, run.target, run.per_class, run.plan, run.nonlinearity, run.epochs)
        blocks.setdefault(place, {})[run.treatment, run.n] = run
    tables = "".join(_block(members, states, selected) for _, members in sorted(blocks.items(), key=_by_size))
    return f"{_legend(words)}<div class='dv-cells'>{tables}</div>"


def _by_size(block: tuple[tuple, object]) -> int:
    return block[0][4]  # examples of a class, 0 for all of them: else blocks stay in the order of the runs


def _legend(words: Sequence[str]) -> str:
    counts = Counter(words)
    marks = "".join(
        f'<span><i class="dv-cell dv-{word}" aria-hidden="true">{sign}</i> {counts[word]} {name}</span>'
        for word, (sign, name) in SIGNS.items()
    )
    return f"<p class='dv-cell-legend'>{marks}</p>"


def _block(members: Mapping[tuple[str, int], RunSettings], states: Mapping[RunSettings, str], selected: str) -> str:
    first = next(iter(members.values()))
    depths = [n for n in range(LAYERS) if any(place[1] == n for place in members)]
    head = "".join(f"<th scope='col'>{n or 'base'}</th>" for n in depths)
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>"
        + "".join(_cell(members.get((name, n)), states, selected) for n in depths)
        + "</tr>"
        for name in TREATMENTS
        if any(place[0] == name for place in members)
    )
    return (
        f"<table><caption>{escape(_title(first))}</caption>"
        f"<thead><tr><th scope='col'>n =</th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _title(run: RunSettings) -> str:
    few = f", {run.per_class:,} a class" if run.per_class else ""
    other = "" if run.nonlinearity == "relu" else ", abs(tanh(x))"
    plan = "" if run.plan == "small_32" else f", {run.plan}"
    seed = f", seed {run.seed}" if run.seed else ""
    return f"{tell_split(run.split)}, learn {run.target}{few}{plan}{other}{seed}"


def _cell(run: RunSettings | None, states: Mapping[RunSettings, str], selected: str) -> str:
    if run is None:
        return "<td></td>"
    key, word = key_of(run), states[run]
    sign, name = SIGNS[word]
    current = ' aria-current="true"' if key == selected else ""
    label = escape(f"{tell(run)}: {name}", quote=True)
    return (
        f'<td><button type="button" class="dv-cell dv-{word}" data-part="{key}" aria-label="{label}" '
        f'title="{label}"{current}>{sign}</button></td>'
    )
