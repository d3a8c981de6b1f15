"""The two figures of a network that is trained on the page: how it learns, and where it lands among its like."""

from collections.abc import Sequence
from dataclasses import replace

from nbutils.figures.curves import Axes, Curve, draw_curves
from nbutils.figures.dots import Drawn
from nbutils.figures.palette import ACCENT, INK, MARKERS
from nbutils.transfer.dashboards import curves_figure
from nbutils.transfer.halves import Halves
from nbutils.transfer.live_steps import Step
from nbutils.transfer.records import TREATMENTS, Run, RunSettings
from nbutils.transfer.view import View

RIGHT = Axes("epochs", "right, share of test pictures")
LOSS = Axes("epochs", "loss in training")
THIS, BASES = "this network", "base, seed {}"


def draw_learning(step: Step | None, beside: Sequence[Run]) -> dict[str, tuple[dict, str]]:
    """Return the figures "right" and "loss": the network that learns, and base networks of the same setting.

    step : how far it has come; None where nothing was trained yet
    """
    figures = {}
    for name, axes, of_run in (("right", RIGHT, "accuracy"), ("loss", LOSS, "loss")):
        curves = [Curve(THIS, step.epochs, getattr(step, of_run), colour=ACCENT)] if step and step.epochs else []
        curves += [
            Curve(
                BASES.format(run.settings.seed),
                run.epochs,
                getattr(run, of_run),
                beside=True,
                colour=INK,
                marker=MARKERS[place % len(MARKERS)],
            )
            for place, run in enumerate(beside)
        ]
        figure, alt = draw_curves(curves, "", axes)
        figure["layout"]["showlegend"] = bool(curves)  # a single curve has a name, too: it is not one's own network
        figures[name] = figure, alt
    return figures


def draw_landing(runs: Sequence[Run], stars: Sequence[Run], settings: RunSettings, halves: Halves) -> Drawn:
    """Return Figure 5.2 in small: the measured runs of the small setting that learned these classes, and stars.

    stars : the runs that were trained here, the last one may still be learning
    """
    view = replace(View(), treatments=TREATMENTS, halves=halves.name)
    same = (settings.split, settings.target)
    beside = [run for run in runs if (run.settings.split, run.settings.target) == same]
    shown = [run for run in stars if (run.settings.split, run.settings.target) == same]
    return curves_figure.draw(beside, view, halves, shown)
