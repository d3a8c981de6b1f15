"""What is said of the family tree and of one generation in it."""

import datetime as dt
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from nbutils.forms.dashboards.gallery_words import count
from nbutils.forms.families import count_lengths

if TYPE_CHECKING:
    from nbutils.forms.breeding import Generation
    from nbutils.forms.store import Family, Shape

KINDS = ("bred", "published", "bred by you", "published by you")
NOTHING = "Nothing has been bred yet: press Evolve on the Breed tab, and the first circles appear here."
CLOSED = "The family tree cannot be seen now. Press Refresh to try again."
CHOOSE = "<p class='dv-quiet'>Click a circle to see the shapes of that generation and what was chosen of them.</p>"
INVENTED = (
    "<p class='dv-stale'>This tree is invented: a simulation of visitors, with as many generations as Figure 3.7 of "
    "the thesis shows. Its circles hold no shapes.</p>"
)
PRINTED = (
    "<p class='dv-quiet'>The thesis: “Many of the forks resulted in short evolutionary runs of only a single or "
    "several generations”, “other runs progress in long chains, some eventually leading to other successful published "
    "shapes” (section 3.5).</p>"
)
ALONE = (
    "<p class='dv-quiet'>This one was never published. What you breed from it begins a tree of its own; a published "
    "shape would be named as its origin.</p>"
)


def tell_family(family: "Family") -> str:
    """Return how large the tree is, as HTML."""
    published = sum(map(bool, family.shapes))
    parts = [count(len(family.ids), "generation"), f"{published:,} with a published shape"]
    mine = int(family.mine.sum())
    if mine:
        parts.append(f"{mine:,} bred by you")
    roots = int((family.parents < 0).sum())
    return f"<p class='dv-numbers'>{', '.join(parts)}; {count(roots, 'tree')}.</p>"


def tell_generation(generation: "Generation", created: float, shape: "Shape | None", breeder: str) -> str:
    """Return what is known of a generation, as HTML.

    created : seconds since 1970; breeder : "" where who bred it has not published anything
    """
    when = dt.datetime.fromtimestamp(created, dt.UTC)
    by = f" by <bdi>{escape(breeder)}</bdi>" if breeder else ""
    title = "The first generation" if generation.number == 0 else f"Generation {generation.number}"
    origin = ""
    if generation.begun_from:
        origin = ", begun from a published shape"
    elif generation.parent is None:
        origin = ", begun from scratch"
    told = f"<h3>{title}</h3><p class='dv-numbers'>bred {when:%d %B %Y, %H:%M} UTC{by}{origin}</p>"
    if shape is not None:
        told += f"<p>Published from it: <b><bdi>{escape(shape.name)}</bdi></b></p>"
    return told


def tell_chosen(chosen: Sequence[int], number: int) -> str:
    """Return how many of so many organisms were chosen, as HTML."""
    if not chosen:
        return f"<p class='dv-quiet'>Nobody has bred on from these {number}.</p>"
    return f"<p class='dv-quiet'>{len(chosen)} of {number} were chosen to be bred from.</p>"


def draw_runs(runs: np.ndarray) -> tuple[dict, str]:
    """Return the distribution of run lengths as a plotly figure, and the alt text."""
    from nbutils.figures.groups import draw_groups

    counted = count_lengths(runs) or (("1", 0),)
    figure, alt = draw_groups({label: {"runs": number} for label, number in counted}, "runs")
    figure["layout"]["title"] = {"text": "How long runs are"}
    figure["layout"]["xaxis"] |= {"tickangle": -45, "title": {"text": "generations in a run, without a branch"}}
    figure["layout"]["margin"] = {"l": 52, "r": 14, "t": 36, "b": 44}
    return figure, f"Runs by their length in generations. {alt}"
