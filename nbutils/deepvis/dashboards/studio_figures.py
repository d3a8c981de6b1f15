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


def short_caption(made: Made, place: int, name: str) -> str:
    """Return what stands under one of many pictures, as HTML: its name, its objective, both networks' probabilities."""
    snapshot, verdict = made.snapshot, made.verdicts[place]
    lines = [f"<b>{escape(name)}</b>", f"{snapshot.objectives[place]:.3g}"]
    if snapshot.silent[place]:
        lines.append("<em class='dv-silent'>silent</em>")
    said = [] if verdict is None else [opinion for opinion in (verdict.own, verdict.other) if opinion is not None]
    if shares := [_share(opinion.wanted) for opinion in said if opinion.wanted is not None]:
        lines.append(" · ".join(shares))
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
    best = f"{escape(opinion.best)} <b>{_share(opinion.sure)}</b>"
    if opinion.wanted is None or opinion.wanted >= opinion.sure:
        return best
    return f"{best}, the class <b>{_share(opinion.wanted)}</b>"


def _share(probability: float) -> str:
    return "&lt;.01" if probability < 0.01 else f"{probability:.2f}"


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
        "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "font": {"size": 12}},
        "margin": {"l": 44, "r": 10, "t": 32, "b": 36},
    }
    told = "; ".join(f"{name} {_last(values):.3g}" for name, values in lines.items())
    return {"data": traces, "layout": layout}, f"{title} over the steps, now {told}."


def compare(
    lines: Mapping[str, Sequence[Made | None]], names: Sequence[Sequence[str]]
) -> dict[str, tuple[dict, str] | None]:
    """Return the figures that compare groups of recipes, None for those that there is nothing to draw for.

    Where each group is one recipe they are curves over the steps, the mean of its pictures; where groups are sweeps
    they are what came of each strength.
    lines : of each group's title, what its recipes have made
    names : of each group, its recipes' names
    """
    there = {title: [made for made in found if made is not None] for title, found in lines.items()}
    there = {title: found for title, found in there.items() if found}
    if not there:
        return {"objective": None, "probability": None}
    if all(len(group) == 1 for group in names):
        return {
            "objective": curves({title: found[0].objectives.mean(1) for title, found in there.items()}, "Objective"),
            "probability": _shares({title: found[0] for title, found in there.items()}),
        }
    judged = {title: _recognized(found) for title, found in lines.items()}
    return {
        "objective": _strengths({title: _ends(found) for title, found in lines.items()}, "Objective at the end"),
        "probability": _strengths(judged, "The other network, of the class", 1)
        if not all(np.isnan(values).all() for values in judged.values())
        else None,
    }


def _shares(found: Mapping[str, Made]) -> tuple[dict, str] | None:
    shares = {title: made.probabilities.mean(1) for title, made in found.items()}
    if all(np.isnan(values).all() for values in shares.values()):
        return None
    return curves(shares, "Probability of the class", 1)


def _ends(found: Sequence[Made | None]) -> np.ndarray:
    return np.array([np.nan if made is None else made.objectives[-1].mean() for made in found])


def _recognized(found: Sequence[Made | None]) -> np.ndarray:
    verdicts = [None if made is None else made.verdicts[0] for made in found]
    opinions = [None if verdict is None else verdict.other for verdict in verdicts]
    wanted = [None if opinion is None else opinion.wanted for opinion in opinions]
    return np.array([np.nan if value is None else value for value in wanted])


def _strengths(lines: Mapping[str, np.ndarray], title: str, top: float | None = None) -> tuple[dict, str]:
    figure, alt = curves(lines, title, top)
    figure["layout"]["xaxis"] = {"title": {"text": "strength, 1 is none"}, "dtick": 1}
    return figure, alt.replace("over the steps, now", "at the last strength that is there:")


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
