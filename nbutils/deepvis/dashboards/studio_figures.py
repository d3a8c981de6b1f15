"""What the studio draws and says: tiles, captions, curves, and what each regularizer took away."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from nbutils.deepvis.making import Made, Opinion, Verdict
from nbutils.figures.palette import CATEGORIES, DASHES
from nbutils.preferred.fields import FIELDS

MOST_POINTS = 200
SILENT = "silent: its gradient is exactly zero, so nothing says how to change this picture"


def heading(unit: str, told: str) -> str:
    """Return the heading over pictures, as HTML."""
    return f"<h3>{escape(unit)} <small>{escape(told)}</small></h3>"


def caption(made: Made, place: int, titles: Sequence[str], name: str = "") -> str:
    """Return what stands under one picture, as HTML.

    titles : of the network that it was made with and of the one that judges it
    name : what it is called, its seed when empty
    """
    snapshot = made.snapshot
    _, seed = snapshot.recipe.pairs()[place]
    lines = [f"<b>{escape(name or f'seed {seed}')}</b> · objective {snapshot.objectives[place]:.3g}"]
    if snapshot.silent[place]:
        lines.append(f"<em class='dv-silent'>{SILENT}</em>")
    lines += _say(made.verdicts[place], snapshot.step, titles)
    return f"<div>{'<br>'.join(lines)}</div>"


def captions(found: Sequence[str], columns: int) -> str:
    """Return captions in rows under a wall of so many columns, as HTML."""
    return f"<div class='dv-captions' style='--n: {int(columns)}'>{''.join(found)}</div>"


def _say(verdict: Verdict | None, step: int, titles: Sequence[str]) -> list[str]:
    if verdict is None:
        return []
    said = [
        f"<span>{escape(title)}:</span> {_say_opinion(opinion)}"
        for title, opinion in zip(titles, (verdict.own, verdict.other), strict=True)
        if opinion is not None
    ]
    if said and verdict.step != step:
        said.append(f"<span>(at step {verdict.step})</span>")
    return said


def _say_opinion(opinion: Opinion) -> str:
    best = f"{escape(opinion.best)} <b>{opinion.sure:.2f}</b>"
    if opinion.wanted is None or opinion.wanted >= opinion.sure:
        return best
    return f"{best}, the class <b>{opinion.wanted:.2g}</b>"


def tell_removed(removed: Mapping[str, np.ndarray]) -> str:
    """Return what each regularizer in use took away when it last acted, as bars with numbers, in HTML.

    removed : of each regularizer, (steps,), float32, nan where it did not act
    """
    last = {name: _last(curve) for name, curve in removed.items()}
    largest = max(last.values(), default=0) or 1
    rows = "".join(
        f"<tr><th scope='row'>{escape(FIELDS[name].title)}</th><td>{value:.3g}</td>"
        f"<td><i style='width: {100 * max(value, 0) / largest:.0f}%'></i></td></tr>"
        for name, value in last.items()
    )
    if not rows:
        return "<p class='dv-quiet'>No regularizer is in use, or none has acted yet.</p>"
    return f"<table class='dv-removed'><tbody>{rows}</tbody></table>"


def tell_changes(changes: Sequence[tuple[int, str, float]]) -> str:
    """Return what was changed on the way, as HTML; an empty text where nothing was."""
    if not changes:
        return ""
    told = [f"{escape(FIELDS[field].title)} {value:g} from step {step}" for step, field, value in changes[-6:]]
    more = f"{len(changes) - 6} earlier; " if len(changes) > 6 else ""
    return f"<p class='dv-quiet'>Changed on the way: {more}{'; '.join(told)}.</p>"


def curves(lines: Mapping[str, np.ndarray], title: str, top: float | None = None) -> tuple[dict, str]:
    """Return one curve over the steps for each name, and the alt text.

    lines : name -> (steps,), float
    top : the upper end of the axis, which then begins at 0
    """
    traces = [_line(place, name, values) for place, (name, values) in enumerate(lines.items())]
    axis = {"range": [0, top]} if top else {}
    layout = {
        "title": {"text": title},
        "xaxis": {"title": {"text": "step"}},
        "yaxis": axis,
        "showlegend": len(traces) > 1,
        "legend": {"orientation": "h", "y": -0.3},
        "margin": {"l": 44, "r": 10, "t": 32, "b": 36},
    }
    told = "; ".join(f"{name} {_last(values):.3g}" for name, values in lines.items())
    return {"data": traces, "layout": layout}, f"{title} over the steps, now {told}."


def _line(place: int, name: str, values: np.ndarray) -> dict:
    kept = np.unique(np.linspace(0, len(values) - 1, min(len(values), MOST_POINTS)).round().astype(int))
    number = place % len(CATEGORIES)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": (kept + 1).tolist(),
        "y": [None if np.isnan(value) else float(f"{value:.5g}") for value in values[kept]],
        "line": {"color": CATEGORIES[number], "dash": DASHES[number % len(DASHES)], "width": 2},
        "hovertemplate": f"{escape(name)}<br>step %{{x}}: %{{y:.4g}}<extra></extra>",
    }


def _last(values: np.ndarray) -> float:
    there = values[~np.isnan(values)]
    return float(there[-1]) if len(there) else float("nan")
