"""What was measured beforehand, as figures and tables in the text of chapter 3."""

from collections.abc import Mapping, Sequence

import ipywidgets as ipw

from nbutils.figures.curves import Axes, Curve, draw_curves
from nbutils.figures.groups import draw_groups
from nbutils.forms import findings
from nbutils.widgets import Board
from nbutils.widgets.errors import dashboard

WHEN = (("first generation", "first"), ("30 generations later", "bred"))
Figure = tuple[str, dict, str]


@dashboard
def bias_figure() -> ipw.Widget:
    """Return how many shapes are symmetric and how many repeat, with and without what is said to bring it."""
    found = findings.read()
    mirrored = _compare(found["E3.1"], "share_mirrored", "radii", ("with the distances", "without"))
    repeating = _compare(found["C3-06"], "share_repeating", "waves", ("with sine and cosine", "without"))
    return _side_by_side(
        [
            ("Mirrored about a plane", *draw_groups(mirrored, "share of shapes", percent=True)),
            ("Repeating along an axis", *draw_groups(repeating, "share of shapes", percent=True)),
        ]
    )


@dashboard
def growth_figure() -> ipw.Widget:
    """Return how large networks become, and how intricate shapes, when nobody chooses but chance."""
    grown = findings.read()["S3-01"]
    sizes = _follow(grown, (("nodes", "nodes"), ("links", "links")))
    holed = _follow(grown, (("shapes with holes", "share_with_holes"),))
    return _side_by_side(
        [
            ("Size of the networks", *draw_curves(sizes, "", Axes("generations", "mean number", y_range=(0, 20)))),
            ("Shapes with holes", *draw_curves(holed, "", Axes("generations", "share", y_range=(0, 1)))),
        ]
    )


@dashboard
def choices_figure() -> ipw.Widget:
    """Return how near simulated users come to what they have in mind by choosing, and how near chance comes."""
    found = findings.read()["C3-04"]
    users = (
        ("choose what they like", "chosen"),
        (f"choose wrongly in {found['share_mistaken']:.0%} of all choices", "mistaken"),
        ("choose at random", "at_random"),
    )
    curves = []
    for slot, (title, key) in enumerate(users):
        likeness = {int(name.split("_")[1]): value for name, value in found[key].items() if "generation" in name}
        curves.append(Curve(title, list(likeness), list(likeness.values()), slot))
    drawn = draw_curves(curves, "", Axes("generations", "likeness, 1 is the same", y_range=(0, 1)))
    return _side_by_side([(f"{found['things']} things, {found['runs']} users of each kind", *drawn)])


def _compare(
    row: Mapping[str, Mapping[str, float]], measure: str, what: str, names: tuple[str, str]
) -> dict[str, dict[str, float]]:
    """Return a measure of first and of bred shapes, with something and without it."""
    return {
        when: {
            name: row[f"{given}_{what}_{key}"][measure] for name, given in zip(names, ("with", "without"), strict=True)
        }
        for when, key in WHEN
    }


def _follow(grown: Mapping[str, Mapping[str, float]], names: Sequence[tuple[str, str]]) -> list[Curve]:
    generations = sorted(map(int, grown))
    return [
        Curve(title, generations, [grown[str(number)][key] for number in generations], slot)
        for slot, (title, key) in enumerate(names)
    ]


def _side_by_side(figures: Sequence[Figure]) -> ipw.Widget:
    parts = []
    for title, figure, alt in figures:
        board = Board(columns=1, height=300)
        board.set(title, figure, f"{title}: {alt}")
        parts.append(ipw.VBox([ipw.HTML(f"<p><b>{title}</b></p>"), board]).add_class("dv-stack"))
    return ipw.VBox([ipw.Box(parts).add_class("dv-quarters")]).add_class("dv")
