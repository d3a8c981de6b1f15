"""The runs of the survey side by side: what one rate gives and what it costs."""

import math
from collections.abc import Mapping
from html import escape

import ipywidgets as ipw

from nbutils.figures.curves import Axes, Curve, Level, draw_curves
from nbutils.rbm import results
from nbutils.rbm.survey import list_plans
from nbutils.widgets import Board
from nbutils.widgets.errors import dashboard

RATES_SHOWN = ("rate 0.0002", "rate 0.00055", "rate 0.002", "rate 0.005", "rate 0.02", "rate 0.1")
HEADINGS = ("run", "error", "log-likelihood", "steps to forget", "balls", "empty", "pieces")
CAPTION = """45 epochs over 10,000 balls; rates are on the mean of 20, and 0.02 where none is named. Then 64 chains of
2,000 steps: how many are balls, how many are empty, and into how many pieces the others fall."""


@dashboard
def rate_curves() -> ipw.Widget:
    """Return the error and the hidden image of runs at several learning rates over 45 epochs.

    The axis of the error is linear and ends above the mean image: on a logarithmic one no S would be seen.
    """
    runs = results.read("survey")
    mean_image = runs[RATES_SHOWN[0]]["mean_image"]
    parts = []
    for name, title, axes, levels in (
        (
            "error",
            "Reconstruction error",
            Axes("epochs", "squared error", y_range=(0, 60)),
            [Level(mean_image, "mean image")],
        ),
        ("gray", "Gray share of the hidden image", Axes("epochs", "share from .4 to .6", y_range=(0, 1)), []),
    ):
        curves = [
            Curve(rate.removeprefix("rate "), range(len(runs[rate]["curves"][name])), _numbers(runs[rate], name), slot)
            for slot, rate in enumerate(RATES_SHOWN)
        ]
        figure, alt = draw_curves(curves, "", axes, levels=levels)
        board = Board(columns=1, height=340)
        board.set(name, figure, f"{title} at six learning rates{alt}")
        heading = ipw.HTML(f"<p><b>{title}</b> at six learning rates, on the mean of 20</p>")
        parts.append(ipw.VBox([heading, board]).add_class("dv-stack"))
    return ipw.VBox([ipw.Box(parts).add_class("dv-quarters")]).add_class("dv")


@dashboard
def survey_table() -> ipw.Widget:
    """Return what the runs of the survey reached, one a row."""
    runs = results.read("survey")
    rows = "".join(_row(name, runs[name]) for name in list_plans() if "samples" in runs.get(name, {}))
    heads = "".join(f"<th scope='col'>{escape(head)}</th>" for head in HEADINGS)
    return ipw.HTML(
        f"<table class='dv-table'><caption>{CAPTION}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    ).add_class("dv")


def _row(name: str, run: Mapping) -> str:
    samples = run["samples"]
    dreams = samples["dreams"]
    # Where a visited state proves that log Z is larger than estimated, the likelihood is an upper bound.
    likelihood = ("" if samples["bound_holds"] else "below ") + f"{samples['log_likelihood']:.1f} nats"
    cells = (
        f"{run['curves']['error'][-1]:.2f}",
        likelihood,
        _count(samples["autocorrelation_time"]),
        f"{dreams['good']:.0%}",
        f"{dreams['empty']:.0%}",
        _count(dreams["components"]),
    )
    return f"<tr><th scope='row'>{escape(name)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _count(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _numbers(run: Mapping, name: str) -> list[float]:
    return [math.nan if value is None else value for value in run["curves"][name]]
